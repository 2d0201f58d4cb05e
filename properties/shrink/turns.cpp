#include "properties/shrink/turns.hpp"

#include <algorithm>
#include <span>

namespace midstride::properties {

using model::ActorKind;
using model::Event;
using model::EventKind;
using model::FunctionCode;
using model::Op;
using model::OpCode;
using model::Operand;
using model::Taken;

namespace {

// An op of the program, or a step of a reload's machinery: what a turn began.
bool is_turn(const Event& event) {
  return event.kind() == EventKind::op ||
         (event.kind() == EventKind::reload_step && event.how() == 0);
}

bool of_first_load(const Event& event, const model::Tables& tables) {
  if (event.actor().kind() == ActorKind::tasklet) return false;
  const std::uint32_t attempt = event.actor().index();
  return attempt < tables.attempts.size() && tables.attempts[attempt].reload == model::no_reload;
}

bool same_actor(const Event& event, const Taken& taken) {
  const bool tasklet = event.actor().kind() == ActorKind::tasklet;
  return tasklet == (taken.kind == Taken::Kind::run) && event.actor().index() == taken.index;
}

// One whose place in the source is the same.
const FunctionCode* counterpart(const FunctionCode& function, const model::Program& old,
                                const model::Program& fresh) {
  const auto module = [](const model::Program& program, const FunctionCode& of) {
    return of.module == model::no_module ? model::NameId::none() : program.modules[of.module].name;
  };
  const auto found = std::ranges::find_if(fresh.functions, [&](const FunctionCode& other) {
    return other.kind == function.kind && other.name == function.name &&
           other.class_name == function.class_name && other.outer == function.outer &&
           other.version == function.version && module(fresh, other) == module(old, function);
  });
  return found == fresh.functions.end() ? nullptr : &*found;
}

// What tells an op from the others of its function, in names, so that it can be found again among
// the ops of a changed program.
struct Mark {
  model::OpCode code;
  std::uint8_t argc;
  std::uint32_t target;   // the local that it sets
  std::uint32_t object;   // what it acts on
  std::uint32_t operand;  // a local or a constant
  bool operator==(const Mark&) const = default;
};

constexpr std::uint32_t unnamed = 0xffff'ffff;

std::uint32_t local_name(const model::Program& program, const FunctionCode& function,
                         std::uint16_t operand) {
  return operand < function.locals ? program.local_names[function.locals_begin + operand].value
                                   : unnamed;
}

struct Marks {
  std::vector<Mark> of_turns;      // of the ops that are turns
  std::vector<std::uint32_t> pcs;  // where these are
};

Marks marks(const model::Program& program, const FunctionCode& function) {
  Marks result;
  const std::span<const Op> ops = program.ops_of(function).subspan(1);  // the header is at -1
  for (std::uint32_t pc = 0; pc < ops.size(); ++pc) {
    const Op& op = ops[pc];
    if (model::silent(op.code)) continue;
    const std::uint32_t module = op.x >> 16;
    const bool of_slot = op.code == OpCode::resolve || op.code == OpCode::store ||
                         op.code == OpCode::once || op.code == OpCode::define_function ||
                         op.code == OpCode::define_class;
    const bool constant = (op.a & Operand::constant_bit) != 0;
    result.pcs.push_back(pc);
    result.of_turns.push_back(
        {.code = op.code,
         .argc = op.argc,
         .target = local_name(program, function, op.dst),
         .object = of_slot && module != model::Program::nowhere
                       ? program.modules[module].slots[op.x & 0xffff].value
                       : op.x & 0xffff,
         .operand = constant ? program.constants[op.a ^ unsigned{Operand::constant_bit}].word
                             : local_name(program, function, op.a)});
  }
  return result;
}

// How much speaks for one op being the other. Nothing when it cannot be.
std::uint32_t likeness(const Mark& left, const Mark& right) {
  if (left.code != right.code || left.argc != right.argc) return 0;
  return 3 + (left.target == right.target ? 1U : 0U) + (left.object == right.object ? 1U : 0U) +
         (left.operand == right.operand ? 1U : 0U);
}

// Beyond so many pairs of ops that may be one another, nothing is matched.
constexpr std::size_t pairs_max = 1U << 20;

// By op of `old`: its counterpart in `fresh`, or unnamed. In order, and with the highest likeness
// in all.
std::vector<std::uint32_t> matched(std::span<const Mark> old, std::span<const Mark> fresh) {
  std::vector<std::uint32_t> result(old.size(), unnamed);
  std::size_t begin = 0;
  std::size_t old_end = old.size();
  std::size_t fresh_end = fresh.size();
  while (begin < std::min(old_end, fresh_end) && old[begin] == fresh[begin]) ++begin;
  while (std::min(old_end, fresh_end) > begin && old[old_end - 1] == fresh[fresh_end - 1])
    --old_end, --fresh_end;
  for (std::size_t at = 0; at < begin; ++at) result[at] = static_cast<std::uint32_t>(at);
  for (std::size_t at = old_end; at < old.size(); ++at)
    result[at] = static_cast<std::uint32_t>(at - old_end + fresh_end);

  const std::size_t rows = old_end - begin;
  const std::size_t columns = fresh_end - begin;
  if (rows * columns > pairs_max) return result;
  // best[row, column]: of what is left from there on.
  std::vector<std::uint32_t> best((rows + 1) * (columns + 1));
  const auto of = [&](std::size_t row, std::size_t column) -> std::uint32_t& {
    return best[row * (columns + 1) + column];
  };
  for (std::size_t row = rows; row-- > 0;) {
    for (std::size_t column = columns; column-- > 0;) {
      const std::uint32_t alike = likeness(old[begin + row], fresh[begin + column]);
      of(row, column) = std::max({of(row + 1, column), of(row, column + 1),
                                  alike == 0 ? 0 : alike + of(row + 1, column + 1)});
    }
  }
  for (std::size_t row = 0, column = 0; row < rows && column < columns;) {
    const std::uint32_t alike = likeness(old[begin + row], fresh[begin + column]);
    if (alike > 0 && of(row, column) == alike + of(row + 1, column + 1)) {
      result[begin + row++] = static_cast<std::uint32_t>(begin + column++);
    } else if (of(row, column) == of(row + 1, column)) {
      ++row;
    } else {
      ++column;
    }
  }
  return result;
}

}  // namespace

void TurnRecord::record(const model::Run& run, const model::Outcome& outcome) {
  program_ = run.program();
  ops_.clear();
  const std::span<const Event> events = run.trace().events();
  std::size_t at = 0;
  const auto next = [&]() -> const Event* {
    while (at < events.size() && (!is_turn(events[at]) || of_first_load(events[at], run.tables())))
      ++at;
    return at < events.size() ? &events[at] : nullptr;
  };
  const std::size_t decisions = run.scenario().decisions.size();
  for (std::uint32_t index = 0; index < std::min(decisions, outcome.taken.size()); ++index) {
    const Taken& taken = outcome.taken[index];
    for (std::uint32_t turn = 0; turn < taken.turns; ++turn) {
      const Event* event = next();
      if (event == nullptr || !same_actor(*event, taken)) break;
      ++at;
      if (event->kind() == EventKind::op && event->b < run.tables().codes.size())
        ops_.push_back({index, run.tables().codes[event->b].function, event->c});
    }
  }
}

void TurnRecord::align(std::uint32_t function, Turns& turns) const {
  const FunctionCode& code = program_.functions[function];
  turns.assign(program_.ops_of(code).size() - 1, 0);
  const FunctionCode* other = counterpart(code, program_, changed_);
  if (other == nullptr) return;
  const Marks old = marks(program_, code);
  const std::vector<Mark> fresh = marks(changed_, *other).of_turns;
  const std::vector<std::uint32_t> found = matched(old.of_turns, fresh);
  const auto count = static_cast<std::uint32_t>(old.pcs.size());
  // From one matched op to the next: the new ones in between stand for the old ones in between, as
  // many as there are; what is over is run with the matched op after them, or the old one before.
  std::uint32_t next = 0;
  for (std::uint32_t at = 0; at <= count; ++at) {
    const std::uint32_t first = at;
    while (at < count && found[at] == unnamed) ++at;
    const std::uint32_t end = at < count ? found[at] : static_cast<std::uint32_t>(fresh.size());
    for (std::uint32_t gone = first; gone < at && next < end; ++gone, ++next)
      turns[old.pcs[gone]] = 1;
    if (at < count) {
      turns[old.pcs[at]] = end - next + 1;
    } else if (count > 0) {
      turns[old.pcs[count - 1]] += end - next;
    }
    next = end + 1;
  }
}

bool TurnRecord::map(const model::Scenario& changed, std::vector<model::Decision>& decisions) {
  if (ops_.empty()) return false;
  changed_.compile(changed);
  turns_.resize(program_.functions.size());
  for (std::uint32_t at = 0; at < turns_.size(); ++at) align(at, turns_[at]);
  before_.assign(decisions.size(), 0);
  after_.assign(decisions.size(), 0);
  for (const OpRun& op : ops_) {
    ++before_[op.decision];
    after_[op.decision] += turns_[op.function][op.pc];
  }
  if (before_ == after_) return false;
  std::size_t kept = 0;
  for (std::size_t at = 0; at < decisions.size(); ++at) {
    model::Decision decision = decisions[at];
    const bool runs = decision.kind == model::Decision::Kind::run;
    if (runs && before_[at] > 0 && after_[at] == 0) continue;
    if (before_[at] != after_[at] && (runs || decision.count > 0)) {
      const std::uint32_t turns = std::max(decision.count, 1U) + after_[at];
      decision.count = turns > before_[at] ? turns - before_[at] : 1;
    }
    decisions[kept++] = decision;
  }
  decisions.resize(kept);
  return true;
}

}  // namespace midstride::properties
