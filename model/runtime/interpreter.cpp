// Runs ops. One loop works on one stack of frames until it is empty; a call pushes a frame and a
// return pops it, so the fiber holds nothing but the loop, and a run can be dropped between any two
// ops. Every op is a turn first, and an event; what an op does to locals, handles and code is told
// by further events right after it.
#include <algorithm>
#include <utility>

#include "model/runtime/runtime.hpp"
#include "sim/check.hpp"

namespace midstride::model::runtime {

namespace {

// How many of args are operands.
std::size_t argument_count(const Op& op) {
  if (op.code == OpCode::call || op.code == OpCode::spawn) return op.argc;
  const bool has_second = op.code == OpCode::store_attribute || op.code == OpCode::is_instance ||
                          op.code == OpCode::same || (op.code == OpCode::super_ && op.argc == 2);
  return has_second ? 1 : 0;
}

// Of a loop: the op is reached from its end, not for the first time.
bool is_back_edge(const Stack& stack, const Op& op) {
  return op.code == OpCode::next_round &&
         stack.loops[stack.frames.back().loops + op.argc].begun > 0;
}

bool callable(Value value) { return value.tag() == Tag::function || value.tag() == Tag::method; }

}  // namespace

void Runtime::execute(Stack& stack) {
  stack.threw = false;
  while (!stack.frames.empty()) {
    const Frame* frame = &stack.frames.back();
    const Op* next = frame->block + 1 + frame->pc;
    if (silent(next->code)) {
      run_silently(stack, *next);
      settle();
      continue;
    }
    const bool lets_in = frame->pc == 0 || is_back_edge(stack, *next);
    const sim::Point point = lets_in ? sim::Point::safepoint : sim::Point::op;
    const sim::Wake wake =
        run_->turn(point, next->code, program().object_of(*next, run_->scenario()));
    if (wake.kind == sim::WakeKind::exit) {
      throw_new(stack, run_->error(ErrorKind::task_exit));
      settle();
      continue;
    }
    // Whoever ran meanwhile may have freed or (a planted bug) replaced the code.
    frame = &stack.frames.back();
    const Op op = frame->block[1 + frame->pc];
    run_->event(EventKind::op, frame->id, frame->block->x, frame->pc);
    if (silent(op.code)) continue;
    if (operands_bound(stack, op)) step(stack, op);
    settle();
  }
}

void Runtime::run_silently(Stack& stack, const Op& op) {
  Frame& frame = stack.frames.back();
  switch (op.code) {
    case OpCode::jump: frame.pc = op.x; break;
    case OpCode::leave: give_back(stack, Value::none()); break;
    case OpCode::end_finally: {
      const Completion completion = std::exchange(stack.completions[frame.completions + op.x], {});
      switch (completion.kind) {
        case Completion::Kind::none: ++frame.pc; break;
        case Completion::Kind::error: raise(stack, completion.error); break;
        case Completion::Kind::value: give_back(stack, completion.value); break;
        case Completion::Kind::jump: jump_out(stack, completion.target); break;
      }
      break;
    }
    case OpCode::end_loop:
      end_loops(stack, op.argc);
      ++frame.pc;
      break;
    case OpCode::poison: run_->touch(frame.block->x, frame.id); break;
    default: MIDSTRIDE_CHECK(false, "a silent op");
  }
}

void Runtime::step(Stack& stack, const Op& op) {
  switch (op.code) {
    case OpCode::move: put(stack, op.dst, take(stack, op.a)); break;
    case OpCode::new_object: put(stack, op.dst, new_object()); break;
    case OpCode::resolve: return resolve(stack, op);
    case OpCode::look: return look(stack, op);
    case OpCode::super_: return super_look(stack, op);
    case OpCode::is_instance:
    case OpCode::same: return compare(stack, op);
    case OpCode::match: return match(stack, op);
    case OpCode::call: return call(stack, op);
    case OpCode::store: {
      const Value value = take(stack, op.a);
      if (op.is_own()) {
        store_own(stack, op, value);
      } else {
        store(namespace_seen(stack, op.x >> 16), op.x & 0xffff, {value, no_load},
              StoreHow::program);
      }
      break;
    }
    case OpCode::once: return once(stack, op);
    case OpCode::at_exit: return register_hook(stack, op);
    case OpCode::store_attribute: return store_attribute(stack, op);
    case OpCode::load_cell: return load_cell(stack, op);
    case OpCode::store_cell: {
      const Value value = take(stack, op.a);
      write_cell(cell(stack, op.args[0]), NameId{op.x}, value);
      break;
    }
    case OpCode::define_inner: define_inner(stack, op); break;
    case OpCode::define_function: store_own(stack, op, define_function(stack, op.index())); break;
    case OpCode::define_class: {
      const Value base = op.a == Operand::nothing ? Value::absent() : take(stack, op.a);
      if (op.a != Operand::nothing && base.tag() != Tag::class_) {
        heap.release(base);
        return throw_new(stack, run_->error(ErrorKind::not_a_class, base));
      }
      store_own(stack, op, define_class(stack, op.index(), base));
      break;
    }
    case OpCode::send: return send(stack, op);
    case OpCode::receive: return receive(stack, op);
    case OpCode::yield:
      if (run_->yield().kind == sim::WakeKind::exit)
        return throw_new(stack, run_->error(ErrorKind::task_exit));
      break;
    case OpCode::spawn: return spawn(stack, op);
    case OpCode::kill:
      if (run_->kill(NameId{op.x}).kind == sim::WakeKind::exit)
        return throw_new(stack, run_->error(ErrorKind::task_exit));
      break;
    case OpCode::emit: {
      const Value value = take(stack, op.a);
      run_->emit(value);
      heap.release(value);
      break;
    }
    case OpCode::return_: return give_back(stack, take(stack, op.a));
    case OpCode::raise: {
      const Value value = take(stack, op.a);
      heap.release(value);  // nobody can get at it again
      return throw_new(stack, run_->error(ErrorKind::raised, value));
    }
    case OpCode::reload: {
      const sim::Wake wake = run_->reload(op.x);
      if (wake.kind == sim::WakeKind::exit)
        return throw_new(stack, run_->error(ErrorKind::task_exit));
      if (wake.word == static_cast<std::uint64_t>(AttemptEnd::failed))
        return throw_new(stack, run_->last_attempt_error());
      break;
    }
    case OpCode::begin_loop:
      stack.loops[stack.frames.back().loops + op.argc] = {.rounds = op.x};
      break;
    case OpCode::begin_each: return begin_each(stack, op);
    case OpCode::next_round: return next_round(stack, op);
    case OpCode::next: return resume(stack, take(stack, op.a), op.dst, Frame::nowhere);
    case OpCode::yield_value: return yield_value(stack, take(stack, op.a));
    case OpCode::break_:
    case OpCode::continue_: return jump_out(stack, op.x);
    case OpCode::pass: break;
    default: MIDSTRIDE_CHECK(false, "an op that is a turn");
  }
  ++stack.frames.back().pc;
}

// Of a module's top level. No version owns what is persistent. What it shared until now goes on
// elsewhere as it is.
void Runtime::store_own(const Stack& stack, const Op& op, Value value) {
  const std::uint32_t slot = op.x & 0xffff;
  unshare(stack.own_namespace, slot);
  store(stack.own_namespace, slot, {value, op.argc == Op::persistent ? no_load : stack.load});
}

// Goes on to the initialisation where the name is not there.
void Runtime::once(Stack& stack, const Op& op) {
  Frame& frame = stack.frames.back();
  const std::uint32_t slot = op.x & 0xffff;
  const std::uint32_t own = stack.own_namespace;
  const std::uint32_t live = modules[namespaces[own].module].namespace_;
  const bool crosses = strategy_.persistent != PersistentState::initialised_again &&
                       binding(own, slot).value == Value::absent() &&
                       binding(live, slot).value != Value::absent();
  if (crosses) {
    binding(live, slot).load = no_load;
    const Value value = binding(live, slot).value;
    if (strategy_.persistent == PersistentState::shared) share(own, slot, live);
    heap.acquire(value);
    store(own, slot, {value, no_load});
  }
  const bool there = binding(own, slot).value != Value::absent();
  if (there) binding(own, slot).load = no_load;
  frame.pc = there ? op.index() : frame.pc + 1;
}

void Runtime::register_hook(Stack& stack, const Op& op) {
  const Value callee = take(stack, op.a);
  if (!callable(callee)) {
    heap.release(callee);
    return throw_new(stack, run_->error(ErrorKind::not_callable, callee));
  }
  const Hook hook{callee, stack.task, stack.load, hooks_registered_++};
  tell_hook(hook, HookHow::registered);
  hooks.push_back(hook);
  if (forgotten(hook)) heap.release(callee);
  ++stack.frames.back().pc;
}

bool Runtime::operands_bound(Stack& stack, const Op& op) {
  const Frame& frame = stack.frames.back();
  const auto bound = [&](std::uint16_t operand) {
    if (operand >= frame.locals || stack.values[frame.values + operand] != Value::absent())
      return true;
    const FunctionCode& function = program().functions[frame.function];
    throw_new(stack, run_->error(ErrorKind::unbound_local, {},
                                 program().local_names[function.locals_begin + operand]));
    return false;
  };
  if (!bound(op.a)) return false;
  for (std::size_t at = 0; at < argument_count(op); ++at) {
    if (!bound(op.args[at])) return false;
  }
  return true;
}

// The value of an operand, counted: a local is copied, a temporary is used up.
Value Runtime::take(Stack& stack, std::uint16_t operand) {
  if ((operand & Operand::constant_bit) != 0)
    return program().constants[operand - Operand::constant_bit];
  const Frame& frame = stack.frames.back();
  Value& place = stack.values[frame.values + operand];
  if (operand >= frame.locals) return std::exchange(place, Value::absent());
  run_->event(EventKind::read, frame.id, frame.slots + operand, place.word);
  heap.acquire(place);
  return place;
}

// Takes over the count of the value.
void Runtime::put(Stack& stack, std::uint16_t dst, Value value) {
  if (dst == Operand::nothing) return heap.release(value);
  const Frame frame = stack.frames.back();
  const Value old = std::exchange(stack.values[frame.values + dst], value);
  remember_look(stack, frame.values + dst, value);
  if (dst < frame.locals) {
    run_->event(EventKind::write, frame.id, frame.slots + dst, value.word);
    tell_bound(stack, frame.slots + dst, value);
  }
  heap.release(old);
}

void Runtime::tell_bound(const Stack& stack, std::uint32_t slot, Value value) {
  if (callable(value)) run_->event(EventKind::bind, slot, handle_of(value), code_of(stack, value));
}

void Runtime::put_looked_up(Stack& stack, std::uint16_t dst, Value value) {
  const Frame& frame = stack.frames.back();
  const bool temporary = dst != Operand::nothing && dst >= frame.locals;
  if (temporary && callable(value))
    run_->event(EventKind::look, frame.slots + dst, handle_of(value), code_of(stack, value));
  put(stack, dst, value);
}

std::uint32_t Runtime::code_of(const Stack& stack, Value value) const {
  if (value.tag() == Tag::method) value = heap.methods[value.index()].function;
  return code_seen(stack, heap.functions[value.index()].code);
}

std::uint32_t Runtime::handle_of(Value value) {
  if (value.tag() == Tag::function) return value.word;
  Method& method = heap.methods[value.index()];
  std::vector<HandleRow>& handles = run_->tables().handles;
  const HandleRow seen{value, method.class_, method.function, method.self};
  if (method.handle == 0 || handles[method.handle - 1] != seen) {
    run_->trace().define(static_cast<std::uint64_t>(seen.object.word) << 32 | seen.class_.word,
                         static_cast<std::uint64_t>(seen.function.word) << 32 | seen.self.word);
    handles.push_back(seen);
    method.handle = static_cast<std::uint32_t>(handles.size());
  }
  return Value::of(Tag::method, method.handle - 1).word;
}

void Runtime::remember_look(Stack& stack, std::size_t at, Value value) {
  if (strategy_.calls != CallRule::code_of_look_up) return;
  if (stack.looked.size() <= at) stack.looked.resize(stack.values.size(), 0);
  const std::uint32_t now = callable(value) ? code_of(stack, value) + 1 : 0;
  if (now != 0) heap.acquire_code(now - 1);
  const std::uint32_t old = std::exchange(stack.looked[at], now);
  if (old != 0) heap.release_code(old - 1);
}

void Runtime::resolve(Stack& stack, const Op& op) {
  const std::uint32_t module = op.x >> 16;
  const std::uint32_t slot = op.x & 0xffff;
  if (module == Program::nowhere)
    return throw_new(stack, run_->error(ErrorKind::name, {}, NameId{slot}));
  const bool own = op.argc == Op::own;
  const std::uint32_t space = own ? stack.own_namespace : namespace_seen(stack, module);
  const bool pinned = !own && space != modules[module].namespace_;
  const Binding found = binding(space, slot);
  run_->event(EventKind::resolve, op.x, found.value.word, found.load,
              static_cast<std::uint8_t>(pinned ? ResolveHow::pinned : ResolveHow::current));
  if (found.value == Value::absent()) {
    return throw_new(stack,
                     run_->error(ErrorKind::name, {}, program().modules[module].slots[slot]));
  }
  heap.acquire(found.value);
  put_looked_up(stack, op.dst, found.value);
  ++stack.frames.back().pc;
}

void Runtime::look(Stack& stack, const Op& op) {
  if (migrate_first(stack, op.a)) return;
  const NameId name{op.x};
  const Value object = take(stack, op.a);
  Value found{};
  switch (object.tag()) {
    case Tag::instance:
    case Tag::class_: {
      const bool bound = object.tag() == Tag::instance;
      const Place place = bound ? place_of_field(stack, object, name) : Place{};
      if (place.place != Heap::no_place) {
        const Value* const field = field_at(object, place);
        found = field != nullptr && *field != Value::absent() ? *field : Value::none();
        heap.acquire(found);
        run_->event(EventKind::field, object.word, field_word(place.layout, place.place),
                    found.word, static_cast<std::uint8_t>(FieldHow::read_of_instance));
        break;
      }
      const Value class_ =
          bound ? Value::of(Tag::class_, heap.instances[object.index()].class_) : object;
      const Value function = find_method(class_, name);
      if (function == Value::absent()) break;
      heap.acquire(class_);
      heap.acquire(function);
      if (bound) heap.acquire(object);
      found = heap.new_method(class_, function, bound ? object : Value::absent());
      break;
    }
    case Tag::method: {
      const Method& method = heap.methods[object.index()];
      if (name == names_.class_) found = method.class_;
      if (name == names_.function) found = method.function;
      if (name == names_.self) found = method.self == Value::absent() ? Value::none() : method.self;
      heap.acquire(found);
      break;
    }
    case Tag::object:
      found = heap.field_of(object, name);
      heap.acquire(found);
      if (found != Value::absent())
        run_->event(EventKind::field, object.word, name.value, found.word,
                    static_cast<std::uint8_t>(FieldHow::read_of_object));
      break;
    case Tag::absent:
    case Tag::none:
    case Tag::integer:
    case Tag::function:
    case Tag::cell:
    case Tag::generator: break;
  }
  if (found == Value::absent()) {
    heap.release(object);
    return throw_new(stack, run_->error(ErrorKind::attribute, object, name));
  }
  put_looked_up(stack, op.dst, found);
  heap.release(object);
  ++stack.frames.back().pc;
}

// The cell of that number of the innermost frame: one that its function captured, or one of its
// own.
Value Runtime::cell(const Stack& stack, std::uint16_t number) const {
  const Frame& frame = stack.frames.back();
  const bool after_class = program().functions[frame.function].class_cell;
  return stack.cells[frame.cells + (after_class ? 1U : 0U) + number];
}

// Takes over the count of the value.
void Runtime::write_cell(Value cell, NameId variable, Value value) {
  run_->event(EventKind::cell_write, cell.word, value.word, variable.value);
  heap.set_cell(cell, value);
}

// Counted.
Value Runtime::read_cell(Value cell, NameId variable) {
  const Value value = heap.cells[cell.index()].value;
  run_->event(EventKind::cell_read, cell.word, value.word, variable.value);
  heap.acquire(value);
  return value;
}

void Runtime::load_cell(Stack& stack, const Op& op) {
  const Value value = read_cell(cell(stack, op.args[0]), NameId{op.x});
  if (value == Value::absent()) {
    const bool captured = program().functions[stack.frames.back().function].captures();
    return throw_new(stack, run_->error(captured ? ErrorKind::name : ErrorKind::unbound_local, {},
                                        NameId{op.x}));
  }
  put_looked_up(stack, op.dst, value);
  ++stack.frames.back().pc;
}

// The code that runs brought its inner code along, which comes as far behind it as in the program.
void Runtime::define_inner(Stack& stack, const Op& op) {
  const Frame& frame = stack.frames.back();
  const std::uint32_t code = frame.block->x + (op.index() - heap.codes[frame.block->x].function);
  const FunctionCode& function = program().functions[op.index()];
  std::vector<Value>& closure = closure_;
  closure.clear();
  if (function.class_cell) closure.push_back(stack.cells[frame.cells]);
  for (const CellCode& captured : program().cells_of(function))
    closure.push_back(cell(stack, captured.from));
  for (const Value held : closure) heap.acquire(held);
  const Value made = new_function(code, closure);
  tell_closure(made, function, ClosureHow::made);
  if (op.args[2] == Operand::nothing) return put(stack, op.dst, made);
  write_cell(cell(stack, op.args[2]), NameId{op.x}, made);
}

void Runtime::tell_closure(Value function, const FunctionCode& code, ClosureHow how) {
  const std::span<const CellCode> captured = program().cells_of(code);
  const std::span<const Value> cells = heap.cells_of(function).subspan(code.class_cell ? 1 : 0);
  for (std::size_t at = 0; at < captured.size(); ++at)
    run_->event(EventKind::closure, function.word, cells[at].word, captured[at].name.value,
                static_cast<std::uint8_t>(how));
}

// The method of that name of the first class after `class_` in the line of the object's class.
void Runtime::super_look(Stack& stack, const Op& op) {
  const NameId name{op.x};
  const Frame& frame = stack.frames.back();
  Value class_{}, object{};
  if (op.argc == 2) {
    class_ = take(stack, op.a);
    object = take(stack, op.args[0]);
  } else {
    if (program().functions[frame.function].class_cell)
      class_ = heap.cells[stack.cells[frame.cells].index()].value;
    if (op.a != Operand::nothing) object = take(stack, op.a);
    if (op.args[1] != Operand::nothing)
      object = read_cell(cell(stack, op.args[1]),
                         program().local_names[program().functions[frame.function].locals_begin]);
    heap.acquire(class_);
  }
  const bool bound = object.tag() == Tag::instance;
  const Value of = bound ? Value::of(Tag::class_, heap.instances[object.index()].class_) : object;
  const bool known = class_.tag() == Tag::class_ && object != Value::absent();
  std::uint32_t error = no_error;
  Value found{};
  if (known && of.tag() == Tag::class_ && heap.is_subclass(of, class_)) {
    const Value base = heap.classes[class_.index()].base;
    const Value function = heap.inherited_method(base, name);
    if (function != Value::absent()) {
      heap.acquire(of);
      heap.acquire(function);
      if (bound) heap.acquire(object);
      found = heap.new_method(of, function, bound ? object : Value::absent());
    } else if (name == names_.self) {
      found = object;
      heap.acquire(found);
    }
  } else if (known && object == Value::none()) {
    if (name == names_.self) found = object;
  } else {
    error = run_->error(ErrorKind::no_super);
  }
  if (found == Value::absent() && error == no_error)
    error = run_->error(ErrorKind::attribute, object, name);
  heap.release(class_);
  if (error == no_error) put_looked_up(stack, op.dst, found);
  heap.release(object);
  if (error != no_error) return throw_new(stack, error);
  ++stack.frames.back().pc;
}

bool Runtime::is_instance(Value value, Value class_) const {
  return value.tag() == Tag::instance &&
         heap.is_subclass(Value::of(Tag::class_, heap.instances[value.index()].class_), class_);
}

void Runtime::compare(Stack& stack, const Op& op) {
  const Value left = take(stack, op.a);
  const Value right = take(stack, op.args[0]);
  const bool same = op.code == OpCode::same;
  const bool judged = same || right.tag() == Tag::class_;
  const bool yes = judged && (same ? left == right : is_instance(left, right));
  if (judged) {
    run_->event(EventKind::is_a, left.word, right.word, yes ? 1 : 0,
                static_cast<std::uint8_t>(same ? IsAHow::same : IsAHow::instance));
    put(stack, op.dst, Value::integer(yes ? 1 : 0));
  }
  heap.release(left);
  heap.release(right);
  if (!judged) return throw_new(stack, run_->error(ErrorKind::not_a_class, right));
  ++stack.frames.back().pc;
}

// Nobody holds what was raised, but what class it was of can still be told.
void Runtime::match(Stack& stack, const Op& op) {
  const Value class_ = take(stack, op.a);
  Frame& frame = stack.frames.back();
  Completion& completion = stack.completions[frame.completions + op.dst];
  heap.release(class_);
  if (class_.tag() != Tag::class_) {
    completion = {};
    return throw_new(stack, run_->error(ErrorKind::not_a_class, class_));
  }
  const std::uint32_t error = completion.error;
  const ErrorRow& row = run_->tables().errors[error];
  const Value raised = row.kind == ErrorKind::raised ? row.value : Value::absent();
  const bool yes = is_instance(raised, class_);
  if (raised != Value::absent())
    run_->event(EventKind::is_a, raised.word, class_.word, yes ? 1 : 0,
                static_cast<std::uint8_t>(IsAHow::caught));
  if (yes || op.argc == 1) {
    run_->event(EventKind::catch_, frame.id, error);
    completion = {};
  }
  frame.pc = yes ? frame.pc + 1 : op.x;
}

void Runtime::store_attribute(Stack& stack, const Op& op) {
  if (migrate_first(stack, op.a)) return;
  const NameId name{op.x};
  const Value object = take(stack, op.a);
  const Value value = take(stack, op.args[0]);
  const std::uint32_t frame = stack.frames.back().id;
  if (object.tag() == Tag::object) {
    run_->event(EventKind::field, object.word, name.value, value.word,
                static_cast<std::uint8_t>(FieldHow::write_of_object));
    heap.set_field(object, name, value);
    heap.release(object);
    ++stack.frames.back().pc;
    return;
  }
  const Place place = object.tag() == Tag::instance ? place_of_field(stack, object, name) : Place{};
  if (place.place != Heap::no_place) {
    run_->event(EventKind::field, object.word, field_word(place.layout, place.place), value.word,
                static_cast<std::uint8_t>(FieldHow::write_of_instance));
    Value* const field = field_at(object, place);
    heap.release(field != nullptr ? std::exchange(*field, value) : value);
    heap.release(object);
    ++stack.frames.back().pc;
    return;
  }
  std::uint32_t error = 0;
  if (object.tag() == Tag::method &&
      (name == names_.class_ || name == names_.function || name == names_.self)) {
    error = run_->error(ErrorKind::read_only, {}, name);
    run_->event(EventKind::assign_read_only, frame, handle_of(object), error);
  } else {
    error = run_->error(ErrorKind::attribute, object, name);
  }
  heap.release(value);
  heap.release(object);
  throw_new(stack, error);
}

void Runtime::call(Stack& stack, const Op& op) {
  const Frame caller = stack.frames.back();
  const bool named = op.a < caller.locals;
  const std::uint32_t place = caller.values + op.a;
  const std::uint32_t slot = (op.a & Operand::constant_bit) != 0 ? no_slot : caller.slots + op.a;
  const bool looked_up = slot != no_slot && place < stack.looked.size();
  const std::uint32_t looked = looked_up ? stack.looked[place] : 0;
  const Value callee = take(stack, op.a);
  std::array<Value, 4> arguments{};
  std::size_t count = 0;
  Value function = callee;
  if (callee.tag() == Tag::method) {
    const Method& method = heap.methods[callee.index()];
    function = method.function;
    if (method.self != Value::absent()) arguments[count++] = method.self;
    heap.acquire(method.self);
  }
  for (std::size_t at = 0; at < op.argc; ++at) arguments[count++] = take(stack, op.args[at]);
  const auto drop = [&] {
    for (std::size_t at = 0; at < count; ++at) heap.release(arguments[at]);
    heap.release(callee);
  };

  if (callee.tag() == Tag::class_ && count == 0) {
    // It keeps the count of the class.
    const Value instance = heap.new_instance(callee, [this] { return new_object(); });
    run_->tables().instance_classes.push_back(callee.index());
    run_->event(EventKind::create, instance.word, callee.word,
                heap.instances[instance.index()].layout);
    put(stack, op.dst, instance);
    ++stack.frames.back().pc;
    return;
  }
  if (!callable(callee)) {
    drop();
    return throw_new(
        stack, run_->error(callee.tag() == Tag::class_ ? ErrorKind::arity : ErrorKind::not_callable,
                           callee));
  }
  const std::uint32_t now = code_of(stack, function);
  if (now == no_code) {
    drop();
    return throw_new(stack, run_->error(ErrorKind::not_callable, callee));
  }
  const std::uint32_t entered = looked != 0 ? looked - 1 : now;
  run_->event(EventKind::call, slot, handle_of(callee), entered);
  if (heap.codes[entered].freed) return run_->touch(entered, caller.id);
  if (program().functions[heap.codes[now].function].parameters != count) {
    drop();
    return throw_new(stack, run_->error(ErrorKind::arity, callee), now);
  }
  const bool generates = program().functions[heap.codes[entered].function].generates;
  if (!generates && stack.frames.size() >= frames_max)
    return run_->over_budget("frames: more than 200 calls deep");
  if (generates) {
    put(stack, op.dst, new_generator(function, entered, now, {arguments.data(), count}));
    ++stack.frames.back().pc;
  } else {
    push_frame(stack, entered, now, named ? EnterHow::held : EnterHow::by_name, op.dst, function);
    pass_arguments(stack, arguments, count);
  }
  heap.release(callee);
  // The look-up is over; what it held of the old code goes.
  if (looked != 0 && !named) {
    stack.looked[place] = 0;
    heap.release_code(looked - 1);
  }
}

void Runtime::pass_arguments(Stack& stack, const std::array<Value, 4>& arguments,
                             std::size_t count) {
  const FunctionCode& function = program().functions[stack.frames.back().function];
  for (std::size_t at = 0; at < count; ++at) {
    // They differ in number only where a planted bug enters other code than was checked.
    if (program().in_cell(function, static_cast<std::uint16_t>(at))) {
      const NameId name = program().local_names[function.locals_begin + at];
      write_cell(cell(stack, program().cell_of(function, name)), name, arguments[at]);
    } else if (at < function.parameters) {
      put(stack, static_cast<std::uint16_t>(at), arguments[at]);
    } else {
      heap.release(arguments[at]);
    }
  }
}

void Runtime::push_frame(Stack& stack, std::uint32_t code, std::uint32_t signature, EnterHow how,
                         std::uint16_t result, Value called) {
  const Code& row = heap.codes[code];
  const FunctionCode& function = program().functions[row.function];
  Frame frame;
  frame.id = run_->new_frame();
  frame.block = row.block;
  frame.code = code;
  frame.function = row.function;
  frame.values = static_cast<std::uint32_t>(stack.values.size());
  frame.completions = static_cast<std::uint32_t>(stack.completions.size());
  frame.cells = static_cast<std::uint32_t>(stack.cells.size());
  frame.loops = static_cast<std::uint32_t>(stack.loops.size());
  frame.locals = function.locals;
  frame.size = static_cast<std::uint16_t>(function.locals + function.temporaries);
  frame.slots = run_->new_slots(frame.size);
  frame.result = result;
  stack.values.resize(stack.values.size() + frame.size);
  stack.completions.resize(stack.completions.size() + function.completions);
  stack.loops.resize(stack.loops.size() + function.loops);
  stack.frames.push_back(frame);
  heap.acquire_code(code);
  if (called != Value::absent()) {
    for (const Value cell : heap.cells_of(called)) {
      heap.acquire(cell);
      stack.cells.push_back(cell);
    }
  }
  for (std::uint16_t own = 0; own < function.cells && !function.captures(); ++own)
    stack.cells.push_back(heap.new_cell());
  if (row.load != no_load) ++loads[row.load].frames;
  run_->event(EventKind::enter, frame.id, code, signature, static_cast<std::uint8_t>(how));
  if (function.captures()) tell_closure(called, function, ClosureHow::entered);
}

void Runtime::pop_frame(Stack& stack, ExitHow how) {
  drop_snapshot(stack);
  const Frame frame = stack.frames.back();
  run_->event(EventKind::exit, frame.id, 0, 0, static_cast<std::uint8_t>(how));
  stack.frames.pop_back();
  if (frame.migrates != 0) heap.instances[frame.migrates - 1].migrating = false;
  for (std::size_t at = frame.values; at < stack.values.size(); ++at) release_slot(stack, at);
  for (std::size_t at = frame.completions; at < stack.completions.size(); ++at)
    heap.release(stack.completions[at].value);
  for (std::size_t at = frame.loops; at < stack.loops.size(); ++at)
    heap.release(stack.loops[at].generator);
  stack.values.resize(frame.values);
  for (std::size_t at = frame.cells; at < stack.cells.size(); ++at) heap.release(stack.cells[at]);
  stack.completions.resize(frame.completions);
  stack.loops.resize(frame.loops);
  stack.cells.resize(frame.cells);
  if (frame.generator != Value::absent()) {
    Generator& generator = heap.generators[frame.generator.index()];
    generator.state = Generator::State::over;
    heap.release(std::exchange(generator.function, Value::absent()));
    heap.release(frame.generator);
  }
  frame_gone(stack, frame.code);
}

void Runtime::frame_gone(Stack& stack, std::uint32_t code) {
  const std::uint32_t load = heap.codes[code].load;
  heap.release_code(code);
  if (load == no_load) return;
  --loads[load].frames;
  if (strategy_.left != nullptr) strategy_.left(*this, stack, run_->tables().attempts[load].module);
  if (loads[load].frames == 0 && loads[load].retired_by != no_load &&
      reclamation_.at_quiescence != nullptr)
    reclamation_.at_quiescence(*this, load);
}

void Runtime::release_slot(Stack& stack, std::size_t at) {
  heap.release(std::exchange(stack.values[at], Value::absent()));
  if (at < stack.looked.size() && stack.looked[at] != 0)
    heap.release_code(std::exchange(stack.looked[at], 0) - 1);
}

void Runtime::throw_new(Stack& stack, std::uint32_t error, std::uint32_t signature) {
  run_->event(EventKind::throw_, stack.frames.empty() ? 0 : stack.frames.back().id, error,
              signature);
  raise(stack, error);
}

// Goes on at the innermost handler, or ends the stack.
void Runtime::raise(Stack& stack, std::uint32_t error) {
  const bool exit = run_->tables().errors[error].kind == ErrorKind::task_exit;
  while (!stack.frames.empty()) {
    Frame& frame = stack.frames.back();
    const FunctionCode& function = program().functions[frame.function];
    for (std::uint32_t at = function.handlers_begin; at < function.handlers_end; ++at) {
      const Handler& handler = program().handlers[at];
      if (frame.pc < handler.begin || frame.pc >= handler.end) continue;
      const bool everything = handler.catches == Handler::Catches::everything_then_rethrow;
      const bool kept = everything || handler.catches == Handler::Catches::errors_to_match;
      if (!everything && (handler.catches == Handler::Catches::task_exit) != exit) continue;
      for (std::size_t slot = frame.values + frame.locals; slot < stack.values.size(); ++slot)
        release_slot(stack, slot);
      end_loops(stack, handler.loops);
      if (kept)
        return go_to_handler(stack, handler, {.kind = Completion::Kind::error, .error = error});
      run_->event(EventKind::catch_, frame.id, error);
      frame.pc = handler.target;
      return;
    }
    if (frame.generator != Value::absent() &&
        run_->tables().errors[error].kind == ErrorKind::stop_iteration) {
      error = run_->error(ErrorKind::generator_stop);
      run_->event(EventKind::throw_, frame.id, error, no_code);
    }
    pop_frame(stack, ExitHow::threw);
  }
  stack.threw = true;
  stack.error = error;
}

// Returns from the innermost frame, through the finally blocks around its program counter. Takes
// over the count of the value.
void Runtime::give_back(Stack& stack, Value value) {
  Frame& frame = stack.frames.back();
  const FunctionCode& function = program().functions[frame.function];
  for (std::uint32_t at = function.handlers_begin; at < function.handlers_end; ++at) {
    const Handler& handler = program().handlers[at];
    if (handler.catches != Handler::Catches::everything_then_rethrow) continue;
    if (frame.pc < handler.begin || frame.pc >= handler.end) continue;
    return go_to_handler(stack, handler, {.kind = Completion::Kind::value, .value = value});
  }
  const std::uint16_t result = frame.result;
  const bool called = frame.migrates == 0;
  const std::uint32_t after = frame.after;
  const bool generates = frame.generator != Value::absent();
  pop_frame(stack, ExitHow::returned);
  if (generates) {
    heap.release(value);
    return generator_ended(stack, after);
  }
  if (stack.frames.empty()) return heap.release(value);
  put(stack, result, value);
  if (called) ++stack.frames.back().pc;
}

// What a block that was left in its finally was about to do is forgotten when it is entered again.
void Runtime::go_to_handler(Stack& stack, const Handler& handler, const Completion& completion) {
  Frame& frame = stack.frames.back();
  end_loops(stack, handler.loops);
  Completion& place = stack.completions[frame.completions + handler.completion];
  heap.release(std::exchange(place, completion).value);
  frame.pc = handler.target;
}

// Goes on elsewhere in the innermost frame, through the finally blocks that it leaves. The end of a
// try block is in it: where its finally begins.
void Runtime::jump_out(Stack& stack, std::uint32_t target) {
  Frame& frame = stack.frames.back();
  const FunctionCode& function = program().functions[frame.function];
  for (std::uint32_t at = function.handlers_begin; at < function.handlers_end; ++at) {
    const Handler& handler = program().handlers[at];
    if (handler.catches != Handler::Catches::everything_then_rethrow) continue;
    if (frame.pc < handler.begin || frame.pc >= handler.end) continue;
    if (target >= handler.begin && target <= handler.end) continue;
    return go_to_handler(stack, handler, {.kind = Completion::Kind::jump, .target = target});
  }
  frame.pc = target;
}

// Of the innermost frame, whose own ones come last.
void Runtime::end_loops(Stack& stack, std::size_t depth) {
  for (std::size_t at = stack.frames.back().loops + depth; at < stack.loops.size(); ++at)
    heap.release(std::exchange(stack.loops[at], {}).generator);
}

void Runtime::begin_each(Stack& stack, const Op& op) {
  const Value over = take(stack, op.a);
  if (over.tag() != Tag::generator) {
    heap.release(over);
    return throw_new(stack, run_->error(ErrorKind::not_iterable, over));
  }
  Loop& loop = stack.loops[stack.frames.back().loops + op.argc];
  heap.release(std::exchange(loop, {.generator = over}).generator);
  ++stack.frames.back().pc;
}

void Runtime::next_round(Stack& stack, const Op& op) {
  Loop& loop = stack.loops[stack.frames.back().loops + op.argc];
  if (loop.generator != Value::absent()) {
    ++loop.begun;
    heap.acquire(loop.generator);
    return resume(stack, loop.generator, op.dst, op.x);
  }
  if (loop.begun == loop.rounds) {
    stack.frames.back().pc = op.x;
    return;
  }
  put(stack, op.dst, Value::integer(static_cast<std::int32_t>(loop.begun++)));
  ++stack.frames.back().pc;
}

// Takes over the counts of the arguments. Who waits until nobody runs the code waits for it too.
Value Runtime::new_generator(Value function, std::uint32_t code, std::uint32_t signature,
                             std::span<const Value> arguments) {
  heap.acquire(function);
  const Value made = heap.new_generator(function, code, arguments);
  if (heap.codes[code].load != no_load) ++loads[heap.codes[code].load].frames;
  run_->tables().generators.push_back(code);
  run_->trace().define(made.word, code);
  run_->event(EventKind::generator, made.word, signature, code,
              static_cast<std::uint8_t>(GeneratorHow::made));
  return made;
}

// Takes over the count of the generator, for the frame.
void Runtime::resume(Stack& stack, Value value, std::uint16_t dst, std::uint32_t after) {
  const auto refuse = [&](ErrorKind why) {
    heap.release(value);
    throw_new(stack, run_->error(why, value));
  };
  if (value.tag() != Tag::generator) return refuse(ErrorKind::not_iterable);
  Generator& generator = heap.generators[value.index()];
  if (generator.state == Generator::State::running) return refuse(ErrorKind::running);
  if (generator.state == Generator::State::over) {
    heap.release(value);
    return generator_ended(stack, after);
  }
  if (stack.frames.size() >= frames_max)
    return run_->over_budget("frames: more than 200 calls deep");
  const std::uint32_t code = generator.frame.code;
  if (heap.codes[code].freed) return run_->touch(code, stack.frames.back().id);
  run_->event(EventKind::generator, value.word, generator.frame.id, code,
              static_cast<std::uint8_t>(GeneratorHow::resumed));
  const bool fresh = generator.state == Generator::State::fresh;
  generator.state = Generator::State::running;
  if (fresh) {
    enter_generator(stack, value, dst);
  } else {
    unpark(stack, generator);
  }
  Frame& frame = stack.frames.back();
  frame.result = dst;
  frame.after = after;
  frame.generator = value;
  // The first frame's arguments are writes, which come after it is one.
  if (!fresh) return;
  std::array<Value, 4> arguments{};
  const std::size_t count = generator.values.size();
  std::copy(generator.values.begin(), generator.values.end(), arguments.begin());
  generator.values.clear();
  pass_arguments(stack, arguments, count);
}

// Its code is counted, and its frame was, since it was made.
void Runtime::enter_generator(Stack& stack, Value value, std::uint16_t dst) {
  const std::uint32_t code = heap.generators[value.index()].frame.code;
  const Value function = heap.generators[value.index()].function;
  push_frame(stack, code, code, EnterHow::generator, dst, function);
  heap.release_code(code);
  if (heap.codes[code].load != no_load) --loads[heap.codes[code].load].frames;
}

// What a frame has beside itself lies at the ends of the stack's lists.
void Runtime::unpark(Stack& stack, Generator& generator) {
  const auto move = [](auto& from, auto& to) {
    const auto begin = static_cast<std::uint32_t>(to.size());
    to.insert(to.end(), from.begin(), from.end());
    from.clear();
    return begin;
  };
  Frame frame = generator.frame;
  if (!generator.looked.empty()) {
    stack.looked.resize(stack.values.size(), 0);
    move(generator.looked, stack.looked);
  }
  frame.values = move(generator.values, stack.values);
  frame.completions = move(generator.completions, stack.completions);
  frame.loops = move(generator.loops, stack.loops);
  frame.cells = move(generator.cells, stack.cells);
  stack.frames.push_back(frame);
}

void Runtime::park(Stack& stack, Generator& generator) {
  drop_snapshot(stack);
  const auto move = [](auto& from, std::size_t begin, auto& to) {
    if (begin >= from.size()) return;
    to.assign(from.begin() + static_cast<std::ptrdiff_t>(begin), from.end());
    from.resize(begin);
  };
  const Frame frame = stack.frames.back();
  move(stack.looked, frame.values, generator.looked);
  move(stack.values, frame.values, generator.values);
  move(stack.completions, frame.completions, generator.completions);
  move(stack.loops, frame.loops, generator.loops);
  move(stack.cells, frame.cells, generator.cells);
  generator.frame = frame;
  generator.frame.generator = Value::absent();
  generator.state = Generator::State::suspended;
  stack.frames.pop_back();
}

// Takes over the count of the value. The generator may be nobody's when it has given it.
void Runtime::yield_value(Stack& stack, Value value) {
  Frame& frame = stack.frames.back();
  const Value generator = frame.generator;
  const std::uint16_t result = frame.result;
  ++frame.pc;
  run_->event(EventKind::generator, generator.word, frame.id, frame.code,
              static_cast<std::uint8_t>(GeneratorHow::suspended));
  park(stack, heap.generators[generator.index()]);
  const CodeRow& code = run_->tables().codes[heap.generators[generator.index()].frame.code];
  if (code.load != no_load && strategy_.left != nullptr) strategy_.left(*this, stack, code.module);
  put(stack, result, value);
  ++stack.frames.back().pc;
  heap.release(generator);
}

void Runtime::generator_ended(Stack& stack, std::uint32_t after) {
  if (after == Frame::nowhere) return throw_new(stack, run_->error(ErrorKind::stop_iteration));
  stack.frames.back().pc = after;
}

Value Runtime::define_function(const Stack& stack, std::uint32_t function,
                               std::span<const Value> cells) {
  const std::uint32_t first = heap.codes[loads[stack.load].codes_begin].function;
  return new_function(loads[stack.load].codes_begin + (function - first), cells);
}

Value Runtime::new_function(std::uint32_t code, std::span<const Value> cells) {
  const CodeRow row = run_->tables().codes[code];
  const Value value = heap.new_function(code, cells);
  run_->tables().functions.push_back({row.module, row.function, row.load});
  run_->trace().define(static_cast<std::uint64_t>(value.word) << 32 | row.load, row.function);
  return value;
}

// Takes over the count of the base.
Value Runtime::define_class(const Stack& stack, std::uint32_t index, Value base) {
  const ClassCode& code = program().classes[index];
  const Value class_ = heap.new_class(code.name, code.module, Value::absent());
  heap.classes[class_.index()].fields_begin = code.fields_begin;
  heap.classes[class_.index()].fields_end = code.fields_end;
  run_->tables().classes.push_back({code.module, index, stack.load});
  run_->trace().define(static_cast<std::uint64_t>(class_.word) << 32 | stack.load, index);
  if (base != Value::absent()) set_class_base(class_, base);
  if (!program().fields.empty()) {
    fresh_fields_.clear();
    find_fields(class_);
    take_found_layout(class_);
  }
  // One cell for all its methods that ask for their class.
  Value cell{};
  for (std::uint32_t at = code.methods_begin; at < code.methods_end; ++at) {
    std::span<const Value> cells;
    if (program().functions[at].class_cell) {
      if (cell == Value::absent()) cell = heap.new_cell();
      heap.acquire(cell);
      cells = {&cell, 1};
    }
    set_class_method(class_, program().functions[at].name, define_function(stack, at, cells));
  }
  if (cell != Value::absent()) {
    heap.acquire(class_);
    heap.set_cell(cell, class_);
    heap.release(cell);
  }
  return class_;
}

void Runtime::send(Stack& stack, const Op& op) {
  const Value value = take(stack, op.a);
  const bool will_wait = run_->scheduler().balance(sim::ChannelId{op.x}) >= 0;
  const bool forgotten = strategy_.parked == ParkedValues::forgotten && will_wait;
  if (forgotten) heap.release(value);
  const sim::Wake wake = run_->send(op.x, value.word | (forgotten ? forgotten_bit : 0));
  if (wake.kind != sim::WakeKind::value) {
    if (!forgotten && !wake.done) heap.release(value);
    const ErrorKind kind =
        wake.kind == sim::WakeKind::exit ? ErrorKind::task_exit : ErrorKind::would_block;
    return throw_new(stack, run_->error(kind));
  }
  put(stack, op.dst, Value::none());
  ++stack.frames.back().pc;
}

void Runtime::receive(Stack& stack, const Op& op) {
  const sim::Wake wake = run_->receive(op.x);
  if (wake.kind != sim::WakeKind::value) {
    const bool counted = wake.done && (wake.word & forgotten_bit) == 0;
    if (counted) heap.release(Value{static_cast<std::uint32_t>(wake.word)});
    const ErrorKind kind =
        wake.kind == sim::WakeKind::exit ? ErrorKind::task_exit : ErrorKind::would_block;
    return throw_new(stack, run_->error(kind));
  }
  const Value value{static_cast<std::uint32_t>(wake.word)};
  if ((wake.word & forgotten_bit) != 0) heap.acquire(value);
  put(stack, op.dst, value);
  ++stack.frames.back().pc;
}

void Runtime::spawn(Stack& stack, const Op& op) {
  const std::size_t payload = spawned_tasks.size();
  Spawned& spawned = spare_spawned_.add(spawned_tasks);
  spawned.callee = take(stack, op.a);
  spawned.arguments = {};
  spawned.argc = op.argc;
  spawned.waiting = true;
  spawned.task = {};
  spawned.pins.clear();
  for (std::size_t at = 0; at < op.argc; ++at) spawned.arguments[at] = take(stack, op.args[at]);
  if (!callable(spawned.callee)) {
    const std::uint32_t error = run_->error(ErrorKind::not_callable, spawned.callee);
    drop(spawned);
    return throw_new(stack, error);
  }
  if (strategy_.children == Children::see_as_their_parent) {
    for (std::uint32_t module = 0; module < stack.pins.size(); ++module) {
      if (stack.pins[module] != no_load) pin(spawned.pins, module, stack.pins[module]);
    }
  }
  spawned.task = run_->spawn(NameId{op.x}, payload, handle_of(spawned.callee));
  ++stack.frames.back().pc;
}

}  // namespace midstride::model::runtime
