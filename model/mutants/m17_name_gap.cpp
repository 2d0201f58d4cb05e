// Instead of swapping one pointer, the live namespace is emptied and then filled again, with a
// moment in between in which names that both versions have are missing.
#include "model/mutants/mutants.hpp"
#include "model/reclamation/policies.hpp"
#include "model/strategies/strategies.hpp"

namespace midstride::model::runtime {

namespace {

bool clear_then_fill(Reloading& reloading) {
  Runtime& runtime = reloading.runtime;
  const std::uint32_t live = runtime.modules[reloading.module].namespace_;
  const std::uint32_t count = runtime.namespaces[live].count;
  reloading.step_begins(Step::swap);
  for (std::uint32_t slot = 0; slot < count; ++slot) {
    if (runtime.binding(live, slot).value != Value::absent()) runtime.store(live, slot, {});
  }
  reloading.step_ends(Step::swap);
  reloading.step_begins(Step::swap);
  for (std::uint32_t slot = 0; slot < count; ++slot) {
    const Binding staged = runtime.binding(reloading.staging, slot);
    if (staged.value == Value::absent()) continue;
    runtime.heap.acquire(staged.value);
    runtime.store(live, slot, staged);
  }
  reloading.step_ends(Step::swap);
  reloading.retired_namespace = reloading.staging;
  return true;
}

const Strategy broken_m17 = [] {
  Strategy strategy = swap;
  strategy.install = clear_then_fill;
  return strategy;
}();

}  // namespace

const Mutant m17{
    .id = "M17",
    .title = "name-gap",
    .base = "model/swap",
    .step = "install",
    .bug = "clears the live namespace, then fills it",
    .seen_in = "IPython autoreload, phoenixframework/phoenix#4951",
    .granularity = Granularity::ops,
    .guarantee = "isolation",
    .also = {"monotone"},
    .schedule_permille = 63,
    .runs_median = 17,
    .runs_max = 160,
    .size = 8,
    .size_max = 9,
    .strategy = &broken_m17,
    .reclamation = &reachability,
};

}  // namespace midstride::model::runtime
