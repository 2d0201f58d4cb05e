// Runs the new body in a staging namespace that only the reload sees, then points the module at it
// in one step. Functions reach their globals through that pointer, so old code sees new globals.
// Overlapping requests wait. Persistent state is copied when the body gets to it. Relatives: Dart,
// the JVM's verify-then-install.
#include "model/strategies/strategies.hpp"

namespace midstride::model::runtime {

void stage_apart(Reloading& reloading) {
  reloading.staging = reloading.runtime.new_namespace(reloading.module);
}

void drop_staging(Reloading& reloading) { reloading.runtime.let_go_of(reloading.staging); }

bool swap_pointer(Reloading& reloading) {
  reloading.step_begins(Step::swap);
  reloading.retired_namespace = reloading.runtime.modules[reloading.module].namespace_;
  reloading.runtime.point_module_at(reloading.module, reloading.staging);
  reloading.step_ends(Step::swap);
  return true;
}

void drop_retired_namespace(Reloading& reloading) {
  reloading.runtime.let_go_of(reloading.retired_namespace);
}

constinit const Strategy swap{
    .name = "swap",
    .does = "runs the new body apart, then swaps one pointer",
    .admit = queue_behind_others,
    .stage = stage_apart,
    .install = swap_pointer,
    .retire = drop_retired_namespace,
    .undo = drop_staging,
    .persistent = PersistentState::copied,
};

}  // namespace midstride::model::runtime
