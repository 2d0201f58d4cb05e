// activation: a frame runs the code that it entered with, to its end.
//
//   enter(F, C, _) < op(F, C', _)  =>  C' = C
//
// C' is read from the code block that the program counter points into, not from the frame:
// otherwise nothing could break it. Exercised: an op of F after the commit of a reload that came
// after enter(F).
#include <fmt/format.h>

#include "properties/by_id.hpp"
#include "properties/guarantees/all.hpp"
#include "properties/guarantees/run_monitor.hpp"

namespace midstride::properties {

using namespace model;

namespace {

class Activation final : public RunMonitor {
 public:
  void on(std::uint32_t index, const Event& event) override {
    switch (event.kind()) {
      case EventKind::enter: frames_[event.a] = {event.b, commits_}; break;
      case EventKind::op: op(index, event); break;
      case EventKind::reload_commit: commits_ += is_reload(event.a) ? 1U : 0U; break;
      default: break;
    }
  }

 private:
  struct Frame {
    std::uint32_t code = no_code;
    std::uint32_t commits = 0;  // that came before it
  };

  void forget() override {
    frames_.clear();
    commits_ = 0;
  }

  void op(std::uint32_t index, const Event& event) {
    const Frame frame = frames_.get(event.a);
    if (frame.code == no_code) return;
    if (frame.commits != commits_) exercise();
    if (event.b == frame.code) return;
    violate(index, 0,
            fmt::format("frame {} runs {}, with which it entered", event.a,
                        tables().show_code(frame.code)),
            fmt::format("it runs {} at {}", tables().show_code(event.b), event.c));
  }

  ById<Frame> frames_;
  std::uint32_t commits_ = 0;
};

}  // namespace

Guarantee activation() {
  constexpr EventMask needs = mask_of(EventKind::enter, EventKind::op, EventKind::reload_commit);
  return {.name = "activation",
          .statement = "Every op of a frame runs the code that the frame entered with.",
          .antecedent = "a frame runs an op after a reload committed while it was active",
          .needs = needs,
          .sees = needs,
          .make = make<Activation>};
}

}  // namespace midstride::properties
