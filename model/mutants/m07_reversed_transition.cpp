// A reload that is reversed half-way takes the mark from those who had not gone over yet, and
// forgets those who had: its code is freed under them. The documentation of Linux's livepatch names
// the danger.
#include "model/mutants/mutants.hpp"
#include "model/reclamation/policies.hpp"
#include "model/strategies/strategies.hpp"

namespace midstride::model::runtime {

namespace {

bool go_over_or_forget(Reloading& reloading) {
  if (reloading.joins || go_over(reloading)) return true;
  Runtime& runtime = reloading.runtime;
  for (const Reloading& one : reloading.batch) {
    for (const auto& stack : runtime.stacks()) runtime.unpin(stack->pins, one.module);
    runtime.point_module_at(one.module, one.retired_namespace);
    for (std::uint32_t code = runtime.loads[one.attempt].codes_begin;
         code < runtime.loads[one.attempt].codes_end; ++code) {
      runtime.free_code(code);
    }
  }
  runtime.settle();
  reloading.error = reloading.run.error(ErrorKind::reload_failed);
  return false;
}

const Strategy broken_m07 = [] {
  Strategy strategy = per_task;
  strategy.install = go_over_or_forget;
  return strategy;
}();

}  // namespace

const Mutant m7{
    .id = "M7",
    .title = "reversed-transition",
    .base = "model/per-task",
    .step = "install",
    .bug = "a reversed reload resets those who had not gone over, and is freed under those who had",
    .seen_in = "documentation of the Linux kernel, livepatch",
    .granularity = Granularity::yields,
    .guarantee = "no-early-free",
    .also = {"no-use-after-free", "revert"},
    .schedule_permille = 22,
    .runs_median = 29,
    .runs_max = 450,
    .size = 11,
    .size_max = 23,
    .strategy = &broken_m07,
    .reclamation = &reachability,
};

}  // namespace midstride::model::runtime
