#include "properties/shrink/search.hpp"

#include <utility>

#include "properties/shrink/edit.hpp"
#include "sim/check.hpp"

namespace midstride::properties {

namespace {

// One from each reload that runs a number of steps. False if there is none.
bool take_steps(std::vector<model::Decision>& decisions) {
  bool any = false;
  for (model::Decision& decision : decisions) {
    if (decision.kind != model::Decision::Kind::reload || decision.count < 2) continue;
    --decision.count;
    any = true;
  }
  return any;
}

}  // namespace

Search::Search(const model::Scenario& scenario, const Fails& fails, const ShrinkOptions& options)
    : fails_(fails), options_(options), best_(scenario) {
  // What was recorded is stale after the first cut; annotate() records it anew.
  for (model::Decision& decision : best_.decisions)
    decision.ran_op = decision.ran_object = model::NameId::none();
  weight_ = weigh(best_);
  const Trial trial = run(best_);
  MIDSTRIDE_CHECK(trial.fails, "a scenario that fails, to shrink it");
  if (trial.outcome != nullptr) turns_.record(*trial.run, *trial.outcome);
}

Trial Search::run(const model::Scenario& candidate) {
  ++runs_;
  if (options_.progress && runs_ % options_.progress_every == 0)
    stopped_ = !options_.progress({runs_, weight_.size});
  if (runs_ >= options_.runs_max) stopped_ = true;
  return fails_(candidate);
}

void Search::accept(model::Scenario& candidate, const Trial& trial) {
  ++accepted_;
  // While the run's scenario is still there.
  if (trial.outcome != nullptr) turns_.record(*trial.run, *trial.outcome);
  weight_ = weigh(candidate);
  best_ = std::move(candidate);
}

bool Search::attempt_exactly(model::Scenario& candidate) {
  if (stopped_) return false;
  mend(candidate);
  if (weigh(candidate) >= weight_) return false;
  if (!tried_.insert(fingerprint(candidate)).second) return false;
  if (model::problem(candidate)) return false;
  const Trial trial = run(candidate);
  if (!trial.fails) return false;
  accept(candidate, trial);
  return true;
}

bool Search::attempt(model::Scenario candidate, Changes changes) {
  if (changes == Changes::schedule) return attempt_exactly(candidate);
  mend(candidate);
  const bool hopeless = stopped_ || weigh(candidate) >= weight_ ||
                        tried_.contains(fingerprint(candidate)) || model::problem(candidate);
  if (hopeless) return false;
  model::Scenario mapped = candidate;
  mapped.decisions = best_.decisions;
  const bool maps = turns_.map(candidate, mapped.decisions);
  if (maps && attempt_exactly(mapped)) return true;
  if (attempt_exactly(candidate)) return true;
  // The machinery takes fewer steps when there are fewer names. How many fewer is its own business:
  // two guesses.
  for (std::uint32_t fewer = 1; fewer <= 2; ++fewer) {
    if (!take_steps(mapped.decisions)) return false;
    model::Scenario guess = mapped;
    if (attempt_exactly(guess)) return true;
  }
  return false;
}

bool Search::attempt_renamed(model::Scenario candidate) {
  if (stopped_ || weigh(candidate) >= weight_ || model::problem(candidate)) return false;
  const Trial trial = run(candidate);
  if (trial.fails) accept(candidate, trial);
  return trial.fails;
}

void Search::annotate() {
  const Trial trial = fails_(best_);
  ++runs_;
  if (trial.outcome == nullptr) return;
  for (std::size_t at = 0; at < best_.decisions.size() && at < trial.outcome->taken.size(); ++at) {
    const model::Taken& taken = trial.outcome->taken[at];
    if (taken.turns == 0) continue;
    best_.decisions[at].ran_op = best_.intern(name_of_last(taken));
    best_.decisions[at].ran_object = taken.object;
  }
}

}  // namespace midstride::properties
