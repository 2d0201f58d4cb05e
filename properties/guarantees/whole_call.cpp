// whole-call: a call is of one version: what it enters is what its arguments were checked against.
//
//   look or bind(S, H, _) < commit < call(S, H, C), and right after it, by the same actor,
//   enter(_, C', G), or throw(_, _, G) with C' = C  =>  C' = G
//
// or the generator that is made instead, in place of enter. G is the code whose signature was
// checked. Of a handle whose code changed between look-up and entry both must be as at the look-up
// or both as at the entry; so a refusal that is wholly new is no violation. The implication is
// checked for every call: a reload may change code before it commits. Exercised: such a call, with
// the commit of a reload in that window.
#include <fmt/format.h>

#include "properties/by_id.hpp"
#include "properties/guarantees/all.hpp"
#include "properties/guarantees/run_monitor.hpp"

namespace midstride::properties {

using namespace model;

namespace {

class WholeCall final : public RunMonitor {
  enum Bug : std::uint32_t { entered_what_was_not_checked, refused_for_what_was_not_called };

 public:
  void on(std::uint32_t index, const Event& event) override {
    switch (event.kind()) {
      case EventKind::look: slots_[event.a] = {event.b, commits_, true}; break;
      case EventKind::bind: slots_[event.a] = {event.b, commits_, false}; break;
      case EventKind::call: call(event); break;
      case EventKind::enter:
        if (waiting_ && event.actor() == actor_ && event.b != event.c) entered(index, event);
        waiting_ = false;
        break;
      case EventKind::generator:
        if (event.how() != static_cast<std::uint8_t>(GeneratorHow::made)) break;
        if (waiting_ && event.actor() == actor_ && event.c != event.b) made(index, event);
        waiting_ = false;
        break;
      case EventKind::throw_:
        if (waiting_ && event.actor() == actor_ && event.c != no_code && event.c != called_)
          refused(index, event);
        waiting_ = false;
        break;
      case EventKind::reload_commit: commits_ += is_reload(event.a) ? 1U : 0U; break;
      default: break;
    }
  }

 private:
  struct Slot {
    std::uint32_t handle = 0;   // 0: nothing was looked up into it
    std::uint32_t commits = 0;  // that came before the look-up
    bool once = false;          // a temporary: the call uses it up
  };

  void forget() override {
    slots_.clear();
    commits_ = 0;
    waiting_ = false;
  }

  void call(const Event& event) {
    waiting_ = true;
    actor_ = event.actor();
    called_ = event.c;
    const Slot slot = slots_.get(event.a);
    if (slot.handle != event.b) return;
    if (slot.commits != commits_) exercise();
    if (slot.once) slots_[event.a] = {};
  }

  void entered(std::uint32_t index, const Event& event) { entered(index, event.b, event.c); }
  void made(std::uint32_t index, const Event& event) { entered(index, event.c, event.b); }
  void entered(std::uint32_t index, std::uint32_t code, std::uint32_t checked) {
    violate(index, entered_what_was_not_checked,
            fmt::format("the call enters {}, against which its arguments were checked",
                        tables().show_code(checked)),
            fmt::format("it enters {}", tables().show_code(code)));
  }
  void refused(std::uint32_t index, const Event& event) {
    violate(
        index, refused_for_what_was_not_called,
        fmt::format("the arguments are checked against {}, which is called",
                    tables().show_code(called_)),
        fmt::format("{}, against {}", tables().show_error(event.b), tables().show_code(event.c)));
  }

  ById<Slot> slots_;
  std::uint32_t commits_ = 0;
  bool waiting_ = false;  // for the enter or throw of a call
  Actor actor_{};
  std::uint32_t called_ = no_code;
};

}  // namespace

Guarantee whole_call() {
  constexpr EventMask needs =
      mask_of(EventKind::look, EventKind::bind, EventKind::call, EventKind::enter,
              EventKind::throw_, EventKind::reload_commit);
  return {.name = "whole-call",
          .statement =
              "The code that a call enters is the code against which its arguments were checked.",
          .antecedent = "a commit comes between a handle's look-up and its call",
          .needs = needs,
          .sees = needs | mask_of(EventKind::generator),
          .make = make<WholeCall>};
}

}  // namespace midstride::properties
