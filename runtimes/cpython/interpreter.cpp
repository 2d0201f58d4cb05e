#include "runtimes/cpython/interpreter.hpp"

#include "runtimes/cpython/common_python.hpp"
#include "runtimes/cpython/prelude.hpp"
#include "sim/check.hpp"

namespace midstride::runtimes::cpython {

Interpreter& Interpreter::the() {
  static Interpreter* const made = new Interpreter;  // Python is never ended, nor is what it owns
  return *made;
}

Interpreter::Interpreter() {
  PyPreConfig before;
  PyPreConfig_InitIsolatedConfig(&before);
  before.utf8_mode = 1;
  PyStatus status = Py_PreInitialize(&before);
  PyConfig config;
  PyConfig_InitIsolatedConfig(&config);
  config.use_hash_seed = 1;
  config.hash_seed = 0;
  config.write_bytecode = 0;
  config.site_import = 0;
  config.user_site_directory = 0;
  config.use_environment = 0;
  config.install_signal_handlers = 0;
  // A name that is nowhere in PATH: the library is looked for where libpython was built to be, and
  // not beside some other python3.
  const wchar_t* const program = L"midstride-cpython";
  if (!PyStatus_Exception(status))
    status = PyConfig_SetString(&config, &config.program_name, program);
  // A scenario may well call a number; that is its business.
  if (!PyStatus_Exception(status)) status = PyWideStringList_Append(&config.warnoptions, L"ignore");
  if (!PyStatus_Exception(status)) status = Py_InitializeFromConfig(&config);
  PyConfig_Clear(&config);
  MIDSTRIDE_CHECK(!PyStatus_Exception(status), "an installation of CPython 3.11 that initialises");

  PyGC_Disable();
  hub_ = PyThreadState_Get();
  builtins_ = Ref::owned(PyDict_New());
  prelude_ = Ref::owned(PyDict_New());
  PyDict_SetItemString(prelude_.get(), "__builtins__", PyEval_GetBuiltins());
  PyDict_SetItemString(prelude_.get(), "__name__",
                       Ref::owned(PyUnicode_FromString("prelude")).get());
  for (const char* const source : {common_python, prelude_source}) {
    const Ref done =
        Ref::owned(PyRun_String(source, Py_file_input, prelude_.get(), prelude_.get()));
    if (!done) PyErr_Print();
    MIDSTRIDE_CHECK(static_cast<bool>(done), "a prelude that CPython 3.11 runs");
  }
  for (const char* const name : {"Exception", "__build_class__", "isinstance", "next", "super"}) {
    PyDict_SetItemString(builtins_.get(), name, PyDict_GetItemString(PyEval_GetBuiltins(), name));
  }
  PyDict_SetItemString(builtins_.get(), "__import__", prelude("import_module"));
  PyDict_SetItemString(builtins_.get(), "TaskletExit", prelude("TaskletExit"));
  PyDict_SetItemString(builtins_.get(), "_Raised", prelude("Raised"));
  PyDict_SetItemString(builtins_.get(), "_Object", prelude("Object"));
  PyDict_SetItemString(builtins_.get(), "_Root", prelude("Root"));
  PyDict_SetItemString(builtins_.get(), "_Record", prelude("Record"));

  // What exists now is for ever: later collections need not look at it.
  PyGC_Collect();
  const Ref gc = Ref::owned(PyImport_ImportModule("gc"));
  const Ref frozen = Ref::owned(PyObject_CallMethod(gc.get(), "freeze", nullptr));
  MIDSTRIDE_CHECK(static_cast<bool>(frozen), "gc.freeze()");
}

PyObject* Interpreter::prelude(const char* name) const {
  PyObject* const found = PyDict_GetItemString(prelude_.get(), name);
  MIDSTRIDE_CHECK(found != nullptr, "a name of the prelude");
  return found;
}

PyThreadState* Interpreter::take_thread() {
  if (idle_threads_.empty()) return PyThreadState_New(hub_->interp);
  PyThreadState* const thread = idle_threads_.back();
  idle_threads_.pop_back();
  return thread;
}

Ref Interpreter::compile(const std::string& source, const char* file_name) {
  const auto known = compiled_.find(source);
  if (known != compiled_.end()) return known->second;
  const Ref code = Ref::owned(Py_CompileString(source.c_str(), file_name, Py_file_input));
  if (!code) return {};
  if (compiled_.size() == compiled_max) compiled_.clear();
  compiled_.emplace(source, code);
  return code;
}

}  // namespace midstride::runtimes::cpython
