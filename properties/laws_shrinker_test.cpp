// Laws of the shrinker, over failing runs that RapidCheck draws, under the guard that everybody
// uses.
#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <memory>
#include <string_view>

#include "model/run.hpp"
#include "model/subjects.hpp"
#include "model/text.hpp"
#include "properties/campaign.hpp"
#include "properties/guarantees.hpp"
#include "properties/same_bug.hpp"
#include "properties/shrink/weight.hpp"
#include "properties/single_cuts_test.hpp"

namespace midstride::properties {
namespace {

// A violation, whichever a campaign comes to first, with the run that shows it.
struct Failure {
  std::unique_ptr<model::Subject> subject;
  model::Scenario scenario;
  Bug bug;
};
Failure any_failure() {
  constexpr std::string_view subjects[] = {"model/overwrite", "model/in-place+quiescence",
                                           "model/swap+immediate", "mutant/M14", "mutant/M38"};
  const auto draw = [] { return *rc::gen::noShrink(rc::gen::arbitrary<std::uint32_t>()); };
  Failure failure;
  failure.subject = model::make_subject(subjects[draw() % std::size(subjects)]);
  const auto granularity = static_cast<model::Granularity>(draw() % 3);
  Campaign campaign(*failure.subject, {.seed = draw(), .granularity = granularity});
  while (campaign.result().violated.empty()) campaign.step();
  const Violated& violated = campaign.result().violated.front();
  failure.scenario = violated.scenario;
  failure.bug = {violated.guarantee, violated.violation.bug, violated.standing};
  RC_LOG() << guarantees()[violated.guarantee].name << "\n" << write(failure.scenario);
  return failure;
}

RC_GTEST_PROP(LawsShrinker, TheResultFailsInTheSameWay, ()) {
  const Failure failure = any_failure();
  Judge judge;
  const Shrunk shrunk = shrink_keeping({failure.bug}, failure.scenario, *failure.subject, judge);
  RC_ASSERT(problem(shrunk.scenario) == std::nullopt);
  const model::Outcome& outcome = judge.run(shrunk.scenario, *failure.subject);
  RC_ASSERT(shows(failure.bug, outcome, judge.runner().last()));
  RC_ASSERT(shrunk.scenario.expectation->verdict == outcome.verdict.kind);
}

RC_GTEST_PROP(LawsShrinker, NothingSingleCanGo, ()) {
  const Failure failure = any_failure();
  Judge judge;
  const Shrunk shrunk = shrink_keeping({failure.bug}, failure.scenario, *failure.subject, judge);
  RC_ASSERT(shrunk.one_minimal);
  const SameBug same(failure.bug, *failure.subject, judge);
  for (const model::Scenario& smaller : single_cuts(shrunk.scenario)) {
    if (same(smaller).fails) RC_FAIL(write(shrunk.scenario) + "still fails as\n" + write(smaller));
  }
}

RC_GTEST_PROP(LawsShrinker, TheSameInputGivesTheSameResult, ()) {
  const Failure failure = any_failure();
  Judge one, other;
  const Shrunk first = shrink_keeping({failure.bug}, failure.scenario, *failure.subject, one);
  const Shrunk second = shrink_keeping({failure.bug}, failure.scenario, *failure.subject, other);
  RC_ASSERT(first.scenario == second.scenario);
  RC_ASSERT(first.runs == second.runs);
}

RC_GTEST_PROP(LawsShrinker, TheResultIsNeverHeavierAndShrinksToItself, ()) {
  const Failure failure = any_failure();
  Judge judge;
  const Shrunk shrunk = shrink_keeping({failure.bug}, failure.scenario, *failure.subject, judge);
  RC_ASSERT(size_of(shrunk.scenario) <= size_of(failure.scenario));
  const Shrunk again = shrink_keeping({failure.bug}, shrunk.scenario, *failure.subject, judge);
  RC_LOG() << write(shrunk.scenario);
  RC_ASSERT(write(again.scenario) == write(shrunk.scenario));
}

// Turn counts were mapped: each decision applies, and runs what it says.
RC_GTEST_PROP(LawsShrinker, EachDecisionRunsWhatItSays, ()) {
  const Failure failure = any_failure();
  Judge judge;
  const Shrunk shrunk = shrink_keeping({failure.bug}, failure.scenario, *failure.subject, judge);
  const model::Outcome& outcome = judge.run(shrunk.scenario, *failure.subject);
  RC_LOG() << write(shrunk.scenario);
  RC_ASSERT(outcome.skipped == 0U);
  RC_ASSERT(outcome.diverged_at == 0U);
  for (std::size_t at = 0; at < shrunk.scenario.decisions.size(); ++at)
    RC_ASSERT(shrunk.scenario.decisions[at].ran_op.valid() == (outcome.taken[at].turns > 0));
}

// A budget that is too small is kept, and what there is by then fails too.
RC_GTEST_PROP(LawsShrinker, ABudgetIsKept, ()) {
  const Failure failure = any_failure();
  Judge judge;
  const std::uint32_t runs_max = 1 + *rc::gen::arbitrary<std::uint32_t>() % 60;
  const Shrunk shrunk = shrink_keeping({failure.bug}, failure.scenario, *failure.subject, judge,
                                       {.runs_max = runs_max});
  RC_ASSERT(shrunk.runs <= runs_max + 1);  // and the look at what the decisions ran
  RC_ASSERT(SameBug(failure.bug, *failure.subject, judge)(shrunk.scenario).fails);
}

}  // namespace
}  // namespace midstride::properties
