// The objects of one run of the model runtime, counted by reference as CPython counts them, and the
// code that functions refer to. Indexes are never reused in a run, so a Value means one thing for
// the whole run, even after what it named is gone.
//
// Whoever stores a Value owns one count on it: acquire() when it is copied, release() when it is
// dropped. An object whose count falls to zero lets go of what it holds. What then happens to code
// that nothing refers to is the reclamation policy's business: it is told through
// Heap::unreferenced.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "model/program.hpp"
#include "model/runtime/frame.hpp"
#include "model/spare.hpp"
#include "model/value.hpp"

namespace midstride::model::runtime {

// One function body as brought in by one load; its index is the code id of the events.
struct Code {
  Op* block = nullptr;         // its own copy of the ops, header first; poisoned when freed
  std::uint32_t function = 0;  // index into Program::functions, or of the script
  std::uint32_t load = 0;      // AttemptId, or no_load
  std::uint32_t count = 0;     // functions, frames and other code that refer to it
  bool retired = false;
  bool freed = false;
};

struct Function {
  std::uint32_t code = 0;
  std::uint32_t cells_begin = 0, cells_end = 0;  // in Heap::closures
  std::uint32_t count = 0;
};
struct ClassSlot {
  NameId name{};
  Value function{};
};
struct Class {
  std::uint32_t slots_begin = 0,
                slots_end = 0;  // in Heap::class_slots; an absent function is a removed method
  NameId name{};
  std::uint32_t module = 0;
  Value base{};                                    // absent if it has none
  std::uint32_t fields_begin = 0, fields_end = 0;  // its own, in Program::fields
  std::uint32_t layout = 0;                        // of what will be its instances
  std::uint32_t first_layout = 0;
  std::uint32_t count = 0;
};
// The fields of a class's instances, in order, from one change of them to the next. Number 0 is
// that of no fields at all, in programs that have none; every other one belongs to one class.
struct Layout {
  std::uint32_t begin = 0, end = 0;  // in Heap::layout_fields
  std::uint32_t instances = 0;       // that have it
  std::uint32_t previous = 0;
  std::uint32_t next = 0;  // 0: it is the current one
  Value migrator{};        // what an instance on its way to the next one is given to, or absent
  bool passed = false;     // nobody will go from here to the next one any more
};
struct Instance {
  std::uint32_t class_ = 0;
  std::uint32_t layout = 0;
  std::uint32_t values = 0;  // of its fields, in Heap::instance_values
  bool migrating = false;    // a migrator has it
  std::uint32_t count = 0;
};
struct Method {
  Value class_{}, function{}, self{};
  std::uint32_t handle = 0;  // the HandleId under which its three were last seen
  std::uint32_t count = 0;
};
struct Field {
  NameId name{};
  Value value{};
  std::uint32_t next = 0;  // index + 1 of the next field of the same object
};
struct Object {
  std::uint32_t fields = 0;  // index + 1 of the first
  std::uint32_t count = 0;
};

struct Cell {
  Value value{};
  std::uint32_t count = 0;
};

class Heap {
 public:
  void clear();

  // Each comes with a count of 1, which the caller owns, and takes over the counts of the Values
  // given.
  Value new_function(std::uint32_t code, std::span<const Value> closure = {});
  Value new_class(NameId name, std::uint32_t module, Value base);
  // With the values of its class's layout; calls make() for each that is a new {}.
  template <class Make>
  Value new_instance(Value class_, const Make& make);
  Value new_method(Value class_, Value function, Value self);
  Value new_object();
  Value new_cell();
  Value new_generator(Value function, std::uint32_t code, std::span<const Value> arguments);

  void acquire(Value value);
  void release(Value value);
  void acquire_code(std::uint32_t code) { ++codes[code].count; }
  void release_code(std::uint32_t code);
  // The function goes on with other code, under the same identity.
  void set_code(Value function, std::uint32_t code);

  // Takes over the count of `function`; absent removes the method. Returns what was there, with its
  // count.
  Value set_method(Value class_, NameId name, Value function);
  Value method_of(Value class_, NameId name) const;  // borrowed; absent if there is none
  // The same, in the class or else in its base, and so on.
  Value inherited_method(Value class_, NameId name) const;
  bool is_subclass(Value class_, Value of) const;  // a class is one of itself
  // Takes over the count; returns what was there, with its count.
  Value set_base(Value class_, Value base);

  std::span<const Value> cells_of(Value function) const;  // of its closure

  // A layout that follows the class's current one, if it has one, and takes its place. Takes over
  // the count of the migrator.
  std::uint32_t new_layout(Value class_, std::span<const FieldCode> made_of, Value migrator);
  // The class's current layout has never been.
  void take_back_layout(Value class_);
  std::span<FieldCode> fields_of(std::uint32_t layout) {
    return {layout_fields.data() + layouts[layout].begin,
            layouts[layout].end - layouts[layout].begin};
  }
  std::span<Value> values_of(Value instance) {
    const Instance& row = instances[instance.index()];
    return {instance_values.data() + row.values,
            layouts[row.layout].end - layouts[row.layout].begin};
  }
  static constexpr std::uint32_t no_place = 0xffff'ffff;
  std::uint32_t place_of(std::uint32_t layout, NameId name) const;
  bool is_stale(Value instance) const {
    const Instance& row = instances[instance.index()];
    return row.layout != classes[row.class_].layout;
  }
  // The instance has that layout and these values, which are counted already; those that it had are
  // the caller's, where they were.
  void set_layout(Value instance, std::uint32_t layout, std::uint32_t values);

  Value field_of(Value object, NameId name) const;         // borrowed; absent if there is none
  void set_field(Value object, NameId name, Value value);  // takes over the count
  void clear_fields(Value object);

  void set_cell(Value cell, Value value);  // takes over the count

  // It goes on no more. A frame that it has is gone, with what that held; see given_up.
  void give_up(Value generator);

  // Calls visit(Value) for each value that this one holds.
  template <class Visit>
  void each_held(Value value, const Visit& visit) const;

  std::vector<Code> codes;
  std::vector<Function> functions;
  std::vector<Class> classes;
  std::vector<ClassSlot> class_slots;
  std::vector<Instance> instances;
  std::vector<Layout> layouts;
  std::vector<FieldCode> layout_fields;
  std::vector<Value> instance_values;
  std::vector<Method> methods;
  std::vector<Object> objects;
  std::vector<Field> fields;
  std::vector<Cell> cells;
  std::vector<Value> closures;
  // Codes whose count fell to zero and that nobody has looked at yet, in that order.
  std::vector<std::uint32_t> unreferenced;
  std::vector<Generator> generators;
  // Generators that were not over when they went, likewise. Their code is counted still.
  std::vector<Value> given_up;

 private:
  std::uint32_t& count_of(Value value);
  void drop(Value value);
  void pass(std::uint32_t layout);

  std::vector<Value> dropping_;
  Spare<Generator> spare_generators_;
};

template <class Visit>
void Heap::each_held(Value value, const Visit& visit) const {
  switch (value.tag()) {
    case Tag::function:
      for (const Value cell : cells_of(value)) visit(cell);
      break;
    case Tag::class_: {
      const Class& row = classes[value.index()];
      visit(row.base);
      for (std::uint32_t at = row.slots_begin; at < row.slots_end; ++at)
        visit(class_slots[at].function);
      for (std::uint32_t at = row.first_layout; at != 0; at = layouts[at].next)
        visit(layouts[at].migrator);
      break;
    }
    case Tag::instance: {
      const Instance& row = instances[value.index()];
      visit(Value::of(Tag::class_, row.class_));
      const std::uint32_t size = layouts[row.layout].end - layouts[row.layout].begin;
      for (std::uint32_t at = 0; at < size; ++at) visit(instance_values[row.values + at]);
      break;
    }
    case Tag::method: {
      const Method& row = methods[value.index()];
      visit(row.class_);
      visit(row.function);
      visit(row.self);
      break;
    }
    case Tag::object:
      for (std::uint32_t at = objects[value.index()].fields; at != 0; at = fields[at - 1].next)
        visit(fields[at - 1].value);
      break;
    case Tag::cell: visit(cells[value.index()].value); break;
    case Tag::generator: {
      const Generator& row = generators[value.index()];
      visit(row.function);
      for (const Value held : row.values) visit(held);
      for (const Value held : row.cells) visit(held);
      for (const Completion& completion : row.completions) visit(completion.value);
      for (const Loop& loop : row.loops) visit(loop.generator);
      break;
    }
    case Tag::absent:
    case Tag::none:
    case Tag::integer: break;
  }
}

template <class Make>
Value Heap::new_instance(Value class_, const Make& make) {
  const std::uint32_t layout = classes[class_.index()].layout;
  const auto values = static_cast<std::uint32_t>(instance_values.size());
  for (std::uint32_t at = layouts[layout].begin; at < layouts[layout].end; ++at) {
    const Value value = layout_fields[at].value;
    instance_values.push_back(value == Value::absent() ? make() : value);
  }
  ++layouts[layout].instances;
  instances.push_back({.class_ = class_.index(), .layout = layout, .values = values, .count = 1});
  return Value::of(Tag::instance, static_cast<std::uint32_t>(instances.size() - 1));
}

// Memory for the ops of loaded code: chunks that are kept from run to run and never move.
class CodeArena {
 public:
  Op* allocate(std::size_t ops);
  void clear() { chunk_ = used_ = 0; }

 private:
  static constexpr std::size_t chunk_ops = 4096;
  struct Chunk {
    std::unique_ptr<Op[]> ops;
    std::size_t size;
  };
  std::vector<Chunk> chunks_;
  std::size_t chunk_ = 0;
  std::size_t used_ = 0;
};

}  // namespace midstride::model::runtime
