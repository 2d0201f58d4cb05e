// What a suspended frame shares with the functions that it made is kept in cells. The reload makes
// them anew, as for new code that has not run yet: whatever was in them is zero.
#include "model/mutants/mutants.hpp"
#include "model/reclamation/policies.hpp"
#include "model/strategies/strategies.hpp"

namespace midstride::model::runtime {

namespace {

bool zero_cells_and_patch(Reloading& reloading) {
  Runtime& runtime = reloading.runtime;
  for (const auto& stack : runtime.stacks()) {
    for (const Frame& frame : stack->frames) {
      const FunctionCode& function = runtime.program().functions[frame.function];
      if (function.module != reloading.module || function.captures()) continue;
      const std::uint32_t own = frame.cells + (function.class_cell ? 1 : 0);
      for (std::uint32_t at = own; at < own + function.cells; ++at)
        runtime.heap.set_cell(stack->cells[at], Value::integer(0));
    }
  }
  return patch_in_place(reloading);
}

const Strategy broken_m21 = [] {
  Strategy strategy = in_place;
  strategy.install = zero_cells_and_patch;
  return strategy;
}();

}  // namespace

const Mutant m21{
    .id = "M21",
    .title = "cells-recreated",
    .base = "model/in-place",
    .step = "install",
    .bug = "the captured variables of suspended frames are zeroed",
    .seen_in = "dotnet/sdk#26803",
    .granularity = Granularity::yields,
    .guarantee = "cells",
    .also = {"no-op"},
    .shapes = {"closure", "shared-cell"},
    .shape_permille = 119,
    .schedule_permille = 150,
    .runs_median = 50,
    .runs_max = 560,
    .size = 13,
    .size_max = 16,
    .strategy = &broken_m21,
    .reclamation = &reachability,
};

}  // namespace midstride::model::runtime
