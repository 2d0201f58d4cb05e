// Where the new text is the text that is loaded there is nothing to patch, so the names are bound
// to what the body has made: new classes and functions, although nothing has changed.
#include "model/mutants/mutants.hpp"
#include "model/reclamation/policies.hpp"
#include "model/strategies/strategies.hpp"

namespace midstride::model::runtime {

namespace {

bool same_text(const Reloading& reloading) {
  const Module& module = reloading.run.scenario().modules[reloading.module];
  const std::uint32_t to = reloading.run.tables().attempts[reloading.attempt].to;
  const auto lines = [&](std::uint32_t number) -> const std::vector<Line>& {
    std::size_t at = 0;
    while (module.versions[at].number != number) ++at;
    return module.versions[at].lines;
  };
  return lines(to) == lines(reloading.from);
}

bool bind_or_patch(Reloading& reloading) {
  if (!same_text(reloading)) return patch_in_place(reloading);
  Runtime& runtime = reloading.runtime;
  const std::uint32_t live = runtime.modules[reloading.module].namespace_;
  for (std::uint32_t slot = 0; slot < runtime.namespaces[live].count; ++slot) {
    const Binding fresh = runtime.binding(reloading.staging, slot);
    runtime.heap.acquire(fresh.value);
    runtime.store(live, slot, fresh);
  }
  return true;
}

const Strategy broken_m30 = [] {
  Strategy strategy = in_place;
  strategy.install = bind_or_patch;
  return strategy;
}();

}  // namespace

const Mutant m30{
    .id = "M30",
    .title = "no-op-changes-identity",
    .base = "model/in-place",
    .step = "install",
    .bug = "reloading the text that is loaded binds new classes and functions",
    .seen_in = "ipython/ipython#12399",
    .granularity = Granularity::yields,
    .guarantee = "no-op",
    .also = {"failed-reload", "fresh", "identity", "super"},
    .shapes = {"no-op"},
    .shape_permille = 316,
    .schedule_permille = 30,
    .runs_median = 67,
    .runs_max = 1100,
    .size = 13,
    .size_max = 18,
    .strategy = &broken_m30,
    .reclamation = &reachability,
};

}  // namespace midstride::model::runtime
