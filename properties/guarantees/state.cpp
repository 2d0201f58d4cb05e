// state: what is to outlive a reload does, what is not is made once, and who is to be told of the
// end is told once.
//
//   the committed version of m says `once x`, and nothing else, of x, where it must get to it;
//   resolve(m.x) => it gives what program code stored there last, or, where none has, what the one
//       initialisation made: the one of the first version in a row of such versions
//   enter(_, body of attempt A)  =>  none was before it
//   hook(N, registered)  =>  at most one hook(N, run) follows, and no enter of freed code by it;
//   one
//       comes before the end of its tasklet, or the step reclaim of who retires its load; or
//       hook(N, dropped)
//
// Not judged are the bodies of reloads of m, pinned resolves (whoever asks sees another version by
// design), and a name that was there before the first version that says `once`, or that program
// code stored while that one was loaded: until program code stores it again. Exercised: such a
// resolve after a reload of m committed with the name kept, or a hook that is run after a reload
// committed.
#include <fmt/format.h>

#include "properties/by_id.hpp"
#include "properties/guarantees/all.hpp"
#include "properties/guarantees/run_monitor.hpp"
#include "properties/pair_ids.hpp"

namespace midstride::properties {

using namespace model;

namespace {

class State final : public RunMonitor {
  enum Bug : std::uint32_t { lost, made_again, called_again, called_when_freed, not_called };

 public:
  void on(std::uint32_t index, const Event& event) override {
    switch (event.kind()) {
      case EventKind::store: store(index, event); break;
      case EventKind::resolve: resolve(index, event); break;
      case EventKind::reload_commit: commit(event.a); break;
      case EventKind::enter: enter(index, event); break;
      case EventKind::hook: hook(index, event); break;
      case EventKind::free: freed_[event.a].yes = true; break;
      case EventKind::retire:
        if (event.actor().kind() == ActorKind::machinery)
          of_load_[tables().codes[event.a].load].retired_by = event.actor().index();
        break;
      case EventKind::reload_step:
        if (static_cast<Step>(event.b) == Step::reclaim && event.how() == 0)
          reclaim(index, event.a);
        break;
      case EventKind::end:
        if (of_task_.get(event.a).waiting != 0)
          violate(index, not_called,
                  fmt::format("the hooks of {} are called before it is over",
                              tables().show_task(event.a)),
                  "one is not");
        break;
      default: break;
    }
  }

 private:
  struct Name {
    bool persistent = false;   // in the version that is committed
    bool known = false;        // what it is to be
    Value value{};             // that
    std::uint32_t kept = 0;    // over how many commits
    std::uint32_t stored = 0;  // by program code last: index of the event, plus one
  };
  struct Made {  // by an attempt, for one of its names
    Value value{};
    std::uint32_t at = 0;  // as above
  };
  struct Space {
    std::uint32_t module = 0;  // plus one; 0: that of its own number
  };
  struct Current {
    std::uint32_t space = 0;  // plus one; 0: that of its own number
  };
  struct Hook {
    enum class Is : std::uint8_t { unknown, registered, over } is = Is::unknown;
    std::uint32_t commits = 0;  // that came before it
    std::uint32_t load = no_load;
    std::uint32_t task = none;
  };
  struct Hooks {
    std::uint32_t waiting = 0;
    std::uint32_t retired_by = none;  // of a load: the attempt
  };
  struct Mark {
    bool yes = false;
  };

  void forget() override {
    ids_.clear();
    names_.clear();
    made_ids_.clear();
    made_.clear();
    spaces_.clear();
    current_.clear();
    bodies_.clear();
    hooks_.clear();
    of_load_.clear();
    of_task_.clear();
    freed_.clear();
    commits_ = 0;
  }

  std::uint32_t module_of(std::uint32_t space) const {
    const std::uint32_t known = spaces_.get(space).module;
    return known == 0 ? space : known - 1;
  }
  std::uint32_t current(std::uint32_t module) const {
    const std::uint32_t known = current_.get(module).space;
    return known == 0 ? module : known - 1;
  }
  bool persists(std::uint32_t attempt_id, std::uint32_t slot) const {
    const AttemptRow& row = attempt(attempt_id);
    return tables().program->persists(row.module, row.to, slot);
  }

  void store(std::uint32_t index, const Event& event) {
    const Owner owner{event.a};
    const auto how = static_cast<StoreHow>(event.how());
    if (how == StoreHow::pointer) current_[owner.index()].space = event.c + 1;
    if (owner.kind() != Owner::Kind::namespace_) return;
    if (how == StoreHow::program) {
      Name& name = names_[ids_(module_of(owner.index()), event.b)];
      name.stored = index + 1;
      name.value = Value{event.c};
      name.known = name.persistent;
      return;
    }
    if (event.actor().kind() != ActorKind::body && event.actor().kind() != ActorKind::machinery)
      return;
    const std::uint32_t by = event.actor().index();
    const std::uint32_t module = attempt(by).module;
    spaces_[owner.index()].module = module + 1;
    made_[made_ids_(by, event.b)] = {Value{event.c}, index + 1};
    if (owner.index() == current(module) && !persists(by, event.b))
      forget(names_[ids_(module, event.b)]);
  }
  static void forget(Name& name) { name.persistent = name.known = false; }

  void commit(std::uint32_t id) {
    const AttemptRow& row = attempt(id);
    commits_ += is_reload(id) ? 1U : 0U;
    const auto count =
        static_cast<std::uint32_t>(tables().program->modules[row.module].slots.size());
    for (std::uint32_t slot = 0; slot < count; ++slot) {
      if (!persists(id, slot) || !always_defines(tables(), row.module, row.to, slot)) {
        const auto known = ids_.known(row.module, slot);
        if (known) forget(names_[*known]);
        continue;
      }
      Name& name = names_[ids_(row.module, slot)];
      name.persistent = true;
      ++name.kept;
      if (name.known) continue;
      name.kept = 0;
      const Made made = made_.get(made_ids_(id, slot));
      if (made.at > name.stored) {
        name.value = made.value;
        name.known = true;
      }
    }
  }

  void resolve(std::uint32_t index, const Event& event) {
    if (event.how() == static_cast<std::uint8_t>(ResolveHow::pinned)) return;
    const std::uint32_t module = event.a >> 16, slot = event.a & 0xffff;
    const auto id = ids_.known(module, slot);
    if (!id || is_body_of(event.actor(), module)) return;
    const Name name = names_.get(*id);
    if (!name.known) return;
    if (name.kept != 0) exercise();
    const Value found{event.b};
    if (found == name.value) return;
    violate(index, lost,
            fmt::format("{} is {}, as it was {} last", show_name(tables(), event.a),
                        tables().show(name.value), name.stored == 0 ? "initialised" : "stored"),
            fmt::format("{} gets {}", tables().show_actor(event.actor()),
                        show_found(tables(), name.value, found)));
  }

  void enter(std::uint32_t index, const Event& event) {
    const auto how = static_cast<EnterHow>(event.how());
    if (how == EnterHow::body && event.actor().kind() == ActorKind::body) {
      Mark& ran = bodies_[event.actor().index()];
      if (ran.yes)
        violate(index, made_again,
                fmt::format("the body of {} runs once", show_load(tables(), event.actor().index())),
                "it runs again");
      ran.yes = true;
    }
    if (how == EnterHow::finaliser && freed_.get(event.b).yes)
      violate(index, called_when_freed,
              fmt::format("the hook {} is called while it is there", tables().show_code(event.b)),
              "its code was freed");
  }

  void reclaim(std::uint32_t index, std::uint32_t by) {
    for (std::uint32_t load = 0; load < of_load_.size(); ++load) {
      const Hooks hooks = of_load_.get(load);
      if (hooks.retired_by != by || hooks.waiting == 0) continue;
      violate(index, not_called,
              fmt::format("the hooks of {} are called before it is reclaimed",
                          show_load(tables(), load)),
              "one is not");
    }
  }

  void hook(std::uint32_t index, const Event& event) {
    const auto how = static_cast<HookHow>(event.how());
    Hook& hook = hooks_[event.a];
    if (how == HookHow::registered) {
      const bool of_tasklet = event.c == no_load;
      hook = {Hook::Is::registered, commits_, event.c, of_tasklet ? event.actor().index() : none};
      ++waiting(hook);
      return;
    }
    if (hook.is != Hook::Is::registered) {
      if (how != HookHow::run) return;
      return violate(index, called_again,
                     fmt::format("the hook {} is called once", show_handle(tables(), event.b)),
                     "it is called again");
    }
    if (how == HookHow::run && hook.commits != commits_) exercise();
    hook.is = Hook::Is::over;
    --waiting(hook);
  }
  std::uint32_t& waiting(const Hook& hook) {
    return hook.load != no_load ? of_load_[hook.load].waiting : of_task_[hook.task].waiting;
  }

  PairIds ids_;  // of (module, slot)
  ById<Name> names_;
  PairIds made_ids_;  // of (attempt, slot)
  ById<Made> made_;
  ById<Space> spaces_;
  ById<Current> current_;  // by module
  ById<Mark> bodies_;      // by attempt: it was entered
  ById<Hook> hooks_;
  ById<Hooks> of_load_, of_task_;
  ById<Mark> freed_;  // by code
  std::uint32_t commits_ = 0;
};

}  // namespace

Guarantee state() {
  constexpr EventMask needs =
      mask_of(EventKind::resolve, EventKind::store, EventKind::reload_commit, EventKind::hook);
  return {
      .name = "state",
      .statement =
          "Persistent state keeps its value over a reload, the rest is initialised once per "
          "load, and exit hooks are called once, while their code is there.",
      .antecedent =
          "a persistent name that a reload kept is resolved, or a hook is called after a commit",
      .needs = needs,
      .sees = needs | mask_of(EventKind::enter, EventKind::retire, EventKind::free, EventKind::end,
                              EventKind::reload_step),
      .make = make<State>};
}

}  // namespace midstride::properties
