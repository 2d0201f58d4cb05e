// Gives every name the first short one that fits what it names: shop, c, t, r1, X, f, x.
#include <algorithm>
#include <array>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "properties/shrink/edit.hpp"
#include "properties/shrink/passes.hpp"

namespace midstride::properties {

using model::Line;
using model::LineKind;
using model::NameId;
using model::Scenario;

namespace {

using Names = std::span<const std::string_view>;
constexpr std::string_view module_names[] = {"shop", "bank", "mill"};
constexpr std::string_view channel_names[] = {"c", "d", "e"};
constexpr std::string_view task_names[] = {"t", "u", "v", "w"};
constexpr std::string_view reload_names[] = {"r", "r2", "r3", "r4", "r5", "r6", "r7", "r8"};
constexpr std::string_view inspection_names[] = {"p", "p2", "p3"};
constexpr std::string_view class_names[] = {"X", "Y", "Z", "K"};
constexpr std::string_view function_names[] = {"f", "g", "h", "i", "j", "k"};
constexpr std::string_view global_names[] = {"a", "b"};
constexpr std::string_view local_names[] = {"x", "y", "z", "m", "n", "o", "p", "q", "s"};
// Mean something as an attribute, or are what everybody writes.
constexpr std::string_view fixed_names[] = {"class", "function", "self"};

class Renaming {
 public:
  explicit Renaming(Scenario& scenario) : scenario_(scenario), done_(scenario.names.size()) {
    for (std::size_t at = 0; at < scenario.names.size(); ++at) {
      const std::string_view name = scenario.names[at];
      if (std::ranges::find(fixed_names, name) != std::end(fixed_names)) done_[at] = true;
    }
    for (const model::Decision& decision : scenario.decisions) keep(decision.ran_op);
    if (scenario.expectation)
      for (const NameId guarantee : scenario.expectation->guarantees) keep(guarantee);
  }

  void all() {
    for (const auto& module : scenario_.modules) give(module.name, module_names);
    for (const auto& channel : scenario_.channels) give(channel.name, channel_names);
    for (const auto& task : scenario_.tasks) give(task.name, task_names);
    for (const auto& reload : scenario_.reloads) give(reload.name, reload_names);
    for (const auto& inspection : scenario_.inspections) give(inspection.name, inspection_names);
    for (const Body body : bodies(scenario_)) definitions(lines_of(scenario_, body));
    for (const Body body : bodies(scenario_)) {
      const bool task = body.module == Body::task;
      assigned(lines_of(scenario_, body), task ? Names(local_names) : Names(global_names), task);
    }
    for (const Body body : bodies(scenario_)) the_rest(lines_of(scenario_, body));
    rename();
  }

 private:
  void keep(NameId name) {
    if (name.valid()) done_[name.value] = true;
  }
  bool free(std::string_view name) const {
    return std::ranges::find(given_, name) == given_.end() &&
           std::ranges::find(fixed_names, name) == std::end(fixed_names);
  }
  // Nothing when all are taken: then the name stays.
  void give(NameId name, Names names) {
    if (!name.valid() || done_[name.value] || scenario_.text(name).find('.') != std::string::npos)
      return;
    done_[name.value] = true;
    for (const std::string_view candidate : names) {
      if (!free(candidate)) continue;
      given_.push_back(candidate);
      renamed_.push_back({name, std::string(candidate)});
      return;
    }
  }

  void definitions(const std::vector<Line>& lines) {
    for (const Line& line : lines) {
      if (line.kind == LineKind::class_) give(line.name, class_names);
      if (line.kind == LineKind::def_) give(line.name, function_names);
      if (line.kind == LineKind::spawn) give(line.name, task_names);
    }
  }
  // At the top level, whatever the depth in a task.
  void assigned(const std::vector<Line>& lines, Names names, bool task) {
    for (std::size_t at = 0; at < lines.size(); ++at) {
      const LineKind kind = lines[at].kind;
      if (!task && (kind == LineKind::def_ || kind == LineKind::class_)) {
        at = model::block_end(lines, at);
      } else if (model::binds_name(kind)) {
        give(lines[at].name, names);
      }
    }
  }
  void the_rest(const std::vector<Line>& lines) {
    for (const Line& line : lines) {
      if (line.kind == LineKind::assign || model::is_loop(line.kind) ||
          line.kind == LineKind::assign_attribute)
        give(line.name, local_names);
      if (line.kind == LineKind::assign_member || line.kind == LineKind::once)
        give(line.name, global_names);
      for (const model::Node& node : line.nodes) {
        const bool member = node.kind == model::NodeKind::member;
        give(node.name, member ? Names(global_names) : Names(local_names));
      }
    }
  }

  // A repeat follows its base. A name that stays must not be one that was given: then it is left to
  // the caller to see that the scenario has a problem.
  void rename() {
    std::vector<std::string> names = scenario_.names;
    for (const auto& [name, text] : renamed_) names[name.value] = text;
    for (std::string& name : names) {
      const std::size_t dot = name.find('.');
      if (dot == std::string::npos) continue;
      const NameId base = scenario_.find(std::string_view(name).substr(0, dot));
      if (base.valid()) name = names[base.value] + name.substr(dot);
    }
    scenario_.names = std::move(names);
  }

  struct Renamed {
    NameId name;
    std::string text;
  };
  Scenario& scenario_;
  std::vector<bool> done_;  // by NameId
  std::vector<std::string_view> given_;
  std::vector<Renamed> renamed_;
};

}  // namespace

void shorten_names(Search& search) {
  Scenario candidate = search.best();
  model::normalise(candidate);
  Renaming(candidate).all();
  search.attempt_renamed(std::move(candidate));
}

}  // namespace midstride::properties
