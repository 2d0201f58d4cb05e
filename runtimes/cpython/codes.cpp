#include "runtimes/cpython/codes.hpp"

#include "runtimes/cpython/render.hpp"
#include "sim/check.hpp"

namespace midstride::runtimes::cpython {

void Codes::begin(model::Run& run) { run_ = &run; }

void Codes::clear() {
  ids_.clear();
  objects_.clear();
  marks_.clear();
}

Ref Codes::load(std::uint32_t attempt, PyObject* compiled) {
  const model::AttemptRow row = run_->tables().attempts[attempt];
  const model::Program& program = run_->program();
  const model::VersionCode& version = *program.version(row.module, row.to);
  const Patch patch{static_cast<std::uint32_t>(run_->tables().codes.size()),
                    static_cast<std::uint32_t>(marks_.size())};
  for (std::uint32_t at = version.functions_begin; at < version.functions_end; ++at)
    new_code(row.module, attempt, at);
  // A mark for every op of the body, so that a class finds its own by the pc that it carries.
  for (const model::Op& op :
       program.ops_of(program.functions[version.functions_begin]).subspan(1)) {
    const bool defines = op.code == model::OpCode::define_class;
    marks_.push_back({attempt, defines ? op.index() : 0});
  }
  return patched(compiled, patch);
}

Ref Codes::script(std::uint32_t task, PyObject* compiled) {
  const Patch patch{new_code(model::no_module, model::no_load, run_->program().scripts[task]), 0};
  return patched(compiled, patch);
}

std::uint32_t Codes::new_code(std::uint32_t module, std::uint32_t load, std::uint32_t function) {
  run_->tables().codes.push_back({module, load, function});
  run_->trace().define(static_cast<std::uint64_t>(module) << 32 | load, function);
  return static_cast<std::uint32_t>(run_->tables().codes.size() - 1);
}

// The same code with the constants of this load, down to the functions inside.
Ref Codes::patched(PyObject* code, const Patch& patch) {
  const Ref constants = Ref::owned(PyObject_GetAttrString(code, "co_consts"));
  const Py_ssize_t count = PyTuple_GET_SIZE(constants.get());
  Ref replaced = Ref::owned(PyTuple_New(count));
  std::uint32_t id = model::no_code;
  for (Py_ssize_t at = 0; at < count; ++at) {
    PyObject* const constant = PyTuple_GET_ITEM(constants.get(), at);
    Ref made = Ref::borrowed(constant);
    if (PyCode_Check(constant)) {
      made = patched(constant, patch);
    } else if (PyLong_CheckExact(constant)) {
      const long number = PyLong_AsLong(constant);
      if (number >= static_cast<long>(first_class)) {
        made = Ref::owned(PyLong_FromLong(number - first_class + patch.first_mark));
      } else if (number >= static_cast<long>(first_code)) {
        id = static_cast<std::uint32_t>(number - first_code) + patch.first_code;
        made = Ref::owned(PyLong_FromLong(static_cast<long>(id)));
      }
    }
    PyTuple_SET_ITEM(replaced.get(), at, made.release());
  }
  const Ref replace = Ref::owned(PyObject_GetAttrString(code, "replace"));
  const Ref nothing = Ref::owned(PyTuple_New(0));
  const Ref named = Ref::owned(Py_BuildValue("{sO}", "co_consts", replaced.get()));
  Ref made = Ref::owned(PyObject_Call(replace.get(), nothing.get(), named.get()));
  MIDSTRIDE_CHECK(static_cast<bool>(made), "code whose constants can be replaced");
  if (id != model::no_code) ids_.emplace(made.get(), id);
  objects_.push_back(made);
  return made;
}

std::uint32_t Codes::of_function(PyObject* function) const {
  const auto found = ids_.find(PyFunction_GetCode(function));
  MIDSTRIDE_CHECK(found != ids_.end(), "a function that rendered code made");
  return found->second;
}

std::uint32_t Codes::of_generator(PyObject* generator) const {
  const Ref code = Ref::owned(PyObject_GetAttrString(generator, "gi_code"));
  const auto found = ids_.find(code.get());
  MIDSTRIDE_CHECK(found != ids_.end(), "a generator of a function that rendered code made");
  return found->second;
}

const Codes::ClassMark* Codes::mark_of(PyObject* class_) const {
  const Ref mark = Ref::owned(PyObject_GetAttrString(class_, "_k"));
  if (!mark) {
    PyErr_Clear();
    return nullptr;
  }
  return &marks_[static_cast<std::size_t>(PyLong_AsLong(mark.get()))];
}

}  // namespace midstride::runtimes::cpython
