#include "properties/guarantees.hpp"

#include <array>

#include "properties/guarantees/all.hpp"

namespace midstride::properties {

std::span<const model::Guarantee> guarantees() {
  static const std::array table{
      // What is already running
      activation(), locals(), cells(), method_identity(), method_behaviour(), no_use_after_free(),
      no_early_free(), reclaimed(), whole_call(),
      // Atomicity, freshness, order, consistency
      failed_reload(), isolation(), batch(), fresh(), monotone(), serial(), version_consistent(),
      removed_names(), dependants(),
      // Classes and their instances, state
      migration(), layout(), identity(), super(), state(),
      // The scheduler, and over two runs
      scheduler(), progress(), channel_rules(), no_op(), revert(), commute(), non_interference(),
      deterministic()};
  return table;
}

std::optional<std::uint32_t> guarantee_index(std::string_view name) {
  const std::span<const model::Guarantee> table = guarantees();
  for (std::uint32_t at = 0; at < table.size(); ++at) {
    if (table[at].name == name) return at;
  }
  return std::nullopt;
}

}  // namespace midstride::properties
