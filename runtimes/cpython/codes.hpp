// The code that a run has loaded: Python code objects and the code ids that they carry. Each load
// of a version gets code objects of its own, in which every function names its code id and every
// class the load that made it, as constants: what runs says itself what it is.
#pragma once

#include <cstdint>
#include <unordered_map>
#include <vector>

#include "model/run.hpp"
#include "runtimes/cpython/python.hpp"

namespace midstride::runtimes::cpython {

class Codes {
 public:
  // What a class's own constant `_k` stands for.
  struct ClassMark {
    std::uint32_t load;    // AttemptId
    std::uint32_t class_;  // index into Program::classes
  };

  void begin(model::Run& run);
  void clear();

  // The module's code for this attempt, from what its watched source compiled to; new rows in
  // Tables::codes, one for each function of the version, in their order.
  Ref load(std::uint32_t attempt, PyObject* compiled);
  Ref script(std::uint32_t task, PyObject* compiled);

  // The id of the code that a function has now.
  std::uint32_t of_function(PyObject* function) const;
  std::uint32_t of_generator(PyObject* generator) const;  // that it was made with
  // The mark of a class that rendered code made, else null.
  const ClassMark* mark_of(PyObject* class_) const;

 private:
  struct Patch {
    std::uint32_t first_code;
    std::uint32_t first_mark;
  };
  std::uint32_t new_code(std::uint32_t module, std::uint32_t load, std::uint32_t function);
  Ref patched(PyObject* code, const Patch& patch);

  model::Run* run_ = nullptr;
  std::unordered_map<PyObject*, std::uint32_t> ids_;  // by code object
  std::vector<Ref> objects_;                          // keeps those alive
  std::vector<ClassMark> marks_;
};

}  // namespace midstride::runtimes::cpython
