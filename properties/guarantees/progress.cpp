// progress: a reload comes to its end, and nobody waits for it but who asked for it.
//
//   (1) wait(A, A): A waits for frames of its modules to end; no frame of any of them is left
//           =>  A is woken
//   (2) the steps of A are at most 16 for each of its modules, and 4 for each name of these, each
//       tasklet, each object that the run has made, and each time that A waited
//   (3) A stops elsewhere than in its body  =>  it has said what it waits for
//   (4) all of A's batch is over  =>  the tasklet that asked for it is woken
//   (5) a tasklet waits for a reload  =>  it has asked for it
//
// So under any schedule that lets everybody go on in turn, such as round-robin, a reload ends
// within a number of turns that the program bounds, where the frames that it waits for and its body
// do: it goes on when they have ended (1), it does not stop for anything else (3), and it has only
// so much to do (2). (1) and (4) are judged at the end of a run that nothing cut short. While a
// frame of its modules is there, a reload may wait for ever. One that waits for another one is the
// business of `serial`. Exercised: a reload waits for frames.
#include <fmt/format.h>

#include <vector>

#include "properties/by_id.hpp"
#include "properties/guarantees/all.hpp"
#include "properties/guarantees/run_monitor.hpp"

namespace midstride::properties {

using namespace model;

namespace {

class Progress final : public RunMonitor {
  enum Bug : std::uint32_t { not_woken, endless, stops_silently, requester_left, bystander_waits };
  static constexpr std::uint32_t steps_for_module = 16;
  static constexpr std::uint32_t steps_for_each = 4;

 public:
  void on(std::uint32_t index, const Event& event) override {
    switch (event.kind()) {
      case EventKind::enter: enter(event); break;
      case EventKind::exit: exit(event.a); break;
      case EventKind::generator: generator(event); break;
      case EventKind::reload_wait:
        attempts_[first_of(event.a)].says_so = true;
        ++attempts_[first_of(event.a)].waits;
        if (event.a != event.b) break;
        exercise();
        attempts_[first_of(event.a)].since = index + 1;
        waited_.push_back(event.a);
        break;
      case EventKind::wake: woken(event.a); break;
      case EventKind::kill: asked_[event.a] = {}; break;
      case EventKind::reload_request:
        if (event.b == no_task) break;
        asked_[event.b] = {first_of(event.a), index};
        break;
      case EventKind::reload_commit:
      case EventKind::reload_fail:
      case EventKind::reload_reject: over_[event.a] = true; break;
      case EventKind::reload_step:
        if (event.how() == 0 && is_reload(event.a)) step(index, event.a);
        break;
      case EventKind::create: ++objects_; break;
      case EventKind::block:
        if (static_cast<BlockHow>(event.how()) == BlockHow::park) park(index, event.actor());
        break;
      case EventKind::idle: requesters_left(); break;
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
      const Attempt waiting = attempts_.get(first_of(id));
      if (waiting.since == 0 || frames_left(id)) continue;
      violate(waiting.since - 1, not_woken,
              fmt::format("{} goes on, since no frame of its module is left",
                          tables().show_attempt(id)),
              "nobody woke it");
    }
  }

 private:
  struct Attempt {            // a whole batch, by its first attempt
    std::uint32_t since = 0;  // index of the wait for frames + 1; 0: it does not wait for any
    std::uint32_t waits = 0;
    std::uint32_t steps = 0;
    bool says_so = false;  // that it waits
  };
  struct Task {
    std::uint32_t id = none;
  };
  struct Asked {
    std::uint32_t id = none;  // the reload that it waits for
    std::uint32_t at = 0;     // index of the request
  };

  void forget() override {
    attempts_.clear();
    over_.clear();
    asked_.clear();
    objects_ = 0;
    waited_.clear();
    attempt_of_task_.clear();
    module_of_frame_.clear();
    frames_.clear();
  }

  // Waiting is the business of a whole batch.
  std::uint32_t first_of(std::uint32_t id) const { return attempt(id).batch; }

  void woken(std::uint32_t task) {
    asked_[task] = {};
    const std::uint32_t attempt = attempt_of_task_.get(task).id;
    if (attempt == none) return;
    attempts_[first_of(attempt)].since = 0;
    attempts_[first_of(attempt)].says_so = false;
  }

  void step(std::uint32_t index, std::uint32_t id) {
    Attempt& row = attempts_[first_of(id)];
    const std::uint32_t steps_max = this->steps_max(first_of(id));
    if (++row.steps <= steps_max) return;
    violate(index, endless,
            fmt::format("{} has at most {} steps to do", tables().show_attempt(id), steps_max),
            "it begins another one");
  }
  std::uint32_t steps_max(std::uint32_t first) const {
    std::uint32_t steps = 0;
    auto each =
        static_cast<std::uint32_t>(tables().tasks.size()) + objects_ + attempts_.get(first).waits;
    for (std::uint32_t one = first; one < tables().attempts.size(); ++one) {
      if (attempt(one).batch != first) break;
      steps += steps_for_module;
      each +=
          static_cast<std::uint32_t>(tables().program->modules[attempt(one).module].slots.size());
    }
    return steps + steps_for_each * each;
  }

  void park(std::uint32_t index, Actor actor) {
    if (actor.kind() == ActorKind::tasklet && asked_.get(actor.index()).id == none)
      violate(index, bystander_waits,
              fmt::format("{} waits for no reload, since it has not asked for any",
                          tables().show_actor(actor)),
              "it does");
    if (actor.kind() == ActorKind::machinery && !attempts_.get(first_of(actor.index())).says_so)
      violate(index, stops_silently,
              fmt::format("{} goes on, since it waits for nothing",
                          tables().show_attempt(actor.index())),
              "it stops");
  }

  void requesters_left() {
    for (std::uint32_t task = 0; task < asked_.size(); ++task) {
      const Asked asked = asked_.get(task);
      if (asked.id == none || !is_over(asked.id)) continue;
      violate(asked.at, requester_left,
              fmt::format("{} goes on, since {} is over", tables().show_task(task),
                          tables().show_attempt(asked.id)),
              "nobody woke it");
    }
  }
  bool is_over(std::uint32_t first) const {
    for (std::uint32_t one = first; one < tables().attempts.size(); ++one) {
      if (attempt(one).batch == first && !over_.get(one)) return false;
    }
    return true;
  }

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

  ById<Attempt> attempts_;
  ById<std::uint8_t> over_;
  ById<Asked> asked_;  // by the task that asked
  std::uint32_t objects_ = 0;
  std::vector<std::uint32_t> waited_;
  ById<Task> attempt_of_task_;
  ById<std::uint32_t> module_of_frame_;  // module + 1; 0: it is not active
  ById<std::uint32_t> frames_;           // by module
};

}  // namespace

Guarantee progress() {
  constexpr EventMask needs = mask_of(EventKind::enter, EventKind::exit, EventKind::reload_step,
                                      EventKind::reload_wait, EventKind::wake);
  return {
      .name = "progress",
      .statement =
          "A reload comes to its end when the frames that it waits for have ended, and only who "
          "asked for it waits for it.",
      .antecedent = "a reload waits for frames of its module",
      .needs = needs,
      .sees =
          needs | mask_of(EventKind::switch_, EventKind::reload_request, EventKind::reload_commit,
                          EventKind::reload_fail, EventKind::reload_reject, EventKind::create,
                          EventKind::block, EventKind::kill, EventKind::idle, EventKind::generator),
      .make = make<Progress>};
}

}  // namespace midstride::properties
