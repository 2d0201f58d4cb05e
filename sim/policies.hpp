// The policies that decide who goes on when nothing else does: a table, one small file each. A
// policy is a pure function of its seed and of what it was shown.
#pragma once

#include <memory>
#include <span>
#include <string_view>

#include "sim/scheduler.hpp"

namespace midstride::sim {

struct PolicyRow {
  std::string_view name;
  std::string_view description;  // one line
  std::unique_ptr<Policy> (*make)();
};

std::span<const PolicyRow> policies();

// Null when no policy has that name.
std::unique_ptr<Policy> make_policy(std::string_view name);

std::unique_ptr<Policy> make_random();
std::unique_ptr<Policy> make_round_robin();
std::unique_ptr<Policy> make_stackless();

}  // namespace midstride::sim
