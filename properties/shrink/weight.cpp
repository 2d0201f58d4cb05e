#include "properties/shrink/weight.hpp"

#include <algorithm>

#include "properties/shrink/edit.hpp"
#include "properties/shrinker.hpp"

namespace midstride::properties {

using model::Line;
using model::LineKind;
using model::Node;
using model::NodeKind;

namespace {

// None, 0, 1, 2, other integers, the rest.
std::size_t oddity(const Node& node) {
  if (node.kind == NodeKind::none) return 0;
  if (node.kind != NodeKind::integer) return 5;
  return node.value >= 0 && node.value <= 2 ? 1 + static_cast<std::size_t>(node.value) : 4;
}

std::size_t oddity(const Line& line) {
  switch (line.kind) {
    case LineKind::pass:
    case LineKind::end: return 0;
    case LineKind::expression: return 1;
    default: return 2;
  }
}

std::size_t oddity(const model::Scenario& scenario) {
  std::size_t sum = 0;
  for (const model::Channel& channel : scenario.channels)
    sum += (channel.preference != -1 ? 1U : 0U) + (channel.schedule_all ? 1U : 0U);
  for (const model::Inspection& inspection : scenario.inspections)
    sum += oddity(inspection.value) + (inspection.kind == model::Inspection::Kind::poke ? 1U : 0U);
  if (scenario.turn_budget != model::Scenario{}.turn_budget) ++sum;
  return sum;
}

std::size_t rank(const std::string& policy, std::uint64_t seed) {
  const std::size_t kind = policy == "stop" ? 0 : policy == "round-robin" ? 2 : 4;
  return kind + (seed != 0 ? 1U : 0U);
}

}  // namespace

std::size_t size_of(const model::Scenario& scenario) {
  std::size_t size = scenario.modules.size() + scenario.channels.size() + scenario.tasks.size() +
                     scenario.reloads.size() + scenario.inspections.size() +
                     scenario.decisions.size();
  for (const model::Module& module : scenario.modules) size += module.versions.size();
  for (const Body body : bodies(scenario)) {
    for (const Line& line : lines_of(scenario, body))
      if (line.kind != LineKind::end) ++size;
  }
  return size;
}

Weight weigh(const model::Scenario& scenario) {
  Weight weight{.size = size_of(scenario),
                .granularity = static_cast<std::size_t>(scenario.granularity),
                .policy = rank(scenario.policy, scenario.seed),
                .oddities = oddity(scenario)};
  for (const Body body : bodies(scenario)) {
    for (const Line& line : lines_of(scenario, body)) {
      weight.nodes += line.nodes.size();
      weight.oddities += oddity(line);
      for (const Node& node : line.nodes) weight.oddities += oddity(node);
    }
  }
  for (const model::Decision& decision : scenario.decisions) weight.turns += decision.count;
  for (const std::string& name : scenario.names) weight.names += name.size();
  for (const model::Module& module : scenario.modules)
    for (const model::Version& version : module.versions) weight.names += version.number;
  return weight;
}

sim::Digest fingerprint(const model::Scenario& scenario) {
  sim::Digest digest;
  const auto add = [&](std::uint64_t high, std::uint64_t low) { digest.add(high << 32 | low); };
  add(static_cast<std::uint64_t>(scenario.granularity), scenario.turn_budget);
  digest.add(scenario.policy);
  digest.add(scenario.seed);
  for (const model::Module& module : scenario.modules) {
    add(module.name.value, module.versions.size());
    for (const model::Version& version : module.versions) digest.add(version.number);
  }
  for (const model::Channel& channel : scenario.channels)
    add(channel.name.value,
        static_cast<std::uint64_t>(channel.preference + 1) << 1 | (channel.schedule_all ? 1U : 0U));
  for (const model::Task& task : scenario.tasks) digest.add(task.name.value);
  for (const Body body : bodies(scenario)) {
    digest.add(lines_of(scenario, body).size());
    for (const Line& line : lines_of(scenario, body)) {
      add(static_cast<std::uint64_t>(line.kind) << 16 | line.nodes.size(), line.name.value);
      digest.add(line.module.value);
      for (const Node& node : line.nodes) {
        add(static_cast<std::uint64_t>(node.kind) << 8 | node.argc, node.name.value);
        add(node.module.value, static_cast<std::uint32_t>(node.value));
      }
    }
  }
  for (const model::Reload& reload : scenario.reloads) {
    digest.add(reload.name.value);
    for (const model::Target& target : reload.targets) add(target.module.value, target.version);
  }
  for (const model::Inspection& inspection : scenario.inspections) {
    add(static_cast<std::uint64_t>(inspection.kind), inspection.name.value);
    add(inspection.task.value, inspection.local.value);
    add(static_cast<std::uint64_t>(inspection.value.kind),
        static_cast<std::uint32_t>(inspection.value.value));
  }
  for (const model::Decision& decision : scenario.decisions)
    add(static_cast<std::uint64_t>(decision.kind) << 30 ^ decision.count, decision.name.value);
  return digest;
}

}  // namespace midstride::properties
