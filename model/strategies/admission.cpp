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

}  // namespace

bool queue_behind_others(Reloading& reloading) {
  if (asked_by_own_body(reloading)) return false;
  const ModuleState& module = reloading.runtime.modules[reloading.module];
  while (!module.open.empty()) reloading.run.wait_for(reloading.attempt, module.open.front());
  return true;
}

}  // namespace midstride::model::runtime
