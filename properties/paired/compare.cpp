#include "properties/paired/compare.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace midstride::properties {

using namespace model;

namespace {

bool is_number(const Node& node) {
  return node.kind == NodeKind::integer || node.kind == NodeKind::none;
}

bool is_quiet(const std::vector<Line>& lines) {
  for (std::size_t at = 0; at < lines.size(); ++at) {
    const Line& line = lines[at];
    if (line.kind == LineKind::def_ || line.kind == LineKind::class_) {
      at = block_end(lines, at);
    } else if (line.kind == LineKind::assign) {
      if (!std::ranges::all_of(line.nodes, is_number)) return false;
    } else if (line.kind != LineKind::pass) {
      return false;
    }
  }
  return true;
}

bool stores(const std::vector<Line>& lines) {
  return std::ranges::any_of(lines, [](const Line& line) {
    return line.kind == LineKind::assign_member || line.kind == LineKind::assign_attribute;
  });
}

}  // namespace

bool bodies_are_quiet(const Scenario& scenario) {
  for (const Module& module : scenario.modules) {
    for (const Version& version : module.versions) {
      if (!is_quiet(version.lines)) return false;
    }
  }
  return true;
}

bool anybody_stores(const Scenario& scenario) {
  for (const Module& module : scenario.modules) {
    for (const Version& version : module.versions) {
      if (stores(version.lines)) return true;
    }
  }
  return std::ranges::any_of(scenario.tasks, [](const Task& task) { return stores(task.lines); });
}

bool cut_short(const Trace& trace) {
  return std::ranges::any_of(trace.events(),
                             [](const Event& event) { return event.kind() == EventKind::touch; });
}

std::vector<std::string> tasks_named(const Tables& tables, const std::vector<bool>& which) {
  std::vector<std::string> names;
  for (const Task& task : tables.scenario->tasks) {
    const auto known = std::ranges::find_if(tables.tasks, [&](const TaskletRow& row) {
      return row.name == task.name && row.repeat == 1;
    });
    const auto id = static_cast<std::size_t>(known - tables.tasks.begin());
    if (id < which.size() && which[id]) names.emplace_back(tables.scenario->text(task.name));
  }
  return names;
}

Observations only(const Observations& all, const std::vector<std::string>& names) {
  Observations some;
  for (const TaskletObservations& one : all) {
    if (std::ranges::find(names, one.name) != names.end()) some.push_back(one);
  }
  return some;
}

PairedJudgement compare(Runner& runner, Subject& subject, const Scenario& other,
                        const RunOptions& options, const Observations& saw,
                        const std::vector<std::string>& names, std::string_view otherwise) {
  RunOptions unjudged = options;
  unjudged.judge = false;
  runner.run(other, subject, unjudged);
  PairedJudgement judgement{.exercised = true, .ran_again = true, .violation = {}};
  const Observations sees = only(observe(runner.trace(), runner.tables()), names);
  if (const auto differs = difference(sees, saw)) {
    judgement.violation =
        Violation{.event = differs->event_right,
                  .bug = 0,
                  .expected = fmt::format("{}: {}, {}", differs->tasklet, differs->left, otherwise),
                  .found = differs->right};
  }
  return judgement;
}

}  // namespace midstride::properties
