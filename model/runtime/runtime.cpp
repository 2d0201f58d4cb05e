#include "model/runtime/runtime.hpp"

#include "model/runtime/roots.hpp"

#include <algorithm>
#include <utility>

#include "sim/check.hpp"

namespace midstride::model::runtime {

Runtime::Runtime(std::string name, const Strategy& strategy, const Reclamation& reclamation,
                 LocalsPolicy locals)
    : name_(std::move(name)), strategy_(strategy), reclamation_(reclamation) {
  capabilities_.gives = ~EventMask{0};
  capabilities_.granularity = Granularity::ops;
  capabilities_.locals = locals;
}

void Runtime::begin(Run& run) {
  run_ = &run;
  heap.clear();
  arena_.clear();
  namespaces.clear();
  bindings.clear();
  loads.clear();
  spawned_tasks.clear();
  remembered.clear();
  freed_.clear();
  stacks_used_ = 0;
  stack_of_task_.clear();
  const Scenario& scenario = run.scenario();
  names_ = {scenario.find("class"), scenario.find("function"), scenario.find("self")};
  modules.resize(program().modules.size());
  for (std::uint32_t m = 0; m < modules.size(); ++m) {
    modules[m].open.clear();
    modules[m].undo_log.clear();
    modules[m].version = 0;
    modules[m].load = no_load;
    modules[m].namespace_ = new_namespace(m);
  }
  script_codes_.clear();
  for (const std::uint32_t function : program().scripts) {
    const FunctionCode& code = program().functions[function];
    Op* const block = arena_.allocate(code.ops_end - code.ops_begin);
    script_codes_.push_back(new_code(function, no_load, no_module, block));
  }
}

void Runtime::script(Run& run, std::uint32_t task) {
  Stack& stack = new_stack(run.scheduler().current());
  push_frame(stack, script_codes_[task], script_codes_[task], EnterHow::script, Operand::nothing,
             Value::absent());
  execute(stack);
}

void Runtime::spawned(Run& run, std::uint64_t payload) {
  Stack& stack = new_stack(run.scheduler().current());
  Spawned& spawned = spawned_tasks[payload];
  std::array<Value, 4> arguments{};
  std::size_t count = 0;
  Value function = spawned.callee;
  if (function.tag() == Tag::method) {
    const Method& method = heap.methods[function.index()];
    function = method.function;
    if (method.self != Value::absent()) arguments[count++] = method.self;
    heap.acquire(method.self);
  }
  for (std::size_t at = 0; at < spawned.argc; ++at) {
    arguments[count++] = std::exchange(spawned.arguments[at], Value::absent());
  }
  // The handle was stored; what it means is decided now, at the first run.
  const std::uint32_t code = heap.functions[function.index()].code;
  run.event(EventKind::call, no_slot, handle_of(spawned.callee), code);
  if (heap.codes[code].freed) return run.touch(code, 0);
  if (program().functions[heap.codes[code].function].parameters == count) {
    push_frame(stack, code, code, EnterHow::spawn, Operand::nothing, function);
    pass_arguments(stack, arguments, count);
    drop(spawned);
    execute(stack);
    return;
  }
  for (std::size_t at = 0; at < count; ++at) heap.release(arguments[at]);
  throw_new(stack, run.error(ErrorKind::arity, spawned.callee), code);
  drop(spawned);
  settle();
}

void Runtime::forget(Run&, std::uint64_t payload) {
  drop(spawned_tasks[payload]);
  settle();
}

void Runtime::drop(Spawned& spawned) {
  spawned.waiting = false;
  for (Value& argument : spawned.arguments) heap.release(std::exchange(argument, Value::absent()));
  heap.release(std::exchange(spawned.callee, Value::absent()));
}

void Runtime::inspect(Run& run, const Inspection& inspection) {
  const sim::TaskId task = run.task_named(inspection.task);
  Stack* const stack = task.valid() ? stack_of(task) : nullptr;
  if (stack == nullptr || stack->frames.empty()) return;
  const Frame& frame = stack->frames.back();
  const FunctionCode& function = program().functions[frame.function];
  for (std::uint16_t at = 0; at < frame.locals; ++at) {
    Value& local = stack->values[frame.values + at];
    const std::uint32_t slot = frame.slots + at;
    if (inspection.kind == Inspection::Kind::peek) {
      if (local != Value::absent()) run.event(EventKind::peek, frame.id, slot, local.word);
      continue;
    }
    if (program().local_names[function.locals_begin + at] != inspection.local) continue;
    const bool applied = capabilities_.locals == LocalsPolicy::write_through;
    Value value = Value::none();
    if (inspection.value.kind == NodeKind::integer) value = Value::integer(inspection.value.value);
    if (inspection.value.kind == NodeKind::object) value = heap.new_object();
    run.event(EventKind::poke, frame.id, slot, value.word,
              static_cast<std::uint8_t>(applied ? PokeHow::applied : PokeHow::lost));
    // Under snapshot the write goes into a copy that nobody looks at again.
    heap.release(applied ? std::exchange(local, value) : value);
  }
  settle();
}

void Runtime::end(Run&) { run_ = nullptr; }

Stack& Runtime::new_stack(sim::TaskId task) {
  if (stacks_used_ == stacks_.size()) stacks_.push_back(std::make_unique<Stack>());
  Stack& stack = *stacks_[stacks_used_++];
  stack.frames.clear();
  stack.values.clear();
  stack.looked.clear();
  stack.completions.clear();
  stack.cells.clear();
  stack.own_namespace = 0;
  stack.load = no_load;
  stack.threw = false;
  if (stack_of_task_.size() <= task.value) stack_of_task_.resize(task.value + 1, 0);
  stack_of_task_[task.value] = static_cast<std::uint32_t>(stacks_used_);
  return stack;
}

Stack* Runtime::stack_of(sim::TaskId task) {
  if (task.value >= stack_of_task_.size() || stack_of_task_[task.value] == 0) return nullptr;
  return stacks_[stack_of_task_[task.value] - 1].get();
}

std::uint32_t Runtime::new_namespace(std::uint32_t module) {
  const auto count = static_cast<std::uint32_t>(program().modules[module].slots.size());
  namespaces.push_back({module, static_cast<std::uint32_t>(bindings.size()), count});
  bindings.resize(bindings.size() + count);
  return static_cast<std::uint32_t>(namespaces.size() - 1);
}

void Runtime::store(std::uint32_t namespace_, std::uint32_t slot, Binding made, StoreHow how) {
  run_->event(EventKind::store, Owner::of(Owner::Kind::namespace_, namespace_).word, slot,
              made.value.word, static_cast<std::uint8_t>(how));
  heap.release(std::exchange(binding(namespace_, slot), made).value);
}

void Runtime::point_module_at(std::uint32_t module, std::uint32_t namespace_) {
  modules[module].namespace_ = namespace_;
  run_->event(EventKind::store, Owner::of(Owner::Kind::module, module).word, 0, namespace_,
              static_cast<std::uint8_t>(StoreHow::pointer));
}

void Runtime::drop_namespace(std::uint32_t namespace_) {
  for (std::uint32_t slot = 0; slot < namespaces[namespace_].count; ++slot) {
    heap.release(std::exchange(binding(namespace_, slot), Binding{}).value);
  }
}

void Runtime::set_class_method(Value class_, NameId name, Value function) {
  run_->event(EventKind::store, Owner::of(Owner::Kind::class_, class_.index()).word, name.value,
              function.word, static_cast<std::uint8_t>(StoreHow::class_));
  heap.release(heap.set_method(class_, name, function));
  forget_lookups(class_);
}

Value Runtime::find_method(Value class_, NameId name) {
  if (strategy_.lookups == LookupRule::always) return heap.inherited_method(class_, name);
  for (const Remembered& known : remembered)
    if (known.class_ == class_ && known.name == name) return known.function;
  const Value function = heap.inherited_method(class_, name);
  if (function == Value::absent()) return function;
  heap.acquire(class_);
  heap.acquire(function);
  remembered.push_back({class_, name, function});
  return function;
}

void Runtime::forget_lookups(Value class_) {
  std::erase_if(remembered, [&](const Remembered& known) {
    if (known.class_ != class_) return false;
    heap.release(known.class_);
    heap.release(known.function);
    return true;
  });
}

void Runtime::set_class_base(Value class_, Value base) {
  run_->event(EventKind::store, Owner::of(Owner::Kind::class_, class_.index()).word, base_slot,
              base.word, static_cast<std::uint8_t>(StoreHow::base));
  heap.release(heap.set_base(class_, base));
  forget_lookups(class_);
}

void Runtime::retire_load(std::uint32_t load) {
  if (loads[load].retired) return;
  loads[load].retired = true;
  for (std::uint32_t code = loads[load].codes_begin; code < loads[load].codes_end; ++code) {
    heap.codes[code].retired = true;
    run_->event(EventKind::retire, code);
  }
}

void Runtime::free_code(std::uint32_t code) {
  Code& row = heap.codes[code];
  if (row.freed) return;
  row.freed = true;
  const FunctionCode& function = program().functions[row.function];
  std::fill(row.block + 1, row.block + (function.ops_end - function.ops_begin),
            Op{.code = OpCode::poison});
  run_->event(EventKind::free, code);
  freed_.push_back(code);
}

bool Runtime::is_open(const ModuleState& module, std::uint32_t attempt) const {
  return std::find(module.open.begin(), module.open.end(), attempt) != module.open.end();
}

void Runtime::settle() {
  for (std::size_t at = 0; at < heap.unreferenced.size(); ++at) {
    const std::uint32_t code = heap.unreferenced[at];
    const Code& row = heap.codes[code];
    if (!row.retired || row.freed || row.count != 0) continue;
    if (reclamation_.at_unreferenced != nullptr) reclamation_.at_unreferenced(*this, code);
  }
  heap.unreferenced.clear();
  if (freed_.empty()) return;
  if (run_->options().walk) walk(*this, *run_);
  freed_.clear();
}

// Cycles go through the fields of objects and through cells: those that no root leads to are
// emptied, and counting does the rest.
void Runtime::collect(Run& run) {
  std::array<std::vector<bool>, 16> seen;  // by tag
  std::vector<Value> reached;
  const auto reach = [&](Value value) {
    if (!value.on_heap()) return;
    std::vector<bool>& of_tag = seen[static_cast<std::size_t>(value.tag())];
    if (of_tag.size() <= value.index()) of_tag.resize(value.index() + std::size_t{1}, false);
    if (of_tag[value.index()]) return;
    of_tag[value.index()] = true;
    reached.push_back(value);
  };
  each_root(run, [&](HolderKind, std::uint32_t, Value value) { reach(value); });
  for (const ModuleState& module : modules) {
    for (const Undo& undo : module.undo_log) reach(undo.binding.value);
  }
  while (!reached.empty()) {
    const Value value = reached.back();
    reached.pop_back();
    heap.each_held(value, reach);
  }
  const auto lost = [&](Tag tag, std::uint32_t index) {
    const std::vector<bool>& of_tag = seen[static_cast<std::size_t>(tag)];
    return index >= of_tag.size() || !of_tag[index];
  };
  for (std::uint32_t at = 0; at < heap.objects.size(); ++at) {
    if (lost(Tag::object, at)) heap.clear_fields(Value::of(Tag::object, at));
  }
  for (std::uint32_t at = 0; at < heap.cells.size(); ++at) {
    if (lost(Tag::cell, at)) heap.set_cell(Value::of(Tag::cell, at), Value::absent());
  }
  settle();
}

}  // namespace midstride::model::runtime
