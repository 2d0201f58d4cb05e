#include "cli/known.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <system_error>

#include "cli/files.hpp"
#include "model/names.hpp"
#include "properties/shrinker.hpp"

namespace midstride::cli {

bool Known::shows(const properties::Claim& claim) const {
  const auto& guarantees = scenario.expectation->guarantees;
  const bool says = std::any_of(guarantees.begin(), guarantees.end(), [&](model::NameId name) {
    return scenario.text(name) == claim.guarantee;
  });
  if (!says) return false;
  const properties::Claim* own =
      properties::claim_on(scenario.subject, scenario.granularity, claim.guarantee);
  return own != nullptr && own->subject == claim.subject;
}

std::variant<std::vector<Known>, Said> read_known(const std::string& directory,
                                                  std::string_view command) {
  namespace fs = std::filesystem;
  std::vector<std::string> paths;
  std::error_code error;
  for (fs::directory_iterator at(directory, error), end; !error && at != end; at.increment(error)) {
    if (at->path().extension() == ".scenario") paths.push_back(at->path().string());
  }
  if (error) {
    return wrong(fmt::format("expected a directory of scenarios, found {}: {}",
                             model::in_quotes(directory), error.message()),
                 command);
  }
  std::sort(paths.begin(), paths.end());
  std::vector<Known> known;
  for (const std::string& path : paths) {
    auto read = read_scenario(path, "replay");
    if (auto* said = std::get_if<Said>(&read)) return std::move(*said);
    auto& scenario = std::get<model::Scenario>(read);
    const auto& expectation = scenario.expectation;
    const bool violates = expectation && expectation->verdict == model::VerdictKind::violated;
    if (violates && !scenario.subject.starts_with("mutant/"))
      known.push_back({path, std::move(scenario)});
  }
  return known;
}

const Known* shortest(const std::vector<Known>& known, const properties::Claim& claim) {
  const Known* best = nullptr;
  for (const Known& one : known) {
    const bool shorter =
        best == nullptr || properties::size_of(one.scenario) < properties::size_of(best->scenario);
    if (shorter && one.shows(claim)) best = &one;
  }
  return best;
}

}  // namespace midstride::cli
