// A scenario's code, compiled to flat packed ops: what every subject runs, op for op. One op is one
// turn (the silent ones at the end of OpCode apart); expressions are split into hidden temporaries,
// left to right.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "model/scenario.hpp"
#include "model/spare.hpp"
#include "model/value.hpp"

namespace midstride::model {

// An operand is a local (named ones first, then temporaries), or a constant. A temporary is read
// exactly once, by the op that uses it up.
struct Operand {
  static constexpr std::uint16_t constant_bit = 0x8000;
  static constexpr std::uint16_t nothing = 0x7fff;
};

enum class OpCode : std::uint8_t {
  header,       // precedes each function's ops; x: code id, set when the code is loaded
  move,         // dst = a
  new_object,   // dst = {}
  resolve,      // dst = global x (module << 16 | slot). flag own: at the top level of that module;
                // flag imported: for `from module import name`
  look,         // dst = a.name x
  super_,       // dst = super().name x of the first parameter a; argc 2: super(a, args[0]).name x
  is_instance,  // dst = whether a is an instance of args[0]
  same,         // dst = whether a is args[0]
  call,         // dst = a(args[0..argc))
  store,        // global x = a. flag own as above
  store_attribute,  // a.name x = args[0]
  load_cell,        // dst = the captured variable x, in cell number args[0] of the function
  store_cell,       // the captured variable x, in cell number args[0], = a
  define_function,  // own global slot x & 0xffff = a new function of Program::functions[args as
                    // index]: see `index`
  define_inner,  // dst, or cell number args[2], = a new function `index` called x, with the cells
                 // of this one that it captures
  define_class,  // own global slot = a new class with its methods; a: its base, if it has one
  send,          // channel x, a; dst = None
  receive,       // dst = channel x
  yield,
  spawn,    // tasklet named x runs a(args)
  kill,     // tasklet named x
  emit,     // a
  return_,  // a
  raise,    // a
  match,  // of an except with a class: goes on if the error is of class a, else to pc x; argc 1: it
          // is caught there. dst: the completion that holds the error
  reload,  // declared reload x
  pass,
  once,     // goes on where own global slot x is not there yet, else to pc `index`
  at_exit,  // a() is called when the tasklet ends, or the load that runs its top level is retired
  begin_loop,  // loop number argc of the function has x rounds before it
  begin_each,  // loop number argc of the function goes over the generator a
  next_round,  // of loop number argc: dst = how many came before it, or the generator's next value;
               // or to pc x when all are over
  break_,      // to pc x, through the finally blocks on the way
  continue_,   // likewise
  next,        // dst = the next value of generator a
  yield_value,  // a, to who asked this generator for its next value
  // Silent: part of the op before them, no turn, no event.
  jump,         // to pc x
  end_finally,  // goes on with what the finally block interrupted
  end_loop,     // loop number argc lets go of its generator
  leave,        // end of a function without return, of a body, of a script
  poison,       // what freed code is filled with
};
std::string_view name_of(OpCode code);  // as in a recorded decision: "receive", "store-attribute"
constexpr bool silent(OpCode code) { return code >= OpCode::jump; }

struct Op {
  OpCode code = OpCode::pass;
  std::uint8_t argc = 0;  // call, spawn; for store and resolve: a flag
  std::uint16_t dst = Operand::nothing;
  std::uint16_t a = Operand::nothing;
  std::array<std::uint16_t, 3> args{Operand::nothing, Operand::nothing, Operand::nothing};
  std::uint32_t x = 0;

  // persistent: of a store, own and by `once name = ...`.
  static constexpr std::uint8_t own = 1, imported = 2, persistent = 3;
  bool is_own() const { return argc == own || argc == persistent; }
  // define_function, define_inner, define_class: index into Program::functions or ::classes;
  // once: where to go on.
  std::uint32_t index() const {
    return static_cast<std::uint32_t>(args[0]) | static_cast<std::uint32_t>(args[1]) << 16;
  }
  void set_index(std::uint32_t index) {
    args[0] = static_cast<std::uint16_t>(index);
    args[1] = static_cast<std::uint16_t>(index >> 16);
  }
  bool operator==(const Op&) const = default;
};
static_assert(sizeof(Op) == 16);

// What a pc range does with an error that reaches it; inner ranges come first.
struct Handler {
  // errors_to_match: the match at the target says whether they are caught.
  enum class Catches : std::uint8_t { errors, errors_to_match, task_exit, everything_then_rethrow };
  std::uint32_t begin, end;  // pcs relative to the function's first op (its header is at -1)
  std::uint32_t target;
  Catches catches;
  std::uint16_t completion;  // errors_to_match, everything_then_rethrow: the slot pair index in
                             // which match finds the error, end_finally what to resume
  std::uint16_t loops;       // that the block is in; deeper ones are over when the error gets here
};

// A captured variable, in the function that binds it or in one inside that uses it.
struct CellCode {
  NameId name{};
  // Where it comes from: in the function that binds it the number of the parameter, or nothing; in
  // one inside the number of its cell there.
  std::uint16_t from = Operand::nothing;
};

struct FunctionCode {
  enum class Kind : std::uint8_t { function, method, inner, body, script };
  Kind kind = Kind::function;
  NameId name{};                // body, script: the module's or task's name
  NameId class_name{};          // method, and inner in one
  NameId outer{};               // inner: the function around it
  std::uint32_t module = 0;     // index, or no_module (event.hpp) for a script
  std::uint32_t version = 0;    // number
  std::uint32_t ops_begin = 0;  // of its header in Program::ops
  std::uint32_t ops_end = 0;
  std::uint32_t handlers_begin = 0, handlers_end = 0;
  std::uint32_t locals_begin = 0;  // its locals' names in Program::local_names, parameters first
  std::uint16_t parameters = 0;
  std::uint16_t locals = 0;  // named, parameters included
  std::uint16_t temporaries = 0;
  std::uint16_t completions = 0;  // finally blocks and excepts with a class
  std::uint16_t loops = 0;        // the deepest nesting of them: a loop's number is its depth
  std::uint16_t cells = 0;
  std::uint32_t cells_begin = 0;                 // in Program::cells, by the text of their names
  std::uint32_t inner_begin = 0, inner_end = 0;  // the functions that it defines: consecutive
  // Of a method: it or another version of it says super(), so its closure has a cell with its
  // class, before all others. Of a function inside one: it says super() itself.
  bool class_cell = false;
  bool generates = false;  // a call of it gives a generator

  // Whether the cells are those of its closure, not its own.
  bool captures() const { return kind == Kind::inner; }
};
// A field that the instances of a class have.
struct FieldCode {
  NameId name{};
  Value value{};  // when it is made; absent: a new {}
  bool operator==(const FieldCode&) const = default;
};
struct ClassCode {
  NameId name{};
  std::uint32_t module = 0;
  std::uint32_t version = 0;                         // index into ModuleCode::versions
  std::uint32_t line = 0;                            // of the version, which has its base
  std::uint32_t methods_begin = 0, methods_end = 0;  // functions are consecutive
  std::uint32_t fields_begin = 0, fields_end = 0;    // its own, in Program::fields
};
struct VersionCode {
  std::uint32_t number = 0;
  std::uint32_t functions_begin = 0,
                functions_end =
                    0;  // all bodies of this version; the first is the module's own body
  std::uint32_t ops_begin = 0, ops_end = 0;
  std::vector<bool>
      defines;  // by name slot, read through Program::defines: a slot beyond its end is not bound
  std::vector<bool> persists;  // likewise: bound by `once` alone; see Program::persists
  bool only_defines = false;   // its top level holds nothing but def, class and pass
};
struct ModuleCode {
  NameId name{};
  std::vector<NameId> slots;  // the names of its globals
  std::vector<VersionCode> versions;
};

// What a NameId means as a tasklet's or reload attempt's name: `w.3` is the third of base w.
struct Repeat {
  NameId base{};
  std::uint32_t number = 1;
};

struct Program {
  std::vector<ModuleCode> modules;
  std::vector<FunctionCode> functions;
  std::vector<ClassCode> classes;
  std::vector<Op> ops;
  std::vector<Handler> handlers;
  std::vector<NameId> local_names;
  std::vector<CellCode> cells;
  std::vector<FieldCode> fields;
  std::vector<Value> constants;
  std::vector<std::uint32_t> scripts;  // by task: index into functions
  std::vector<Repeat> repeats;         // by NameId
  std::uint32_t turns_expected =
      1;  // a guess: every line of every task and of what it may call, once

  // A resolve whose module half is this asks for a global where there is none (a task's script);
  // the other half is the NameId.
  static constexpr std::uint32_t nowhere = 0xffff;

  // Into this, keeping its memory. The scenario must be well formed.
  void compile(const Scenario& scenario);

  std::uint32_t module_index(NameId name) const;
  // Whether that version's top level binds that name slot (by def, class, assignment, import or
  // once).
  bool defines(std::uint32_t module, std::uint32_t number, std::uint32_t slot) const;
  // Whether it binds it by `once`, and by nothing else.
  bool persists(std::uint32_t module, std::uint32_t number, std::uint32_t slot) const;
  const VersionCode* version(std::uint32_t module, std::uint32_t number) const;
  // The function's cells; the number of the one of that name, or Operand::nothing.
  std::span<const CellCode> cells_of(const FunctionCode& function) const {
    return {cells.data() + function.cells_begin, function.cells};
  }
  std::uint16_t cell_of(const FunctionCode& function, NameId name) const;
  // Whether the local is a parameter that is captured: its value is in a cell.
  bool in_cell(const FunctionCode& function, std::uint16_t local) const;
  std::span<const Op> ops_of(const FunctionCode& function) const {
    return {ops.data() + function.ops_begin, function.ops_end - function.ops_begin};
  }
  // The name that an op acts on, for a recorded decision.
  NameId object_of(const Op& op, const Scenario& scenario) const;
  // "shop.X.f", "shop" for a body, "task t" for a script.
  std::string qualified_name(const FunctionCode& function, const Scenario& scenario) const;

  // Memory of compile(), kept between compilations.
  struct Pending {
    std::size_t line;     // of a def or class
    std::uint32_t op;     // that defines it, to be told its index
    std::uint32_t outer;  // the function that it stands in
  };
  std::vector<std::uint32_t> slot_of;  // by module * names + NameId: slot + 1, or 0
  std::vector<Pending> pending;
  std::vector<std::uint32_t> bound_by;  // by NameId: in which look it was seen to be bound
  std::vector<std::uint16_t> stack;
  struct Loop {
    std::uint32_t head;    // pc of its next_round
    std::size_t first_op;  // index of that in ops
  };
  std::vector<Loop> loops;
  Spare<ModuleCode> spare_modules;
  Spare<VersionCode> spare_versions;
};

}  // namespace midstride::model
