// A method that somebody holds refers to the function that it was taken from, for good. Here the
// reloader rewrites that reference to the new function.
#include <utility>

#include "model/mutants/mutants.hpp"
#include "model/reclamation/policies.hpp"
#include "model/strategies/strategies.hpp"

namespace midstride::model::runtime {

namespace {

// The function of that class and name which the staged version has, or absent.
Value staged_function(const Reloading& reloading, const Method& method) {
  Runtime& runtime = reloading.runtime;
  const Class& held = runtime.heap.classes[method.class_.index()];
  if (held.module != reloading.module) return {};
  const std::uint32_t code = runtime.heap.functions[method.function.index()].code;
  const NameId name = runtime.program().functions[runtime.heap.codes[code].function].name;
  for (std::uint32_t slot = 0; slot < runtime.namespaces[reloading.staging].count; ++slot) {
    const Value staged = runtime.binding(reloading.staging, slot).value;
    if (staged.tag() != Tag::class_ || runtime.heap.classes[staged.index()].name != held.name)
      continue;
    return runtime.heap.method_of(staged, name);
  }
  return {};
}

bool rebind_methods_and_patch(Reloading& reloading) {
  Heap& heap = reloading.runtime.heap;
  for (Method& method : heap.methods) {
    if (method.count == 0) continue;
    const Value fresh = staged_function(reloading, method);
    if (fresh == Value::absent() || fresh == method.function) continue;
    heap.acquire(fresh);
    heap.release(std::exchange(method.function, fresh));
  }
  return patch_in_place(reloading);
}

const Strategy broken_m38 = [] {
  Strategy strategy = in_place;
  strategy.install = rebind_methods_and_patch;
  return strategy;
}();

}  // namespace

const Mutant m38{
    .id = "M38",
    .title = "rebound-method",
    .base = "model/in-place",
    .step = "install",
    .bug = "the function of held methods is rewritten",
    .seen_in = "what Python says cannot be done: a method's attributes are read-only",
    .granularity = Granularity::yields,
    .guarantee = "method-identity",
    .shapes = {"held-handle"},
    .shape_permille = 279,
    .schedule_permille = 101,
    .runs_median = 26,
    .runs_max = 360,
    .size = 14,
    .size_max = 19,
    .strategy = &broken_m38,
    .reclamation = &reachability,
};

}  // namespace midstride::model::runtime
