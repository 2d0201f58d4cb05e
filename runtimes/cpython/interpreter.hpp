// The one CPython interpreter of this process, made on first use and never ended. Everything
// outside the scenario that could reach a run is pinned: no environment, no site packages, hash
// seed 0, no .pyc files, no signal handlers, no garbage collection but on demand.
//
// All fibers run on one operating-system thread and take turns with the interpreter: each has a
// thread state of its own, and whoever goes on after a switch sets its own again (Thread::enter).
#pragma once

#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "runtimes/cpython/python.hpp"

namespace midstride::runtimes::cpython {

class Interpreter {
 public:
  // Stops the program when CPython cannot be initialised: a broken installation.
  static Interpreter& the();
  Interpreter(const Interpreter&) = delete;
  Interpreter& operator=(const Interpreter&) = delete;

  // What rendered code finds as its builtins, and the namespace of the prelude: the harness puts
  // its functions into both.
  PyObject* builtins() const { return builtins_.get(); }
  PyObject* prelude_globals() const { return prelude_.get(); }
  // A function, class or exception of prelude.py. Borrowed.
  PyObject* prelude(const char* name) const;
  // Runs on the hub: the thread state of whoever called the() first.
  void enter_hub() const { PyThreadState_Swap(hub_); }

  // A thread state without frames, to be given back so. From a pool: making one costs a mapping.
  PyThreadState* take_thread();
  void give_back(PyThreadState* thread) { idle_threads_.push_back(thread); }

  // The code of a module with this source. Compiled once for each source, as long as the cache has
  // room; null with the Python error set when Python does not take it.
  Ref compile(const std::string& source, const char* file_name);

  // Frees what only cycles keep alive.
  void collect() const { PyGC_Collect(); }

 private:
  Interpreter();
  ~Interpreter() = default;  // never runs

  static constexpr std::size_t compiled_max = 2'048;

  PyThreadState* hub_ = nullptr;
  Ref builtins_;
  Ref prelude_;
  std::vector<PyThreadState*> idle_threads_;
  std::unordered_map<std::string, Ref> compiled_;
};

}  // namespace midstride::runtimes::cpython
