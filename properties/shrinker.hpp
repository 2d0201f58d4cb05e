// The one shrinker: from a scenario that fails to a smaller one that fails in the same way.
// Program, reloads, inspections and decisions shrink together, by the passes of shrink/passes.hpp
// in turn, until a whole round of them finds nothing: then the scenario is 1-minimal, which means
// that no single deletion, simplification or removal of a preemption that the passes know still
// fails.
//
// Every accepted step makes the scenario lighter by a measure that cannot fall for ever
// (shrink/weight.hpp), and a candidate that was tried is not tried again. Nothing is drawn: the
// same input gives the same result.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>

#include "model/run.hpp"
#include "model/scenario.hpp"

namespace midstride::properties {

// What came of running a candidate. With `run` and `outcome`, valid until the next candidate runs,
// turn counts are mapped when a statement goes, and the result's decisions say what they ran;
// without them they are not.
struct Trial {
  Trial(bool same_bug) : fails(same_bug) {}  // NOLINT: a predicate may simply say yes or no
  Trial(bool same_bug, const model::Run& made, const model::Outcome& came)
      : fails(same_bug), run(&made), outcome(&came) {}

  bool fails = false;  // the same way
  const model::Run* run = nullptr;
  const model::Outcome* outcome = nullptr;
};
// Must give the same answer for the same scenario. The one for a bug that was found is SameBug
// (same_bug.hpp).
using Fails = std::function<Trial(const model::Scenario&)>;

struct ShrinkProgress {
  std::uint32_t runs = 0;
  std::size_t size = 0;  // of the smallest so far
};
struct ShrinkOptions {
  std::uint32_t runs_max = 20'000;
  // Called after every `progress_every` runs; false ends it there.
  std::function<bool(const ShrinkProgress&)> progress = nullptr;
  std::uint32_t progress_every = 100;
};
struct Shrunk {
  model::Scenario scenario;  // well formed, in normal form; fails
  std::uint32_t runs = 0;
  bool one_minimal =
      false;  // false: the budget or the caller ended it before a round found nothing
};

// The scenario must be well formed and fail; explicit_decisions (model/run.hpp) makes one whose
// schedule can shrink. Its story and expectation are kept.
Shrunk shrink(const model::Scenario& scenario, const Fails& fails,
              const ShrinkOptions& options = {});

// How large a scenario is for its reader: the lines of its text from the first module on, apart
// from `do` and `then`. A module, a version, a channel, a task, a reload, an inspection, each line
// of code and each decision is one (a task's only line stands beside its name and still counts).
std::size_t size_of(const model::Scenario& scenario);

}  // namespace midstride::properties
