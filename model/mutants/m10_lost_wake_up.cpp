// The reload looks whether frames are left, then signs up to be woken by the last of them. In
// between the last one ends, and nobody wakes the reload ever.
#include "model/mutants/mutants.hpp"
#include "model/reclamation/policies.hpp"
#include "model/strategies/strategies.hpp"

namespace midstride::model::runtime {

namespace {

bool look_then_sign_up(Reloading& reloading) {
  if (reloading.joins) return true;
  for (;;) {
    reloading.step_begins(Step::scan);
    const bool done = nobody_is_inside(reloading);
    for (Reloading& one : reloading.batch) {
      if (done) patch_at_once(one);
    }
    reloading.step_ends(Step::scan);
    if (done) return true;
    reloading.step_begins(Step::scan);
    reloading.step_ends(Step::scan);
    wait_for_frames(reloading);
  }
}

const Strategy broken_m10 = [] {
  Strategy strategy = safe_point;
  strategy.install = look_then_sign_up;
  return strategy;
}();

}  // namespace

const Mutant m10{
    .id = "M10",
    .title = "lost-wake-up",
    .base = "model/safe-point",
    .step = "install",
    .bug = "the last frame ends after the look and before the reload has signed up to be woken",
    .seen_in = "erlang/otp#8300, dynup/kpatch#982",
    .granularity = Granularity::ops,
    .guarantee = "progress",
    .schedule_permille = 40,
    .runs_median = 16,
    .runs_max = 250,
    .size = 9,
    .size_max = 16,
    .strategy = &broken_m10,
    .reclamation = &reachability,
};

}  // namespace midstride::model::runtime
