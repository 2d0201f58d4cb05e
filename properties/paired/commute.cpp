// commute: two reloads of different modules, made whole one right after the other, may be made the
// other way round: nobody sees a difference.
//
// Judged where top levels only define and assign numbers, so that the modules do not depend on each
// other, and of the first such pair in a run.
#include <algorithm>
#include <optional>
#include <utility>

#include "properties/guarantees/all.hpp"
#include "properties/paired/compare.hpp"

namespace midstride::properties {

using namespace model;

namespace {

bool share_a_module(const Reload& left, const Reload& right) {
  return std::ranges::any_of(left.targets, [&](const Target& target) {
    return std::ranges::any_of(right.targets,
                               [&](const Target& other) { return other.module == target.module; });
  });
}

// The reload whose first attempt the decision makes, asked for by no frame, from its request to its
// commit; else none. All names are those of the scenario with the decisions.
const Reload* whole(const Scenario& scenario, const Trace& trace, const Tables& tables,
                    const Decision& decision) {
  if (decision.kind != Decision::Kind::reload) return nullptr;
  const auto same = [&](const Decision& other) {
    return other.kind == Decision::Kind::reload && other.name == decision.name;
  };
  if (std::ranges::count_if(scenario.decisions, same) != 1) return nullptr;
  for (std::uint32_t at = 0; at < scenario.reloads.size(); ++at) {
    if (scenario.reloads[at].name != decision.name) continue;
    const auto commits = [&](const Event& event) {
      if (event.kind() != EventKind::reload_commit) return false;
      const AttemptRow& attempt = tables.attempts[event.a];
      return attempt.reload == at && attempt.repeat == 1 && attempt.requester == no_task;
    };
    return std::ranges::any_of(trace.events(), commits) ? &scenario.reloads[at] : nullptr;
  }
  return nullptr;
}

// The index of the first of two such decisions.
std::optional<std::size_t> pair_in(const Scenario& scenario, const Trace& trace,
                                   const Tables& tables) {
  for (std::size_t at = 0; at + 1 < scenario.decisions.size(); ++at) {
    const Reload* const first = whole(scenario, trace, tables, scenario.decisions[at]);
    if (first == nullptr) continue;
    const Reload* const second = whole(scenario, trace, tables, scenario.decisions[at + 1]);
    if (second != nullptr && !share_a_module(*first, *second)) return at;
  }
  return {};
}

}  // namespace

bool may_commute(const Scenario& scenario) {
  const auto apart = [&](const Reload& reload) {
    return !share_a_module(reload, scenario.reloads.front());
  };
  return std::ranges::any_of(scenario.reloads, apart) && bodies_are_quiet(scenario);
}

PairedJudgement judge_commute(Runner& runner, Subject& subject, const Scenario& scenario,
                              const Outcome& outcome, const RunOptions& options) {
  if (cut_short(runner.trace())) return {};
  Scenario other = explicit_decisions(scenario, runner, outcome);
  const std::optional<std::size_t> at = pair_in(other, runner.trace(), runner.tables());
  if (!at) return {};
  std::swap(other.decisions[*at], other.decisions[*at + 1]);
  const Observations saw = observe(runner.trace(), runner.tables());
  std::vector<std::string> names;
  for (std::uint32_t task = 0; task < runner.tables().tasks.size(); ++task)
    names.push_back(runner.tables().show_task(task));
  return compare(runner, subject, other, options, saw, names, "with the two reloads exchanged");
}

Guarantee commute() {
  return {
      .name = "commute",
      .statement = "Two reloads of different modules, one right after the other, may be exchanged.",
      .antecedent =
          "top levels only define and assign numbers, and two reloads of different modules are "
          "made whole one right after the other",
      .needs = mask_of(EventKind::emit, EventKind::throw_, EventKind::send, EventKind::receive,
                       EventKind::reload_commit),
      .sees = 0,
      .make = nullptr};
}

}  // namespace midstride::properties
