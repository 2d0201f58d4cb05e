// The guarantees that this build judges, in the order in which everything prints them.
// docs/guarantees.md is their reference. A guarantee is one file in properties/guarantees/ and one
// row here.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "model/monitor.hpp"

namespace midstride::properties {

// A guarantee without a monitor is judged over two runs: see paired.hpp.
std::span<const model::Guarantee> guarantees();
std::optional<std::uint32_t> guarantee_index(std::string_view name);

}  // namespace midstride::properties
