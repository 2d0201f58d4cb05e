// The purger looks at one tasklet per step. Between two steps a channel carries the last method of
// the old version from a tasklet that it has not looked at yet to one that it has, and the code is
// freed under it. In Erlang a fun went from process to process while check_process_code went round.
#include "model/mutants/mutants.hpp"
#include "model/reclamation/policies.hpp"
#include "model/strategies/strategies.hpp"

namespace midstride::model::runtime {

namespace {

// It trusts its look and frees at once.
void free_at_once(Reloading& reloading, std::uint32_t load) {
  Runtime& runtime = reloading.runtime;
  give_up(reloading, load);
  for (std::uint32_t code = runtime.loads[load].codes_begin; code < runtime.loads[load].codes_end;
       ++code) {
    runtime.free_code(code);
  }
  runtime.settle();
}

bool look_at_one_per_step(Reloading& reloading) {
  Runtime& runtime = reloading.runtime;
  const ModuleState& module = runtime.modules[reloading.module];
  while (queue_behind_others(reloading)) {
    const std::uint32_t oldest = module.previous;
    if (oldest == no_load || runtime.loads[oldest].retired_by != no_load) return true;
    bool used = used_by_nobodys(runtime, oldest);
    for (std::uint32_t task = reloading.run.scheduler().task_count(); task-- > 0;) {
      reloading.step_begins(Step::scan);
      used |= uses(runtime, sim::TaskId{task}, oldest);
      reloading.step_ends(Step::scan);
    }
    if (!module.open.empty() || module.previous != oldest) continue;
    if (used) {
      reloading.why = RejectWhy::old_code;
      return false;
    }
    free_at_once(reloading, oldest);
  }
  return false;
}

const Strategy broken_m01 = [] {
  Strategy strategy = purge_soft;
  strategy.admit = look_at_one_per_step;
  return strategy;
}();

}  // namespace

const Mutant m1{
    .id = "M1",
    .title = "scan-then-move",
    .base = "model/purge-soft",
    .step = "admit",
    .bug =
        "looks at one tasklet per step, and frees what a channel carried to one that it had looked "
        "at",
    .seen_in = "Erlang mailing list 2016-06, erlang/otp#6416",
    .granularity = Granularity::ops,
    .guarantee = "no-early-free",
    .also = {"no-use-after-free"},
    .schedule_permille = 0,
    .runs_median = 29594,
    .runs_max = 500000,
    .size = 17,
    .size_max = 24,
    .strategy = &broken_m01,
    .reclamation = &reachability,
};

}  // namespace midstride::model::runtime
