// progress: a reload does not wait for what is over.
//
//   wait(A, A): A waits for frames of its modules to end; no frame of any of them is left
//       =>  A is woken
//
// Judged at the end of a run that nothing cut short. While such a frame is there, the reload may
// wait for ever. A reload that waits for another one is the business of `serial`. Exercised: a
// reload waits for frames.
#include <fmt/format.h>

#include <vector>

#include "properties/by_id.hpp"
#include "properties/guarantees/all.hpp"
#include "properties/guarantees/run_monitor.hpp"

namespace midstride::properties {

using namespace model;

namespace {

class Progress final : public RunMonitor {
 public:
  void on(std::uint32_t index, const Event& event) override {
    switch (event.kind()) {
      case EventKind::enter: enter(event); break;
      case EventKind::exit: exit(event.a); break;
      case EventKind::generator: generator(event); break;
      case EventKind::reload_wait:
        if (event.a != event.b) break;
        exercise();
        waits_[event.a] = {index + 1};
        waited_.push_back(event.a);
        break;
      case EventKind::wake: {
        const std::uint32_t attempt = attempt_of_task_.get(event.a).id;
        if (attempt != none) waits_[first_of(attempt)] = {};
        break;
      }
      case EventKind::switch_: {
        const ActorKind kind = event.actor().kind();
        if (kind == ActorKind::machinery || kind == ActorKind::body)
          attempt_of_task_[event.a].id = event.actor().index();
        break;
      }
      default: break;
    }
  }

  void finish() override {
    if (!facts().ended_normally) return;
    for (const std::uint32_t id : waited_) {
      const Wait wait = waits_.get(first_of(id));
      if (wait.since == 0 || frames_left(id)) continue;
      violate(wait.since - 1, 0,
              fmt::format("{} goes on, since no frame of its module is left",
                          tables().show_attempt(id)),
              "nobody woke it");
    }
  }

 private:
  struct Wait {
    std::uint32_t since = 0;  // index of the event + 1; 0: it does not wait
  };
  struct Task {
    std::uint32_t id = none;
  };

  void forget() override {
    waits_.clear();
    waited_.clear();
    attempt_of_task_.clear();
    module_of_frame_.clear();
    frames_.clear();
  }

  // Waiting is the business of a whole batch.
  std::uint32_t first_of(std::uint32_t id) const { return attempt(id).batch; }

  void enter(const Event& event) {
    const CodeRow& code = tables().codes[event.b];
    if (code.module == no_module) return;
    module_of_frame_[event.a] = code.module + 1;
    ++frames_[code.module];
  }
  void exit(std::uint32_t frame) {
    std::uint32_t& module = module_of_frame_[frame];
    if (module != 0) --frames_[module - 1];
    module = 0;
  }
  // One that is not entered yet counts as a frame.
  void generator(const Event& event) {
    const CodeRow& code = tables().codes[event.c];
    const auto how = static_cast<GeneratorHow>(event.how());
    if (code.module == no_module) return;
    if (how == GeneratorHow::made) ++frames_[code.module];
    const bool ends = how == GeneratorHow::resumed || how == GeneratorHow::dropped;
    if (ends && event.b == 0) --frames_[code.module];
    if (how == GeneratorHow::dropped && event.b != 0) exit(event.b);
  }

  bool frames_left(std::uint32_t id) const {
    const std::uint32_t first = first_of(id);
    for (std::uint32_t one = first; one < tables().attempts.size(); ++one) {
      if (attempt(one).batch == first && frames_.get(attempt(one).module) != 0) return true;
    }
    return false;
  }

  ById<Wait> waits_;  // by the first attempt of a batch
  std::vector<std::uint32_t> waited_;
  ById<Task> attempt_of_task_;
  ById<std::uint32_t> module_of_frame_;  // module + 1; 0: it is not active
  ById<std::uint32_t> frames_;           // by module
};

}  // namespace

Guarantee progress() {
  constexpr EventMask needs =
      mask_of(EventKind::enter, EventKind::exit, EventKind::reload_wait, EventKind::wake);
  return {
      .name = "progress",
      .statement = "A reload that waits for frames to end goes on when the last of them has ended.",
      .antecedent = "a reload waits for frames of its module",
      .needs = needs,
      .sees = needs | mask_of(EventKind::switch_, EventKind::generator),
      .make = make<Progress>};
}

}  // namespace midstride::properties
