// version-consistent: an activation uses one version of each module. Scope: frame, that is one
// activation of a function or of a task's script, without those that it calls.
//
//   frame F uses versions v and v' of module m  =>  v = v'
//
// F uses the version of the code that it entered with, and that of each load that a resolve by F
// gives. Names last stored by program code have no version; the bodies of reloads do not count.
// Exercised: F uses a module before and after the commit of a reload of it.
#include <fmt/format.h>

#include "properties/by_id.hpp"
#include "properties/guarantees/all.hpp"
#include "properties/guarantees/run_monitor.hpp"
#include "properties/pair_ids.hpp"

namespace midstride::properties {

using namespace model;

namespace {

class VersionConsistent final : public RunMonitor {
 public:
  void on(std::uint32_t index, const Event& event) override {
    if (event.kind() == EventKind::reload_commit) {
      if (is_reload(event.a)) ++commits_[attempt(event.a).module];
      return;
    }
    if (event.actor().kind() != ActorKind::tasklet) return;
    switch (event.kind()) {
      case EventKind::enter: enter(event); break;
      case EventKind::exit:
        innermost_[event.actor().index()].frame = frames_.get(event.a).caller;
        break;
      case EventKind::generator: generator(event); break;
      case EventKind::resolve: resolve(index, event); break;
      default: break;
    }
  }

 private:
  struct Tasklet {
    std::uint32_t frame = none;
  };
  struct Frame {
    std::uint32_t caller = none;
    std::uint32_t code = no_code;
  };
  struct Use {
    std::uint32_t load = no_load;
    std::uint32_t commits = 0;  // of the module, that came before the first use
    bool own_code = false;
  };

  void forget() override {
    innermost_.clear();
    frames_.clear();
    ids_.clear();
    uses_.clear();
    commits_.clear();
  }

  void enter(const Event& event) {
    Tasklet& tasklet = innermost_[event.actor().index()];
    frames_[event.a] = {tasklet.frame, event.b};
    tasklet.frame = event.a;
    const CodeRow& code = tables().codes[event.b];
    if (code.module == no_module || code.load == no_load) return;
    uses_[ids_(event.a, code.module)] = {code.load, commits_.get(code.module), true};
  }

  // Its frame comes and goes with it.
  void generator(const Event& event) {
    Tasklet& tasklet = innermost_[event.actor().index()];
    switch (static_cast<GeneratorHow>(event.how())) {
      case GeneratorHow::resumed:
        if (event.b == 0) break;
        frames_[event.b].caller = tasklet.frame;
        tasklet.frame = event.b;
        break;
      case GeneratorHow::suspended: tasklet.frame = frames_.get(event.b).caller; break;
      case GeneratorHow::made:
      case GeneratorHow::dropped: break;
    }
  }

  void resolve(std::uint32_t index, const Event& event) {
    const std::uint32_t frame = innermost_.get(event.actor().index()).frame;
    if (event.c == no_load || frame == none || Value{event.b} == Value::absent()) return;
    const std::uint32_t module = event.a >> 16;
    Use& use = uses_[ids_(frame, module)];
    if (use.load == no_load) {
      use = {event.c, commits_.get(module), false};
      return;
    }
    if (use.commits != commits_.get(module)) exercise();
    if (attempt(event.c).to != attempt(use.load).to) mixed(index, event, frame, use);
  }

  // The bug is whether the frame's own code is one of the two.
  void mixed(std::uint32_t index, const Event& event, std::uint32_t frame, const Use& use) {
    const std::string activation = tables().show_code(frames_.get(frame).code);
    violate(index, use.own_code ? 1U : 0U,
            fmt::format("{}, in {}, uses {} only", tables().show_actor(event.actor()), activation,
                        show_load(tables(), use.load)),
            fmt::format("{} comes from {}", show_name(tables(), event.a),
                        show_load(tables(), event.c)));
  }

  ById<Tasklet> innermost_;
  ById<Frame> frames_;
  PairIds ids_;  // of (frame, module)
  ById<Use> uses_;
  ById<std::uint32_t> commits_;  // by module
};

}  // namespace

Guarantee version_consistent() {
  constexpr EventMask needs =
      mask_of(EventKind::enter, EventKind::exit, EventKind::resolve, EventKind::reload_commit);
  return {.name = "version-consistent",
          .statement = "One activation of a function or script uses one version of each module.",
          .antecedent = "an activation uses a module before and after a commit of it",
          .needs = needs,
          .sees = needs | mask_of(EventKind::generator),
          .make = make<VersionConsistent>};
}

}  // namespace midstride::properties
