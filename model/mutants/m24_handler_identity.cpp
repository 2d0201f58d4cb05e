// A class without methods has nothing to patch, so its name is bound to the new class. Exceptions
// are such classes: a handler that is active asks for the new one and lets the old one pass.
#include "model/mutants/mutants.hpp"
#include "model/reclamation/policies.hpp"
#include "model/strategies/strategies.hpp"

namespace midstride::model::runtime {

namespace {

bool bind_bare_classes_and_patch(Reloading& reloading) {
  Runtime& runtime = reloading.runtime;
  const std::uint32_t live = runtime.modules[reloading.module].namespace_;
  for (std::uint32_t slot = 0; slot < runtime.namespaces[live].count; ++slot) {
    const Binding fresh = runtime.binding(reloading.staging, slot);
    if (fresh.value.tag() != Tag::class_) continue;
    if (runtime.binding(live, slot).value.tag() != Tag::class_) continue;
    const Class& row = runtime.heap.classes[fresh.value.index()];
    if (row.slots_begin != row.slots_end) continue;
    runtime.heap.acquire(fresh.value);
    runtime.store(live, slot, fresh);
  }
  return patch_in_place(reloading);
}

const Strategy broken_m24 = [] {
  Strategy strategy = in_place;
  strategy.install = bind_bare_classes_and_patch;
  return strategy;
}();

}  // namespace

const Mutant m24{
    .id = "M24",
    .title = "handler-identity",
    .base = "model/in-place",
    .step = "install",
    .bug = "a class without methods is not kept but bound anew",
    .seen_in = "python/cpython#96858",
    .granularity = Granularity::yields,
    .guarantee = "identity",
    .also = {"failed-reload", "fresh", "no-op", "revert"},
    .shapes = {"fenced", "derived"},
    .shape_permille = 198,
    .schedule_permille = 54,
    .runs_median = 60,
    .runs_max = 940,
    .size = 16,
    .size_max = 20,
    .strategy = &broken_m24,
    .reclamation = &reachability,
};

}  // namespace midstride::model::runtime
