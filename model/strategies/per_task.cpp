// One bit per tasklet says whether it sees the new version. Whoever runs no code of the module goes
// over at once, the others when their last frame of it has ended; a function that is called runs
// the code that its namesake has in the version that the tasklet sees. When all have gone over, the
// reload commits. Until then a request for the version that it came from reverses it: whoever is in
// new code stays there until its frames have ended, then the reload fails. Relative: Linux's
// livepatch.
#include <utility>

#include "model/strategies/strategies.hpp"

namespace midstride::model::runtime {

namespace {

// A request for the version from which a reload is under way turns that one back.
bool reverse_or_queue(Reloading& reloading) {
  ModuleState& module = reloading.runtime.modules[reloading.module];
  const bool back = module.waiting != no_load &&
                    reloading.run.tables().attempts[reloading.attempt].to == module.version;
  if (back && !std::exchange(module.reversed, true)) reloading.run.wake(module.waiting);
  return queue_from_outside(reloading);
}

// From here on everybody sees `to`, but who runs code of the module and does not see it already
// stays with `from` until that has ended.
void go_over(Reloading& reloading, std::uint32_t from, std::uint32_t to) {
  Runtime& runtime = reloading.runtime;
  const std::uint32_t module = reloading.module;
  reloading.step_begins(Step::scan);
  for (const auto& stack : runtime.stacks()) {
    const bool pinned = !stack->pins.empty() && stack->pins[module] == to;
    if (pinned) {
      runtime.unpin(stack->pins, module);
    } else if (runtime.runs_code_of(*stack, module)) {
      runtime.pin(stack->pins, module, from);
    }
  }
  runtime.point_module_at(module, runtime.loads[to].namespace_);
  reloading.step_ends(Step::scan);
}

bool go_over_one_by_one(Reloading& reloading) {
  Runtime& runtime = reloading.runtime;
  ModuleState& module = runtime.modules[reloading.module];
  const std::uint32_t old = module.load;
  const std::uint32_t old_namespace = runtime.loads[old].namespace_;
  module.reversed = false;
  go_over(reloading, old, reloading.attempt);
  while (runtime.namespaces[old_namespace].pins != 0 && !module.reversed)
    wait_for_frames(reloading);
  if (!module.reversed) {
    reloading.retired_namespace = old_namespace;
    return true;
  }
  go_over(reloading, reloading.attempt, old);
  while (runtime.namespaces[reloading.staging].pins != 0) wait_for_frames(reloading);
  reloading.error = reloading.run.error(ErrorKind::reload_failed);
  return false;
}

void frame_left(Runtime& runtime, Stack& stack, std::uint32_t module) {
  const bool pinned = !stack.pins.empty() && stack.pins[module] != no_load;
  if (!pinned || runtime.runs_code_of(stack, module)) return;
  const std::uint32_t seen = runtime.loads[stack.pins[module]].namespace_;
  runtime.unpin(stack.pins, module);
  if (runtime.namespaces[seen].pins == 0) wake_waiting(runtime, module);
}

}  // namespace

constinit const Strategy per_task{
    .name = "per-task",
    .does = "each tasklet goes over when its own stack is clean",
    .admit = reverse_or_queue,
    .stage = stage_apart,
    .install = go_over_one_by_one,
    .retire = drop_retired_namespace,
    .undo = drop_staging,
    .left = frame_left,
    .calls = CallRule::as_the_task_sees,
};

}  // namespace midstride::model::runtime
