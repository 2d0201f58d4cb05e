// The scenarios of a directory that show violations, as their files say.
#pragma once

#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "cli/said.hpp"
#include "model/scenario.hpp"
#include "properties/claims.hpp"

namespace midstride::cli {

struct Known {
  std::string path;
  model::Scenario scenario;

  // Whether it shows that what the claim gives up is violated, on a subject that the claim speaks
  // of.
  bool shows(const properties::Claim& claim) const;
};

// Of the files *.scenario of the directory those that expect violations of others than mutants, in
// the order of their names. Refuses a directory that is not there, and a file that is no scenario.
std::variant<std::vector<Known>, Said> read_known(const std::string& directory,
                                                  std::string_view command);
// The shortest that shows it; null if none does.
const Known* shortest(const std::vector<Known>& known, const properties::Claim& claim);

}  // namespace midstride::cli
