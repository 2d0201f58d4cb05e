// A frame keeps the number of a slot instead of the code in it. Two reloads later the slot is given
// to new code, and the frame goes on in that.
#include "model/mutants/mutants.hpp"
#include "model/reclamation/policies.hpp"
#include "model/strategies/strategies.hpp"

namespace midstride::model::runtime {

namespace {

bool reuse_slots(Reloading& reloading) {
  Runtime& runtime = reloading.runtime;
  const std::uint32_t replaced = runtime.modules[reloading.module].load;
  if (!handle.install(reloading)) return false;
  const Load fresh = runtime.loads[reloading.attempt];
  for (const auto& stack : runtime.stacks()) {
    for (Frame& frame : stack->frames) {
      const CodeRow& code = reloading.run.tables().codes[frame.code];
      const bool reused = code.module == reloading.module && code.load != replaced &&
                          code.load != reloading.attempt;
      if (!reused) continue;
      const std::uint32_t slot = frame.code - runtime.loads[code.load].codes_begin;
      if (slot < fresh.codes_end - fresh.codes_begin)
        put_under(runtime, frame, fresh.codes_begin + slot);
    }
  }
  return true;
}

const Strategy broken_m08 = [] {
  Strategy strategy = handle;
  strategy.install = reuse_slots;
  return strategy;
}();

}  // namespace

const Mutant m8{
    .id = "M8",
    .title = "slot-reused",
    .base = "model/handle",
    .step = "install",
    .bug = "a frame keeps the number of a slot, which is given to other code two reloads later",
    .seen_in = "erlang/otp PR#7345",
    .granularity = Granularity::yields,
    .guarantee = "activation",
    .schedule_permille = 109,
    .runs_median = 6,
    .runs_max = 92,
    .size = 11,
    .size_max = 16,
    .strategy = &broken_m08,
    .reclamation = &reachability,
};

}  // namespace midstride::model::runtime
