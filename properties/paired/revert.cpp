// revert: v1, v2, v1 is as if there had been no reloads, for who comes afterwards.
//
//   every module is back at its first version, and no reload begins any more; a task, begun before
//   the first reload or then, did nothing in between but ask for reloads, and uses no channel
//       =>  it sees what it would without the reloads
//
// Judged where top levels only define and assign numbers, and nobody assigns to a module's global
// or an attribute: otherwise the excursion may leave something behind by right.
#include <algorithm>
#include <optional>

#include "properties/guarantees/all.hpp"
#include "properties/guarantees/run_monitor.hpp"
#include "properties/paired/compare.hpp"

namespace midstride::properties {

using namespace model;

namespace {

// The events between which reloads were under way or modules not at their first versions.
struct Excursion {
  std::size_t left = 0;  // the first reload begins
  std::size_t back = 0;  // the last one has ended
};

// None if there were no reloads, or some module is not back.
std::optional<Excursion> excursion_of(const Trace& trace, const Tables& tables) {
  std::vector<std::uint32_t> versions(tables.program->modules.size(), 0);
  std::optional<Excursion> excursion;
  for (std::size_t at = 0; at < trace.events().size(); ++at) {
    const Event& event = trace.events()[at];
    const EventKind kind = event.kind();
    if (kind < EventKind::reload_begin || kind > EventKind::reload_fail) continue;
    const AttemptRow& attempt = tables.attempts[event.a];
    if (kind == EventKind::reload_commit) versions[attempt.module] = attempt.to;
    if (attempt.reload == no_reload) continue;
    if (!excursion) excursion = Excursion{at, at};
    excursion->back = at;
  }
  for (std::size_t module = 0; module < versions.size(); ++module) {
    if (versions[module] != tables.program->modules[module].versions.front().number) return {};
  }
  return excursion;
}

// Tasks that began outside the excursion, did nothing during it but ask for reloads and wait for
// them, which did not fail, and use no channel.
std::vector<std::string> stayed_away_from(const Excursion& excursion, const Trace& trace,
                                          const Tables& tables) {
  std::vector<bool> begun(tables.tasks.size(), false);
  std::vector<bool> counts(tables.tasks.size(), false);
  std::vector<bool> asks(tables.tasks.size(), false);  // for a reload
  for (std::size_t at = 0; at < trace.events().size(); ++at) {
    const Event& event = trace.events()[at];
    if (event.kind() == EventKind::kill) {
      begun[event.a] = true;
      counts[event.a] = false;
    }
    if (event.actor().kind() != ActorKind::tasklet) continue;
    const std::uint32_t task = event.actor().index();
    const bool outside = at < excursion.left || at > excursion.back;
    if (!begun[task]) counts[task] = outside;
    begun[task] = true;
    if (event.kind() == EventKind::op) asks[task] = op_begun(tables, event).code == OpCode::reload;
    const bool acts = event.kind() == EventKind::op && !asks[task] && at < excursion.back;
    const bool refused = event.kind() == EventKind::throw_ && asks[task];
    const bool talks = event.kind() == EventKind::send || event.kind() == EventKind::receive ||
                       (event.kind() == EventKind::block && event.a != no_channel);
    if (acts || refused || talks) counts[task] = false;
  }
  return tasks_named(tables, counts);
}

}  // namespace

bool may_revert(const Scenario& scenario) {
  const auto to_first = [&](const Target& target) {
    return std::ranges::any_of(scenario.modules, [&](const Module& module) {
      return module.name == target.module && module.versions.front().number == target.version;
    });
  };
  const bool some = std::ranges::any_of(scenario.reloads, [&](const Reload& reload) {
    return std::ranges::any_of(reload.targets, to_first);
  });
  return some && bodies_are_quiet(scenario) && !anybody_stores(scenario);
}

PairedJudgement judge_revert(Runner& runner, Subject& subject, const Scenario& scenario,
                             const Outcome& outcome, const RunOptions& options) {
  if (cut_short(runner.trace())) return {};
  const auto excursion = excursion_of(runner.trace(), runner.tables());
  if (!excursion) return {};
  const auto names = stayed_away_from(*excursion, runner.trace(), runner.tables());
  const Observations saw = only(observe(runner.trace(), runner.tables()), names);
  if (saw.empty()) return {};
  const Scenario other = without_reloads(explicit_decisions(scenario, runner, outcome));
  return compare(runner, subject, other, options, saw, names, "as without the reloads");
}

Guarantee revert() {
  return {
      .name = "revert",
      .statement =
          "After reloads that come back to the first versions, who did nothing before sees what "
          "it would without them.",
      .antecedent =
          "top levels only define and assign numbers, and a task does all that it does after "
          "the last reload and uses no channel",
      .needs = mask_of(EventKind::emit, EventKind::throw_, EventKind::reload_commit),
      .sees = 0,
      .make = nullptr};
}

}  // namespace midstride::properties
