// What a subject of the model runtime is made of: a strategy (a row of steps that a reload goes
// through), a reclamation policy, a locals policy. Each strategy, reclamation policy and mutant is
// one small file and one row in the tables of subjects.cpp.
#pragma once

#include <cstdint>
#include <string_view>

#include "model/subject.hpp"

namespace midstride::model::runtime {

class Runtime;
struct Reloading;
struct Stack;

// Which code a call enters, and whose parameters it is checked against.
enum class CallRule : std::uint8_t {
  as_at_entry,       // both as they are when the call is made
  code_of_look_up,   // M9: enters the code that was there at the look-up, checks the arity of the
                     // one that is there now
  as_the_task_sees,  // both are those of the function's namesake in the load that the task sees, or
                     // its own where it has none there
  in_the_world_of_the_task,  // the same, but without a namesake it cannot be called
};
constexpr bool seen_by_task(CallRule rule) { return rule >= CallRule::as_the_task_sees; }
// Whether a value that waits in a blocked sender is counted.
enum class ParkedValues : std::uint8_t { counted, forgotten };
// Where a function finds the names of its own module.
enum class OwnNames : std::uint8_t {
  current,       // where everybody does
  as_brought_in  // in the namespace of the load that its code came with
};
// What a spawned tasklet sees (Stack::pins).
enum class Children : std::uint8_t { see_the_current, see_as_their_parent };
// How many versions a commit leaves alone, beside the one that it brings.
enum class Keeps : std::uint8_t { none, previous };

// What a body that says `once` of a name makes of the value that the module has.
enum class PersistentState : std::uint8_t {
  shared,             // both namespaces have it in one place, from then on
  copied,             // into its own namespace, as it is then
  initialised_again,  // M31: nothing
};

// What is known of a hook.
enum class HookRegistrations : std::uint8_t {
  counted,        // what it holds; until it has run
  forgotten,      // M5: a tasklet's is not counted
  never_dropped,  // M35: a load's is kept after it has run
};

// Whether a method that was looked up is looked for again.
enum class LookupRule : std::uint8_t {
  always,
  remembered,  // M18: not until the class itself changes
};

// Where an instance's field is.
enum class PlaceRule : std::uint8_t {
  of_its_layout,
  remembered,  // M19: where it was when the frame first looked
};
// Which layout an instance that is used goes to.
enum class MigrationRule : std::uint8_t {
  one_after_the_other,
  the_last_only,  // M11: from whatever it has
};

// A null step does nothing (and admits, validates). The order is the order of the members; each
// step is taken for every module of a batch before the next one is. undo comes instead of the rest
// when a body raised, or validate or install said no (with Reloading::error set).
struct Strategy {
  std::string_view name;
  std::string_view does;                // one line for people
  bool (*admit)(Reloading&) = nullptr;  // may wait for other attempts; false rejects this one
  void (*stage)(Reloading&) = nullptr;  // where the body's names go; null: into the live namespace
  bool (*validate)(Reloading&) = nullptr;
  bool (*install)(Reloading&) =
      nullptr;  // makes the new version the current one; says its own steps
  bool (*migrate)(Reloading&) = nullptr;  // under the instance policy eager: brings the instances
                                          // of changed classes to their new layouts
  void (*settle)(Reloading&) = nullptr;   // the whole batch is installed, and nothing can fail any
                                          // more; comes in the turn of the commit
  void (*retire)(Reloading&) =
      nullptr;  // lets go of what the old version held; its code is retired before
  void (*undo)(Reloading&) = nullptr;
  void (*starts)(Runtime&, Stack&) = nullptr;  // a tasklet begins to run; comes before its frames
  void (*left)(Runtime&, Stack&,
               std::uint32_t module) = nullptr;  // a frame that ran code of that module is gone
  CallRule calls = CallRule::as_at_entry;
  ParkedValues parked = ParkedValues::counted;
  OwnNames own_names = OwnNames::current;
  Children children = Children::see_the_current;
  Keeps keeps = Keeps::none;
  RemovedNames removed_names = RemovedNames::go;
  LookupRule lookups = LookupRule::always;
  // Unless the subject says another; `none` where no class outlives a reload.
  InstancePolicy instances = InstancePolicy::none;
  PlaceRule places = PlaceRule::of_its_layout;
  MigrationRule migrations = MigrationRule::one_after_the_other;
  PersistentState persistent = PersistentState::shared;
  HookRegistrations hooks = HookRegistrations::counted;
};

// When retired code is freed. Each hook says which codes may go: Runtime::free_code.
struct Reclamation {
  std::string_view name;
  std::string_view does;
  void (*at_reclaim)(Runtime&, std::uint32_t load) =
      nullptr;  // the step after retire, for each retired load of the module
  void (*at_unreferenced)(Runtime&, std::uint32_t code) =
      nullptr;  // nothing counted refers to this retired code any more
  void (*at_quiescence)(Runtime&, std::uint32_t load) =
      nullptr;  // no frame runs code of this retired load any more
};

// What an inspector can do to the innermost frame of a stack.
struct Locals {
  std::string_view name;
  LocalsPolicy policy;
  Value (*peek)(Runtime&, Stack&, std::uint16_t local) = nullptr;  // null: as the frame has it
  PokeHow (*poke)(Runtime&, Stack&, std::uint16_t local, Value);   // takes over the count
  void (*flush)(Runtime&, Stack&) = nullptr;
};

struct InstancesRow {
  std::string_view name;
  InstancePolicy policy;
};
// Whether a subject can have the strategy with that policy: instances can be migrated where classes
// stay themselves, and at once where a migrator that raises can be undone.
constexpr bool goes_with(const Strategy& strategy, InstancePolicy policy) {
  if (policy == InstancePolicy::eager) return strategy.migrate != nullptr;
  return policy == InstancePolicy::none || strategy.instances != InstancePolicy::none;
}

}  // namespace midstride::model::runtime
