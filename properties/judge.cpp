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
  const bool no_op = options.paired && only_no_op_reloads(scenario);
  if (options.recheck)
    add(outcome_, "deterministic", judge_deterministic(runner_, subject, scenario, outcome_));
  if (no_op) {
    if (options.recheck) runner_.run(scenario, subject);
    add(outcome_, "no-op", judge_no_op(runner_, subject, scenario, outcome_));
  }
  if (options.recheck || no_op) runner_.run(scenario, subject, {.judge = false});
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
