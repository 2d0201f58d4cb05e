#include "model/program.hpp"

#include <algorithm>
#include <charconv>
#include <iterator>

#include "model/event.hpp"
#include "model/scopes.hpp"
#include "sim/check.hpp"

namespace midstride::model {

namespace {

// clang-format off
constexpr std::string_view op_names[] = {
    "header", "move",  "new-object", "resolve", "look",  "super", "isinstance",  "is",    "call",
    "store",  "store-attribute",     "load-cell",        "store-cell",           "def",
    "inner-def",       "class",      "send",    "receive",        "yield",       "spawn", "kill",
    "emit",   "return",              "raise",   "match", "reload", "pass",       "once", "atexit",
    "loop",   "loop-over",           "for",     "break", "continue",       "next",  "yield-value",
    "jump",   "end-finally",         "end-loop",         "leave", "poison"};
// clang-format on
static_assert(std::size(op_names) == static_cast<std::size_t>(OpCode::poison) + 1);

// Compiles one scenario; holds what is needed on the way.
class Compiler {
 public:
  Compiler(const Scenario& scenario, Program& program) : scenario_(scenario), program_(program) {}

  void run() {
    reset();
    for (std::uint32_t m = 0; m < scenario_.modules.size(); ++m) compile_module(m);
    for (const Task& task : scenario_.tasks) {
      program_.scripts.push_back(static_cast<std::uint32_t>(program_.functions.size()));
      begin_function(FunctionCode::Kind::script, task.name, {}, no_module, 0);
      compile_body(task.lines, 0, task.lines.size());
      end_function();
    }
    expect_turns();
  }

 private:
  using Lines = std::vector<Line>;
  using Loop = Program::Loop;
  static constexpr std::uint32_t unpatched = 0xffff'ffff;

  void reset() {
    program_.functions.clear();
    program_.classes.clear();
    program_.ops.clear();
    program_.handlers.clear();
    program_.local_names.clear();
    program_.cells.clear();
    program_.fields.clear();
    program_.bound_by.assign(scenario_.names.size(), 0);
    program_.constants.clear();
    program_.scripts.clear();
    program_.spare_modules.resize(program_.modules, scenario_.modules.size());
    for (std::uint32_t m = 0; m < scenario_.modules.size(); ++m) {
      program_.modules[m].name = scenario_.modules[m].name;
      program_.modules[m].slots.clear();
      program_.spare_versions.resize(program_.modules[m].versions,
                                     scenario_.modules[m].versions.size());
    }
    program_.slot_of.assign(scenario_.names.size() * scenario_.modules.size(), 0);
    program_.repeats.clear();
    for (std::uint32_t n = 0; n < scenario_.names.size(); ++n)
      program_.repeats.push_back(repeat_of(n));
  }

  Repeat repeat_of(std::uint32_t name) const {
    const std::string& text = scenario_.names[name];
    const std::size_t dot = text.find('.');
    if (dot == std::string::npos) return {NameId{name}, 1};
    Repeat repeat{scenario_.find(std::string_view(text).substr(0, dot)), 0};
    std::from_chars(text.data() + dot + 1, text.data() + text.size(), repeat.number);
    return repeat;
  }

  std::uint32_t slot(std::uint32_t module, NameId name) {
    std::uint32_t& known = program_.slot_of[module * scenario_.names.size() + name.value];
    if (known == 0) {
      program_.modules[module].slots.push_back(name);
      known = static_cast<std::uint32_t>(program_.modules[module].slots.size());
    }
    return module << 16 | (known - 1);
  }

  void compile_module(std::uint32_t m) {
    const Module& module = scenario_.modules[m];
    for (std::uint32_t v = 0; v < module.versions.size(); ++v) {
      const Lines& lines = module.versions[v].lines;
      VersionCode& version = program_.modules[m].versions[v];
      version_ = v;
      version.number = module.versions[v].number;
      version.only_defines = true;
      version.functions_begin = static_cast<std::uint32_t>(program_.functions.size());
      version.ops_begin = static_cast<std::uint32_t>(program_.ops.size());
      begin_function(FunctionCode::Kind::body, module.name, {}, m, version.number);
      // The functions' ops come after the body's: remember where they are and compile them when the
      // body is done.
      pending_.clear();
      compile_body(lines, 0, lines.size());
      end_function();
      for (std::size_t next = 0; next < pending_.size(); ++next)
        compile_function(lines, Pending(pending_[next]), m, version.number);
      version.functions_end = static_cast<std::uint32_t>(program_.functions.size());
      version.ops_end = static_cast<std::uint32_t>(program_.ops.size());
    }
    for (std::uint32_t v = 0; v < module.versions.size(); ++v) mark_defined(m, v);
    spread_class_cells(m);
  }

  // All versions of a method have a class cell or none, so that one can take over another's code.
  void spread_class_cells(std::uint32_t m) {
    const auto begin = program_.functions.begin() + program_.modules[m].versions[0].functions_begin;
    for (auto with = begin; with != program_.functions.end(); ++with) {
      if (!with->class_cell || with->kind != FunctionCode::Kind::method) continue;
      for (auto other = begin; other != program_.functions.end(); ++other) {
        if (other->kind == with->kind && other->class_name == with->class_name &&
            other->name == with->name)
          other->class_cell = true;
      }
    }
  }

  void mark_defined(std::uint32_t m, std::uint32_t v) {
    const Lines& lines = scenario_.modules[m].versions[v].lines;
    VersionCode& version = program_.modules[m].versions[v];
    for (std::size_t at = 0; at < lines.size(); ++at) {
      const LineKind kind = lines[at].kind;
      if (kind != LineKind::def_ && kind != LineKind::class_ && kind != LineKind::pass)
        version.only_defines = false;
      if (kind == LineKind::def_ || kind == LineKind::class_) at = block_end(lines, at);
    }
    version.defines.assign(program_.modules[m].slots.size(), false);
    version.persists.assign(program_.modules[m].slots.size(), false);
    for (std::size_t at = 0; at < lines.size(); ++at) {
      const Line& line = lines[at];
      if (binds_name(line.kind)) {
        const std::uint32_t bound = slot(m, line.name) & 0xffff;
        if (bound >= version.defines.size()) {
          version.defines.resize(bound + 1, false);
          version.persists.resize(bound + 1, false);
        }
        version.persists[bound] =
            line.kind == LineKind::once && (!version.defines[bound] || version.persists[bound]);
        version.defines[bound] = true;
      }
      if (line.kind == LineKind::def_ || line.kind == LineKind::class_) at = block_end(lines, at);
    }
  }

  using Pending = Program::Pending;

  void compile_function(const Lines& lines, const Pending& pending, std::uint32_t m,
                        std::uint32_t version) {
    const Line& line = lines[pending.line];
    const std::size_t end = block_end(lines, pending.line);
    std::uint32_t index = 0;
    if (program_.functions[pending.outer].kind != FunctionCode::Kind::body) {
      index = static_cast<std::uint32_t>(program_.functions.size());
      compile_inner(lines, pending, end, m, version);
    } else if (line.kind == LineKind::def_) {
      index = static_cast<std::uint32_t>(program_.functions.size());
      compile_def(lines, pending.line, end, FunctionCode::Kind::function, {}, m, version);
    } else {
      index = static_cast<std::uint32_t>(program_.classes.size());
      const auto first = static_cast<std::uint32_t>(program_.functions.size());
      const auto first_field = static_cast<std::uint32_t>(program_.fields.size());
      for (std::size_t at = pending.line + 1; at < end; ++at) {
        if (lines[at].kind == LineKind::field) add_field(lines[at]);
        if (lines[at].kind != LineKind::def_) continue;
        const std::size_t method_end = block_end(lines, at);
        compile_def(lines, at, method_end, FunctionCode::Kind::method, line.name, m, version);
        at = method_end;
      }
      program_.classes.push_back(
          {.name = line.name,
           .module = m,
           .version = version_,
           .line = static_cast<std::uint32_t>(pending.line),
           .methods_begin = first,
           .methods_end = static_cast<std::uint32_t>(program_.functions.size()),
           .fields_begin = first_field,
           .fields_end = static_cast<std::uint32_t>(program_.fields.size())});
    }
    program_.ops[pending.op].set_index(index);
  }

  void add_field(const Line& line) {
    const Node& node = line.nodes[0];
    Value value{};
    if (node.kind == NodeKind::none) value = Value::none();
    if (node.kind == NodeKind::integer) value = Value::integer(node.value);
    program_.fields.push_back({line.name, value});
  }

  void compile_def(const Lines& lines, std::size_t begin, std::size_t end, FunctionCode::Kind kind,
                   NameId class_name, std::uint32_t m, std::uint32_t version) {
    begin_function(kind, lines[begin].name, class_name, m, version);
    find_captured(lines, begin, end);
    compile_function_body(lines, begin, end);
  }

  void compile_inner(const Lines& lines, const Pending& pending, std::size_t end, std::uint32_t m,
                     std::uint32_t version) {
    const FunctionCode outer = program_.functions[pending.outer];
    begin_function(FunctionCode::Kind::inner, lines[pending.line].name, outer.class_name, m,
                   version);
    function_.outer = outer.name;
    capture(lines, pending.line, outer);
    compile_function_body(lines, pending.line, end);
    FunctionCode& around = program_.functions[pending.outer];
    if (around.inner_begin == around.inner_end)
      around.inner_begin = around.inner_end = static_cast<std::uint32_t>(index_);
    ++around.inner_end;
    around.class_cell |= function_.class_cell;
  }

  void compile_function_body(const Lines& lines, std::size_t begin, std::size_t end) {
    for (const Node& parameter : lines[begin].nodes) add_local(parameter.name);
    function_.parameters = static_cast<std::uint16_t>(lines[begin].nodes.size());
    for (std::uint16_t at = 0; at < function_.cells && !function_.captures(); ++at) {
      CellCode& cell = program_.cells[function_.cells_begin + at];
      if (local(cell.name) != Operand::nothing) cell.from = local(cell.name);
    }
    compile_body(lines, begin + 1, end);
    end_function();
  }

  // What the function binds and one inside it uses without binding it, by the text of the names.
  void find_captured(const Lines& lines, std::size_t begin, std::size_t end) {
    for (std::size_t at = begin + 1; at < end; ++at) {
      if (lines[at].kind != LineKind::def_) continue;
      ++around_;
      each_bound(lines, begin, [&](NameId name) { binder(name) = around_; });
      unbind(lines, at);
      each_used(lines, at, [&](NameId name) {
        if (binder(name) == around_) add_cell({.name = name});
      });
      at = block_end(lines, at);
    }
  }
  // Those of them that the function at `open` uses.
  void capture(const Lines& lines, std::size_t open, const FunctionCode& outer) {
    ++around_;
    for (std::uint16_t at = 0; at < outer.cells; ++at)
      binder(program_.cells_of(outer)[at].name) = around_;
    unbind(lines, open);
    each_used(lines, open, [&](NameId name) {
      if (binder(name) == around_) add_cell({.name = name, .from = program_.cell_of(outer, name)});
    });
  }
  // What the def binds itself is not bound by the one around it.
  void unbind(const Lines& lines, std::size_t open) {
    each_bound(lines, open, [&](NameId name) {
      if (!says_nonlocal(lines, open, name)) binder(name) = 0;
    });
  }
  static bool says_nonlocal(const Lines& lines, std::size_t open, NameId name) {
    for (std::size_t at = open + 1; lines[at].kind == LineKind::nonlocal; ++at)
      if (lines[at].name == name) return true;
    return false;
  }
  std::uint32_t& binder(NameId name) { return program_.bound_by[name.value]; }

  void add_cell(const CellCode& cell) {
    if (cell_of(cell.name) != Operand::nothing) return;
    auto place = program_.cells.end();
    while (place != program_.cells.begin() + function_.cells_begin &&
           scenario_.text(cell.name) < scenario_.text((place - 1)->name))
      --place;
    program_.cells.insert(place, cell);
    ++function_.cells;
  }
  std::uint16_t cell_of(NameId name) const { return program_.cell_of(function_, name); }

  void begin_function(FunctionCode::Kind kind, NameId name, NameId class_name, std::uint32_t m,
                      std::uint32_t version) {
    function_ = FunctionCode{};
    function_.kind = kind;
    function_.name = name;
    function_.class_name = class_name;
    function_.module = m;
    function_.version = version;
    function_.ops_begin = static_cast<std::uint32_t>(program_.ops.size());
    function_.handlers_begin = static_cast<std::uint32_t>(program_.handlers.size());
    function_.locals_begin = static_cast<std::uint32_t>(program_.local_names.size());
    function_.cells_begin = static_cast<std::uint32_t>(program_.cells.size());
    program_.functions.push_back(function_);
    index_ = program_.functions.size() - 1;
    add({.code = OpCode::header});
  }

  void end_function() {
    add({.code = OpCode::leave});
    function_.ops_end = static_cast<std::uint32_t>(program_.ops.size());
    function_.handlers_end = static_cast<std::uint32_t>(program_.handlers.size());
    program_.functions[index_] = function_;
  }

  void compile_body(const Lines& lines, std::size_t begin, std::size_t end) {
    if (function_.kind != FunctionCode::Kind::body) {
      each_assigned(lines, begin, [&](NameId name) {
        if (cell_of(name) == Operand::nothing) add_local(name);
      });
    }
    compile_lines(lines, begin, end);
  }

  void add_local(NameId name) {
    if (local(name) != Operand::nothing) return;
    program_.local_names.push_back(name);
    ++function_.locals;
  }
  std::uint16_t local(NameId name) const {
    for (std::uint16_t at = 0; at < function_.locals; ++at) {
      if (program_.local_names[function_.locals_begin + at] == name) return at;
    }
    return Operand::nothing;
  }

  void compile_lines(const Lines& lines, std::size_t begin, std::size_t end) {
    for (std::size_t at = begin; at < end; ++at) {
      const Line& line = lines[at];
      switch (line.kind) {
        case LineKind::nonlocal: break;
        case LineKind::def_:
        case LineKind::class_:
          function_.kind == FunctionCode::Kind::body ? define(line, at) : define_inner(line, at);
          at = block_end(lines, at);
          break;
        case LineKind::try_: at = compile_try(lines, at); break;
        case LineKind::for_range:
        case LineKind::for_each: at = compile_loop(lines, at); break;
        case LineKind::break_: jump_out(OpCode::break_); break;
        case LineKind::continue_: jump_out(OpCode::continue_); break;
        default: compile_statement(line);
      }
    }
  }

  void add_pending(std::size_t line) {
    pending_.push_back({line, static_cast<std::uint32_t>(program_.ops.size()),
                        static_cast<std::uint32_t>(index_)});
  }
  void define(const Line& line, std::size_t at) {
    const bool defines_class = line.kind == LineKind::class_;
    const bool based = defines_class && !line.nodes.empty();
    const std::uint16_t base = based ? operand(line.nodes) : Operand::nothing;
    add_pending(at);
    add({.code = defines_class ? OpCode::define_class : OpCode::define_function,
         .argc = Op::own,
         .a = base,
         .x = slot(function_.module, line.name)});
  }
  void define_inner(const Line& line, std::size_t at) {
    add_pending(at);
    Op op{.code = OpCode::define_inner, .x = line.name.value};
    op.args[2] = cell_of(line.name);
    if (op.args[2] == Operand::nothing) op.dst = local(line.name);
    add(op);
  }

  std::uint32_t pc() const {
    return static_cast<std::uint32_t>(program_.ops.size()) - function_.ops_begin - 1;
  }

  // Returns the index of its `end`.
  std::size_t compile_try(const Lines& lines, std::size_t open) {
    const std::size_t end = block_end(lines, open);
    // Where except with a class, except, except TaskletExit and finally begin, or the end.
    std::array<std::size_t, 4> part{end, end, end, end};
    for (std::size_t at = open + 1; at < end; ++at) {
      if (opens_block(lines[at].kind)) at = block_end(lines, at);
      if (divides_try(lines[at].kind))
        part[static_cast<std::size_t>(lines[at].kind) -
             static_cast<std::size_t>(LineKind::except_class)] = at;
    }
    const auto [of_class, of_errors, of_exit, finally] = part;
    const auto end_of = [&](std::size_t begins) {
      std::size_t stop = end;
      for (const std::size_t other : part)
        if (other > begins) stop = std::min(stop, other);
      return stop;
    };
    const std::uint32_t begin = pc();
    const std::size_t body_end = end_of(open);
    compile_lines(lines, open + 1, body_end);
    const std::uint32_t body_pc_end = pc();
    std::uint32_t jumps[4];
    std::size_t jump_count = 0;
    const auto jump_on = [&] {
      jumps[jump_count++] = static_cast<std::uint32_t>(program_.ops.size());
      add({.code = OpCode::jump});
    };
    const auto handler = [&](Handler::Catches catches, std::uint16_t completion = 0) {
      program_.handlers.push_back({begin, body_pc_end, pc(), catches, completion, loops_open()});
    };
    if (body_end != finally) jump_on();
    if (of_class < end) {
      const std::uint16_t completion = function_.completions++;
      handler(Handler::Catches::errors_to_match, completion);
      const bool otherwise_caught = of_errors < end;
      const std::uint16_t class_ = operand(lines[of_class].nodes);
      const std::size_t match = program_.ops.size();
      add({.code = OpCode::match,
           .argc = static_cast<std::uint8_t>(otherwise_caught ? 1 : 0),
           .dst = completion,
           .a = class_});
      compile_lines(lines, of_class + 1, end_of(of_class));
      jump_on();
      program_.ops[match].x = pc();
      if (!otherwise_caught) add({.code = OpCode::end_finally, .x = completion});
    } else if (of_errors < end) {
      handler(Handler::Catches::errors);
    }
    if (of_errors < end) {
      compile_lines(lines, of_errors + 1, end_of(of_errors));
      jump_on();
    }
    if (of_exit < end) {
      handler(Handler::Catches::task_exit);
      compile_lines(lines, of_exit + 1, end_of(of_exit));
      jump_on();
    }
    for (std::size_t at = 0; at < jump_count; ++at) program_.ops[jumps[at]].x = pc();
    if (finally < end) {
      const std::uint16_t completion = function_.completions++;
      program_.handlers.push_back(
          {begin, pc(), pc(), Handler::Catches::everything_then_rethrow, completion, loops_open()});
      compile_lines(lines, finally + 1, end);
      add({.code = OpCode::end_finally, .x = completion});
    }
    return end;
  }

  // Returns the index of its `end`. What is assigned goes through a temporary where the name is no
  // local.
  std::size_t compile_loop(const Lines& lines, std::size_t open) {
    const std::size_t end = block_end(lines, open);
    const NameId name = lines[open].name;
    const auto depth = static_cast<std::uint8_t>(loops_.size());
    function_.loops = std::max<std::uint16_t>(function_.loops, depth + 1U);
    const bool each = lines[open].kind == LineKind::for_each;
    if (each) {
      add({.code = OpCode::begin_each, .argc = depth, .a = operand(lines[open].nodes)});
    } else {
      const auto rounds = static_cast<std::uint32_t>(lines[open].nodes[0].value);
      add({.code = OpCode::begin_loop, .argc = depth, .x = rounds});
    }
    loops_.push_back({pc(), program_.ops.size()});
    stack_.clear();
    const std::size_t before = program_.ops.size();
    result({.code = OpCode::next_round, .argc = depth});
    bind(name, stack_[0], before);
    compile_lines(lines, open + 1, end);
    add({.code = OpCode::jump, .x = loops_.back().head});
    const Loop loop = loops_.back();
    loops_.pop_back();
    program_.ops[loop.first_op].x = pc();
    for (std::size_t at = loop.first_op; at < program_.ops.size(); ++at) {
      Op& op = program_.ops[at];
      if (op.code == OpCode::break_ && op.x == unpatched) op.x = pc();
    }
    if (each) add({.code = OpCode::end_loop, .argc = depth});
    return end;
  }

  std::uint16_t loops_open() const { return static_cast<std::uint16_t>(loops_.size()); }

  void jump_out(OpCode code) {
    add({.code = code, .x = code == OpCode::break_ ? unpatched : loops_.back().head});
  }

  void compile_statement(const Line& line) {
    switch (line.kind) {
      case LineKind::assign: {
        const std::size_t before = program_.ops.size();
        bind(line.name, operand(line.nodes), before);
        break;
      }
      case LineKind::import_: {
        const std::size_t before = program_.ops.size();
        stack_.clear();
        push({.kind = NodeKind::member, .name = line.name, .module = line.module});
        program_.ops.back().argc = Op::imported;
        bind(line.name, stack_[0], before);
        break;
      }
      case LineKind::once: {
        const std::size_t asks = program_.ops.size();
        const std::uint32_t x = slot(function_.module, line.name);
        add({.code = OpCode::once, .argc = Op::own, .x = x});
        const std::uint16_t value = operand(line.nodes);
        add({.code = OpCode::store, .argc = Op::persistent, .a = value, .x = x});
        program_.ops[asks].set_index(pc());
        break;
      }
      case LineKind::at_exit: add({.code = OpCode::at_exit, .a = operand(line.nodes)}); break;
      case LineKind::assign_member: {
        const std::uint16_t value = operand(line.nodes);
        add({.code = OpCode::store,
             .a = value,
             .x = slot(program_.module_index(line.module), line.name)});
        break;
      }
      case LineKind::assign_attribute: {
        operands(line.nodes, 0, line.nodes.size());
        Op op{.code = OpCode::store_attribute, .a = stack_[0], .x = line.name.value};
        op.args[0] = stack_[1];
        add(op);
        break;
      }
      case LineKind::expression: {
        const std::size_t before = program_.ops.size();
        into(Operand::nothing, operand(line.nodes), before);
        break;
      }
      case LineKind::emit: add({.code = OpCode::emit, .a = operand(line.nodes)}); break;
      case LineKind::return_: add({.code = OpCode::return_, .a = operand(line.nodes)}); break;
      case LineKind::raise: add({.code = OpCode::raise, .a = operand(line.nodes)}); break;
      case LineKind::yield: add({.code = OpCode::yield}); break;
      case LineKind::yield_value:
        function_.generates = true;
        add({.code = OpCode::yield_value, .a = operand(line.nodes)});
        break;
      case LineKind::spawn: {
        operands(line.nodes, 0, line.nodes.size() - 1);
        Op op{.code = OpCode::spawn,
              .argc = line.nodes.back().argc,
              .a = stack_[0],
              .x = line.name.value};
        for (std::size_t at = 0; at < op.argc; ++at) op.args[at] = stack_[at + 1];
        add(op);
        break;
      }
      case LineKind::kill: add({.code = OpCode::kill, .x = line.name.value}); break;
      case LineKind::reload: add({.code = OpCode::reload, .x = reload_index(line.name)}); break;
      case LineKind::pass: add({.code = OpCode::pass}); break;
      case LineKind::def_:
      case LineKind::class_:
      case LineKind::try_:
      case LineKind::except_class:
      case LineKind::except_:
      case LineKind::except_exit:
      case LineKind::finally_:
      case LineKind::nonlocal:
      case LineKind::field:
      case LineKind::for_range:
      case LineKind::for_each:
      case LineKind::break_:
      case LineKind::continue_:
      case LineKind::end: break;  // blocks, and what leaves them, are compiled by compile_lines
    }
  }

  // Gives the name the value, for which the ops from `before` on were made.
  void bind(NameId name, std::uint16_t value, std::size_t before) {
    if (function_.kind == FunctionCode::Kind::body) {
      add({.code = OpCode::store, .argc = Op::own, .a = value, .x = slot(function_.module, name)});
    } else if (const std::uint16_t cell = cell_of(name); cell != Operand::nothing) {
      Op op{.code = OpCode::store_cell, .a = value, .x = name.value};
      op.args[0] = cell;
      add(op);
    } else {
      into(local(name), value, before);
    }
  }

  std::uint16_t operand(const std::vector<Node>& nodes) {
    operands(nodes, 0, nodes.size());
    return stack_[0];
  }

  // Leaves the value in `dst`: through the last op where there is one, else by a move.
  void into(std::uint16_t dst, std::uint16_t value, std::size_t before) {
    if (program_.ops.size() > before) {
      program_.ops.back().dst = dst;
    } else {
      add({.code = OpCode::move, .dst = dst, .a = value});
    }
  }

  void operands(const std::vector<Node>& nodes, std::size_t begin, std::size_t end) {
    stack_.clear();
    for (std::size_t at = begin; at < end; ++at) push(nodes[at]);
  }

  void push(const Node& node) {
    switch (node.kind) {
      case NodeKind::none: stack_.push_back(constant(Value::none())); break;
      case NodeKind::integer: stack_.push_back(constant(Value::integer(node.value))); break;
      case NodeKind::object: result({.code = OpCode::new_object}); break;
      case NodeKind::name: {
        const std::uint16_t known = local(node.name);
        if (const std::uint16_t cell = cell_of(node.name); cell != Operand::nothing) {
          Op op{.code = OpCode::load_cell, .x = node.name.value};
          op.args[0] = cell;
          result(op);
        } else if (known != Operand::nothing) {
          stack_.push_back(known);
        } else if (function_.module == no_module) {
          result({.code = OpCode::resolve, .x = Program::nowhere << 16 | node.name.value});
        } else {
          const std::uint8_t own = function_.kind == FunctionCode::Kind::body ? Op::own : 0;
          result({.code = OpCode::resolve, .argc = own, .x = slot(function_.module, node.name)});
        }
        break;
      }
      case NodeKind::member:
        result({.code = OpCode::resolve, .x = slot(program_.module_index(node.module), node.name)});
        break;
      case NodeKind::attribute: {
        const std::uint16_t object = pop();
        result({.code = OpCode::look, .a = object, .x = node.name.value});
        break;
      }
      case NodeKind::call: {
        Op op{.code = OpCode::call, .argc = node.argc};
        for (std::size_t at = node.argc; at-- > 0;) op.args[at] = pop();
        op.a = pop();
        result(op);
        break;
      }
      case NodeKind::receive:
        result({.code = OpCode::receive, .x = channel_index(node.name)});
        break;
      case NodeKind::send: {
        const std::uint16_t value = pop();
        result({.code = OpCode::send, .a = value, .x = channel_index(node.name)});
        break;
      }
      case NodeKind::next: {
        const std::uint16_t generator = pop();
        result({.code = OpCode::next, .a = generator});
        break;
      }
      case NodeKind::is_instance: pair({.code = OpCode::is_instance}); break;
      case NodeKind::same: pair({.code = OpCode::same}); break;
      case NodeKind::super_:
        // Where it is named and where it is not, as in Python.
        function_.class_cell = function_.class_name.valid();
        if (node.argc == 2) return pair({.code = OpCode::super_, .argc = 2, .x = node.name.value});
        result(super_of_the_first_parameter(node.name));
        break;
    }
  }

  Op super_of_the_first_parameter(NameId name) const {
    Op op{.code = OpCode::super_, .x = name.value};
    if (function_.parameters == 0) return op;
    const bool captured = program_.in_cell(function_, 0);
    if (captured) op.args[1] = cell_of(program_.local_names[function_.locals_begin]);
    if (!captured) op.a = 0;
    return op;
  }

  void pair(Op op) {
    op.args[0] = pop();
    op.a = pop();
    result(op);
  }

  std::uint16_t pop() {
    const std::uint16_t top = stack_.back();
    stack_.pop_back();
    return top;
  }

  void result(Op op) {
    const auto depth = static_cast<std::uint16_t>(stack_.size());
    op.dst = static_cast<std::uint16_t>(function_.locals + depth);
    function_.temporaries =
        std::max<std::uint16_t>(function_.temporaries, static_cast<std::uint16_t>(depth + 1));
    stack_.push_back(op.dst);
    add(op);
  }

  std::uint16_t constant(Value value) {
    for (std::size_t at = 0; at < program_.constants.size(); ++at) {
      if (program_.constants[at] == value)
        return static_cast<std::uint16_t>(at | Operand::constant_bit);
    }
    program_.constants.push_back(value);
    return static_cast<std::uint16_t>((program_.constants.size() - 1) | Operand::constant_bit);
  }

  void add(const Op& op) { program_.ops.push_back(op); }

  std::uint32_t channel_index(NameId name) const {
    for (std::uint32_t at = 0; at < scenario_.channels.size(); ++at) {
      if (scenario_.channels[at].name == name) return at;
    }
    MIDSTRIDE_CHECK(false, "a well-formed scenario, whose channels are declared");
    return 0;
  }
  std::uint32_t reload_index(NameId name) const {
    for (std::uint32_t at = 0; at < scenario_.reloads.size(); ++at) {
      if (scenario_.reloads[at].name == name) return at;
    }
    MIDSTRIDE_CHECK(false, "a well-formed scenario, whose reloads are declared");
    return 0;
  }

  void expect_turns() {
    std::size_t versions = 0;
    for (const ModuleCode& module : program_.modules) versions += module.versions.size();
    std::size_t in_modules = 0;
    for (const FunctionCode& function : program_.functions) {
      if (function.kind != FunctionCode::Kind::script)
        in_modules += function.ops_end - function.ops_begin;
    }
    const std::size_t in_scripts = program_.ops.size() - in_modules;
    const std::size_t modules = std::max<std::size_t>(program_.modules.size(), 1);
    program_.turns_expected = static_cast<std::uint32_t>(
        in_scripts + in_modules * modules / std::max<std::size_t>(versions, 1) + 1);
  }

  const Scenario& scenario_;
  Program& program_;
  FunctionCode function_;
  std::size_t index_ = 0;
  std::uint32_t version_ = 0;  // index of the one that is being compiled
  std::uint32_t around_ = 0;   // number of the look at what a def has bound around it
  std::vector<Pending>& pending_ = program_.pending;
  std::vector<std::uint16_t>& stack_ = program_.stack;
  std::vector<Program::Loop>& loops_ =
      program_.loops;  // open ones of the function, outermost first
};

}  // namespace

std::string_view name_of(OpCode code) { return op_names[static_cast<std::size_t>(code)]; }

void Program::compile(const Scenario& scenario) { Compiler(scenario, *this).run(); }

std::uint32_t Program::module_index(NameId name) const {
  for (std::uint32_t at = 0; at < modules.size(); ++at) {
    if (modules[at].name == name) return at;
  }
  MIDSTRIDE_CHECK(false, "a well-formed scenario, whose modules are declared");
  return no_module;
}

NameId Program::object_of(const Op& op, const Scenario& scenario) const {
  switch (op.code) {
    case OpCode::resolve:
    case OpCode::store:
    case OpCode::define_function:
    case OpCode::define_class:
    case OpCode::once:
      if (op.x >> 16 == Program::nowhere) return NameId{op.x & 0xffff};
      return modules[op.x >> 16].slots[op.x & 0xffff];
    case OpCode::look:
    case OpCode::super_:
    case OpCode::store_attribute:
    case OpCode::load_cell:
    case OpCode::store_cell:
    case OpCode::define_inner:
    case OpCode::spawn:
    case OpCode::kill: return NameId{op.x};
    case OpCode::send:
    case OpCode::receive: return scenario.channels[op.x].name;
    case OpCode::reload: return scenario.reloads[op.x].name;
    default: return {};
  }
}

std::uint16_t Program::cell_of(const FunctionCode& function, NameId name) const {
  for (std::uint16_t at = 0; at < function.cells; ++at) {
    if (cells[function.cells_begin + at].name == name) return at;
  }
  return Operand::nothing;
}

bool Program::in_cell(const FunctionCode& function, std::uint16_t local) const {
  const std::span<const CellCode> own = cells_of(function);
  return !function.captures() && std::any_of(own.begin(), own.end(), [&](const CellCode& cell) {
    return cell.from == local;
  });
}

const VersionCode* Program::version(std::uint32_t module, std::uint32_t number) const {
  for (const VersionCode& version : modules[module].versions) {
    if (version.number == number) return &version;
  }
  return nullptr;
}

bool Program::defines(std::uint32_t module, std::uint32_t number, std::uint32_t slot) const {
  const VersionCode* code = version(module, number);
  return code != nullptr && slot < code->defines.size() && code->defines[slot];
}

bool Program::persists(std::uint32_t module, std::uint32_t number, std::uint32_t slot) const {
  const VersionCode* code = version(module, number);
  return code != nullptr && slot < code->persists.size() && code->persists[slot];
}

std::string Program::qualified_name(const FunctionCode& function, const Scenario& scenario) const {
  if (function.kind == FunctionCode::Kind::script)
    return "task " + std::string(scenario.text(function.name));
  std::string name(scenario.text(modules[function.module].name));
  if (function.kind == FunctionCode::Kind::body) return name;
  if (function.class_name.valid()) name += "." + std::string(scenario.text(function.class_name));
  if (function.outer.valid()) name += "." + std::string(scenario.text(function.outer));
  return name + "." + std::string(scenario.text(function.name));
}

}  // namespace midstride::model
