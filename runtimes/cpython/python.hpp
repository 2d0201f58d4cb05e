// The one place that includes Python.h, and the owner of one reference. Whoever uses either runs
// with a thread state of its own set (interpreter.hpp).
#pragma once

#define PY_SSIZE_T_CLEAN
#include <Python.h>

#include <utility>

namespace midstride::runtimes::cpython {

// Owns one reference to a Python object, or nothing.
class Ref {
 public:
  Ref() = default;
  // Takes a reference over from a call that gives a new one; null: nothing.
  static Ref owned(PyObject* object) { return Ref(object); }
  static Ref borrowed(PyObject* object) {
    Py_XINCREF(object);
    return Ref(object);
  }

  Ref(Ref&& other) noexcept : object_(std::exchange(other.object_, nullptr)) {}
  Ref(const Ref& other) : object_(other.object_) { Py_XINCREF(object_); }
  Ref& operator=(Ref other) noexcept {
    std::swap(object_, other.object_);
    return *this;
  }
  ~Ref() { Py_XDECREF(object_); }

  PyObject* get() const { return object_; }
  // Gives the reference away.
  PyObject* release() { return std::exchange(object_, nullptr); }
  explicit operator bool() const { return object_ != nullptr; }

 private:
  explicit Ref(PyObject* object) : object_(object) {}

  PyObject* object_ = nullptr;
};

}  // namespace midstride::runtimes::cpython
