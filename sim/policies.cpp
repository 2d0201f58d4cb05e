#include "sim/policies.hpp"

#include <array>

namespace midstride::sim {

std::span<const PolicyRow> policies() {
  static constexpr std::array rows{
      PolicyRow{"random",
                "anybody who can run, drawn anew at every point; actions at turns drawn in advance",
                &make_random},
      PolicyRow{"round-robin", "one turn each, by id; an action whenever eight turns have gone by",
                &make_round_robin},
      PolicyRow{"stackless", "the order of Stackless Python, tasks aside first; never an action",
                &make_stackless},
  };
  return rows;
}

std::unique_ptr<Policy> make_policy(std::string_view name) {
  for (const PolicyRow& row : policies()) {
    if (row.name == name) return row.make();
  }
  return nullptr;
}

}  // namespace midstride::sim
