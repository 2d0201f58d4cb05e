#include "runtimes/cpython/cpython.hpp"

#include <algorithm>

#include "runtimes/cpython/harness.hpp"
#include "runtimes/cpython/runs_test.hpp"

namespace midstride::runtimes {
namespace {

using enum model::EventKind;
using Told = std::vector<std::string>;

TEST(CpythonSubjects, AreTwo) {
  EXPECT_EQ(cpython_subjects(), (std::vector{importlib, code_swap}));
  EXPECT_EQ(make_cpython_subject("cpython/nonesuch"), nullptr);
  EXPECT_EQ(make_cpython_subject(importlib)->name(), importlib);
}

TEST(CpythonSubjects, DoNotGiveWhatCannotBeSeen) {
  const model::Capabilities capabilities = make_cpython_subject(importlib)->capabilities();
  EXPECT_EQ(~capabilities.gives,
            model::mask_of(retire, free, live, touch, closure, cell_write, cell_read, migrate));
  EXPECT_EQ(capabilities.granularity, model::Granularity::safepoints);
  EXPECT_EQ(capabilities.locals, model::LocalsPolicy::snapshot);
}

// The first half of the post: the locals of a function that is blocked half-way.
constexpr std::string_view blocked = R"(
module shop
  version 1
    def f():
      a = 1
      b = {}
      c.receive()
      emit a
      emit b
channel c
task t: shop.f()
task u: c.send(0)
peek before: t
poke assign: t.a = 2
peek after: t
do
  run t 5
  peek before
  poke assign
  peek after
then round-robin
)";

TEST(CpythonLocals, OfABlockedFrameAreSeenFromOutside) {
  const Ran ran(blocked, importlib);
  const Told shown{"inspector: peek frame 3 slot 1: 1", "inspector: peek frame 3 slot 2: {}"};
  const Told told = ran.told({peek});
  ASSERT_EQ(told.size(), 4);
  EXPECT_EQ((Told{told[0], told[1]}), shown);
  EXPECT_EQ((Told{told[2], told[3]}), shown);
}

TEST(CpythonLocals, LoseWhatIsWrittenIntoTheirDictionary) {
  const Ran ran(blocked, importlib);
  EXPECT_EQ(ran.told({poke}), (Told{"inspector: poke frame 3 slot 1: 2, lost"}));
  EXPECT_EQ(ran.told({emit}), (Told{"t: emit 1", "t: emit {}"}));
  EXPECT_TRUE(ran.exercised("locals"));
  EXPECT_EQ(ran.verdict(), "held");
}

TEST(CpythonLocals, AreReadFromTheFrameWheneverItGoesOn) {
  const Ran ran(blocked, importlib);
  const std::string a = "t: read frame 3 slot 1: 1";
  const std::string b = "t: read frame 3 slot 2: {}";
  // After the inspector, and after the receive.
  EXPECT_EQ(ran.told({read}), (Told{a, b, a, b}));
}

// The second half: a method in a local.
constexpr std::string_view method_in_a_local = R"(
module shop
  version 1
    class X:
      def f(self):
        return 1
    def hold():
      m = X().f
      c.receive()
      emit m()
      try:
        m.ATTRIBUTE = 5
      except:
        emit 90
      emit m()
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
do
  run t 6
  reload r
then round-robin
)";

Ran assigning(std::string_view attribute, std::string_view subject) {
  std::string text(method_in_a_local);
  text.replace(text.find("ATTRIBUTE"), std::string_view("ATTRIBUTE").size(), attribute);
  return {text, subject};
}

TEST(CpythonMethods, HaveThreeAttributesThatCannotBeAssigned) {
  const std::pair<std::string_view, std::string> words[] = {
      {"function", "AttributeError: readonly attribute"},
      {"self", "AttributeError: readonly attribute"},
      {"class", "AttributeError: 'method' object has no attribute 'im_class'"}};
  for (const auto& [attribute, error] : words) {
    const Ran ran = assigning(attribute, importlib);
    EXPECT_EQ(ran.told({throw_}), (Told{"t: throw frame 3: " + error})) << attribute;
    EXPECT_EQ(ran.told({assign_read_only}).size(), 1) << attribute;
    EXPECT_TRUE(ran.exercised("method-identity"));
    EXPECT_EQ(ran.verdict(), "held");
  }
}

TEST(CpythonMethods, HeldAcrossAReloadByImportlibRunWhatTheyWereTakenFrom) {
  EXPECT_EQ(assigning("self", importlib).told({emit}),
            (Told{"t: emit 1", "t: emit 90", "t: emit 1"}));
}

TEST(CpythonMethods, HeldAcrossACodeSwapRunTheNewCode) {
  const Ran ran = assigning("self", code_swap);
  EXPECT_EQ(ran.told({emit}), (Told{"t: emit 2", "t: emit 90", "t: emit 2"}));
  EXPECT_EQ(ran.verdict(), "violated method-behaviour");
}

// A frame that runs goes on with the code that it entered, whatever the reloader does meanwhile.
TEST(CpythonActivation, GoesOnWithItsCode) {
  constexpr std::string_view text = R"(
module shop
  version 1
    def f():
      c.receive()
      emit 1
  version 2
    def f():
      c.receive()
      emit 2
channel c
task t: shop.f()
task u: c.send(0)
reload r: shop -> 2
do
  run t 3
  reload r
then round-robin
)";
  for (const std::string_view subject : cpython_subjects()) {
    const Ran ran(text, subject);
    EXPECT_EQ(ran.told({emit}), (Told{"t: emit 1"})) << subject;
    EXPECT_TRUE(ran.exercised("activation")) << subject;
    EXPECT_EQ(ran.verdict(), "held") << subject;
  }
}

constexpr std::string_view body_that_raises = R"(
module shop
  version 1
    a = 1
    class X:
      def f(self):
        return 1
  version 2
    a = 2
    class X:
      def f(self):
        return 2
    raise 81
task t:
  try:
    reload r
  except:
    emit 90
  emit shop.a
  emit shop.X().f()
reload r: shop -> 2
)";

TEST(CpythonReload, ByImportlibLeavesWhatABodyDidBeforeItRaised) {
  const Ran ran(body_that_raises, importlib);
  EXPECT_EQ(ran.told({emit}), (Told{"t: emit 90", "t: emit 2", "t: emit 2"}));
  EXPECT_EQ(ran.told({throw_}),
            (Told{"body of r: throw frame 3: Raised: 81", "t: throw frame 2: Raised: 81"}));
  EXPECT_EQ(ran.verdict(), "violated failed-reload fresh");
}

TEST(CpythonReload, ByCodeSwapLeavesNothingOfABodyThatRaised) {
  const Ran ran(body_that_raises, code_swap);
  EXPECT_EQ(ran.told({emit}), (Told{"t: emit 90", "t: emit 1", "t: emit 1"}));
  EXPECT_TRUE(ran.exercised("failed-reload"));
  EXPECT_EQ(ran.verdict(), "held");
}

TEST(CpythonReload, ByCodeSwapUndoesAllWhenANameChangedItsKind) {
  constexpr std::string_view text = R"(
module shop
  version 1
    a = 1
    def f():
      return 1
    class X:
      def f(self):
        return 1
      def g(self):
        return 1
    def K():
      return 1
    gone = 1
  version 2
    a = 2
    def f():
      return 2
    class X:
      def f(self):
        return 2
      def h(self):
        return 2
    class K:
      def f(self):
        return 2
    new = 2
task t:
  try:
    reload r
  except:
    emit 90
  emit shop.a
  emit shop.f()
  emit shop.X().f()
  emit shop.X().g()
  emit shop.K()
  emit shop.gone
  try:
    emit shop.new
  except:
    emit 91
  emit shop.X().h()
reload r: shop -> 2
)";
  const Ran ran(text, code_swap);
  EXPECT_EQ(ran.told({emit}), (Told{"t: emit 90", "t: emit 1", "t: emit 1", "t: emit 1",
                                    "t: emit 1", "t: emit 1", "t: emit 1", "t: emit 91"}));
  const Told thrown = ran.told({throw_});
  ASSERT_EQ(thrown.size(), 3);
  EXPECT_EQ(thrown[1], "t: throw frame 2: AttributeError: module 'shop' has no attribute 'new'");
  EXPECT_EQ(thrown[2], "t: throw frame 2: AttributeError: 'X' object has no attribute 'h'");
}

TEST(CpythonReload, ByCodeSwapAddsNamesAndMethodsAndRemovesThem) {
  constexpr std::string_view text = R"(
module shop
  version 1
    class X:
      def f(self):
        return 1
    gone = 1
    kept = 1
  version 2
    class X:
      def g(self):
        return new()
    def new():
      return value
    value = 22
task t:
  x = shop.X()
  shop.kept = 3
  reload r
  emit x.g()
  emit shop.kept
  try:
    emit shop.gone
  except:
    emit 91
  emit x.f()
reload r: shop -> 2
)";
  const Ran ran(text, code_swap);
  EXPECT_EQ(ran.told({emit}), (Told{"t: emit 22", "t: emit 3", "t: emit 91"}));
  EXPECT_EQ(ran.told({throw_}).back(),
            "t: throw frame 2: AttributeError: 'X' object has no attribute 'f'");
  EXPECT_EQ(ran.verdict(), "held");
}

// Which load a value came from. In the first, undo puts back what was there before the program
// stored into a name that a migrate step had removed; in the second, the reload that was asked for
// first is the last to begin.
TEST(CpythonReload, ByCodeSwapPutsBackWhatComesFromWhereItCameFrom) {
  constexpr std::string_view text = R"(
module shop
  version 1
    a = 0
    def f():
      shop.a = None
      yield
      a
    class X:
      pass
  version 2
    def X():
      pass
task t: shop.f()
reload r: shop -> 2
do
  run t 1
  reload r 3
  run t 2
  reload r
then round-robin
)";
  const Ran ran(text, code_swap);
  EXPECT_EQ(ran.told({resolve}).back(), "t: resolve shop.a: 0, from first load of shop");
  EXPECT_EQ(ran.verdict(), "held");
}

TEST(CpythonReload, IsLaterWhenItBeginsLaterAndNotWhenItIsAskedForLater) {
  constexpr std::string_view text = R"(
module shop
  version 1
    def f():
      reload r
  version 2
    def g():
      pass
task t: shop.f()
task u: shop.g
reload r: shop -> 2
reload r2: shop -> 2
do
  run t 3
  reload r2
  reload r
then round-robin
)";
  const Ran ran(text, code_swap);
  EXPECT_EQ(ran.told({resolve}).back(),
            "u: resolve shop.g: <function shop.g of version 2>, from r");
  EXPECT_EQ(ran.verdict(), "held");
}

// importlib gives the module back at once, as if all was done.
constexpr std::string_view reload_in_own_body = R"(
module shop
  version 1
    a = 1
  version 2
    reload again
    a = 2
task t:
  reload r
  emit shop.a
reload r: shop -> 2
reload again: shop -> 1
)";

TEST(CpythonReload, InTheModulesOwnBodyIsNotMade) {
  const Ran by_importlib(reload_in_own_body, importlib);
  EXPECT_EQ(by_importlib.told({reload_reject}), (Told{"again: reload-reject again: in-progress"}));
  EXPECT_EQ(by_importlib.told({emit}), (Told{"t: emit 2"}));
  const Ran by_code_swap(reload_in_own_body, code_swap);
  EXPECT_EQ(by_code_swap.told({reload_reject}), (Told{"again: reload-reject again: own-body"}));
  EXPECT_EQ(by_code_swap.told({emit}), (Told{"t: emit 2"}));
}

constexpr std::string_view overlapping = R"(
module shop
  version 1
    a = 1
  version 2
    c.receive()
    a = 2
  version 3
    a = 3
channel c
task t:
  reload r3
  emit shop.a
task u: c.send(0)
reload r2: shop -> 2
reload r3: shop -> 3
do
  reload r2
  run t
  reload r3
  run t
then round-robin
)";

TEST(CpythonReload, WhileAnotherIsUnderWayIsDroppedByImportlibAndQueuedByCodeSwap) {
  const Ran by_importlib(overlapping, importlib);
  EXPECT_EQ(by_importlib.told({reload_reject, emit}),
            (Told{"r3: reload-reject r3: in-progress", "t: emit 1"}));
  const Ran by_code_swap(overlapping, code_swap);
  EXPECT_EQ(by_code_swap.told({reload_reject, reload_wait, emit}),
            (Told{"r3: reload-wait r3 for r2", "t: emit 3"}));
  EXPECT_TRUE(by_code_swap.exercised("serial"));
}

TEST(CpythonTasklets, AreKilledByAnExceptionThatExceptExceptionLetsPass) {
  constexpr std::string_view text = R"(
module shop
  version 1
    def f():
      try:
        try:
          c.receive()
        except:
          emit 80
      except TaskletExit:
        emit 81
      finally:
        emit 82
      emit 83
channel c
task t: shop.f()
task u: kill t
do
  run t 3
then round-robin
)";
  const Ran ran(text, importlib);
  EXPECT_EQ(ran.told({throw_, catch_, emit}),
            (Told{"t: throw frame 3: TaskletExit", "t: catch frame 3: TaskletExit", "t: emit 81",
                  "t: emit 82", "t: emit 83"}));
}

TEST(CpythonTasklets, ThatAreLeftWaitingAreUnwoundWithoutATrace) {
  constexpr std::string_view text = R"(
module shop
  version 1
    def f():
      try:
        c.receive()
      except:
        emit 80
      except TaskletExit:
        emit 81
      finally:
        emit 82
        c.receive()
channel c
task t: shop.f()
)";
  const Ran ran(text, importlib);
  EXPECT_EQ(ran.outcome.verdict.kind, model::VerdictKind::deadlock);
  EXPECT_EQ(ran.told({throw_, catch_, emit, exit}),
            (Told{"body of first load of shop: exit frame 1: returned"}));
}

// Runs Python source in the prelude's namespace; what the expression is afterwards, in words.
std::string evaluated(const std::string& source, const std::string& expression) {
  cpython::Harness::the();
  const cpython::Interpreter& python = cpython::Interpreter::the();
  python.enter_hub();
  PyObject* const globals = python.prelude_globals();
  const auto done =
      cpython::Ref::owned(PyRun_String(source.c_str(), Py_file_input, globals, globals));
  const auto value =
      cpython::Ref::owned(PyRun_String(expression.c_str(), Py_eval_input, globals, globals));
  if (!done || !value) PyErr_Print();
  const auto words = cpython::Ref::owned(PyObject_Str(value.get()));
  return PyUnicode_AsUTF8(words.get());
}

// No scenario swallows what unwinds it; the code of a tested reloader may.
TEST(CpythonTasklets, ThatWillNotBeUnwoundStopTheProgram) {
  constexpr std::string_view text = R"(
module shop
  version 1
    pass
channel c
task t: c.receive()
)";
  evaluated(
      "def stubborn():\n"
      "    while True:\n"
      "        try: real_receive()\n"
      "        except BaseException: pass\n",
      "None");
  const auto run = [&] {
    const cpython::Interpreter& python = cpython::Interpreter::the();
    PyDict_SetItemString(python.prelude_globals(), "real_receive",
                         PyDict_GetItemString(python.builtins(), "_receive"));
    PyDict_SetItemString(python.builtins(), "_receive", python.prelude("stubborn"));
    const Ran ran(text, importlib);
  };
  EXPECT_DEATH(run(), "unwound within its budget of calls");
}

TEST(CpythonRuns, DependOnNothingAround) {
  EXPECT_EQ(evaluated("", "sys.flags.isolated, sys.flags.ignore_environment, sys.flags.no_site"),
            "(1, 1, 1)");
  EXPECT_EQ(evaluated("", "sys.flags.hash_randomization"), "0") << "hash seed 0";
  EXPECT_EQ(evaluated("", "sys.dont_write_bytecode"), "True");
  EXPECT_EQ(evaluated("import gc", "gc.isenabled()"), "False");
}

TEST(CpythonTasklets, MayCallAsDeepAsInTheModel) {
  constexpr std::string_view text = R"(
module shop
  version 1
    def f():
      try:
        f()
      finally:
        emit 1
task t: shop.f()
)";
  const Ran real(text, importlib);
  const Ran model(text, "model/overwrite");
  EXPECT_EQ(real.outcome.verdict.kind, model::VerdictKind::out_of_budget);
  EXPECT_EQ(real.outcome.verdict.why, model.outcome.verdict.why);
  EXPECT_EQ(real.outcome.turns, model.outcome.turns);
  EXPECT_EQ(real.told({emit}), Told{});
}

TEST(CpythonErrors, HaveTheKindsOfTheModelAndPythonsWords) {
  constexpr std::string_view text = R"(
module shop
  version 1
    class X:
      def f(self, a):
        return a
    def guard(number):
      try:
        TRY
      except:
        emit number
task t: shop.guard(1)
)";
  const std::tuple<std::string_view, model::ErrorKind, std::string_view> cases[] = {
      {"raise {}", model::ErrorKind::raised, ""},
      {"nothing", model::ErrorKind::name, "NameError: name 'nothing' is not defined"},
      {"shop.nothing", model::ErrorKind::name,
       "AttributeError: module 'shop' has no attribute 'nothing'"},
      {"x = x", model::ErrorKind::unbound_local,
       "UnboundLocalError: cannot access local variable 'x' where it is not associated with a "
       "value"},
      {"X().g", model::ErrorKind::attribute, "AttributeError: 'X' object has no attribute 'g'"},
      {"X().g = 1", model::ErrorKind::attribute, "AttributeError: 'X' object has no attribute 'g'"},
      {"number.real", model::ErrorKind::attribute,
       "AttributeError: 'int' object has no attribute 'n_real'"},
      {"number()", model::ErrorKind::not_callable, "TypeError: 'int' object is not callable"},
      {"X().f()", model::ErrorKind::arity,
       "TypeError: X.f() missing 1 required positional argument: 'a'"},
      {"X(1)", model::ErrorKind::arity, "TypeError: X() takes no arguments"},
      {"spawn w = number()", model::ErrorKind::not_callable,
       "TypeError: 'int' object cannot be spawned"},
  };
  for (const auto& [statement, kind, words] : cases) {
    std::string tried(text);
    tried.replace(tried.find("TRY"), 3, statement);
    const Ran real(tried, importlib);
    const Ran model(tried, "model/overwrite");
    ASSERT_EQ(real.runner.tables().errors.size(), 1) << statement;
    EXPECT_EQ(real.runner.tables().errors[0].kind, kind) << statement;
    EXPECT_EQ(real.runner.tables().errors[0].text, words) << statement;
    EXPECT_EQ(real.runner.tables().errors[0].name, model.runner.tables().errors[0].name)
        << statement;
    EXPECT_EQ(model.runner.tables().errors[0].kind, kind) << statement;
    EXPECT_EQ(real.told({emit}), (Told{"t: emit 1"})) << statement;
  }
}

// Where Python 3 is not the language of the model; docs/cpython.md.
TEST(CpythonDifferences, AMethodTakenFromAClassIsItsFunction) {
  constexpr std::string_view text = R"(
module shop
  version 1
    class X:
      def f(self):
        return 1
task t:
  m = shop.X.f
  emit m
  emit m(5)
  emit m.function
)";
  EXPECT_EQ(Ran(text, "model/overwrite").told({emit}).size(), 3);
  const Ran real(text, importlib);
  EXPECT_EQ(real.told({emit}), (Told{"t: emit <function shop.X.f of version 1>", "t: emit 1"}));
  EXPECT_EQ(real.told({throw_}),
            (Told{"t: throw frame 2: AttributeError: 'function' object has no attribute "
                  "'__func__'"}));
}

TEST(CpythonDifferences, AMethodHasNoClass) {
  constexpr std::string_view text = R"(
module shop
  version 1
    class X:
      def f(self):
        return 1
task t:
  m = shop.X().f
  emit m.function
  emit m.self
  emit m.class
)";
  EXPECT_EQ(Ran(text, "model/overwrite").told({emit}).size(), 3);
  const Ran real(text, importlib);
  EXPECT_EQ(real.told({emit}).size(), 2);
  EXPECT_EQ(real.told({throw_}),
            (Told{"t: throw frame 2: AttributeError: 'function' object has no attribute "
                  "'im_class'"}));
}

TEST(CpythonDifferences, FunctionsAndClassesTakeNewAttributes) {
  constexpr std::string_view text = R"(
module shop
  version 1
    class X:
      def f(self):
        return 1
    def f():
      return 1
    def g(self):
      return 2
task t:
  shop.f.a = 3
  emit shop.f.a
  shop.X.f = shop.g
  emit shop.X().f()
)";
  EXPECT_EQ(Ran(text, "model/overwrite").told({throw_}).size(), 1);
  EXPECT_EQ(Ran(text, importlib).told({emit}), (Told{"t: emit 3", "t: emit 2"}));
}

TEST(CpythonRuns, AreTheSameEveryTime) {
  for (const std::string_view subject : cpython_subjects()) {
    const Ran first(body_that_raises, subject);
    const Ran between(blocked, subject);
    const Ran second(body_that_raises, subject);
    EXPECT_EQ(first.outcome.digest, second.outcome.digest) << subject;
  }
}

// Names that mean something to Python, to its standard library or to the harness.
TEST(CpythonNames, OfAScenarioHideNothing) {
  constexpr std::string_view text = R"(
module sys
  version 1
    _op = 1
    print = 2
    class Exception:
      def __init__(self, mro):
        return mro
    def f(_f, n_f, _0):
      __slots__ = _f
      emit __slots__
      emit n_f
      emit _0
      emit Exception().__init__(_op)
      emit print
      b = {}
      b.mro = 5
      b.self = 6
      emit b.mro
      emit b.self
      emit len
  version 2
    print = 3
task t:
  reload r
  sys.f(7, 8, 9)
reload r: sys -> 2
)";
  const Ran ran(text, importlib);
  EXPECT_EQ(ran.told({emit}), (Told{"t: emit 7", "t: emit 8", "t: emit 9", "t: emit 1", "t: emit 3",
                                    "t: emit 5", "t: emit 6"}));
  EXPECT_EQ(ran.told({throw_}), (Told{"t: throw frame 4: NameError: name 'len' is not defined"}));
}

}  // namespace
}  // namespace midstride::runtimes
