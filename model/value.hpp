// A value of the scenario language in one 32-bit word: four bits say what it is, the rest is the
// integer itself or an index into a table of the run. Ids follow first use in the run, so equal
// runs have equal words on every machine.
#pragma once

#include <compare>
#include <cstdint>

namespace midstride::model {

enum class Tag : std::uint8_t {
  absent,    // no value: a local before its first assignment, a name that is not there
  none,      // None
  integer,   // 28 bits, signed
  object,    // a mutable {}
  instance,  // of a class
  class_,
  function,
  method,     // (class, function, self or absent)
  cell,       // what functions and frames share a value through: held by them, never a value of a
              // program
  generator,  // a call of a function that yields values: its frame between two of them
};

struct Value {
  std::uint32_t word = 0;

  static constexpr Value absent() { return {}; }
  static constexpr Value none() { return of(Tag::none, 0); }
  static constexpr Value integer(std::int32_t number) {
    return of(Tag::integer, static_cast<std::uint32_t>(number) & payload_mask);
  }
  static constexpr Value of(Tag tag, std::uint32_t index) {
    return {static_cast<std::uint32_t>(tag) << 28 | (index & payload_mask)};
  }

  constexpr Tag tag() const { return static_cast<Tag>(word >> 28); }
  constexpr std::uint32_t index() const { return word & payload_mask; }
  constexpr std::int32_t number() const { return static_cast<std::int32_t>(word << 4) >> 4; }
  // Lives in a table of the run and can be held.
  constexpr bool on_heap() const { return tag() >= Tag::object; }
  auto operator<=>(const Value&) const = default;

  static constexpr std::uint32_t payload_mask = 0x0fff'ffff;
};

}  // namespace midstride::model
