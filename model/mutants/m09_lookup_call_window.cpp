// Between looking a function up and calling it, the reload replaces its code. The call enters the
// old code but checks the arguments against the new signature.
#include "model/mutants/mutants.hpp"
#include "model/reclamation/policies.hpp"
#include "model/strategies/strategies.hpp"

namespace midstride::model::runtime {

namespace {

const Strategy broken_m09 = [] {
  Strategy strategy = in_place;
  strategy.calls = CallRule::code_of_look_up;
  return strategy;
}();

}  // namespace

const Mutant m9{
    .id = "M9",
    .title = "lookup-call-window",
    .base = "model/in-place",
    .step = "call",
    .bug =
        "a call enters the code of the look-up and checks the parameters of the code at the entry",
    .seen_in = "openjdk/jdk PR#1717, dart-lang/sdk#59671",
    .granularity = Granularity::ops,
    .guarantee = "whole-call",
    .also = {"reclaimed"},
    .schedule_permille = 75,
    .runs_median = 9,
    .runs_max = 140,
    .size = 9,
    .size_max = 17,
    .strategy = &broken_m09,
    .reclamation = &reachability,
};

}  // namespace midstride::model::runtime
