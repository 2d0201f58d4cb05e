// The shapes that scenarios are composed of. A shape is one small file here and a row in table.cpp.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "properties/shapes/builder.hpp"
#include "properties/shapes/facts.hpp"

namespace midstride::properties {

struct Shape {
  std::string_view name;         // as it is printed
  std::string_view description;  // what it lets go wrong, in one sentence
  Facts shown_by;                // a scenario that has all of these has the shape
  Name
      taken;  // a global that it writes: once a module has it, the shape is not written there again
  std::uint32_t weight;  // how often it is drawn, relative to the others
  void (*write)(Builder&, std::uint32_t module);
};
// At most 64. The first is the simplest.
std::span<const Shape> shapes();

// The shapes, a file each.
void write_twice(Builder& b, std::uint32_t module);
void write_qualified(Builder& b, std::uint32_t module);
void write_held_handle(Builder& b, std::uint32_t module);
void write_parked_handle(Builder& b, std::uint32_t module);
void write_sleeper(Builder& b, std::uint32_t module);
void write_held_object(Builder& b, std::uint32_t module);
void write_body_suspends(Builder& b, std::uint32_t module);
void write_body_raises(Builder& b, std::uint32_t module);
void write_kind_change(Builder& b, std::uint32_t module);
void write_self_reload(Builder& b, std::uint32_t module);
void write_arity_window(Builder& b, std::uint32_t module);
void write_killed(Builder& b, std::uint32_t module);
void write_read_only(Builder& b, std::uint32_t module);
void write_spawned(Builder& b, std::uint32_t module);
void write_no_op(Builder& b, std::uint32_t module);
void write_inspected(Builder& b, std::uint32_t module);
void write_global_write(Builder& b, std::uint32_t module);
void write_across_modules(Builder& b, std::uint32_t module);
void write_removed_name(Builder& b, std::uint32_t module);
void write_rescue(Builder& b, std::uint32_t module);
void write_batch(Builder& b, std::uint32_t module);
void write_derived(Builder& b, std::uint32_t module);
void write_above(Builder& b, std::uint32_t module);
void write_compared(Builder& b, std::uint32_t module);
void write_fenced(Builder& b, std::uint32_t module);
void write_excursion(Builder& b, std::uint32_t module);
void write_closure(Builder& b, std::uint32_t module);
void write_shared_cell(Builder& b, std::uint32_t module);

}  // namespace midstride::properties
