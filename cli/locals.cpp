#include "cli/locals.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "model/program.hpp"

namespace midstride::cli {

using model::Event;
using model::EventKind;
using model::FunctionCode;
using model::NameId;
using model::Tag;
using model::Value;

void Locals::on(const Event& event) {
  if (event.kind() == EventKind::enter) {
    // Frames get their slots in the order in which they are entered.
    const std::uint32_t index = tables_.codes[event.b].function;
    const FunctionCode& function = tables_.program->functions[index];
    frames_[event.a] = {index, next_slot_, event.actor()};
    next_slot_ += static_cast<std::uint32_t>(function.locals + function.temporaries);
  }
  if (event.kind() == EventKind::field && writes(static_cast<model::FieldHow>(event.how()))) {
    auto& fields = fields_[event.a];
    const std::uint32_t name = tables_.field_name(event).value;
    const auto known = std::find_if(fields.begin(), fields.end(),
                                    [&](const auto& field) { return field.first == name; });
    if (known == fields.end()) {
      fields.emplace_back(name, Value{event.c});
    } else {
      known->second = Value{event.c};
    }
  }
}

std::string Locals::name(std::uint32_t frame, std::uint32_t slot) const {
  const auto known = frames_.find(frame);
  if (known == frames_.end()) return fmt::format("slot {}", slot);
  const FunctionCode& function = tables_.program->functions[known->second.function];
  const std::uint32_t at = slot - known->second.slots;
  if (at >= function.locals) return fmt::format("slot {}", slot);
  return std::string(
      tables_.scenario->text(tables_.program->local_names[function.locals_begin + at]));
}

std::string Locals::task_of(std::uint32_t frame) const {
  const auto known = frames_.find(frame);
  return known == frames_.end() ? "?" : tables_.show_actor(known->second.actor);
}

std::string Locals::show(Value value) const {
  std::vector<std::uint32_t> around;
  return show(value, around);
}

std::string Locals::show(Value value, std::vector<std::uint32_t>& around) const {
  if (value.tag() != Tag::object) return tables_.show(value);
  if (std::find(around.begin(), around.end(), value.word) != around.end()) return "{...}";
  const auto known = fields_.find(value.word);
  if (known == fields_.end()) return "{}";
  around.push_back(value.word);
  std::string text;
  for (const auto& [name, field] : known->second) {
    text += fmt::format("{}'{}': {}", text.empty() ? "" : ", ",
                        tables_.scenario->text(NameId{name}), show(field, around));
  }
  around.pop_back();
  return "{" + text + "}";
}

std::string Locals::show_handle(std::uint32_t handle) const {
  const Value value{handle};
  if (value.tag() != Tag::method || value.index() >= tables_.handles.size())
    return tables_.show(value);
  return tables_.show(tables_.handles[value.index()].object);
}

}  // namespace midstride::cli
