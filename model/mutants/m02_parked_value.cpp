// A value that a blocked sender has put on a channel is in nobody's frame any more, and the
// reclaimer forgets to ask the channel: the code of a method that is still under way is freed. In
// Erlang a fun in a message queue was no reason to keep its module.
#include "model/mutants/mutants.hpp"
#include "model/reclamation/policies.hpp"
#include "model/strategies/strategies.hpp"

namespace midstride::model::runtime {

namespace {

const Strategy broken_m02 = [] {
  Strategy strategy = swap;
  strategy.parked = ParkedValues::forgotten;
  return strategy;
}();

}  // namespace

const Mutant m2{
    .id = "M2",
    .title = "parked-value",
    .base = "model/swap",
    .step = "parked",
    .bug = "a value that waits in a blocked sender is no root",
    .seen_in = "Erlang mailing list 2016-06, erlang/otp#6416",
    .granularity = Granularity::yields,
    .guarantee = "no-early-free",
    .also = {"no-use-after-free"},
    .shapes = {"parked-handle"},
    .shape_permille = 150,
    .schedule_permille = 82,
    .runs_median = 86,
    .runs_max = 810,
    .size = 10,
    .size_max = 25,
    .strategy = &broken_m02,
    .reclamation = &reachability,
};

}  // namespace midstride::model::runtime
