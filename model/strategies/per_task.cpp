// One bit per tasklet says whether it sees the new version. Whoever runs no code of the module goes
// over at once, the others when their last frame of it has ended; a function that is called runs
// the code that its namesake has in the version that the tasklet sees. When all have gone over, the
// reload commits. Until then a request for the version that it came from reverses it: whoever is in
// new code stays there until its frames have ended, then the reload fails. Relative: Linux's
// livepatch.
#include <algorithm>
#include <span>
#include <utility>

#include "model/strategies/strategies.hpp"

namespace midstride::model::runtime {

namespace {

// A request for the versions from which a reload is under way turns that one back.
bool reverse_or_queue(Reloading& reloading) {
  ModuleState& module = reloading.runtime.modules[reloading.module];
  const bool back = module.waiting != no_load &&
                    reloading.run.tables().attempts[reloading.attempt].to == module.version;
  if (back && !std::exchange(module.reversed, true)) reloading.run.wake(module.waiting);
  return queue_from_outside(reloading);
}

bool runs_code_of_any(const Runtime& runtime, const Stack& stack,
                      std::span<const Reloading> batch) {
  return std::any_of(batch.begin(), batch.end(),
                     [&](const Reloading& one) { return runtime.runs_code_of(stack, one.module); });
}

// From here on everybody sees the new versions (or, reversed, the old ones again), but who runs
// code of the modules and has not gone over stays with what it sees until that has ended.
enum class Direction : std::uint8_t { over, back };
void go(Reloading& reloading, Direction direction) {
  Runtime& runtime = reloading.runtime;
  const bool over = direction == Direction::over;
  reloading.step_begins(Step::scan);
  for (const auto& stack : runtime.stacks()) {
    const bool active = runs_code_of_any(runtime, *stack, reloading.batch);
    for (const Reloading& one : reloading.batch) {
      const std::uint32_t old = runtime.modules[one.module].load;
      const std::uint32_t to = over ? one.attempt : old;
      const bool stays_there = !stack->pins.empty() && stack->pins[one.module] == to;
      if (stays_there) {
        runtime.unpin(stack->pins, one.module);
      } else if (active) {
        runtime.pin(stack->pins, one.module, over ? old : one.attempt);
      }
    }
  }
  for (const Reloading& one : reloading.batch) {
    const std::uint32_t to = over ? one.attempt : runtime.modules[one.module].load;
    runtime.point_module_at(one.module, runtime.loads[to].namespace_);
  }
  reloading.step_ends(Step::scan);
}

// Whether somebody is left who has not gone that way yet.
bool somebody_stays(const Reloading& reloading, Direction direction) {
  const Runtime& runtime = reloading.runtime;
  return std::any_of(reloading.batch.begin(), reloading.batch.end(), [&](const Reloading& one) {
    const bool over = direction == Direction::over;
    const std::uint32_t from = over ? runtime.modules[one.module].load : one.attempt;
    return runtime.namespaces[runtime.loads[from].namespace_].pins != 0;
  });
}

bool reversed(const Reloading& reloading) {
  return std::any_of(reloading.batch.begin(), reloading.batch.end(),
                     [](const Reloading& one) { return one.runtime.modules[one.module].reversed; });
}

bool go_over_one_by_one(Reloading& reloading) {
  if (reloading.joins || go_over(reloading)) return true;
  go_back(reloading);
  reloading.error = reloading.run.error(ErrorKind::reload_failed);
  return false;
}

// It goes when no frame of any module of the batch is left on its stack.
void frame_left(Runtime& runtime, Stack& stack, std::uint32_t module) {
  if (stack.pins.empty() || stack.pins[module] == no_load) return;
  const std::vector<AttemptRow>& attempts = runtime.run().tables().attempts;
  const auto batch = [&](std::uint32_t of) {
    const std::vector<std::uint32_t>& open = runtime.modules[of].open;
    return open.empty() ? no_load : attempts[open.front()].batch;
  };
  const auto together = [&](std::uint32_t other) {
    return other == module || (batch(module) != no_load && batch(other) == batch(module));
  };
  for (std::uint32_t other = 0; other < runtime.program().modules.size(); ++other) {
    if (together(other) && runtime.runs_code_of(stack, other)) return;
  }
  for (std::uint32_t other = 0; other < runtime.program().modules.size(); ++other) {
    if (together(other)) runtime.unpin(stack.pins, other);
  }
  wake_waiting(runtime, module);
}

}  // namespace

bool go_over(Reloading& reloading) {
  Runtime& runtime = reloading.runtime;
  for (Reloading& one : reloading.batch) {
    runtime.modules[one.module].reversed = false;
    one.retired_namespace = runtime.loads[runtime.modules[one.module].load].namespace_;
  }
  go(reloading, Direction::over);
  while (somebody_stays(reloading, Direction::over) && !reversed(reloading))
    wait_for_frames(reloading);
  return !reversed(reloading);
}

void go_back(Reloading& reloading) {
  go(reloading, Direction::back);
  while (somebody_stays(reloading, Direction::back)) wait_for_frames(reloading);
}

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
