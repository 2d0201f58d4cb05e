// scheduler: the machinery of a reload does not disturb those who run.
//
//   step(A, S) before, with digest D; step(A, S) after, with digest D'; nobody ran in between
//       =>  D' = D
//
// The digest is over everything that decides who can run: queues, blocked and pending flags, the
// order of the runnable. The reload's own task, its requester and other reloads are left out of it.
// Exercised: such a pair, of a reload, in a run in which sim's state is watched (otherwise the
// digests are 0).
#include <fmt/format.h>

#include "properties/by_id.hpp"
#include "properties/guarantees/all.hpp"
#include "properties/guarantees/run_monitor.hpp"

namespace midstride::properties {

using namespace model;

namespace {

class Scheduler final : public RunMonitor {
 public:
  void on(std::uint32_t index, const Event& event) override {
    switch (event.kind()) {
      case EventKind::reload_step: step(index, event); break;
      case EventKind::reload_wait:
      case EventKind::switch_: open_.attempt = none; break;
      default: break;
    }
  }

 private:
  struct Open {
    std::uint32_t attempt = none;
    std::uint32_t step = 0;
    std::uint32_t digest = 0;
  };

  void forget() override { open_ = {}; }

  // Steps do not nest, and one in which somebody else ran is not judged: so at most one is open.
  void step(std::uint32_t index, const Event& event) {
    if (event.how() == 0) {
      open_ = {event.a, event.b, event.c};
      return;
    }
    const Open before = open_;
    open_.attempt = none;
    if (before.attempt != event.a || before.step != event.b) return;
    if (before.digest != 0 && is_reload(event.a)) exercise();
    if (before.digest != event.c) disturbed(index, event);
  }

  // The bug is the step.
  void disturbed(std::uint32_t index, const Event& event) {
    violate(index, event.b,
            "who is blocked, runnable or to be raised in is as it was before the step",
            fmt::format("it changed in the step {} of {}", name_of(static_cast<Step>(event.b)),
                        tables().show_attempt(event.a)));
  }

  Open open_;
};

}  // namespace

Guarantee scheduler() {
  constexpr EventMask needs = mask_of(EventKind::reload_step);
  return {.name = "scheduler",
          .statement =
              "No step of a reload's machinery changes who is blocked, runnable or about to be "
              "raised in.",
          .antecedent = "a reload makes a step while sim's state is watched",
          .needs = needs,
          .sees = needs | mask_of(EventKind::reload_wait, EventKind::switch_),
          .make = make<Scheduler>};
}

}  // namespace midstride::properties
