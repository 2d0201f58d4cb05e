// The purge kills with an error that the victim can catch, counts it as gone and frees its code. A
// finally of the victim then goes on in what was freed.
#include "model/mutants/mutants.hpp"
#include "model/reclamation/policies.hpp"
#include "model/strategies/strategies.hpp"

namespace midstride::model::runtime {

namespace {

void kill_and_free(Reloading& reloading, std::uint32_t load) {
  Runtime& runtime = reloading.runtime;
  for (std::uint32_t task = 0; task < reloading.run.scheduler().task_count(); ++task) {
    const bool tasklet = reloading.run.tables().tasks[task].name.valid();
    if (tasklet && uses(runtime, sim::TaskId{task}, load)) reloading.run.kill(sim::TaskId{task});
  }
  give_up(reloading, load);
  for (std::uint32_t code = runtime.loads[load].codes_begin; code < runtime.loads[load].codes_end;
       ++code) {
    runtime.free_code(code);
  }
}

bool kill_those_who_can_catch_it(Reloading& reloading) {
  Runtime& runtime = reloading.runtime;
  const ModuleState& module = runtime.modules[reloading.module];
  while (queue_behind_others(reloading)) {
    const std::uint32_t oldest = module.previous;
    if (oldest == no_load || runtime.loads[oldest].retired_by != no_load) return true;
    reloading.step_begins(Step::scan);
    if (module.open.empty() && module.previous == oldest) kill_and_free(reloading, oldest);
    reloading.step_ends(Step::scan);
    runtime.settle();
  }
  return false;
}

const Strategy broken_m06 = [] {
  Strategy strategy = purge;
  strategy.admit = kill_those_who_can_catch_it;
  return strategy;
}();

}  // namespace

const Mutant m6{
    .id = "M6",
    .title = "killed-but-unwinding",
    .base = "model/purge",
    .step = "admit",
    .bug = "kills by an error that can be caught, and frees the code in which the victim unwinds",
    .seen_in = "the kill rules of Stackless together with the purge of Erlang",
    .granularity = Granularity::yields,
    .guarantee = "no-use-after-free",
    .also = {"no-early-free"},
    .shapes = {"sleeper", "rescue"},
    .shape_permille = 373,
    .schedule_permille = 3,
    .runs_median = 421,
    .runs_max = 9100,
    .size = 14,
    .size_max = 17,
    .strategy = &broken_m06,
    .reclamation = &reachability,
};

}  // namespace midstride::model::runtime
