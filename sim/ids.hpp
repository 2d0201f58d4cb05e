// Ids are types: a TaskId cannot be passed where a ChannelId is meant. An id is an index into a
// table of one run and is never reused within that run.
#pragma once

#include <compare>
#include <cstdint>

namespace midstride::sim {

template <class Tag>
struct Id {
  static constexpr std::uint32_t no_value = 0xffff'ffff;

  std::uint32_t value = no_value;

  static constexpr Id none() { return {}; }
  constexpr bool valid() const { return value != no_value; }
  auto operator<=>(const Id&) const = default;
};

using TaskId = Id<struct TaskTag>;
using ChannelId = Id<struct ChannelTag>;
using ActionId = Id<struct ActionTag>;

}  // namespace midstride::sim
