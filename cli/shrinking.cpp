#include "cli/shrinking.hpp"

#include <algorithm>

#include "cli/verdicts.hpp"

namespace midstride::cli {

using model::Scenario;

bool shows(const Bug& bug, const model::Outcome& outcome, const model::Run& run) {
  const auto& found = outcome.verdict.found;
  return std::any_of(found.begin(), found.end(), [&](const model::Found& one) {
    return bug == Bug{one.guarantee, one.violation.bug, standing_of(one, run)};
  });
}

properties::Shrunk shrink_keeping(const Bug& bug, const Scenario& scenario, model::Subject& subject,
                                  properties::Judge& judge,
                                  const properties::ShrinkOptions& options) {
  const auto fails = [&](const Scenario& candidate) -> properties::Trial {
    const model::Outcome& outcome = judge.run(candidate, subject);
    const model::Run& run = judge.runner().last();
    return {shows(bug, outcome, run), run, outcome};
  };
  properties::Shrunk shrunk = properties::shrink(scenario, fails, options);
  expect(shrunk.scenario, judge.run(shrunk.scenario, subject).verdict);
  return shrunk;
}

}  // namespace midstride::cli
