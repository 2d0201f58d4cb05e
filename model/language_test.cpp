// What the statements and expressions of the scenario language mean, seen in what a run emits.
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <variant>

#include "model/run.hpp"
#include "model/subjects.hpp"
#include "model/text.hpp"

namespace midstride::model {
namespace {

// What task t emits and the errors that are thrown in it, in order, each with a blank after it.
std::string said(const std::string& text, std::string_view subject = "model/overwrite") {
  const auto read = model::read("midstride 1\n" + text, "language_test");
  if (const auto* error = std::get_if<TextError>(&read)) return describe(*error);
  const std::unique_ptr<Subject> runs = make_subject(subject);
  Runner runner;
  runner.run(std::get<Scenario>(read), *runs);
  std::string all;
  for (const Event& event : runner.trace().events()) {
    if (event.kind() == EventKind::emit) all += runner.tables().show(Value{event.a}) + " ";
    if (event.kind() == EventKind::throw_)
      all += std::string(name_of(runner.tables().errors[event.b].kind)) + " ";
  }
  return all;
}

// With classes A, B(A) and C(B), of which A and B have an f, A a g as well.
std::string with_classes(const std::string& lines) {
  return said(R"(module m
  version 1
    class A:
      def f(self):
        return 1
      def g(self):
        return 2
    class B(A):
      def f(self):
        return super().f
      def above(self):
        return super().g()
      def beyond(self):
        return super().nothing
      def nobody():
        return super().f
      def self(self):
        return super().self
    class C(B):
      def f(self):
        return super(C, self).f
    class Bare:
      pass
    def outside(self):
      return super().f
task t:
)" + lines);
}

TEST(Language, AClassHasWhatItsBaseHas) {
  EXPECT_EQ(with_classes("  emit m.C().g()\n  emit m.A().f()\n  m.C().h\n"), "2 1 attribute ");
  EXPECT_EQ(with_classes("  emit m.B.g(m.C())\n"), "2 ");
}

TEST(Language, SuperLooksAfterTheClassThatHasTheMethod) {
  EXPECT_EQ(with_classes("  emit m.C().f()().function is m.A.f.function\n"), "1 ");
  EXPECT_EQ(with_classes("  emit m.B().f()()\n  emit m.B().above()\n"), "1 2 ");
  EXPECT_EQ(with_classes("  o = m.B()\n  emit o.f().self is o\n  emit o.self() is o\n"), "1 1 ");
  EXPECT_EQ(with_classes("  o = m.C()\n  emit super(m.B, o).f()\n"), "1 ");
}

TEST(Language, SuperIsAnErrorWhereThereIsNoClassOrNoObjectOfIt) {
  EXPECT_EQ(with_classes("  m.B().beyond()\n"), "attribute ");
  EXPECT_EQ(with_classes("  m.B.nobody()\n"), "no-super ");
  EXPECT_EQ(with_classes("  m.outside(m.B())\n"), "no-super ");
  EXPECT_EQ(with_classes("  super().f\n"), "no-super ");
  EXPECT_EQ(with_classes("  m.B.above(m.A())\n"), "no-super ");
  EXPECT_EQ(with_classes("  m.B.above(None)\n"), "attribute ");
  EXPECT_EQ(with_classes("  super(1, m.B()).f\n"), "no-super ");
  EXPECT_EQ(with_classes("  super(m.Bare, m.B()).f\n"), "no-super ");
}

TEST(Language, IsinstanceGoesUpTheLine) {
  EXPECT_EQ(with_classes("  emit isinstance(m.C(), m.A)\n  emit isinstance(m.A(), m.C)\n"), "1 0 ");
  EXPECT_EQ(with_classes("  emit isinstance(1, m.A)\n  emit isinstance(m.A, m.A)\n"), "0 0 ");
  EXPECT_EQ(with_classes("  isinstance(m.A(), 1)\n"), "not-a-class ");
}

TEST(Language, IsAsksForTheSameThing) {
  EXPECT_EQ(with_classes("  o = m.A()\n  emit o is o\n  emit o is m.A()\n  emit 7 is 7\n"),
            "1 0 1 ");
  EXPECT_EQ(with_classes("  k = m.A().f\n  emit k is k\n  emit m.A().f is m.A().f\n"), "1 0 ");
}

TEST(Language, ABaseHasToBeAClass) {
  EXPECT_EQ(said("module m\n  version 1\n    a = 1\n    class X(a):\n      pass\ntask t: m.X\n"),
            "not-a-class name ");
}

// `lines` are tried, by handlers for B, for other errors and for a kill.
std::string tried(const std::string& lines) {
  return with_classes("  try:\n    " + lines + R"(
  except m.B:
    emit 10
  except:
    emit 20
  except TaskletExit:
    emit 30
  emit 40
)");
}

TEST(Language, AnExceptWithAClassCatchesItsInstances) {
  EXPECT_EQ(tried("raise m.B()"), "raised 10 40 ");
  EXPECT_EQ(tried("raise m.C()"), "raised 10 40 ");
  EXPECT_EQ(tried("raise m.A()"), "raised 20 40 ");
  EXPECT_EQ(tried("raise 1"), "raised 20 40 ");
  EXPECT_EQ(tried("x"), "name 20 40 ");
  EXPECT_EQ(tried("kill t"), "task-exit 30 40 ");
  EXPECT_EQ(tried("pass"), "40 ");
}

TEST(Language, WhatAnExceptWithAClassDoesNotCatchGoesOn) {
  const std::string inner = R"(  try:
    try:
      raise m.A()
    except m.B:
      emit 10
    finally:
      emit 50
  except m.A:
    emit 60
)";
  EXPECT_EQ(with_classes(inner), "raised 50 60 ");
}

TEST(Language, AnErrorOfAskingForTheClassTakesItsPlace) {
  const auto asking = [](const std::string& class_) {
    return with_classes("  try:\n    try:\n      raise 1\n    except " + class_ +
                        ":\n      emit 10\n    except:\n      emit 20\n  except:\n    emit 60\n");
  };
  EXPECT_EQ(asking("m.gone"), "raised name 60 ");
  EXPECT_EQ(asking("m.outside"), "raised not-a-class 60 ");
}

TEST(Language, AHandlerThatReturnsOrThrowsDoesSo) {
  EXPECT_EQ(with_classes("  try:\n    raise m.B()\n  except m.B:\n    return 1\n  emit 40\n"),
            "raised ");
  EXPECT_EQ(
      with_classes("  try:\n    raise m.B()\n  except m.B:\n    raise 2\n  except:\n    emit 1\n"),
      "raised raised ");
}

// With f(a), whose body the lines are.
std::string in_f(const std::string& lines) {
  return said("module m\n  version 1\n    b = 9\n    def f(a):\n" + lines +
              "task t: emit m.f(1)()\n");
}

TEST(Language, AFunctionSharesWhatItUsesOfTheOneAroundIt) {
  EXPECT_EQ(in_f("      def g():\n        return a\n      a = 2\n      return g\n"), "2 ");
  EXPECT_EQ(in_f("      def g():\n        return x\n      x = 3\n      return g\n"), "3 ");
  EXPECT_EQ(in_f("      def g():\n        return b\n      return g\n"), "9 ") << "a global";
}

TEST(Language, AFunctionThatAssignsHasALocalOfItsOwn) {
  EXPECT_EQ(in_f("      def g():\n        a = 5\n        return a\n      g()\n      emit a\n"
                 "      return g\n"),
            "1 5 ");
  EXPECT_EQ(in_f("      def g():\n        a\n        a = 5\n      return g\n"), "unbound-local ");
  EXPECT_EQ(in_f("      def h(a):\n        return a\n      emit h(4)\n      def g():\n"
                 "        return a\n      return g\n"),
            "4 1 ");
}

TEST(Language, NonlocalWritesWhatIsShared) {
  EXPECT_EQ(in_f("      def g():\n        return a\n      def h(x):\n        nonlocal a\n"
                 "        a = x\n      h(6)\n      emit a\n      return g\n"),
            "6 6 ");
}

TEST(Language, EachCallSharesAnew) {
  EXPECT_EQ(said(R"(module m
  version 1
    def f(a):
      def g(x):
        nonlocal a
        emit a
        a = x
      return g
task t:
  g = m.f(1)
  h = m.f(2)
  g(3)
  h(4)
  g(5)
  h(6)
)"),
            "1 2 3 4 ");
}

TEST(Language, ASharedVariableHasToBeBoundBeforeItIsUsed) {
  EXPECT_EQ(in_f("      def g():\n        return x\n      g()\n      x = 1\n"), "name ");
  EXPECT_EQ(in_f("      def g():\n        return x\n      x\n      x = 1\n"), "unbound-local ");
}

TEST(Language, AFunctionCanCallItselfAndItsSiblings) {
  EXPECT_EQ(in_f("      def g():\n        return h(g)\n      def h(x):\n        return x is g\n"
                 "      return g\n"),
            "1 ");
}

TEST(Language, AFunctionThatAMethodMakesCanSaySuper) {
  const auto made = [](const std::string& lines) {
    return said(R"(module m
  version 1
    class A:
      def f(self):
        return 1
    class B(A):
      def f(self):
        def g(o):
          return )" +
                lines + R"(
        return g
task t: emit m.B().f()(m.B())
)");
  };
  EXPECT_EQ(made("super().f()"), "1 ");
  EXPECT_EQ(made("super(B, self).f()"), "1 ");
  EXPECT_EQ(made("isinstance(self, m.B)"), "1 ");
}

TEST(Language, AMethodWhoseSelfIsSharedSaysSuperOfIt) {
  EXPECT_EQ(said(R"(module m
  version 1
    class A:
      def f(self):
        return 1
    class B(A):
      def f(self):
        def g():
          return self
        emit g() is self
        return super().f()
task t: emit m.B().f()
)"),
            "1 1 ");
}

TEST(Language, WhatAFunctionMadeGoesThroughChannelsAndIsSpawned) {
  EXPECT_EQ(said(R"(module m
  version 1
    def f(a):
      def g(x):
        nonlocal a
        a = x
      spawn w = g(7)
      c.send(g)
      emit a
      yield
      emit a
channel c
task t: m.f(1)
task u:
  g = c.receive()
  g(8)
)"),
            "7 8 ");
}

// Reloads m to version 2 in its `yield` under that strategy; what t emits.
TEST(Language, WhatAFunctionMadeKeepsItsCodeAndItsCells) {
  const std::string text = R"(module m
  version 1
    def f(a):
      def g():
        return a
      return g
  version 2
    def f(a):
      def g():
        return 20
      return g
task t:
  g = m.f(1)
  reload r
  emit g()
  emit m.f(2)()
reload r: m -> 2
)";
  for (const char* subject : {"model/overwrite", "model/swap", "model/in-place", "model/handle",
                              "model/purge", "model/safe-point", "model/per-task"})
    EXPECT_EQ(said(text, subject), "1 20 ") << subject;
  EXPECT_EQ(said(text, "model/world"), "1 2 ") << "its world has the old f";
}

// K is given to a class of its own; what it refers to, and what refers to it, is what has its name.
TEST(Language, ANameThatChangesItsKindRefersToWhatIsKept) {
  const std::string text = R"(module m
  version 1
    class X:
      pass
    def f():
      pass
    a = None
    def K():
      pass
  version 2
    class X:
      pass
    def f():
      pass
    class K(X):
      pass
    a = f
    b = K
task t:
  reload r
  emit m.a is m.f
  emit m.b is m.K
  emit isinstance(m.K(), m.X)
reload r: m -> 2
)";
  for (const char* subject :
       {"model/overwrite", "model/handle", "model/safe-point", "model/per-task"})
    EXPECT_EQ(said(text, subject), "1 1 1 ") << subject;
}

// The old base is the derived one now, and the other way round.
TEST(Language, WhereABaseAndItsClassChangePlacesSoDoTheirNames) {
  const std::string text = R"(module m
  version 1
    class X:
      pass
    class Y(X):
      pass
  version 2
    class Y:
      pass
    class X(Y):
      pass
task t:
  reload r
  emit isinstance(m.X(), m.Y)
  emit isinstance(m.Y(), m.X)
reload r: m -> 2
)";
  for (const char* subject :
       {"model/overwrite", "model/handle", "model/safe-point", "model/per-task"})
    EXPECT_EQ(said(text, subject), "1 0 ") << subject;
}

TEST(Language, WhatAFunctionMadeCannotBeCalledInAnotherWorld) {
  EXPECT_EQ(said(R"(module m
  version 1
    def f():
      def g():
        return 1
      return g
  version 2
    pass
channel c
task t: c.send(m.f())
task u: emit c.receive()()
reload r: m -> 2
do
  run t 9
  reload r
  run u 9
)",
                 "model/world"),
            "not-callable ");
}

// The code that is freed, in order, by model/swap.
std::string freed(const std::string& text) {
  const auto read = model::read("midstride 1\n" + text, "language_test");
  const std::unique_ptr<Subject> subject = make_subject("model/swap");
  Runner runner;
  runner.run(std::get<Scenario>(read), *subject);
  std::string order;
  for (const Event& event : runner.trace().events()) {
    const bool at_the_end = event.how() == 1;
    if (event.kind() == EventKind::collect && !at_the_end) order += "collect ";
    if (event.kind() == EventKind::free) order += runner.tables().show_code(event.a) + ", ";
  }
  return order;
}

TEST(Language, OldCodeHoldsThatOfTheFunctionsThatItMakes) {
  EXPECT_EQ(freed(R"(module m
  version 1
    def f():
      yield
      def g():
        yield
      return g
    def h():
      def i():
        pass
  version 2
    pass
task t: m.f()()
reload r: m -> 2
do
  run t 3
  reload r
)"),
            "m.h of version 1, m.h.i of version 1, m of version 1, m.f of version 1, m.f.g of "
            "version 1, ");
}

// A class, a method of it that says super() and the cell between them are a cycle.
TEST(Language, OldClassesThatSaySuperWaitForACollect) {
  EXPECT_EQ(freed(R"(module m
  version 1
    class A:
      def f(self):
        return super().f
  version 2
    pass
task t: pass
reload r: m -> 2
do
  reload r
  collect
)"),
            "m of version 1, collect m.A.f of version 1, ");
}

// A function that calls itself holds the cell that holds it.
TEST(Language, OldFunctionsThatShareThemselvesWaitForACollect) {
  EXPECT_EQ(freed(R"(module m
  version 1
    def f():
      def g():
        g
  version 2
    pass
task t: m.f()
reload r: m -> 2
do
  run t 9
  reload r
  collect
)"),
            "m.f of version 1, m of version 1, collect m.f.g of version 1, ");
}

// What shop has imported and what it asks for each time, before and after bank is reloaded.
std::string with_imports(const std::string& line, std::string_view subject) {
  return said(R"(module bank
  version 1
    def f():
      return 1
  version 2
    def f():
      return 2
module shop
  version 1
    from bank import f
    def g():
      from bank import f
      return f()
    def make():
      def get():
        return f()
      from bank import f
      return get
reload r: bank -> 2
task t:
  from bank import f
  held = shop.make()
  )" + line + "\n  reload r\n  " +
                  line + "\n",
              subject);
}

TEST(Imports, KeepWhatTheNameWasThen) {
  EXPECT_EQ(with_imports("emit shop.f()", "model/swap"), "1 1 ");
  EXPECT_EQ(with_imports("emit f()", "model/swap"), "1 1 ");
  EXPECT_EQ(with_imports("emit held()", "model/swap"), "1 1 ") << "in a cell";
  EXPECT_EQ(with_imports("emit shop.g()", "model/swap"), "1 2 ") << "imported each time";
  EXPECT_EQ(with_imports("emit f is bank.f", "model/swap"), "1 0 ");
}
TEST(Imports, AreUpToDateWhereFunctionsAreKept) {
  EXPECT_EQ(with_imports("emit shop.f()", "model/in-place"), "1 2 ");
  EXPECT_EQ(with_imports("emit f is bank.f", "model/in-place"), "1 1 ");
}
TEST(Imports, OfWhatIsNotThereAreErrors) {
  EXPECT_EQ(with_imports("from bank import h", "model/swap"), "name ");
}

// Declares r2 to r6, shop -> 2 to 6, as far as the lines ask for them: others would be placed by
// the policy.
std::string declared(const std::string& lines) {
  std::string all;
  for (const char version : {'2', '3', '4', '5', '6'}) {
    const std::string name = std::string("r") + version;
    if (lines.find("reload " + name) != std::string::npos)
      all += "reload " + name + ": shop -> " + version + "\n";
  }
  return all;
}

// What task t emits, with state that is to outlive the reloads of shop, which the program changes
// before, and again while the body of version 3 waits. Version 2 and later know no b; in version 4
// a is as any other name.
std::string with_state(std::string_view subject, const std::string& lines) {
  return said(R"(channel c
module shop
  version 1
    once a = 1
    once b = 1
  version 2
    once a = 2
    d = a
  version 3
    once a = 3
    c.receive()
    c.receive()
    d = a
  version 4
    a = 4
  version 5
    once a = 5
    once b = 5
  version 6
    once a = 6
    a = 7
task u:
  c.send(0)
  shop.a = 9
  c.send(0)
task t:
)" + lines + declared(lines),
              subject);
}

constexpr std::string_view strategy_names[] = {"overwrite", "swap",       "in-place",
                                               "handle",    "purge",      "purge-soft",
                                               "world",     "safe-point", "per-task"};

TEST(PersistentState, KeepsItsValueOverAReload) {
  for (const std::string_view strategy : strategy_names) {
    const std::string subject = "model/" + std::string(strategy);
    EXPECT_EQ(with_state(subject, "  emit shop.a\n"), "1 ") << strategy;
    EXPECT_EQ(with_state(subject, "  shop.a = 8\n  reload r2\n  emit shop.a\n"), "8 ") << strategy;
  }
}
TEST(PersistentState, IsWhatTheBodySeesAfterIt) {
  for (const std::string_view strategy :
       {"overwrite", "swap", "in-place", "handle", "safe-point"}) {
    const std::string subject = "model/" + std::string(strategy);
    EXPECT_EQ(with_state(subject, "  shop.a = 8\n  reload r2\n  emit shop.d\n"), "8 ") << strategy;
  }
}
// swap copies it when the body says so.
TEST(PersistentState, IsWrittenWhileTheBodyRuns) {
  const std::string lines = "  reload r3\n  emit shop.a\n  emit shop.d\n";
  for (const std::string_view strategy : {"overwrite", "in-place", "handle", "safe-point"})
    EXPECT_EQ(with_state("model/" + std::string(strategy), lines), "9 9 ") << strategy;
  EXPECT_EQ(with_state("model/swap", lines), "1 1 ");
  EXPECT_EQ(with_state("model/purge", "  reload r3\n  emit shop.a\n"), "9 ");
}
TEST(PersistentState, IsGoneWithAVersionThatDoesNotKnowIt) {
  const std::string lines = "  shop.b = 8\n  reload r2\n  reload r5\n  emit shop.b\n";
  EXPECT_EQ(with_state("model/swap", lines), "5 ");
  EXPECT_EQ(with_state("model/purge", lines), "5 ");
  EXPECT_EQ(with_state("model/overwrite", lines), "8 ") << "no name goes";
  EXPECT_EQ(with_state("model/in-place", lines), "8 ") << "no version owns it";
}
TEST(PersistentState, IsAnyNameThatTheModuleHas) {
  for (const std::string_view strategy : {"overwrite", "swap", "in-place", "handle", "purge"}) {
    const std::string subject = "model/" + std::string(strategy);
    EXPECT_EQ(with_state(subject, "  reload r4\n  emit shop.a\n  reload r5\n  emit shop.a\n"),
              "4 4 ")
        << strategy;
  }
}
TEST(PersistentState, IsLeftAloneByAFailingOrAnotherBinding) {
  for (const std::string_view strategy : {"overwrite", "swap", "in-place", "handle", "purge"}) {
    const std::string subject = "model/" + std::string(strategy);
    EXPECT_EQ(with_state(subject, "  shop.a = 8\n  reload r6\n  emit shop.a\n"), "7 ") << strategy;
  }
}

// Hooks say who they are; what h raises ends it alone.
std::string with_hooks(const std::string& lines, std::string_view subject = "model/swap") {
  return said(R"(channel c
module shop
  version 1
    class X:
      def f(self):
        emit 3
    def f():
      emit 1
    def g():
      emit 2
      atexit f
    def h():
      raise 7
    def own():
      atexit g
      emit 5
    def takes(a):
      pass
  version 2
    def f():
      emit 11
)" + lines + (lines.find("reload r") == std::string::npos ? "" : "reload r: shop -> 2\n"),
              subject);
}

TEST(ExitHooks, AreCalledLastFirstWhenTheirTaskletEnds) {
  EXPECT_EQ(with_hooks("task t:\n  atexit shop.f\n  atexit shop.g\n  emit 4\n"), "4 2 1 1 ")
      << "what a hook registers is called next";
  EXPECT_EQ(with_hooks("task t:\n  atexit shop.X().f\n  raise 4\n"), "raised 3 ");
  EXPECT_EQ(
      with_hooks("task t:\n  atexit shop.f\n  c.receive()\ntask u:\n  yield\n  yield\n  kill t\n"),
      "task-exit 1 ");
  EXPECT_EQ(with_hooks("task t:\n  spawn w = shop.own()\n  atexit shop.f\n"), "5 1 2 1 ");
}
TEST(ExitHooks, AreAllCalledWhateverOneRaises) {
  EXPECT_EQ(with_hooks("task t:\n  atexit shop.f\n  atexit shop.h\n  atexit shop.takes\n"),
            "arity raised 1 ");
}
TEST(ExitHooks, AreCallables) {
  EXPECT_EQ(with_hooks("task t:\n  atexit shop.X\n"), "not-callable ");
  EXPECT_EQ(with_hooks("task t:\n  atexit 1\n"), "not-callable ");
}
// A hook is a handle that is held: what it runs is the strategy's business.
TEST(ExitHooks, OutliveAReload) {
  const std::string lines = "task t:\n  atexit shop.f\n  reload r\n  emit 4\n";
  EXPECT_EQ(with_hooks(lines, "model/swap"), "4 1 ");
  EXPECT_EQ(with_hooks(lines, "model/in-place"), "4 11 ");
  EXPECT_EQ(with_hooks(lines, "model/world"), "4 1 ");
}

// What the body of a version registers. h blocks until somebody sends.
std::string with_unload_hooks(std::string_view subject, const std::string& lines) {
  return said(R"(channel c
module shop
  version 1
    def f():
      emit 1
    def g():
      emit 2
      raise 7
    def h():
      emit 3
      c.receive()
    atexit f
    atexit g
  version 2
    def f():
      emit 12
    atexit f
    raise 8
  version 3
    def h():
      emit 13
      c.receive()
    def register():
      atexit h
    register()
  version 4
    pass
task u:
  c.send(0)
task t:
)" + lines + declared(lines),
              subject);
}

TEST(UnloadHooks, AreCalledLastFirstWhenTheirLoadIsRetired) {
  for (const std::string_view strategy :
       {"overwrite", "swap", "in-place", "handle", "safe-point"}) {
    const std::string subject = "model/" + std::string(strategy);
    EXPECT_EQ(with_unload_hooks(subject, "  reload r3\n"), "2 raised 1 ") << strategy;
  }
}
TEST(UnloadHooks, RunTheCodeOfTheirLoadWhateverOthersSee) {
  for (const std::string_view strategy : {"world", "per-task"}) {
    const std::string subject = "model/" + std::string(strategy);
    EXPECT_EQ(with_unload_hooks(subject, "  reload r3\n  reload r4\n"), "2 raised 1 13 ")
        << strategy;
  }
}
TEST(UnloadHooks, AreCalledWhenTheirLoadHasFailed) {
  EXPECT_EQ(with_unload_hooks("model/swap", "  try:\n    reload r2\n  except:\n    emit 4\n"),
            "raised raised 4 12 ");
  EXPECT_EQ(with_unload_hooks("model/overwrite", "  try:\n    reload r2\n  except:\n    emit 4\n"),
            "raised raised 4 ")
      << "what the failed load did stays, its hooks as well";
}
TEST(UnloadHooks, AreCalledBeforeTheOldestVersionIsGivenUp) {
  for (const std::string_view subject : {"model/purge", "model/purge-soft"}) {
    EXPECT_EQ(with_unload_hooks(subject, "  reload r3\n  emit 4\n"), "4 ") << subject;
    EXPECT_EQ(with_unload_hooks(subject, "  reload r3\n  reload r4\n  emit 4\n"), "2 raised 1 4 ")
        << subject;
  }
}
// It finds h where functions find names: in the module, as it is then.
TEST(UnloadHooks, OfACalledFunctionAreTheBodys) {
  EXPECT_EQ(with_unload_hooks("model/swap", "  reload r3\n  reload r4\n"), "2 raised 1 3 ");
}

TEST(Language, ALoopRunsItsRounds) {
  EXPECT_EQ(said("task t:\n  for i in range(3):\n    emit i\n  emit i\n"), "0 1 2 2 ");
  EXPECT_EQ(said("task t:\n  for i in range(0):\n    emit i\n  emit i\n"), "unbound-local ");
  EXPECT_EQ(
      said("task t:\n  for i in range(2):\n    for j in range(2):\n      emit i\n      emit j\n"),
      "0 0 0 1 1 0 1 1 ");
  // A number of rounds is counted apart from the variable.
  EXPECT_EQ(said("task t:\n  for i in range(2):\n    i = 7\n    emit i\n"), "7 7 ");
}

TEST(Language, ALoopIsLeftAndGoesOn) {
  EXPECT_EQ(said("task t:\n  for i in range(3):\n    emit i\n    break\n  emit 9\n"), "0 9 ");
  EXPECT_EQ(said("task t:\n  for i in range(2):\n    emit i\n    continue\n    emit 8\n  emit 9\n"),
            "0 1 9 ");
  EXPECT_EQ(
      said("task t:\n  for i in range(2):\n    for j in range(2):\n      break\n    emit i\n"),
      "0 1 ");
  EXPECT_EQ(said(R"(module m
  version 1
    def f():
      for i in range(3):
        try:
          return i
        finally:
          emit 8
task t: emit m.f()
)"),
            "8 0 ");
}

TEST(Language, WhoLeavesALoopRunsTheFinallyBlocksOnTheWay) {
  const auto looping = [](const std::string& leaves, const std::string& last = "emit 5") {
    return said("task t:\n  try:\n    for i in range(2):\n      try:\n        try:\n          " +
                leaves + "\n        finally:\n          emit 4\n      finally:\n        " + last +
                "\n  finally:\n    emit 6\n");
  };
  EXPECT_EQ(looping("break"), "4 5 6 ");
  EXPECT_EQ(looping("continue"), "4 5 4 5 6 ");
  EXPECT_EQ(looping("raise 1"), "raised 4 5 6 ");
  // The last word has who comes last.
  EXPECT_EQ(looping("break", "continue"), "4 4 6 ");
  EXPECT_EQ(looping("raise 1", "continue"), "raised 4 raised 4 6 ");
  EXPECT_EQ(looping("continue", "break"), "4 6 ");
}

// What is caught takes the frame's temporaries along, but not where its loops are.
TEST(Language, ALoopGoesOnAfterAnErrorThatIsCaughtInIt) {
  EXPECT_EQ(
      said("task t:\n  for i in range(3):\n    try:\n      raise i\n    except:\n      emit i\n"),
      "raised 0 raised 1 raised 2 ");
}

// What a finally interrupted, and never went on with, is given up.
TEST(Language, AValueThatALoopDidNotReturnIsNobodys) {
  EXPECT_EQ(said(R"(module m
  version 1
    def f():
      for i in range(2):
        try:
          return {}
        finally:
          continue
      return i
task t: emit m.f()
)"),
            "1 ");
}

TEST(Language, ALoopsVariableIsOneAsAnyOther) {
  EXPECT_EQ(said(R"(module m
  version 1
    def f():
      for i in range(2):
        def g():
          return i
        emit g()
      return g
    for a in range(2):
      emit a
  version 2
    a = 5
task t:
  emit m.f()()
  emit m.a
)"),
            "0 1 0 1 1 1 ");
}

// The end of a loop lets others in, as the entry of a call does.
TEST(Language, ALoopIsASafepointEachTimeRound) {
  EXPECT_EQ(said(R"(granularity safepoints
task t:
  pass
  for i in range(2):
    emit i
    emit 7
task u: emit 9
do
  run t
  run u
  run t
)"),
            "0 7 9 1 7 ");
}

// With generators of one module, which version 2 changes.
std::string with_generators(const std::string& lines, std::string_view subject = "model/swap") {
  return said(R"(module m
  version 1
    def name():
      return 1
    def count(a):
      yield a
      emit name()
      yield 7
      return 8
    def outer():
      for x in m.count(3):
        yield x
      yield 9
    def stops():
      yield next(m.count(1))
      g = m.count(2)
      next(g)
      next(g)
      next(g)
    def itself():
      o = {}
      yield o
      yield next(o.me)
    def raises():
      try:
        yield 1
        raise 2
      except:
        yield 3
      raise 4
    class X:
      def f(self):
        yield self
  version 2
    def name():
      return 2
    def count(a):
      return a
task t:
)" + lines + (lines.find("reload r") == std::string::npos ? "" : "reload r: m -> 2\n"),
              subject);
}

TEST(Generators, GiveTheirValuesOneByOne) {
  EXPECT_EQ(with_generators("  g = m.count(3)\n  emit next(g)\n  emit next(g)\n"), "3 1 7 ");
  EXPECT_EQ(with_generators("  for x in m.count(3):\n    emit x\n  emit 5\n"), "3 1 7 5 ");
  EXPECT_EQ(with_generators("  for x in m.outer():\n    emit x\n"), "3 1 7 9 ");
  EXPECT_EQ(with_generators("  x = m.X()\n  emit next(x.f()) is x\n"), "1 ");
  EXPECT_EQ(with_generators("  g = m.count(3)\n  for x in g:\n    break\n  emit next(g)\n"),
            "1 7 ");
  EXPECT_EQ(with_generators("  for x in m.count({}):\n    for x in m.count(2):\n      emit x\n"),
            "2 1 7 1 2 1 7 ");
}

TEST(Generators, EndInAnErrorForWhoAsksForMore) {
  EXPECT_EQ(with_generators("  g = m.count(3)\n  for x in g:\n    pass\n  try:\n    next(g)\n"
                            "  except:\n    emit 5\n"),
            "1 stop-iteration 5 ");
  EXPECT_EQ(with_generators("  for x in 5:\n    pass\n"), "not-iterable ");
  EXPECT_EQ(with_generators("  next(None)\n"), "not-iterable ");
  EXPECT_EQ(with_generators("  for x in m.stops():\n    emit x\n"),
            "1 1 stop-iteration generator-stop ");
  EXPECT_EQ(with_generators("  for x in m.raises():\n    emit x\n"), "1 raised 3 raised ");
  EXPECT_EQ(with_generators("  g = m.raises()\n  try:\n    for x in g:\n      pass\n  except:\n"
                            "    next(g)\n"),
            "raised raised stop-iteration ");
}

TEST(Generators, AreNotAskedWhileTheyAreAtIt) {
  EXPECT_EQ(with_generators("  g = m.itself()\n  o = next(g)\n  o.me = g\n  next(g)\n"),
            "running ");
  EXPECT_EQ(said(R"(module m
  version 1
    def f():
      yield
      yield 1
    def g(a):
      emit next(a)
    a = f()
task t: m.g(m.a)
task u: m.g(m.a)
do
  run t 5
  run u 9
)"),
            "running 1 ");
}

// The same frame, for another tasklet: its locals are where it left them.
TEST(Generators, GoOnForWhomeverAsks) {
  EXPECT_EQ(said(R"(module m
  version 1
    def f(a):
      b = {}
      yield b
      emit b is a.b
      yield a
    o = {}
    g = f(o)
task t: m.o.b = next(m.g)
task u: emit next(m.g) is m.o
do
  run t
  run t 9
  run u 20
)"),
            "1 1 ");
}

TEST(Generators, KeepTheirCodeOverAReload) {
  constexpr std::string_view lines =
      "  g = m.count(3)\n  emit next(g)\n  reload r\n  emit next(g)\n  emit m.count(5)\n";
  EXPECT_EQ(with_generators(std::string(lines), "model/swap"), "3 2 7 5 ");
  EXPECT_EQ(with_generators(std::string(lines), "model/in-place"), "3 2 7 5 ");
  EXPECT_EQ(with_generators(std::string(lines), "model/purge"), "3 1 7 5 ");
}

// One that did not begin yet counts as a frame; so does one between two values.
TEST(Generators, AreWaitedFor) {
  const auto with = [](const std::string& held) {
    return with_generators("  g = m.count(3)\n  " + held + "\n  yield\n  emit m.name()\n  g = 1\n" +
                               "  yield\n  yield\n  yield\n  emit m.name()\ntask u: reload r\n",
                           "model/safe-point");
  };
  EXPECT_EQ(with("pass"), "1 2 ");
  EXPECT_EQ(with("emit next(g)"), "3 1 2 ");
}

TEST(Generators, AreSpawnedForNothing) {
  EXPECT_EQ(with_generators("  spawn w = m.count(3)\n  yield\n  emit 1\n"), "1 ");
}

TEST(Generators, HoldTheirCodeUntilTheyAreOver) {
  const auto freed_with = [](const std::string& holds) {
    return freed(R"(module m
  version 1
    def f(a):
      yield a
  version 2
    pass
task t:
  g = m.f(1)
)" + holds + R"(
  pass
reload r: m -> 2
do
  run t 5
  reload r
  run t
  run t
  collect
)");
  };
  EXPECT_EQ(freed_with("  next(g)\n  g = 1"), "m.f of version 1, m of version 1, collect ");
  EXPECT_EQ(freed_with("  next(g)\n  yield\n  g = 1"),
            "m of version 1, m.f of version 1, collect ");
  EXPECT_EQ(freed_with("  yield\n  yield\n  yield\n  g = 1"),
            "m of version 1, m.f of version 1, collect ");
}

}  // namespace
}  // namespace midstride::model
