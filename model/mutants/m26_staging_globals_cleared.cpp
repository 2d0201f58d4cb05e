// When the work is done, the staging namespace is tidied up; but it is the live one by now, and
// functions find their globals gone.
#include "model/mutants/mutants.hpp"
#include "model/reclamation/policies.hpp"
#include "model/strategies/strategies.hpp"

namespace midstride::model::runtime {

namespace {

bool swap_and_clear(Reloading& reloading) {
  Runtime& runtime = reloading.runtime;
  swap_pointer(reloading);
  reloading.step_begins(Step::swap);
  for (std::uint32_t slot = 0; slot < runtime.namespaces[reloading.staging].count; ++slot) {
    if (runtime.binding(reloading.staging, slot).value != Value::absent())
      runtime.store(reloading.staging, slot, {});
  }
  reloading.step_ends(Step::swap);
  return true;
}

const Strategy broken_m26 = [] {
  Strategy strategy = swap;
  strategy.install = swap_and_clear;
  return strategy;
}();

}  // namespace

const Mutant m26{
    .id = "M26",
    .title = "staging-globals-cleared",
    .base = "model/swap",
    .step = "install",
    .bug = "the staging namespace is cleared after it has become the live one",
    .seen_in = "livecoding commit d5e8398",
    .granularity = Granularity::yields,
    .guarantee = "fresh",
    .also = {"isolation", "revert"},
    .schedule_permille = 406,
    .runs_median = 2,
    .runs_max = 25,
    .size = 8,
    .size_max = 13,
    .strategy = &broken_m26,
    .reclamation = &reachability,
};

}  // namespace midstride::model::runtime
