#include "runtimes/cpython/identity.hpp"

namespace midstride::runtimes::cpython {

using model::Tag;
using model::Value;

void Identity::begin(model::Run& run, PyObject* object_type) {
  run_ = &run;
  object_type_ = reinterpret_cast<PyTypeObject*>(object_type);
}

void Identity::clear() {
  values_.clear();
  for (std::vector<Ref>& list : objects_) list.clear();
  last_handles_.clear();
}

Value Identity::value_of(PyObject* object) {
  if (object == nullptr) return Value::absent();
  if (object == Py_None) return Value::none();
  if (PyLong_CheckExact(object))
    return Value::integer(static_cast<std::int32_t>(PyLong_AsLong(object)));
  const auto known = values_.find(object);
  return known != values_.end() ? known->second : new_value(object);
}

Ref Identity::object_of(Value value) const {
  switch (value.tag()) {
    case Tag::absent:
    case Tag::none: return Ref::borrowed(Py_None);
    case Tag::integer: return Ref::owned(PyLong_FromLong(value.number()));
    default: return objects_[static_cast<std::size_t>(value.tag())][value.index()];
  }
}

Value Identity::number(PyObject* object, Tag tag) {
  std::vector<Ref>& list = objects_[static_cast<std::size_t>(tag)];
  const Value value = Value::of(tag, static_cast<std::uint32_t>(list.size()));
  list.push_back(Ref::borrowed(object));
  values_.emplace(object, value);
  return value;
}

Value Identity::new_value(PyObject* object) {
  model::Tables& tables = run_->tables();
  const auto made_by = [&](Value value, model::EntityRow row) {
    run_->trace().define(static_cast<std::uint64_t>(value.word) << 32 | row.load,
                         row.function_or_class);
    return row;
  };
  if (PyFunction_Check(object)) {
    const Value value = number(object, Tag::function);
    const model::CodeRow code = tables.codes[codes_.of_function(object)];
    tables.functions.push_back(made_by(value, {code.module, code.function, code.load}));
    return value;
  }
  if (PyMethod_Check(object)) {
    last_handles_.push_back(0);
    return number(object, Tag::method);
  }
  if (PyType_Check(object)) {
    const Value value = number(object, Tag::class_);
    const Codes::ClassMark* const mark = codes_.mark_of(object);
    const std::uint32_t module = run_->program().classes[mark->class_].module;
    tables.classes.push_back(made_by(value, {module, mark->class_, mark->load}));
    return value;
  }
  if (is_object(object)) return number(object, Tag::object);
  if (PyGen_CheckExact(object)) {
    const Value value = number(object, Tag::generator);
    const std::uint32_t code = codes_.of_generator(object);
    tables.generators.push_back(code);
    run_->trace().define(value.word, code);
    return value;
  }
  const Value class_ = value_of(reinterpret_cast<PyObject*>(Py_TYPE(object)));
  tables.instance_classes.push_back(class_.index());
  return number(object, Tag::instance);
}

std::uint32_t Identity::handle_of(PyObject* callable) {
  const Value value = value_of(callable);
  if (value.tag() == Tag::function) return value.word;
  PyObject* const self = PyMethod_GET_SELF(callable);
  PyObject* const class_ = reinterpret_cast<PyObject*>(Py_TYPE(self));
  const model::HandleRow seen{value, value_of(class_), value_of(PyMethod_GET_FUNCTION(callable)),
                              value_of(self)};
  std::vector<model::HandleRow>& handles = run_->tables().handles;
  std::uint32_t& last = last_handles_[value.index()];
  if (last == 0 || handles[last - 1] != seen) {
    run_->trace().define(static_cast<std::uint64_t>(seen.object.word) << 32 | seen.class_.word,
                         static_cast<std::uint64_t>(seen.function.word) << 32 | seen.self.word);
    handles.push_back(seen);
    last = static_cast<std::uint32_t>(handles.size());
  }
  return Value::of(Tag::method, last - 1).word;
}

std::uint32_t Identity::code_of(PyObject* callable) const {
  return codes_.of_function(PyMethod_Check(callable) ? PyMethod_GET_FUNCTION(callable) : callable);
}

}  // namespace midstride::runtimes::cpython
