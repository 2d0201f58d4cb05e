// Writes the canonical text of a scenario: one order, one layout, nothing that has its default (but
// the subject and the policy, which are always said).

#include <charconv>
#include <concepts>

#include "model/text.hpp"
#include "sim/check.hpp"

namespace midstride::model {

namespace {

class Writer {
 public:
  explicit Writer(const Scenario& scenario) : scenario_(scenario) {}

  std::string write() {
    put("midstride ", text_format_version, "\n");
    for (const std::string& line : scenario_.story) put(line.empty() ? "#" : "# ", line, "\n");
    put("subject ", scenario_.subject, "\n");
    const Scenario defaults;
    if (scenario_.granularity != defaults.granularity)
      put("granularity ", name_of(scenario_.granularity), "\n");
    if (scenario_.turn_budget != defaults.turn_budget) put("budget ", scenario_.turn_budget, "\n");
    for (const Module& module : scenario_.modules) put_module(module);
    for (const Channel& channel : scenario_.channels) put_channel(channel);
    for (const Task& task : scenario_.tasks) put_task(task);
    for (const Reload& reload : scenario_.reloads) put_reload(reload);
    for (const Inspection& inspection : scenario_.inspections) put_inspection(inspection);
    if (!scenario_.decisions.empty()) put("do\n");
    for (const Decision& decision : scenario_.decisions) put_decision(decision);
    put("then ", scenario_.policy);
    if (scenario_.seed != defaults.seed) put(" seed ", scenario_.seed);
    put("\n");
    if (scenario_.expectation) put_expectation(*scenario_.expectation);
    return std::move(out_);
  }

 private:
  // Each part is text, a name or a number.
  template <class... Part>
  void put(const Part&... parts) {
    (put_part(parts), ...);
  }
  void put_part(std::string_view text) { out_ += text; }
  void put_part(NameId name) { out_ += scenario_.text(name); }
  void put_part(std::integral auto number) {
    char digits[24];
    const auto result = std::to_chars(std::begin(digits), std::end(digits), number);
    out_.append(digits, result.ptr);
  }
  void indent(std::size_t steps) { out_.append(2 * steps, ' '); }

  void put_module(const Module& module) {
    put("module ", module.name, "\n");
    for (const Version& version : module.versions) {
      put("  version ", version.number, "\n");
      put_lines(version.lines, 2);
    }
  }

  void put_channel(const Channel& channel) {
    put("channel ", channel.name);
    if (channel.preference != Channel{}.preference) put(" preference ", int{channel.preference});
    if (channel.schedule_all) put(" schedule-all");
    put("\n");
  }

  // Only a body of one line that opens no block has one line.
  void put_task(const Task& task) {
    put("task ", task.name, task.lines.size() == 1 ? ": " : ":\n");
    if (task.lines.size() == 1) {
      put_line(task.lines[0]);
      put("\n");
    } else {
      put_lines(task.lines, 1);
    }
  }

  void put_reload(const Reload& reload) {
    put("reload ", reload.name, ":");
    for (const Target& target : reload.targets) {
      put(&target == reload.targets.data() ? " " : ", ", target.module, " -> ", target.version);
    }
    put("\n");
  }

  void put_inspection(const Inspection& inspection) {
    put(name_of(inspection.kind), " ", inspection.name, ": ", inspection.task);
    if (inspection.kind == Inspection::Kind::poke) {
      put(".", inspection.local, " = ");
      put_expression({inspection.value}, 0);
    }
    put("\n");
  }

  void put_decision(const Decision& decision) {
    switch (decision.kind) {
      case Decision::Kind::run: put("  run ", decision.name); break;
      case Decision::Kind::reload: put("  reload ", decision.name); break;
      case Decision::Kind::inspect:
        put("  ", name_of(kind_of(decision.name)), " ", decision.name);
        break;
      case Decision::Kind::collect: put("  collect"); break;
    }
    if (decision.count > 0) put(" ", decision.count);
    if (decision.ran_op.valid()) put(" -> ", decision.ran_op);
    if (decision.ran_object.valid()) put(" ", decision.ran_object);
    put("\n");
  }
  Inspection::Kind kind_of(NameId name) {
    if (kinds_.empty()) {
      kinds_.resize(scenario_.names.size());
      for (const Inspection& inspection : scenario_.inspections)
        kinds_[inspection.name.value] = inspection.kind;
    }
    return kinds_[name.value];
  }

  void put_expectation(const Expectation& expectation) {
    put("expect ", name_of(expectation.verdict));
    for (const NameId guarantee : expectation.guarantees) put(" ", guarantee);
    put("\n");
  }

  void put_lines(const std::vector<Line>& lines, std::size_t depth) {
    for (const Line& line : lines) {
      switch (line.kind) {
        case LineKind::end: --depth; continue;
        case LineKind::except_class:
        case LineKind::except_:
        case LineKind::except_exit:
        case LineKind::finally_: indent(depth - 1); break;
        case LineKind::def_:
        case LineKind::class_:
        case LineKind::try_:
        case LineKind::for_range:
        case LineKind::for_each: indent(depth++); break;
        default: indent(depth);
      }
      put_line(line);
      put("\n");
    }
  }

  void put_line(const Line& line) {
    switch (line.kind) {
      case LineKind::def_:
        put("def ", line.name, "(");
        for (const Node& parameter : line.nodes)
          put(&parameter == line.nodes.data() ? "" : ", ", parameter.name);
        return put("):");
      case LineKind::class_:
        put("class ", line.name);
        if (!line.nodes.empty()) put("("), put_expression(line.nodes), put(")");
        return put(":");
      case LineKind::try_: return put("try:");
      case LineKind::except_class:
        put("except ");
        put_expression(line.nodes);
        return put(":");
      case LineKind::except_: return put("except:");
      case LineKind::except_exit: return put("except TaskletExit:");
      case LineKind::finally_: return put("finally:");
      case LineKind::end: return;
      case LineKind::assign: put(line.name, " = "); return put_expression(line.nodes);
      case LineKind::assign_member:
        put(line.module, ".", line.name, " = ");
        return put_expression(line.nodes);
      case LineKind::assign_attribute: {
        const std::size_t value = subexpression_begin(line.nodes, line.nodes.size() - 1);
        put_operand(line.nodes, value - 1);
        put(".", line.name, " = ");
        return put_expression(line.nodes);
      }
      case LineKind::expression: return put_expression(line.nodes);
      case LineKind::emit: put("emit "); return put_expression(line.nodes);
      case LineKind::return_: put("return "); return put_expression(line.nodes);
      case LineKind::raise: put("raise "); return put_expression(line.nodes);
      case LineKind::yield: return put("yield");
      case LineKind::spawn: put("spawn ", line.name, " = "); return put_expression(line.nodes);
      case LineKind::kill: return put("kill ", line.name);
      case LineKind::reload: return put("reload ", line.name);
      case LineKind::pass: return put("pass");
      case LineKind::nonlocal: return put("nonlocal ", line.name);
      case LineKind::once: put("once ", line.name, " = "); return put_expression(line.nodes);
      case LineKind::at_exit: put("atexit "); return put_expression(line.nodes);
      case LineKind::import_: return put("from ", line.module, " import ", line.name);
      case LineKind::field: put("field ", line.name, " = "); return put_expression(line.nodes);
      case LineKind::for_range:
        put("for ", line.name, " in range(");
        put_expression(line.nodes);
        return put("):");
      case LineKind::for_each:
        put("for ", line.name, " in ");
        put_expression(line.nodes);
        return put(":");
      case LineKind::yield_value: put("yield "); return put_expression(line.nodes);
      case LineKind::break_: return put("break");
      case LineKind::continue_: return put("continue");
    }
  }

  void put_expression(const std::vector<Node>& nodes) { put_expression(nodes, nodes.size() - 1); }
  // The subexpression whose last node is `last`.
  void put_expression(const std::vector<Node>& nodes, std::size_t last) {
    const Node& node = nodes[last];
    switch (node.kind) {
      case NodeKind::none: return put("None");
      case NodeKind::integer: return put(node.value);
      case NodeKind::object: return put("{}");
      case NodeKind::name: return put(node.name);
      case NodeKind::member: return put(node.module, ".", node.name);
      case NodeKind::attribute: put_operand(nodes, last - 1); return put(".", node.name);
      case NodeKind::call: return put_call(nodes, last);
      case NodeKind::receive: return put(node.name, ".receive()");
      case NodeKind::send:
        put(node.name, ".send(");
        put_expression(nodes, last - 1);
        return put(")");
      case NodeKind::next:
        put("next(");
        put_expression(nodes, last - 1);
        return put(")");
      case NodeKind::is_instance:
        put("isinstance(");
        put_pair(nodes, last);
        return put(")");
      case NodeKind::same:
        put_operand(nodes, subexpression_begin(nodes, last - 1) - 1);
        put(" is ");
        return put_operand(nodes, last - 1);
      case NodeKind::super_:
        put("super(");
        if (node.argc == 2) put_pair(nodes, last);
        return put(").", node.name);
    }
  }
  // The two operands of the node.
  void put_pair(const std::vector<Node>& nodes, std::size_t last) {
    put_expression(nodes, subexpression_begin(nodes, last - 1) - 1);
    put(", ");
    put_expression(nodes, last - 1);
  }
  // What binds closer than `is` does.
  void put_operand(const std::vector<Node>& nodes, std::size_t last) {
    if (nodes[last].kind != NodeKind::same) return put_expression(nodes, last);
    put("(");
    put_expression(nodes, last);
    put(")");
  }
  void put_call(const std::vector<Node>& nodes, std::size_t last) {
    std::size_t
        argument_ends[parameters_max + 1];  // the callee's end is after those of the arguments
    argument_ends[0] = last - 1;
    for (std::size_t at = 0; at < nodes[last].argc; ++at)
      argument_ends[at + 1] = subexpression_begin(nodes, argument_ends[at]) - 1;
    put_operand(nodes, argument_ends[nodes[last].argc]);
    put("(");
    for (std::size_t left = nodes[last].argc; left > 0; --left) {
      put_expression(nodes, argument_ends[left - 1]);
      if (left > 1) put(", ");
    }
    put(")");
  }

  const Scenario& scenario_;
  std::string out_;
  std::vector<Inspection::Kind> kinds_;  // of inspections, by NameId; empty until it is asked for
};

}  // namespace

std::string write(const Scenario& scenario) {
  const auto why_not = problem(scenario);
  MIDSTRIDE_CHECK(!why_not, why_not->c_str());
  return Writer(scenario).write();
}

}  // namespace midstride::model
