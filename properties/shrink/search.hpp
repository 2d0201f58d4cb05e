// The search for a smaller scenario: the best one so far, and the one place where candidates are
// judged. Passes propose, the search mends, weighs, runs and accepts.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <set>

#include "model/scenario.hpp"
#include "properties/shrink/turns.hpp"
#include "properties/shrink/weight.hpp"
#include "properties/shrinker.hpp"

namespace midstride::properties {

// Whether a candidate's program differs from the best one's, so that the turn counts of its
// decisions have to follow.
enum class Changes : std::uint8_t { program, schedule };

class Search {
 public:
  Search(const model::Scenario& scenario, const Fails& fails, const ShrinkOptions& options);

  const model::Scenario& best() const { return best_; }
  std::uint32_t runs() const { return runs_; }
  std::uint32_t accepted() const { return accepted_; }  // candidates
  // The budget is used up, or the caller said stop: nothing is accepted any more.
  bool stopped() const { return stopped_; }

  // Whether the candidate, mended, is lighter than the best one and fails too: then it is the best
  // one now. With Changes::program it is tried with its decisions' counts mapped, too.
  bool attempt(model::Scenario candidate, Changes changes);

  // Delta debugging over the units of the best scenario: `count` of them, and `without(scenario,
  // begin, end)` takes some out. Halves first, then ever smaller pieces, the last units first.
  template <class Count, class Without>
  void cut_units(Changes changes, Count count, Without without) {
    for (std::size_t piece = count(best_); piece > 0 && !stopped_; piece /= 2) {
      for (std::size_t end = count(best_); end > 0 && !stopped_;) {
        const std::size_t begin = end > piece ? end - piece : 0;
        model::Scenario candidate = best_;
        without(candidate, begin, end);
        attempt(std::move(candidate), changes);
        end = std::min(begin, count(best_));
      }
    }
  }

  // The best scenario as it stands, with names that are shorter.
  bool attempt_renamed(model::Scenario candidate);
  // What the decisions of the best scenario ran, if that can be known.
  void annotate();

 private:
  bool attempt_exactly(model::Scenario& candidate);
  Trial run(const model::Scenario& candidate);
  void accept(model::Scenario& candidate, const Trial& trial);

  const Fails& fails_;
  const ShrinkOptions& options_;
  model::Scenario best_;
  Weight weight_;
  TurnRecord turns_;
  std::set<sim::Digest> tried_;
  std::uint32_t runs_ = 0;
  std::uint32_t accepted_ = 0;
  bool stopped_ = false;
};

}  // namespace midstride::properties
