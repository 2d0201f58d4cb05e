// Commits only when no frame runs code of the module (of a batch: of any of its modules), of any
// version: waits for such frames to end, then does what `handle` does. The look and the change are
// one turn, so nobody can enter in between. Asked for by a frame of the module itself, it says no.
// Relatives: V8's LiveEdit, Jvolve, kpatch.
#include <algorithm>

#include "model/strategies/strategies.hpp"

namespace midstride::model::runtime {

namespace {

// The first of a batch does it for all.
bool patch_when_inactive(Reloading& reloading) {
  if (reloading.joins) return true;
  for (bool done = false; !done;) {
    reloading.step_begins(Step::scan);
    done = nobody_is_inside(reloading);
    for (Reloading& one : reloading.batch) {
      if (done) patch_at_once(one);
    }
    reloading.step_ends(Step::scan);
    if (!done) wait_for_frames(reloading);
  }
  return true;
}

void wake_when_the_last_has_left(Runtime& runtime, Stack&, std::uint32_t module) {
  const std::uint32_t waiting = runtime.modules[module].waiting;
  if (waiting != no_load && runtime.frames_of(module, waiting) == 0) wake_waiting(runtime, module);
}

}  // namespace

bool nobody_is_inside(const Reloading& reloading) {
  return std::all_of(reloading.batch.begin(), reloading.batch.end(), [](const Reloading& one) {
    return one.runtime.frames_of(one.module, one.attempt) == 0;
  });
}

constinit const Strategy safe_point{
    .name = "safe-point",
    .does = "waits until no frame runs the module, then does as handle",
    .admit = queue_from_outside,
    .stage = stage_apart,
    .install = patch_when_inactive,
    .undo = drop_staging,
    .left = wake_when_the_last_has_left,
    .instances = InstancePolicy::lazy,
};

}  // namespace midstride::model::runtime
