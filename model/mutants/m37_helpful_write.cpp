// The reloader means well: it looks through the frames for locals that hold a class of the old
// version and gives them the new one. Running code sees a local change that it never wrote.
#include <utility>

#include "model/mutants/mutants.hpp"
#include "model/reclamation/policies.hpp"
#include "model/strategies/strategies.hpp"

namespace midstride::model::runtime {

namespace {

// The class of that name which the new version has, or absent.
Value replacement(const Reloading& reloading, Value local) {
  Runtime& runtime = reloading.runtime;
  if (local.tag() != Tag::class_) return {};
  const Class& old = runtime.heap.classes[local.index()];
  if (old.module != reloading.module) return {};
  const std::vector<NameId>& slots = runtime.program().modules[reloading.module].slots;
  for (std::uint32_t slot = 0; slot < slots.size(); ++slot) {
    const Value fresh = runtime.binding(reloading.staging, slot).value;
    if (slots[slot] == old.name && fresh.tag() == Tag::class_ && fresh != local) return fresh;
  }
  return {};
}

void update(Reloading& reloading, Stack& stack) {
  Heap& heap = reloading.runtime.heap;
  for (const Frame& frame : stack.frames) {
    for (std::uint16_t at = 0; at < frame.locals; ++at) {
      Value& local = stack.values[frame.values + at];
      const Value fresh = replacement(reloading, local);
      if (fresh == Value::absent()) continue;
      heap.acquire(fresh);
      heap.release(std::exchange(local, fresh));
    }
  }
}

bool swap_and_update_locals(Reloading& reloading) {
  swap_pointer(reloading);
  for (std::uint32_t task = 0; task < reloading.run.scheduler().task_count(); ++task) {
    Stack* const stack = reloading.runtime.stack_of(sim::TaskId{task});
    if (stack != nullptr) update(reloading, *stack);
  }
  return true;
}

const Strategy broken_m37 = [] {
  Strategy strategy = swap;
  strategy.install = swap_and_update_locals;
  return strategy;
}();

}  // namespace

const Mutant m37{
    .id = "M37",
    .title = "helpful-write",
    .base = "model/swap",
    .step = "install",
    .bug = "a local that holds the old class is given the new one",
    .seen_in = "the fear of the 2009 post on code reloading in Stackless Python",
    .granularity = Granularity::yields,
    .guarantee = "locals",
    .shapes = {"held-object"},
    .shape_permille = 264,
    .schedule_permille = 50,
    .runs_median = 60,
    .runs_max = 760,
    .size = 13,
    .size_max = 14,
    .strategy = &broken_m37,
    .reclamation = &reachability,
};

}  // namespace midstride::model::runtime
