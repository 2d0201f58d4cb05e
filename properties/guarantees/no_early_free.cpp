// no-early-free: code is freed only when nobody holds it.
//
//   free(C)  =>  no live(C, holder)
//
// The walker, which goes over all roots right after the step in which C was freed, tells of every
// holder that it finds. Exercised: a free(C) while another version of C's module was in use (see
// active_loads.hpp).
#include <fmt/format.h>

#include "properties/by_id.hpp"
#include "properties/guarantees/active_loads.hpp"
#include "properties/guarantees/all.hpp"
#include "properties/guarantees/run_monitor.hpp"

namespace midstride::properties {

using namespace model;

namespace {

class NoEarlyFree final : public RunMonitor {
 public:
  void on(std::uint32_t index, const Event& event) override {
    switch (event.kind()) {
      case EventKind::enter: active_.enter(tables(), event.a, event.b); break;
      case EventKind::exit: active_.exit(tables(), event.a); break;
      case EventKind::generator:
        if (event.how() == static_cast<std::uint8_t>(GeneratorHow::dropped))
          active_.exit(tables(), event.b);
        break;
      case EventKind::free:
        freed_[event.a].yes = true;
        if (active_.another_in_use(tables(), event.a)) exercise();
        break;
      case EventKind::live:
        if (freed_.get(event.a).yes) live(index, event);
        break;
      default: break;
    }
  }

 private:
  struct Freed {
    bool yes = false;
  };

  void forget() override {
    active_.clear();
    freed_.clear();
  }

  // The bug is the kind of holder.
  void live(std::uint32_t index, const Event& event) {
    violate(index, event.b,
            fmt::format("nobody holds {}, which was freed", tables().show_code(event.a)),
            fmt::format("held by {}", name_of(static_cast<HolderKind>(event.b))));
  }

  ActiveLoads active_;
  ById<Freed> freed_;
};

}  // namespace

Guarantee no_early_free() {
  constexpr EventMask needs = mask_of(EventKind::free, EventKind::live);
  return {.name = "no-early-free",
          .statement = "Code is freed only when nobody holds it.",
          .antecedent = "code is freed while another version of its module is in use",
          .needs = needs,
          .sees = needs | mask_of(EventKind::enter, EventKind::exit, EventKind::generator),
          .make = make<NoEarlyFree>};
}

}  // namespace midstride::properties
