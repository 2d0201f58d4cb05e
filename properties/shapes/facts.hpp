// What can be seen in a scenario's text that makes a run of it worth while, wherever the scenario
// comes from: found in one pass over its lines. A fact says that the lines are there, not that a
// schedule lets them matter; that is for probes (../probes.hpp).
#pragma once

#include <cstdint>

#include "model/scenario.hpp"

namespace midstride::properties {

// A suspension is a receive, a send, a yield or a `reload`. A handle is a method, or a global that
// is kept or sent instead of called.
enum class Fact : std::uint8_t {
  name_used_twice,       // one body uses a global by name before and after a suspension
  qualified_used_twice,  // so does a task's script, with a module's name before it
  held_handle_called,    // a local is called after a suspension that came after it was bound
  handle_sent,
  held_object_read,  // a class, an instance or a {} is read from a local over a suspension
  sleeps_over_two,   // a function receives, and its module has two reloads
  body_suspends,     // at the top level of a version that is not the first
  body_raises,       // likewise
  kind_changes,      // a name is a def in one version and a class in another
  own_reload,        // `reload` in code of the module that it reloads
  arity_changes,
  kill,
  unwinding,           // finally or except TaskletExit
  read_only_assigned,  // to function, self or class
  spawn,
  same_text,  // a reload to the first version, or to one with the text of another
  inspection,
  global_written,    // shop.a = 1
  across_modules,    // code of one module names another
  name_removed,      // def or class that a version lacks
  handler_suspends,  // in except or finally
  batch,             // a reload of more than one module
  derived,           // a class with a base
  super_called,
  compared,         // isinstance or is, in a body that suspends
  caught_by_class,  // likewise, by an except with a class
  excursion,        // a body reloads a module, then to its first version, and goes on
  closure_lives,    // a function makes another one, then suspends
  cell_shared,      // a function makes two, one of which says nonlocal
  count,
};
using Facts = std::uint32_t;
constexpr Facts facts(Fact fact) { return Facts{1} << static_cast<unsigned>(fact); }
template <class... More>
constexpr Facts facts(Fact first, More... more) {
  return (facts(first) | ... | facts(more));
}
static_assert(static_cast<unsigned>(Fact::count) <= 32);

// The scenario must be well formed.
Facts facts_of(const model::Scenario& scenario);

}  // namespace midstride::properties
