// The same scenario with the same decisions, on the model and on CPython: every tasklet must emit,
// throw and receive the same, and the events that lead there must be the same too.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "properties/generator.hpp"
#include "properties/observation.hpp"
#include "runtimes/cpython/runs_test.hpp"
#include "sim/choices.hpp"

namespace midstride::runtimes {
namespace {

struct Pair {
  std::string_view real;
  std::string_view model;
};

bool some_request_was_dropped(const model::Runner& runner) {
  const auto events = runner.trace().events();
  return std::any_of(events.begin(), events.end(), [](const model::Event& event) {
    const auto why = static_cast<std::uint32_t>(model::RejectWhy::in_progress);
    return event.kind() == model::EventKind::reload_reject && event.b == why;
  });
}

bool some_load_has_a_hook(const model::Runner& runner) {
  const auto events = runner.trace().events();
  return std::any_of(events.begin(), events.end(), [](const model::Event& event) {
    return event.kind() == model::EventKind::hook && event.c != model::no_load;
  });
}

bool some_reload_committed(const model::Runner& runner) {
  const auto events = runner.trace().events();
  return std::any_of(events.begin(), events.end(), [&](const model::Event& event) {
    return event.kind() == model::EventKind::reload_commit &&
           runner.tables().attempts[event.a].reload != model::no_reload;
  });
}

struct Compared {
  std::uint64_t runs = 0;
  std::uint64_t with_reload = 0;  // one that committed
  std::uint64_t left_out = 0;
  std::uint64_t different = 0;
};

// One scenario after the other, on the model and with the decisions that it took there on CPython;
// `difference` says in words what is wrong, or nothing. Leaves out the runs in which importlib
// dropped a request (docs/cpython.md: overlap), and those in which a load has hooks.
template <class DifferenceOf>
Compared compare(const Pair& pair, model::Granularity granularity, std::uint64_t scenarios,
                 DifferenceOf difference_of) {
  Compared compared;
  const auto real = make_cpython_subject(pair.real);
  const auto model = model::make_subject(pair.model);
  model::Runner on_real;
  model::Runner on_model;
  for (std::uint64_t seed = 0; seed < scenarios; ++seed) {
    auto choices = sim::Choices::from(sim::Prng::stream(seed, "differential"));
    model::Scenario scenario;
    properties::generate(choices, {.subject = pair.model, .granularity = granularity, .seed = seed},
                         scenario);
    // CPython's reloaders know of no batches, and reload the modules of one by one.
    for (model::Reload& reload : scenario.reloads) reload.targets.resize(1);
    normalise(scenario);
    const model::Outcome& outcome = on_model.run(scenario, *model, {.judge = false});
    if (some_load_has_a_hook(on_model)) {
      ++compared.left_out;
      continue;
    }
    const model::Scenario decided = explicit_decisions(scenario, on_model, outcome);
    on_real.run(decided, *real, {.judge = false});
    if (some_request_was_dropped(on_real)) {
      ++compared.left_out;
      continue;
    }
    ++compared.runs;
    if (some_reload_committed(on_real)) ++compared.with_reload;
    const std::string difference = difference_of(on_model, on_real);
    if (difference.empty() || ++compared.different > 3) continue;
    ADD_FAILURE() << "seed " << seed << ": " << difference << "\n" << model::write(decided);
  }
  return compared;
}

std::string observed(const model::Runner& on_model, const model::Runner& on_real) {
  const auto difference =
      properties::difference(properties::observe(on_model.trace(), on_model.tables()),
                             properties::observe(on_real.trace(), on_real.tables()));
  if (!difference) return "";
  return difference->tasklet + " at " + std::to_string(difference->at) + ": on the model " +
         difference->left + ", on CPython " + difference->right;
}

void expect_equal(const Pair& pair, model::Granularity granularity) {
  constexpr std::uint64_t scenarios = 1000;
  const Compared compared = compare(pair, granularity, scenarios, observed);
  EXPECT_EQ(compared.different, 0);
  EXPECT_GE(compared.runs, scenarios * 3 / 4) << compared.left_out << " left out";
  EXPECT_GE(compared.with_reload, compared.runs / 2);
}

constexpr Pair by_importlib{importlib, "model/overwrite"};
constexpr Pair by_code_swap{code_swap, "model/in-place+none"};

TEST(CpythonAndTheModel, AgreeOnReloadByImportlibAtSafepoints) {
  expect_equal(by_importlib, model::Granularity::safepoints);
}
TEST(CpythonAndTheModel, AgreeOnReloadByImportlibAtOps) {
  expect_equal(by_importlib, model::Granularity::ops);
}
TEST(CpythonAndTheModel, AgreeOnReloadByCodeSwapAtSafepoints) {
  expect_equal(by_code_swap, model::Granularity::safepoints);
}
TEST(CpythonAndTheModel, AgreeOnReloadByCodeSwapAtOps) {
  expect_equal(by_code_swap, model::Granularity::ops);
}

// docs/cpython.md lists where they differ; each has a scenario, and nothing else would be one.
TEST(CpythonAndTheModel, DifferInWhatIsListed) {
  namespace fs = std::filesystem;
  std::size_t count = 0;
  for (const fs::directory_entry& entry :
       fs::directory_iterator(MIDSTRIDE_SOURCE_DIR "/corpus/cpython")) {
    std::ifstream file(entry.path());
    const std::string text(std::istreambuf_iterator<char>(file), {});
    const auto read = model::read(text, entry.path().string());
    ASSERT_TRUE(std::holds_alternative<model::Scenario>(read)) << entry.path();
    const auto& scenario = std::get<model::Scenario>(read);
    const Pair& pair = scenario.subject == importlib ? by_importlib : by_code_swap;
    const Ran on_model(scenario, pair.model);
    const Ran on_real(scenario, pair.real);
    EXPECT_NE(observed(on_model.runner, on_real.runner), "") << entry.path();
    ++count;
  }
  EXPECT_EQ(count, 8);
}

// The events that both must tell of, in words: not the steps and switches of a reload, reads, and
// what becomes of old code. Up to the first reload that fails, where the model takes a turn more.
std::vector<std::string> told(const model::Runner& runner) {
  using enum model::EventKind;
  const model::EventMask both =
      model::mask_of(enter, op, exit, write, bind, look, call, assign_read_only, resolve, create,
                     field, throw_, catch_, reload_begin, reload_item, reload_commit, send, receive,
                     block, wake, kill, spawn, peek, poke, collect, emit, generator);
  std::vector<std::string> lines;
  for (const model::Event& event : runner.trace().events()) {
    if (event.kind() == reload_fail) break;
    const bool binding = event.kind() == store &&
                         model::Owner{event.a}.kind() != model::Owner::Kind::module &&
                         event.how() != static_cast<std::uint8_t>(model::StoreHow::layout);
    if (!binding && (both & model::mask_of(event.kind())) == 0) continue;
    // CPython has no layouts.
    if (event.kind() == field && of_instance(static_cast<model::FieldHow>(event.how()))) continue;
    const auto dropped = static_cast<std::uint8_t>(model::GeneratorHow::dropped);
    if (event.kind() == generator && event.how() == dropped) continue;
    std::string line = show(event, runner.tables());
    const std::size_t error = line.find("Error: ");  // each has words of its own
    if (error != std::string::npos) line.resize(line.rfind(' ', error));
    const std::size_t stop = line.find(" StopIteration");
    if (stop != std::string::npos) line.resize(stop);
    // In Python 3 it is the function.
    const std::size_t unbound = line.find("unbound method");
    if (unbound != std::string::npos) line.replace(unbound, 14, "function");
    lines.push_back(line);
  }
  return lines;
}

std::string first_event(const model::Runner& on_model, const model::Runner& on_real) {
  const auto left = told(on_model);
  const auto right = told(on_real);
  const std::size_t both = std::min(left.size(), right.size());
  for (std::size_t at = 0; at < both; ++at) {
    if (left[at] != right[at])
      return "on the model \"" + left[at] + "\", on CPython \"" + right[at] + "\"";
  }
  return "";
}

TEST(CpythonAndTheModel, TellOfTheSameEvents) {
  const Compared compared = compare(by_importlib, model::Granularity::ops, 300, first_event);
  EXPECT_EQ(compared.different, 0);
  EXPECT_GE(compared.runs, 200);
}

// The text's run on the model and, with the decisions that it took there, on CPython.
enum class Events : std::uint8_t { need_not, too };
void expect_agreement(const Pair& pair, const std::string& text, Events events = Events::need_not) {
  const model::Scenario scenario = scenario_of(text);
  const auto real = make_cpython_subject(pair.real);
  const auto model = model::make_subject(pair.model);
  model::Runner on_real;
  model::Runner on_model;
  const model::Outcome& outcome = on_model.run(scenario, *model, {.judge = false});
  const model::Scenario decided = explicit_decisions(scenario, on_model, outcome);
  on_real.run(decided, *real, {.judge = false});
  EXPECT_EQ(observed(on_model, on_real), "") << pair.real << "\n" << text;
  if (events == Events::too) {
    EXPECT_EQ(first_event(on_model, on_real), "") << text;
  }
}

// What the shapes do not say: errors, and the corners of what they do.
constexpr std::string_view classes = R"(
module m
  version 1
    class A:
      def f(self):
        return 1
      def g(self):
        return 2
    class B(A):
      def f(self):
        return super().f()
      def above(self):
        return super().g()
      def beyond(self):
        return super().nothing
      def nobody():
        return super().f
      def me(self):
        return super().self
    class C(B):
      def f(self):
        return super(C, self).f()
    class Bare:
      pass
    def outside(self):
      return super().f
  version 2
    class A:
      def g(self):
        return 3
    class B:
      def f(self):
        return 4
    class C(A):
      def f(self):
        return super().g()
      def above(self):
        return super().g()
  version 3
    class C:
      def g(self):
        return 5
    class A(C):
      def f(self):
        return super().g()
    class B(A):
      pass
  version 4
    class A(A):
      pass
)";

TEST(CpythonAndTheModel, AgreeOnClasses) {
  constexpr std::string_view lines[] = {"emit m.C().g()",
                                        "m.C().h",
                                        "emit m.B().f()",
                                        "emit m.C().f()",
                                        "emit m.B().above()",
                                        "m.B().beyond()",
                                        "m.B().nobody()",
                                        "m.outside(m.B())",
                                        "super().f",
                                        "emit m.B().me() is 1",
                                        "o = m.C()\n    emit super(m.B, o).f()",
                                        "super(1, m.B()).f",
                                        "super(m.Bare, m.B()).f",
                                        "super(m.B, None).f",
                                        "emit isinstance(m.C(), m.A)",
                                        "emit isinstance(1, m.A)",
                                        "isinstance(1, 1)",
                                        "emit m.A is m.A",
                                        "emit m.A().f is m.A().f",
                                        "raise m.B()",
                                        "raise m.A()",
                                        "kill t"};
  for (const Pair& pair : {by_importlib, by_code_swap}) {
    for (const std::string_view line : lines) {
      for (const std::string_view version : {"2", "3", "4"}) {
        // Its body finds A in the module there (docs/cpython.md: what a body finds).
        if (pair.real == code_swap && version == "4") continue;
        std::string text(classes);
        text.append("task t:\n");
        for (int round = 0; round < 2; ++round) {
          text.append("  try:\n    ").append(line).append("\n  except m.B:\n    emit 10\n");
          text.append("  except:\n    emit 20\n  except TaskletExit:\n    emit 30\n");
          if (round == 0)
            text.append("  held = m.C()\n  try:\n    reload r\n  except:\n    emit 40\n");
        }
        text.append("  emit isinstance(held, m.C)\n  emit held.f()\n");
        text.append("reload r: m -> ").append(version).append("\n");
        expect_agreement(pair, text);
      }
    }
  }
}

constexpr std::string_view closures = R"(
module m
  version 1
    def make(a):
      def get():
        return a
      def put(x):
        nonlocal a
        a = x
      def both():
        emit get()
        return put
      put(2)
      emit a
      o.put = put
      o.both = both
      return get
    def late():
      def get():
        return x
      try:
        get()
      except:
        emit 50
      try:
        x
      finally:
        x = get
      return get()
    def own(a):
      def get(a):
        a = a
        return a
      emit a
      return get
    def again(a):
      def get(x):
        return x is get
      return get
    def unbound():
      def get():
        y
        y = 1
      return get
    class A:
      def f(self):
        return 1
    class B(A):
      def f(self):
        def get(o):
          emit self is o
          return super().f()
        return get
      def me(self):
        def get():
          return self
        emit super().f()
        return get
    o = {}
    kept = make(3)
  version 2
    def make(a):
      def get():
        return 20
      return get
    class A:
      def f(self):
        return 2
    class B(A):
      def f(self):
        return super().f
    o = {}
    kept = 1
  version 3
    def make(z):
      def get():
        return z
      return get
    class A:
      def f(self):
        return 3
    class B(A):
      def me(self):
        def get():
          return super().f
        return self
    o = {}
    kept = make(4)
  version 4
    def make(a):
      def get():
        return 20
      return get
    o = {}
    kept = make(3)
)";

TEST(CpythonAndTheModel, AgreeOnClosures) {
  constexpr std::string_view lines[] = {"emit m.make(1)()",
                                        "emit m.make(1).a",
                                        "g = m.make(1)\n    g(2)",
                                        "m.make(1)\n    m.o.put(7)\n    emit m.o.both()(8)",
                                        "m.o.put(7)\n    emit m.kept()",
                                        "emit m.kept()",
                                        "emit m.kept is m.kept",
                                        "emit m.late()",
                                        "emit m.own(1)(2)",
                                        "emit m.again(1)(m.again(1))",
                                        "g = m.again(1)\n    emit g(g)",
                                        "m.unbound()()",
                                        "b = m.B()\n    emit b.f()(b)",
                                        "b = m.B()\n    emit b.f()(m.A())",
                                        "emit m.B().me()",
                                        "emit m.B().me()()"};
  for (const Pair& pair : {by_importlib, by_code_swap}) {
    for (const std::string_view line : lines) {
      for (const std::string_view version : {"2", "3", "4"}) {
        std::string text(closures);
        text.append("task t:\n  held = m.make(5)\n  old = m.kept\n");
        for (int round = 0; round < 2; ++round) {
          text.append("  try:\n    ").append(line).append("\n  except:\n    emit 20\n");
          if (round == 0) text.append("  try:\n    reload r\n  except:\n    emit 40\n");
        }
        text.append("  emit held()\n  emit old()\n  emit old is m.kept\n");
        text.append("reload r: m -> ").append(version).append("\n");
        expect_agreement(pair, text);
      }
    }
  }
}

// `random` is a module of Python's own, too.
constexpr std::string_view imports = R"(
module random
  version 1
    def f():
      return 1
    a = {}
  version 2
    def f():
      return 2
    a = {}
  version 3
    pass
module m
  version 1
    from random import f
    from random import a
    def g():
      from random import f
      return f()
    def make():
      def get():
        return f()
      from random import f
      return get
    def late():
      f()
      from random import f
  version 2
    from random import f
    from random import h
)";

TEST(CpythonAndTheModel, AgreeOnImports) {
  constexpr std::string_view lines[] = {"emit m.f()",
                                        "emit m.g()",
                                        "emit m.make()()",
                                        "m.late()",
                                        "emit f()",
                                        "emit f is random.f",
                                        "emit m.f is random.f",
                                        "m.a.x = 1\n    emit random.a.x",
                                        "from random import h",
                                        "from random import f\n    emit f()",
                                        "reload again\n    emit m.f()",
                                        "reload worse\n    emit m.f()"};
  for (const Pair& pair : {by_importlib, by_code_swap}) {
    for (const std::string_view line : lines) {
      // After a failure the model takes a turn more than importlib.
      if (pair.real == importlib && line.starts_with("reload worse")) continue;
      for (const std::string_view version : {"2", "3"}) {
        std::string text(imports);
        text.append("task t:\n  from m import f\n  held = m.make()\n");
        for (int round = 0; round < 2; ++round) {
          text.append("  try:\n    ").append(line).append("\n  except:\n    emit 20\n");
          if (round == 0) text.append("  reload r\n");
        }
        text.append("  try:\n    emit held()\n  except:\n    emit 30\n");
        text.append("reload again: m -> 1\nreload worse: m -> 2\nreload r: random -> ");
        text.append(version).append("\n");
        expect_agreement(pair, text);
      }
    }
  }
}

constexpr std::string_view persistent = R"(
module m
  version 1
    once a = 1
    once f = 1
    b = a
  version 2
    once a = 2
    b = 2
    def f():
      return 2
  version 3
    once a = 3
    a = 4
    once b = a
    once c = {}
  version 4
    pass
  version 5
    c = 5
    once c = 6
    try:
      once d = e
    except:
      once d = 7
  version 6
    once a = 8
    once a = 9
)";

TEST(CpythonAndTheModel, AgreeOnPersistentState) {
  constexpr std::string_view names[] = {"a", "b", "c", "d", "f"};
  constexpr std::string_view versions[] = {"1", "2", "3", "4", "5", "6"};
  for (const Pair& pair : {by_importlib, by_code_swap}) {
    for (const std::string_view first : versions) {
      for (const std::string_view second : versions) {
        for (const bool writes : {false, true}) {
          std::string text(persistent);
          text.append("task t:\n");
          if (writes) text.append("  m.a = 20\n");
          for (const std::string_view reload : {"r", "s"}) {
            text.append("  try:\n    reload ").append(reload).append("\n  except:\n    emit 40\n");
            for (const std::string_view name : names)
              text.append("  try:\n    emit m.").append(name).append("\n  except:\n    emit 30\n");
            if (writes) text.append("  m.a = 21\n  m.c = 22\n");
          }
          text.append("reload r: m -> ").append(first);
          text.append("\nreload s: m -> ").append(second).append("\n");
          expect_agreement(pair, text);
        }
      }
    }
  }
}

constexpr std::string_view loops = R"(
module m
  version 1
    def f():
      emit 1
    def round(n):
      for i in range(3):
        m.f()
        try:
          n
          break
        finally:
          emit i
      else_ = i
      return else_
    def through():
      for i in range(3):
        try:
          for j in range(2):
            try:
              return i
            finally:
              emit j
              continue
          raise i
        except:
          emit 7
          continue
        finally:
          emit 8
      return i
    def shared():
      for i in range(2):
        def g():
          return i
        emit g()
      return g
    for a in range(2):
      emit a
      if_ = a
  version 2
    def f():
      raise 2
    def through():
      for i in range(2):
        yield
        emit i
    for b in range(0):
      pass
    for a in range(2):
      break
)";

TEST(CpythonAndTheModel, AgreeOnLoops) {
  constexpr std::string_view lines[] = {"emit m.round(1)",
                                        "emit m.through()",
                                        "emit m.shared()()",
                                        "emit m.a",
                                        "emit m.b",
                                        "for i in range(0):\n      pass\n    emit i",
                                        "for i in range(4):\n      m.f()\n      yield\n    emit i",
                                        "for i in range(4):\n      try:\n        m.f()\n      "
                                        "finally:\n        continue\n    emit i",
                                        "for i in range(4):\n      i = 9\n      emit i"};
  for (const Pair& pair : {by_importlib, by_code_swap}) {
    for (const std::string_view line : lines) {
      std::string text(loops);
      text.append("task t:\n");
      for (int round = 0; round < 2; ++round) {
        text.append("  try:\n    ").append(line).append("\n  except:\n    emit 20\n");
        if (round == 0) text.append("  reload r\n");
      }
      text.append("task u:\n  for i in range(3):\n    yield\n    m.round(i)\n");
      for (const std::string_view granularity : {"ops", "safepoints", "yields"}) {
        std::string whole(text);
        whole.append("reload r: m -> 2\ngranularity ").append(granularity).append("\n");
        whole.append("then random seed 5\n");
        expect_agreement(pair, whole);
      }
    }
  }
}

constexpr std::string_view hooks = R"(
channel c
module m
  version 1
    def f():
      emit 1
    def g():
      emit 2
      atexit f
      raise 3
    class X:
      def f(self):
        emit 4
        c.receive()
    def takes(a):
      pass
    def work():
      atexit f
      c.receive()
  version 2
    def f():
      emit 11
    def g():
      emit 12
    class X:
      def f(self):
        emit 14
)";

TEST(CpythonAndTheModel, AgreeOnExitHooks) {
  constexpr std::string_view lines[] = {"atexit m.f",
                                        "atexit m.f\n  atexit m.g",
                                        "atexit m.g\n  raise 5",
                                        "atexit m.X().f\n  atexit m.f\n  spawn w = m.g()",
                                        "atexit m.takes\n  atexit m.f",
                                        "atexit m.X",
                                        "atexit 1",
                                        "atexit m.f\n  kill u",
                                        "atexit m.f\n  kill t",
                                        "spawn w = m.work()\n  yield\n  kill w"};
  for (const Pair& pair : {by_importlib, by_code_swap}) {
    for (const std::string_view line : lines) {
      std::string text(hooks);
      text.append("task t:\n  ").append(line).append("\n  reload r\n");
      text.append("task u:\n  atexit m.g\n  c.send(1)\n  m.work()\nreload r: m -> 2\n");
      expect_agreement(pair, text);
    }
  }
}

constexpr std::string_view generators = R"(
module m
  version 1
    def name():
      return 1
    def count(a):
      b = a
      yield a
      emit name()
      yield b
      return 8
    def outer():
      for x in m.count(3):
        yield x
      yield 9
    def stops():
      g = m.count(2)
      next(g)
      next(g)
      yield 1
      next(g)
    def catches():
      g = m.count(2)
      try:
        next(g)
        next(g)
        next(g)
      except:
        yield 3
      raise 4
    def plain(g):
      return next(g)
    def around(a):
      def get():
        nonlocal a
        yield a
        a = 3
        yield a
      yield get
      yield a
    def waits():
      yield 1
      yield
      yield 2
    class X:
      def f(self):
        yield self
        yield super().f
    o = {}
    kept = count(6)
  version 2
    def name():
      return 2
    def count(a):
      return a
    def plain(g):
      yield next(g)
    o = {}
    kept = count(7)
)";

TEST(CpythonAndTheModel, AgreeOnGenerators) {
  constexpr std::string_view lines[] = {
      "emit next(held)",
      "emit next(m.kept)",
      "for x in m.kept:\n      emit x",
      "for x in m.outer():\n      emit x\n      break",
      "for x in m.outer():\n      emit x",
      "for x in m.stops():\n      emit x",
      "for x in m.catches():\n      emit x",
      "emit m.plain(held)",
      "emit m.plain(m.count(2))",
      "next(m.plain(held))",
      "next(1)",
      "for x in m.o:\n      pass",
      "a = m.around(1)\n    g = next(a)()\n    emit next(g)\n    emit next(g)\n    emit next(a)",
      "x = m.X().f()\n    emit next(x)\n    emit next(x)",
      "spawn w = m.count(1)",
      "spawn w = m.waits()\n    for x in m.waits():\n      emit x",
      "emit m.count(1) is m.count(1)",
      "emit m.count(1).a",
      "m.count(1).a = 1",
      "m.count(1)()",
      "for x in m.count(1):\n      try:\n        raise x\n      finally:\n        continue",
      "held",
      "emit isinstance(held, m.X)"};
  for (const Pair& pair : {by_importlib, by_code_swap}) {
    for (const std::string_view line : lines) {
      std::string text(generators);
      text.append("channel c\ntask t:\n  held = m.count(5)\n");
      for (int round = 0; round < 2; ++round) {
        text.append("  try:\n    ").append(line).append("\n  except:\n    emit 20\n");
        if (round == 0) text.append("  reload r\n");
      }
      text.append("  for x in held:\n    emit x\n    c.send(held)\n");
      text.append("task u:\n  g = c.receive()\n  emit next(g)\n  c.receive()\n  next(g)\n");
      text.append("reload r: m -> 2\nthen random seed 3\n");
      expect_agreement(pair, text, pair.real == importlib ? Events::too : Events::need_not);
    }
  }
}

}  // namespace
}  // namespace midstride::runtimes
