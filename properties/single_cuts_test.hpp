// Each single cut of a scenario, made here without the shrinker's passes: what a result that is
// called 1-minimal is checked against.
#pragma once

#include <algorithm>
#include <cstddef>
#include <utility>
#include <vector>

#include "model/scenario.hpp"
#include "properties/shrink/edit.hpp"

namespace midstride::properties {

inline std::vector<model::Scenario> single_cuts(const model::Scenario& whole) {
  std::vector<model::Scenario> result;
  const auto without = [&](auto list, std::size_t count) {
    for (std::size_t at = 0; at < count; ++at) {
      model::Scenario cut_one = whole;
      auto& items = list(cut_one);
      items.erase(items.begin() + static_cast<std::ptrdiff_t>(at));
      result.push_back(cut_one);
    }
  };
  without(
      [](model::Scenario & of) -> auto& { return of.tasks; }, whole.tasks.size());
  without(
      [](model::Scenario & of) -> auto& { return of.modules; }, whole.modules.size());
  without(
      [](model::Scenario & of) -> auto& { return of.channels; }, whole.channels.size());
  without(
      [](model::Scenario & of) -> auto& { return of.reloads; }, whole.reloads.size());
  without(
      [](model::Scenario & of) -> auto& { return of.inspections; }, whole.inspections.size());
  without(
      [](model::Scenario & of) -> auto& { return of.decisions; }, whole.decisions.size());
  for (const Body body : bodies(whole)) {
    if (body.module != Body::task) {
      model::Scenario cut_one = whole;
      auto& versions = cut_one.modules[body.module].versions;
      versions.erase(versions.begin() + body.index);
      result.push_back(cut_one);
    }
    const std::vector<model::Line>& lines = lines_of(whole, body);
    for (std::size_t at = 0; at < lines.size(); ++at) {
      const model::LineKind kind = lines[at].kind;
      if (kind == model::LineKind::end || model::divides_try(kind) || kind == model::LineKind::pass)
        continue;
      const std::size_t last = model::opens_block(kind) ? model::block_end(lines, at) : at;
      model::Scenario cut_one = whole;
      std::vector<model::Line>& rest = lines_of(cut_one, body);
      rest.erase(rest.begin() + static_cast<std::ptrdiff_t>(at),
                 rest.begin() + static_cast<std::ptrdiff_t>(last) + 1);
      result.push_back(cut_one);
    }
  }
  for (std::size_t at = 0; at < whole.decisions.size(); ++at) {
    if (whole.decisions[at].count == 0) continue;
    model::Scenario lower = whole;
    --lower.decisions[at].count;
    result.push_back(lower);
  }
  // Mended, and well formed.
  for (model::Scenario& each : result) mend(each);
  std::erase_if(result, [](const model::Scenario& each) { return problem(each).has_value(); });
  return result;
}

}  // namespace midstride::properties
