#include "model/runtime/heap.hpp"

#include <algorithm>
#include <utility>

#include "sim/check.hpp"

namespace midstride::model::runtime {

void Heap::clear() {
  codes.clear();
  functions.clear();
  classes.clear();
  class_slots.clear();
  instances.clear();
  layouts.clear();
  layouts.push_back({});
  layout_fields.clear();
  instance_values.clear();
  methods.clear();
  objects.clear();
  fields.clear();
  cells.clear();
  closures.clear();
  unreferenced.clear();
  spare_generators_.resize(generators, 0);
  given_up.clear();
}

Value Heap::new_function(std::uint32_t code, std::span<const Value> closure) {
  acquire_code(code);
  const auto begin = static_cast<std::uint32_t>(closures.size());
  closures.insert(closures.end(), closure.begin(), closure.end());
  functions.push_back({.code = code,
                       .cells_begin = begin,
                       .cells_end = static_cast<std::uint32_t>(closures.size()),
                       .count = 1});
  return Value::of(Tag::function, static_cast<std::uint32_t>(functions.size() - 1));
}

Value Heap::new_class(NameId name, std::uint32_t module, Value base) {
  const auto begin = static_cast<std::uint32_t>(class_slots.size());
  classes.push_back({.slots_begin = begin,
                     .slots_end = begin,
                     .name = name,
                     .module = module,
                     .base = base,
                     .count = 1});
  return Value::of(Tag::class_, static_cast<std::uint32_t>(classes.size() - 1));
}

Value Heap::new_method(Value class_, Value function, Value self) {
  methods.push_back({.class_ = class_, .function = function, .self = self, .count = 1});
  return Value::of(Tag::method, static_cast<std::uint32_t>(methods.size() - 1));
}

Value Heap::new_object() {
  objects.push_back({.count = 1});
  return Value::of(Tag::object, static_cast<std::uint32_t>(objects.size() - 1));
}

Value Heap::new_cell() {
  cells.push_back({.count = 1});
  return Value::of(Tag::cell, static_cast<std::uint32_t>(cells.size() - 1));
}

Value Heap::new_generator(Value function, std::uint32_t code, std::span<const Value> arguments) {
  Generator& made = spare_generators_.add(generators);
  made.state = Generator::State::fresh;
  made.count = 1;
  made.function = function;
  made.frame = {.code = code};
  made.values.assign(arguments.begin(), arguments.end());
  made.looked.clear();
  made.completions.clear();
  made.loops.clear();
  made.cells.clear();
  acquire_code(code);
  return Value::of(Tag::generator, static_cast<std::uint32_t>(generators.size() - 1));
}

std::uint32_t& Heap::count_of(Value value) {
  switch (value.tag()) {
    case Tag::object: return objects[value.index()].count;
    case Tag::instance: return instances[value.index()].count;
    case Tag::class_: return classes[value.index()].count;
    case Tag::function: return functions[value.index()].count;
    case Tag::method: return methods[value.index()].count;
    case Tag::cell: return cells[value.index()].count;
    case Tag::generator: return generators[value.index()].count;
    case Tag::absent:
    case Tag::none:
    case Tag::integer: break;
  }
  sim::broken_invariant(__FILE__, __LINE__, "value.on_heap()", "a value that is counted");
}

void Heap::acquire(Value value) {
  if (!value.on_heap()) return;
  std::uint32_t& count = count_of(value);
  if (count != 0) ++count;  // zero: gone, by a planted bug, and gone it stays
}

void Heap::release(Value value) {
  if (!value.on_heap()) return;
  std::uint32_t& count = count_of(value);
  if (count == 0 || --count != 0) return;  // zero already: as above
  dropping_.push_back(value);
  if (dropping_.size() > 1) return;  // the outermost call works the list off
  for (std::size_t at = 0; at < dropping_.size(); ++at) drop(dropping_[at]);
  dropping_.clear();
}

// Fields of {}s and instances and cells are emptied; what the others hold can still be read, and
// counts no more.
void Heap::drop(Value value) {
  if (value.tag() == Tag::object) return clear_fields(value);
  if (value.tag() == Tag::cell) return set_cell(value, Value::absent());
  if (value.tag() == Tag::instance) {
    clear_fields(value);
    const std::uint32_t layout = instances[value.index()].layout;
    --layouts[layout].instances;
    pass(layout);
  }
  if (value.tag() == Tag::generator) return give_up(value);
  if (value.tag() == Tag::function) release_code(functions[value.index()].code);
  each_held(value, [this](Value held) { release(held); });
}

void Heap::give_up(Value value) {
  Generator& row = generators[value.index()];
  if (row.state == Generator::State::running) return;
  if (row.parked()) given_up.push_back(value);
  row.state = Generator::State::over;
  const auto let_go = [this](Value& held) { release(std::exchange(held, Value::absent())); };
  let_go(row.function);
  for (Value& held : row.values) let_go(held);
  for (Value& held : row.cells) let_go(held);
  for (Completion& completion : row.completions) let_go(completion.value);
  for (Loop& loop : row.loops) let_go(loop.generator);
  for (std::uint32_t& looked : row.looked)
    if (looked != 0) release_code(std::exchange(looked, 0) - 1);
}

void Heap::release_code(std::uint32_t code) {
  MIDSTRIDE_CHECK(codes[code].count > 0, "a reference to code that was counted");
  if (--codes[code].count == 0) unreferenced.push_back(code);
}

void Heap::set_code(Value function, std::uint32_t code) {
  acquire_code(code);
  const std::uint32_t old = functions[function.index()].code;
  functions[function.index()].code = code;
  release_code(old);
}

Value Heap::set_method(Value class_, NameId name, Value function) {
  Class& row = classes[class_.index()];
  for (std::uint32_t at = row.slots_begin; at < row.slots_end; ++at) {
    if (class_slots[at].name == name) return std::exchange(class_slots[at].function, function);
  }
  if (row.slots_end != class_slots.size()) {  // move to the end, where there is room
    const auto begin = static_cast<std::uint32_t>(class_slots.size());
    for (std::uint32_t at = row.slots_begin; at < row.slots_end; ++at) {
      const ClassSlot slot = class_slots[at];
      class_slots.push_back(slot);
    }
    row.slots_end = begin + (row.slots_end - row.slots_begin);
    row.slots_begin = begin;
  }
  class_slots.push_back({name, function});
  ++row.slots_end;
  return Value::absent();
}

Value Heap::method_of(Value class_, NameId name) const {
  const Class& row = classes[class_.index()];
  for (std::uint32_t at = row.slots_begin; at < row.slots_end; ++at) {
    if (class_slots[at].name == name) return class_slots[at].function;
  }
  return Value::absent();
}

Value Heap::inherited_method(Value class_, NameId name) const {
  for (; class_ != Value::absent(); class_ = classes[class_.index()].base) {
    const Value function = method_of(class_, name);
    if (function != Value::absent()) return function;
  }
  return Value::absent();
}

bool Heap::is_subclass(Value class_, Value of) const {
  while (class_ != Value::absent() && class_ != of) class_ = classes[class_.index()].base;
  return class_ == of;
}

Value Heap::set_base(Value class_, Value base) {
  return std::exchange(classes[class_.index()].base, base);
}

std::span<const Value> Heap::cells_of(Value function) const {
  const Function& row = functions[function.index()];
  return {closures.data() + row.cells_begin, row.cells_end - row.cells_begin};
}

std::uint32_t Heap::new_layout(Value class_, std::span<const FieldCode> made_of, Value migrator) {
  const auto made = static_cast<std::uint32_t>(layouts.size());
  const auto begin = static_cast<std::uint32_t>(layout_fields.size());
  layout_fields.insert(layout_fields.end(), made_of.begin(), made_of.end());
  Class& row = classes[class_.index()];
  layouts.push_back({.begin = begin,
                     .end = static_cast<std::uint32_t>(layout_fields.size()),
                     .previous = row.layout});
  const std::uint32_t old = std::exchange(row.layout, made);
  if (old == 0) {
    row.first_layout = made;
    return made;
  }
  layouts[old].next = made;
  layouts[old].migrator = migrator;
  pass(old);
  return made;
}

void Heap::take_back_layout(Value class_) {
  std::uint32_t& current = classes[class_.index()].layout;
  current = layouts[current].previous;
  layouts[current].next = 0;
  layouts[current].passed = false;
  release(std::exchange(layouts[current].migrator, Value::absent()));
}

std::uint32_t Heap::place_of(std::uint32_t layout, NameId name) const {
  for (std::uint32_t at = layouts[layout].begin; at < layouts[layout].end; ++at) {
    if (layout_fields[at].name == name) return at - layouts[layout].begin;
  }
  return no_place;
}

void Heap::set_layout(Value instance, std::uint32_t layout, std::uint32_t values) {
  Instance& row = instances[instance.index()];
  const std::uint32_t old = std::exchange(row.layout, layout);
  row.values = values;
  ++layouts[layout].instances;
  --layouts[old].instances;
  pass(old);
}

// When nobody is left who would go on from a layout, its migrator goes.
void Heap::pass(std::uint32_t layout) {
  for (std::uint32_t at = layout; layouts[at].next != 0; at = layouts[at].next) {
    Layout& row = layouts[at];
    const bool may_come = row.previous != 0 && !layouts[row.previous].passed;
    if (row.instances != 0 || may_come) return;
    row.passed = true;
    release(std::exchange(row.migrator, Value::absent()));
  }
}

void Heap::set_cell(Value cell, Value value) {
  release(std::exchange(cells[cell.index()].value, value));
}

Value Heap::field_of(Value object, NameId name) const {
  for (std::uint32_t at = objects[object.index()].fields; at != 0; at = fields[at - 1].next) {
    if (fields[at - 1].name == name) return fields[at - 1].value;
  }
  return Value::absent();
}

void Heap::set_field(Value object, NameId name, Value value) {
  std::uint32_t last = 0;
  for (std::uint32_t at = objects[object.index()].fields; at != 0; at = fields[at - 1].next) {
    if (fields[at - 1].name == name) {
      release(std::exchange(fields[at - 1].value, value));
      return;
    }
    last = at;
  }
  fields.push_back({name, value, 0});
  const auto added = static_cast<std::uint32_t>(fields.size());
  (last == 0 ? objects[object.index()].fields : fields[last - 1].next) = added;
}

void Heap::clear_fields(Value object) {
  if (object.tag() == Tag::instance) {
    for (Value& value : values_of(object)) release(std::exchange(value, Value::absent()));
    return;
  }
  std::uint32_t at = std::exchange(objects[object.index()].fields, 0);
  for (; at != 0; at = fields[at - 1].next)
    release(std::exchange(fields[at - 1].value, Value::absent()));
}

Op* CodeArena::allocate(std::size_t ops) {
  while (chunk_ < chunks_.size() && chunks_[chunk_].size - used_ < ops) {
    ++chunk_;
    used_ = 0;
  }
  if (chunk_ == chunks_.size()) {
    const std::size_t size = std::max(chunk_ops, ops);
    chunks_.push_back({std::make_unique<Op[]>(size), size});
  }
  Op* const begin = chunks_[chunk_].ops.get() + used_;
  used_ += ops;
  return begin;
}

}  // namespace midstride::model::runtime
