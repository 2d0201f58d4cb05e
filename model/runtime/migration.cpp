// The fields of instances: where they are, and what becomes of them when those of a class change.
#include <algorithm>
#include <utility>

#include "model/runtime/runtime.hpp"

namespace midstride::model::runtime {

// Adds the fields that instances of the class have, those of its base first. One of its own that
// has the name of one of these is that one, with another value to begin with.
void Runtime::find_fields(Value class_) {
  const Class row = heap.classes[class_.index()];
  if (row.base != Value::absent()) find_fields(row.base);
  for (std::uint32_t at = row.fields_begin; at < row.fields_end; ++at) {
    const FieldCode& field = program().fields[at];
    const auto known = std::find_if(fresh_fields_.begin(), fresh_fields_.end(),
                                    [&](const FieldCode& one) { return one.name == field.name; });
    if (known == fresh_fields_.end()) {
      fresh_fields_.push_back(field);
    } else {
      known->value = field.value;
    }
  }
}

// Whether the class's layout is that of the fields found; it takes their values to begin with.
bool Runtime::has_found_layout(Value class_) {
  const std::span<FieldCode> fields = heap.fields_of(heap.classes[class_.index()].layout);
  const auto same_name = [](const FieldCode& left, const FieldCode& right) {
    return left.name == right.name;
  };
  if (!std::equal(fields.begin(), fields.end(), fresh_fields_.begin(), fresh_fields_.end(),
                  same_name))
    return false;
  std::copy(fresh_fields_.begin(), fresh_fields_.end(), fields.begin());
  return true;
}

void Runtime::take_found_layout(Value class_) {
  const std::uint32_t layout = heap.new_layout(class_, fresh_fields_, make_migrator(class_));
  Tables& tables = run_->tables();
  const auto begin = static_cast<std::uint32_t>(tables.layout_fields.size());
  run_->trace().define(class_.word, layout);
  for (const FieldCode& field : fresh_fields_) {
    tables.layout_fields.push_back(field.name);
    run_->trace().define(layout, field.name.value);
  }
  tables.layouts.push_back({.class_ = class_,
                            .fields_begin = begin,
                            .fields_end = static_cast<std::uint32_t>(tables.layout_fields.size())});
  tell_layout(class_);
}

void Runtime::take_back_layout(Value class_) {
  const std::uint32_t gone = heap.classes[class_.index()].layout;
  const std::uint32_t layout = heap.layouts[gone].previous;
  // Those that were made meanwhile.
  for (std::uint32_t at = 0; at < heap.instances.size(); ++at) {
    const bool has_it = heap.instances[at].count != 0 && heap.instances[at].layout == gone;
    if (has_it) convert(Value::of(Tag::instance, at), layout, MigrateHow::undone, false, false);
  }
  heap.take_back_layout(class_);
  tell_layout(class_);
}

void Runtime::tell_layout(Value class_) {
  run_->event(EventKind::store, Owner::of(Owner::Kind::class_, class_.index()).word, layout_slot,
              heap.classes[class_.index()].layout, static_cast<std::uint8_t>(StoreHow::layout));
}

// A function of its own: what the class has under the name may get other code before the last
// instance has come along.
Value Runtime::make_migrator(Value class_) {
  if (heap.classes[class_.index()].layout == 0) return {};
  if (capabilities_.instances == InstancePolicy::none) return {};
  const Value method = heap.inherited_method(class_, names_.migrate);
  if (method == Value::absent()) return {};
  const std::span<const Value> cells = heap.cells_of(method);
  closure_.assign(cells.begin(), cells.end());
  for (const Value cell : closure_) heap.acquire(cell);
  return new_function(heap.functions[method.index()].code, closure_);
}

Runtime::Migration Runtime::migrate(Value instance, MigrateHow how, bool keep) {
  const Instance row = heap.instances[instance.index()];
  const bool skips = strategy_.migrations == MigrationRule::the_last_only;
  const std::uint32_t to = skips ? heap.classes[row.class_].layout : heap.layouts[row.layout].next;
  const Value migrator = heap.layouts[heap.layouts[to].previous].migrator;
  heap.acquire(migrator);
  const Value old = convert(instance, to, how, keep, migrator != Value::absent());
  return {migrator, old};
}

// Gives the instance another layout: fields of the same name keep their values. Returns what it had
// in a {} of its own, if that is asked for.
Value Runtime::convert(Value instance, std::uint32_t layout, MigrateHow how, bool keep,
                       bool tell_old) {
  const std::uint32_t from = heap.instances[instance.index()].layout;
  const auto values = static_cast<std::uint32_t>(heap.instance_values.size());
  for (std::uint32_t at = heap.layouts[layout].begin; at < heap.layouts[layout].end; ++at) {
    const FieldCode field = heap.layout_fields[at];
    const std::uint32_t place = heap.place_of(from, field.name);
    Value value = field.value;
    if (place != Heap::no_place) {
      value = heap.values_of(instance)[place];
      heap.acquire(value);
    } else if (value == Value::absent()) {
      value = new_object();
    }
    heap.instance_values.push_back(value);
  }
  const std::span<const FieldCode> fields = heap.fields_of(from);
  Value old{};
  if (tell_old) {
    old = new_object();
    for (std::size_t at = 0; at < fields.size(); ++at) {
      const Value value = heap.values_of(instance)[at];
      heap.acquire(value);
      heap.set_field(old, fields[at].name, value);
    }
  }
  if (!keep) heap.clear_fields(instance);
  heap.set_layout(instance, layout, values);
  run_->event(EventKind::migrate, instance.word, from, layout, static_cast<std::uint8_t>(how));
  return old;
}

void Runtime::migrate_back(Value instance, std::uint32_t layout, std::uint32_t values) {
  const std::uint32_t from = heap.instances[instance.index()].layout;
  heap.clear_fields(instance);
  heap.set_layout(instance, layout, values);
  run_->event(EventKind::migrate, instance.word, from, layout,
              static_cast<std::uint8_t>(MigrateHow::undone));
}

bool Runtime::run_migrator(Reloading& reloading, Value instance, const Migration& migration) {
  if (migration.migrator == Value::absent()) return true;
  Stack& stack = new_stack(run_->scheduler().current());
  run_->enter_body(reloading.attempt);
  enter_migrator(stack, instance, migration);
  if (!stack.frames.empty()) execute(stack);
  run_->leave_body(reloading.attempt);
  reloading.error = stack.error;
  return !stack.threw;
}

std::span<Value> Runtime::values_of(const Undo& undo) {
  if (undo.kind != Undo::Kind::instance) return {};
  const std::size_t size = heap.layouts[undo.code].end - heap.layouts[undo.code].begin;
  return {heap.instance_values.data() + undo.slot, size};
}

// Before an instance is used: whether something else is to be done first.
bool Runtime::migrate_first(Stack& stack, std::uint16_t operand) {
  if (capabilities_.instances != InstancePolicy::lazy) return false;
  if ((operand & Operand::constant_bit) != 0) return false;
  const Value instance = stack.values[stack.frames.back().values + operand];
  if (instance.tag() != Tag::instance) return false;
  while (heap.is_stale(instance) && !heap.instances[instance.index()].migrating) {
    const Migration migration = migrate(instance, MigrateHow::at_access, false);
    if (migration.migrator == Value::absent()) continue;
    enter_migrator(stack, instance, migration);
    return true;
  }
  return false;
}

// Takes over what the migration holds.
void Runtime::enter_migrator(Stack& stack, Value instance, const Migration& migration) {
  const std::uint32_t code = heap.functions[migration.migrator.index()].code;
  const FunctionCode& function = program().functions[heap.codes[code].function];
  const bool fits = function.parameters == 2;
  // It would give a generator, which nobody asks for anything.
  if (fits && function.generates) {
    heap.release(migration.old);
    return heap.release(migration.migrator);
  }
  if (fits && stack.frames.size() < frames_max) {
    push_frame(stack, code, code, EnterHow::migrator, Operand::nothing, migration.migrator);
    stack.frames.back().migrates = instance.index() + 1;
    heap.instances[instance.index()].migrating = true;
    heap.acquire(instance);
    pass_arguments(stack, {instance, migration.old}, 2);
    return heap.release(migration.migrator);
  }
  heap.release(migration.old);
  heap.release(migration.migrator);
  if (fits) return run_->over_budget("frames: more than 200 calls deep");
  throw_new(stack, run_->error(ErrorKind::arity, migration.migrator), code);
}

Runtime::Place Runtime::place_of_field(const Stack& stack, Value instance, NameId name) {
  const Instance& row = heap.instances[instance.index()];
  const Place place{row.layout, heap.place_of(row.layout, name)};
  if (strategy_.places == PlaceRule::of_its_layout || place.place == Heap::no_place) return place;
  const std::uint32_t frame = stack.frames.back().id;
  for (const RememberedPlace& known : remembered_places) {
    if (known.frame == frame && known.class_ == row.class_ && known.name == name)
      return {known.layout, known.place};
  }
  remembered_places.push_back({frame, row.class_, name, place.layout, place.place});
  return place;
}

// Null beyond all fields of all instances, where a planted bug may lead to.
Value* Runtime::field_at(Value instance, const Place& place) {
  const std::size_t at = heap.instances[instance.index()].values + std::size_t{place.place};
  return at < heap.instance_values.size() ? &heap.instance_values[at] : nullptr;
}

Value Runtime::new_object() {
  const Value object = heap.new_object();
  run_->event(EventKind::create, object.word);
  return object;
}

}  // namespace midstride::model::runtime
