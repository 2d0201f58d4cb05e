// What the harness last saw in the namespaces of a run's modules and in its classes. It looks again
// after every op and step that may have stored something, and tells of what it finds changed: a
// store event is what really is in the dictionary, whoever put it there.
#pragma once

#include <cstdint>
#include <unordered_map>
#include <vector>

#include "model/run.hpp"
#include "runtimes/cpython/codes.hpp"
#include "runtimes/cpython/identity.hpp"
#include "runtimes/cpython/python.hpp"

namespace midstride::runtimes::cpython {

class Namespaces {
 public:
  Namespaces(const Codes& codes, Identity& identity) : codes_(codes), identity_(identity) {}

  void begin(model::Run& run);
  void clear();

  // One more namespace of a module: its own (in module order, all before any other), or one in
  // which a reloader runs a body. Its number is the NamespaceId of the events.
  std::uint32_t add(std::uint32_t module, PyObject* dictionary);
  // The load's body is about to run. Attempts do not begin in the order of their numbers.
  void begins(std::uint32_t load);
  // The names of a module's slots as Python has them, a list of strings. Borrowed.
  PyObject* names(std::uint32_t module) const { return names_[module].get(); }

  // What a body says `once` of, from then on, is nobody's version (load_of: no_load), until a top
  // level binds it otherwise.
  void set_persistent(std::uint32_t module, std::uint32_t slot, bool persistent);
  Ref persistent(std::uint32_t module) const;  // the names of those that are, a list
  // The slot has just been stored into, whether its value is another one now or not.
  void stored(std::uint32_t space, std::uint32_t slot, model::StoreHow how, std::uint32_t load);
  // Tells of every slot that is not as it was seen last, and of every class found in one: that load
  // has stored it, or has put back what was there before it.
  enum class Because : std::uint8_t { stored, undone };
  void look_over(std::uint32_t space, std::uint32_t load, Because because);
  // Tells of the class's base and of every method that is not as it was seen last.
  void look_over_class(PyObject* class_);

  bool is_bound(std::uint32_t space, std::uint32_t slot) const {
    return value_in(space, slot) != nullptr;
  }
  // The load that brought in what was just read from that slot: the one that stored it there, or,
  // when that is more recent, the one that its code came with. no_load when program code has stored
  // it, or it is persistent.
  std::uint32_t load_of(std::uint32_t space, std::uint32_t slot, PyObject* value) const;

 private:
  struct Bound {
    Ref value;  // null: absent
    std::uint32_t load = model::no_load;
    bool by_program = false;
  };
  struct Slot {
    Bound now;
    // What was there before the last load that stored into the slot did so for the first time.
    Bound before;
    std::uint32_t changed_by = model::no_load;
  };
  struct Space {
    std::uint32_t module;
    Ref dictionary;
    std::vector<Slot> slots;
  };
  struct Method {
    Ref name;
    Ref function;
  };
  std::uint32_t own_load(std::uint32_t module, PyObject* value) const;
  std::uint32_t later(std::uint32_t left, std::uint32_t right) const;
  PyObject* name(std::uint32_t module, std::uint32_t slot) const {  // borrowed
    return PyList_GET_ITEM(names(module), static_cast<Py_ssize_t>(slot));
  }
  PyObject* value_in(std::uint32_t space, std::uint32_t slot) const;  // borrowed; null: absent
  void look_over_base(PyObject* class_);
  void tell_method(PyObject* class_, PyObject* name, PyObject* function);

  const Codes& codes_;
  Identity& identity_;
  model::Run* run_ = nullptr;
  std::vector<Ref> names_;  // by module
  std::vector<Space> spaces_;
  std::vector<std::vector<bool>> persistent_;  // by module, by slot
  std::vector<std::uint32_t> begun_;           // loads, in that order
  std::unordered_map<PyObject*, std::vector<Method>>
      methods_;                               // by class, in the order of its dictionary
  std::unordered_map<PyObject*, Ref> bases_;  // by class: null if it has none
};

}  // namespace midstride::runtimes::cpython
