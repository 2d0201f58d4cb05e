// A Scenario is one plain value that holds everything a run depends on: a run reads nothing else.
// Every Scenario that is well formed (see problem()) runs: what does not apply is skipped by a
// stated rule, so a generator or a shrinker can never make one that has no meaning. text.hpp reads
// and writes it.
//
// Names are interned: a NameId is an index into Scenario::names. In normal form (normalise()) the
// table holds exactly the names that occur, in the order in which a walk over the fields below
// meets them; only then do equal scenarios compare equal. For the same reason a field that its kind
// does not use has its default.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/ids.hpp"
#include "sim/scheduler.hpp"

namespace midstride::model {

using sim::Granularity;
using NameId = sim::Id<struct NameTag>;

// Limits of a well-formed scenario. Whatever respects them has a text that the reader takes.
inline constexpr std::size_t name_bytes_max = 64;  // of a name or a word
inline constexpr std::size_t names_max = 4'096;    // different names
inline constexpr std::size_t modules_max = 64;
inline constexpr std::size_t batch_max = 8;  // modules of one reload
inline constexpr std::uint32_t version_max = 65'535;
// So many turns fit into memory, with their events, and end within a second or two.
inline constexpr std::uint32_t turn_budget_max = 1'000'000;
inline constexpr std::size_t blocks_max = 12;      // blocks inside one another
inline constexpr std::size_t lines_max = 10'000;   // of all modules and tasks, each `end` counted
inline constexpr std::size_t nodes_max = 30'000;   // of all lines
inline constexpr std::size_t line_nodes_max = 64;  // of one line
inline constexpr std::size_t guarantees_max = 32;  // of one expectation
inline constexpr std::size_t subject_bytes_max = 128;
inline constexpr std::size_t story_lines_max = 1'000;
inline constexpr std::size_t story_line_bytes_max = 1'000;
inline constexpr std::size_t decisions_max = 200'000;

// An expression is a list of nodes in postfix order; each node takes its operands from those before
// it. The list of a well-formed expression leaves exactly one value.
enum class NodeKind : std::uint8_t {
  none,     // None
  integer,  // value
  object,   // {}: a new mutable object without fields
  // A local of the function where it is a parameter or assigned to, else a global of the module.
  name,
  member,       // module.name: a global of that module, whoever asks
  attribute,    // <object>.name
  call,         // <callee>(<argument> * argc), argc <= 3
  receive,      // name.receive(): name is a channel
  send,         // name.send(<value>): name is a channel; gives None
  is_instance,  // isinstance(<value>, <class>): 1 or 0
  same,         // <value> is <value>: 1 or 0
  // super().name, argc 0: of the method's own class and its first parameter; or
  // super(<class>, <object>).name, argc 2.
  super_,
  next,  // next(<generator>): goes on with it up to its next value, which this gives
};
struct Node {
  NodeKind kind = NodeKind::none;
  std::uint8_t argc = 0;
  NameId name{};
  NameId module{};
  std::int32_t value = 0;  // between -integer_max and integer_max
  bool operator==(const Node&) const = default;
};
inline constexpr std::int32_t integer_max = 99'999'999;
inline constexpr std::size_t parameters_max = 3;
inline constexpr std::int32_t rounds_max = 99;  // of one loop
// How many values the node takes from before it.
std::size_t operand_count(const Node& node);
// The first node of the subexpression whose last node is `last`.
std::size_t subexpression_begin(const std::vector<Node>& nodes, std::size_t last);

// A body is a flat list of lines; a line that opens a block (see opens_block) is closed by its
// `end`; except_class, except_, except_exit and finally_ divide a try block, in that order, each at
// most once, at least one of them. No block and no part of one is empty: `pass` fills it. So
// deleting a statement deletes a range.
enum class LineKind : std::uint8_t {
  // def name(parameters): nodes are the parameters, of kind name. In a module's top level, in a
  // class, or in a def that stands in one of these.
  def_,
  // class name(base), holding only fields and defs (and pass). In a module's top level. nodes:
  // none,
  // or the base, which is of kind name or member.
  class_,
  try_,
  // except <class>: catches what was raised if that is an instance of the class, which is asked for
  // when an error gets here. nodes: the class, of kind name or member.
  except_class,
  except_,      // catches every error except TaskletExit
  except_exit,  // except TaskletExit
  finally_,
  end,
  // name = expression: a local in a function or task, a global of the module at its top level.
  // Where a def in a def says nonlocal before, the local of the def around it.
  assign,
  assign_member,     // module.name = expression
  assign_attribute,  // expression.name = expression: the object's nodes, then the value's
  expression,
  emit,     // emit expression: what the outside sees of a tasklet
  return_,  // return expression. Not at a module's top level
  raise,    // raise expression
  yield,
  spawn,   // spawn name = callee(arguments): the nodes are those of the call
  kill,    // kill name: a tasklet's name; one that was never spawned, or is over, is left alone
  reload,  // reload name: a declared reload; the frame waits until the attempt ends
  pass,
  // nonlocal name: a local of the def around the def that this stands in, before anything else. No
  // turn.
  nonlocal,
  // from module import name: binds the name, here, to what the module's global is now.
  import_,
  // field name = literal, in a class: each instance has it, and this value when it is made. No
  // turn.
  field,
  // once name = expression: persistent state. At a module's top level; the name gets the value only
  // where the module has none of that name yet.
  once,
  // atexit expression: a callable, to be called when the tasklet ends, or, at a module's top level,
  // when that load of the module is retired.
  at_exit,
  // for name in range(n): opens a block, which runs n times; name is assigned to. nodes: n, an
  // integer from 0 to rounds_max.
  for_range,
  break_,     // of the innermost for of its def
  continue_,  // likewise
  for_each,   // for name in expression: the same, with each value that the generator gives
  // yield expression: makes the def that it stands in give generators, to whose next it gives the
  // value. Not in the part before `finally` of a try block.
  yield_value,
};
struct Line {
  LineKind kind = LineKind::pass;
  NameId name{};
  NameId module{};
  std::vector<Node> nodes{};
  bool operator==(const Line&) const = default;
};
constexpr bool is_loop(LineKind kind) {
  return kind == LineKind::for_range || kind == LineKind::for_each;
}
constexpr bool opens_block(LineKind kind) { return kind <= LineKind::try_ || is_loop(kind); }
// Begins another part of the try block that it stands in.
constexpr bool divides_try(LineKind kind) {
  return kind >= LineKind::except_class && kind <= LineKind::finally_;
}
// Binds its name in the body that it stands in.
constexpr bool binds_name(LineKind kind) {
  return kind == LineKind::def_ || kind == LineKind::class_ || kind == LineKind::assign ||
         kind == LineKind::import_ || kind == LineKind::once || is_loop(kind);
}
// The index of the `end` that closes the block opened at `open`.
std::size_t block_end(const std::vector<Line>& lines, std::size_t open);

struct Version {
  std::uint32_t number = 1;   // 1 to version_max, unique in its module
  std::vector<Line> lines{};  // at least one
  bool operator==(const Version&) const = default;
};
struct Module {
  NameId name{};
  // At least one, ascending; the first is loaded before any task runs.
  std::vector<Version> versions{};
  bool operator==(const Module&) const = default;
};
struct Channel {
  NameId name{};
  std::int8_t preference = -1;
  bool schedule_all = false;
  bool operator==(const Channel&) const = default;
};
// A tasklet that exists from the start. Its lines are a script of its own: no module's code, never
// reloaded.
struct Task {
  NameId name{};
  std::vector<Line> lines{};  // at least one
  bool operator==(const Task&) const = default;
};
struct Target {
  NameId module{};
  std::uint32_t version = 0;  // one that the module has
  bool operator==(const Target&) const = default;
};
struct Reload {
  NameId name{};
  std::vector<Target> targets{};  // 1 to batch_max, of different modules
  bool operator==(const Reload&) const = default;
};
// What an inspector does to a tasklet's innermost frame from outside.
struct Inspection {
  // flush: what was poked so far, if it is kept anywhere, comes into the running frame.
  enum class Kind : std::uint8_t { peek, poke, flush };
  Kind kind = Kind::peek;
  NameId name{};
  NameId task{};
  NameId local{};  // poke
  Node value{};    // poke: none, integer or object
  bool operator==(const Inspection&) const = default;
};

std::string_view name_of(Inspection::Kind kind);  // as it is declared and decided: `peek p`

// One entry of the schedule, by name, with total semantics: one that does not apply is skipped and
// recorded as skipped.
struct Decision {
  enum class Kind : std::uint8_t {
    // Tasklet `name` for `count` turns (0 means 1) and on to the next point that the granularity
    // admits.
    run,
    // Reload attempt `name`: `count` steps, 0 until it blocks or ends. Begins it if it was not
    // asked for yet. r.2 is the second attempt of r.
    reload,
    inspect,  // the inspection `name`
    collect,  // traces cycles and frees what is unreachable
  };
  Kind kind = Kind::run;
  NameId name{};  // none for collect
  std::uint32_t count = 0;
  // What it ran when it was recorded: the last op begun (see OpCode in program.hpp) and the name
  // it acted on, if any; or the last step of a reload's machinery (see Step in event.hpp).
  NameId ran_op{};
  NameId ran_object{};
  bool operator==(const Decision&) const = default;
};

enum class VerdictKind : std::uint8_t {
  held,
  violated,
  deadlock,
  crash,
  nondeterministic,
  out_of_budget,
  unavailable,
};
std::string_view name_of(VerdictKind kind);         // as in `expect out-of-budget`
std::string_view name_of(Granularity granularity);  // as in `granularity safepoints`

struct Expectation {
  VerdictKind verdict = VerdictKind::held;
  // violated: exactly these, in guarantee-table order where known.
  std::vector<NameId> guarantees{};
  bool operator==(const Expectation&) const = default;
};

struct Scenario {
  std::vector<std::string> story;  // the first comment, a line each, without "# "
  std::string subject = "model/overwrite";
  Granularity granularity = Granularity::ops;
  std::uint32_t turn_budget = 100'000;
  std::vector<Module> modules;
  std::vector<Channel> channels;
  std::vector<Task> tasks;
  std::vector<Reload> reloads;
  std::vector<Inspection> inspections;
  std::vector<Decision> decisions;
  std::string policy = "round-robin";  // takes over when the decisions are used up
  std::uint64_t seed = 0;
  std::optional<Expectation> expectation;
  std::vector<std::string> names;

  bool operator==(const Scenario&) const = default;

  // The name's id; adds it if it is new. Looks through the table.
  NameId intern(std::string_view name);
  // The id of a name that is in the table, else none.
  NameId find(std::string_view name) const;
  std::string_view text(NameId id) const { return names[id.value]; }
};

// Rebuilds the name table. Every id must be none or in it. Whoever does so often keeps the memory.
struct NamesMemory {
  std::vector<NameId> renamed;
  std::vector<std::string> names;
};
void normalise(Scenario& scenario, NamesMemory& memory);
void normalise(Scenario& scenario);

// Why this value is not well formed (see the comments above, names.hpp for what a name is and
// well_formed.hpp for where), in words; nothing when it is. The reader refuses such a text;
// everything else may rely on it.
std::optional<std::string> problem(const Scenario& scenario);

}  // namespace midstride::model
