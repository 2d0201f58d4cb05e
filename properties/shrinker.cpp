#include "properties/shrinker.hpp"

#include "properties/shrink/passes.hpp"
#include "properties/shrink/search.hpp"

namespace midstride::properties {

namespace {

// Whether the passes found anything.
bool round(Search& search, bool late) {
  const std::uint32_t before = search.accepted();
  for (const Pass& pass : passes())
    if (pass.late == late) pass.make(search);
  return search.accepted() > before && !search.stopped();
}

}  // namespace

Shrunk shrink(const model::Scenario& scenario, const Fails& fails, const ShrinkOptions& options) {
  Search search(scenario, fails, options);
  while (round(search, false) || round(search, true)) {
  }
  const bool one_minimal = !search.stopped();
  shorten_names(search);
  search.annotate();
  Shrunk shrunk{search.best(), search.runs(), one_minimal};
  normalise(shrunk.scenario);
  return shrunk;
}

}  // namespace midstride::properties
