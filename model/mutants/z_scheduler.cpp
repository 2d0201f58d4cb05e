// The scheduler with one rule broken: sim::Planted says what each does. In some of them Debian's
// PyPy module differs from Stackless itself. What generated scenarios do not have (main, a block
// trap, closing a channel) shows in random programs over sim's C++ interface.
#include "model/mutants/mutants.hpp"
#include "model/reclamation/policies.hpp"
#include "model/strategies/strategies.hpp"

namespace midstride::model::runtime {

namespace {

constexpr std::string_view in_pypy = "the stackless module of Debian's pypy3";
constexpr std::string_view by_hand = "schedulers written by hand";

Mutant of_scheduler(std::string_view id, std::string_view title, std::string_view rule,
                    std::string_view bug, sim::Planted planted) {
  return {.id = id,
          .title = title,
          .base = "model/swap",
          .step = rule,
          .bug = bug,
          .seen_in = in_pypy,
          .granularity = Granularity::yields,
          .guarantee = "channel-rules",
          .runs_max = 0,
          .size_max = 0,
          .strategy = &swap,
          .reclamation = &reachability,
          .planted = planted};
}

// What scenarios measure: properties/laws_mutants_test.cpp.
struct Measured {
  std::array<std::string_view, 3> shapes{};
  std::uint32_t shape_permille = 1000;
  std::uint32_t schedule_permille, runs_median, runs_max, size, size_max;
};
void put(Mutant& mutant, const Measured& measured) {
  mutant.shapes = measured.shapes;
  mutant.shape_permille = measured.shape_permille;
  mutant.schedule_permille = measured.schedule_permille;
  mutant.runs_median = measured.runs_median;
  mutant.runs_max = measured.runs_max;
  mutant.size = measured.size;
  mutant.size_max = measured.size_max;
}

}  // namespace

const Mutant z1 = [] {
  Mutant mutant = of_scheduler(
      "Z1", "no-undo-on-deadlock", "D3",
      "who tried to receive when nobody else could run gets the error and stays in the queue",
      sim::Planted::no_undo_on_deadlock);
  mutant.programs_max = 1000;
  return mutant;
}();

const Mutant z2 = [] {
  Mutant mutant = of_scheduler("Z2", "killed-waiter-queued", "K2",
                               "a tasklet that is killed while it receives stays in its queue",
                               sim::Planted::killed_waiter_queued);
  put(mutant, {.shapes = {"killed"},
               .shape_permille = 63,
               .schedule_permille = 186,
               .runs_median = 48,
               .runs_max = 860,
               .size = 11,
               .size_max = 18});
  mutant.also = {"reclaimed"};
  mutant.programs_max = 1000;
  return mutant;
}();

const Mutant z3 = [] {
  Mutant mutant =
      of_scheduler("Z3", "duplicate-insert", "S3, K2", "who is in the ring already joins it again",
                   sim::Planted::duplicate_insert);
  put(mutant, {.shapes = {"killed", "spawned"},
               .shape_permille = 134,
               .schedule_permille = 105,
               .runs_median = 63,
               .runs_max = 710,
               .size = 8,
               .size_max = 23});
  mutant.programs_max = 1000;
  return mutant;
}();

const Mutant z4 = [] {
  Mutant mutant = of_scheduler("Z4", "block-trap-ignored", "C4",
                               "a tasklet that does not like to be blocked is blocked",
                               sim::Planted::block_trap_ignored);
  mutant.programs_max = 1000;
  return mutant;
}();

const Mutant z5 = [] {
  Mutant mutant = of_scheduler("Z5", "close-ignored", "C4", "a tasklet waits on a closing channel",
                               sim::Planted::close_ignored);
  mutant.programs_max = 1000;
  return mutant;
}();

const Mutant z6 = [] {
  Mutant mutant = of_scheduler("Z6", "last-come-first-served", "C3",
                               "the tail of the queue is served, not its head",
                               sim::Planted::last_come_first_served);
  mutant.seen_in = by_hand;
  put(mutant, {.shapes = {},
               .shape_permille = 1000,
               .schedule_permille = 131,
               .runs_median = 5,
               .runs_max = 77,
               .size = 12,
               .size_max = 19});
  mutant.programs_max = 1000;
  return mutant;
}();

const Mutant z7 = [] {
  Mutant mutant = of_scheduler("Z7", "preference-swapped", "C3",
                               "a send prefers the sender with -1, a receive the receiver with 1",
                               sim::Planted::preference_swapped);
  mutant.seen_in = by_hand;
  put(mutant, {.shapes = {},
               .shape_permille = 1000,
               .schedule_permille = 733,
               .runs_median = 1,
               .runs_max = 14,
               .size = 9,
               .size_max = 12});
  mutant.policy = "stackless";
  mutant.programs_max = 1000;
  return mutant;
}();

const Mutant z8 = [] {
  Mutant mutant = of_scheduler("Z8", "told-too-late", "C2",
                               "the channel callback comes when the balance has changed",
                               sim::Planted::told_too_late);
  mutant.seen_in = by_hand;
  put(mutant, {.shapes = {},
               .shape_permille = 1000,
               .schedule_permille = 844,
               .runs_median = 1,
               .runs_max = 12,
               .size = 7,
               .size_max = 8});
  mutant.programs_max = 1000;
  return mutant;
}();

const Mutant z9 = [] {
  Mutant mutant = of_scheduler(
      "Z9", "uncaught-drops-the-ring", "S9",
      "an exception that nobody caught takes the other runnable tasklets out of the ring",
      sim::Planted::uncaught_drops_the_ring);
  mutant.also = {"reclaimed", "revert"};
  put(mutant, {.shapes = {},
               .shape_permille = 1000,
               .schedule_permille = 89,
               .runs_median = 4,
               .runs_max = 120,
               .size = 7,
               .size_max = 9});
  mutant.programs_max = 1000;
  return mutant;
}();

const Mutant z10 = [] {
  Mutant mutant = of_scheduler("Z10", "caught-kill-counts-as-dead", "K4",
                               "a tasklet that has caught a kill is taken for dead",
                               sim::Planted::caught_kill_counts_as_dead);
  mutant.granularity = Granularity::ops;
  put(mutant, {.shapes = {"killed"},
               .shape_permille = 63,
               .schedule_permille = 34,
               .runs_median = 389,
               .runs_max = 4700,
               .size = 15,
               .size_max = 31});
  mutant.programs_max = 20000;
  return mutant;
}();

}  // namespace midstride::model::runtime
