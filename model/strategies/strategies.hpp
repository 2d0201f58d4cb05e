// The strategies, one small file each, and the steps that more than one of them takes.
#pragma once

#include "model/runtime/runtime.hpp"
#include "model/runtime/strategy.hpp"

namespace midstride::model::runtime {

extern const Strategy overwrite;
extern const Strategy swap;
extern const Strategy in_place;
extern const Strategy handle;
extern const Strategy purge;
extern const Strategy purge_soft;
extern const Strategy world;
extern const Strategy safe_point;
extern const Strategy per_task;

// Waits until no other attempt on the module is under way; says no to one that the module's own
// body asks for.
bool queue_behind_others(Reloading& reloading);
// The same, and says no where a frame that waits for this attempt, through however many reloads,
// runs code of the module: an attempt that waits for such frames to go would wait for ever.
bool queue_from_outside(Reloading& reloading);
// Gives the body a namespace of its own.
void stage_apart(Reloading& reloading);
// Drops that namespace again.
void drop_staging(Reloading& reloading);
// Points the module at the staging namespace; the old one is let go by drop_retired_namespace.
bool swap_pointer(Reloading& reloading);
void drop_retired_namespace(Reloading& reloading);
// Takes the names of the staging namespace over, one by one, keeping the identity of functions and
// classes; a turn between two names. False, with the error set, at a name that changed its kind.
enum class Bases : std::uint8_t { rewritten, as_staged };
bool patch_in_place(Reloading& reloading);
bool patch_in_place(Reloading& reloading, Bases bases);
// Then migrates every instance whose class has other fields than it has, one by one, a turn before
// each; false, with the error set, if a migrator raises.
bool migrate_at_once(Reloading& reloading);
bool migrate_at_once(Reloading& reloading, Value instance);
// When all is patched: lets go of the undo log and of the staging namespace.
void forget_patches(Reloading& reloading);
void undo_patches(Reloading& reloading);
// The same names, all in one turn and without a way back: where a name changed its kind, the new
// thing takes it over.
void patch_at_once(Reloading& reloading);
// Waits until a frame of the module is gone; whoever takes one off wakes it (wake_waiting).
void wait_for_frames(Reloading& reloading);
void wake_waiting(Runtime& runtime, std::uint32_t module);
// Safe-point: whether no frame runs code of any module of the batch; the new code does not count.
bool nobody_is_inside(const Reloading& reloading);
// Per-task: true when everybody has gone over, false when the reload was reversed before that; then
// go_back waits until everybody has come back. The first of a batch does it for all.
bool go_over(Reloading& reloading);
void go_back(Reloading& reloading);
// Purge: whether the load is in use by the task, or by what belongs to no task; gives the load up.
bool uses(Runtime& runtime, sim::TaskId task, std::uint32_t load);
bool used_by_nobodys(Runtime& runtime, std::uint32_t load);
void give_up(Reloading& reloading, std::uint32_t load);

}  // namespace midstride::model::runtime
