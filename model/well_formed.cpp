#include "model/well_formed.hpp"

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "model/names.hpp"
#include "model/scopes.hpp"

namespace midstride::model {

namespace {

using Part = Where::Part;

// What a name is declared as.
enum class Role : std::uint8_t { none, module, channel, task, reload, peek, poke, flush };
struct Declared {
  Role role = Role::none;
  std::uint32_t index = 0;  // into the scenario's list
};

constexpr std::string_view role_words[] = {"",          "the module ", "the channel ",
                                           "the task ", "the reload ", "the peek ",
                                           "the poke ", "the flush "};

constexpr std::string_view line_words[] = {"'def'",         "'class'",
                                           "'try'",         "'except' with a class",
                                           "'except'",      "'except TaskletExit'",
                                           "'finally'",     "'end'",
                                           "an assignment", "an assignment",
                                           "an assignment", "an expression",
                                           "'emit'",        "'return'",
                                           "'raise'",       "'yield'",
                                           "'spawn'",       "'kill'",
                                           "'reload'",      "'pass'",
                                           "'nonlocal'",    "'from'",
                                           "'field'",       "'once'",
                                           "'atexit'",      "'for'",
                                           "'break'",       "'continue'",
                                           "'for'",         "'yield' with a value"};

std::string_view words_of(LineKind kind) { return line_words[static_cast<std::size_t>(kind)]; }

struct LineShape {
  bool name, module, nodes;  // the fields that it uses
};
LineShape shape_of(LineKind kind) {
  switch (kind) {
    case LineKind::assign_member: return {true, true, true};
    case LineKind::def_:
    case LineKind::class_:
    case LineKind::assign:
    case LineKind::assign_attribute:
    case LineKind::once:
    case LineKind::spawn:
    case LineKind::field:
    case LineKind::for_range:
    case LineKind::for_each: return {true, false, true};
    case LineKind::kill:
    case LineKind::reload:
    case LineKind::nonlocal: return {true, false, false};
    case LineKind::import_: return {true, true, false};
    case LineKind::except_class:
    case LineKind::expression:
    case LineKind::emit:
    case LineKind::return_:
    case LineKind::raise:
    case LineKind::at_exit:
    case LineKind::yield_value: return {false, false, true};
    case LineKind::try_:
    case LineKind::except_:
    case LineKind::except_exit:
    case LineKind::finally_:
    case LineKind::end:
    case LineKind::yield:
    case LineKind::pass:
    case LineKind::break_:
    case LineKind::continue_: break;
  }
  return {false, false, false};
}

// The node with only the fields that its kind uses.
Node bare(const Node& node) {
  switch (node.kind) {
    case NodeKind::none:
    case NodeKind::object:
    case NodeKind::is_instance:
    case NodeKind::next:
    case NodeKind::same: return {.kind = node.kind};
    case NodeKind::integer: return {.kind = node.kind, .value = node.value};
    case NodeKind::name:
    case NodeKind::attribute:
    case NodeKind::receive:
    case NodeKind::send: return {.kind = node.kind, .name = node.name};
    case NodeKind::member: return {.kind = node.kind, .name = node.name, .module = node.module};
    case NodeKind::call: return {.kind = node.kind, .argc = node.argc};
    case NodeKind::super_: return {.kind = node.kind, .argc = node.argc, .name = node.name};
  }
  return {};
}

bool is_between(std::int64_t value, std::int64_t low, std::int64_t high) {
  return low <= value && value <= high;
}

// Every check returns whether all is well; the first fault is kept and ends the rest.
class Checker {
 public:
  explicit Checker(const Scenario& scenario) : scenario_(scenario) {}

  std::optional<Fault> run() {
    names() && heading() && declarations() && versions() && tasks() && reloads() && inspections() &&
        decisions() && expectation();
    return std::move(fault_);
  }

 private:
  struct Open {
    LineKind opened;
    LineKind part;  // of a try: which part of it
    bool empty = true;
    bool begins = true;   // nothing but nonlocals so far
    bool yields = false;  // a value, inside
  };

  bool fault(Where where, std::string expected, std::string found) {
    fault_ = Fault{where, std::move(expected), std::move(found)};
    return false;
  }
  bool at_most(std::size_t count, std::size_t max, Where where, std::string_view what) {
    if (count <= max) return true;
    return fault(where, "at most " + std::to_string(max) + " " + std::string(what), "more");
  }
  static std::uint32_t narrow(std::size_t index) { return static_cast<std::uint32_t>(index); }

  // Names.

  bool names() {
    const std::vector<std::string>& table = scenario_.names;
    if (!at_most(table.size(), names_max, {}, "different names")) return false;
    forms_.reserve(table.size());
    for (const std::string& name : table) {
      forms_.push_back(form_of(name));
      if (forms_.back() == NameForm::other) return fault({}, "a name", in_quotes(name));
    }
    sorted_.resize(table.size());
    for (std::size_t at = 0; at < sorted_.size(); ++at) sorted_[at] = narrow(at);
    const auto text = [&](std::uint32_t at) -> const std::string& { return table[at]; };
    std::ranges::sort(sorted_, {}, text);
    const auto twice = std::ranges::adjacent_find(sorted_, {}, text);
    if (twice != sorted_.end())
      return fault({}, "different names", in_quotes(table[*twice]) + " twice");
    declared_.resize(table.size());
    return true;
  }

  bool in_table(NameId id) const { return id.value < forms_.size(); }
  NameForm form(NameId id) const { return forms_[id.value]; }
  Declared declared(NameId id) const { return in_table(id) ? declared_[id.value] : Declared{}; }
  NameId base(NameId id) const {
    if (form(id) != NameForm::repeat) return id;
    const auto text = [&](std::uint32_t at) { return std::string_view(scenario_.names[at]); };
    const std::string_view wanted = base_of(scenario_.text(id));
    const auto found = std::ranges::lower_bound(sorted_, wanted, {}, text);
    const bool there = found != sorted_.end() && text(*found) == wanted;
    return there ? NameId{*found} : NameId::none();
  }

  std::string describe(NameId id) const {
    if (!in_table(id)) return "no name";
    const std::string shown = in_quotes(scenario_.text(id));
    if (form(id) == NameForm::keyword) return "the keyword " + shown;
    return std::string(role_words[static_cast<std::size_t>(declared(id).role)]) + shown;
  }
  std::string hint_for(NameId id, Role role) const {
    std::vector<std::string_view> candidates;
    for (std::size_t at = 0; at < declared_.size(); ++at)
      if (declared_[at].role == role) candidates.emplace_back(scenario_.names[at]);
    return in_table(id) ? hint(scenario_.text(id), candidates) : std::string();
  }

  // A name that is declared as nothing.
  bool free_name(Where where, NameId id, std::string_view expected) {
    if (in_table(id) && form(id) == NameForm::name && declared(id).role == Role::none) return true;
    return fault(where, std::string(expected), describe(id));
  }
  bool attribute(Where where, NameId id) {
    if (in_table(id) && (form(id) == NameForm::name || scenario_.text(id) == "class")) return true;
    return fault(where, "an attribute's name", describe(id));
  }
  bool name_of_role(Where where, NameId id, Role role, std::string_view expected) {
    if (in_table(id) && declared(id).role == role) return true;
    return fault(where, std::string(expected), describe(id) + hint_for(id, role));
  }
  bool tasklet(Where where, NameId id) {
    if (in_table(id) && (form(id) == NameForm::name || form(id) == NameForm::repeat)) {
      const Role role = declared(base(id)).role;
      if (role == Role::none || role == Role::task) return true;
      id = base(id);
    }
    return fault(where, std::string(tasklet_form), describe(id));
  }
  bool word(Where where, NameId id, std::string_view expected) {
    if (in_table(id) && is_word(form(id))) return true;
    return fault(where, std::string(expected), describe(id));
  }

  // What comes before the bodies.

  bool heading() {
    if (!at_most(scenario_.story.size(), story_lines_max, {Part::story}, "lines of story"))
      return false;
    for (std::size_t at = 0; at < scenario_.story.size(); ++at) {
      if (const auto found = story_fault(scenario_.story[at]))
        return fault({.part = Part::story, .index = narrow(at)},
                     "a story in UTF-8 without control characters, at most " +
                         std::to_string(story_line_bytes_max) + " bytes a line",
                     *found);
    }
    if (!is_subject(scenario_.subject))
      return fault({}, std::string(subject_form), in_quotes(scenario_.subject));
    if (!is_word(form_of(scenario_.policy)))
      return fault({}, "a policy's name", in_quotes(scenario_.policy));
    const std::uint32_t turns = scenario_.turn_budget;
    if (turns > 0 && turns <= turn_budget_max) return true;
    return fault({}, fmt::format("a budget from 1 to {} turns", turn_budget_max),
                 std::to_string(turns));
  }

  template <class List>
  bool declare(const List& list, Part part, Role role) {
    for (std::size_t at = 0; at < list.size(); ++at)
      if (!declare({.part = part, .index = narrow(at)}, list[at].name, role)) return false;
    return true;
  }
  bool declare(Where where, NameId id, Role role) {
    if (!free_name(where.at(Where::name), id, "a name that is not taken yet")) return false;
    declared_[id.value] = {role, where.index};
    return true;
  }
  bool declarations() {
    return at_most(scenario_.modules.size(), modules_max, {}, "modules") &&
           declare(scenario_.modules, Part::module, Role::module) &&
           declare(scenario_.channels, Part::channel, Role::channel) &&
           declare(scenario_.tasks, Part::task, Role::task) &&
           declare(scenario_.reloads, Part::reload, Role::reload) && declare_inspections() &&
           preferences();
  }
  bool declare_inspections() {
    for (std::size_t at = 0; at < scenario_.inspections.size(); ++at) {
      const Inspection& inspection = scenario_.inspections[at];
      if (!declare({.part = Part::inspection, .index = narrow(at)}, inspection.name,
                   role_of(inspection.kind)))
        return false;
    }
    return true;
  }
  static Role role_of(Inspection::Kind kind) {
    if (kind == Inspection::Kind::peek) return Role::peek;
    return kind == Inspection::Kind::poke ? Role::poke : Role::flush;
  }
  bool preferences() {
    for (std::size_t at = 0; at < scenario_.channels.size(); ++at) {
      const int preference = scenario_.channels[at].preference;
      if (!is_between(preference, -1, 1))
        return fault({.part = Part::channel, .index = narrow(at)}, "a preference of -1, 0 or 1",
                     std::to_string(preference));
    }
    return true;
  }

  // Bodies.

  bool versions() {
    for (std::size_t m = 0; m < scenario_.modules.size(); ++m) {
      const std::vector<Version>& list = scenario_.modules[m].versions;
      if (list.empty()) return fault({Part::module, narrow(m)}, "at least one version", "none");
      std::uint32_t last = 0;
      for (std::size_t v = 0; v < list.size(); ++v) {
        Where where{Part::version, narrow(m), narrow(v)};
        if (list[v].number <= last)
          return fault(where, "a version above " + std::to_string(last),
                       in_quotes(std::to_string(list[v].number)));
        last = list[v].number;
        if (!at_most(last, version_max, where, "as a version")) return false;
        where.part = Part::module_line;
        if (!body(where, list[v].lines, true)) return false;
      }
    }
    return true;
  }

  bool tasks() {
    for (std::size_t t = 0; t < scenario_.tasks.size(); ++t)
      if (!body({Part::task_line, narrow(t)}, scenario_.tasks[t].lines, false)) return false;
    return true;
  }

  bool body(Where where, const std::vector<Line>& lines, bool in_module) {
    if (lines.empty()) return fault(where, "a statement", "an empty body");
    open_.clear();
    defs_ = 0;
    for (std::size_t at = 0; at < lines.size(); ++at) {
      where.line = narrow(at);
      if (!at_most(++lines_, lines_max, where, lines_limit)) return false;
      if (!structure(where, lines[at], in_module) || !parts(where, lines[at])) return false;
      if (lines[at].kind == LineKind::def_ && defs_ == 1) remember_locals(lines, at);
      if (lines[at].kind == LineKind::field && !new_field(where, lines, at)) return false;
    }
    return open_.empty() || fault(where, "the end of every block", "an open one");
  }

  bool structure(Where where, const Line& line, bool in_module) {
    if (divides_try(line.kind) || line.kind == LineKind::end) return divide(where, line.kind);
    if (!allowed_here(where, line.kind, in_module)) return false;
    if (!open_.empty()) {
      open_.back().empty = false;
      open_.back().begins &= line.kind == LineKind::nonlocal;
      open_.back().yields |= line.kind == LineKind::yield_value;
    }
    if (!opens_block(line.kind)) return true;
    open_.push_back({line.kind, line.kind});
    if (line.kind == LineKind::def_) ++defs_;
    return at_most(open_.size(), blocks_max, where, "blocks inside one another");
  }

  bool divide(Where where, LineKind kind) {
    if (open_.empty()) return fault(where, "a statement", std::string(words_of(kind)));
    Open& block = open_.back();
    if (block.empty) return fault(where, "a statement, such as 'pass'", "an empty block");
    if (kind != LineKind::end) {
      if (block.opened != LineKind::try_)
        return fault(where, "a statement", std::string(words_of(kind)));
      if (kind <= block.part)
        return fault(where,
                     "'except' with a class, 'except', 'except TaskletExit' and 'finally' in this "
                     "order, once each",
                     std::string(words_of(kind)) + " after " + std::string(words_of(block.part)));
      if (kind == LineKind::finally_ && block.yields)
        return fault(where, "a statement",
                     "'finally' around a 'yield' with a value (such generators are not in this "
                     "version of the language yet)");
      block.part = kind;
      block.empty = true;
      return true;
    }
    if (block.part == LineKind::try_)
      return fault(where, "'except', 'except TaskletExit' or 'finally'", "none after 'try'");
    const bool yields = block.yields && block.opened != LineKind::def_;
    if (block.opened == LineKind::def_) --defs_;
    open_.pop_back();
    if (!open_.empty()) open_.back().yields |= yields;
    return true;
  }

  bool allowed_here(Where where, LineKind kind, bool in_module) {
    const bool top = open_.empty();
    const bool in_class = !top && open_.back().opened == LineKind::class_;
    const bool in_def = defs_ > 0;
    if (kind == LineKind::nonlocal) return nonlocal_here(where);
    if (kind == LineKind::once && (in_def || !in_module))
      return fault(where, "a statement", std::string("'once' in a ") + (in_def ? "def" : "task"));
    if (kind == LineKind::break_ || kind == LineKind::continue_) return leaves_a_loop(where, kind);
    if (kind == LineKind::return_ && in_module && !in_def)
      return fault(where, "a statement of a module's top level", "'return'");
    if (kind == LineKind::yield_value && !in_def)
      return fault(where, "a statement", "'yield' with a value outside a def");
    const bool defines = kind == LineKind::def_ || kind == LineKind::class_;
    if (kind == LineKind::field && !in_class)
      return fault(where, "a statement", "'field' outside a class");
    if (!defines && in_class && kind != LineKind::pass && kind != LineKind::field)
      return fault(where, "'def', 'field' or 'pass' in a class", std::string(words_of(kind)));
    const bool def = kind == LineKind::def_;
    if (!defines || (top && in_module) || (def && (in_class || defs_ == 1))) return true;
    constexpr std::string_view later = " are not in this version of the language yet)";
    std::string found(words_of(kind));
    if (in_def) {
      const std::string_view what = def ? "a def inside a def (deeper ones" : "a def (such classes";
      found += " inside " + std::string(what) + std::string(later);
    } else if (in_class) {
      found += " inside a class (nested classes" + std::string(later);
    } else {
      found += in_module ? " inside " + std::string(words_of(open_.back().opened)) : " in a task";
    }
    return fault(where, "a statement", found);
  }

  bool new_field(Where where, const std::vector<Line>& lines, std::size_t at) {
    for (std::size_t before = at; before-- > 0 && lines[before].kind != LineKind::class_;) {
      if (lines[before].kind == LineKind::field && lines[before].name == lines[at].name)
        return fault(where.at(Where::name), "different fields",
                     describe(lines[at].name) + " twice");
    }
    return true;
  }

  bool leaves_a_loop(Where where, LineKind kind) {
    for (std::size_t at = open_.size(); at-- > 0 && open_[at].opened != LineKind::def_;)
      if (is_loop(open_[at].opened)) return true;
    return fault(where, "a statement", std::string(words_of(kind)) + " outside a loop");
  }

  bool nonlocal_here(Where where) {
    const bool first = defs_ == 2 && open_.back().opened == LineKind::def_ && open_.back().begins;
    return first || fault(where, "a statement",
                          defs_ < 2 ? "'nonlocal' outside a def inside a def"
                                    : "'nonlocal' after the first statement of its def");
  }

  // By NameId: the def, as counted through the scenario, that binds it.
  void remember_locals(const std::vector<Line>& lines, std::size_t open) {
    ++around_;
    bound_in_.resize(scenario_.names.size(), 0);
    each_bound(lines, open, [&](NameId name) {
      if (in_table(name)) bound_in_[name.value] = around_;
    });
  }
  bool nonlocal(Where where, NameId name) {
    if (!free_name(where, name, "a local of the function around this one")) return false;
    if (bound_in_[name.value] == around_ && !is_parameter(name)) return true;
    return fault(where, "a local of the function around this one",
                 describe(name) + (is_parameter(name) ? ", a parameter of this one" : ""));
  }
  bool is_parameter(NameId name) const {
    return std::ranges::any_of(*parameters_, [&](const Node& node) { return node.name == name; });
  }

  // The names and expressions of a line.
  bool parts(Where where, const Line& line) {
    const LineShape shape = shape_of(line.kind);
    if ((!shape.name && line.name.valid()) || (!shape.module && line.module.valid()) ||
        (!shape.nodes && !line.nodes.empty()))
      return fault(where, "only the fields that a line of its kind uses", "others");
    const Where name = where.at(Where::name);
    switch (line.kind) {
      case LineKind::def_:
        parameters_ = &line.nodes;
        return free_name(name, line.name, "a function's name") && parameters(where, line.nodes);
      case LineKind::class_:
        return free_name(name, line.name, "a class's name") &&
               (line.nodes.empty() || global(where, line.nodes, "a base class"));
      case LineKind::except_class: return global(where, line.nodes, "a class to catch");
      case LineKind::assign:
        return free_name(name, line.name, "a local or a global") && expression(where, line.nodes);
      case LineKind::assign_member:
        return name_of_role(where.at(Where::object), line.module, Role::module, "a module") &&
               free_name(name, line.name, "a global") && expression(where, line.nodes);
      case LineKind::assign_attribute:
        return attribute(name, line.name) && expression(where, line.nodes, 2);
      case LineKind::once:
        return free_name(name, line.name, "a global's name") && expression(where, line.nodes);
      case LineKind::expression:
      case LineKind::emit:
      case LineKind::return_:
      case LineKind::raise:
      case LineKind::at_exit:
      case LineKind::yield_value: return expression(where, line.nodes);
      case LineKind::spawn:
        return free_name(name, line.name, "a name for the tasklet that nothing else has") &&
               expression(where, line.nodes) && ends_in_call(where, line.nodes);
      case LineKind::kill: return tasklet(name, line.name);
      case LineKind::reload:
        return name_of_role(name, line.name, Role::reload, "a declared reload");
      case LineKind::nonlocal: return nonlocal(name, line.name);
      case LineKind::import_:
        return name_of_role(where.at(Where::object), line.module, Role::module, "a module") &&
               free_name(name, line.name, "a global's name");
      case LineKind::field:
        return free_name(name, line.name, "a field's name") && literal(where, line.nodes);
      case LineKind::for_each:
        return free_name(name, line.name, "a local or a global") && expression(where, line.nodes);
      case LineKind::for_range:
        return free_name(name, line.name, "a local or a global") && rounds(where, line.nodes);
      case LineKind::try_:
      case LineKind::except_:
      case LineKind::except_exit:
      case LineKind::finally_:
      case LineKind::end:
      case LineKind::yield:
      case LineKind::pass:
      case LineKind::break_:
      case LineKind::continue_: break;
    }
    return true;
  }

  bool rounds(Where where, const std::vector<Node>& nodes) {
    if (!expression(where, nodes)) return false;
    const bool number = nodes.size() == 1 && nodes[0].kind == NodeKind::integer;
    if (number && is_between(nodes[0].value, 0, rounds_max)) return true;
    return fault(where.at(Where::first_item), fmt::format("0 to {} rounds", rounds_max),
                 number ? in_quotes(std::to_string(nodes[0].value)) : "another expression");
  }

  bool parameters(Where where, const std::vector<Node>& nodes) {
    if (!at_most(nodes.size(), parameters_max, where, "parameters")) return false;
    for (std::size_t at = 0; at < nodes.size(); ++at) {
      const Where here = where.at(Where::first_item + at);
      if (nodes[at].kind != NodeKind::name || nodes[at] != bare(nodes[at]))
        return fault(here, "a parameter's name", "another node");
      if (!free_name(here, nodes[at].name, "a parameter's name")) return false;
      for (std::size_t before = 0; before < at; ++before)
        if (nodes[before] == nodes[at])
          return fault(here, "different parameters", describe(nodes[at].name) + " twice");
    }
    return true;
  }

  // A single name, of whatever module.
  bool global(Where where, const std::vector<Node>& nodes, std::string_view expected) {
    const bool one =
        nodes.size() == 1 && (nodes[0].kind == NodeKind::name || nodes[0].kind == NodeKind::member);
    if (!one)
      return fault(where.at(Where::first_item), std::string(expected), "another expression");
    return expression(where, nodes);
  }

  bool literal(Where where, const std::vector<Node>& nodes) {
    const bool one = nodes.size() == 1 && operand_count(nodes[0]) == 0 &&
                     (nodes[0].kind == NodeKind::none || nodes[0].kind == NodeKind::integer ||
                      nodes[0].kind == NodeKind::object);
    if (!one)
      return fault(where.at(Where::first_item), "None, a number or {}", "another expression");
    return expression(where, nodes);
  }

  bool ends_in_call(Where where, const std::vector<Node>& nodes) {
    if (nodes.back().kind == NodeKind::call) return true;
    return fault(where.at(Where::first_item), "a call for the tasklet to run, as in f(1)",
                 "another expression");
  }

  // That the nodes leave `values` values.
  bool expression(Where where, const std::vector<Node>& nodes, std::size_t values = 1) {
    if (!at_most(nodes.size(), line_nodes_max, where, line_nodes_limit)) return false;
    nodes_ += nodes.size();
    if (!at_most(nodes_, nodes_max, where, nodes_limit)) return false;
    std::size_t depth = 0;
    for (std::size_t at = 0; at < nodes.size(); ++at) {
      const Where here = where.at(Where::first_item + at);
      const std::size_t taken = operand_count(nodes[at]);
      if (taken > depth) return fault(here, "operands before the node", "too few");
      depth = depth - taken + 1;
      if (!node(here, nodes[at])) return false;
    }
    return depth == values || fault(where, "an expression", std::to_string(depth) + " values");
  }

  bool node(Where where, const Node& node) {
    if (node != bare(node)) return fault(where, "only the fields that a node uses", "others");
    switch (node.kind) {
      case NodeKind::none:
      case NodeKind::object:
      case NodeKind::is_instance:
      case NodeKind::next:
      case NodeKind::same: return true;
      case NodeKind::integer: return integer(where, node.value);
      case NodeKind::name: return value_name(where, node.name);
      case NodeKind::member:
        return name_of_role(where, node.module, Role::module, "a module") &&
               free_name(where, node.name, "a global's name");
      case NodeKind::attribute: return attribute(where, node.name);
      case NodeKind::super_:
        if (node.argc != 0 && node.argc != 2)
          return fault(where, "a class and an object, or neither", std::to_string(node.argc));
        return attribute(where, node.name);
      case NodeKind::call: return at_most(node.argc, parameters_max, where, "arguments");
      case NodeKind::receive:
      case NodeKind::send: return name_of_role(where, node.name, Role::channel, "a channel");
    }
    return true;
  }

  bool integer(Where where, std::int32_t value) {
    if (is_between(value, -integer_max, integer_max)) return true;
    return fault(where, "a number of at most 8 digits", std::to_string(value));
  }

  bool value_name(Where where, NameId id) {
    const Role role = declared(id).role;
    if (role == Role::module)
      return fault(where, "a '.' and a global's name after the module", describe(id) + " alone");
    if (role == Role::channel)
      return fault(where, "'.send(...)' or '.receive()' after the channel",
                   describe(id) + " alone");
    return free_name(where, id, "an expression");
  }

  // What comes after the bodies.

  bool reloads() {
    for (std::size_t at = 0; at < scenario_.reloads.size(); ++at) {
      const Where where{Part::reload, narrow(at)};
      const std::vector<Target>& targets = scenario_.reloads[at].targets;
      if (targets.empty() || targets.size() > batch_max)
        return fault(where, "1 to " + std::to_string(batch_max) + " modules to reload",
                     std::to_string(targets.size()));
      for (std::size_t item = 0; item < targets.size(); ++item) {
        if (!target(where, item, targets)) return false;
      }
    }
    return true;
  }

  bool target(const Where reload, std::size_t item, const std::vector<Target>& targets) {
    const Target& target = targets[item];
    const Where module = reload.at(Where::first_item + 2 * item);
    const Where version = reload.at(Where::first_item + 2 * item + 1);
    if (!name_of_role(module, target.module, Role::module, "a declared module")) return false;
    for (std::size_t before = 0; before < item; ++before) {
      if (targets[before].module == target.module)
        return fault(module, "a module that the batch does not name yet", describe(target.module));
    }
    const std::vector<Version>& list = scenario_.modules[declared(target.module).index].versions;
    const auto found = std::ranges::lower_bound(list, target.version, {}, &Version::number);
    if (found != list.end() && found->number == target.version) return true;
    std::string expected = "a version of " + describe(target.module) + ", which has";
    constexpr std::size_t shown = 8;
    for (std::size_t at = 0; at < list.size() && at < shown; ++at)
      expected += (at == 0 ? " " : ", ") + std::to_string(list[at].number);
    if (list.size() > shown) expected += " and more";
    return fault(version, expected, in_quotes(std::to_string(target.version)));
  }

  bool inspections() {
    for (std::size_t at = 0; at < scenario_.inspections.size(); ++at) {
      const Inspection& inspection = scenario_.inspections[at];
      const Where where{Part::inspection, narrow(at)};
      if (!tasklet(where.at(Where::object), inspection.task)) return false;
      if (inspection.kind != Inspection::Kind::poke) {
        if (inspection.local.valid() || inspection.value != Node{})
          return fault(where, "only a task", "more");
        continue;
      }
      if (!free_name(where.at(Where::detail), inspection.local, "a local's name")) return false;
      const Node& value = inspection.value;
      if (operand_count(value) != 0 || value.kind > NodeKind::object || value != bare(value))
        return fault(where, "None, a number or {}", "another node");
      if (value.kind == NodeKind::integer && !integer(where, value.value)) return false;
    }
    return true;
  }

  bool decisions() {
    const std::vector<Decision>& list = scenario_.decisions;
    if (!at_most(list.size(), decisions_max, {Part::decision}, "decisions")) return false;
    for (std::size_t at = 0; at < list.size(); ++at)
      if (!decision({Part::decision, narrow(at)}, list[at])) return false;
    return true;
  }

  bool decision(Where where, const Decision& decision) {
    const bool counts =
        decision.kind == Decision::Kind::run || decision.kind == Decision::Kind::reload;
    if (!counts && decision.count != 0)
      return fault(where, "no count", std::to_string(decision.count));
    if (decision.ran_op.valid() && !word(where, decision.ran_op, "an op's name")) return false;
    if (decision.ran_object.valid() && (!decision.ran_op.valid() || !in_table(decision.ran_object)))
      return fault(where, "an op before what it acted on", describe(decision.ran_object));
    const Where name = where.at(Where::name);
    switch (decision.kind) {
      case Decision::Kind::run: return tasklet(name, decision.name);
      case Decision::Kind::reload: return attempt(name, decision.name);
      case Decision::Kind::inspect: return inspect(name, decision.name);
      case Decision::Kind::collect:
        return !decision.name.valid() || fault(where, "no name", describe(decision.name));
    }
    return true;
  }

  bool attempt(Where where, NameId id) {
    if (in_table(id) && declared(base(id)).role == Role::reload) return true;
    return fault(where, "a declared reload", describe(id) + hint_for(id, Role::reload));
  }

  bool inspect(Where where, NameId id) {
    const Role role = declared(id).role;
    if (role == Role::peek || role == Role::poke || role == Role::flush) return true;
    return fault(where, "a declared peek, poke or flush", describe(id));
  }

  bool expectation() {
    if (!scenario_.expectation) return true;
    const Where where{.part = Part::expectation};
    const std::vector<NameId>& guarantees = scenario_.expectation->guarantees;
    if (!at_most(guarantees.size(), guarantees_max, where, "guarantees")) return false;
    if (guarantees.empty() == (scenario_.expectation->verdict == VerdictKind::violated))
      return fault(where, "guarantees after 'violated' and only there",
                   std::to_string(guarantees.size()));
    for (std::size_t at = 0; at < guarantees.size(); ++at) {
      const Where here = where.at(Where::first_item + at);
      if (!word(here, guarantees[at], "a guarantee's name")) return false;
      const auto before = guarantees.begin() + static_cast<std::ptrdiff_t>(at);
      if (std::find(guarantees.begin(), before, guarantees[at]) != before)
        return fault(here, "different guarantees", describe(guarantees[at]) + " twice");
    }
    return true;
  }

  const Scenario& scenario_;
  std::optional<Fault> fault_;
  std::vector<NameForm> forms_;        // by NameId
  std::vector<Declared> declared_;     // by NameId
  std::vector<std::uint32_t> sorted_;  // NameIds by text
  std::vector<Open> open_;
  std::size_t defs_ = 0;                           // of those
  const std::vector<Node>* parameters_ = nullptr;  // of the last def
  std::uint32_t around_ = 0;
  std::vector<std::uint32_t> bound_in_;
  std::size_t lines_ = 0;
  std::size_t nodes_ = 0;
};

constexpr std::string_view part_words[] = {"scenario", "story line", "module",   "module",
                                           "module",   "channel",    "task",     "task",
                                           "reload",   "inspection", "decision", "expectation"};

// Places are counted from 1, as lines of a text are.
std::string describe(Where where) {
  std::string words(part_words[static_cast<std::size_t>(where.part)]);
  if (where.part != Part::scenario && where.part != Part::expectation)
    words += " " + std::to_string(where.index + 1);
  if (where.part == Part::version || where.part == Part::module_line)
    words += ", version " + std::to_string(where.version + 1);
  if (where.part == Part::module_line || where.part == Part::task_line)
    words += ", line " + std::to_string(where.line + 1);
  return words;
}

}  // namespace

std::optional<Fault> first_fault(const Scenario& scenario) { return Checker(scenario).run(); }

std::optional<std::string> problem(const Scenario& scenario) {
  const std::optional<Fault> fault = first_fault(scenario);
  if (!fault) return std::nullopt;
  return describe(fault->where) + ": expected " + fault->expected + ", found " + fault->found;
}

}  // namespace midstride::model
