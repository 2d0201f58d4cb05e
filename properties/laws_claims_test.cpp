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
#include "properties/same_bug.hpp"

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
    names.push_back("model/" + std::string(strategy->name) + "+snapshot-flush");
  }
  return names;
}

// The first broken promise, shrunk, as a text to put into a file and replay; empty if there is
// none.
std::string first_failure(model::Subject& subject, const CampaignResult& result) {
  for (const Violated& violated : result.violated) {
    if (violated.standing != Standing::failure) continue;
    Judge judge;
    const Bug bug{violated.guarantee, violated.violation.bug, violated.standing};
    const bool repeats = guarantees()[violated.guarantee].name != "deterministic";
    const model::Scenario small =
        repeats ? shrink_keeping({bug}, violated.scenario, subject, judge).scenario
                : violated.scenario;
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

std::string test_name(const testing::TestParamInfo<std::string>& info) {
  std::string name = info.param;
  std::replace_if(
      name.begin(), name.end(),
      [](char c) { return std::isalnum(static_cast<unsigned char>(c)) == 0; }, '_');
  return name;
}
INSTANTIATE_TEST_SUITE_P(EverySubject, Promises, testing::ValuesIn(model_subjects()), test_name);

// Claims that say a guarantee breaks, conditional ones included: with each subject it does within
// their number of runs, and with the one that takes longest that number is no generous one.
class GivenUpLong : public testing::TestWithParam<Granularity> {};

TEST_P(GivenUpLong, is_seen_to_break_within_its_runs) {
  const Granularity granularity = GetParam();
  std::vector<double> slowest(claims().size());  // runs to a violation, the mean
  for (const std::string& name : model_subjects()) {
    const std::unique_ptr<model::Subject> subject = model::make_subject(name);
    std::uint32_t runs_max = 0;
    for (const model::Guarantee& guarantee : guarantees())
      runs_max = std::max(runs_max, claim_on(name, granularity, guarantee.name)->runs_max);
    Campaign campaign(*subject, {.seed = 1, .granularity = granularity, .recheck_every = 0});
    for (std::uint32_t run = 0; run < runs_max; ++run) campaign.step();
    for (std::uint32_t at = 0; at < guarantees().size(); ++at) {
      const Claim& claim = *claim_on(name, granularity, guarantees()[at].name);
      if (claim.runs_max == 0) continue;
      const auto& all = campaign.result().violated;
      const auto found = std::ranges::find_if(all, [&](const Violated& violated) {
        return violated.guarantee == at && violated.standing == Standing::expected;
      });
      ASSERT_TRUE(found != all.end() && found->first_run <= claim.runs_max)
          << name << " gives up " << claim.guarantee << ": expected a counterexample within "
          << claim.runs_max << " runs at granularity " << model::name_of(granularity) << ", found "
          << (found == all.end() ? "none" : "one in run " + std::to_string(found->first_run))
          << "\n  midstride fuzz --subject " << name << " --seed 1 --runs " << claim.runs_max
          << " --keep-going";
      double& mean = slowest[static_cast<std::size_t>(&claim - claims().data())];
      mean = std::max(mean, static_cast<double>(runs_max) / static_cast<double>(found->runs));
    }
  }
  for (std::size_t at = 0; at < slowest.size(); ++at) {
    const Claim& claim = claims()[at];
    const double mean = slowest[at];
    if (mean == 0) continue;
    EXPECT_LE(claim.runs_max, 25 * mean)
        << claim.subject << " " << claim.guarantee << " at " << model::name_of(granularity)
        << ": one violation in " << mean << " runs, the slowest";
    EXPECT_GE(claim.runs_max, 6 * mean)
        << claim.subject << " " << claim.guarantee << " at " << model::name_of(granularity)
        << ": one violation in " << mean << " runs, the slowest";
  }
}
INSTANTIATE_TEST_SUITE_P(At, GivenUpLong, testing::ValuesIn(granularities),
                         [](const testing::TestParamInfo<Granularity>& at) {
                           return std::string(model::name_of(at.param));
                         });

// The instrument can fail: a subject that breaks what its base promises is not let through.
TEST(Canary, a_broken_promise_fails_the_check) {
  const std::unique_ptr<model::Subject> subject = model::make_subject("mutant/M36");
  Campaign campaign(*subject, {.seed = 1});
  bool held = true;
  for (std::uint32_t run = 0; run < runs_per_case; ++run) held = campaign.step() && held;
  EXPECT_FALSE(held);
  EXPECT_NE(first_failure(*subject, campaign.result()), "");
}

}  // namespace
}  // namespace midstride::properties
