// Tasks, attempts and inspections. watched_ops.cpp has what rendered code calls, telling.cpp what
// becomes of exceptions, frames and locals in the events.
#include "runtimes/cpython/harness.hpp"

#include <algorithm>
#include <string>

#include "runtimes/cpython/functions.hpp"
#include "runtimes/cpython/render.hpp"
#include "sim/check.hpp"

namespace midstride::runtimes::cpython {

using model::EventKind;
using model::Run;

namespace {

// How many runs may leave their cycles of classes and namespaces to one collection.
constexpr std::uint32_t runs_per_collection = 64;

}  // namespace

Harness& Harness::the() {
  static Harness* const made = new Harness;  // owns Python objects, which are never ended
  return *made;
}

Harness::Harness() : interpreter_(Interpreter::the()) { define_functions(interpreter_); }

void Harness::begin(Run& run) {
  interpreter_.enter_hub();
  run_ = &run;
  running_ = nullptr;
  hooks_registered_ = 0;
  codes_.begin(run);
  identity_.begin(run, interpreter_.prelude("Object"));
  namespaces_.begin(run);
  const model::Scenario& scenario = run.scenario();
  for (std::uint32_t m = 0; m < program().modules.size(); ++m) {
    const model::ModuleCode& code = program().modules[m];
    const std::string name = python_name(scenario.text(code.name));
    Module module;
    module.object = Ref::owned(PyObject_CallFunction(interpreter_.prelude("make_module"), "sO",
                                                     name.c_str(), interpreter_.builtins()));
    MIDSTRIDE_CHECK(static_cast<bool>(module.object), "a module made");
    PyDict_SetItemString(interpreter_.builtins(), name.c_str(), module.object.get());
    namespaces_.add(m, PyModule_GetDict(module.object.get()));
    for (std::uint32_t v = 0; v < code.versions.size(); ++v) {
      module.compiled.push_back(interpreter_.compile(
          python_module(scenario, program(), m, v, Style::watched), (name + ".py").c_str()));
      PyErr_Clear();
    }
    modules_.push_back(std::move(module));
  }
  for (std::uint32_t task = 0; task < scenario.tasks.size(); ++task) make_script(task);
}

void Harness::make_script(std::uint32_t task) {
  const std::string source = python_script(run_->scenario(), program(), task, Style::watched);
  const Ref compiled = interpreter_.compile(source, "script.py");
  MIDSTRIDE_CHECK(static_cast<bool>(compiled), "a script that Python takes");
  const Ref code = codes_.script(task, compiled.get());
  const Ref globals = Ref::owned(PyDict_New());
  PyDict_SetItemString(globals.get(), "__builtins__", interpreter_.builtins());
  const Ref done = Ref::owned(PyEval_EvalCode(code.get(), globals.get(), globals.get()));
  scripts_.push_back(Ref::borrowed(PyDict_GetItemString(globals.get(), "_script")));
}

void Harness::end() {
  interpreter_.enter_hub();
  for (const model::ModuleCode& module : program().modules) {
    const std::string name = python_name(run_->scenario().text(module.name));
    PyDict_DelItemString(interpreter_.builtins(), name.c_str());
  }
  Ref::owned(PyObject_CallNoArgs(interpreter_.prelude("drop_modules")));
  modules_.clear();
  scripts_.clear();
  spawned_.clear();
  suspended_.clear();
  failures_.clear();
  namespaces_.clear();
  identity_.clear();
  codes_.clear();
  if (++runs_ % runs_per_collection == 0) interpreter_.collect();
  run_ = nullptr;
}

Harness::Task& Harness::open_task() {
  const std::uint32_t id = run_->scheduler().current().value;
  while (tasks_.size() <= id) tasks_.push_back(std::make_unique<Task>());
  Task& task = *tasks_[id];
  MIDSTRIDE_CHECK(task.thread == nullptr, "a task that is begun once");
  task = {};
  task.thread = interpreter_.take_thread();
  PyThreadState_Swap(task.thread);
  running_ = &task;
  return task;
}

void Harness::close_task(Task& task) {
  PyErr_Clear();
  task.frames.clear();
  task.hooks.clear();
  task.last_thrown = {};
  interpreter_.give_back(std::exchange(task.thread, nullptr));
}

void Harness::script(std::uint32_t task) {
  Task& opened = open_task();
  const Ref nothing = Ref::owned(PyTuple_New(0));
  this->run(opened, scripts_[task].get(), nothing.get());
  close_task(opened);
}

void Harness::spawned(std::uint64_t payload) {
  Task& task = open_task();
  const Spawned row = spawned_[payload];
  task.entered_by = model::EnterHow::spawn;
  task.callee = row.callee;
  run(task, row.callee.get(), row.arguments.get());
  close_task(task);
}

// What the tasklet does, then its hooks, last first. The first error ends it; TaskletExit is none.
void Harness::run(Task& task, PyObject* callable, PyObject* arguments) {
  std::uint32_t error = model::no_error;
  const auto call = [&](PyObject* callee, PyObject* with) {
    const Ref result = Ref::owned(PyObject_Call(callee, with, nullptr));
    if (result && task.callee)
      tell_of_made_generator(result.get(), task.callee.get(), model::no_slot);
    const std::uint32_t raised = finish(task, result).error;
    const bool counts = raised != model::no_error && !task.abandoned &&
                        run_->tables().errors[raised].kind != model::ErrorKind::task_exit;
    if (counts && error == model::no_error) error = raised;
  };
  call(callable, arguments);
  const Ref nothing = Ref::owned(PyTuple_New(0));
  while (!task.abandoned && !task.hooks.empty()) {
    const Hook hook = std::move(task.hooks.back());
    task.hooks.pop_back();
    task.entered_by = model::EnterHow::finaliser;
    task.callee = hook.callee;
    run_->event(EventKind::hook, hook.number, identity_.handle_of(hook.callee.get()),
                model::no_load, static_cast<std::uint8_t>(model::HookHow::run));
    call(hook.callee.get(), nothing.get());
  }
  if (error != model::no_error && !task.abandoned) run_->uncaught(error);
}

// A batch is reloaded module by module: neither importlib nor code-swap knows of batches.
void Harness::load(std::uint32_t attempt, const Reloader& reloader) {
  for (std::uint32_t one = attempt; run_->in_batch(one, attempt); ++one) {
    load_one(one, reloader);
    if (run_->end_of(one) == model::AttemptEnd::open) return;  // the run is over
  }
}

void Harness::load_one(std::uint32_t attempt, const Reloader& reloader) {
  const model::AttemptRow row = run_->tables().attempts[attempt];
  Module& module = modules_[row.module];
  const bool first = row.reload == model::no_reload;
  if (!first && reloader.overlap == Overlap::queued && !admit(attempt, module)) return;

  Task& task = open_task();
  task.attempt = attempt;
  task.entered_by = model::EnterHow::body;
  PyObject* const function = interpreter_.prelude(first ? "load_first" : reloader.function);
  const Ref result = Ref::owned(PyObject_CallFunctionObjArgs(
      function, module.object.get(), namespaces_.names(row.module), nullptr));
  const Finish finished = finish(task, result);
  if (task.in_body) leave_body(task);
  if (!task.abandoned) end_attempt(task, module, first, finished);
  std::erase(module.open, attempt);
  close_task(task);
}

// Whether the attempt is to be made; waits for those before it.
bool Harness::admit(std::uint32_t attempt, const Module& module) {
  const auto is_open = [&](std::uint32_t one) {
    return std::any_of(module.open.begin(), module.open.end(),
                       [&](std::uint32_t open) { return run_->in_batch(open, one); });
  };
  std::uint32_t asking = run_->asked_by(attempt);
  for (; asking != Run::no_attempt; asking = run_->asked_by(asking)) {
    if (!is_open(asking)) continue;
    run_->reject(attempt, model::RejectWhy::own_body);
    return false;
  }
  while (!module.open.empty()) {
    const std::uint32_t other = module.open.front();
    run_->wait_for(attempt, other);
    // Nobody has ended it, so this is not a wake-up: the run is over.
    if (run_->end_of(other) == model::AttemptEnd::open) return false;
  }
  return true;
}

void Harness::end_attempt(Task& task, Module& module, bool first, const Finish& finished) {
  const std::uint32_t attempt = task.attempt;
  const model::AttemptRow row = run_->tables().attempts[attempt];
  if (!task.begun) {
    // importlib gives the module back at once while it is being reloaded.
    MIDSTRIDE_CHECK(finished.error == model::no_error, "a reload that gets as far as the loader");
    return run_->reject(attempt, model::RejectWhy::in_progress);
  }
  namespaces_.look_over(row.module, attempt, Namespaces::Because::stored);
  // As in the model, a first load that raises leaves the module with the names that it had got by
  // then.
  if (first || finished.error == model::no_error) {
    module.version = row.to;
    return run_->commit(attempt);
  }
  failures_.emplace(finished.error, finished.exception);
  run_->fail(attempt, finished.error);
}

void Harness::inspect(const model::Inspection& inspection) {
  if (inspection.kind == model::Inspection::Kind::flush) return;  // nothing is kept
  interpreter_.enter_hub();
  running_ = nullptr;
  const sim::TaskId id = run_->task_named(inspection.task);
  if (!id.valid() || id.value >= tasks_.size()) return;
  const Task& task = *tasks_[id.value];
  if (task.thread == nullptr || task.frames.empty()) return;
  const Frame& frame = task.frames.back();
  const Ref shown = innermost_locals(task);
  for (std::uint16_t at = 0; at < function_of(frame).locals; ++at) {
    if (program().in_cell(function_of(frame), at)) continue;
    const Ref name = local_name(frame, at);
    PyObject* const now = PyDict_GetItemWithError(shown.get(), name.get());
    if (inspection.kind == model::Inspection::Kind::peek) {
      if (now != nullptr)
        run_->event(EventKind::peek, frame.id, frame.slots + at, identity_.value_of(now).word);
      continue;
    }
    if (program().local_names[function_of(frame).locals_begin + at] != inspection.local) continue;
    const Ref poked = value_for(inspection.value);
    const bool differed = now != poked.get();
    PyDict_SetItem(shown.get(), name.get(), poked.get());
    const Ref again = innermost_locals(task);
    const bool applied =
        differed && PyDict_GetItemWithError(again.get(), name.get()) == poked.get();
    run_->event(
        EventKind::poke, frame.id, frame.slots + at, identity_.value_of(poked.get()).word,
        static_cast<std::uint8_t>(applied ? model::PokeHow::applied : model::PokeHow::lost));
  }
}

Ref Harness::value_for(const model::Node& node) const {
  if (node.kind == model::NodeKind::integer) return Ref::owned(PyLong_FromLong(node.value));
  if (node.kind == model::NodeKind::object)
    return Ref::owned(PyObject_CallNoArgs(interpreter_.prelude("Object")));
  return Ref::borrowed(Py_None);
}

void Harness::collect() {
  interpreter_.enter_hub();
  running_ = nullptr;
  interpreter_.collect();
}

}  // namespace midstride::runtimes::cpython
