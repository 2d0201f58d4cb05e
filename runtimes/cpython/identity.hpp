// Which Value stands for which Python object, in one run. An object gets its number when the
// harness first sees it, and is kept alive until the run is over: so no address, and no number,
// ever means a second thing. What the rows of the side tables say is read from the objects
// themselves.
#pragma once

#include <array>
#include <cstdint>
#include <unordered_map>
#include <vector>

#include "model/run.hpp"
#include "runtimes/cpython/codes.hpp"
#include "runtimes/cpython/python.hpp"

namespace midstride::runtimes::cpython {

class Identity {
 public:
  explicit Identity(const Codes& codes) : codes_(codes) {}

  // `object_type` is the class of {}.
  void begin(model::Run& run, PyObject* object_type);
  void clear();

  // Absent for null.
  model::Value value_of(PyObject* object);
  // The inverse.
  Ref object_of(model::Value value) const;

  static bool callable(PyObject* object) {
    return PyFunction_Check(object) || PyMethod_Check(object);
  }
  // A function's or method's word in events; the method's class, function and self as they are now.
  std::uint32_t handle_of(PyObject* callable);
  bool knows(PyObject* object) const { return values_.contains(object); }
  // The id of the code that a function or method would enter now.
  std::uint32_t code_of(PyObject* callable) const;
  bool is_object(PyObject* object) const { return Py_IS_TYPE(object, object_type_); }

 private:
  model::Value number(PyObject* object, model::Tag tag);
  model::Value new_value(PyObject* object);

  const Codes& codes_;
  model::Run* run_ = nullptr;
  PyTypeObject* object_type_ = nullptr;
  std::unordered_map<PyObject*, model::Value> values_;
  std::array<std::vector<Ref>, 16> objects_;  // by Tag, then by index
  std::vector<std::uint32_t> last_handles_;  // by method: HandleId + 1 under which it was last seen
};

}  // namespace midstride::runtimes::cpython
