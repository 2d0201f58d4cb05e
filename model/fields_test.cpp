// The fields of instances, and what becomes of them when those of a class change.
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <variant>

#include "model/run.hpp"
#include "model/subjects.hpp"
#include "model/text.hpp"

namespace midstride::model {
namespace {

// What is emitted, thrown, migrated and freed, in order, and how reloads end, with a comma after
// each.
std::string happens(const std::string& text, std::string_view subject) {
  const auto read = model::read("midstride 1\n" + text, "fields_test");
  if (const auto* error = std::get_if<TextError>(&read)) return describe(*error);
  const std::unique_ptr<Subject> runs = make_subject(subject);
  if (runs == nullptr) return "no such subject";
  Runner runner;
  runner.run(std::get<Scenario>(read), *runs);
  const Tables& tables = runner.tables();
  std::string all;
  for (const Event& event : runner.trace().events()) {
    switch (event.kind()) {
      case EventKind::emit: all += tables.show(Value{event.a}); break;
      case EventKind::throw_: all += name_of(tables.errors[event.b].kind); break;
      case EventKind::migrate:
        all += tables.show_layout(event.b) + " -> " + tables.show_layout(event.c);
        break;
      case EventKind::free: all += "free " + tables.show_code(event.a); break;
      case EventKind::reload_commit:
        if (tables.attempts[event.a].reload == no_reload) continue;
        all += "commit";
        break;
      case EventKind::reload_fail: all += "fail"; break;
      default: continue;
    }
    all += ", ";
  }
  return all;
}

std::string with_fields(const std::string& lines) {
  return happens(R"(module m
  version 1
    class A:
      field a = 1
      field b = {}
      def f(self):
        return self.a
    class B(A):
      field c = None
      field a = 5
      field f = 7
    class Bare:
      pass
task t:
)" + lines,
                 "model/overwrite");
}

TEST(Fields, EachInstanceHasThoseOfItsClass) {
  EXPECT_EQ(with_fields("  o = m.A()\n  p = m.A()\n  o.a = 2\n  emit o.a\n  emit p.a\n"
                        "  emit o.b is p.b\n"),
            "2, 1, 0, ");
}

TEST(Fields, AClassHasThoseOfItsBaseAndItsOwnBeforeAll) {
  EXPECT_EQ(with_fields("  o = m.B()\n  emit o.c\n  emit o.a\n  emit o.f\n  emit m.A().f()\n"),
            "None, 5, 7, 1, ");
}

TEST(Fields, ThereAreNoOthers) {
  EXPECT_EQ(
      with_fields("  o = m.A()\n  try:\n    o.c = 1\n  except:\n    pass\n  m.Bare().a = 1\n"),
      "attribute, attribute, ");
}

// X has (a), then (a, b); its migrator puts 9 into b. Whoever holds one uses it before and after.
std::string widened(std::string_view subject, const std::string& migrator,
                    const std::string& uses = "  emit o.a\n  emit o.b\n") {
  return happens(R"(module m
  version 1
    class X:
      field a = 1
  version 2
    class X:
      field a = 5
      field b = 2
)" + migrator + R"(task t:
  o = m.X()
  o.a = 3
  yield
)" + uses + R"(reload r: m -> 2
do
  run t 4
  reload r
)",
                 subject);
}

TEST(Migration, UnderNoneAnInstanceStaysAsItIs) {
  EXPECT_EQ(widened("model/in-place+none", "", "  emit m.X().b\n  emit o.a\n  o.b = 1\n"),
            "commit, free m of version 1, 2, 3, attribute, ");
}

TEST(Migration, WhereTheClassIsAnotherOneAnInstanceStaysAsItIs) {
  EXPECT_EQ(widened("model/swap", "", "  emit m.X().b\n  emit o.a\n  o.b = 1\n"),
            "commit, free m of version 1, 2, 3, attribute, ");
}

TEST(Migration, UnderEagerTheReloadMigratesBeforeItCommits) {
  EXPECT_EQ(widened("model/in-place", ""), "(a) -> (a, b), commit, free m of version 1, 3, 2, ");
}

TEST(Migration, UnderLazyWhoeverUsesItFirstDoes) {
  for (const char* subject : {"model/in-place+lazy", "model/handle", "model/safe-point"}) {
    EXPECT_EQ(widened(subject, ""), "commit, free m of version 1, (a) -> (a, b), 3, 2, ")
        << subject;
  }
}

constexpr const char* takes_over = R"(      def migrate(self, old):
        self.b = old.a
        emit self.a
        self.a = 4
)";

TEST(Migration, AMigratorGetsWhatTheInstanceHad) {
  EXPECT_EQ(widened("model/in-place", takes_over),
            "(a) -> (a, b), 3, commit, free m of version 1, 4, 3, ");
  EXPECT_EQ(widened("model/in-place+lazy", takes_over),
            "commit, free m of version 1, (a) -> (a, b), 3, 4, 3, ");
}

TEST(Migration, AMigratorThatIsNoneIsAnErrorOfWhoeverMigrates) {
  const std::string takes_too_little = "      def migrate(self):\n        pass\n";
  EXPECT_EQ(widened("model/in-place", takes_too_little, "  emit o.a\n"),
            "(a) -> (a, b), arity, (a, b) -> (a), free m.X.migrate of version 2, fail, free m of "
            "version 2, 3, ");
  EXPECT_EQ(widened("model/in-place+lazy", takes_too_little,
                    "  try:\n    emit o.b\n  except:\n    emit o.b\n"),
            "commit, free m of version 1, (a) -> (a, b), arity, 2, ");
}

// An instance that was made under the new layout goes back too.
TEST(Migration, AMigratorThatRaisesUndoesAllThatCameBeforeIt) {
  EXPECT_EQ(widened("model/in-place", R"(      def migrate(self, old):
        self.a = 7
        x = m.X()
        x.b = 8
        c.send(x)
        raise 0
)",
                    R"(  x = c.receive()
  yield
  emit o.a
  emit x.a
  emit m.X().a
  emit o.b
channel c
)"),
            "(a) -> (a, b), raised, (a, b) -> (a), (a, b) -> (a), free m.X.migrate of version 2, "
            "fail, free m of version 2, 3, 5, 1, attribute, ");
}

// The second reload comes before anybody has used the instance.
TEST(Migration, AnInstanceThatMissedTwoChangesGoesThroughBoth) {
  EXPECT_EQ(happens(R"(module m
  version 1
    class X:
      field a = 1
  version 2
    class X:
      field b = 0
      def migrate(self, old):
        self.b = old.a
  version 3
    class X:
      field c = 0
      def migrate(self, old):
        yield
        self.c = old.b
task t:
  o = m.X()
  yield
  emit o.c
task u:
  yield
reload r: m -> 2
reload s: m -> 3
do
  run t 3
  reload r
  reload s
)",
                    "model/in-place+lazy"),
            "commit, free m of version 1, commit, free m of version 2, (a) -> (b), free "
            "m.X.migrate of version 2, (b) -> (c), 1, ");
}

TEST(Migration, AnInstanceThatWasMigratedIsNotMigratedAgain) {
  EXPECT_EQ(widened("model/in-place+lazy", "      def migrate(self, old):\n        raise 1\n",
                    "  try:\n    emit o.a\n  except:\n    emit o.a\n"),
            "commit, free m of version 1, (a) -> (a, b), raised, 3, ");
}

// Meanwhile somebody else sees it half-way; he does not migrate it once more.
TEST(Migration, WhileAMigratorWaitsOthersUseTheInstance) {
  EXPECT_EQ(widened("model/in-place+lazy",
                    "      def migrate(self, old):\n        yield\n        self.b = old.a\n",
                    R"(  c.send(o)
  emit o.b
channel c
task u:
  p = c.receive()
  yield
  emit p.b
)"),
            "commit, free m of version 1, (a) -> (a, b), 2, 3, ");
}

TEST(Migration, WhereABaseChangesItsFieldsSoDoTheClassesOnIt) {
  EXPECT_EQ(happens(R"(module m
  version 1
    class X:
      field a = 1
  version 2
    class X:
      field b = 2
module n
  version 1
    class Y(m.X):
      field c = 3
task t:
  o = n.Y()
  yield
  emit o.b
  emit o.c
reload r: m -> 2
do
  run t 3
  reload r
)",
                    "model/in-place"),
            "(a, c) -> (b, c), commit, free m of version 1, 2, 3, ");
}

// Instances hold what their fields refer to.
TEST(Migration, WhatAFieldRefersToIsHeldUntilItGoes) {
  EXPECT_EQ(happens(R"(module m
  version 1
    def f():
      pass
    class X:
      field a = None
  version 2
    pass
task t:
  o = m.X()
  o.a = m.f
  yield
  o = None
reload r: m -> 2
do
  run t 5
  reload r
)",
                    "model/swap"),
            "commit, free m of version 1, free m.f of version 1, ");
}

TEST(Migration, OldInstancesInACycleWaitForACollect) {
  EXPECT_EQ(happens(R"(module m
  version 1
    class X:
      field a = None
      def f(self):
        pass
  version 2
    pass
task t:
  o = m.X()
  o.a = o
  o = None
reload r: m -> 2
do
  run t 4
  reload r
  collect
)",
                    "model/swap"),
            "commit, free m of version 1, free m.X.f of version 1, ");
}

TEST(Migration, GoesWithStrategiesUnderWhichClassesStayThemselves) {
  EXPECT_NE(make_subject("model/handle+none"), nullptr);
  EXPECT_NE(make_subject("model/safe-point+quiescence+lazy+write-through"), nullptr);
  EXPECT_NE(make_subject("model/in-place+lazy"), nullptr);
  EXPECT_NE(make_subject("model/swap+none"), nullptr);
  EXPECT_EQ(make_subject("model/swap+lazy"), nullptr);
  EXPECT_EQ(make_subject("model/handle+eager"), nullptr);
  EXPECT_EQ(make_subject("model/in-place+lazy+eager"), nullptr);
}

}  // namespace
}  // namespace midstride::model
