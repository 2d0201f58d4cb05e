// A class that is kept gets the base that the new text gave it as it stands there: the class of the
// staging namespace, and not the one that goes on under its name.
#include "model/mutants/mutants.hpp"
#include "model/reclamation/policies.hpp"
#include "model/strategies/strategies.hpp"

namespace midstride::model::runtime {

namespace {

bool patch_with_staged_bases(Reloading& reloading) {
  return patch_in_place(reloading, Bases::as_staged);
}

const Strategy broken_m33 = [] {
  Strategy strategy = in_place;
  strategy.install = patch_with_staged_bases;
  return strategy;
}();

}  // namespace

const Mutant m33{
    .id = "M33",
    .title = "base-not-rewritten",
    .base = "model/in-place",
    .step = "install",
    .bug = "classes are based on the classes of the staging namespace",
    .seen_in = "hoh/reloadr#9",
    .granularity = Granularity::yields,
    .guarantee = "dependants",
    .also = {"identity", "no-op", "revert"},
    .shapes = {"derived"},
    .shape_permille = 145,
    .schedule_permille = 738,
    .runs_median = 5,
    .runs_max = 94,
    .size = 7,
    .size_max = 8,
    .strategy = &broken_m33,
    .reclamation = &reachability,
};

}  // namespace midstride::model::runtime
