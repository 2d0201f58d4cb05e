#include "runtimes/cpython/namespaces.hpp"

#include <algorithm>

#include "runtimes/cpython/render.hpp"

namespace midstride::runtimes::cpython {

using model::StoreHow;

void Namespaces::begin(model::Run& run) {
  run_ = &run;
  for (const model::ModuleCode& module : run.program().modules) {
    Ref list = Ref::owned(PyList_New(0));
    for (const model::NameId name : module.slots) {
      const std::string text = python_name(run.scenario().text(name));
      PyList_Append(list.get(), Ref::owned(PyUnicode_InternFromString(text.c_str())).get());
    }
    names_.push_back(std::move(list));
    persistent_.emplace_back(module.slots.size());
  }
}

void Namespaces::clear() {
  names_.clear();
  spaces_.clear();
  persistent_.clear();
  begun_.clear();
  methods_.clear();
  bases_.clear();
}

std::uint32_t Namespaces::add(std::uint32_t module, PyObject* dictionary) {
  spaces_.push_back({module, Ref::borrowed(dictionary),
                     std::vector<Slot>(run_->program().modules[module].slots.size())});
  return static_cast<std::uint32_t>(spaces_.size() - 1);
}

void Namespaces::begins(std::uint32_t load) { begun_.push_back(load); }

void Namespaces::set_persistent(std::uint32_t module, std::uint32_t slot, bool persistent) {
  persistent_[module][slot] = persistent;
  for (Space& space : spaces_) {
    if (!persistent || space.module != module) continue;
    Bound& now = space.slots[slot].now;
    if (now.value) now = {now.value, model::no_load, true};
  }
}

Ref Namespaces::persistent(std::uint32_t module) const {
  Ref list = Ref::owned(PyList_New(0));
  for (std::uint32_t slot = 0; slot < persistent_[module].size(); ++slot)
    if (persistent_[module][slot]) PyList_Append(list.get(), name(module, slot));
  return list;
}

void Namespaces::stored(std::uint32_t space, std::uint32_t slot, StoreHow how, std::uint32_t load) {
  PyObject* const value = value_in(space, slot);
  Slot& seen = spaces_[space].slots[slot];
  if (how == StoreHow::namespace_ && seen.changed_by != load) {
    seen.before = std::move(seen.now);
    seen.changed_by = load;
  }
  const bool nobodys =
      how == StoreHow::namespace_ && persistent_[spaces_[space].module][slot] && value != nullptr;
  seen.now = {Ref::borrowed(value), nobodys ? model::no_load : load,
              nobodys || how == StoreHow::program};
  if (value != nullptr && PyType_Check(value)) look_over_class(value);
  run_->event(model::EventKind::store, model::Owner::of(model::Owner::Kind::namespace_, space).word,
              slot, identity_.value_of(value).word, static_cast<std::uint8_t>(how));
}

void Namespaces::look_over(std::uint32_t space, std::uint32_t load, Because because) {
  for (std::uint32_t slot = 0; slot < spaces_[space].slots.size(); ++slot) {
    PyObject* const now = value_in(space, slot);
    const Slot seen = spaces_[space].slots[slot];
    if (now != seen.now.value.get()) {
      stored(space, slot, StoreHow::namespace_, load);
    } else if (now != nullptr && PyType_Check(now)) {
      look_over_class(now);
    }
    const bool back = because == Because::undone && seen.changed_by == load;
    if (back && now == seen.before.value.get()) spaces_[space].slots[slot].now = seen.before;
  }
}

PyObject* Namespaces::value_in(std::uint32_t space, std::uint32_t slot) const {
  const Space& row = spaces_[space];
  return PyDict_GetItemWithError(row.dictionary.get(), name(row.module, slot));
}

void Namespaces::look_over_class(PyObject* class_) {
  look_over_base(class_);
  std::vector<Method>& seen = methods_[class_];
  PyObject* const dictionary = reinterpret_cast<PyTypeObject*>(class_)->tp_dict;
  for (Method& method : seen) {
    if (!method.function || PyDict_GetItemWithError(dictionary, method.name.get()) != nullptr)
      continue;
    method.function = {};
    tell_method(class_, method.name.get(), nullptr);
  }
  PyObject* name = nullptr;
  PyObject* value = nullptr;
  for (Py_ssize_t at = 0; PyDict_Next(dictionary, &at, &name, &value) != 0;) {
    if (!PyFunction_Check(value)) continue;
    auto known = std::find_if(seen.begin(), seen.end(), [&](const Method& method) {
      return PyUnicode_Compare(method.name.get(), name) == 0;
    });
    if (known == seen.end()) known = seen.insert(seen.end(), {Ref::borrowed(name), {}});
    if (known->function.get() == value) continue;
    known->function = Ref::borrowed(value);
    tell_method(class_, name, value);
  }
}

// A base that no scenario has written does not count.
void Namespaces::look_over_base(PyObject* class_) {
  PyObject* base = reinterpret_cast<PyObject*>(reinterpret_cast<PyTypeObject*>(class_)->tp_base);
  if (codes_.mark_of(base) == nullptr) base = nullptr;
  Ref& seen = bases_[class_];
  if (seen.get() == base) return;
  seen = Ref::borrowed(base);
  const std::uint32_t owner = identity_.value_of(class_).index();
  run_->event(model::EventKind::store, model::Owner::of(model::Owner::Kind::class_, owner).word,
              model::base_slot, identity_.value_of(base).word,
              static_cast<std::uint8_t>(StoreHow::base));
}

void Namespaces::tell_method(PyObject* class_, PyObject* name, PyObject* function) {
  const model::NameId id = run_->scenario().find(scenario_attribute(PyUnicode_AsUTF8(name)));
  const std::uint32_t owner = identity_.value_of(class_).index();
  run_->event(model::EventKind::store, model::Owner::of(model::Owner::Kind::class_, owner).word,
              id.value, identity_.value_of(function).word,
              static_cast<std::uint8_t>(StoreHow::class_));
}

std::uint32_t Namespaces::load_of(std::uint32_t space, std::uint32_t slot, PyObject* value) const {
  const Space& row = spaces_[space];
  const Bound& seen = row.slots[slot].now;
  const std::uint32_t own = own_load(row.module, value);
  if (seen.value.get() != value) return own;
  if (seen.by_program || own == model::no_load) return seen.load;
  return later(seen.load, own);
}

// A number that is no load's is earlier than any.
std::uint32_t Namespaces::later(std::uint32_t left, std::uint32_t right) const {
  const auto last = std::find_if(begun_.rbegin(), begun_.rend(),
                                 [&](std::uint32_t load) { return load == left || load == right; });
  return last == begun_.rend() ? left : *last;
}

// The load that a function or class names itself, if it is one of this module.
std::uint32_t Namespaces::own_load(std::uint32_t module, PyObject* value) const {
  std::uint32_t load = model::no_load;
  if (PyFunction_Check(value)) {
    load = run_->tables().codes[codes_.of_function(value)].load;
  } else if (PyType_Check(value)) {
    load = codes_.mark_of(value)->load;
  }
  const bool here = load != model::no_load && run_->tables().attempts[load].module == module;
  return here ? load : model::no_load;
}

}  // namespace midstride::runtimes::cpython
