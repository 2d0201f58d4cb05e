#include "properties/guarantees/layouts.hpp"

namespace midstride::properties {

using namespace model;

void Layouts::on(const Event& event, const Tables& tables) {
  switch (event.kind()) {
    case EventKind::store:
      if (event.how() == static_cast<std::uint8_t>(StoreHow::layout)) store(event);
      break;
    case EventKind::create:
      if (Value{event.a}.tag() == Tag::instance)
        instances_[Value{event.a}.index()] = {.layout = event.c, .first = event.c};
      break;
    case EventKind::migrate: {
      Instance& instance = instances_[Value{event.a}.index()];
      instance.layout = event.c;
      instance.migrated = true;
      break;
    }
    case EventKind::reload_commit:
    case EventKind::reload_fail:
      std::erase_if(pending_, [&](const Pending& pending) {
        const std::uint32_t batch = tables.attempts[event.a].batch;
        if (tables.attempts[pending.attempt].batch != batch) return false;
        Class& class_ = classes_[pending.class_];
        class_.committed = class_.current;
        return true;
      });
      break;
    default: break;
  }
}

// A class comes with its layout, which is nobody's change.
void Layouts::store(const Event& event) {
  const std::uint32_t index = Owner{event.a}.index();
  Class& class_ = classes_[index];
  const bool taken_back = class_.current != 0 && before(class_.current) == event.c;
  if (!taken_back) layouts_[event.c].before = class_.current;
  class_.current = event.c;
  if (event.actor().kind() == ActorKind::machinery) {
    pending_.push_back({event.actor().index(), index});
  } else {
    class_.committed = event.c;
  }
}

}  // namespace midstride::properties
