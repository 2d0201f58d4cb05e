// Nobody waits: the body of one reload blocks, a second reload of the same module commits, and the
// first one then swaps its older version in.
#include "model/mutants/mutants.hpp"
#include "model/reclamation/policies.hpp"
#include "model/strategies/strategies.hpp"

namespace midstride::model::runtime {

namespace {

const Strategy broken_m03 = [] {
  Strategy strategy = swap;
  strategy.admit = nullptr;
  return strategy;
}();

}  // namespace

const Mutant m3{
    .id = "M3",
    .title = "overlapping-reloads",
    .base = "model/swap",
    .step = "admit",
    .bug = "a second reload of the same module does not wait for the first",
    .seen_in = "phoenixframework/phoenix#597, ddovod/jet-live#47",
    .granularity = Granularity::yields,
    .guarantee = "serial",
    .also = {"monotone"},
    .shapes = {"body-suspends"},
    .shape_permille = 118,
    .schedule_permille = 392,
    .runs_median = 8,
    .runs_max = 220,
    .size = 7,
    .size_max = 8,
    .strategy = &broken_m03,
    .reclamation = &reachability,
};

}  // namespace midstride::model::runtime
