// monotone: what one tasklet sees through one name does not get older.
//
//   T resolves m.x to a load of version v, and later to a load of version v'
//       =>  v' >= v, or an item (m, from -> to) with to < from began or was committed in between
//
// Names last stored by program code and names that are not there are passed over. Exercised: a
// tasklet resolves a name before and after the commit of a reload of its module.
#include <fmt/format.h>

#include "properties/by_id.hpp"
#include "properties/guarantees/all.hpp"
#include "properties/guarantees/run_monitor.hpp"
#include "properties/pair_ids.hpp"

namespace midstride::properties {

using namespace model;

namespace {

class Monotone final : public RunMonitor {
 public:
  void on(std::uint32_t index, const Event& event) override {
    switch (event.kind()) {
      case EventKind::resolve:
        if (event.actor().kind() == ActorKind::tasklet) resolve(index, event);
        break;
      case EventKind::reload_item:
        reverting_[event.a] = (event.c & 0xffff) < event.c >> 16;
        if (reverting_[event.a]) ++modules_[event.b].reverts;
        break;
      case EventKind::reload_commit: {
        if (!is_reload(event.a)) break;
        Module& module = modules_[attempt(event.a).module];
        ++module.commits;
        if (reverting_[event.a]) ++module.reverts;
        break;
      }
      default: break;
    }
  }

 private:
  struct Module {
    std::uint32_t commits = 0;
    std::uint32_t reverts = 0;  // beginnings and commits of items that go back
  };
  struct Seen {
    std::uint32_t load = no_load;
    Module then;
  };

  void forget() override {
    modules_.clear();
    reverting_.clear();
    ids_.clear();
    seen_.clear();
  }

  void resolve(std::uint32_t index, const Event& event) {
    if (event.c == no_load || Value{event.b} == Value::absent()) return;
    const Module now = modules_.get(event.a >> 16);
    Seen& seen = seen_[ids_(event.actor().index(), event.a)];
    if (seen.load != no_load) {
      if (seen.then.commits != now.commits) exercise();
      const bool back = attempt(event.c).to < attempt(seen.load).to;
      if (back && seen.then.reverts == now.reverts) went_back(index, event, seen.load);
    }
    seen = {event.c, now};
  }

  void went_back(std::uint32_t index, const Event& event, std::uint32_t before) {
    const std::string name = show_name(tables(), event.a);
    violate(index, 0,
            fmt::format("{} gets nothing older through {} than {}",
                        tables().show_actor(event.actor()), name, show_load(tables(), before)),
            show_load(tables(), event.c));
  }

  ById<Module> modules_;
  ById<std::uint8_t> reverting_;  // by attempt
  PairIds ids_;                   // of (tasklet, name)
  ById<Seen> seen_;
};

}  // namespace

Guarantee monotone() {
  constexpr EventMask needs =
      mask_of(EventKind::resolve, EventKind::reload_item, EventKind::reload_commit);
  return {.name = "monotone",
          .statement =
              "The versions that a tasklet sees through one name never go back, unless a reload to "
              "an older "
              "version began.",
          .antecedent = "a tasklet resolves one name before and after a commit of its module",
          .needs = needs,
          .sees = needs,
          .make = make<Monotone>};
}

}  // namespace midstride::properties
