// revert, commute and non-interference, on the model runtime: what each can speak of, and what it
// finds.
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <variant>

#include "model/scenario_of_test.hpp"
#include "model/subjects.hpp"
#include "model/text.hpp"
#include "properties/paired.hpp"

namespace midstride::properties {
namespace {

using namespace model;

using JudgePaired = PairedJudgement (*)(Runner&, Subject&, const Scenario&, const Outcome&,
                                        const RunOptions&);
// "not exercised", "held" or "EXPECTED; FOUND".
std::string judge(JudgePaired judge, std::string_view subject_name, const std::string& text) {
  const Scenario scenario = scenario_of(text);
  const std::unique_ptr<Subject> subject = make_subject(subject_name);
  Runner runner;
  const Outcome& outcome = runner.run(scenario, *subject);
  const PairedJudgement judgement = judge(runner, *subject, scenario, outcome, {});
  if (judgement.violation) return judgement.violation->expected + "; " + judgement.violation->found;
  return judgement.exercised ? "held" : "not exercised";
}

const std::string added_and_taken_back = R"(module shop
  version 1
    pass
  version 2
    a = 2
task t: emit shop.a
reload over: shop -> 2
reload back: shop -> 1
)";

TEST(Revert, IsViolatedByANameThatStays) {
  EXPECT_EQ(judge(judge_revert, "model/overwrite",
                  added_and_taken_back + "do\n  reload over\n  reload back\n"),
            "t: throw name, as without the reloads; emit 2");
}

TEST(Revert, HoldsWhereNamesGo) {
  EXPECT_EQ(judge(judge_revert, "model/swap",
                  added_and_taken_back + "do\n  reload over\n  reload back\n"),
            "held");
}

TEST(Revert, SaysNothingOfWhoBeganBefore) {
  EXPECT_EQ(judge(judge_revert, "model/overwrite",
                  added_and_taken_back + "do\n  reload over\n  run t\n  reload back\n"),
            "not exercised");
}

// u asks for both reloads itself.
const std::string asked_for = R"(module shop
  version 1
    pass
  version 2
    a = 2
task u:
  reload over
  reload back
  emit shop.a
reload over: shop -> 2
reload back: shop -> 1
)";

TEST(Revert, IsViolatedForWhoWaitedForTheReloadsThatItAskedFor) {
  EXPECT_EQ(judge(judge_revert, "model/overwrite",
                  asked_for + "do\n  run u\n  reload over\n  run u\n  reload back\n"),
            "u: throw name, as without the reloads; emit 2");
}
TEST(Revert, SaysNothingOfWhoBeganInBetween) {
  EXPECT_EQ(judge(judge_revert, "model/overwrite",
                  asked_for + "do\n  reload over\n  run u 1\n  reload back\n"),
            "not exercised");
}
TEST(Revert, SaysNothingOfWhoseReloadFailed) {
  EXPECT_EQ(judge(judge_revert, "model/in-place", R"(module shop
  version 1
    class X:
      pass
  version 2
    def X():
      pass
task u: reload over
reload over: shop -> 2
reload back: shop -> 1
do
  run u
  reload over
  run u
  reload back
)"),
            "not exercised");
}
TEST(Revert, SaysNothingWhereTheModuleDoesNotComeBack) {
  EXPECT_EQ(judge(judge_revert, "model/overwrite",
                  added_and_taken_back + "do\n  reload back\n  reload over\n"),
            "not exercised");
}

TEST(Revert, IsOfScenariosWhoseBodiesOnlyDefine) {
  EXPECT_TRUE(may_revert(scenario_of(added_and_taken_back)));
  EXPECT_FALSE(may_revert(scenario_of(added_and_taken_back + "task u: shop.a = 3\n")));
}

const std::string two_modules = R"(module shop
  version 1
    a = 1
  version 2
    a = 2
module bank
  version 1
    a = 1
  version 2
    a = 2
task t:
  emit shop.a
  emit bank.a
reload s: shop -> 2
reload b: bank -> 2
)";

TEST(Commute, HoldsForTwoModules) {
  const std::string text = two_modules + "do\n  reload s\n  reload b\n";
  EXPECT_EQ(judge(judge_commute, "model/overwrite", text), "held");
  EXPECT_EQ(judge(judge_commute, "model/swap", text), "held");
}

TEST(Commute, SaysNothingWhereSomethingComesInBetween) {
  EXPECT_EQ(
      judge(judge_commute, "model/swap", two_modules + "do\n  reload s\n  run t 2\n  reload b\n"),
      "not exercised");
}

TEST(Commute, IsOfReloadsOfDifferentModules) {
  EXPECT_TRUE(may_commute(scenario_of(two_modules)));
  EXPECT_FALSE(may_commute(scenario_of(added_and_taken_back)));
}

TEST(NonInterference, HoldsForWhoUsesAnotherModule) {
  const std::string text = R"(module shop
  version 1
    a = 1
  version 2
    a = 2
task t: emit shop.a
task u: emit 1
reload r: shop -> 2
do
  reload r
)";
  EXPECT_EQ(judge(judge_non_interference, "model/overwrite", text), "held");
}

TEST(NonInterference, SaysNothingOfWhoMeetsAUserOfTheModule) {
  const std::string text = R"(module shop
  version 1
    a = 1
  version 2
    a = 2
channel c
task t: c.send(shop.a)
task u: emit c.receive()
reload r: shop -> 2
do
  reload r
)";
  EXPECT_EQ(judge(judge_non_interference, "model/overwrite", text), "not exercised");
}

}  // namespace
}  // namespace midstride::properties
