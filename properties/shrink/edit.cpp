#include "properties/shrink/edit.hpp"

#include <algorithm>
#include <string_view>

#include "model/scopes.hpp"

namespace midstride::properties {

using model::Decision;
using model::Line;
using model::LineKind;
using model::NameId;
using model::Node;
using model::NodeKind;
using model::Scenario;

namespace {

using model::divides_try;
using model::opens_block;

// Where a line stands in a version: the function it belongs to, and how far from its def; at the
// top level, how far from the start.
struct Key {
  NameId klass{}, function{};
  std::size_t distance = 0;
  bool operator==(const Key&) const = default;
};

std::vector<Key> keys(const std::vector<Line>& lines) {
  std::vector<Key> result;
  NameId klass{};
  std::size_t top = 0;
  for (std::size_t at = 0; at < lines.size(); ++at) {
    if (lines[at].kind == LineKind::class_) {
      klass = lines[at].name;
      result.push_back({klass, NameId::none(), 0});
    } else if (lines[at].kind == LineKind::def_) {
      const std::size_t end = model::block_end(lines, at);
      for (const std::size_t def = at; at <= end; ++at)
        result.push_back({klass, lines[def].name, at - def});
      --at;
    } else if (klass.valid()) {
      result.push_back({klass, NameId::none(), 1});
      if (lines[at].kind == LineKind::end) klass = NameId::none();
    } else {
      result.push_back({NameId::none(), NameId::none(), ++top});
    }
  }
  return result;
}

bool alike(const Line& left, const Line& right) {
  const auto same = [](const Node& one, const Node& other) {
    const bool integers = one.kind == NodeKind::integer && other.kind == NodeKind::integer;
    return integers || one == other;
  };
  return left.kind == right.kind && left.name == right.name && left.module == right.module &&
         std::ranges::equal(left.nodes, right.nodes, same);
}

// What is declared, by NameId.
class Declared {
 public:
  explicit Declared(const Scenario& scenario) : scenario_(scenario), roles_(scenario.names.size()) {
    for (const auto& module : scenario.modules) add(module.name, module_);
    for (const auto& channel : scenario.channels) add(channel.name, channel_);
    for (const auto& task : scenario.tasks) add(task.name, tasklet_);
    for (const auto& reload : scenario.reloads) add(reload.name, reload_);
    for (const auto& inspection : scenario.inspections) add(inspection.name, inspection_);
    for (const Body body : bodies(scenario)) {
      for (const Line& line : lines_of(scenario, body))
        if (line.kind == LineKind::spawn) add(line.name, tasklet_);
    }
  }
  bool module(NameId name) const { return is(name, module_); }
  bool channel(NameId name) const { return is(name, channel_); }
  bool tasklet(NameId name) const { return is(base(name), tasklet_); }
  bool reload(NameId name) const { return is(base(name), reload_); }
  bool inspection(NameId name) const { return is(name, inspection_); }

 private:
  enum : std::uint8_t { module_ = 1, channel_ = 2, tasklet_ = 4, reload_ = 8, inspection_ = 16 };
  void add(NameId name, unsigned role) {
    roles_[name.value] = static_cast<std::uint8_t>(roles_[name.value] | role);
  }
  bool is(NameId name, unsigned role) const {
    return name.valid() && (roles_[name.value] & role) != 0;
  }
  NameId base(NameId name) const {
    const std::string_view text = scenario_.text(name);
    const std::size_t dot = text.find('.');
    return dot == std::string_view::npos ? name : scenario_.find(text.substr(0, dot));
  }

  const Scenario& scenario_;
  std::vector<std::uint8_t> roles_;
};

bool has_target(const Scenario& scenario, const model::Target& target) {
  return std::ranges::any_of(scenario.modules, [&](const model::Module& module) {
    return module.name == target.module &&
           std::ranges::any_of(module.versions, [&](const model::Version& version) {
             return version.number == target.version;
           });
  });
}

// A nonlocal of what no def around its own binds any more.
bool shares_nothing(const std::vector<Line>& lines, std::size_t at) {
  if (lines[at].kind != LineKind::nonlocal) return false;
  std::vector<std::size_t> defs;  // that the line stands in, innermost first
  for (std::size_t open = at; open-- > 0;) {
    if (lines[open].kind == LineKind::def_ && model::block_end(lines, open) > at)
      defs.push_back(open);
  }
  bool bound = false;
  if (defs.size() > 1)
    model::each_bound(lines, defs[1], [&](NameId name) { bound |= name == lines[at].name; });
  return !bound;
}

// A break or continue that no loop is left for.
bool leaves_nothing(const std::vector<Line>& lines, std::size_t at) {
  if (lines[at].kind != LineKind::break_ && lines[at].kind != LineKind::continue_) return false;
  for (std::size_t open = at; open-- > 0;) {
    if (!opens_block(lines[open].kind) || model::block_end(lines, open) < at) continue;
    if (model::is_loop(lines[open].kind)) return false;
    if (lines[open].kind == LineKind::def_) return true;
  }
  return true;
}

bool refers_to_nothing(const Line& line, const Declared& declared) {
  if (line.kind == LineKind::reload) return !declared.reload(line.name);
  if (line.module.valid() && !declared.module(line.module)) return true;
  return std::ranges::any_of(line.nodes, [&](const Node& node) {
    return node.kind == NodeKind::member && !declared.module(node.module);
  });
}

// The head of a block cannot be cut alone: what it names loses the module.
void mend_head(Line& line, const Declared& declared) {
  if (line.kind != LineKind::class_ && line.kind != LineKind::except_class) return;
  for (Node& node : line.nodes) {
    if (node.kind == NodeKind::member && !declared.module(node.module))
      node = {.kind = NodeKind::name, .name = node.name};
  }
}

void mend_channels(std::vector<Node>& nodes, const Declared& declared) {
  for (std::size_t at = 0; at < nodes.size();) {
    Node& node = nodes[at];
    const bool gone = (node.kind == NodeKind::receive || node.kind == NodeKind::send) &&
                      !declared.channel(node.name);
    if (gone && node.kind == NodeKind::send) {
      nodes.erase(nodes.begin() + static_cast<std::ptrdiff_t>(at));
      continue;
    }
    if (gone) node = {};
    ++at;
  }
}

// A `pass` wherever a block, a part of one or the whole body holds no statement.
void fill(std::vector<Line>& lines) {
  for (std::size_t at = 0; at < lines.size(); ++at) {
    const bool begins = opens_block(lines[at].kind) || divides_try(lines[at].kind);
    const bool empty =
        begins && (divides_try(lines[at + 1].kind) || lines[at + 1].kind == LineKind::end);
    if (empty) lines.insert(lines.begin() + static_cast<std::ptrdiff_t>(at) + 1, Line{});
  }
  if (lines.empty()) lines.push_back({});
}

void mend_lines(std::vector<Line>& lines, const Declared& declared) {
  std::vector<bool> marked(lines.size(), false);
  for (std::size_t at = 0; at < lines.size(); ++at) {
    mend_head(lines[at], declared);
    marked[at] = refers_to_nothing(lines[at], declared) || shares_nothing(lines, at) ||
                 leaves_nothing(lines, at);
    mend_channels(lines[at].nodes, declared);
  }
  cut(lines, marked);
  fill(lines);
}

}  // namespace

std::vector<Body> bodies(const Scenario& scenario) {
  std::vector<Body> result;
  for (std::uint32_t at = 0; at < scenario.tasks.size(); ++at) result.push_back({Body::task, at});
  for (std::uint32_t module = 0; module < scenario.modules.size(); ++module) {
    for (std::uint32_t at = 0; at < scenario.modules[module].versions.size(); ++at)
      result.push_back({module, at});
  }
  return result;
}

std::vector<Line>& lines_of(Scenario& scenario, Body body) {
  if (body.module == Body::task) return scenario.tasks[body.index].lines;
  return scenario.modules[body.module].versions[body.index].lines;
}
const std::vector<Line>& lines_of(const Scenario& scenario, Body body) {
  if (body.module == Body::task) return scenario.tasks[body.index].lines;
  return scenario.modules[body.module].versions[body.index].lines;
}

std::vector<Range> statements(const std::vector<Line>& lines) {
  std::vector<Range> result;
  for (std::size_t at = 0; at < lines.size(); ++at) {
    const LineKind kind = lines[at].kind;
    if (divides_try(kind) || kind == LineKind::end) continue;
    result.push_back({at, opens_block(kind) ? model::block_end(lines, at) + 1 : at + 1});
  }
  return result;
}

std::vector<std::size_t> parts_of_try(const std::vector<Line>& lines, std::size_t open) {
  std::vector<std::size_t> result{open};
  const std::size_t end = model::block_end(lines, open);
  for (std::size_t at = open + 1; at < end; ++at) {
    if (opens_block(lines[at].kind)) {
      at = model::block_end(lines, at);
    } else if (divides_try(lines[at].kind)) {
      result.push_back(at);
    }
  }
  result.push_back(end);
  return result;
}

std::vector<Place> siblings(const Scenario& scenario, Place place) {
  std::vector<Place> result{place};
  if (place.body.module == Body::task) return result;
  const Key key = keys(lines_of(scenario, place.body))[place.line];
  const Line& line = lines_of(scenario, place.body)[place.line];
  for (std::uint32_t at = 0; at < scenario.modules[place.body.module].versions.size(); ++at) {
    const Body other{place.body.module, at};
    if (other == place.body) continue;
    const std::vector<Line>& lines = lines_of(scenario, other);
    const std::vector<Key> others = keys(lines);
    const auto found = std::ranges::find(others, key);
    const auto index = static_cast<std::size_t>(found - others.begin());
    if (found != others.end() && alike(lines[index], line)) result.push_back({other, index});
  }
  return result;
}

void cut(std::vector<Line>& lines, const std::vector<bool>& marked) {
  std::size_t kept = 0;
  for (std::size_t at = 0; at < lines.size(); ++at) {
    if (marked[at]) continue;
    if (kept != at) lines[kept] = std::move(lines[at]);
    ++kept;
  }
  lines.resize(kept);
}

void cut(std::vector<Line>& lines, Range range) {
  lines.erase(lines.begin() + static_cast<std::ptrdiff_t>(range.begin),
              lines.begin() + static_cast<std::ptrdiff_t>(range.end));
}

void mend(Scenario& scenario) {
  std::erase_if(scenario.modules,
                [](const model::Module& module) { return module.versions.empty(); });
  std::erase_if(scenario.reloads, [&](model::Reload& reload) {
    std::erase_if(reload.targets,
                  [&](const model::Target& target) { return !has_target(scenario, target); });
    return reload.targets.empty();
  });
  {
    const Declared declared(scenario);
    for (const Body body : bodies(scenario)) mend_lines(lines_of(scenario, body), declared);
  }
  const Declared before(scenario);
  std::erase_if(scenario.inspections, [&](const model::Inspection& inspection) {
    return !before.tasklet(inspection.task);
  });
  const Declared declared(scenario);
  std::erase_if(scenario.decisions, [&](const Decision& decision) {
    switch (decision.kind) {
      case Decision::Kind::run: return !declared.tasklet(decision.name);
      case Decision::Kind::reload: return !declared.reload(decision.name);
      case Decision::Kind::inspect: return !declared.inspection(decision.name);
      case Decision::Kind::collect: break;
    }
    return false;
  });
}

}  // namespace midstride::properties
