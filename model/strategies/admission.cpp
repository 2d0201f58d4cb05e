// How strategies that do not overlap on one module keep attempts apart.
#include "model/strategies/strategies.hpp"

namespace midstride::model::runtime {

namespace {

// Whether the request comes, through however many bodies, from a body of that module: waiting for
// it would be for ever.
bool asked_by_own_body(const Reloading& reloading) {
  const ModuleState& module = reloading.runtime.modules[reloading.module];
  std::uint32_t attempt = reloading.run.asked_by(reloading.attempt);
  for (; attempt != Run::no_attempt; attempt = reloading.run.asked_by(attempt)) {
    if (reloading.runtime.is_open(module, attempt)) return true;
  }
  return false;
}

// Whether the frames that wait for it, through however many attempts, include one of the module.
bool asked_from_inside(const Reloading& reloading) {
  Runtime& runtime = reloading.runtime;
  for (std::uint32_t attempt = reloading.attempt; attempt != Run::no_attempt;
       attempt = reloading.run.asked_by(attempt)) {
    const std::uint32_t requester = reloading.run.tables().attempts[attempt].requester;
    const Stack* const stack =
        requester == no_task ? nullptr : runtime.stack_of(sim::TaskId{requester});
    if (stack == nullptr) continue;
    for (const Reloading& one : reloading.batch) {
      if (runtime.runs_code_of(*stack, one.module)) return true;
    }
  }
  return false;
}

}  // namespace

bool queue_behind_others(Reloading& reloading) {
  if (asked_by_own_body(reloading)) return false;
  const ModuleState& module = reloading.runtime.modules[reloading.module];
  while (!module.open.empty()) reloading.run.wait_for(reloading.attempt, module.open.front());
  return true;
}

bool queue_from_outside(Reloading& reloading) {
  if (asked_from_inside(reloading)) {
    reloading.why = RejectWhy::own_frame;
    return false;
  }
  return queue_behind_others(reloading);
}

void wait_for_frames(Reloading& reloading) {
  std::vector<ModuleState>& modules = reloading.runtime.modules;
  for (const Reloading& one : reloading.batch) modules[one.module].waiting = one.attempt;
  reloading.run.wait_for(reloading.attempt, reloading.attempt);
  for (const Reloading& one : reloading.batch) modules[one.module].waiting = no_load;
}

void wake_waiting(Runtime& runtime, std::uint32_t module) {
  const std::uint32_t attempt = runtime.modules[module].waiting;
  if (attempt != no_load) runtime.run().wake(attempt);
}

}  // namespace midstride::model::runtime
