#include "properties/guarantees/classes.hpp"

#include <algorithm>

namespace midstride::properties {

using namespace model;

void Classes::clear() {
  ids_.clear();
  slots_.clear();
  changes_.clear();
}

void Classes::on(std::uint32_t index, const Event& event) {
  const Owner owner{event.a};
  if (event.kind() != EventKind::store || owner.kind() != Owner::Kind::class_) return;
  const std::uint32_t id = ids_(owner.index(), event.b);
  Slot& slot = slots_[id];
  changes_.push_back({index, id, slot.value});
  slot.value = Value{event.c};
}

bool Classes::has(const Tables& tables, Value class_, Value function, std::uint32_t at) const {
  if (function.tag() != Tag::function) return false;
  const EntityRow& made = tables.functions[function.index()];
  const NameId name = tables.program->functions[made.function_or_class].name;
  return method(class_, name, at) == function;
}

Value Classes::slot(Value class_, std::uint32_t name, std::uint32_t at) const {
  const auto id = ids_.known(class_.index(), name);
  if (!id) return Value::absent();
  if (at != now) {
    const auto first = std::ranges::upper_bound(changes_, at, {}, &Change::index);
    const auto change =
        std::find_if(first, changes_.end(), [&](const Change& later) { return later.slot == *id; });
    if (change != changes_.end()) return change->before;
  }
  return slots_.get(*id).value;
}

Value Classes::inherited(Value class_, NameId name, std::uint32_t at) const {
  for (; class_ != Value::absent(); class_ = base(class_, at)) {
    const Value function = method(class_, name, at);
    if (function != Value::absent()) return function;
  }
  return Value::absent();
}

bool Classes::is_subclass(Value class_, Value of, std::uint32_t at) const {
  while (class_ != Value::absent() && class_ != of) class_ = base(class_, at);
  return class_ == of;
}

const Line* only_definition(const Tables& tables, std::uint32_t module, std::uint32_t version,
                            NameId name) {
  const Line* found = nullptr;
  for (const Version& candidate : tables.scenario->modules[module].versions) {
    if (candidate.number != version) continue;
    const std::vector<Line>& lines = candidate.lines;
    for (std::size_t at = 0; at < lines.size(); ++at) {
      const LineKind kind = lines[at].kind;
      const bool definition = kind == LineKind::def_ || kind == LineKind::class_;
      if (binds_name(kind) && lines[at].name == name) {
        if (found != nullptr || !definition) return nullptr;
        found = &lines[at];
      }
      if (definition) at = block_end(lines, at);
    }
  }
  return found;
}

}  // namespace midstride::properties
