// The body raises half-way, and what it had defined by then is published all the same.
#include "model/mutants/mutants.hpp"
#include "model/reclamation/policies.hpp"
#include "model/strategies/strategies.hpp"

namespace midstride::model::runtime {

namespace {

void publish_what_there_is(Reloading& reloading) {
  Runtime& runtime = reloading.runtime;
  const std::uint32_t live = runtime.modules[reloading.module].namespace_;
  for (std::uint32_t slot = 0; slot < runtime.namespaces[live].count; ++slot) {
    const Binding staged = runtime.binding(reloading.staging, slot);
    if (staged.value == Value::absent()) continue;
    runtime.heap.acquire(staged.value);
    runtime.store(live, slot, staged);
  }
  drop_staging(reloading);
}

const Strategy broken_m27 = [] {
  Strategy strategy = swap;
  strategy.undo = publish_what_there_is;
  return strategy;
}();

}  // namespace

const Mutant m27{
    .id = "M27",
    .title = "failed-leaves-names",
    .base = "model/swap",
    .step = "undo",
    .bug = "a body that raised leaves the names that it had made",
    .seen_in = "swap without a rollback, as in plain importlib.reload",
    .granularity = Granularity::yields,
    .guarantee = "failed-reload",
    .also = {"fresh", "monotone", "removed-names"},
    .shapes = {"body-raises"},
    .shape_permille = 62,
    .schedule_permille = 896,
    .runs_median = 14,
    .runs_max = 180,
    .size = 6,
    .size_max = 8,
    .strategy = &broken_m27,
    .reclamation = &reachability,
};

}  // namespace midstride::model::runtime
