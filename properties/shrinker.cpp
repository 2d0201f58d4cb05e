#include "properties/shrinker.hpp"

#include "properties/shrink/passes.hpp"
#include "properties/shrink/search.hpp"

namespace midstride::properties {

Trial SameBug::operator()(const model::Scenario& candidate) const {
  const model::Outcome& outcome = runner_->run(candidate, *subject_);
  for (const model::Found& found : outcome.verdict.found) {
    if (found.guarantee == guarantee_ && found.violation.bug == bug_)
      return {true, runner_->last(), outcome};
  }
  return {false, runner_->last(), outcome};
}

Shrunk shrink(const model::Scenario& scenario, const Fails& fails, const ShrinkOptions& options) {
  Search search(scenario, fails, options);
  for (bool smaller = true; smaller && !search.stopped();) {
    const std::uint32_t before = search.accepted();
    for (const Pass& pass : passes()) pass.make(search);
    smaller = search.accepted() > before;
  }
  const bool one_minimal = !search.stopped();
  shorten_names(search);
  search.annotate();
  Shrunk shrunk{search.best(), search.runs(), one_minimal};
  normalise(shrunk.scenario);
  return shrunk;
}

}  // namespace midstride::properties
