#include "model/scenario.hpp"

#include <array>
#include <utility>

#include "sim/check.hpp"

namespace midstride::model {

namespace {

constexpr std::array verdict_names = {
    std::string_view{"held"},
    std::string_view{"violated"},
    std::string_view{"deadlock"},
    std::string_view{"crash"},
    std::string_view{"nondeterministic"},
    std::string_view{"out-of-budget"},
    std::string_view{"unavailable"},
};
constexpr std::array granularity_names = {std::string_view{"yields"},
                                          std::string_view{"safepoints"}, std::string_view{"ops"}};

// Calls visit(NameId&) for every name of the value, in the order of its fields.
template <class Visit>
class NameWalk {
 public:
  explicit NameWalk(Visit visit) : visit_(visit) {}

  void walk(Scenario& scenario) {
    for (Module& module : scenario.modules) {
      visit_(module.name);
      for (Version& version : module.versions) walk(version.lines);
    }
    for (Channel& channel : scenario.channels) visit_(channel.name);
    for (Task& task : scenario.tasks) {
      visit_(task.name);
      walk(task.lines);
    }
    for (Reload& reload : scenario.reloads) {
      visit_(reload.name);
      for (Target& target : reload.targets) visit_(target.module);
    }
    for (Inspection& inspection : scenario.inspections) {
      visit_(inspection.name);
      visit_(inspection.task);
      visit_(inspection.local);
      walk(inspection.value);
    }
    for (Decision& decision : scenario.decisions) {
      visit_(decision.name);
      visit_(decision.ran_op);
      visit_(decision.ran_object);
    }
    if (scenario.expectation)
      for (NameId& guarantee : scenario.expectation->guarantees) visit_(guarantee);
  }

 private:
  void walk(std::vector<Line>& lines) {
    for (Line& line : lines) {
      visit_(line.module);
      visit_(line.name);
      for (Node& node : line.nodes) walk(node);
    }
  }
  void walk(Node& node) {
    visit_(node.module);
    visit_(node.name);
  }

  Visit visit_;
};

}  // namespace

std::size_t operand_count(const Node& node) {
  switch (node.kind) {
    case NodeKind::attribute:
    case NodeKind::next:
    case NodeKind::send: return 1;
    case NodeKind::call: return std::size_t{1} + node.argc;
    case NodeKind::is_instance:
    case NodeKind::same: return 2;
    case NodeKind::super_: return node.argc;
    case NodeKind::none:
    case NodeKind::integer:
    case NodeKind::object:
    case NodeKind::name:
    case NodeKind::member:
    case NodeKind::receive: break;
  }
  return 0;
}

std::size_t subexpression_begin(const std::vector<Node>& nodes, std::size_t last) {
  std::size_t begin = last;
  for (std::size_t wanted = operand_count(nodes[begin]); wanted > 0; --wanted) {
    MIDSTRIDE_CHECK(begin > 0, "every node has its operands before it");
    wanted += operand_count(nodes[--begin]);
  }
  return begin;
}

std::size_t block_end(const std::vector<Line>& lines, std::size_t open) {
  std::size_t depth = 0;
  for (std::size_t at = open; at < lines.size(); ++at) {
    const LineKind kind = lines[at].kind;
    if (opens_block(kind)) ++depth;
    if (kind == LineKind::end && --depth == 0) return at;
  }
  MIDSTRIDE_CHECK(false, "every block that is opened is closed");
}

std::string_view name_of(Inspection::Kind kind) {
  constexpr std::string_view words[] = {"peek", "poke", "flush"};
  return words[static_cast<std::size_t>(kind)];
}

std::string_view name_of(VerdictKind kind) { return verdict_names[static_cast<std::size_t>(kind)]; }

std::string_view name_of(Granularity granularity) {
  return granularity_names[static_cast<std::size_t>(granularity)];
}

NameId Scenario::intern(std::string_view name) {
  if (const NameId known = find(name); known.valid()) return known;
  names.emplace_back(name);
  return {static_cast<std::uint32_t>(names.size() - 1)};
}

NameId Scenario::find(std::string_view name) const {
  for (std::size_t at = 0; at < names.size(); ++at)
    if (names[at] == name) return {static_cast<std::uint32_t>(at)};
  return NameId::none();
}

void normalise(Scenario& scenario) {
  NamesMemory memory;
  normalise(scenario, memory);
}

void normalise(Scenario& scenario, NamesMemory& memory) {
  memory.renamed.assign(scenario.names.size(), NameId::none());
  memory.names.clear();
  memory.names.reserve(scenario.names.size());
  NameWalk walk([&](NameId& id) {
    if (!id.valid()) return;
    MIDSTRIDE_CHECK(id.value < memory.renamed.size(), "a name id is none or in the table");
    NameId& now = memory.renamed[id.value];
    if (!now.valid()) {
      now = {static_cast<std::uint32_t>(memory.names.size())};
      memory.names.push_back(std::move(scenario.names[id.value]));
    }
    id = now;
  });
  walk.walk(scenario);
  std::swap(scenario.names, memory.names);
}

}  // namespace midstride::model
