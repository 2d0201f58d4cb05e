// The counter that says what is published is not moved on, so the next commit publishes once more
// what was there before the last one.
#include "model/mutants/mutants.hpp"
#include "model/reclamation/policies.hpp"
#include "model/strategies/strategies.hpp"

namespace midstride::model::runtime {

namespace {

bool publish_by_counter(Reloading& reloading) {
  const ModuleState& module = reloading.runtime.modules[reloading.module];
  if (module.previous == no_load) return swap_pointer(reloading);
  reloading.step_begins(Step::swap);
  reloading.runtime.point_module_at(reloading.module,
                                    reloading.runtime.loads[module.previous].namespace_);
  reloading.step_ends(Step::swap);
  return true;
}

const Strategy broken_m32 = [] {
  Strategy strategy = swap;
  strategy.install = publish_by_counter;
  strategy.retire = nullptr;
  return strategy;
}();

}  // namespace

const Mutant m32{
    .id = "M32",
    .title = "version-goes-back",
    .base = "model/swap",
    .step = "install",
    .bug =
        "the version counter is not moved on, so the next commit publishes an older version again",
    .seen_in = "livecoding e5415bf",
    .granularity = Granularity::yields,
    .guarantee = "monotone",
    .also = {"fresh", "isolation", "reclaimed", "removed-names", "revert"},
    .schedule_permille = 4,
    .runs_median = 237,
    .runs_max = 2400,
    .size = 16,
    .size_max = 20,
    .strategy = &broken_m32,
    .reclamation = &reachability,
};

}  // namespace midstride::model::runtime
