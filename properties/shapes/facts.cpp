#include "properties/shapes/facts.hpp"

#include <algorithm>
#include <array>
#include <vector>

namespace midstride::properties {

using model::Line;
using model::LineKind;
using model::NameId;
using model::Node;
using model::NodeKind;

namespace {

class Finder {
 public:
  explicit Finder(const model::Scenario& scenario)
      : scenario_(scenario), names_(scenario.names.size()) {}

  Facts run() {
    for (const model::Module& module : scenario_.modules) look_at(module);
    module_ = nullptr;
    for (const model::Task& task : scenario_.tasks) {
      begin_body();
      look_at(task.lines, 0, task.lines.size());
    }
    for (const model::Reload& reload : scenario_.reloads) look_at(reload);
    if (!scenario_.inspections.empty()) found(Fact::inspection);
    return facts_;
  }

 private:
  enum class Holds : std::uint8_t { other, handle, class_, object };
  struct Operand {
    Holds holds = Holds::other;
    bool held = false;  // read from a local that was bound before a suspension
  };
  struct OfName {                // what is known of a name
    std::uint32_t module = 0;    // number of the module in which the next three were seen
    std::uint32_t versions = 0;  // in which it is a def or a class: how many
    bool def = false, class_ = false;
    std::uint32_t arity = 0;
    std::uint32_t bound_in = 0;  // number of the body in which it is a local
    std::uint32_t bound_at = 0;  // and how many suspensions came before it was bound
    Holds holds = Holds::other;
    std::uint32_t used_in = 0;  // the same for its use as a global
    std::uint32_t used_at = 0;
    NameId used_of{};
  };

  void found(Fact fact) { facts_ |= facts(fact); }
  OfName& of(NameId name) { return names_[name.value]; }

  void begin_body() {
    ++body_;
    suspensions_ = 0;
    away_ = NameId::none();
    back_ = false;
    inner_defs_ = nonlocals_ = 0;
  }

  void look_at(const model::Module& module) {
    module_ = &module;
    ++module_number_;
    for (const model::Version& version : module.versions) look_at_definitions(version.lines);
    for (OfName& name : names_) {
      if (name.module != module_number_) continue;
      if (name.def && name.class_) found(Fact::kind_changes);
      if (name.versions < module.versions.size()) found(Fact::name_removed);
    }
    for (const model::Version& version : module.versions) {
      begin_body();
      first_ = &version == &module.versions.front();
      look_at(version.lines, 0, version.lines.size());
    }
  }

  void look_at_definitions(const std::vector<Line>& lines) {
    for (std::size_t at = 0; at < lines.size(); ++at) {
      const Line& line = lines[at];
      if (line.kind != LineKind::def_ && line.kind != LineKind::class_) continue;
      OfName& name = of(line.name);
      const auto arity = static_cast<std::uint32_t>(line.nodes.size());
      if (name.module != module_number_) {
        name.module = module_number_;
        name.versions = 0;
        name.def = name.class_ = false;
        name.arity = arity;
      }
      ++name.versions;
      if (name.arity != arity && name.def && line.kind == LineKind::def_)
        found(Fact::arity_changes);
      (line.kind == LineKind::def_ ? name.def : name.class_) = true;
      at = model::block_end(lines, at);
    }
  }

  // A body: of a function (in_function_), of a version, or a script. Functions come after the top
  // level that they stand in, as they are bodies of their own.
  void look_at(const std::vector<Line>& lines, std::size_t begin, std::size_t end) {
    std::size_t handler_depth = 0;
    std::array<bool, model::blocks_max + 1> handler{};
    std::size_t depth = 0;
    for (std::size_t at = begin; at < end; ++at) {
      const Line& line = lines[at];
      switch (line.kind) {
        case LineKind::class_:
          if (!lines[at].nodes.empty()) found(Fact::derived);
          at = model::block_end(lines, at);
          break;
        case LineKind::def_:
          if (in_function_) look_at_inner(lines, at);
          at = model::block_end(lines, at);
          break;
        case LineKind::try_: handler[++depth] = false; break;
        case LineKind::for_range:
        case LineKind::for_each:
          handler[++depth] = false;
          look_at(line);
          break;
        case LineKind::except_exit:
        case LineKind::finally_: found(Fact::unwinding); [[fallthrough]];
        case LineKind::except_class:
        case LineKind::except_:
          if (line.kind == LineKind::except_class && suspensions_ > 0) found(Fact::caught_by_class);
          if (!handler[depth]) ++handler_depth;
          handler[depth] = true;
          break;
        case LineKind::end:
          if (handler[depth--]) --handler_depth;
          break;
        default: {
          const std::uint32_t before = suspensions_;
          look_at(line);
          if (handler_depth > 0 && suspensions_ > before) found(Fact::handler_suspends);
        }
      }
    }
    if (module_ == nullptr || in_function_) return;
    in_function_ = true;
    for (std::size_t at = begin; at < end; ++at) {
      if (lines[at].kind != LineKind::def_) continue;
      begin_body();
      for (const Node& parameter : lines[at].nodes) bind(parameter.name, Holds::other);
      const std::size_t function_end = model::block_end(lines, at);
      look_at(lines, at + 1, function_end);
      at = function_end;
    }
    in_function_ = false;
  }

  void look_at_inner(const std::vector<Line>& lines, std::size_t open) {
    bind(lines[open].name, Holds::handle);
    ++inner_defs_;
    if (lines[open + 1].kind == LineKind::nonlocal) ++nonlocals_;
    if (inner_defs_ > 1 && nonlocals_ > 0) found(Fact::cell_shared);
  }

  void suspend() {
    ++suspensions_;
    if (inner_defs_ > 0) found(Fact::closure_lives);
    if (module_ != nullptr && !in_function_ && !first_) found(Fact::body_suspends);
  }

  void look_at(const Line& line) {
    if (back_ && line.kind != LineKind::reload) found(Fact::excursion);
    stack_.clear();
    for (std::size_t at = 0; at < line.nodes.size(); ++at) look_at(line.nodes[at]);
    switch (line.kind) {
      case LineKind::assign:
      case LineKind::for_range:
      case LineKind::for_each:
        if (module_ == nullptr || in_function_) bind(line.name, stack_.back().holds);
        break;
      case LineKind::once:
      case LineKind::at_exit: break;
      case LineKind::import_:
        if (module_ == nullptr || in_function_) bind(line.name, Holds::other);
        break;
      case LineKind::assign_member: found(Fact::global_written); break;
      case LineKind::assign_attribute: {
        const std::string_view name = scenario_.text(line.name);
        if (name == "function" || name == "self" || name == "class")
          found(Fact::read_only_assigned);
        break;
      }
      case LineKind::raise:
        if (module_ != nullptr && !in_function_ && !first_) found(Fact::body_raises);
        break;
      case LineKind::yield: suspend(); break;
      case LineKind::spawn: found(Fact::spawn); break;
      case LineKind::kill: found(Fact::kill); break;
      case LineKind::reload:
        suspend();
        for (const model::Reload& reload : scenario_.reloads) {
          if (reload.name != line.name) continue;
          if (module_ != nullptr && reloads(reload, module_->name)) found(Fact::own_reload);
          travel(reload.targets.front());
        }
        break;
      default: break;
    }
  }

  void travel(const model::Target& target) {
    for (const model::Module& module : scenario_.modules) {
      if (module.name != target.module) continue;
      const bool home = target.version == module.versions.front().number;
      if (!home) away_ = module.name;
      back_ = home && away_ == module.name;
    }
  }

  void look_at(const Node& node) {
    switch (node.kind) {
      case NodeKind::none:
      case NodeKind::integer: stack_.push_back({}); break;
      case NodeKind::object: stack_.push_back({Holds::object}); break;
      case NodeKind::name:
        stack_.push_back(is_local(node.name) ? read(node.name) : use(node.name, NameId::none()));
        break;
      case NodeKind::member:
        if (module_ != nullptr && node.module != module_->name) found(Fact::across_modules);
        stack_.push_back(use(node.name, node.module));
        break;
      case NodeKind::attribute: stack_.back() = {Holds::handle}; break;
      case NodeKind::call: {
        stack_.resize(stack_.size() - node.argc);
        const Operand callee = stack_.back();
        if (callee.held && callee.holds == Holds::handle) found(Fact::held_handle_called);
        stack_.back() = {callee.holds == Holds::class_ ? Holds::object : Holds::other};
        break;
      }
      case NodeKind::receive:
        suspend();
        if (module_ != nullptr && in_function_ && reloads_of(module_->name) > 1)
          found(Fact::sleeps_over_two);
        stack_.push_back({Holds::handle});
        break;
      case NodeKind::send:
        if (stack_.back().holds == Holds::handle || stack_.back().holds == Holds::class_)
          found(Fact::handle_sent);
        suspend();
        stack_.back() = {};
        break;
      case NodeKind::is_instance:
      case NodeKind::same:
        if (suspensions_ > 0) found(Fact::compared);
        stack_.pop_back();
        stack_.back() = {};
        break;
      case NodeKind::next: stack_.back() = {}; break;
      case NodeKind::super_:
        found(Fact::super_called);
        stack_.resize(stack_.size() - node.argc);
        stack_.push_back({Holds::handle});
        break;
    }
  }

  bool is_local(NameId name) { return of(name).bound_in == body_; }
  void bind(NameId name, Holds holds) {
    OfName& local = of(name);
    local.bound_in = body_;
    local.bound_at = suspensions_;
    local.holds = holds;
  }

  Operand read(NameId name) {
    const OfName& local = of(name);
    const bool held = local.bound_at < suspensions_;
    if (held && (local.holds == Holds::class_ || local.holds == Holds::object))
      found(Fact::held_object_read);
    return {local.holds, held};
  }

  Operand use(NameId name, NameId module) {
    OfName& global = of(name);
    const bool again = global.used_in == body_ && global.used_of == module;
    if (again && global.used_at < suspensions_) {
      found(Fact::name_used_twice);
      if (module_ == nullptr) found(Fact::qualified_used_twice);
    }
    global.used_in = body_;
    global.used_at = suspensions_;
    global.used_of = module;
    return {global.class_ ? Holds::class_ : Holds::handle};
  }

  std::uint32_t reloads_of(NameId module) const {
    std::uint32_t count = 0;
    for (const model::Reload& reload : scenario_.reloads)
      if (reloads(reload, module)) ++count;
    return count;
  }

  static bool reloads(const model::Reload& reload, NameId module) {
    return std::ranges::any_of(
        reload.targets, [&](const model::Target& target) { return target.module == module; });
  }

  void look_at(const model::Reload& reload) {
    if (reload.targets.size() > 1) found(Fact::batch);
    for (const model::Target& target : reload.targets) look_at(target);
  }
  void look_at(const model::Target& wanted) {
    for (const model::Module& module : scenario_.modules) {
      if (module.name != wanted.module) continue;
      const std::uint32_t number = wanted.version;
      if (number == module.versions.front().number) found(Fact::same_text);
      const model::Version* target = nullptr;
      for (const model::Version& version : module.versions)
        if (version.number == number) target = &version;
      for (const model::Version& version : module.versions)
        if (&version != target && version.lines == target->lines) found(Fact::same_text);
    }
  }

  const model::Scenario& scenario_;
  std::vector<OfName> names_;
  std::vector<Operand> stack_;
  Facts facts_ = 0;
  const model::Module* module_ = nullptr;  // none in scripts
  std::uint32_t module_number_ = 0;
  std::uint32_t body_ = 0;
  std::uint32_t suspensions_ = 0;  // so far in this body
  NameId away_ = NameId::none();   // the module that it reloaded last, to another than its first
  bool back_ = false;              // version, and whether it came back
  std::uint32_t inner_defs_ = 0;   // likewise
  std::uint32_t nonlocals_ = 0;    // of those, that share by name
  bool first_ = false;             // version
  bool in_function_ = false;
};

}  // namespace

Facts facts_of(const model::Scenario& scenario) { return Finder(scenario).run(); }

}  // namespace midstride::properties
