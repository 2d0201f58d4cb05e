#include "properties/coverage.hpp"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "model/run.hpp"
#include "model/scenario_of_test.hpp"
#include "model/subjects.hpp"
#include "model/text.hpp"
#include "properties/campaign.hpp"
#include "properties/shapes/facts.hpp"
#include "properties/shapes/table.hpp"

namespace midstride::properties {
namespace {

using model::scenario_of;

// A module whose versions say the same but for their number, and tasks.
constexpr std::string_view plain = R"(
module shop
  version 1
    def f():
      return 1
  version 2
    def f():
      return 2
task t: emit shop.f()
reload r: shop -> 2
)";

TEST(Facts, FindsNothingInAPlainScenario) { EXPECT_EQ(facts_of(scenario_of(plain)), 0U); }

struct Case {
  Fact fact;
  std::string_view text;
};
constexpr Case cases[] = {
    {Fact::name_used_twice, R"(
module shop
  version 1
    def f():
      g()
      yield
      g()
)"},
    {Fact::qualified_used_twice, R"(
module shop
  version 1
    a = 1
task t:
  emit shop.a
  yield
  emit shop.a
)"},
    {Fact::held_handle_called, R"(
module shop
  version 1
    def f():
      m = X().f
      yield
      emit m(1)
)"},
    {Fact::handle_sent, R"(
module shop
  version 1
    def f():
      c.send(f)
channel c
)"},
    {Fact::held_object_read, R"(
module shop
  version 1
    def f():
      b = {}
      yield
      emit b.x
)"},
    {Fact::sleeps_over_two, R"(
module shop
  version 1
    def f():
      c.receive()
channel c
reload r: shop -> 1
reload s: shop -> 1
)"},
    {Fact::body_suspends, R"(
module shop
  version 1
    pass
  version 2
    yield
)"},
    {Fact::body_raises, R"(
module shop
  version 1
    pass
  version 2
    raise 1
)"},
    {Fact::kind_changes, R"(
module shop
  version 1
    def f():
      pass
  version 2
    class f:
      pass
)"},
    {Fact::own_reload, R"(
module shop
  version 1
    def f():
      reload r
reload r: shop -> 1
)"},
    {Fact::arity_changes, R"(
module shop
  version 1
    def f():
      pass
  version 2
    def f(x):
      pass
)"},
    {Fact::kill, "task t: pass\ntask u: kill t\n"},
    {Fact::unwinding, "task t:\n  try:\n    pass\n  except TaskletExit:\n    pass\n"},
    {Fact::read_only_assigned, "task t: m.class = 1\n"},
    {Fact::spawn, "task t: spawn w = f()\n"},
    {Fact::same_text, R"(
module shop
  version 1
    a = 1
  version 2
    a = 2
reload r: shop -> 1
)"},
    {Fact::same_text, R"(
module shop
  version 1
    a = 1
  version 2
    a = 2
  version 3
    a = 2
reload r: shop -> 3
)"},
    {Fact::inspection, "task t: pass\npeek p: t\n"},
    {Fact::global_written, "module shop\n  version 1\n    pass\ntask t: shop.a = 1\n"},
    {Fact::across_modules, R"(
module bank
  version 1
    def f():
      shop.g()
module shop
  version 1
    pass
)"},
    {Fact::name_removed, R"(
module shop
  version 1
    def f():
      pass
  version 2
    pass
)"},
    {Fact::handler_suspends, R"(
task t:
  try:
    pass
  except:
    pass
  finally:
    yield
)"},
    {Fact::batch, R"(
module shop
  version 1
    pass
module bank
  version 1
    pass
reload r: shop -> 1, bank -> 1
)"},
    {Fact::derived, R"(
module shop
  version 1
    class X(Y):
      pass
)"},
    {Fact::super_called, R"(
module shop
  version 1
    class X:
      def f(self):
        return super().f
)"},
    {Fact::compared, "task t:\n  yield\n  emit 1 is 2\n"},
    {Fact::compared, "task t:\n  yield\n  emit isinstance(1, 2)\n"},
    {Fact::closure_lives, R"(
module shop
  version 1
    def f():
      def g():
        pass
      yield
)"},
    {Fact::cell_shared, R"(
module shop
  version 1
    def f(x):
      def g():
        x
      def h():
        nonlocal x
)"},
    {Fact::caught_by_class, R"(
task t:
  try:
    yield
  except X:
    pass
)"},
    {Fact::excursion, R"(
module shop
  version 1
    pass
  version 2
    pass
task t:
  reload r2
  reload r1
  pass
reload r2: shop -> 2
reload r1: shop -> 1
)"},
};

TEST(Facts, FindsEach) {
  Facts covered = 0;
  for (const Case& each : cases) {
    EXPECT_TRUE((facts_of(scenario_of(each.text)) & facts(each.fact)) != 0) << each.text;
    covered |= facts(each.fact);
  }
  EXPECT_EQ(covered, facts(Fact::count) - 1) << "a fact without a case";
}

TEST(Facts, DoesNotTakeOneBodyForAnother) {
  EXPECT_EQ(facts_of(scenario_of(R"(
module shop
  version 1
    def f():
      m = X().f
      yield
    def g():
      emit m()
      h()
    def h():
      yield
      h()
)")),
            0U);
  // The first version's body, and what is in functions.
  EXPECT_EQ(facts_of(scenario_of(R"(
module shop
  version 1
    raise 1
  version 2
    def f():
      yield
      raise 1
)")) & facts(Fact::body_raises, Fact::body_suspends),
            0U);
}

TEST(Shapes, AreCountedByTheirFacts) {
  const ShapeMask mask = shapes_of(scenario_of(cases[0].text));
  for (std::size_t at = 0; at < shapes().size(); ++at)
    EXPECT_EQ(mask >> at & 1, shapes()[at].name == "twice" ? 1U : 0U) << shapes()[at].name;
}

// The names of the probes that a run on `subject` hits.
std::vector<std::string_view> hit(std::string_view text,
                                  std::string_view subject = "model/overwrite") {
  const model::Scenario made = scenario_of(text);
  const auto runtime = model::make_subject(subject);
  model::Runner runner;
  runner.run(made, *runtime);
  ProbeFinder finder;
  const ProbeMask mask = finder.look_at(runner.trace().events(), runner.tables());
  EXPECT_EQ(finder.look_at(runner.trace().events(), runner.tables()), mask) << "it forgets";
  std::vector<std::string_view> names;
  for (std::size_t at = 0; at < probes().size(); ++at)
    if ((mask >> at & 1) != 0) names.push_back(probes()[at].name);
  return names;
}

struct ProbeCase {
  std::string_view probe;
  std::string_view text;
  std::string_view schedule;
};
constexpr std::string_view holder = R"(
module shop
  version 1
    class X:
      def f(self):
        return 1
    def hold():
      m = X().f
      x = 1
      c.receive()
      emit m()
      emit x
  version 2
    class X:
      def f(self):
        return 2
    def hold():
      pass
channel c
task t: shop.hold()
task u: c.send(0)
reload r: shop -> 2
reload s: shop -> 1
poke p: t.x = 5
)";
constexpr std::string_view giver = R"(
module shop
  version 1
    def f():
      return 1
    def give():
      c.send(f)
channel c
task t: shop.give()
task u: emit c.receive()()
reload r: shop -> 1
)";
constexpr std::string_view failing = R"(
module shop
  version 1
    a = 1
  version 2
    a = 2
    yield
    raise 1
task t: emit shop.b
reload r: shop -> 2
reload s: shop -> 2
)";
constexpr std::string_view killed = R"(
module shop
  version 1
    def guard():
      try:
        c.receive()
      except TaskletExit:
        yield
      finally:
        c.receive()
channel c
task t: shop.guard()
task u: kill t
)";
constexpr std::string_view caller = R"(
module shop
  version 1
    def f(x):
      return x
    def ask():
      emit f(1)
  version 2
    def f():
      return 2
task t: shop.ask()
reload r: shop -> 2
)";
constexpr std::string_view spawner = R"(
module shop
  version 1
    def f():
      return 1
    def start():
      spawn w = f()
      reload r
      emit 1
module bank
  version 1
    pass
task t: shop.start()
reload r: shop -> 1
reload s: bank -> 1
)";
constexpr std::string_view assigner = R"(
module shop
  version 1
    class X:
      def f(self):
        return 1
task t:
  k = shop.X
  m = k().f
  yield
  m.class = k
reload r: shop -> 1
)";
constexpr std::string_view maker = R"(
module shop
  version 1
    def f(x):
      def g():
        return x
      yield
      g()
task t: shop.f(1)
reload r: shop -> 1
)";
constexpr ProbeCase probe_cases[] = {
    {"frame-outlived-reload", holder, "run t 9\n  reload r\n  run u"},
    {"frame-outlived-two", holder, "run t 9\n  reload r\n  reload s\n  run u"},
    {"version-went-back", holder, "run t 9\n  reload r\n  reload s\n  run u"},
    {"held-handle-called", holder, "run t 9\n  reload r\n  run u"},
    {"poked-local-read", holder, "run t 9\n  poke p\n  run u"},
    {"code-freed", holder, "reload r"},
    {"handle-crossed-channel", giver, "run t 9\n  run u"},
    {"handle-parked", giver, "run t 9\n  reload r\n  run u"},
    {"reload-failed-half-way", failing, "reload r"},
    {"body-interrupted", failing, "reload r 3\n  run t\n  reload r"},
    {"reloads-overlapped", failing, "reload r 3\n  reload s"},
    {"name-missing", failing, "run t"},
    {"killed-blocked-again", killed, "run t 9\n  run u\n  run t 9"},
    {"exit-caught", killed, "run t 9\n  run u\n  run t"},
    {"reload-before-call", caller, "run t 3\n  reload r"},
    {"call-refused", caller, "run t\n  run t\n  reload r"},
    {"own-reload", spawner, "run t 9"},
    {"spawned-before-reload", spawner, "run t 9\n  reload r\n  run w"},
    {"two-modules-reloaded", spawner, "run t 9\n  reload r\n  reload s"},
    {"read-only-assigned", assigner, "run t 4\n  reload r\n  run t"},
    {"captured-read", maker, "run t 4\n  reload r\n  run t 9"},
    {"held-object-read", assigner, "run t 4\n  reload r\n  run t"},
};

std::string with(std::string_view text, std::string_view schedule) {
  return std::string(text) + "do\n  " + std::string(schedule) + "\n";
}

TEST(Probes, HitsEach) {
  for (const Probe& probe : probes()) {
    bool covered = false;
    for (const ProbeCase& each : probe_cases) {
      if (each.probe != probe.name) continue;
      covered = true;
      const auto names = hit(with(each.text, each.schedule));
      EXPECT_NE(std::find(names.begin(), names.end(), each.probe), names.end()) << each.probe;
    }
    EXPECT_TRUE(covered) << "no case for " << probe.name;
  }
}

TEST(Probes, HitsNothingWithoutAReload) {
  EXPECT_EQ(hit(with(holder, "run t 9\n  run u\n  run t 9") + "then stop\n"),
            std::vector<std::string_view>{});
  EXPECT_EQ(hit(with(caller, "run t 9") + "then stop\n"), std::vector<std::string_view>{});
}

TEST(Probes, TellsBeforeFromAfter) {
  const auto names = hit(with(holder, "run t 9\n  run u\n  run t 9\n  reload r") + "then stop\n");
  EXPECT_EQ(names, std::vector<std::string_view>{"code-freed"});
}

// In campaigns of the stated size, for each subject and granularity; and where it takes longest,
// the number is no generous one.
TEST(ProbesLong, AreHitWithinTheirRuns) {
  std::uint32_t most = 0;
  for (const Probe& probe : probes()) most = std::max(most, probe.runs_max);
  std::vector<std::uint64_t> fewest(probes().size(), most);
  for (const std::string_view name : {"model/overwrite", "model/swap", "model/in-place"}) {
    for (const model::Granularity granularity :
         {model::Granularity::yields, model::Granularity::safepoints, model::Granularity::ops}) {
      const auto subject = model::make_subject(name);
      Campaign campaign(*subject, {.granularity = granularity, .recheck_every = 0});
      for (std::uint32_t run = 1; run <= most; ++run) {
        campaign.step();
        for (std::size_t at = 0; at < probes().size(); ++at) {
          if (probes()[at].runs_max != run) continue;
          EXPECT_GT(campaign.result().probes[at], 0U)
              << probes()[at].name << " on " << name << " at " << model::name_of(granularity);
        }
      }
      for (std::size_t at = 0; at < probes().size(); ++at)
        fewest[at] = std::min(fewest[at], campaign.result().probes[at]);
    }
  }
  for (std::size_t at = 0; at < probes().size(); ++at) {
    const double mean = static_cast<double>(most) / static_cast<double>(fewest[at]);
    EXPECT_LE(probes()[at].runs_max, std::max(25 * mean, 50.0))
        << probes()[at].name << ": " << mean;
    EXPECT_GE(probes()[at].runs_max, 8 * mean) << probes()[at].name << ": " << mean;
  }
}

// Who is exempt has a reason.
TEST(ProbesLong, AreSeldomHitWhereTheyAreNotExpected) {
  for (const auto& strategy : model::strategies()) {
    const std::string name = "model/" + std::string(strategy->name);
    const auto subject = model::make_subject(name);
    Campaign campaign(*subject, {.granularity = model::Granularity::ops, .recheck_every = 0});
    constexpr std::uint64_t runs = 20'000;
    for (std::uint64_t run = 0; run < runs; ++run) campaign.step();
    for (std::size_t at = 0; at < probes().size(); ++at) {
      for (const std::string_view pattern : probes()[at].seldom_on) {
        if (!matches(pattern, name)) continue;
        EXPECT_LT(campaign.result().probes[at] * probes()[at].runs_max, 8 * runs)
            << probes()[at].name << " on " << name;
      }
    }
  }
}

}  // namespace
}  // namespace midstride::properties
