// The methods of a class reach it through a cell in their closure. The reload gives that cell the
// class of the staging namespace, of which no object that exists is an instance.
#include "model/mutants/mutants.hpp"
#include "model/reclamation/policies.hpp"
#include "model/strategies/strategies.hpp"

namespace midstride::model::runtime {

namespace {

bool give_cells_and_patch(Reloading& reloading) {
  Runtime& runtime = reloading.runtime;
  Heap& heap = runtime.heap;
  const std::uint32_t live = runtime.modules[reloading.module].namespace_;
  for (std::uint32_t slot = 0; slot < runtime.namespaces[live].count; ++slot) {
    const Value kept = runtime.binding(live, slot).value;
    const Value staged = runtime.binding(reloading.staging, slot).value;
    if (kept.tag() != Tag::class_ || staged.tag() != Tag::class_) continue;
    const Class row = heap.classes[kept.index()];
    for (std::uint32_t at = row.slots_begin; at < row.slots_end; ++at) {
      if (heap.class_slots[at].function == Value::absent()) continue;
      for (const Value cell : heap.cells_of(heap.class_slots[at].function)) {
        heap.acquire(staged);
        heap.set_cell(cell, staged);
      }
    }
  }
  return patch_in_place(reloading);
}

const Strategy broken_m23 = [] {
  Strategy strategy = in_place;
  strategy.install = give_cells_and_patch;
  return strategy;
}();

}  // namespace

const Mutant m23{
    .id = "M23",
    .title = "super-cell",
    .base = "model/in-place",
    .step = "install",
    .bug = "super() of methods that are running means the class of the staging namespace",
    .seen_in = "sopel-irc/sopel#1401",
    .granularity = Granularity::yields,
    .guarantee = "super",
    .also = {"no-op"},
    .shapes = {"above"},
    .shape_permille = 74,
    .schedule_permille = 167,
    .runs_median = 85,
    .runs_max = 820,
    .size = 12,
    .size_max = 15,
    .strategy = &broken_m23,
    .reclamation = &reachability,
};

}  // namespace midstride::model::runtime
