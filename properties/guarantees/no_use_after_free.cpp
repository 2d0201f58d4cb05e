// no-use-after-free: freed code is never run, entered or called again.
//
//   free(C) < E  =>  E is none of touch(C), op(_, C, _), enter(_, C, _), call(_, _, C)
//
// Exercised: a free(C) while another version of C's module was in use (see active_loads.hpp).
#include <fmt/format.h>

#include "properties/by_id.hpp"
#include "properties/guarantees/active_loads.hpp"
#include "properties/guarantees/all.hpp"
#include "properties/guarantees/run_monitor.hpp"

namespace midstride::properties {

using namespace model;

namespace {

class NoUseAfterFree final : public RunMonitor {
 public:
  void on(std::uint32_t index, const Event& event) override {
    switch (event.kind()) {
      case EventKind::op:
        if (freed_.get(event.b).yes) used(index, event, event.b);
        break;
      case EventKind::enter:
        active_.enter(tables(), event.a, event.b);
        if (freed_.get(event.b).yes) used(index, event, event.b);
        break;
      case EventKind::exit: active_.exit(tables(), event.a); break;
      case EventKind::generator:
        if (event.how() == static_cast<std::uint8_t>(GeneratorHow::dropped))
          active_.exit(tables(), event.b);
        break;
      case EventKind::call:
        if (freed_.get(event.c).yes) used(index, event, event.c);
        break;
      case EventKind::touch: used(index, event, event.a); break;
      case EventKind::free:
        freed_[event.a].yes = true;
        if (active_.another_in_use(tables(), event.a)) exercise();
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

  // The bug is the kind of use.
  void used(std::uint32_t index, const Event& event, std::uint32_t code) {
    violate(index, static_cast<std::uint32_t>(event.kind()),
            fmt::format("nobody uses {}, which was freed", tables().show_code(code)),
            fmt::format("{} does ({})", tables().show_actor(event.actor()), name_of(event.kind())));
  }

  ActiveLoads active_;
  ById<Freed> freed_;
};

}  // namespace

Guarantee no_use_after_free() {
  constexpr EventMask needs = mask_of(EventKind::free, EventKind::touch);
  return {.name = "no-use-after-free",
          .statement = "Freed code is never run, entered or called.",
          .antecedent = "code is freed while another version of its module is in use",
          .needs = needs,
          .sees = needs | mask_of(EventKind::op, EventKind::enter, EventKind::exit, EventKind::call,
                                  EventKind::generator),
          .make = make<NoUseAfterFree>};
}

}  // namespace midstride::properties
