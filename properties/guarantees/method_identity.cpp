// method-identity: a method that is held stays what it was: its class, its function and its self.
//
//   bind(S, H, _) < call(S, H', _), no write(_, S, _) in between, H a method
//       =>  H and H' are the same in object, class, function and self
//   assign_read_only(_, _, E)  =>  E is an error
//
// Exercised: such a call after the commit of a reload that came after the bind, or an assignment
// after any such commit.
#include <fmt/format.h>

#include "properties/by_id.hpp"
#include "properties/guarantees/all.hpp"
#include "properties/guarantees/run_monitor.hpp"

namespace midstride::properties {

using namespace model;

namespace {

class MethodIdentity final : public RunMonitor {
  enum Bug : std::uint32_t { method_changed, assignment_went_through };

 public:
  void on(std::uint32_t index, const Event& event) override {
    switch (event.kind()) {
      case EventKind::write: slots_[event.b] = {}; break;
      case EventKind::bind: slots_[event.a] = {event.b, commits_}; break;
      case EventKind::call: call(index, event); break;
      case EventKind::assign_read_only: assign(index, event); break;
      case EventKind::reload_commit: commits_ += is_reload(event.a) ? 1U : 0U; break;
      default: break;
    }
  }

 private:
  struct Slot {
    std::uint32_t handle = 0;   // 0: nothing is held
    std::uint32_t commits = 0;  // that came before the bind
  };

  void forget() override {
    slots_.clear();
    commits_ = 0;
  }

  void call(std::uint32_t index, const Event& event) {
    const Slot slot = slots_.get(event.a);
    if (Value{slot.handle}.tag() != Tag::method) return;
    if (slot.commits != commits_) exercise();
    if (event.b == slot.handle || same(slot.handle, event.b)) return;
    violate(index, method_changed,
            fmt::format("the {} that was bound", show_handle(tables(), slot.handle)),
            fmt::format("the {} is called", show_handle(tables(), event.b)));
  }

  bool same(std::uint32_t bound, std::uint32_t called) const {
    const Value value{called};
    if (value.tag() != Tag::method) return false;
    return tables().handles[Value{bound}.index()] == tables().handles[value.index()];
  }

  void assign(std::uint32_t index, const Event& event) {
    if (commits_ != 0) exercise();
    if (event.c != no_error) return;
    violate(index, assignment_went_through,
            "an error: class, function and self of a method are read only",
            fmt::format("the assignment to an attribute of the {} went through",
                        show_handle(tables(), event.b)));
  }

  ById<Slot> slots_;
  std::uint32_t commits_ = 0;
};

}  // namespace

Guarantee method_identity() {
  constexpr EventMask needs = mask_of(EventKind::bind, EventKind::call, EventKind::assign_read_only,
                                      EventKind::reload_commit);
  return {.name = "method-identity",
          .statement =
              "A held method keeps its class, function and self, and nobody can assign to them.",
          .antecedent = "a held method is called, or an assignment is tried, after a commit",
          .needs = needs,
          .sees = needs | mask_of(EventKind::write),
          .make = make<MethodIdentity>};
}

}  // namespace midstride::properties
