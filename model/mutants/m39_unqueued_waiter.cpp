// A tasklet waits on a channel in code of the old version. The commit takes it out of the queue,
// and nobody will ever wake it.
#include "model/mutants/mutants.hpp"
#include "model/reclamation/policies.hpp"
#include "model/strategies/strategies.hpp"

namespace midstride::model::runtime {

namespace {

bool runs_old_code(const Reloading& reloading, const Stack& stack) {
  for (const Frame& frame : stack.frames) {
    const std::uint32_t load = reloading.runtime.heap.codes[frame.code].load;
    if (load == reloading.runtime.modules[reloading.module].load) return true;
  }
  return false;
}

bool swap_and_strand(Reloading& reloading) {
  swap_pointer(reloading);
  sim::Scheduler& scheduler = reloading.run.scheduler();
  reloading.step_begins(Step::swap);
  for (std::uint32_t at = 0; at < scheduler.task_count(); ++at) {
    const sim::TaskId task{at};
    const Stack* const stack = reloading.runtime.stack_of(task);
    const bool blocked = scheduler.state(task) == sim::TaskState::blocked;
    if (blocked && stack != nullptr && runs_old_code(reloading, *stack)) scheduler.strand(task);
  }
  reloading.step_ends(Step::swap);
  return true;
}

const Strategy broken_m39 = [] {
  Strategy strategy = swap;
  strategy.install = swap_and_strand;
  return strategy;
}();

}  // namespace

const Mutant m39{
    .id = "M39",
    .title = "unqueued-waiter",
    .base = "model/swap",
    .step = "install",
    .bug = "the commit takes a tasklet that is blocked in old code off its channel",
    .seen_in = "reloaders that tear down the waiters of the old version",
    .granularity = Granularity::yields,
    .guarantee = "scheduler",
    .also = {"channel-rules", "reclaimed"},
    .schedule_permille = 162,
    .runs_median = 4,
    .runs_max = 62,
    .size = 8,
    .size_max = 9,
    .strategy = &broken_m39,
    .reclamation = &reachability,
};

}  // namespace midstride::model::runtime
