// The reload looks whether anybody is inside, and changes the code one step later. In between a
// tasklet enters.
#include "model/mutants/mutants.hpp"
#include "model/reclamation/policies.hpp"
#include "model/strategies/strategies.hpp"

namespace midstride::model::runtime {

namespace {

bool look_then_patch(Reloading& reloading) {
  if (reloading.joins) return true;
  for (bool done = false; !done;) {
    reloading.step_begins(Step::scan);
    done = nobody_is_inside(reloading);
    reloading.step_ends(Step::scan);
    if (!done) wait_for_frames(reloading);
  }
  reloading.step_begins(Step::swap);
  for (Reloading& one : reloading.batch) patch_at_once(one);
  reloading.step_ends(Step::swap);
  return true;
}

const Strategy broken_m13 = [] {
  Strategy strategy = safe_point;
  strategy.install = look_then_patch;
  return strategy;
}();

}  // namespace

const Mutant m13{
    .id = "M13",
    .title = "scan-then-commit",
    .base = "model/safe-point",
    .step = "install",
    .bug = "a tasklet enters the module between the look and the change",
    .seen_in = "dynup/kpatch#138",
    .granularity = Granularity::ops,
    .guarantee = "version-consistent",
    .also = {"super"},
    .schedule_permille = 2,
    .runs_median = 425,
    .runs_max = 6100,
    .size = 15,
    .size_max = 30,
    .strategy = &broken_m13,
    .reclamation = &reachability,
};

}  // namespace midstride::model::runtime
