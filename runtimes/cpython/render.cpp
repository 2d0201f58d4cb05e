#include "runtimes/cpython/render.hpp"

#include <algorithm>
#include <utility>
#include <vector>

namespace midstride::runtimes::cpython {

namespace {

using model::FunctionCode;
using model::Line;
using model::LineKind;
using model::NodeKind;
using model::Op;
using model::OpCode;
using model::Operand;

// `Exception`, `globals` and `locals` are named by rendered code; the others are attributes of
// classes and integers.
constexpr std::string_view taken_names[] = {"Exception",  "as_integer_ratio",
                                            "bit_count",  "bit_length",
                                            "conjugate",  "denominator",
                                            "from_bytes", "globals",
                                            "im_class",   "imag",
                                            "locals",     "mro",
                                            "numerator",  "real",
                                            "to_bytes"};
static_assert(std::is_sorted(std::begin(taken_names), std::end(taken_names)));
constexpr std::string_view mangled_prefix = "n_";
// In the language, in Python.
constexpr std::pair<std::string_view, std::string_view> method_attributes[] = {
    {"function", "__func__"}, {"self", "__self__"}, {"class", "im_class"}};

// Walks a body's lines and its function's ops side by side: the lines say how blocks nest, the ops
// what each statement does.
class Renderer {
 public:
  Renderer(const model::Scenario& scenario, const model::Program& program, Style style)
      : scenario_(scenario), program_(program), style_(style) {}

  std::string module(const model::VersionCode& version, const std::vector<Line>& lines) {
    first_function_ = version.functions_begin;
    function(version.functions_begin, lines, 0, lines.size());
    return std::move(source_);
  }

  std::string script(std::uint32_t index, const std::vector<Line>& lines) {
    first_function_ = index;
    line("def _script():");
    ++depth_;
    function(index, lines, 0, lines.size());
    return std::move(source_);
  }

 private:
  // The place in the function that is being rendered.
  struct Place {
    std::uint32_t function = 0;  // index into Program::functions
    std::uint32_t pc = 0;
  };

  bool watched() const { return style_ == Style::watched; }
  const FunctionCode& code() const { return program_.functions[at_.function]; }
  std::string name(model::NameId id) const { return python_name(scenario_.text(id)); }

  void line(std::string_view text) {
    source_.append(4 * depth_, ' ');
    source_ += text;
    source_ += '\n';
  }

  void function(std::uint32_t index, const std::vector<Line>& lines, std::size_t begin,
                std::size_t end) {
    const Place outer = at_;
    at_ = {.function = index};
    if (watched()) {
      std::string call = "_f = _enter(" + marker();
      for (std::uint16_t at = 0; at < code().parameters; ++at) call += ", " + local(at);
      line(call + ")");
    }
    if (code().class_cell && !says_super()) line("__class__");
    body(lines, begin, end);
    at_ = outer;
  }

  // A method that says super() has a closure for it, and so has every other version of it: else
  // Python would not let one take over the other's code.
  bool says_super() const {
    const std::span<const Op> ops = program_.ops_of(code());
    return std::any_of(ops.begin(), ops.end(),
                       [](const Op& op) { return op.code == OpCode::super_; });
  }

  std::string marker() const { return std::to_string(first_code + at_.function - first_function_); }

  void body(const std::vector<Line>& lines, std::size_t begin, std::size_t end) {
    for (std::size_t at = begin; at < end; ++at) {
      switch (lines[at].kind) {
        case LineKind::def_:
          define_function(next_op().index(), lines, at, &Renderer::name);
          if (watched() && code().kind != FunctionCode::Kind::body)
            line("_v(_f, " + name(lines[at].name) + ")");
          at = block_end(lines, at);
          break;
        case LineKind::once: once(lines[at]); break;
        case LineKind::nonlocal: line("nonlocal " + name(lines[at].name)); break;
        case LineKind::class_:
          nodes(lines[at]);
          define_class(lines, at);
          at = block_end(lines, at);
          break;
        case LineKind::try_:
          try_block(lines, at);
          at = block_end(lines, at);
          break;
        case LineKind::for_range:
        case LineKind::for_each:
          loop(lines, at);
          at = block_end(lines, at);
          break;
        default: statements(lines[at]);
      }
    }
  }

  void loop(const std::vector<Line>& lines, std::size_t open) {
    nodes(lines[open]);
    const Op& begins = next_op();
    const bool each = begins.code == OpCode::begin_each;
    const std::string rounds = each ? compared(operand(begins.a)) : std::to_string(begins.x);
    const std::uint32_t pc = at_.pc++;
    const Op& round = program_.ops_of(code())[1 + pc];
    const std::string turn =
        watched() ? "_f, " + marker() + ", " + std::to_string(pc) + ", " : std::string();
    line("for " + operand(round.dst) + " in " + (each ? "_each(" : "_rounds(") + turn + rounds +
         "):");
    ++depth_;
    if (round.dst >= code().locals) statement(next_op(), NodeKind::none);
    body(lines, open + 1, block_end(lines, open));
    --depth_;
  }

  void define_function(std::uint32_t index, const std::vector<Line>& lines, std::size_t open,
                       std::string (Renderer::*named)(model::NameId) const) {
    std::string head = "def " + (this->*named)(lines[open].name) + "(";
    for (const model::Node& parameter : lines[open].nodes) {
      if (!head.ends_with('(')) head += ", ";
      head += name(parameter.name);
    }
    line(head + "):");
    ++depth_;
    function(index, lines, open + 1, block_end(lines, open));
    --depth_;
  }

  void define_class(const std::vector<Line>& lines, std::size_t open) {
    const Op& op = next_op();
    std::string head = "class " + name(lines[open].name);
    if (op.a != Operand::nothing) {
      head += "(" + operand(op.a) + ")";
    } else if (!program_.fields.empty()) {
      head += "(_Record)";
    } else if (has_base_somewhere(lines[open].name)) {
      head += "(_Root)";
    }
    line(head + ":");
    ++depth_;
    line("__slots__ = ()");
    if (watched()) line("_k = " + std::to_string(first_class + at_.pc - 1));
    if (!program_.fields.empty()) fields(program_.classes[op.index()]);
    std::uint32_t method = program_.classes[op.index()].methods_begin;
    const std::size_t end = block_end(lines, open);
    for (std::size_t at = open + 1; at < end; ++at) {
      if (lines[at].kind != LineKind::def_) continue;
      define_function(method++, lines, at, &Renderer::attribute);
      at = block_end(lines, at);
    }
    --depth_;
  }

  // What each instance begins with, and no more (_Record).
  void fields(const model::ClassCode& class_) {
    std::string own;
    for (std::uint32_t at = class_.fields_begin; at < class_.fields_end; ++at) {
      const model::FieldCode& field = program_.fields[at];
      if (!own.empty()) own += ", ";
      own += "'" + attribute(field.name) + "': ";
      own += field.value == model::Value::absent() ? "_Object" : literal(field.value);
    }
    line("_fields = {" + own + "}");
  }

  // Python lets a class change its base only for another one of its kind, not for none.
  bool has_base_somewhere(model::NameId class_name) const {
    const auto& versions = scenario_.modules[code().module].versions;
    return std::any_of(versions.begin(), versions.end(), [&](const model::Version& version) {
      return std::any_of(version.lines.begin(), version.lines.end(), [&](const Line& one) {
        return one.kind == LineKind::class_ && one.name == class_name && !one.nodes.empty();
      });
    });
  }

  void try_block(const std::vector<Line>& lines, std::size_t open) {
    const std::size_t end = block_end(lines, open);
    LineKind before = LineKind::try_;
    for (std::size_t at = open; at < end;) {
      const LineKind part = lines[at].kind;
      const bool otherwise = before == LineKind::except_class && part == LineKind::except_;
      if (before == LineKind::except_class && !otherwise) raise_again();
      switch (part) {
        case LineKind::except_class: matching(lines[at]); break;
        case LineKind::except_: otherwise ? inside("else:") : handler("except Exception:"); break;
        case LineKind::except_exit: handler("except TaskletExit:"); break;
        case LineKind::finally_: line("finally:"); break;
        default: line("try:");
      }
      const std::size_t deeper = part == LineKind::except_class || otherwise ? 2 : 1;
      depth_ += deeper;
      if (otherwise && watched()) line("_catch(_f)");
      const std::size_t begin = at + 1;
      for (at = begin; at < end && !divides_try(lines[at].kind); ++at)
        if (opens_block(lines[at].kind)) at = block_end(lines, at);
      body(lines, begin, at);
      depth_ -= deeper;
      before = part;
    }
    if (before == LineKind::except_class) raise_again();
  }

  // The head of an except with a class: the class is asked for in the handler, op by op.
  void matching(const Line& head) {
    line("except Exception:");
    ++depth_;
    nodes(head);
    const std::string class_ = operand(next_op().a);
    line(std::string("if _matches(") + (watched() ? "_f, " : "") + class_ + "):");
    --depth_;
  }
  void raise_again() {
    inside("else:");
    ++depth_;
    inside("raise");
    --depth_;
  }
  void inside(std::string_view text) {
    ++depth_;
    line(text);
    --depth_;
  }

  void handler(std::string_view head) {
    line(head);
    ++depth_;
    if (watched()) line("_catch(_f)");
    --depth_;
  }

  // The next op that is not silent, after the call that makes it a turn.
  const Op& next_op() {
    const std::span<const Op> ops = program_.ops_of(code());
    while (silent(ops[1 + at_.pc].code)) ++at_.pc;
    const std::uint32_t pc = at_.pc++;
    line(watched() ? "_op(_f, " + marker() + ", " + std::to_string(pc) + ")" : "_op()");
    return ops[1 + pc];
  }

  // One op for each node that makes one. Returns how many did.
  std::size_t nodes(const Line& line) {
    std::size_t made = 0;
    for (const model::Node& node : line.nodes) {
      if (!makes_op(node)) continue;
      statement(next_op(), node.kind);
      ++made;
    }
    return made;
  }

  void once(const Line& said) {
    next_op();
    line(watched() ? "if _once():" : "if _once('" + name(said.name) + "', globals(), locals()):");
    ++depth_;
    nodes(said);
    statement(next_op(), NodeKind::none);
    --depth_;
  }

  // And the line's own, where there is one.
  void statements(const Line& line) {
    std::size_t made = nodes(line);
    const bool imports = line.kind == LineKind::import_;
    if (imports) {
      statement(next_op(), NodeKind::member);
      ++made;
    }
    const bool goes_into_local = line.kind == LineKind::expression ||
                                 ((line.kind == LineKind::assign || imports) &&
                                  code().kind != FunctionCode::Kind::body && !in_cell(line.name));
    const bool done = goes_into_local ? made > 0 : line.kind == LineKind::spawn;
    if (!done) statement(next_op(), NodeKind::none);
  }

  bool in_cell(model::NameId variable) const {
    return program_.cell_of(code(), variable) != Operand::nothing;
  }
  bool makes_op(const model::Node& node) const {
    switch (node.kind) {
      case NodeKind::none:
      case NodeKind::integer: return false;
      case NodeKind::name: {
        const auto first = program_.local_names.begin() + code().locals_begin;
        const auto last = first + code().locals;
        return in_cell(node.name) || std::find(first, last, node.name) == last;
      }
      default: return true;
    }
  }

  void statement(const Op& op, NodeKind node) {
    const std::string a = op.a == Operand::nothing ? "" : operand(op.a);
    switch (op.code) {
      case OpCode::move: return result(op, a);
      case OpCode::new_object: return result(op, "_Object()");
      case OpCode::resolve:
        if (op.argc == Op::imported) return import(op);
        return result(op, global(op, node != NodeKind::member));
      case OpCode::look: return result(op, into(a) + "." + attribute(model::NameId{op.x}));
      case OpCode::super_:
        return result(op, "super(" + (op.argc == 2 ? a + ", " + operand(op.args[0]) : "") + ")." +
                              attribute(model::NameId{op.x}));
      case OpCode::is_instance:
        return result(op, "+isinstance(" + left(a) + ", " + compared(operand(op.args[0])) + ")");
      case OpCode::same:
        return result(op, "+(" + left(a) + " is " + compared(operand(op.args[0])) + ")");
      case OpCode::call: return result(op, into(a) + "(" + arguments(op) + ")");
      case OpCode::store: return line(global(op, op.is_own()) + " = " + a);
      case OpCode::store_attribute:
        // In a statement of its own: Python evaluates what is assigned first, the model the object.
        if (watched()) line("_c(" + a + ")");
        return line(bracketed(a) + "." + attribute(model::NameId{op.x}) + " = " +
                    operand(op.args[0]));
      case OpCode::load_cell: return result(op, name(model::NameId{op.x}));
      case OpCode::store_cell: return line(name(model::NameId{op.x}) + " = " + a);
      case OpCode::send: return result(op, harness("_send", channel(op.x), a));
      case OpCode::receive: return result(op, harness("_receive", channel(op.x)));
      case OpCode::yield: return line("_yield()");
      case OpCode::spawn:
        return line(harness("_spawn", scenario_.text(model::NameId{op.x}),
                            op.argc == 0 ? a : a + ", " + arguments(op)));
      case OpCode::kill: return line(harness("_kill", scenario_.text(model::NameId{op.x})));
      case OpCode::emit: return line("_emit(" + a + ")");
      case OpCode::return_: return line("return " + a);
      case OpCode::raise: return line("raise _Raised(" + a + ")");
      case OpCode::reload:
        return line(harness("_reload", scenario_.text(scenario_.reloads[op.x].name)));
      case OpCode::next: return result(op, "next(" + compared(a) + ")");
      case OpCode::yield_value:
        line("yield " + (watched() ? "_suspends(_f, " + a + ")" : a));
        if (watched()) line("_resumes(_f)");
        return;
      case OpCode::pass: return line("pass");
      case OpCode::at_exit: return line("_atexit(" + a + ")");
      case OpCode::break_: return line("break");
      case OpCode::continue_: return line("continue");
      case OpCode::header:
      case OpCode::define_function:
      case OpCode::define_inner:
      case OpCode::define_class:
      case OpCode::match:
      case OpCode::once:
      case OpCode::begin_loop:
      case OpCode::begin_each:
      case OpCode::next_round:
      case OpCode::jump:
      case OpCode::end_finally:
      case OpCode::end_loop:
      case OpCode::leave:
      case OpCode::poison: break;  // no statements
    }
  }

  void import(const Op& op) {
    const model::ModuleCode& module = program_.modules[op.x >> 16];
    const std::string global = name(module.slots[op.x & 0xffff]);
    const std::string into = operand(op.dst);
    line("from " + name(module.name) + " import " + global + (into == global ? "" : " as " + into));
    if (watched()) line("_v(_f, " + into + ")");
  }

  void result(const Op& op, const std::string& expression) {
    const std::string value = watched() ? "_v(_f, " + expression + ")" : expression;
    line(op.dst == Operand::nothing ? value : operand(op.dst) + " = " + value);
  }

  // The callable that is called or the object that is looked into.
  std::string into(const std::string& object) const {
    return watched() ? "_c(" + object + ")" : bracketed(object);
  }
  // The two sides of a comparison, whose result becomes a number by the + before it.
  std::string left(const std::string& object) const {
    return watched() ? "_l(" + object + ")" : object;
  }
  std::string compared(const std::string& object) const {
    return watched() ? "_c(" + object + ")" : object;
  }
  // 1.x would be a fraction.
  static std::string bracketed(const std::string& object) {
    const bool number = object[0] == '-' || (object[0] >= '0' && object[0] <= '9');
    return number ? "(" + object + ")" : object;
  }

  // An op that is not Python's own. The harness of a run knows the op, and so what it names.
  std::string harness(std::string_view function, std::string_view named,
                      const std::string& values = "") const {
    const std::string first = watched() ? "" : "'" + std::string(named) + "'";
    const std::string comma = first.empty() || values.empty() ? "" : ", ";
    return std::string(function) + "(" + first + comma + values + ")";
  }

  // A name of the function's own module needs no module before it.
  std::string global(const Op& op, bool own) const {
    if (op.x >> 16 == model::Program::nowhere) return name(model::NameId{op.x & 0xffff});
    const model::ModuleCode& module = program_.modules[op.x >> 16];
    const std::string global = name(module.slots[op.x & 0xffff]);
    return own ? global : name(module.name) + "." + global;
  }

  std::string channel(std::uint32_t index) const {
    return std::string(scenario_.text(scenario_.channels[index].name));
  }

  std::string attribute(model::NameId id) const { return python_attribute(scenario_.text(id)); }

  std::string local(std::uint16_t index) const {
    return name(program_.local_names[code().locals_begin + index]);
  }

  std::string arguments(const Op& op) const {
    std::string list;
    for (std::size_t at = 0; at < op.argc; ++at) {
      if (at > 0) list += ", ";
      list += operand(op.args[at]);
    }
    return list;
  }

  static std::string literal(model::Value value) {
    return value == model::Value::none() ? "None" : std::to_string(value.number());
  }

  std::string operand(std::uint16_t operand) const {
    if ((operand & Operand::constant_bit) != 0) {
      return literal(program_.constants[operand ^ Operand::constant_bit]);
    }
    if (operand < code().locals) return local(operand);
    return "_" + std::to_string(operand - code().locals);
  }

  const model::Scenario& scenario_;
  const model::Program& program_;
  Style style_;
  Place at_;
  std::uint32_t first_function_ = 0;
  std::size_t depth_ = 0;
  std::string source_;
};

}  // namespace

std::string python_module(const model::Scenario& scenario, const model::Program& program,
                          std::uint32_t module, std::uint32_t version, Style style) {
  return Renderer(scenario, program, style)
      .module(program.modules[module].versions[version],
              scenario.modules[module].versions[version].lines);
}

std::string python_script(const model::Scenario& scenario, const model::Program& program,
                          std::uint32_t task, Style style) {
  return Renderer(scenario, program, style)
      .script(program.scripts[task], scenario.tasks[task].lines);
}

std::string python_name(std::string_view name) {
  const bool taken = name.starts_with('_') || name.starts_with(mangled_prefix) ||
                     std::binary_search(std::begin(taken_names), std::end(taken_names), name);
  return taken ? std::string(mangled_prefix) + std::string(name) : std::string(name);
}

std::string python_attribute(std::string_view name) {
  for (const auto& [scenario, python] : method_attributes) {
    if (name == scenario) return std::string(python);
  }
  return python_name(name);
}

std::string_view scenario_name(std::string_view python_name) {
  return python_name.starts_with(mangled_prefix) ? python_name.substr(mangled_prefix.size())
                                                 : python_name;
}

std::string_view scenario_attribute(std::string_view python_attribute) {
  for (const auto& [scenario, python] : method_attributes) {
    if (python_attribute == python) return scenario;
  }
  return scenario_name(python_attribute);
}

}  // namespace midstride::runtimes::cpython
