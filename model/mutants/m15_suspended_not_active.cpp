// Only who could run now counts as being inside: a tasklet that waits on a channel in the middle of
// an old function is overlooked. V8's LiveEdit looked at the running stack and not at what was
// suspended.
#include "model/mutants/mutants.hpp"
#include "model/reclamation/policies.hpp"
#include "model/strategies/strategies.hpp"

namespace midstride::model::runtime {

namespace {

bool nobody_runs_inside(const Reloading& reloading) {
  const sim::Scheduler& scheduler = reloading.run.scheduler();
  for (std::uint32_t task = 0; task < scheduler.task_count(); ++task) {
    const Stack* const stack = reloading.runtime.stack_of(sim::TaskId{task});
    if (stack == nullptr || scheduler.state(sim::TaskId{task}) == sim::TaskState::blocked) continue;
    for (const Reloading& one : reloading.batch) {
      if (reloading.runtime.runs_code_of(*stack, one.module)) return false;
    }
  }
  return true;
}

bool patch_under_the_suspended(Reloading& reloading) {
  if (reloading.joins) return true;
  for (bool done = false; !done;) {
    reloading.step_begins(Step::scan);
    done = nobody_runs_inside(reloading);
    for (Reloading& one : reloading.batch) {
      if (done) patch_at_once(one);
    }
    reloading.step_ends(Step::scan);
    if (!done) wait_for_frames(reloading);
  }
  return true;
}

const Strategy broken_m15 = [] {
  Strategy strategy = safe_point;
  strategy.install = patch_under_the_suspended;
  return strategy;
}();

}  // namespace

const Mutant m15{
    .id = "M15",
    .title = "suspended-not-active",
    .base = "model/safe-point",
    .step = "install",
    .bug = "a frame that is suspended does not count as active",
    .seen_in = "GoogleChromeLabs/ndb#236",
    .granularity = Granularity::yields,
    .guarantee = "version-consistent",
    .also = {"super"},
    .schedule_permille = 7,
    .runs_median = 87,
    .runs_max = 1400,
    .size = 20,
    .size_max = 28,
    .strategy = &broken_m15,
    .reclamation = &reachability,
};

}  // namespace midstride::model::runtime
