// Functions that captured one variable share its cell. The reload goes from function to function
// and gives each a copy of what it captured: from then on they no longer share.
#include "model/mutants/mutants.hpp"
#include "model/reclamation/policies.hpp"
#include "model/strategies/strategies.hpp"

namespace midstride::model::runtime {

namespace {

bool copy_cells_and_patch(Reloading& reloading) {
  Heap& heap = reloading.runtime.heap;
  for (const Function& function : heap.functions) {
    const FunctionCode& code =
        reloading.runtime.program().functions[heap.codes[function.code].function];
    const bool captures = function.count != 0 && code.captures();
    if (!captures || code.module != reloading.module) continue;
    for (std::uint32_t at = function.cells_begin + (code.class_cell ? 1 : 0);
         at < function.cells_end; ++at) {
      const Value shared = heap.closures[at];
      const Value held = heap.cells[shared.index()].value;
      heap.acquire(held);
      const Value copy = heap.new_cell();
      heap.set_cell(copy, held);
      heap.closures[at] = copy;
      heap.release(shared);
    }
  }
  return patch_in_place(reloading);
}

const Strategy broken_m22 = [] {
  Strategy strategy = in_place;
  strategy.install = copy_cells_and_patch;
  return strategy;
}();

}  // namespace

const Mutant m22{
    .id = "M22",
    .title = "cells-split",
    .base = "model/in-place",
    .step = "install",
    .bug = "functions that shared a captured variable have one each",
    .seen_in = "cloudwu/luareload#12",
    .granularity = Granularity::yields,
    .guarantee = "cells",
    .also = {"no-op"},
    .shapes = {"closure", "shared-cell"},
    .shape_permille = 119,
    .schedule_permille = 149,
    .runs_median = 33,
    .runs_max = 570,
    .size = 19,
    .size_max = 23,
    .strategy = &broken_m22,
    .reclamation = &reachability,
};

}  // namespace midstride::model::runtime
