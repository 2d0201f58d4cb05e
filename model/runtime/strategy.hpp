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

// Which code a call enters, and whose parameters it is checked against.
enum class CallRule : std::uint8_t {
  as_at_entry,      // both as they are when the call is made
  code_of_look_up,  // M9: enters the code that was there at the look-up, checks the arity of the
                    // one that is there now
};
// Whether a value that waits in a blocked sender is counted.
enum class ParkedValues : std::uint8_t { counted, forgotten };

// Whether a method that was looked up is looked for again.
enum class LookupRule : std::uint8_t {
  always,
  remembered,  // M18: not until the class itself changes
};

// A null step does nothing (and admits, validates). The order is the order of the members; undo
// comes instead of the rest when the body raised, or validate or install said no (with
// Reloading::error set).
struct Strategy {
  std::string_view name;
  std::string_view does;                // one line for people
  bool (*admit)(Reloading&) = nullptr;  // may wait for other attempts; false rejects this one
  void (*stage)(Reloading&) = nullptr;  // where the body's names go; null: into the live namespace
  bool (*validate)(Reloading&) = nullptr;
  bool (*install)(Reloading&) =
      nullptr;  // makes the new version the current one; says its own steps
  void (*retire)(Reloading&) =
      nullptr;  // lets go of what the old version held; its code is retired before
  void (*undo)(Reloading&) = nullptr;
  CallRule calls = CallRule::as_at_entry;
  ParkedValues parked = ParkedValues::counted;
  LookupRule lookups = LookupRule::always;
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

struct LocalsRow {
  std::string_view name;
  LocalsPolicy policy;
};

}  // namespace midstride::model::runtime
