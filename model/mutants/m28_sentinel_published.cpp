// What the new version lacks is marked by a sentinel while names are compared, and the sentinel is
// left in the module: looking the name up gives it instead of an error.
#include "model/mutants/mutants.hpp"
#include "model/reclamation/policies.hpp"
#include "model/strategies/strategies.hpp"

namespace midstride::model::runtime {

namespace {

bool leave_sentinels(Reloading& reloading) {
  if (!patch_in_place(reloading)) return false;
  Runtime& runtime = reloading.runtime;
  const std::uint32_t live = runtime.modules[reloading.module].namespace_;
  const std::uint32_t to = reloading.run.tables().attempts[reloading.attempt].to;
  for (std::uint32_t slot = 0; slot < runtime.namespaces[live].count; ++slot) {
    const bool removed = runtime.program().defines(reloading.module, reloading.from, slot) &&
                         !runtime.program().defines(reloading.module, to, slot);
    if (removed && runtime.binding(live, slot).value == Value::absent())
      runtime.store(live, slot, {Value::none(), reloading.attempt});
  }
  return true;
}

const Strategy broken_m28 = [] {
  Strategy strategy = in_place;
  strategy.install = leave_sentinels;
  return strategy;
}();

}  // namespace

const Mutant m28{
    .id = "M28",
    .title = "sentinel-published",
    .base = "model/in-place",
    .step = "install",
    .bug = "a removed name is left bound to the sentinel that marked it",
    .seen_in = "livecoding d4df498",
    .granularity = Granularity::yields,
    .guarantee = "removed-names",
    .also = {"revert"},
    .shapes = {"body-suspends", "excursion", "removed-name"},
    .shape_permille = 264,
    .schedule_permille = 167,
    .runs_median = 15,
    .runs_max = 230,
    .size = 12,
    .size_max = 13,
    .strategy = &broken_m28,
    .reclamation = &reachability,
};

}  // namespace midstride::model::runtime
