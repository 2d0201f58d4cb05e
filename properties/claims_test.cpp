// The conditions of conditional claims, each on runs that meet it and runs that just do not.
#include "properties/claims.hpp"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "model/subjects.hpp"
#include "model/text.hpp"
#include "properties/guarantees.hpp"

namespace midstride::properties {
namespace {

bool holds(std::string_view predicate, std::string_view text, std::string_view schedule = "") {
  std::string whole = "midstride 1\n" + std::string(text);
  if (!schedule.empty()) whole += "do\n  " + std::string(schedule) + "\nthen stop\n";
  const auto read = model::read(whole, "test");
  if (const auto* error = std::get_if<model::TextError>(&read)) {
    ADD_FAILURE() << model::describe(*error);
    return false;
  }
  const auto& scenario = std::get<model::Scenario>(read);
  const auto subject = model::make_subject(scenario.subject);
  model::Runner runner;
  runner.run(scenario, *subject);
  for (const Predicate& row : predicates())
    if (row.name == predicate) return row.holds(runner.last());
  ADD_FAILURE() << "no predicate " << predicate;
  return false;
}

TEST(Predicate, NoFailedOrOverlappingReload) {
  constexpr std::string_view name = "no-failed-or-overlapping-reload";
  constexpr std::string_view two = R"(
module shop
  version 1
    a = 1
  version 2
    a = 2
    yield
  version 3
    raise 3
task t: pass
reload r: shop -> 2
reload s: shop -> 2
reload bad: shop -> 3
)";
  EXPECT_TRUE(holds(name, two, "run t"));
  EXPECT_TRUE(holds(name, two, "reload r\n  reload s")) << "one after the other";
  EXPECT_FALSE(holds(name, two, "reload r 3\n  reload s\n  reload r"));
  EXPECT_FALSE(holds(name, two, "reload r 3\n  reload s 1")) << "neither has ended";
  EXPECT_FALSE(holds(name, two, "reload bad"));
}

TEST(Predicate, SameDefinitions) {
  const auto with = [](std::string_view second) {
    return holds("same-definitions",
                 "module shop\n  version 1\n    def f(x):\n      return 1\n    class X:\n      def "
                 "g(self):\n        return 1\n  version 2\n" +
                     std::string(second) + "task t: pass\nreload r: shop -> 2\n");
  };
  EXPECT_TRUE(with("    class X:\n      def g(self):\n        pass\n    def f():\n      emit 2\n"))
      << "in another order, with other bodies";
  EXPECT_FALSE(with("    class X:\n      def g(self):\n        return 1\n")) << "f is gone";
  EXPECT_FALSE(with("    class X:\n      pass\n    def f():\n      pass\n")) << "X.g is gone";
  EXPECT_FALSE(
      with("    class X:\n      pass\n    def f():\n      pass\n    def g():\n      pass\n"))
      << "a function g is no method g";
  EXPECT_FALSE(with("    class X:\n      def g(self):\n        pass\n    class f:\n      pass\n"))
      << "f is a class";
  EXPECT_FALSE(
      with("    class X:\n      def g(self):\n        pass\n    def f():\n      pass\n    a = 1\n"))
      << "it does something else";
}

TEST(Predicate, NoTurnWhilePatching) {
  constexpr std::string_view name = "no-turn-while-patching";
  // Steps: stage, the body's two, migrate a, migrate b, ...
  constexpr std::string_view patched = R"(
subject model/in-place
module shop
  version 1
    a = 1
    b = 1
  version 2
    a = 2
    b = 2
task t:
  pass
  pass
reload r: shop -> 2
)";
  EXPECT_TRUE(holds(name, patched, "reload r 3\n  run t\n  reload r\n  run t"));
  EXPECT_FALSE(holds(name, patched, "reload r 4\n  run t\n  reload r"));
  EXPECT_TRUE(holds(name, patched, "reload r 5\n  run t\n  reload r"))
      << "the last patch and the commit are one turn";
}

TEST(Claims, NameWhatExists) {
  for (const Claim& claim : claims()) {
    EXPECT_TRUE(guarantee_index(claim.guarantee).has_value()) << claim.guarantee;
    EXPECT_EQ(claim.promise == Promise::conditional, claim.predicate != nullptr) << claim.subject;
    const bool counted =
        claim.promise == Promise::given_up || claim.promise == Promise::conditional;
    EXPECT_EQ(counted, claim.runs_max != 0) << claim.subject << " " << claim.guarantee;
    EXPECT_TRUE(!counted || claim.granularity.has_value())
        << claim.subject << " " << claim.guarantee << ": what is given up names its granularity";
  }
}

// Each cell of the table of strategies and guarantees, as far as both are there.
TEST(Claims, SpeakOfEveryGuaranteeOfEveryModelSubject) {
  for (const model::runtime::Strategy* strategy : model::strategies()) {
    for (const model::runtime::Reclamation* reclamation : model::reclamations()) {
      const std::string subject =
          "model/" + std::string(strategy->name) + "+" + std::string(reclamation->name);
      for (const model::Guarantee& guarantee : guarantees()) {
        for (const model::Granularity granularity :
             {model::Granularity::yields, model::Granularity::safepoints, model::Granularity::ops})
          EXPECT_NE(claim_on(subject, granularity, guarantee.name), nullptr)
              << subject << " " << guarantee.name << " " << model::name_of(granularity);
      }
    }
  }
}

TEST(Claims, PatternsMatchWholeNames) {
  EXPECT_TRUE(matches("model/*+immediate*", "model/swap+immediate"));
  EXPECT_TRUE(matches("model/*+immediate*", "model/swap+immediate+write-through"));
  EXPECT_FALSE(matches("model/*+immediate*", "model/swap"));
  EXPECT_FALSE(matches("model/swap", "model/swap+leak"));
  EXPECT_TRUE(matches("*", ""));
}

TEST(Claims, AMutantHasThoseOfItsBase) {
  EXPECT_EQ(claim_on("mutant/M36", model::Granularity::ops, "no-use-after-free"),
            claim_on("model/swap", model::Granularity::ops, "no-use-after-free"));
}

}  // namespace
}  // namespace midstride::properties
