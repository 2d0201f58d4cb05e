// serial: reloads of one module come one after the other, and none gets lost.
//
//   1. begin(A)  =>  no other attempt on A's module is between its begin and its end
//   2. item(A, m, from -> to)  =>  from is the version of m that was committed last
//      commit(A)  =>  nobody has committed A's module since A began
//   3. request(A)  =>  A commits, fails or is rejected before its task ends
//      wait(A, B), B ends  =>  A is woken, if the run ended normally
//
// A request that nobody let run yet, or that waits for one that has not ended, is not lost.
// Exercised: a request for a module of which another request has not ended.
#include <fmt/format.h>

#include "properties/by_id.hpp"
#include "properties/guarantees/all.hpp"
#include "properties/guarantees/run_monitor.hpp"

namespace midstride::properties {

using namespace model;

namespace {

class Serial final : public RunMonitor {
  enum Bug : std::uint32_t { interleaved, stale_start, lost };

 public:
  void on(std::uint32_t index, const Event& event) override {
    switch (event.kind()) {
      case EventKind::reload_request: request(event.a); break;
      case EventKind::reload_wait: attempts_[event.a].waits_for = event.b; break;
      case EventKind::reload_begin: began(index, event.a); break;
      case EventKind::reload_item: item(index, event); break;
      case EventKind::reload_commit: commit(index, event.a); break;
      case EventKind::reload_fail:
      case EventKind::reload_reject: end(index, event.a); break;
      case EventKind::switch_:
        if (of_attempt(event.actor())) goes_on(event.actor().index(), event.a);
        break;
      case EventKind::wake: wake(attempt_of_task_.get(event.a).id); break;
      case EventKind::end:
        if (of_attempt(event.actor())) task_ended(index, event.actor().index());
        break;
      default: break;
    }
  }

  void finish() override {
    if (!facts().ended_normally) return;
    for (std::uint32_t id = 0; id < attempts_.size(); ++id) {
      const Attempt row = attempts_.get(id);
      if (row.waits_for == none || !row.known_task) continue;
      const Attempt awaited = attempts_.get(row.waits_for);
      if (!awaited.ended) continue;
      violate(awaited.end, lost,
              fmt::format("{} goes on, since {}, for which it waits, has ended",
                          tables().show_attempt(id), tables().show_attempt(row.waits_for)),
              "nobody woke it");
    }
  }

 private:
  struct Attempt {
    std::uint32_t waits_for = none;  // attempt
    std::uint32_t start = none;      // the attempt that was committed last when it began
    std::uint32_t end = 0;           // index of the event
    bool requested = false, open = false, ended = false;
    bool known_task = false;
  };
  struct Module {
    std::uint32_t committed = none;  // attempt
    std::uint32_t open = none;       // the attempt that began last, until it ends
    std::uint32_t requests = 0;      // of reloads, that have not ended
  };
  struct Task {
    std::uint32_t id = none;  // attempt
  };

  void forget() override {
    attempts_.clear();
    modules_.clear();
    attempt_of_task_.clear();
  }

  static bool of_attempt(Actor actor) {
    return actor.kind() == ActorKind::machinery || actor.kind() == ActorKind::body;
  }

  void request(std::uint32_t id) {
    attempts_[id].requested = true;
    if (!is_reload(id)) return;
    if (modules_[attempt(id).module].requests++ != 0) exercise();
  }

  void began(std::uint32_t index, std::uint32_t id) {
    Module& module = modules_[attempt(id).module];
    if (module.open != none && attempts_.get(module.open).open) interleave(index, id, module.open);
    module.open = id;
    Attempt& row = attempts_[id];
    row.open = true;
    row.waits_for = none;
    row.start = module.committed;
  }

  void item(std::uint32_t index, const Event& event) {
    if (!is_reload(event.a)) return;
    const std::uint32_t committed = modules_.get(event.b).committed;
    const std::uint32_t version = committed == none ? 0 : attempt(committed).to;
    if (event.c >> 16 != version) stale(index, event.a, event.c >> 16, version);
  }

  void commit(std::uint32_t index, std::uint32_t id) {
    Module& module = modules_[attempt(id).module];
    const std::uint32_t start = attempts_.get(id).start;
    if (is_reload(id) && attempts_.get(id).open && start != module.committed) {
      stale(index, id, start == none ? 0 : attempt(start).to, attempt(module.committed).to);
    }
    module.committed = id;
    end(index, id);
  }

  void end(std::uint32_t index, std::uint32_t id) {
    Attempt& row = attempts_[id];
    if (row.requested && !row.ended && is_reload(id)) --modules_[attempt(id).module].requests;
    row.open = false;
    row.ended = true;
    row.end = index;
    row.waits_for = none;
  }

  void goes_on(std::uint32_t id, std::uint32_t task) {
    attempt_of_task_[task].id = id;
    attempts_[id].known_task = true;
  }
  // The task is that of a whole batch.
  void wake(std::uint32_t id) {
    if (id == none) return;
    const std::uint32_t first = attempt(id).batch;
    for (std::uint32_t one = first; one < tables().attempts.size(); ++one) {
      if (attempt(one).batch != first) break;
      attempts_[one].waits_for = none;
    }
  }

  void interleave(std::uint32_t index, std::uint32_t id, std::uint32_t open) {
    violate(index, interleaved,
            fmt::format("{} waits or is rejected, since {} has not ended",
                        tables().show_attempt(id), tables().show_attempt(open)),
            fmt::format("{} begins", tables().show_attempt(id)));
  }
  void stale(std::uint32_t index, std::uint32_t id, std::uint32_t from, std::uint32_t committed) {
    violate(index, stale_start,
            fmt::format("{} starts from version {}, the committed one", tables().show_attempt(id),
                        committed),
            fmt::format("it started from version {}", from));
  }
  void task_ended(std::uint32_t index, std::uint32_t id) {
    const Attempt row = attempts_.get(id);
    if (!row.requested || row.ended || !is_reload(id)) return;
    violate(index, lost, fmt::format("{} commits, fails or is rejected", tables().show_attempt(id)),
            "its task ended without a word");
  }

  ById<Attempt> attempts_;
  ById<Module> modules_;
  ById<Task> attempt_of_task_;
};

}  // namespace

Guarantee serial() {
  constexpr EventMask needs = mask_of(EventKind::reload_request, EventKind::reload_begin,
                                      EventKind::reload_item, EventKind::reload_commit);
  return {.name = "serial",
          .statement =
              "Reloads of one module do not interleave; a request made meanwhile waits or is "
              "rejected, is never lost, and never starts from a version that is no longer the "
              "committed one.",
          .antecedent = "a reload is requested while another request for its module has not ended",
          .needs = needs,
          .sees = needs | mask_of(EventKind::reload_fail, EventKind::reload_reject,
                                  EventKind::reload_wait, EventKind::switch_, EventKind::wake,
                                  EventKind::end),
          .make = make<Serial>};
}

}  // namespace midstride::properties
