// The undo log is keyed by name and is not cleared at commit. The first reload commits; the second
// changes the same name, fails, and puts back what was there before the first.
#include "model/mutants/mutants.hpp"
#include "model/reclamation/policies.hpp"
#include "model/strategies/strategies.hpp"

namespace midstride::model::runtime {

namespace {

const Strategy broken_m14 = [] {
  Strategy strategy = in_place;
  strategy.settle = drop_staging;
  return strategy;
}();

}  // namespace

const Mutant m14{
    .id = "M14",
    .title = "rollback-wrong-generation",
    .base = "model/in-place",
    .step = "settle",
    .bug = "the undo log of a committed reload is used to roll back the next one",
    .seen_in = "ART commit bb6c1d5, changelog of fungos/cr",
    .granularity = Granularity::yields,
    .guarantee = "failed-reload",
    .also = {"fresh", "monotone", "reclaimed", "removed-names"},
    .shapes = {"body-raises", "kind-change"},
    .shape_permille = 175,
    .schedule_permille = 102,
    .runs_median = 60,
    .runs_max = 570,
    .size = 11,
    .size_max = 12,
    .strategy = &broken_m14,
    .reclamation = &reachability,
};

}  // namespace midstride::model::runtime
