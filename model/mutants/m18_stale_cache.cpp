// Methods that were looked up once are remembered by class and name. When a class gets or loses a
// method, what is remembered for that class is forgotten, and what is remembered for the classes
// that are based on it is not.
#include "model/mutants/mutants.hpp"
#include "model/reclamation/policies.hpp"
#include "model/strategies/strategies.hpp"

namespace midstride::model::runtime {

namespace {

const Strategy broken_m18 = [] {
  Strategy strategy = in_place;
  strategy.lookups = LookupRule::remembered;
  return strategy;
}();

}  // namespace

const Mutant m18{
    .id = "M18",
    .title = "stale-cache",
    .base = "model/in-place",
    .step = "look",
    .bug = "a look-up that is remembered outlives a change of a base class",
    .seen_in = "openjdk/jdk PR#1313",
    .granularity = Granularity::yields,
    .guarantee = "fresh",
    .shapes = {"derived"},
    .shape_permille = 145,
    .schedule_permille = 26,
    .runs_median = 153,
    .runs_max = 2700,
    .size = 20,
    .size_max = 21,
    .strategy = &broken_m18,
    .reclamation = &reachability,
};

}  // namespace midstride::model::runtime
