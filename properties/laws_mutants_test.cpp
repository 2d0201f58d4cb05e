// The mutants are the yardstick: each is caught by the guarantee named for it, within its recorded
// number of runs, at its granularity, and its counterexample shrinks to at most its recorded size,
// 1-minimal, without sliding to another bug.
#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "model/subjects.hpp"
#include "model/text.hpp"
#include "properties/campaign.hpp"
#include "properties/guarantees.hpp"
#include "properties/judge.hpp"
#include "properties/shrinker.hpp"

namespace midstride::properties {
namespace {

// Whether a scenario breaks the same guarantee by the same bug, be it over one run or two.
Fails breaks_alike(Judge& judge, model::Subject& subject, const Violated& as) {
  return [&judge, &subject, guarantee = as.guarantee,
          bug = as.violation.bug](const model::Scenario& candidate) -> Trial {
    const model::Outcome& outcome = judge.run(candidate, subject);
    const auto& found = outcome.verdict.found;
    const bool same = std::any_of(found.begin(), found.end(), [&](const model::Found& one) {
      return one.guarantee == guarantee && one.violation.bug == bug;
    });
    return {same, judge.runner().last(), outcome};
  };
}

class Mutants : public testing::TestWithParam<const model::Mutant*> {};

TEST_P(Mutants, are_caught_by_their_guarantee_and_shrink_to_their_size) {
  const model::Mutant& mutant = *GetParam();
  const std::string name = "mutant/" + std::string(mutant.id);
  const std::unique_ptr<model::Subject> subject = model::make_subject(name);
  Campaign campaign(*subject, {.seed = 1, .granularity = mutant.granularity});
  const Violated* caught = nullptr;
  while (caught == nullptr && campaign.result().runs < mutant.runs_max) {
    campaign.step();
    for (const Violated& violated : campaign.result().violated) {
      const bool named = guarantees()[violated.guarantee].name == mutant.guarantee;
      if (named && violated.standing == Standing::failure) caught = &violated;
    }
  }
  ASSERT_NE(caught, nullptr) << name << ": expected " << mutant.guarantee << " to break within "
                             << mutant.runs_max << " runs\n  midstride fuzz --subject " << name
                             << " --seed 1 --runs " << mutant.runs_max;

  Judge judge;
  const Fails same = breaks_alike(judge, *subject, *caught);
  const Shrunk shrunk = shrink(caught->scenario, same);
  RecordProperty("runs_to_find", std::to_string(caught->first_run));
  RecordProperty("size", std::to_string(size_of(shrunk.scenario)));
  EXPECT_TRUE(shrunk.one_minimal) << name << " after " << shrunk.runs << " runs";
  EXPECT_LE(size_of(shrunk.scenario), mutant.size_max) << name << "\n" << write(shrunk.scenario);
  EXPECT_TRUE(same(shrunk.scenario).fails);

  // The base, on the same scenario, keeps the guarantee: it is the bug that was caught.
  const std::unique_ptr<model::Subject> base = model::make_subject(mutant.base);
  const Fails same_on_base = breaks_alike(judge, *base, *caught);
  EXPECT_FALSE(same_on_base(shrunk.scenario).fails) << mutant.base << "\n"
                                                    << write(shrunk.scenario);
}

std::string test_name(const testing::TestParamInfo<const model::Mutant*>& mutant) {
  return std::string(mutant.param->id);
}
INSTANTIATE_TEST_SUITE_P(Each, Mutants,
                         testing::ValuesIn(model::mutants().begin(), model::mutants().end()),
                         test_name);

TEST(Mutant, every_row_names_what_exists) {
  for (const model::Mutant* mutant : model::mutants()) {
    EXPECT_NE(model::make_subject(mutant->base), nullptr) << mutant->id;
    EXPECT_TRUE(guarantee_index(mutant->guarantee).has_value()) << mutant->id;
  }
}

}  // namespace
}  // namespace midstride::properties
