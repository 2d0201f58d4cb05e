// What rendered code and the reloaders call.
#include "model/run.hpp"
#include "runtimes/cpython/harness.hpp"
#include "sim/check.hpp"

namespace midstride::runtimes::cpython {

using model::EventKind;
using model::NameId;
using model::Op;
using model::OpCode;
using model::Operand;
using model::Run;

namespace {

// Of a loop: the op is reached from its end, not for the first time.
bool is_back_edge(const Op& op, const Op* before) {
  if (op.code != OpCode::next_round) return false;
  const bool begun = before->code == OpCode::begin_loop || before->code == OpCode::begin_each;
  return !begun || before->argc != op.argc;
}

PyObject* none() { return Py_NewRef(Py_None); }

}  // namespace

// Everything that may switch goes through here: afterwards the fiber's own thread state is set
// again, and what its frames hold is looked at if somebody else ran.
template <class Call>
sim::Wake Harness::suspend(Task& task, Call call) {
  const sim::Wake wake = call();
  PyThreadState_Swap(task.thread);
  const bool others_ran = running_ != &task;
  running_ = &task;
  if (wake.kind == sim::WakeKind::abandon) {
    task.abandoned = true;
  } else if (others_ran) {
    read_locals(task);
  }
  return wake;
}

// A tasklet whose run is over gets the same exception at every call, until it is unwound.
PyObject* Harness::unwind(Task& task) const {
  MIDSTRIDE_CHECK(++task.abandoned_calls <= abandoned_calls_max,
                  "an abandoned tasklet that is unwound within its budget of calls");
  PyErr_SetNone(interpreter_.prelude("Abandoned"));
  return nullptr;
}

PyObject* Harness::result_of(Task& task, const sim::Wake& wake, Ref result) const {
  switch (wake.kind) {
    case sim::WakeKind::value: return result.release();
    case sim::WakeKind::exit: PyErr_SetNone(interpreter_.prelude("TaskletExit")); return nullptr;
    case sim::WakeKind::thrown:  // nobody throws anything else at a tasklet of a scenario
    case sim::WakeKind::error: PyErr_SetNone(interpreter_.prelude("WouldBlock")); return nullptr;
    case sim::WakeKind::abandon: break;
  }
  return unwind(task);
}

PyObject* Harness::enter(std::uint32_t code, PyObject* const* parameters, std::size_t count) {
  Task& task = *running_;
  if (task.abandoned) return unwind(task);
  Frame frame;
  frame.id = run_->new_frame();
  frame.function = run_->tables().codes[code].function;
  frame.code = code;
  if (function_of(frame).generates)
    frame.generator = identity_.value_of(task.frames.back().object.get());
  enter_event(task, code, frame.id);
  if (task.frames.size() >= frames_max) {
    run_->over_budget("frames: more than 200 calls deep");
    task.abandoned = true;
    return unwind(task);
  }
  const model::FunctionCode& function = program().functions[frame.function];
  frame.slots = run_->new_slots(static_cast<std::uint32_t>(function.locals + function.temporaries));
  frame.written = task.written.size();
  task.written.resize(task.written.size() + function.locals);
  task.frames.push_back(frame);
  for (std::uint16_t at = 0; at < count; ++at)
    if (!program().in_cell(function, at)) write(task, task.frames.back(), at, parameters[at]);
  return PyLong_FromUnsignedLong(frame.id);
}

// Which code is entered says the code itself; what was called, and whose parameters it was checked
// against, the object that the caller called.
void Harness::enter_event(const Task& task, std::uint32_t code, std::uint32_t frame) {
  model::EnterHow how = task.entered_by;
  std::uint32_t signature = code;
  if (function_of_code(code).generates) {
    how = model::EnterHow::generator;
    const std::uint32_t generator = identity_.value_of(task.frames.back().object.get()).word;
    run_->event(EventKind::generator, generator, 0, code,
                static_cast<std::uint8_t>(model::GeneratorHow::resumed));
  } else if (!task.frames.empty()) {
    const Frame& caller = task.frames.back();
    const bool named = caller.op->a < function_of(caller).locals;
    const bool constant = (caller.op->a & Operand::constant_bit) != 0;
    how = named ? model::EnterHow::held : model::EnterHow::by_name;
    signature = identity_.code_of(caller.object.get());
    run_->event(EventKind::call, constant ? model::no_slot : caller.slots + caller.op->a,
                identity_.handle_of(caller.object.get()), code);
  } else if (task.callee) {
    signature = identity_.code_of(task.callee.get());
    run_->event(EventKind::call, model::no_slot, identity_.handle_of(task.callee.get()), code);
  }
  if (task.frames.size() < frames_max)
    run_->event(EventKind::enter, frame, code, signature, static_cast<std::uint8_t>(how));
}

PyObject* Harness::op(std::uint32_t frame_id, std::uint32_t code, std::uint32_t pc) {
  Task& task = *running_;
  if (task.abandoned) return unwind(task);
  settle(task, frame_id);
  const model::FunctionCode& function = program().functions[run_->tables().codes[code].function];
  const Op& op = program().ops_of(function)[1 + pc];
  const bool lets_in = pc == 0 || is_back_edge(op, task.frames.back().op);
  const sim::Point point = lets_in ? sim::Point::safepoint : sim::Point::op;
  const sim::Wake wake = suspend(
      task, [&] { return run_->turn(point, op.code, program().object_of(op, run_->scenario())); });
  if (wake.kind != sim::WakeKind::value) return result_of(task, wake, {});
  run_->event(EventKind::op, frame_id, code, pc);
  Frame& frame = task.frames.back();
  frame.op = &op;
  frame.open = true;
  frame.object = {};
  return none();
}

PyObject* Harness::round(std::uint32_t frame, std::uint32_t code, std::uint32_t pc,
                         PyObject* rounds) {
  const Ref begun = Ref::owned(op(frame, code, pc));
  if (!begun) return nullptr;
  const Ref number = Ref::owned(PyIter_Next(rounds));
  if (number) return value(frame, number.get());
  return no_more_rounds(*running_, frame);
}

PyObject* Harness::each(std::uint32_t frame, std::uint32_t code, std::uint32_t pc,
                        PyObject* generator) {
  const Ref begun = Ref::owned(op(frame, code, pc));
  if (!begun) return nullptr;
  running_->frames.back().object = Ref::borrowed(generator);
  const Ref given = Ref::owned(PyIter_Next(generator));
  if (given) return value(frame, given.get());
  return PyErr_Occurred() != nullptr ? nullptr : no_more_rounds(*running_, frame);
}

PyObject* Harness::no_more_rounds(Task& task, std::uint32_t frame) {
  leave_frames_above(task, frame, model::ExitHow::returned);
  task.frames.back().open = false;
  PyErr_SetNone(PyExc_StopIteration);
  return nullptr;
}

// A generator is about to give a value: its frame leaves the tasklet's.
PyObject* Harness::suspends(std::uint32_t frame_id, PyObject* value) {
  Task& task = *running_;
  if (task.abandoned) return unwind(task);
  Frame& frame = task.frames.back();
  frame.open = false;
  run_->event(EventKind::generator, frame.generator.word, frame_id, frame.code,
              static_cast<std::uint8_t>(model::GeneratorHow::suspended));
  const auto begin = task.written.begin() + static_cast<std::ptrdiff_t>(frame.written);
  const std::vector<bool> written(begin, task.written.end());
  task.written.resize(frame.written);
  suspended_.insert_or_assign(frame_id, Suspended{frame, written});
  task.frames.pop_back();
  return Py_NewRef(value);
}

// And is back, perhaps on another tasklet.
PyObject* Harness::resumes(std::uint32_t frame_id) {
  Task& task = *running_;
  if (task.abandoned) return unwind(task);
  const auto found = suspended_.find(frame_id);
  Suspended& suspended = found->second;
  run_->event(EventKind::generator, suspended.frame.generator.word, frame_id, suspended.frame.code,
              static_cast<std::uint8_t>(model::GeneratorHow::resumed));
  suspended.frame.written = task.written.size();
  task.written.insert(task.written.end(), suspended.written.begin(), suspended.written.end());
  task.frames.push_back(suspended.frame);
  suspended_.erase(found);
  PyFrameObject* const python = PyThreadState_GetFrame(task.thread);
  read_locals(task, task.frames.back(), python);
  Py_DECREF(python);
  return none();
}

// Which a call gave, instead of entering what was called.
void Harness::tell_of_made_generator(PyObject* value, PyObject* callee, std::uint32_t slot) {
  if (!PyGen_CheckExact(value) || identity_.knows(value)) return;
  const model::Value made = identity_.value_of(value);
  const std::uint32_t code = run_->tables().generators[made.index()];
  run_->event(EventKind::call, slot, identity_.handle_of(callee), code);
  run_->event(EventKind::generator, made.word, identity_.code_of(callee), code,
              static_cast<std::uint8_t>(model::GeneratorHow::made));
}

PyObject* Harness::object(PyObject* object) {
  Task& task = *running_;
  if (task.abandoned) return unwind(task);
  task.frames.back().object = Ref::borrowed(object);
  return Py_NewRef(object);
}

PyObject* Harness::left(PyObject* object) {
  Task& task = *running_;
  if (task.abandoned) return unwind(task);
  task.frames.back().left = Ref::borrowed(object);
  return Py_NewRef(object);
}

PyObject* Harness::value(std::uint32_t frame_id, PyObject* value) {
  Task& task = *running_;
  if (task.abandoned) return unwind(task);
  leave_frames_above(task, frame_id, model::ExitHow::returned);
  Frame& frame = task.frames.back();
  const Op& op = *frame.op;
  frame.open = false;
  const bool callable = Identity::callable(value);
  const auto word = [&] { return identity_.value_of(value).word; };
  switch (op.code) {
    case OpCode::new_object: run_->event(EventKind::create, word()); break;
    case OpCode::resolve: {
      const std::uint32_t space = op.argc == Op::own ? task.own_space : op.x >> 16;
      run_->event(EventKind::resolve, op.x, word(),
                  namespaces_.load_of(space, op.x & 0xffff, value));
      break;
    }
    case OpCode::look:
      if (identity_.is_object(frame.object.get())) {
        const std::uint32_t object = identity_.value_of(frame.object.get()).word;
        run_->event(EventKind::field, object, op.x, word(), 0);
      }
      break;
    case OpCode::call:
      if (Identity::callable(frame.object.get())) {
        const bool constant = (op.a & Operand::constant_bit) != 0;
        tell_of_made_generator(value, frame.object.get(),
                               constant ? model::no_slot : frame.slots + op.a);
      }
      if (PyType_Check(frame.object.get())) {
        const std::uint32_t class_ = identity_.value_of(frame.object.get()).word;
        run_->event(EventKind::create, word(), class_);
      }
      break;
    case OpCode::is_instance:
    case OpCode::same: {
      const auto how = op.code == OpCode::same ? model::IsAHow::same : model::IsAHow::instance;
      const std::uint32_t left = identity_.value_of(frame.left.get()).word;
      run_->event(EventKind::is_a, left, identity_.value_of(frame.object.get()).word,
                  PyLong_AsLong(value) != 0 ? 1 : 0, static_cast<std::uint8_t>(how));
      break;
    }
    default: break;
  }
  const std::uint16_t locals = function_of(frame).locals;
  if (op.dst < locals) {
    write(task, frame, op.dst, value);
  } else if (op.dst != Operand::nothing && callable &&
             (op.code == OpCode::resolve || op.code == OpCode::look || op.code == OpCode::super_)) {
    run_->event(EventKind::look, frame.slots + op.dst, identity_.handle_of(value),
                identity_.code_of(value));
  }
  return Py_NewRef(value);
}

void Harness::write(Task& task, Frame& frame, std::uint16_t local, PyObject* value) {
  task.written[frame.written + local] = true;
  run_->event(EventKind::write, frame.id, frame.slots + local, identity_.value_of(value).word);
  if (Identity::callable(value))
    run_->event(EventKind::bind, frame.slots + local, identity_.handle_of(value),
                identity_.code_of(value));
}

// Whether what is being handled in that frame was raised with an instance of the class; if so, it
// is caught.
PyObject* Harness::matches(std::uint32_t frame, PyObject* class_) {
  Task& task = *running_;
  if (task.abandoned) return unwind(task);
  const Ref handled = Ref::owned(PyErr_GetHandledException());
  if (!PyType_Check(class_)) {
    PyErr_SetString(PyExc_TypeError, "catching what is not a class");
    return nullptr;
  }
  task.frames.back().open = false;
  if (PyErr_GivenExceptionMatches(handled.get(), interpreter_.prelude("Raised")) == 0)
    Py_RETURN_FALSE;
  const Ref arguments = Ref::owned(PyObject_GetAttrString(handled.get(), "args"));
  PyObject* const raised = PyTuple_GET_ITEM(arguments.get(), 0);
  const bool yes = PyObject_IsInstance(raised, class_) == 1;
  const std::uint32_t word = identity_.value_of(raised).word;
  run_->event(EventKind::is_a, word, identity_.value_of(class_).word, yes ? 1 : 0,
              static_cast<std::uint8_t>(model::IsAHow::caught));
  if (yes) run_->event(EventKind::catch_, frame, tell_of_throw(task, handled.get()));
  return PyBool_FromLong(yes ? 1 : 0);
}

PyObject* Harness::caught(std::uint32_t frame) {
  Task& task = *running_;
  if (task.abandoned) return unwind(task);
  settle(task, frame);
  const Ref handled = Ref::owned(PyErr_GetHandledException());
  run_->event(EventKind::catch_, frame, tell_of_throw(task, handled.get()));
  return none();
}

PyObject* Harness::send(PyObject* value) {
  Task& task = *running_;
  if (task.abandoned) return unwind(task);
  const std::uint32_t word = identity_.value_of(value).word;
  const std::uint32_t channel = task.frames.back().op->x;
  const sim::Wake wake = suspend(task, [&] { return run_->send(channel, word); });
  return result_of(task, wake, Ref::owned(none()));
}

PyObject* Harness::receive() {
  Task& task = *running_;
  if (task.abandoned) return unwind(task);
  const std::uint32_t channel = task.frames.back().op->x;
  const sim::Wake wake = suspend(task, [&] { return run_->receive(channel); });
  Ref received;
  if (wake.kind == sim::WakeKind::value)
    received = identity_.object_of(model::Value{static_cast<std::uint32_t>(wake.word)});
  return result_of(task, wake, std::move(received));
}

PyObject* Harness::yield() {
  Task& task = *running_;
  if (task.abandoned) return unwind(task);
  return result_of(task, suspend(task, [&] { return run_->yield(); }), Ref::owned(none()));
}

PyObject* Harness::spawn(PyObject* callee, PyObject* const* arguments, std::size_t count) {
  Task& task = *running_;
  if (task.abandoned) return unwind(task);
  task.frames.back().object = Ref::borrowed(callee);
  if (!Identity::callable(callee)) {
    PyErr_Format(PyExc_TypeError, "'%.200s' object cannot be spawned", Py_TYPE(callee)->tp_name);
    return nullptr;
  }
  Ref list = Ref::owned(PyTuple_New(static_cast<Py_ssize_t>(count)));
  for (std::size_t at = 0; at < count; ++at)
    PyTuple_SET_ITEM(list.get(), static_cast<Py_ssize_t>(at), Py_NewRef(arguments[at]));
  spawned_.push_back({Ref::borrowed(callee), std::move(list)});
  run_->spawn(NameId{task.frames.back().op->x}, spawned_.size() - 1, identity_.handle_of(callee));
  return none();
}

PyObject* Harness::kill() {
  Task& task = *running_;
  if (task.abandoned) return unwind(task);
  const NameId victim{task.frames.back().op->x};
  return result_of(task, suspend(task, [&] { return run_->kill(victim); }), Ref::owned(none()));
}

PyObject* Harness::emit(PyObject* value) {
  Task& task = *running_;
  if (task.abandoned) return unwind(task);
  run_->emit(identity_.value_of(value));
  return none();
}

// Whether persistent state is to be initialised: neither the body nor its module has it.
PyObject* Harness::once() {
  Task& task = *running_;
  if (task.abandoned) return unwind(task);
  const Op& op = *task.frames.back().op;
  const std::uint32_t module = op.x >> 16, slot = op.x & 0xffff;
  namespaces_.set_persistent(module, slot, true);
  const bool there =
      namespaces_.is_bound(task.own_space, slot) || namespaces_.is_bound(module, slot);
  return PyBool_FromLong(there ? 0 : 1);
}

// What a body registers is kept nowhere: no reloader here retires a load.
PyObject* Harness::at_exit(PyObject* callee) {
  Task& task = *running_;
  if (task.abandoned) return unwind(task);
  task.frames.back().object = Ref::borrowed(callee);
  if (!Identity::callable(callee)) {
    PyErr_Format(PyExc_TypeError, "'%.200s' object cannot be called", Py_TYPE(callee)->tp_name);
    return nullptr;
  }
  const std::uint32_t load = task.in_body ? task.attempt : model::no_load;
  const Hook hook{Ref::borrowed(callee), hooks_registered_++};
  run_->event(EventKind::hook, hook.number, identity_.handle_of(callee), load,
              static_cast<std::uint8_t>(model::HookHow::registered));
  if (!task.in_body) task.hooks.push_back(hook);
  return none();
}

// The frame that asked for a reload that failed gets the very exception.
PyObject* Harness::reload() {
  Task& task = *running_;
  if (task.abandoned) return unwind(task);
  const std::uint32_t asked_for = task.frames.back().op->x;
  const sim::Wake wake = suspend(task, [&] { return run_->reload(asked_for); });
  const bool failed = wake.kind == sim::WakeKind::value &&
                      wake.word == static_cast<std::uint64_t>(model::AttemptEnd::failed);
  if (!failed) return result_of(task, wake, Ref::owned(none()));
  const std::uint32_t error = run_->last_attempt_error();
  run_->event(EventKind::throw_, task.frames.back().id, error, model::no_code);
  task.frames.back().open = false;
  PyObject* const exception = failures_.at(error).get();
  PyErr_SetObject(reinterpret_cast<PyObject*>(Py_TYPE(exception)), exception);
  return nullptr;
}

PyObject* Harness::load_code(PyObject* scratch) {
  Task& task = *running_;
  if (task.abandoned) return unwind(task);
  const std::uint32_t attempt = task.attempt;
  const model::AttemptRow row = run_->tables().attempts[attempt];
  Module& module = modules_[row.module];
  task.begun = true;
  module.open.push_back(attempt);
  run_->begin(attempt, module.version);
  suspend(task, [&] { return run_->step_begins(attempt, model::Step::stage); });
  if (task.abandoned) return unwind(task);
  const auto& versions = program().modules[row.module].versions;
  const auto version =
      static_cast<std::size_t>(program().version(row.module, row.to) - versions.data());
  namespaces_.begins(attempt);
  const Ref code = codes_.load(attempt, module.compiled[version].get());
  task.own_space = scratch == nullptr ? row.module : namespaces_.add(row.module, scratch);
  run_->step_ends(attempt, model::Step::stage);
  run_->enter_body(attempt);
  task.in_body = true;
  return Py_NewRef(code.get());
}

PyObject* Harness::body_over() {
  Task& task = *running_;
  if (task.abandoned) return unwind(task);
  const bool threw = static_cast<bool>(Ref::owned(PyErr_GetHandledException()));
  tell_of_handled(task);
  leave_frames_above(task, 0, threw ? model::ExitHow::threw : model::ExitHow::returned);
  leave_body(task);
  return none();
}

void Harness::leave_body(Task& task) {
  task.in_body = false;
  run_->leave_body(task.attempt);
}

PyObject* Harness::persistent() {
  Task& task = *running_;
  if (task.abandoned) return unwind(task);
  return namespaces_.persistent(run_->tables().attempts[task.attempt].module).release();
}

PyObject* Harness::step_begins(model::Step step) {
  Task& task = *running_;
  if (task.abandoned) return unwind(task);
  task.step = step;
  suspend(task, [&] { return run_->step_begins(task.attempt, step); });
  return task.abandoned ? unwind(task) : none();
}

PyObject* Harness::stored(std::uint32_t slot) {
  Task& task = *running_;
  if (task.abandoned) return unwind(task);
  const std::uint32_t module = run_->tables().attempts[task.attempt].module;
  namespaces_.stored(module, slot, model::StoreHow::namespace_, task.attempt);
  return none();
}

PyObject* Harness::step_ends() {
  Task& task = *running_;
  if (task.abandoned) return unwind(task);
  namespaces_.look_over(
      run_->tables().attempts[task.attempt].module, task.attempt,
      task.step == model::Step::undo ? Namespaces::Because::undone : Namespaces::Because::stored);
  run_->step_ends(task.attempt, task.step);
  return none();
}

}  // namespace midstride::runtimes::cpython
