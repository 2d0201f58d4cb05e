// A frame of the module asks for the reload of that module; the reloader, still under it, replaces
// the code block in which that frame will go on.
#include "model/mutants/mutants.hpp"
#include "model/reclamation/policies.hpp"
#include "model/strategies/strategies.hpp"

namespace midstride::model::runtime {

namespace {

void replace(Runtime& runtime, std::uint32_t attempt, Frame& frame) {
  const Program& program = runtime.program();
  const FunctionCode& running = program.functions[frame.function];
  for (std::uint32_t code = runtime.loads[attempt].codes_begin;
       code < runtime.loads[attempt].codes_end; ++code) {
    const FunctionCode& fresh = program.functions[runtime.heap.codes[code].function];
    const bool same_name = running.name == fresh.name && running.class_name == fresh.class_name;
    if (same_name && put_under(runtime, frame, code)) return;
  }
}

bool patch_and_replace_requester(Reloading& reloading) {
  if (!patch_in_place(reloading)) return false;
  Runtime& runtime = reloading.runtime;
  const std::uint32_t requester = reloading.run.tables().attempts[reloading.attempt].requester;
  Stack* const stack = requester == no_task ? nullptr : runtime.stack_of(sim::TaskId{requester});
  if (stack == nullptr || stack->frames.empty()) return true;
  Frame& frame = stack->frames.back();
  const FunctionCode& function = runtime.program().functions[frame.function];
  const bool of_module =
      function.module == reloading.module && function.kind != FunctionCode::Kind::body;
  if (of_module) replace(runtime, reloading.attempt, frame);
  return true;
}

const Strategy broken_m25 = [] {
  Strategy strategy = in_place;
  strategy.install = patch_and_replace_requester;
  return strategy;
}();

}  // namespace

const Mutant m25{
    .id = "M25",
    .title = "self-reload",
    .base = "model/in-place",
    .step = "install",
    .bug = "a frame that asked for the reload of its own module goes on in the new code",
    .seen_in = "phoenixframework/phoenix#1850",
    .granularity = Granularity::yields,
    .guarantee = "activation",
    .shapes = {"self-reload"},
    .shape_permille = 159,
    .schedule_permille = 807,
    .runs_median = 6,
    .runs_max = 78,
    .size = 8,
    .size_max = 10,
    .strategy = &broken_m25,
    .reclamation = &reachability,
};

}  // namespace midstride::model::runtime
