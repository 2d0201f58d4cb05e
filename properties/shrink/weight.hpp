// The measure that shrinking lowers: compared part by part, the first that differs decides. Every
// part counts something finite, so no chain of steps is endless; and what a reader has to take in
// comes first.
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>

#include "model/scenario.hpp"
#include "sim/digest.hpp"

namespace midstride::properties {

struct Weight {
  std::size_t size = 0;         // size_of
  std::size_t granularity = 0;  // yields, safepoints, ops
  std::size_t policy = 0;       // stop, round-robin without a seed, any other
  std::size_t nodes = 0;        // of all expressions, parameters included
  std::size_t turns = 0;        // sum of the decisions' counts
  std::size_t oddities =
      0;  // what is not the simplest of its kind: integers, values, statements, channel options
  std::size_t names = 0;  // letters of all names; version numbers
  auto operator<=>(const Weight&) const = default;
};
Weight weigh(const model::Scenario& scenario);

// Of everything that a run depends on, names as ids. Scenarios that come from one by shrinking
// share its name table.
sim::Digest fingerprint(const model::Scenario& scenario);

}  // namespace midstride::properties
