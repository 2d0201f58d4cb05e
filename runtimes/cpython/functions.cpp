#include "runtimes/cpython/functions.hpp"

#include "runtimes/cpython/harness.hpp"

namespace midstride::runtimes::cpython {

namespace {

using Arguments = PyObject* const*;

std::uint32_t number(PyObject* object) {
  return static_cast<std::uint32_t>(PyLong_AsUnsignedLong(object));
}

PyObject* enter(PyObject*, Arguments given, Py_ssize_t count) {
  return Harness::the().enter(number(given[0]), given + 1, static_cast<std::size_t>(count - 1));
}
PyObject* op(PyObject*, Arguments given, Py_ssize_t) {
  return Harness::the().op(number(given[0]), number(given[1]), number(given[2]));
}
PyObject* value(PyObject*, Arguments given, Py_ssize_t) {
  return Harness::the().value(number(given[0]), given[1]);
}
// The rounds of a loop: an iterator that calls this before each, with what _rounds was given.
PyObject* round(PyObject* state, PyObject*) {
  const auto given = [&](Py_ssize_t at) { return PyTuple_GET_ITEM(state, at); };
  return Harness::the().round(number(given(0)), number(given(1)), number(given(2)), given(3));
}
PyMethodDef for_rounds = {"_round", round, METH_NOARGS, nullptr};
PyObject* rounds(PyObject*, Arguments given, Py_ssize_t) {
  const Ref range =
      Ref::owned(PyObject_CallOneArg(reinterpret_cast<PyObject*>(&PyRange_Type), given[3]));
  const Ref iterator = Ref::owned(PyObject_GetIter(range.get()));
  const Ref state = Ref::owned(PyTuple_Pack(4, given[0], given[1], given[2], iterator.get()));
  const Ref next = Ref::owned(PyCFunction_New(&for_rounds, state.get()));
  return PyCallIter_New(next.get(), state.get());  // no round is equal to the state
}
PyObject* round_of_each(PyObject* state, PyObject*) {
  const auto given = [&](Py_ssize_t at) { return PyTuple_GET_ITEM(state, at); };
  return Harness::the().each(number(given(0)), number(given(1)), number(given(2)), given(3));
}
PyMethodDef for_each = {"_round", round_of_each, METH_NOARGS, nullptr};
PyObject* each(PyObject*, Arguments given, Py_ssize_t) {
  const Ref iterator = Ref::owned(PyObject_GetIter(given[3]));
  if (!iterator) return nullptr;
  const Ref state = Ref::owned(PyTuple_Pack(4, given[0], given[1], given[2], iterator.get()));
  const Ref next = Ref::owned(PyCFunction_New(&for_each, state.get()));
  return PyCallIter_New(next.get(), state.get());
}
PyObject* suspends(PyObject*, Arguments given, Py_ssize_t) {
  return Harness::the().suspends(number(given[0]), given[1]);
}
PyObject* resumes(PyObject*, PyObject* frame) { return Harness::the().resumes(number(frame)); }
PyObject* object(PyObject*, PyObject* given) { return Harness::the().object(given); }
PyObject* left(PyObject*, PyObject* given) { return Harness::the().left(given); }
PyObject* matches(PyObject*, Arguments given, Py_ssize_t) {
  return Harness::the().matches(number(given[0]), given[1]);
}
PyObject* caught(PyObject*, PyObject* frame) { return Harness::the().caught(number(frame)); }
PyObject* send(PyObject*, PyObject* given) { return Harness::the().send(given); }
PyObject* receive(PyObject*, PyObject*) { return Harness::the().receive(); }
PyObject* yield(PyObject*, PyObject*) { return Harness::the().yield(); }
PyObject* spawn(PyObject*, Arguments given, Py_ssize_t count) {
  return Harness::the().spawn(given[0], given + 1, static_cast<std::size_t>(count - 1));
}
PyObject* kill(PyObject*, PyObject*) { return Harness::the().kill(); }
PyObject* emit(PyObject*, PyObject* given) { return Harness::the().emit(given); }
PyObject* reload(PyObject*, PyObject*) { return Harness::the().reload(); }
PyObject* once(PyObject*, PyObject*) { return Harness::the().once(); }
PyObject* at_exit(PyObject*, PyObject* given) { return Harness::the().at_exit(given); }
PyObject* load_code(PyObject*, Arguments given, Py_ssize_t count) {
  return Harness::the().load_code(count > 0 ? given[0] : nullptr);
}
PyObject* body_over(PyObject*, PyObject*) { return Harness::the().body_over(); }
PyObject* persistent(PyObject*, PyObject*) { return Harness::the().persistent(); }
PyObject* migrate(PyObject*, PyObject*) { return Harness::the().step_begins(model::Step::migrate); }
PyObject* undo(PyObject*, PyObject*) { return Harness::the().step_begins(model::Step::undo); }
PyObject* stored(PyObject*, PyObject* slot) { return Harness::the().stored(number(slot)); }
PyObject* step_over(PyObject*, PyObject*) { return Harness::the().step_ends(); }

using Fast = PyObject* (*)(PyObject*, Arguments, Py_ssize_t);
PyMethodDef fast(const char* name, Fast function) {
  const auto erased = reinterpret_cast<void (*)()>(function);
  return {name, reinterpret_cast<PyCFunction>(erased), METH_FASTCALL, nullptr};
}

// Python keeps pointers to them.
PyMethodDef for_rendered_code[] = {
    fast("_enter", enter),
    fast("_op", op),
    fast("_v", value),
    fast("_rounds", rounds),
    fast("_each", each),
    fast("_suspends", suspends),
    {"_resumes", resumes, METH_O, nullptr},
    {"_c", object, METH_O, nullptr},
    {"_l", left, METH_O, nullptr},
    fast("_matches", matches),
    {"_catch", caught, METH_O, nullptr},
    {"_send", send, METH_O, nullptr},
    {"_receive", receive, METH_NOARGS, nullptr},
    {"_yield", yield, METH_NOARGS, nullptr},
    fast("_spawn", spawn),
    {"_kill", kill, METH_NOARGS, nullptr},
    {"_emit", emit, METH_O, nullptr},
    {"_reload", reload, METH_NOARGS, nullptr},
    {"_once", once, METH_NOARGS, nullptr},
    {"_atexit", at_exit, METH_O, nullptr},
};
PyMethodDef for_reloaders[] = {
    fast("_code", load_code),
    {"_body_over", body_over, METH_NOARGS, nullptr},
    {"_persistent", persistent, METH_NOARGS, nullptr},
    {"_migrate", migrate, METH_NOARGS, nullptr},
    {"_undo", undo, METH_NOARGS, nullptr},
    {"_stored", stored, METH_O, nullptr},
    {"_step_over", step_over, METH_NOARGS, nullptr},
};

void define(PyObject* globals, PyMethodDef& function) {
  const Ref made = Ref::owned(PyCFunction_New(&function, nullptr));
  PyDict_SetItemString(globals, function.ml_name, made.get());
}

}  // namespace

void define_functions(const Interpreter& interpreter) {
  for (PyMethodDef& function : for_rendered_code) define(interpreter.builtins(), function);
  for (PyMethodDef& function : for_reloaders) define(interpreter.prelude_globals(), function);
}

}  // namespace midstride::runtimes::cpython
