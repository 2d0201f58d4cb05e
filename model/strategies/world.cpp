// Each tasklet is pinned to a world: to the version of each module that was current when it began,
// or, if it was spawned, to what its parent sees. In its world it finds all names, and a function
// that it calls runs the code that its namesake has there; without one it cannot be called. Only
// what begins after a commit sees the new version; the old one goes with the last tasklet that is
// pinned to it. Relative: Julia's world age.
#include "model/strategies/strategies.hpp"

namespace midstride::model::runtime {

namespace {

void pin_to_this_world(Runtime& runtime, Stack& stack) {
  for (std::uint32_t module = 0; module < runtime.program().modules.size(); ++module) {
    const bool inherited = !stack.pins.empty() && stack.pins[module] != no_load;
    if (!inherited) runtime.pin(stack.pins, module, runtime.load_seen(stack, module));
  }
}

}  // namespace

constinit const Strategy world{
    .name = "world",
    .does = "pins each tasklet to the versions with which it began",
    .admit = queue_behind_others,
    .stage = stage_apart,
    .install = swap_pointer,
    .retire = drop_retired_namespace,
    .undo = drop_staging,
    .starts = pin_to_this_world,
    .calls = CallRule::in_the_world_of_the_task,
    .children = Children::see_as_their_parent,
};

}  // namespace midstride::model::runtime
