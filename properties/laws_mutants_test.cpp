// The mutants are the yardstick: each is caught by the guarantee named for it and breaks nothing
// that its row does not name, within its budget, and its counterexamples shrink to at most its
// recorded size, 1-minimal, without sliding to another bug. What a row records is measured again,
// with fixed seeds, so that no figure is generous.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>
#include <vector>

#include "model/subjects.hpp"
#include "model/text.hpp"
#include "properties/campaign.hpp"
#include "properties/coverage.hpp"
#include "properties/guarantees.hpp"
#include "properties/same_bug.hpp"
#include "properties/shapes/table.hpp"
#include "sim/fiber.hpp"

namespace midstride::properties {
namespace {

constexpr std::uint64_t quick_campaigns = 3;
constexpr std::uint64_t campaigns = 21;
constexpr std::uint64_t chance_runs_min = 20'000;
// Of a budget, where a run takes 50 times as long.
constexpr std::uint32_t sanitizer_runs_max = 5000;

class Mutants : public testing::TestWithParam<const model::Mutant*> {
 protected:
  void SetUp() override {
    if (mutant.runs_max == 0)
      GTEST_SKIP() << "generated scenarios do not show it: laws_channels_test.cpp";
  }
  CampaignOptions options(std::uint64_t seed, std::uint32_t recheck_every) const {
    return {.seed = seed,
            .policy = std::string(mutant.policy),
            .granularity = mutant.granularity,
            .recheck_every = recheck_every};
  }
  const Violated* found(const CampaignResult& result) const {
    for (const Violated& violated : result.violated)
      if (violated.guarantee == named && violated.standing == Standing::failure) return &violated;
    return nullptr;
  }
  // Promises are broken only as the row says.
  void expect_nothing_else(const CampaignResult& result) const {
    for (const Violated& violated : result.violated) {
      const std::string_view name = guarantees()[violated.guarantee].name;
      const bool follows = std::ranges::find(mutant.also, name) != mutant.also.end();
      EXPECT_TRUE(violated.standing != Standing::failure || violated.guarantee == named || follows)
          << subject->name() << " breaks " << name << "\n"
          << write(violated.scenario);
    }
  }
  // 1-minimal, of at most the recorded size, and no fault of the base.
  std::uint32_t shrunk_size(const Violated& caught) {
    const Bug bug{caught.guarantee, caught.violation.bug, caught.standing};
    const Shrunk shrunk = shrink_keeping({bug}, caught.scenario, *subject, judge);
    const auto size = static_cast<std::uint32_t>(size_of(shrunk.scenario));
    EXPECT_TRUE(shrunk.one_minimal) << subject->name() << " after " << shrunk.runs << " runs";
    EXPECT_LE(size, mutant.size_max) << subject->name() << "\n" << write(shrunk.scenario);
    EXPECT_TRUE(SameBug(bug, *subject, judge)(shrunk.scenario).fails);
    const std::unique_ptr<model::Subject> base = model::make_subject(mutant.base);
    EXPECT_FALSE(SameBug(bug, *base, judge)(shrunk.scenario).fails) << mutant.base << "\n"
                                                                    << write(shrunk.scenario);
    return size;
  }
  // The run in which the campaign of this seed catches the mutant and the size to which it shrinks;
  // 0, 0 and a failure if it does not.
  std::pair<std::uint64_t, std::uint32_t> catch_and_shrink(std::uint64_t seed) {
    Campaign campaign(*subject, options(seed, 20));
    while (found(campaign.result()) == nullptr && campaign.result().runs < mutant.runs_max)
      campaign.step();
    const Violated* caught = found(campaign.result());
    if (caught == nullptr) {
      ADD_FAILURE() << subject->name() << ": expected " << mutant.guarantee << " to break within "
                    << mutant.runs_max << " runs\n  midstride fuzz --subject " << subject->name()
                    << " --seed " << seed << " --runs " << mutant.runs_max;
      return {0, 0};
    }
    expect_nothing_else(campaign.result());
    return {caught->first_run, shrunk_size(*caught)};
  }
  // The recorded figure is what was measured, give or take a third. checks/record_mutants.sh writes
  // down what was measured.
  void expect_near(std::uint32_t recorded, double measured, const std::string& what) const {
    EXPECT_NEAR(recorded, measured, 1 + measured / 3) << mutant.id << ": " << what;
    RecordProperty(what, std::to_string(std::lround(measured)));
  }

  const model::Mutant& mutant = *GetParam();
  const std::unique_ptr<model::Subject> subject =
      model::make_subject("mutant/" + std::string(mutant.id));
  const std::uint32_t named = *guarantee_index(mutant.guarantee);
  Judge judge;
};

TEST_P(Mutants, are_caught_within_their_budget_and_shrink_to_their_size) {
  if (sim::has_address_sanitizer && mutant.runs_max > sanitizer_runs_max)
    GTEST_SKIP() << "too slow here, and the same in the other build";
  for (std::uint64_t seed = 1; seed <= quick_campaigns; ++seed) catch_and_shrink(seed);
}

// The same fixture, in the long tests.
class MutantsLong : public Mutants {};

TEST_P(MutantsLong, record_the_runs_and_the_size_that_are_measured) {
  std::vector<std::uint64_t> runs;
  std::vector<std::uint32_t> sizes;
  for (std::uint64_t seed = 1; seed <= campaigns; ++seed) {
    const auto [run, size] = catch_and_shrink(seed);
    ASSERT_NE(run, 0U);
    runs.push_back(run);
    sizes.push_back(size);
  }
  std::ranges::sort(runs);
  std::ranges::sort(sizes);
  expect_near(mutant.runs_median, static_cast<double>(runs[campaigns / 2]), "runs_median");
  EXPECT_EQ(mutant.size, sizes[campaigns / 2]) << mutant.id;
  EXPECT_LE(mutant.size_max, sizes.back() + 2) << mutant.id << ": size_max is generous";
  RecordProperty("size", std::to_string(sizes[campaigns / 2]));
  RecordProperty("size_max", std::to_string(sizes.back() + 1));
}

TEST_P(MutantsLong, have_the_chances_that_they_record) {
  ShapeMask wanted = 0;
  for (std::size_t at = 0; at < shapes().size(); ++at) {
    if (std::ranges::find(mutant.shapes, shapes()[at].name) != mutant.shapes.end())
      wanted |= ShapeMask{1} << at;
  }
  const CampaignOptions campaign_options = options(0, 0);
  Campaign campaign(*subject, campaign_options);
  const std::uint64_t chance_runs = std::max<std::uint64_t>(chance_runs_min, mutant.runs_max);
  std::uint32_t with_shape = 0;
  std::uint32_t caught = 0;
  for (std::uint64_t run = 1; run <= chance_runs; ++run) {
    const Violated* before = found(campaign.result());
    const std::uint64_t runs_before = before == nullptr ? 0 : before->runs;
    campaign.step();
    const Violated* after = found(campaign.result());
    const model::Scenario scenario =
        scenario_of_run(campaign_options, *subject, run_seed(campaign_options.seed, run));
    const bool has_shape = wanted == 0 || (shapes_of(scenario) & wanted) != 0;
    if (has_shape) ++with_shape;
    if (after == nullptr || after->runs == runs_before) continue;
    ++caught;
    EXPECT_TRUE(has_shape) << subject->name() << " was caught without its shapes\n"
                           << write(scenario);
  }
  ASSERT_GT(caught, 0U) << mutant.id;
  const double mean = static_cast<double>(chance_runs) / caught;
  expect_near(mutant.shape_permille, 1000.0 * with_shape / static_cast<double>(chance_runs),
              "shape_permille");
  expect_near(mutant.schedule_permille, 1000.0 * caught / with_shape, "schedule_permille");
  RecordProperty("runs_max", std::to_string(std::lround(10 * mean)));
  EXPECT_LE(mutant.runs_max, 15 * mean) << mutant.id << ": the budget is generous";
  EXPECT_GE(mutant.runs_max, 7 * mean) << mutant.id << ": the budget will be missed";
  expect_nothing_else(campaign.result());
}

std::string id_of_mutant(const testing::TestParamInfo<const model::Mutant*>& mutant) {
  return std::string(mutant.param->id);
}
INSTANTIATE_TEST_SUITE_P(Each, Mutants,
                         testing::ValuesIn(model::mutants().begin(), model::mutants().end()),
                         id_of_mutant);
INSTANTIATE_TEST_SUITE_P(Each, MutantsLong,
                         testing::ValuesIn(model::mutants().begin(), model::mutants().end()),
                         id_of_mutant);

TEST(Mutant, every_row_names_what_exists) {
  const auto is_shape = [](std::string_view name) {
    return std::ranges::any_of(shapes(), [&](const Shape& shape) { return shape.name == name; });
  };
  for (const model::Mutant* mutant : model::mutants()) {
    EXPECT_NE(model::make_subject(mutant->base), nullptr) << mutant->id;
    EXPECT_TRUE(guarantee_index(mutant->guarantee).has_value()) << mutant->id;
    for (const std::string_view name : mutant->also)
      EXPECT_TRUE(name.empty() || guarantee_index(name).has_value()) << mutant->id << " " << name;
    for (const std::string_view name : mutant->shapes)
      EXPECT_TRUE(name.empty() || is_shape(name)) << mutant->id << " " << name;
  }
}

}  // namespace
}  // namespace midstride::properties
