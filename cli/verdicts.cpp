#include "cli/verdicts.hpp"

#include <algorithm>
#include <vector>

#include "properties/guarantees.hpp"

namespace midstride::cli {

using model::Found;
using model::VerdictKind;
using properties::Standing;

std::string_view name_of(const Found& found) {
  return properties::guarantees()[found.guarantee].name;
}

std::string describe(const model::Verdict& verdict) {
  std::string text(model::name_of(verdict.kind));
  for (std::size_t at = 0; at < verdict.found.size(); ++at)
    text += (at == 0 ? " " : ", ") + std::string(name_of(verdict.found[at]));
  if (!verdict.why.empty()) text += ": " + verdict.why;
  return text;
}

std::string describe(const model::Expectation& expectation, const model::Scenario& scenario) {
  std::string text(model::name_of(expectation.verdict));
  for (std::size_t at = 0; at < expectation.guarantees.size(); ++at)
    text += (at == 0 ? " " : ", ") + std::string(scenario.text(expectation.guarantees[at]));
  return text;
}

bool meets(const model::Verdict& verdict, const model::Expectation& expectation,
           const model::Scenario& scenario) {
  std::vector<std::string_view> expected, found;
  for (const model::NameId name : expectation.guarantees) expected.push_back(scenario.text(name));
  for (const Found& one : verdict.found) found.push_back(name_of(one));
  std::sort(expected.begin(), expected.end());
  std::sort(found.begin(), found.end());
  return verdict.kind == expectation.verdict && expected == found;
}

std::string_view words_of(Standing standing) {
  switch (standing) {
    case Standing::unclaimed: return "violated; nobody promised anything";
    case Standing::expected: return "violated as expected: given up by design";
    case Standing::failure: return "VIOLATED though promised";
  }
  return {};
}

bool is_nondeterministic(const model::Verdict& verdict) {
  return std::any_of(verdict.found.begin(), verdict.found.end(),
                     [](const Found& found) { return name_of(found) == "deterministic"; });
}

}  // namespace midstride::cli
