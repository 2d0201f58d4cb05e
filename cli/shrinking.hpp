// The guard under which this program shrinks: the same guarantee, broken by the same bug, with the
// same standing, so that a violation of a promise never turns into one that was to be expected.
#pragma once

#include <cstdint>

#include "model/scenario.hpp"
#include "model/subject.hpp"
#include "properties/campaign.hpp"
#include "properties/judge.hpp"
#include "properties/shrinker.hpp"

namespace midstride::cli {

struct Bug {
  std::uint32_t guarantee = 0;  // index into guarantees()
  std::uint32_t bug = 0;        // Violation::bug
  properties::Standing standing = properties::Standing::unclaimed;
  bool operator==(const Bug&) const = default;
};
// The scenario's run, judged by that judge last, shows it.
bool shows(const Bug& bug, const model::Outcome& outcome, const model::Run& run);

// The result expects the verdict that it has. The scenario, whose subject is the given one, must
// show the bug.
properties::Shrunk shrink_keeping(const Bug& bug, const model::Scenario& scenario,
                                  model::Subject& subject, properties::Judge& judge,
                                  const properties::ShrinkOptions& options);

}  // namespace midstride::cli
