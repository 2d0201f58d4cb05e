#include "properties/paired.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <span>
#include <string>
#include <vector>

#include "properties/guarantees/all.hpp"
#include "properties/observation.hpp"

namespace midstride::properties {

using namespace model;

namespace {

RunOptions unjudged(RunOptions options) {
  options.judge = false;
  return options;
}

void yield_for_reload(std::vector<Line>& lines) {
  for (Line& line : lines) {
    if (line.kind == LineKind::reload)
      line = {.kind = LineKind::yield, .name = {}, .module = {}, .nodes = {}};
  }
}

bool only_defines(const std::vector<Line>& lines) {
  for (std::size_t at = 0; at < lines.size(); ++at) {
    const LineKind kind = lines[at].kind;
    if (kind == LineKind::def_ || kind == LineKind::class_) {
      at = block_end(lines, at);
    } else if (kind != LineKind::pass) {
      return false;
    }
  }
  return true;
}

const std::vector<Line>* lines_of(const Module& module, std::uint32_t version) {
  for (const Version& candidate : module.versions) {
    if (candidate.number == version) return &candidate.lines;
  }
  return nullptr;
}

bool is_no_op(const Scenario& scenario, const Target& target) {
  for (const Module& module : scenario.modules) {
    if (module.name != target.module) continue;
    const std::vector<Line>& first = module.versions.front().lines;
    const std::vector<Line>* lines = lines_of(module, target.version);
    return lines != nullptr && *lines == first && only_defines(first);
  }
  return false;
}

bool reload_was_committed(const Trace& trace, const Tables& tables) {
  return std::ranges::any_of(trace.events(), [&tables](const Event& event) {
    return event.kind() == EventKind::reload_commit && tables.attempts[event.a].reload != no_reload;
  });
}

}  // namespace

bool only_no_op_reloads(const Scenario& scenario) {
  const auto no_op = [&scenario](const Reload& reload) {
    return std::ranges::all_of(reload.targets,
                               [&](const Target& target) { return is_no_op(scenario, target); });
  };
  return !scenario.reloads.empty() && std::ranges::all_of(scenario.reloads, no_op);
}

Scenario without_reloads(const Scenario& scenario) {
  Scenario result = scenario;
  for (Module& module : result.modules) {
    for (Version& version : module.versions) yield_for_reload(version.lines);
  }
  for (Task& task : result.tasks) yield_for_reload(task.lines);
  std::erase_if(result.decisions,
                [](const Decision& decision) { return decision.kind == Decision::Kind::reload; });
  return result;
}

PairedJudgement judge_deterministic(Runner& runner, Subject& subject, const Scenario& scenario,
                                    const Outcome& outcome, const RunOptions& options) {
  const sim::Digest digest = outcome.digest;
  const std::vector<Event> first(runner.trace().events().begin(), runner.trace().events().end());
  const Tables tables = runner.tables();
  PairedJudgement judgement{.exercised = true, .ran_again = true, .violation = {}};
  if (runner.run(scenario, subject, unjudged(options)).digest == digest) return judgement;

  const std::span<const Event> second = runner.trace().events();
  const auto [left, right] = std::ranges::mismatch(first, second);
  const auto at = static_cast<std::size_t>(left - first.begin());
  const bool definitions_only = left == first.end() && right == second.end();
  const auto words = [&](std::span<const Event> events, const Tables& of) {
    if (definitions_only) return std::string("the same events, with other definitions");
    return at < events.size() ? show(events[at], of) : std::string("the run is over");
  };
  judgement.violation = Violation{.event = static_cast<std::uint32_t>(at),
                                  .bug = 0,
                                  .expected = words(first, tables),
                                  .found = "made once more: " + words(second, runner.tables())};
  return judgement;
}

PairedJudgement judge_no_op(Runner& runner, Subject& subject, const Scenario& scenario,
                            const Outcome& outcome, const RunOptions& options) {
  // A use of freed code cuts a run short in the middle of a turn.
  const bool cut_short = std::ranges::any_of(
      runner.trace().events(), [](const Event& event) { return event.kind() == EventKind::touch; });
  if (cut_short || !only_no_op_reloads(scenario)) return {};
  if (!reload_was_committed(runner.trace(), runner.tables())) return {};

  const Observations with = observe(runner.trace(), runner.tables());
  const Scenario other = without_reloads(explicit_decisions(scenario, runner, outcome));
  runner.run(other, subject, unjudged(options));
  PairedJudgement judgement{.exercised = true, .ran_again = true, .violation = {}};
  if (const auto differs = difference(observe(runner.trace(), runner.tables()), with)) {
    judgement.violation = Violation{
        .event = differs->event_right,
        .bug = 0,
        .expected = fmt::format("{}: {}, as without the reloads", differs->tasklet, differs->left),
        .found = differs->right};
  }
  return judgement;
}

std::span<const PairedGuarantee> paired_guarantees() {
  static constexpr std::array table{
      PairedGuarantee{"no-op", only_no_op_reloads, judge_no_op},
      PairedGuarantee{"revert", may_revert, judge_revert},
      PairedGuarantee{"commute", may_commute, judge_commute},
      PairedGuarantee{"non-interference", has_bystanders, judge_non_interference},
  };
  return table;
}

Guarantee no_op() {
  return {.name = "no-op",
          .statement =
              "Reloading identical code changes nothing that a tasklet emits, receives or has "
              "thrown in it.",
          .antecedent =
              "every reload has the text of its module's first version, which only defines, and "
              "one commits",
          .needs = mask_of(EventKind::emit, EventKind::throw_, EventKind::send, EventKind::receive,
                           EventKind::reload_commit),
          .sees = 0,
          .make = nullptr};
}

Guarantee deterministic() {
  return {.name = "deterministic",
          .statement = "The same scenario gives the same digest.",
          .antecedent = "a run was made twice",
          .needs = 0,
          .sees = 0,
          .make = nullptr};
}

}  // namespace midstride::properties
