#include "properties/judge.hpp"

#include <algorithm>

#include "properties/paired.hpp"
#include "sim/check.hpp"

namespace midstride::properties {

namespace {

void add(model::Outcome& outcome, std::string_view guarantee, const PairedJudgement& judgement) {
  const std::optional<std::uint32_t> index = guarantee_index(guarantee);
  MIDSTRIDE_CHECK(index.has_value(), "a row for every guarantee over two runs");
  outcome.judged |= std::uint64_t{1} << *index;
  if (judgement.exercised) outcome.exercised |= std::uint64_t{1} << *index;
  if (!judgement.violation) return;
  std::vector<model::Found>& found = outcome.verdict.found;
  const auto later = std::find_if(found.begin(), found.end(), [&](const model::Found& other) {
    return other.violation.event > judgement.violation->event;
  });
  found.insert(later, {*index, *judgement.violation});
  outcome.verdict.kind = model::VerdictKind::violated;
}

}  // namespace

const model::Outcome& Judge::run(const model::Scenario& scenario, model::Subject& subject,
                                 const JudgeOptions& options) {
  outcome_ = runner_.run(scenario, subject);
  bool ran_again = false;
  const auto hold_the_run_itself = [&] {
    if (ran_again) runner_.run(scenario, subject, {.judge = false});
    ran_again = false;
  };
  if (options.recheck) {
    add(outcome_, "deterministic", judge_deterministic(runner_, subject, scenario, outcome_));
    ran_again = true;
  }
  for (const PairedGuarantee& guarantee : paired_guarantees()) {
    if (!options.paired || !guarantee.applies(scenario)) continue;
    hold_the_run_itself();
    const PairedJudgement judgement = guarantee.judge(runner_, subject, scenario, outcome_, {});
    ran_again = judgement.ran_again;
    add(outcome_, guarantee.name, judgement);
  }
  hold_the_run_itself();
  return outcome_;
}

void expect(model::Scenario& scenario, const model::Verdict& verdict) {
  model::Expectation expectation{.verdict = verdict.kind, .guarantees = {}};
  std::vector<std::uint32_t> indices;
  for (const model::Found& found : verdict.found) indices.push_back(found.guarantee);
  std::sort(indices.begin(), indices.end());
  for (const std::uint32_t index : indices)
    expectation.guarantees.push_back(scenario.intern(guarantees()[index].name));
  scenario.expectation = expectation;
  normalise(scenario);
}

}  // namespace midstride::properties
