#include "properties/same_bug.hpp"

#include <algorithm>

namespace midstride::properties {

Bug bug_of(const model::Found& found, const model::Run& run) {
  return {found.guarantee, found.violation.bug, standing_of(found, run)};
}

bool shows(const Bug& bug, const model::Outcome& outcome, const model::Run& run) {
  const auto& found = outcome.verdict.found;
  return std::any_of(found.begin(), found.end(),
                     [&](const model::Found& one) { return bug_of(one, run) == bug; });
}

bool shows(const std::vector<Bug>& bugs, const model::Outcome& outcome, const model::Run& run) {
  return std::all_of(bugs.begin(), bugs.end(),
                     [&](const Bug& bug) { return shows(bug, outcome, run); });
}

Trial SameBug::operator()(const model::Scenario& candidate) const {
  const model::Outcome& outcome = judge_->run(candidate, *subject_);
  const model::Run& run = judge_->runner().last();
  return {shows(bugs_, outcome, run), run, outcome};
}

Shrunk shrink_keeping(const std::vector<Bug>& bugs, const model::Scenario& scenario,
                      model::Subject& subject, Judge& judge, const ShrinkOptions& options) {
  Shrunk shrunk = shrink(scenario, SameBug(bugs, subject, judge), options);
  expect(shrunk.scenario, judge.run(shrunk.scenario, subject).verdict);
  return shrunk;
}

}  // namespace midstride::properties
