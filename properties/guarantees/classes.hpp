// What the stores say of each class: its methods and its base, now and at any earlier event.
#pragma once

#include <cstdint>
#include <vector>

#include "model/event.hpp"
#include "model/program.hpp"
#include "properties/by_id.hpp"
#include "properties/pair_ids.hpp"

namespace midstride::properties {

class Classes {
 public:
  static constexpr std::uint32_t now = 0xffff'ffff;

  void clear();
  // Takes any event; stores to classes are remembered.
  void on(std::uint32_t index, const model::Event& event);

  // After the event of that index.
  model::Value method(model::Value class_, model::NameId name, std::uint32_t at = now) const {
    return slot(class_, name.value, at);
  }
  model::Value base(model::Value class_, std::uint32_t at = now) const {
    return slot(class_, model::base_slot, at);
  }
  // In the class, or else in its base, and so on; absent if there is none.
  model::Value inherited(model::Value class_, model::NameId name, std::uint32_t at = now) const;
  bool is_subclass(model::Value class_, model::Value of, std::uint32_t at = now) const;
  // Whether the class's own dictionary has the function, under the name that the function has.
  bool has(const model::Tables& tables, model::Value class_, model::Value function,
           std::uint32_t at = now) const;

 private:
  struct Change {
    std::uint32_t index;  // of the store
    std::uint32_t slot;   // of slots_
    model::Value before;
  };
  struct Slot {
    model::Value value{};
  };
  model::Value slot(model::Value class_, std::uint32_t name, std::uint32_t at) const;

  PairIds ids_;  // of (class, name)
  ById<Slot> slots_;
  std::vector<Change> changes_;
};

// The line of the version that makes the class, if the top level of that version binds the name
// there and nowhere else; else null. A function has a line likewise.
const model::Line* only_definition(const model::Tables& tables, std::uint32_t module,
                                   std::uint32_t version, model::NameId name);

}  // namespace midstride::properties
