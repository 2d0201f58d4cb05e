// A name that changed its kind raises half-way through the patching, and nothing is undone.
#include "model/mutants/mutants.hpp"
#include "model/reclamation/policies.hpp"
#include "model/strategies/strategies.hpp"

namespace midstride::model::runtime {

namespace {

const Strategy broken_m16 = [] {
  Strategy strategy = in_place;
  strategy.undo = drop_staging;
  return strategy;
}();

}  // namespace

const Mutant m16{
    .id = "M16",
    .title = "half-batch",
    .base = "model/in-place",
    .step = "undo",
    .bug = "a reload that raises at the k-th name leaves the names before it patched",
    .seen_in = "ipython/ipython#13830",
    .granularity = Granularity::yields,
    .guarantee = "failed-reload",
    .also = {"fresh", "monotone", "reclaimed", "removed-names", "revert"},
    .shapes = {"kind-change"},
    .shape_permille = 116,
    .schedule_permille = 214,
    .runs_median = 13,
    .runs_max = 410,
    .size = 9,
    .size_max = 14,
    .strategy = &broken_m16,
    .reclamation = &reachability,
};

}  // namespace midstride::model::runtime
