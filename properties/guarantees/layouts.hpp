// Which fields classes give their instances, and which layout an instance has, as the events tell:
// for the monitors that judge the use and the migration of instances.
#pragma once

#include <cstdint>
#include <vector>

#include "model/event.hpp"
#include "properties/by_id.hpp"

namespace midstride::properties {

class Layouts {
 public:
  void clear() {
    layouts_.clear();
    classes_.clear();
    instances_.clear();
    pending_.clear();
  }

  void on(const model::Event& event, const model::Tables& tables);

  std::uint32_t layout_of(std::uint32_t instance) const { return instances_.get(instance).layout; }
  std::uint32_t made_with(std::uint32_t instance) const { return instances_.get(instance).first; }
  bool was_migrated(std::uint32_t instance) const { return instances_.get(instance).migrated; }
  // The layout that this one follows, or 0.
  std::uint32_t before(std::uint32_t layout) const { return layouts_.get(layout).before; }
  // Of the class: what its instances are to have, by the last reload that committed, and by one
  // that is under way.
  std::uint32_t committed(std::uint32_t class_) const { return classes_.get(class_).committed; }
  std::uint32_t current(std::uint32_t class_) const { return classes_.get(class_).current; }

 private:
  struct Layout {
    std::uint32_t before = 0;
  };
  struct Class {
    std::uint32_t current = 0, committed = 0;
  };
  struct Instance {
    std::uint32_t layout = 0, first = 0;
    bool migrated = false;
  };
  struct Pending {
    std::uint32_t attempt, class_;
  };

  void store(const model::Event& event);

  ById<Layout> layouts_;
  ById<Class> classes_;
  ById<Instance> instances_;
  std::vector<Pending> pending_;
};

}  // namespace midstride::properties
