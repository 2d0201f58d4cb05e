// replay --script: the scenario as a stand-alone program in its runtime's own language.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "cli/said.hpp"
#include "model/scenario.hpp"

namespace midstride::cli {

// Why there is none for that subject, and what to paste then, or nothing.
std::optional<Said> script_problem(std::string_view subject, std::string_view paste);
// Writes the program. The scenario's decisions must be explicit, and script_problem() nothing.
std::optional<Said> write_script(const model::Scenario& scenario, const std::string& path);

}  // namespace midstride::cli
