// Which bug a violation is, and the guard under which everybody shrinks: the same guarantee, broken
// by the same bug, with the same standing. So shrinking never slides from one bug to another, and a
// violation of a promise never turns into one that was to be expected.
#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include "properties/claims.hpp"
#include "properties/judge.hpp"
#include "properties/shrinker.hpp"

namespace midstride::properties {

struct Bug {
  std::uint32_t guarantee = 0;  // index into guarantees()
  std::uint32_t bug = 0;        // Violation::bug
  Standing standing = Standing::unclaimed;
  bool operator==(const Bug&) const = default;
};
Bug bug_of(const model::Found& found, const model::Run& run);
// Whether a run and its outcome show it, or all of them.
bool shows(const Bug& bug, const model::Outcome& outcome, const model::Run& run);
bool shows(const std::vector<Bug>& bugs, const model::Outcome& outcome, const model::Run& run);

// The guard, over one run or two, as the guarantees need: all bugs are shown.
class SameBug {
 public:
  // Judge and subject must outlive the guard.
  SameBug(std::vector<Bug> bugs, model::Subject& subject, Judge& judge)
      : bugs_(std::move(bugs)), subject_(&subject), judge_(&judge) {}
  SameBug(const Bug& bug, model::Subject& subject, Judge& judge)
      : SameBug(std::vector<Bug>{bug}, subject, judge) {}
  Trial operator()(const model::Scenario& candidate) const;

 private:
  std::vector<Bug> bugs_;
  model::Subject* subject_;
  Judge* judge_;
};

// The scenario, whose subject is the given one, must show the bugs. The result expects the verdict
// that it has.
Shrunk shrink_keeping(const std::vector<Bug>& bugs, const model::Scenario& scenario,
                      model::Subject& subject, Judge& judge, const ShrinkOptions& options = {});

}  // namespace midstride::properties
