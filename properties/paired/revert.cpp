// revert: v1, v2, v1 is as if there had been no reloads, for who comes afterwards.
//
//   every module is back at its first version, and no reload begins any more; a task begins then,
//   and uses no channel  =>  it sees what it would without the reloads
//
// Judged where top levels only define and assign numbers, and nobody assigns to a module's global
// or an attribute: otherwise the excursion may leave something behind by right.
#include <algorithm>
#include <optional>

#include "properties/guarantees/all.hpp"
#include "properties/paired/compare.hpp"

namespace midstride::properties {

using namespace model;

namespace {

// The index of the event that ended the last reload, if all modules are at their first versions.
std::optional<std::size_t> came_back_at(const Trace& trace, const Tables& tables) {
  std::vector<std::uint32_t> versions(tables.program->modules.size(), 0);
  std::optional<std::size_t> last;
  for (std::size_t at = 0; at < trace.events().size(); ++at) {
    const Event& event = trace.events()[at];
    const EventKind kind = event.kind();
    if (kind < EventKind::reload_begin || kind > EventKind::reload_fail) continue;
    const AttemptRow& attempt = tables.attempts[event.a];
    if (kind == EventKind::reload_commit) versions[attempt.module] = attempt.to;
    if (attempt.reload == no_reload) continue;
    if (kind == EventKind::reload_begin) last.reset();
    if (kind == EventKind::reload_commit || kind == EventKind::reload_fail) last = at;
  }
  for (std::size_t module = 0; module < versions.size(); ++module) {
    if (versions[module] != tables.program->modules[module].versions.front().number) return {};
  }
  return last;
}

std::vector<std::string> began_alone_after(const Trace& trace, const Tables& tables,
                                           std::size_t then) {
  std::vector<bool> begun(tables.tasks.size(), false);
  std::vector<bool> alone(tables.tasks.size(), false);
  for (std::size_t at = 0; at < trace.events().size(); ++at) {
    const Event& event = trace.events()[at];
    if (event.kind() == EventKind::kill) {
      begun[event.a] = true;
      alone[event.a] = false;
    }
    if (event.actor().kind() != ActorKind::tasklet) continue;
    const std::uint32_t task = event.actor().index();
    if (!begun[task]) alone[task] = at > then;
    begun[task] = true;
    const bool talks = event.kind() == EventKind::send || event.kind() == EventKind::receive ||
                       event.kind() == EventKind::block;
    if (talks) alone[task] = false;
  }
  return tasks_named(tables, alone);
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
  const std::optional<std::size_t> then = came_back_at(runner.trace(), runner.tables());
  if (!then) return {};
  const auto names = began_alone_after(runner.trace(), runner.tables(), *then);
  const Observations saw = only(observe(runner.trace(), runner.tables()), names);
  if (saw.empty()) return {};
  const Scenario other = without_reloads(explicit_decisions(scenario, runner, outcome));
  return compare(runner, subject, other, options, saw, names, "as without the reloads");
}

Guarantee revert() {
  return {.name = "revert",
          .statement =
              "After reloads that come back to the first versions, who begins sees what it would "
              "without them.",
          .antecedent =
              "top levels only define and assign numbers, and a task begins after the last reload "
              "and uses no channel",
          .needs = mask_of(EventKind::emit, EventKind::throw_, EventKind::reload_commit),
          .sees = 0,
          .make = nullptr};
}

}  // namespace midstride::properties
