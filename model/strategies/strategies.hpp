// The strategies, one small file each, and the steps that more than one of them takes.
#pragma once

#include "model/runtime/runtime.hpp"
#include "model/runtime/strategy.hpp"

namespace midstride::model::runtime {

extern const Strategy overwrite;
extern const Strategy swap;
extern const Strategy in_place;

// Waits until no other attempt on the module is under way; says no to one that the module's own
// body asks for.
bool queue_behind_others(Reloading& reloading);
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
// Nothing can fail any more: lets go of the undo log and of the staging namespace.
void forget_patches(Reloading& reloading);
// Both.
bool patch_with_new_log(Reloading& reloading);
void undo_patches(Reloading& reloading);

}  // namespace midstride::model::runtime
