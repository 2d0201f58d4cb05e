// Guarantees about classes, judged on runs of the model: a picture each of what they let pass, what
// exercises them and what breaks them. Where a sound strategy cannot break one, a mutant does.
#include "properties/guarantees/classes.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <variant>

#include "model/run.hpp"
#include "model/subjects.hpp"
#include "model/text.hpp"
#include "properties/guarantees.hpp"

namespace midstride::properties {
namespace {

using namespace model;

// "held, not exercised", "held, exercised" or "violated: EXPECTED; FOUND".
std::string judged(std::string_view guarantee, std::string_view subject, const std::string& text) {
  const auto read = model::read("midstride 1\n" + text, "classes_test");
  if (const auto* error = std::get_if<TextError>(&read)) return describe(*error);
  const std::unique_ptr<Subject> runs = make_subject(subject);
  const std::uint32_t index = *guarantee_index(guarantee);
  Runner runner(guarantees());
  const Outcome& outcome = runner.run(std::get<Scenario>(read), *runs);
  for (const Found& found : outcome.verdict.found) {
    if (found.guarantee == index)
      return "violated: " + found.violation.expected + "; " + found.violation.found;
  }
  return (outcome.exercised >> index & 1) != 0 ? "held, exercised" : "held, not exercised";
}

// An instance is made before the reload and compared after it.
std::string kept(std::string_view first, std::string_view second, std::string_view comparison) {
  std::string text = "module shop\n  version 1\n";
  text.append(first).append("  version 2\n").append(second);
  text.append("task t:\n  o = shop.X()\n  k = shop.X\n  reload r\n  emit ").append(comparison);
  return text + "\nreload r: shop -> 2\n";
}
constexpr std::string_view bare = "    class X:\n      pass\n";
constexpr std::string_view based = "    class B:\n      pass\n    class X(B):\n      pass\n";
constexpr std::string_view bound_twice = "    X = 1\n    class X:\n      pass\n";

TEST(Identity, IsBrokenByANewClassOfTheOldName) {
  EXPECT_EQ(judged("identity", "model/overwrite", kept(bare, bare, "isinstance(o, shop.X)")),
            "violated: <shop.X of version 1 object> is an instance of <class shop.X of version 2>; "
            "it is not");
  EXPECT_EQ(
      judged("identity", "model/swap", kept(bare, bare, "k is shop.X")),
      "violated: <class shop.X of version 1> is the same as <class shop.X of version 2>; it is "
      "not");
}

TEST(Identity, HoldsOfAClassThatIsKept) {
  for (const std::string_view comparison : {"isinstance(o, shop.X)", "k is shop.X"})
    EXPECT_EQ(judged("identity", "model/in-place", kept(bare, bare, comparison)),
              "held, exercised");
  EXPECT_EQ(judged("identity", "model/in-place", kept(based, based, "isinstance(o, shop.B)")),
            "held, exercised");
}

TEST(Identity, SpeaksOfWhatIsDefinedAlikeOnly) {
  for (const std::string_view other : {based, bound_twice})
    EXPECT_EQ(judged("identity", "model/overwrite", kept(bare, other, "k is shop.X")),
              "held, not exercised");
  EXPECT_EQ(judged("identity", "model/overwrite", kept(based, based, "isinstance(o, shop.B)"))
                .substr(0, 8),
            "violated")
      << "by inheritance too";
}

TEST(Identity, SpeaksOfWhatTheNameGivesNow) {
  EXPECT_EQ(judged("identity", "model/overwrite", kept(bare, bare, "isinstance(o, k)")),
            "held, not exercised");
}

TEST(Identity, IsBrokenByAHandlerThatLetsItsOwnErrorPass) {
  const std::string text = R"(module shop
  version 1
    class X:
      pass
    def f():
      try:
        o = X()
        yield
        raise o
      except X:
        emit 1
  version 2
    class X:
      pass
    def f():
      pass
task t: shop.f()
reload r: shop -> 2
do
  run t 6
  reload r
)";
  EXPECT_EQ(
      judged("identity", "model/overwrite", text),
      "violated: <shop.X of version 1 object> is caught as <class shop.X of version 2>; it is "
      "not");
  EXPECT_EQ(judged("identity", "model/in-place", text), "held, exercised");
  EXPECT_EQ(judged("identity", "mutant/M24", text).substr(0, 8), "violated");
}

// X.f is entered, the reload comes, X.f says super().
std::string above(std::string_view said, std::string_view second) {
  std::string text = R"(module shop
  version 1
    class B:
      def f(self):
        return 1
    class X(B):
      def f(self):
        yield
        return )";
  text.append(said).append("\n  version 2\n").append(second);
  return text + R"(task t: emit shop.X().f()
reload r: shop -> 2
do
  run t 5
  reload r
)";
}
constexpr std::string_view both =
    "    class B:\n      def f(self):\n        return 2\n"
    "    class X(B):\n      def f(self):\n        return 3\n";
constexpr std::string_view no_base =
    "    class B:\n      def f(self):\n        return 2\n"
    "    class X:\n      def f(self):\n        return 3\n";
constexpr std::string_view nothing_above =
    "    class B:\n      pass\n    class X(B):\n      def f(self):\n        return 3\n";

TEST(Super, HoldsWhereItStillLeadsToTheBase) {
  for (const std::string_view subject : {"model/overwrite", "model/swap", "model/in-place"})
    EXPECT_EQ(judged("super", subject, above("super().f()", both)), "held, exercised") << subject;
}

TEST(Super, IsBrokenByABaseThatIsTakenAwayOrHasNoSuchMethodAnyMore) {
  for (const std::string_view second : {no_base, nothing_above})
    EXPECT_EQ(judged("super", "model/in-place", above("super().f()", second)),
              "violated: super().f in t is <function shop.B.f of version 1>, as when it was "
              "entered; AttributeError: 'X' object has no attribute 'f'");
}

TEST(Super, IsBrokenByAClassThatIsAskedForByName) {
  EXPECT_EQ(judged("super", "model/overwrite", above("super(X, self).f()", both)).substr(0, 8),
            "violated");
  EXPECT_EQ(judged("super", "model/in-place", above("super(X, self).f()", both)),
            "held, exercised");
}

TEST(Super, SaysNothingOfWhatWouldHaveThrownAnyway) {
  EXPECT_EQ(judged("super", "model/in-place", above("super().g()", no_base)), "held, exercised");
}

TEST(Super, IsBrokenByACellWithAnotherClass) {
  EXPECT_EQ(judged("super", "mutant/M23", above("super().f()", both)).substr(0, 8), "violated");
}

std::string pair(std::string_view second) {
  std::string text = R"(module shop
  version 1
    class B:
      pass
    class X(B):
      pass
  version 2
)";
  return text.append(second) + "task t: pass\nreload r: shop -> 2\n";
}
constexpr std::string_view both_bare = "    class B:\n      pass\n    class X(B):\n      pass\n";
constexpr std::string_view base_alone = "    class B:\n      pass\n";
constexpr std::string_view other_way = "    class X(B):\n      pass\n    class B:\n      pass\n";

TEST(Dependants, HoldWhereTheBaseHasItsName) {
  for (const std::string_view subject : {"model/overwrite", "model/swap", "model/in-place"})
    EXPECT_EQ(judged("dependants", subject, pair(both_bare)), "held, exercised") << subject;
  EXPECT_EQ(judged("dependants", "model/in-place", pair(base_alone)), "held, not exercised");
}

TEST(Dependants, AreBrokenByABaseThatHasLostItsName) {
  const std::string stale =
      "violated: shop.X is based on what has its name after r; it is based on <class shop.B of "
      "version 1>, which has not";
  EXPECT_EQ(judged("dependants", "model/overwrite", pair(base_alone)), stale);
  EXPECT_EQ(judged("dependants", "model/overwrite", pair(other_way)), stale);
  EXPECT_EQ(judged("dependants", "mutant/M33", pair(both_bare)).substr(0, 8), "violated");
}

TEST(Dependants, AreBrokenByANameForSomethingOld) {
  EXPECT_EQ(judged("dependants", "model/overwrite",
                   pair("    also = B\n    class B:\n      pass\n    class X(B):\n      pass\n")),
            "violated: shop.also is what has its name after r; it is <class shop.B of version 1>, "
            "which has not");
  EXPECT_EQ(judged("dependants", "model/in-place",
                   pair("    class B:\n      pass\n    class X(B):\n      pass\n    also = B\n")),
            "held, exercised")
      << "what is kept is also what another name means";
}

TEST(FreshMethods, AreThoseThatAreInherited) {
  const std::string text = R"(module shop
  version 1
    class B:
      def f(self):
        return 1
    class X(B):
      pass
  version 2
    class B:
      def g(self):
        return 2
    class X(B):
      pass
task t:
  o = shop.X()
  emit o.f()
  reload r
  emit o.f()
reload r: shop -> 2
)";
  EXPECT_EQ(judged("fresh", "model/in-place", text), "held, not exercised");
  EXPECT_EQ(judged("fresh", "mutant/M18", text),
            "violated: f of <class shop.X of version 1> is nothing; t gets <function shop.B.f of "
            "version 1>");
}

TEST(FreshMethods, AreNotThoseThatAreReceivedMeanwhile) {
  const std::string text = R"(module shop
  version 1
    class X:
      def f(self):
        return 1
    class Y:
      pass
  version 2
    pass
channel d
task t: d.send(shop.X.f)
task u: y = d.receive()
task v: shop.Y().x
reload r: shop -> 2
do
  run u 1
  run t 4
  run v 2
  reload r
  run v 1
  run u 1
)";
  EXPECT_EQ(judged("fresh", "model/swap", text), "held, not exercised");
}

TEST(Classes, RememberWhatTheyWere) {
  Classes classes;
  const Value base = Value::of(Tag::class_, 0), derived = Value::of(Tag::class_, 1);
  const Value old = Value::of(Tag::function, 0), fresh = Value::of(Tag::function, 1);
  const NameId f{3};
  Trace trace;
  const auto store = [&](Value class_, std::uint32_t slot, Value value) {
    trace.add(EventKind::store, {}, Owner::of(Owner::Kind::class_, class_.index()).word, slot,
              value.word);
    const auto last = static_cast<std::uint32_t>(trace.events().size() - 1);
    classes.on(last, trace.events()[last]);
  };
  store(base, f.value, old);
  store(derived, base_slot, base);
  store(base, f.value, fresh);
  store(derived, base_slot, Value::absent());
  EXPECT_EQ(classes.inherited(derived, f, 0), Value::absent());
  EXPECT_EQ(classes.inherited(derived, f, 1), old);
  EXPECT_EQ(classes.inherited(derived, f, 2), fresh);
  EXPECT_EQ(classes.inherited(derived, f), Value::absent());
  EXPECT_TRUE(classes.is_subclass(derived, base, 2));
  EXPECT_FALSE(classes.is_subclass(derived, base));
}

}  // namespace
}  // namespace midstride::properties
