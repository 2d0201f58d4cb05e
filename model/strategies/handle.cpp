// A function or class is a handle that callers keep, with one indirection to what it means now. The
// new body runs in a staging namespace; then every handle is pointed at its namesake's code, all in
// one turn. A name that changed its kind gets a new handle. Nothing can fail after the body, so
// there is nothing to undo. Relatives: tables of functions in Lua, Clojure's vars, jump patching in
// C++.
#include "model/strategies/strategies.hpp"

namespace midstride::model::runtime {

namespace {

bool point_handles(Reloading& reloading) {
  reloading.step_begins(Step::swap);
  patch_at_once(reloading);
  reloading.step_ends(Step::swap);
  return true;
}

}  // namespace

constinit const Strategy handle{
    .name = "handle",
    .does = "points stable handles at the new code, all at once",
    .admit = queue_behind_others,
    .stage = stage_apart,
    .install = point_handles,
    .undo = drop_staging,
    .instances = InstancePolicy::lazy,
};

}  // namespace midstride::model::runtime
