// Only names that the module had before are gone through; what the new version adds never arrives.
#include <utility>

#include "model/mutants/mutants.hpp"
#include "model/reclamation/policies.hpp"
#include "model/strategies/strategies.hpp"

namespace midstride::model::runtime {

namespace {

bool patch_what_was_there(Reloading& reloading) {
  Runtime& runtime = reloading.runtime;
  const std::uint32_t live = runtime.modules[reloading.module].namespace_;
  for (std::uint32_t slot = 0; slot < runtime.namespaces[live].count; ++slot) {
    if (runtime.binding(live, slot).value != Value::absent()) continue;
    Binding& added = runtime.binding(reloading.staging, slot);
    runtime.heap.release(std::exchange(added, Binding{}).value);
  }
  return patch_in_place(reloading);
}

const Strategy broken_m29 = [] {
  Strategy strategy = in_place;
  strategy.install = patch_what_was_there;
  return strategy;
}();

}  // namespace

const Mutant m29{
    .id = "M29",
    .title = "new-names-missing",
    .base = "model/in-place",
    .step = "install",
    .bug = "names that the new version adds are not added",
    .seen_in = "ipython/ipython#8771",
    .granularity = Granularity::yields,
    .guarantee = "fresh",
    .also = {"isolation", "revert"},
    .shapes = {"body-suspends", "excursion", "removed-name"},
    .shape_permille = 264,
    .schedule_permille = 57,
    .runs_median = 52,
    .runs_max = 670,
    .size = 10,
    .size_max = 14,
    .strategy = &broken_m29,
    .reclamation = &reachability,
};

}  // namespace midstride::model::runtime
