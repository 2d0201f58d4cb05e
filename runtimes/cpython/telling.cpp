// What becomes of exceptions, frames and locals in the events.
#include <string>
#include <string_view>

#include "runtimes/cpython/harness.hpp"
#include "runtimes/cpython/render.hpp"
#include "sim/check.hpp"

namespace midstride::runtimes::cpython {

using model::ErrorKind;
using model::EventKind;
using model::ExitHow;
using model::NameId;
using model::OpCode;

namespace {

// Under which a thrown exception carries its ErrorId.
constexpr const char* mark = "_error";

// The error's id, or no_error if it has not been told of.
std::uint32_t marked(PyObject* exception) {
  const Ref id = Ref::owned(PyObject_GetAttrString(exception, mark));
  if (id) return static_cast<std::uint32_t>(PyLong_AsUnsignedLong(id.get()));
  PyErr_Clear();
  return model::no_error;
}

// "AttributeError: readonly attribute".
std::string words_of(PyObject* exception) {
  const Ref words = Ref::owned(PyObject_Str(exception));
  const char* const text = words ? PyUnicode_AsUTF8(words.get()) : "";
  return std::string(Py_TYPE(exception)->tp_name) + ": " + text;
}

// What stands between the first two quotes.
std::string_view quoted_in(std::string_view words) {
  const std::size_t open = words.find('\'');
  const std::size_t close = words.find('\'', open + 1);
  return close == std::string_view::npos ? "" : words.substr(open + 1, close - open - 1);
}

bool is(PyObject* exception, PyObject* type) {
  return PyErr_GivenExceptionMatches(exception, type) != 0;
}

}  // namespace

// Called where rendered code of that frame goes on: an exception that is being handled there and
// has not been told of was raised by the last op begun, and frames inside are gone because of it.
void Harness::settle(Task& task, std::uint32_t frame) {
  tell_of_handled(task);
  leave_frames_above(task, frame, ExitHow::threw);
  finish_op(task, task.frames.back());
}

// The end of a call from the harness into Python.
Harness::Finish Harness::finish(Task& task, const Ref& result) {
  Finish finished;
  if (!result) {
    PyObject* type = nullptr;
    PyObject* exception = nullptr;
    PyObject* traceback = nullptr;
    PyErr_Fetch(&type, &exception, &traceback);
    PyErr_NormalizeException(&type, &exception, &traceback);
    finished.exception = Ref::owned(exception);
    Py_XDECREF(type);
    Py_XDECREF(traceback);
  }
  if (task.abandoned) return finished;
  if (finished.exception) finished.error = tell_of_throw(task, finished.exception.get());
  leave_frames_above(task, 0, result ? ExitHow::returned : ExitHow::threw);
  return finished;
}

void Harness::leave_frames_above(Task& task, std::uint32_t frame, ExitHow how) {
  while (!task.frames.empty() && task.frames.back().id != frame) {
    Frame& left = task.frames.back();
    finish_op(task, left);
    run_->event(EventKind::exit, left.id, 0, 0, static_cast<std::uint8_t>(how));
    task.written.resize(left.written);
    task.frames.pop_back();
  }
  MIDSTRIDE_CHECK(frame == 0 || !task.frames.empty(), "a frame that was entered");
}

// The last op of this frame went through: what it stored is there to be seen.
void Harness::finish_op(Task& task, Frame& frame) {
  if (!frame.open) return;
  frame.open = false;
  const model::Op& op = *frame.op;
  switch (op.code) {
    case OpCode::store:
    case OpCode::define_function:
    case OpCode::define_class:
      if (op.is_own()) {
        if (op.argc != model::Op::persistent)
          namespaces_.set_persistent(op.x >> 16, op.x & 0xffff, false);
        namespaces_.stored(task.own_space, op.x & 0xffff, model::StoreHow::namespace_,
                           task.attempt);
      } else {
        namespaces_.stored(op.x >> 16, op.x & 0xffff, model::StoreHow::program, model::no_load);
      }
      break;
    case OpCode::store_attribute: {
      PyObject* const object = frame.object.get();
      if (identity_.is_object(object)) {
        const std::string name = python_attribute(run_->scenario().text(NameId{op.x}));
        const Ref value = Ref::owned(PyObject_GetAttrString(object, name.c_str()));
        const std::uint32_t word = identity_.value_of(object).word;
        run_->event(EventKind::field, word, op.x, identity_.value_of(value.get()).word, 1);
      } else if (is_method_attribute(frame)) {
        run_->event(EventKind::assign_read_only, frame.id, identity_.handle_of(object),
                    model::no_error);
      } else if (PyType_Check(object)) {
        namespaces_.look_over_class(object);
      }
      break;
    }
    default: break;
  }
}

void Harness::tell_of_handled(Task& task) {
  const Ref handled = Ref::owned(PyErr_GetHandledException());
  if (handled && handled.get() != task.last_thrown.get()) tell_of_throw(task, handled.get());
}

// A StopIteration is raised by a next(), because the generator that it asked has returned: perhaps
// right now, and then its frame is still there.
void Harness::leave_ended_generator(Task& task) {
  if (task.frames.size() < 2) return;
  const Frame& frame = task.frames.back();
  const bool asks = frame.open && frame.op->code == OpCode::next;
  if (asks || frame.generator == model::Value::absent()) return;
  leave_frames_above(task, task.frames[task.frames.size() - 2].id, ExitHow::returned);
}

// Its id. An exception that was told of is not told of again, however far it goes.
std::uint32_t Harness::tell_of_throw(Task& task, PyObject* exception) {
  std::uint32_t error = marked(exception);
  // What one that leaves a generator becomes.
  if (error == model::no_error && is(exception, PyExc_RuntimeError)) {
    const Ref cause = Ref::owned(PyException_GetCause(exception));
    if (cause && is(cause.get(), PyExc_StopIteration)) tell_of_throw(task, cause.get());
  }
  task.last_thrown = Ref::borrowed(exception);
  if (error != model::no_error) return error;
  if (is(exception, PyExc_StopIteration)) leave_ended_generator(task);
  std::uint32_t signature = model::no_code;
  error = error_of(task, exception, signature);
  // What the machinery itself says no with is thrown in no frame.
  const bool in_frame = !task.frames.empty() || task.callee;
  if (in_frame) {
    run_->event(EventKind::throw_, task.frames.empty() ? 0 : task.frames.back().id, error,
                signature);
    if (!task.frames.empty()) task.frames.back().open = false;
  }
  const Ref id = Ref::owned(PyLong_FromUnsignedLong(error));
  PyObject_SetAttrString(exception, mark, id.get());
  return error;
}

std::uint32_t Harness::error_of(Task& task, PyObject* exception, std::uint32_t& signature) {
  const Interpreter& python = interpreter_;
  if (is(exception, python.prelude("TaskletExit"))) return run_->error(ErrorKind::task_exit);
  if (is(exception, python.prelude("WouldBlock"))) return run_->error(ErrorKind::would_block);
  const Ref arguments = Ref::owned(PyObject_GetAttrString(exception, "args"));
  if (is(exception, python.prelude("Raised"))) {
    PyObject* const raised = PyTuple_GET_ITEM(arguments.get(), 0);
    return run_->error(ErrorKind::raised, identity_.value_of(raised));
  }
  const std::string text = words_of(exception);
  if (is(exception, python.prelude("KindChanged"))) {
    const std::string name(text.substr(text.find(": ") + 2));
    return run_->error(ErrorKind::kind_changed, {}, run_->scenario().find(scenario_name(name)));
  }
  if (is(exception, PyExc_UnboundLocalError)) {
    const NameId name = run_->scenario().find(scenario_name(quoted_in(text)));
    return run_->error(ErrorKind::unbound_local, {}, name, text);
  }
  if (task.callee && task.frames.empty()) return error_of_call(task, text, signature);
  if (task.frames.empty()) return run_->error(ErrorKind::foreign, {}, {}, text);
  const Frame& frame = task.frames.back();
  if (is(exception, PyExc_RuntimeError) && Ref::owned(PyException_GetCause(exception)))
    return run_->error(ErrorKind::generator_stop, {}, {}, text);
  switch (frame.op->code) {
    case OpCode::next:
    case OpCode::begin_each:
    case OpCode::next_round:
      if (is(exception, PyExc_StopIteration))
        return run_->error(ErrorKind::stop_iteration, {}, {}, text);
      if (is(exception, PyExc_ValueError)) return run_->error(ErrorKind::running, {}, {}, text);
      return run_->error(ErrorKind::not_iterable, {}, {}, text);
    case OpCode::resolve: {
      const std::uint32_t x = frame.op->x;
      if (x >> 16 == model::Program::nowhere)
        return run_->error(ErrorKind::name, {}, NameId{x & 0xffff}, text);
      // Code that code-swap gave to a function of another module looks there.
      if (!namespaces_.is_bound(x >> 16, x & 0xffff))
        run_->event(EventKind::resolve, x, 0, model::no_load);
      return run_->error(ErrorKind::name, {}, program().modules[x >> 16].slots[x & 0xffff], text);
    }
    case OpCode::load_cell: return run_->error(ErrorKind::name, {}, NameId{frame.op->x}, text);
    case OpCode::super_:
      if (!is(exception, PyExc_AttributeError))
        return run_->error(ErrorKind::no_super, {}, {}, text);
      return run_->error(ErrorKind::attribute, {}, NameId{frame.op->x}, text);
    case OpCode::define_class:
    case OpCode::is_instance:
    case OpCode::match: return run_->error(ErrorKind::not_a_class, {}, {}, text);
    case OpCode::look:
    case OpCode::store_attribute: return error_of_attribute(frame, text);
    case OpCode::call:
    case OpCode::at_exit:
    case OpCode::spawn: return error_of_call(task, text, signature);
    default: return run_->error(ErrorKind::foreign, {}, {}, text);
  }
}

std::uint32_t Harness::error_of_attribute(const Frame& frame, const std::string& text) {
  const NameId name{frame.op->x};
  PyObject* const object = frame.object.get();
  if (frame.op->code == OpCode::look || !is_method_attribute(frame))
    return run_->error(ErrorKind::attribute, identity_.value_of(object), name, text);
  const std::uint32_t error = run_->error(ErrorKind::read_only, {}, name, text);
  run_->event(EventKind::assign_read_only, frame.id, identity_.handle_of(object), error);
  return error;
}

// A call that was refused: no function, or not with so many arguments.
std::uint32_t Harness::error_of_call(Task& task, const std::string& text,
                                     std::uint32_t& signature) {
  const bool outermost = task.frames.empty();
  PyObject* const callee = outermost ? task.callee.get() : task.frames.back().object.get();
  const model::Value value = identity_.value_of(callee);
  if (PyType_Check(callee) && !outermost && task.frames.back().op->code == OpCode::call)
    return run_->error(ErrorKind::arity, value, {}, text);
  if (!Identity::callable(callee)) return run_->error(ErrorKind::not_callable, value, {}, text);
  std::uint32_t slot = model::no_slot;
  if (!outermost) {
    const Frame& caller = task.frames.back();
    slot = caller.slots + caller.op->a;
  }
  signature = identity_.code_of(callee);
  run_->event(EventKind::call, slot, identity_.handle_of(callee), signature);
  return run_->error(ErrorKind::arity, value, {}, text);
}

bool Harness::is_method_attribute(const Frame& frame) const {
  if (!PyMethod_Check(frame.object.get())) return false;
  const std::string_view name = run_->scenario().text(NameId{frame.op->x});
  return name == "function" || name == "self" || name == "class";
}

Ref Harness::local_name(const Frame& frame, std::uint16_t local) const {
  const NameId name = program().local_names[function_of(frame).locals_begin + local];
  return Ref::owned(PyUnicode_FromString(python_name(run_->scenario().text(name)).c_str()));
}

Ref Harness::innermost_locals(const Task& task) const {
  PyFrameObject* const frame = PyThreadState_GetFrame(task.thread);
  Ref locals = Ref::owned(PyFrame_GetLocals(frame));
  Py_DECREF(frame);
  return locals;
}

// Others have run: tells of every local that the frames of this task have, as it is now.
void Harness::read_locals(Task& task) {
  PyFrameObject* python = PyThreadState_GetFrame(task.thread);
  for (std::size_t at = task.frames.size(); at-- > 0 && python != nullptr;) {
    read_locals(task, task.frames[at], python);
    PyFrameObject* const back = PyFrame_GetBack(python);
    Py_DECREF(python);
    python = back;
  }
  Py_XDECREF(python);
}

void Harness::read_locals(Task& task, const Frame& frame, PyFrameObject* python) {
  const std::uint16_t count = function_of(frame).locals;
  const Ref locals = count > 0 ? Ref::owned(PyFrame_GetLocals(python)) : Ref();
  for (std::uint16_t local = 0; local < count; ++local) {
    if (!task.written[frame.written + local]) continue;
    PyObject* const value = PyDict_GetItemWithError(locals.get(), local_name(frame, local).get());
    run_->event(EventKind::read, frame.id, frame.slots + local, identity_.value_of(value).word);
  }
}

}  // namespace midstride::runtimes::cpython
