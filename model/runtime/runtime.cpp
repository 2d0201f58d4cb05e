#include "model/runtime/runtime.hpp"

#include "model/runtime/roots.hpp"

#include <algorithm>
#include <utility>

#include "sim/check.hpp"

namespace midstride::model::runtime {

Runtime::Runtime(std::string name, const Strategy& strategy, const Reclamation& reclamation,
                 const Locals& locals, InstancePolicy instances, sim::Planted planted)
    : name_(std::move(name)), strategy_(strategy), reclamation_(reclamation), locals_(locals) {
  const bool frees = reclamation.at_reclaim != nullptr || reclamation.at_unreferenced != nullptr ||
                     reclamation.at_quiescence != nullptr;
  capabilities_.gives =
      frees ? ~EventMask{0} : ~mask_of(EventKind::free, EventKind::live, EventKind::touch);
  // Where a reload makes other classes nobody is ever migrated.
  if (strategy.instances == InstancePolicy::none)
    capabilities_.gives &= ~mask_of(EventKind::migrate);
  capabilities_.granularity = Granularity::ops;
  capabilities_.locals = locals.policy;
  capabilities_.instances = instances;
  capabilities_.planted = planted;
  capabilities_.removed_names = strategy.removed_names;
  capabilities_.versions_max = strategy.keeps == Keeps::previous ? 2 : 1;
}

void Runtime::begin(Run& run) {
  run_ = &run;
  heap.clear();
  arena_.clear();
  namespaces.clear();
  places.clear();
  bindings.clear();
  sharers.clear();
  hooks.clear();
  hooks_registered_ = 0;
  loads.clear();
  spare_spawned_.resize(spawned_tasks, 0);
  remembered.clear();
  remembered_places.clear();
  freed_.clear();
  stacks_used_ = 0;
  stack_of_task_.clear();
  const Scenario& scenario = run.scenario();
  names_ = {scenario.find("class"), scenario.find("function"), scenario.find("self"),
            scenario.find("migrate")};
  run.tables().layouts.push_back({});
  if (modules.size() < program().modules.size()) modules.resize(program().modules.size());
  for (ModuleState& module : modules) {
    module.open.clear();
    module.undo_log.clear();
  }
  for (std::uint32_t m = 0; m < program().modules.size(); ++m) {
    modules[m].version = 0;
    modules[m].load = modules[m].previous = modules[m].waiting = no_load;
    modules[m].reversed = false;
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
  if (strategy_.starts != nullptr) strategy_.starts(*this, stack);
  push_frame(stack, script_codes_[task], script_codes_[task], EnterHow::script, Operand::nothing,
             Value::absent());
  execute(stack);
  end_tasklet(stack);
}

void Runtime::spawned(Run& run, std::uint64_t payload) {
  Stack& stack = new_stack(run.scheduler().current());
  Spawned& spawned = spawned_tasks[payload];
  stack.pins.swap(spawned.pins);
  if (strategy_.starts != nullptr) strategy_.starts(*this, stack);
  const bool begun = begin_call(stack, spawned.callee,
                                std::span(spawned.arguments.data(), spawned.argc), EnterHow::spawn);
  if (!begun && !stack.threw) return;
  if (!begun) release_pins(stack.pins);
  drop(spawned);
  if (begun) execute(stack);
  end_tasklet(stack);
}

// The outermost frame of a stack. The handle was stored; what it means is decided now. Takes over
// the counts of the arguments. False where nothing can be entered: it threw, or the run is over. A
// generator is made for nobody.
bool Runtime::begin_call(Stack& stack, Value callee, std::span<Value> given, EnterHow how) {
  std::array<Value, 4> arguments{};
  std::size_t count = 0;
  Value function = callee;
  if (function.tag() == Tag::method) {
    const Method& method = heap.methods[function.index()];
    function = method.function;
    if (method.self != Value::absent()) arguments[count++] = method.self;
    heap.acquire(method.self);
  }
  for (Value& argument : given) arguments[count++] = std::exchange(argument, Value::absent());
  // A load's hook is nobody's namesake in another version.
  const std::uint32_t code =
      stack.load == no_load ? code_of(stack, function) : heap.functions[function.index()].code;
  if (code != no_code) run_->event(EventKind::call, no_slot, handle_of(callee), code);
  if (code != no_code && heap.codes[code].freed) {
    run_->touch(code, 0);
    return false;
  }
  const bool fits =
      code != no_code && program().functions[heap.codes[code].function].parameters == count;
  if (fits && program().functions[heap.codes[code].function].generates) {
    heap.release(new_generator(function, code, code, {arguments.data(), count}));
    return true;
  }
  if (fits) {
    push_frame(stack, code, code, how, Operand::nothing, function);
    pass_arguments(stack, arguments, count);
    return true;
  }
  for (std::size_t at = 0; at < count; ++at) heap.release(arguments[at]);
  const ErrorKind why = code == no_code ? ErrorKind::not_callable : ErrorKind::arity;
  throw_new(stack, run_->error(why, callee), code);
  return false;
}

// An error that the tasklet itself ended by is told before those of its hooks; but what a killed
// tasklet's hook raises is told, as TaskletExit never is.
void Runtime::end_tasklet(Stack& stack) {
  const bool threw = stack.threw;
  const std::uint32_t error = stack.error;
  run_hooks(stack);
  release_pins(stack.pins);
  settle();
  const bool silent = !threw || run_->tables().errors[error].kind == ErrorKind::task_exit;
  if (!silent) return run_->uncaught(error);
  if (stack.threw) run_->uncaught(stack.error);
}

void Runtime::tell_hook(const Hook& hook, HookHow how) {
  run_->event(EventKind::hook, hook.number, handle_of(hook.callable), hook.load,
              static_cast<std::uint8_t>(how));
}

bool Runtime::has_hooks(std::uint32_t load) const {
  return std::any_of(hooks.begin(), hooks.end(),
                     [&](const Hook& hook) { return hook.load == load && !hook.has_run; });
}

// The last one that was registered for the load that the stack runs, or for its tasklet.
bool Runtime::take_hook(const Stack& stack, Hook& taken) {
  const auto last = std::find_if(hooks.rbegin(), hooks.rend(), [&](const Hook& hook) {
    const bool own = stack.load != no_load ? hook.load == stack.load : hook.task == stack.task;
    return own && !hook.has_run;
  });
  if (last == hooks.rend()) return false;
  taken = *last;
  if (stack.load != no_load && strategy_.hooks == HookRegistrations::never_dropped) {
    last->has_run = true;
    heap.acquire(taken.callable);
  } else {
    hooks.erase(std::next(last).base());
    if (forgotten(taken)) heap.acquire(taken.callable);
  }
  return true;
}

// M5: what it holds is not counted.
bool Runtime::forgotten(const Hook& hook) const {
  return strategy_.hooks == HookRegistrations::forgotten && hook.load == no_load;
}

// Each is called however the one before it ended; the first error is what remains of them.
void Runtime::run_hooks(Stack& stack) {
  bool threw = false;
  std::uint32_t error = no_error;
  for (Hook hook; take_hook(stack, hook);) {
    stack.threw = false;
    tell_hook(hook, HookHow::run);
    const bool begun = begin_call(stack, hook.callable, {}, EnterHow::finaliser);
    if (!begun && !stack.threw) return;
    heap.release(hook.callable);
    if (begun) execute(stack);
    settle();
    if (!stack.threw || threw) continue;
    error = stack.error;
    threw = run_->tables().errors[error].kind != ErrorKind::task_exit;
  }
  stack.threw = threw;
  stack.error = error;
}

void Runtime::forget(Run&, std::uint64_t payload) {
  drop(spawned_tasks[payload]);
  settle();
}

void Runtime::drop(Spawned& spawned) {
  spawned.waiting = false;
  for (Value& argument : spawned.arguments) heap.release(std::exchange(argument, Value::absent()));
  heap.release(std::exchange(spawned.callee, Value::absent()));
  release_pins(spawned.pins);
}

void Runtime::inspect(Run& run, const Inspection& inspection) {
  const sim::TaskId task = run.task_named(inspection.task);
  Stack* const stack = task.valid() ? stack_of(task) : nullptr;
  if (stack == nullptr || stack->frames.empty()) return;
  if (inspection.kind == Inspection::Kind::flush) {
    if (locals_.flush != nullptr) locals_.flush(*this, *stack);
    return settle();
  }
  const Frame& frame = stack->frames.back();
  const FunctionCode& function = program().functions[frame.function];
  for (std::uint16_t at = 0; at < frame.locals; ++at) {
    if (program().in_cell(function, at)) continue;
    const std::uint32_t slot = frame.slots + at;
    if (inspection.kind == Inspection::Kind::peek) {
      const Value seen = locals_.peek == nullptr ? stack->values[frame.values + at]
                                                 : locals_.peek(*this, *stack, at);
      if (seen != Value::absent()) run.event(EventKind::peek, frame.id, slot, seen.word);
      continue;
    }
    if (program().local_names[function.locals_begin + at] != inspection.local) continue;
    Value value = Value::none();
    if (inspection.value.kind == NodeKind::integer) value = Value::integer(inspection.value.value);
    if (inspection.value.kind == NodeKind::object) value = heap.new_object();
    const PokeHow how = locals_.poke(*this, *stack, at, value);
    run.event(EventKind::poke, frame.id, slot, value.word, static_cast<std::uint8_t>(how));
  }
  settle();
}

bool Runtime::has_snapshot(const Stack& stack) const {
  return !stack.snapshots.empty() && stack.snapshots.back().frame == stack.frames.back().id;
}

std::span<Copy> Runtime::snapshot_of(Stack& stack) {
  const Frame& frame = stack.frames.back();
  if (!has_snapshot(stack)) {
    stack.snapshots.push_back({frame.id, static_cast<std::uint32_t>(stack.copies.size())});
    for (std::uint16_t at = 0; at < frame.locals; ++at) {
      stack.copies.push_back({stack.values[frame.values + at]});
      heap.acquire(stack.copies.back().value);
    }
  }
  return {stack.copies.data() + stack.snapshots.back().copies, frame.locals};
}

void Runtime::drop_snapshot(Stack& stack) {
  if (!has_snapshot(stack)) return;
  for (std::size_t at = stack.snapshots.back().copies; at < stack.copies.size(); ++at)
    heap.release(stack.copies[at].value);
  stack.copies.resize(stack.snapshots.back().copies);
  stack.snapshots.pop_back();
}

void Runtime::flush(Stack& stack, std::uint16_t local, Value value) {
  const Frame& frame = stack.frames.back();
  const Value old = std::exchange(stack.values[frame.values + local], value);
  run_->event(EventKind::flush, frame.id, frame.slots + local, value.word);
  tell_bound(stack, frame.slots + local, value);
  heap.release(old);
}

void Runtime::end(Run&) { run_ = nullptr; }

Stack& Runtime::new_stack(sim::TaskId task) {
  if (stacks_used_ == stacks_.size()) stacks_.push_back(std::make_unique<Stack>());
  Stack& stack = *stacks_[stacks_used_++];
  stack.frames.clear();
  stack.values.clear();
  stack.looked.clear();
  stack.completions.clear();
  stack.loops.clear();
  stack.cells.clear();
  stack.snapshots.clear();
  stack.copies.clear();
  stack.own_namespace = 0;
  stack.load = no_load;
  stack.task = task;
  stack.pins.clear();
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
  namespaces.push_back(
      {.module = module, .begin = static_cast<std::uint32_t>(places.size()), .count = count});
  for (std::uint32_t slot = 0; slot < count; ++slot)
    places.push_back(static_cast<std::uint32_t>(bindings.size() + slot));
  bindings.resize(bindings.size() + count);
  sharers.resize(bindings.size(), 0);
  return static_cast<std::uint32_t>(namespaces.size() - 1);
}

void Runtime::share(std::uint32_t namespace_, std::uint32_t slot, std::uint32_t of) {
  const std::uint32_t place = places[namespaces[of].begin + slot];
  places[namespaces[namespace_].begin + slot] = place;
  ++sharers[place];
}

// What the others go on sharing stays as it is.
void Runtime::unshare(std::uint32_t namespace_, std::uint32_t slot) {
  std::uint32_t& place = places[namespaces[namespace_].begin + slot];
  if (sharers[place] == 0) return;
  --sharers[place];
  place = static_cast<std::uint32_t>(bindings.size());
  bindings.push_back({});
  sharers.push_back(0);
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

void Runtime::let_go_of(std::uint32_t namespace_) {
  namespaces[namespace_].let_go = true;
  if (namespaces[namespace_].pins != 0) return;
  for (std::uint32_t slot = 0; slot < namespaces[namespace_].count; ++slot) {
    unshare(namespace_, slot);
    heap.release(std::exchange(binding(namespace_, slot), Binding{}).value);
  }
}

void Runtime::pin(std::vector<std::uint32_t>& pins, std::uint32_t module, std::uint32_t load) {
  if (pins.empty()) pins.resize(program().modules.size(), no_load);
  unpin(pins, module);
  pins[module] = load;
  ++namespaces[loads[load].namespace_].pins;
}

void Runtime::unpin(std::vector<std::uint32_t>& pins, std::uint32_t module) {
  if (pins.empty() || pins[module] == no_load) return;
  const std::uint32_t seen = loads[std::exchange(pins[module], no_load)].namespace_;
  if (--namespaces[seen].pins == 0 && namespaces[seen].let_go) let_go_of(seen);
}

void Runtime::release_pins(std::vector<std::uint32_t>& pins) {
  for (std::uint32_t module = 0; module < pins.size(); ++module) unpin(pins, module);
  pins.clear();
}

std::uint32_t Runtime::load_seen(const Stack& stack, std::uint32_t module) const {
  if (!stack.pins.empty() && stack.pins[module] != no_load) return stack.pins[module];
  return namespaces[modules[module].namespace_].load;
}

std::uint32_t Runtime::namespace_seen(const Stack& stack, std::uint32_t module) const {
  if (strategy_.own_names == OwnNames::as_brought_in) {
    const CodeRow& code = run_->tables().codes[stack.frames.back().code];
    const std::uint32_t brought_in = code.module == module ? loads[code.load].namespace_ : 0;
    if (code.module == module && !namespaces[brought_in].let_go) return brought_in;
  }
  const bool pinned = !stack.pins.empty() && stack.pins[module] != no_load;
  return pinned ? loads[stack.pins[module]].namespace_ : modules[module].namespace_;
}

// The last definition of the name counts.
std::uint32_t Runtime::code_seen(const Stack& stack, std::uint32_t code) const {
  if (!seen_by_task(strategy_.calls)) return code;
  const CodeRow& row = run_->tables().codes[code];
  if (row.module == no_module) return code;
  const std::uint32_t seen = load_seen(stack, row.module);
  if (seen == row.load) return code;
  const FunctionCode& function = program().functions[row.function];
  // What a function made is nobody's namesake.
  if (function.captures()) return strategy_.calls == CallRule::as_the_task_sees ? code : no_code;
  for (std::uint32_t at = loads[seen].codes_end; at-- > loads[seen].codes_begin;) {
    const FunctionCode& candidate = program().functions[heap.codes[at].function];
    if (candidate.kind == function.kind && candidate.name == function.name &&
        candidate.class_name == function.class_name)
      return at;
  }
  return strategy_.calls == CallRule::as_the_task_sees ? code : no_code;
}

std::uint32_t Runtime::frames_of(std::uint32_t module, std::uint32_t but_load) const {
  std::uint32_t frames = 0;
  for (std::uint32_t load = 0; load < loads.size(); ++load) {
    if (load != but_load && run_->tables().attempts[load].module == module)
      frames += loads[load].frames;
  }
  return frames;
}

bool Runtime::runs_code_of(const Stack& stack, std::uint32_t module) const {
  return std::any_of(stack.frames.begin(), stack.frames.end(), [&](const Frame& frame) {
    return run_->tables().codes[frame.code].module == module;
  });
}

void Runtime::unwind(Stack& stack) {
  while (!stack.frames.empty()) pop_frame(stack, ExitHow::threw);
  for (Hook hook; take_hook(stack, hook);) {
    tell_hook(hook, HookHow::dropped);
    heap.release(hook.callable);
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

void Runtime::retire_load(std::uint32_t load, std::uint32_t by) {
  if (loads[load].retired_by != no_load) return;
  loads[load].retired_by = by;
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
  for (std::uint32_t inner = function.inner_begin; inner < function.inner_end; ++inner)
    heap.release_code(code + (inner - row.function));
}

bool Runtime::is_open(const ModuleState& module, std::uint32_t attempt) const {
  const auto same_batch = [&](std::uint32_t open) {
    return run_->tables().attempts[open].batch == run_->tables().attempts[attempt].batch;
  };
  return std::any_of(module.open.begin(), module.open.end(), same_batch);
}

void Runtime::drop_generators() {
  for (std::size_t at = 0; at < heap.given_up.size(); ++at) {
    const Value generator = heap.given_up[at];
    const Frame frame = heap.generators[generator.index()].frame;
    run_->event(EventKind::generator, generator.word, frame.id, frame.code,
                static_cast<std::uint8_t>(GeneratorHow::dropped));
    frame_gone(nobodys_, frame.code);
  }
  heap.given_up.clear();
}

void Runtime::settle() {
  drop_generators();
  for (std::size_t at = 0; at < heap.unreferenced.size(); ++at) {
    const std::uint32_t code = heap.unreferenced[at];
    const Code& row = heap.codes[code];
    if (!row.retired || row.freed || row.count != 0) continue;
    if (reclamation_.at_unreferenced != nullptr) reclamation_.at_unreferenced(*this, code);
  }
  heap.unreferenced.clear();
  if (freed_.empty()) return;
  if (run_->options().walk) walk(*this, *run_, freed_);
  freed_.clear();
}

// Cycles go through the fields of objects, cells and generators: those that no root leads to are
// emptied or given up, and counting does the rest. Then the walker tells who holds what is retired
// still.
void Runtime::collect(Run& run) {
  for (std::vector<bool>& of_tag : seen_) of_tag.clear();
  reached_.clear();
  const auto reach = [&](Value value) {
    if (!value.on_heap()) return;
    std::vector<bool>& of_tag = seen_[static_cast<std::size_t>(value.tag())];
    if (of_tag.size() <= value.index()) of_tag.resize(value.index() + std::size_t{1}, false);
    if (of_tag[value.index()]) return;
    of_tag[value.index()] = true;
    reached_.push_back(value);
  };
  each_root(run, [&](HolderKind, std::uint32_t, Value value) { reach(value); });
  for (const ModuleState& module : modules) {
    for (const Undo& undo : module.undo_log) {
      reach(undo.binding.value);
      for (const Value value : values_of(undo)) reach(value);
    }
  }
  while (!reached_.empty()) {
    const Value value = reached_.back();
    reached_.pop_back();
    heap.each_held(value, reach);
  }
  const auto lost = [&](Tag tag, std::uint32_t index) {
    const std::vector<bool>& of_tag = seen_[static_cast<std::size_t>(tag)];
    return index >= of_tag.size() || !of_tag[index];
  };
  for (std::uint32_t at = 0; at < heap.objects.size(); ++at) {
    if (lost(Tag::object, at)) heap.clear_fields(Value::of(Tag::object, at));
  }
  for (std::uint32_t at = 0; at < heap.instances.size(); ++at) {
    if (lost(Tag::instance, at)) heap.clear_fields(Value::of(Tag::instance, at));
  }
  for (std::uint32_t at = 0; at < heap.cells.size(); ++at) {
    if (lost(Tag::cell, at)) heap.set_cell(Value::of(Tag::cell, at), Value::absent());
  }
  for (std::uint32_t at = 0; at < heap.generators.size(); ++at) {
    if (lost(Tag::generator, at)) heap.give_up(Value::of(Tag::generator, at));
  }
  settle();
  if (!run.options().walk) return;
  kept_.clear();
  for (std::uint32_t code = 0; code < heap.codes.size(); ++code) {
    if (heap.codes[code].retired && !heap.codes[code].freed) kept_.push_back(code);
  }
  if (!kept_.empty()) walk(*this, run, kept_);
}

}  // namespace midstride::model::runtime
