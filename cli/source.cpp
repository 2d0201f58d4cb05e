#include "cli/source.hpp"

#include <fmt/format.h>

#include "model/event.hpp"

namespace midstride::cli {

namespace {

using model::FunctionCode;
using model::NameId;
using model::Op;
using model::OpCode;
using model::Operand;
using model::Value;

// The ops of one function, in order: each temporary is filled before the op that uses it up.
class Decompiler {
 public:
  Decompiler(const model::Program& program, const model::Scenario& scenario,
             const FunctionCode& function)
      : program_(program), scenario_(scenario), function_(function) {
    temporaries_.resize(function.temporaries);
  }

  OpText next(const Op& op) {
    switch (op.code) {
      case OpCode::move: return result(op, operand(op.a), is_local(op.a));
      case OpCode::new_object: return result(op, "{}", false);
      case OpCode::resolve:
        if (op.argc == Op::imported) return imported(op);
        return result(op, global(op), true);
      case OpCode::look: return result(op, operand(op.a) + "." + name(op.x), true);
      case OpCode::super_:
        return result(
            op, fmt::format("super({}).{}", op.argc == 2 ? both(op, ", ") : "", name(op.x)), true);
      case OpCode::is_instance: return result(op, "isinstance(" + both(op, ", ") + ")", true);
      case OpCode::same: return result(op, "(" + both(op, " is ") + ")", true);
      case OpCode::match: return statement("except " + operand(op.a), false);
      case OpCode::call: return result(op, call(op), true);
      case OpCode::send: return result(op, channel(op) + ".send(" + operand(op.a) + ")", false);
      case OpCode::receive: return result(op, channel(op) + ".receive()", true);
      case OpCode::store: return stored(global(op) + " = " + operand(op.a), op);
      case OpCode::store_attribute:
        return statement(fmt::format("{}.{} = {}", operand(op.a), name(op.x), operand(op.args[0])),
                         false);
      case OpCode::define_function: return statement("def " + slot(op.x), false);
      case OpCode::load_cell: return result(op, name(op.x), true);
      case OpCode::store_cell: return stored(name(op.x) + " = " + operand(op.a), op);
      case OpCode::define_inner: return statement("def " + name(op.x), false);
      case OpCode::define_class: {
        const std::string base = op.a == Operand::nothing ? "" : fmt::format("({})", operand(op.a));
        return statement("class " + slot(op.x) + base, false);
      }
      case OpCode::yield: return statement("yield", false);
      case OpCode::spawn: return statement("spawn " + name(op.x) + " = " + call(op), false);
      case OpCode::kill: return statement("kill " + name(op.x), false);
      case OpCode::emit: return statement("emit " + operand(op.a), computed(op.a));
      case OpCode::return_: return statement("return " + operand(op.a), computed(op.a));
      case OpCode::raise: return statement("raise " + operand(op.a), false);
      case OpCode::reload:
        return statement("reload " + std::string(scenario_.text(scenario_.reloads[op.x].name)),
                         false);
      case OpCode::pass: return statement("pass", false);
      case OpCode::once: return statement("once " + slot(op.x), false);
      case OpCode::at_exit: return statement("atexit " + operand(op.a), false);
      case OpCode::begin_loop:
        return statement(fmt::format("for {} in range({})", variable((&op)[1]), op.x), false);
      case OpCode::begin_each:
        return statement(fmt::format("for {} in {}", variable((&op)[1]), operand(op.a)), false);
      case OpCode::next: return result(op, "next(" + operand(op.a) + ")", true);
      case OpCode::yield_value: return statement("yield " + operand(op.a), computed(op.a));
      case OpCode::next_round:
        if (!is_local(op.dst)) temporaries_[op.dst - function_.locals] = "the next round";
        return statement("for " + variable(op), is_local(op.dst));
      case OpCode::break_: return statement("break", false);
      case OpCode::continue_: return statement("continue", false);
      case OpCode::header:
      case OpCode::jump:
      case OpCode::end_finally:
      case OpCode::end_loop:
      case OpCode::leave:
      case OpCode::poison: return {};
    }
    return {};
  }

 private:
  static OpText statement(std::string text, bool shows_value) {
    return {std::move(text), true, shows_value};
  }
  // Of an op that leaves a value somewhere.
  OpText result(const Op& op, std::string text, bool shows_value) {
    if (op.dst == Operand::nothing) return statement(std::move(text), false);
    if (is_local(op.dst)) return statement(local(op.dst) + " = " + text, shows_value);
    temporaries_[op.dst - function_.locals] = text;
    return {std::move(text), false, shows_value};
  }

  // Where it does not bind a local itself, the op after it stores what it has found.
  OpText imported(const Op& op) {
    std::string text = fmt::format("from {} import {}",
                                   scenario_.text(program_.modules[op.x >> 16].name), slot(op.x));
    if (is_local(op.dst)) return statement(std::move(text), true);
    import_ = std::move(text);
    return result(op, global(op), true);
  }
  OpText stored(std::string text, const Op& op) {
    const std::string import = std::exchange(import_, {});
    return statement(import.empty() ? std::move(text) : import, computed(op.a));
  }

  // What the loop whose next_round this is assigns to; where that is no local, by the op after it.
  std::string variable(const Op& round) const {
    if (is_local(round.dst)) return local(round.dst);
    const Op& assigns = (&round)[1];
    return assigns.code == OpCode::store ? slot(assigns.x) : name(assigns.x);
  }
  bool is_local(std::uint16_t at) const { return at < function_.locals; }
  // A constant says its value itself; so does {}.
  bool computed(std::uint16_t at) const {
    return (at & Operand::constant_bit) == 0 && operand(at) != "{}";
  }
  std::string local(std::uint16_t at) const {
    return std::string(scenario_.text(program_.local_names[function_.locals_begin + at]));
  }
  std::string operand(std::uint16_t at) const {
    if ((at & Operand::constant_bit) != 0) {
      const Value value = program_.constants[at - Operand::constant_bit];
      return value == Value::none() ? "None" : std::to_string(value.number());
    }
    return is_local(at) ? local(at) : temporaries_[at - function_.locals];
  }
  std::string call(const Op& op) const {
    std::string text = operand(op.a) + "(";
    for (std::size_t at = 0; at < op.argc; ++at)
      text += (at == 0 ? "" : ", ") + operand(op.args[at]);
    return text + ")";
  }
  std::string both(const Op& op, std::string_view between) const {
    return fmt::format("{}{}{}", operand(op.a), between, operand(op.args[0]));
  }
  std::string name(std::uint32_t id) const { return std::string(scenario_.text(NameId{id})); }
  std::string slot(std::uint32_t x) const {
    return std::string(scenario_.text(program_.modules[x >> 16].slots[x & 0xffff]));
  }
  std::string channel(const Op& op) const {
    return std::string(scenario_.text(scenario_.channels[op.x].name));
  }
  std::string global(const Op& op) const {
    const std::uint32_t module = op.x >> 16;
    if (module == model::Program::nowhere) return name(op.x & 0xffff);
    const bool own = op.is_own() || (op.code == OpCode::resolve && module == function_.module);
    if (own) return slot(op.x);
    return std::string(scenario_.text(program_.modules[module].name)) + "." + slot(op.x);
  }

  const model::Program& program_;
  const model::Scenario& scenario_;
  const FunctionCode& function_;
  std::vector<std::string> temporaries_;
  std::string import_;  // what the next op stores, if it is an import's
};

}  // namespace

std::vector<OpText> texts_of_ops(const model::Program& program, const model::Scenario& scenario) {
  std::vector<OpText> texts(program.ops.size());
  for (const FunctionCode& function : program.functions) {
    Decompiler decompiler(program, scenario, function);
    for (std::uint32_t at = function.ops_begin; at < function.ops_end; ++at)
      texts[at] = decompiler.next(program.ops[at]);
  }
  return texts;
}

}  // namespace midstride::cli
