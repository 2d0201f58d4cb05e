// Commits only when no frame runs code of the module, of any version: waits for such frames to end,
// then does what `handle` does. The look and the change are one turn, so nobody can enter in
// between. Asked for by a frame of the module itself, it says no. Relatives: V8's LiveEdit, Jvolve,
// kpatch.
#include "model/strategies/strategies.hpp"

namespace midstride::model::runtime {

namespace {

bool patch_when_inactive(Reloading& reloading) {
  Runtime& runtime = reloading.runtime;
  for (bool done = false; !done;) {
    reloading.step_begins(Step::scan);
    done = runtime.frames_of(reloading.module, reloading.attempt) == 0;
    if (done) patch_at_once(reloading);
    reloading.step_ends(Step::scan);
    if (!done) wait_for_frames(reloading);
  }
  return true;
}

void frame_left(Runtime& runtime, Stack&, std::uint32_t module) {
  const std::uint32_t waiting = runtime.modules[module].waiting;
  if (waiting != no_load && runtime.frames_of(module, waiting) == 0) wake_waiting(runtime, module);
}

}  // namespace

constinit const Strategy safe_point{
    .name = "safe-point",
    .does = "waits until no frame runs the module, then does as handle",
    .admit = queue_from_outside,
    .stage = stage_apart,
    .install = patch_when_inactive,
    .undo = drop_staging,
    .left = frame_left,
};

}  // namespace midstride::model::runtime
