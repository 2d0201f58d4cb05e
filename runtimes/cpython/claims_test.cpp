// The claims on the CPython subjects, put to the test as those on the model are
// (properties/laws_claims_test.cpp): what is promised holds in every run, what is given up is seen
// to break within the stated number of runs, and nothing that is judged goes without a claim.
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <tuple>

#include "properties/campaign.hpp"
#include "runtimes/cpython/runs_test.hpp"

namespace midstride::runtimes {
namespace {

using model::Granularity;
using properties::Campaign;
using properties::Claim;
using properties::Standing;
using properties::Violated;

class CpythonClaims : public testing::TestWithParam<std::tuple<std::string_view, Granularity>> {
 protected:
  std::string_view name() const { return std::get<0>(GetParam()); }
  Granularity granularity() const { return std::get<1>(GetParam()); }
  const Claim* claim_on(std::uint32_t guarantee) const {
    return properties::claim_on(name(), granularity(), properties::guarantees()[guarantee].name);
  }
  // To paste.
  std::string fuzz(std::uint64_t seed, std::uint64_t runs) const {
    return "\n  midstride fuzz --subject " + std::string(name()) + " --granularity " +
           std::string(model::name_of(granularity())) + " --seed " + std::to_string(seed) +
           " --runs " + std::to_string(runs) + " --keep-going";
  }

  void holds_in(std::uint64_t runs, std::uint64_t seed) const {
    const auto subject = subject_of(name());
    Campaign campaign(*subject, {.seed = seed, .granularity = granularity()});
    bool good = true;
    for (std::uint64_t run = 0; run < runs && good; ++run) good = campaign.step();
    EXPECT_TRUE(good) << fuzz(seed, campaign.result().runs);
    for (const Violated& violated : campaign.result().violated) {
      EXPECT_NE(violated.standing, Standing::failure)
          << properties::guarantees()[violated.guarantee].name << ": expected "
          << violated.violation.expected << "; found " << violated.violation.found << "\n"
          << write(violated.scenario);
    }
  }
};
class CpythonClaimsLong : public CpythonClaims {};

TEST_P(CpythonClaims, Hold) { holds_in(200, 2); }

TEST_P(CpythonClaimsLong, Hold) { holds_in(5000, 3); }

// Where a condition is claimed, what breaks outside it.
TEST_P(CpythonClaims, ThatSomethingIsGivenUpAreSeenToBreak) {
  constexpr std::uint64_t seed = 1;
  const auto subject = subject_of(name());
  Campaign campaign(*subject, {.seed = seed, .granularity = granularity()});
  for (std::uint32_t at = 0; at < properties::guarantees().size(); ++at) {
    const Claim* const claim = claim_on(at);
    if (claim == nullptr || claim->runs_max == 0) continue;
    const auto broke = [&] {
      const auto& all = campaign.result().violated;
      return std::any_of(all.begin(), all.end(), [&](const Violated& violated) {
        return violated.guarantee == at && violated.standing == Standing::expected;
      });
    };
    while (!broke() && campaign.result().runs < claim->runs_max) campaign.step();
    EXPECT_TRUE(broke()) << claim->guarantee << ": expected a counterexample within "
                         << claim->runs_max << " runs, found none" << fuzz(seed, claim->runs_max);
  }
}

TEST_P(CpythonClaims, AreMadeForAllThatIsJudged) {
  const auto subject = subject_of(name());
  for (std::uint32_t at = 0; at < properties::guarantees().size(); ++at) {
    const model::Guarantee& guarantee = properties::guarantees()[at];
    const bool judged = (guarantee.needs & ~subject->capabilities().gives) == 0;
    EXPECT_EQ(claim_on(at) != nullptr, judged) << guarantee.name;
  }
}

std::string test_name(const testing::TestParamInfo<CpythonClaims::ParamType>& info) {
  std::string name(std::get<0>(info.param).substr(std::string_view("cpython/").size()));
  std::erase(name, '-');
  return name + "_at_" + std::string(model::name_of(std::get<1>(info.param)));
}
const auto all = testing::Combine(
    testing::Values(importlib, code_swap),
    testing::Values(Granularity::yields, Granularity::safepoints, Granularity::ops));
INSTANTIATE_TEST_SUITE_P(Every, CpythonClaims, all, test_name);
INSTANTIATE_TEST_SUITE_P(Every, CpythonClaimsLong, all, test_name);

}  // namespace
}  // namespace midstride::runtimes
