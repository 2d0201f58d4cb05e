// Every claim is put to the test: what a subject promises holds in every run that RapidCheck draws,
// and what it gives up by design is seen to break within the stated number of runs. RapidCheck
// draws the seeds; the project's own generator makes the scenarios and its own shrinker makes a
// failure small. RC_PARAMS is honoured.
#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "model/subjects.hpp"
#include "model/text.hpp"
#include "properties/campaign.hpp"
#include "properties/guarantees.hpp"
#include "properties/judge.hpp"
#include "properties/shrinker.hpp"

namespace midstride::properties {
namespace {

using model::Granularity;

constexpr std::uint32_t runs_per_case = 25;
constexpr std::array granularities{Granularity::yields, Granularity::safepoints, Granularity::ops};

std::vector<std::string> model_subjects() {
  std::vector<std::string> names;
  for (const model::runtime::Strategy* strategy : model::strategies()) {
    for (const model::runtime::Reclamation* reclamation : model::reclamations()) {
      names.push_back("model/" + std::string(strategy->name) + "+" +
                      std::string(reclamation->name));
    }
    names.push_back("model/" + std::string(strategy->name) + "+write-through");
  }
  return names;
}

// The first broken promise, shrunk, as a text to put into a file and replay; empty if there is
// none.
std::string first_failure(model::Subject& subject, const CampaignResult& result) {
  for (const Violated& violated : result.violated) {
    if (violated.standing != Standing::failure) continue;
    model::Runner runner(guarantees());
    const bool one_run = guarantees()[violated.guarantee].make != nullptr;
    const SameBug same(runner, subject, violated.guarantee, violated.violation.bug);
    const model::Scenario small =
        one_run ? shrink(violated.scenario, same).scenario : violated.scenario;
    return result.subject + " promises " + std::string(guarantees()[violated.guarantee].name) +
           ", but expected " + violated.violation.expected + "; found " + violated.violation.found +
           "\nput this into a file and run midstride replay --columns FILE:\n" + write(small);
  }
  return {};
}

void promises_hold(const std::string& name) {
  const std::unique_ptr<model::Subject> subject = model::make_subject(name);
  for (const Granularity granularity : granularities) {
    const bool kept = rc::check(name + " keeps its promises", [&] {
      const auto drawn = *rc::gen::noShrink(rc::gen::arbitrary<std::uint32_t>());
      Campaign campaign(*subject, {.seed = drawn, .granularity = granularity});
      for (std::uint32_t run = 0; run < runs_per_case; ++run) {
        if (!campaign.step()) RC_FAIL(first_failure(*subject, campaign.result()));
      }
    });
    EXPECT_TRUE(kept) << name;
  }
}

class Promises : public testing::TestWithParam<std::string> {};

TEST_P(Promises, hold) { promises_hold(GetParam()); }

// Claims that say a guarantee breaks, conditional ones included: within their number of runs it
// does.
TEST_P(Promises, what_is_given_up_is_seen_to_break) {
  const std::unique_ptr<model::Subject> subject = model::make_subject(GetParam());
  for (const Granularity granularity : granularities) {
    std::uint32_t runs_max = 0;
    std::vector<std::pair<std::string, std::uint32_t>> wanted;
    for (const model::Guarantee& guarantee : guarantees()) {
      const Claim* claim = claim_on(GetParam(), granularity, guarantee.name);
      if (claim == nullptr || claim->promise == Promise::holds) continue;
      wanted.emplace_back(guarantee.name, claim->runs_max);
      runs_max = std::max(runs_max, claim->runs_max);
    }
    Campaign campaign(*subject, {.seed = 1, .granularity = granularity});
    for (std::uint32_t run = 0; run < runs_max; ++run) campaign.step();
    for (const auto& [guarantee, within] : wanted) {
      std::uint64_t first = 0;
      for (const Violated& violated : campaign.result().violated) {
        const bool this_one = guarantees()[violated.guarantee].name == guarantee;
        if (this_one && violated.standing == Standing::expected) first = violated.first_run;
      }
      EXPECT_TRUE(first != 0 && first <= within)
          << GetParam() << " gives up " << guarantee << ": expected a counterexample within "
          << within << " runs at granularity " << static_cast<int>(granularity) << ", found "
          << (first == 0 ? "none" : "one in run " + std::to_string(first))
          << "\n  midstride fuzz --subject " << GetParam() << " --seed 1 --runs " << within
          << " --keep-going";
    }
  }
}

std::string test_name(const testing::TestParamInfo<std::string>& info) {
  std::string name = info.param;
  std::replace_if(
      name.begin(), name.end(),
      [](char c) { return std::isalnum(static_cast<unsigned char>(c)) == 0; }, '_');
  return name;
}
INSTANTIATE_TEST_SUITE_P(EverySubject, Promises, testing::ValuesIn(model_subjects()), test_name);

// The instrument can fail: a subject that breaks what its base promises is not let through.
TEST(Canary, a_broken_promise_fails_the_check) {
  const std::unique_ptr<model::Subject> subject = model::make_subject("mutant/M36");
  Campaign campaign(*subject, {.seed = 1});
  bool held = true;
  for (std::uint32_t run = 0; run < runs_per_case; ++run) held = campaign.step() && held;
  EXPECT_FALSE(held);
  EXPECT_NE(first_failure(*subject, campaign.result()), "");
}

TEST(Claims, name_what_exists) {
  for (const Claim& claim : claims()) {
    EXPECT_TRUE(guarantee_index(claim.guarantee).has_value()) << claim.guarantee;
    EXPECT_EQ(claim.promise == Promise::conditional, claim.predicate != nullptr) << claim.subject;
    EXPECT_EQ(claim.promise == Promise::holds, claim.runs_max == 0)
        << claim.subject << " " << claim.guarantee;
  }
}

TEST(Claims, patterns_match_whole_names) {
  EXPECT_TRUE(matches("model/*+immediate*", "model/swap+immediate"));
  EXPECT_TRUE(matches("model/*+immediate*", "model/swap+immediate+write-through"));
  EXPECT_FALSE(matches("model/*+immediate*", "model/swap"));
  EXPECT_FALSE(matches("model/swap", "model/swap+leak"));
  EXPECT_TRUE(matches("*", ""));
  EXPECT_EQ(claim_on("mutant/M36", Granularity::ops, "no-use-after-free")->promise, Promise::holds);
}

}  // namespace
}  // namespace midstride::properties
