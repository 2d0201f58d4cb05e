// Two versions at most: a frame finds the names of its own module in the version that its code came
// with, everybody else in the current one. Before a third is loaded the oldest is given up: `purge`
// kills, beyond any handler, whoever still runs it or holds something of it; `purge-soft` says no
// instead. What no tasklet holds, such as a method in another module's global, does not stop
// `purge`. Relative: Erlang's code server.
#include <algorithm>
#include <vector>

#include "model/runtime/roots.hpp"
#include "model/strategies/strategies.hpp"

namespace midstride::model::runtime {

namespace {

// Whether a value leads to code of the load.
class Search {
 public:
  Search(const Runtime& runtime, std::uint32_t load) : heap_(runtime.heap), load_(load) {}

  bool code(std::uint32_t code) const { return heap_.codes[code].load == load_; }
  bool value(Value value) {
    if (!value.on_heap() || std::find(seen_.begin(), seen_.end(), value) != seen_.end())
      return false;
    seen_.push_back(value);
    if (value.tag() == Tag::function && code(heap_.functions[value.index()].code)) return true;
    if (value.tag() == Tag::generator) {
      const Generator& row = heap_.generators[value.index()];
      if (row.parked() && code(row.frame.code)) return true;
    }
    bool leads_there = false;
    heap_.each_held(value, [&](Value held) { leads_there = leads_there || this->value(held); });
    return leads_there;
  }

 private:
  const Heap& heap_;
  const std::uint32_t load_;
  std::vector<Value> seen_;  // and does not lead there, or by nothing that comes later
};

void kill(Runtime& runtime, sim::TaskId task) {
  if (Stack* const stack = runtime.stack_of(task); stack != nullptr) runtime.unwind(*stack);
  runtime.run().kill(task);
}

std::uint32_t tasks(Runtime& runtime) { return runtime.run().scheduler().task_count(); }
// A reload cannot be killed.
bool is_tasklet(Runtime& runtime, sim::TaskId task) {
  return runtime.run().tables().tasks[task.value].name.valid();
}

bool anybody_uses(Runtime& runtime, std::uint32_t load) {
  for (std::uint32_t task = 0; task < tasks(runtime); ++task) {
    if (uses(runtime, sim::TaskId{task}, load)) return true;
  }
  return used_by_nobodys(runtime, load);
}

// While one is killed others run, and may take something of the load from who is still to be
// killed: the search is over when it has found nobody.
void kill_users(Runtime& runtime, std::uint32_t load) {
  bool found = true;
  for (std::uint32_t pass = 0; found && pass <= tasks(runtime); ++pass) {
    found = false;
    for (std::uint32_t task = 0; task < tasks(runtime); ++task) {
      const sim::TaskId user{task};
      if (!is_tasklet(runtime, user) || !uses(runtime, user, load)) continue;
      found = true;
      kill(runtime, user);
    }
  }
}

enum class Users : std::uint8_t { are_killed, forbid_it };

// Others may have come in at each step; then it is their turn first. Whoever has got something of
// the oldest from one of its hooks is killed as well.
bool admit(Reloading& reloading, Users users) {
  Runtime& runtime = reloading.runtime;
  const ModuleState& module = runtime.modules[reloading.module];
  while (queue_behind_others(reloading)) {
    const std::uint32_t oldest = module.previous;
    if (oldest == no_load || runtime.loads[oldest].retired_by != no_load) return true;
    reloading.step_begins(Step::scan);
    const bool mine = module.open.empty() && module.previous == oldest;
    const bool refused = mine && users == Users::forbid_it && anybody_uses(runtime, oldest);
    if (mine && !refused) {
      if (users == Users::are_killed) kill_users(runtime, oldest);
      give_up(reloading, oldest);
    }
    reloading.step_ends(Step::scan);
    if (refused) {
      reloading.why = RejectWhy::old_code;
      return false;
    }
    if (!mine) continue;
    if (runtime.run_hooks(reloading) && users == Users::are_killed) {
      reloading.step_begins(Step::scan);
      kill_users(runtime, oldest);
      reloading.step_ends(Step::scan);
    }
    reloading.joins = true;  // what nobody may enter any more goes in the same turn
    runtime.reclaim(reloading);
  }
  return false;
}

constexpr Strategy row(std::string_view name, std::string_view does, bool (*admit)(Reloading&)) {
  return {.name = name,
          .does = does,
          .admit = admit,
          .stage = stage_apart,
          .install = swap_pointer,
          .undo = drop_staging,
          .own_names = OwnNames::as_brought_in,
          .keeps = Keeps::previous};
}

}  // namespace

bool uses(Runtime& runtime, sim::TaskId task, std::uint32_t load) {
  Search search(runtime, load);
  sim::Scheduler& scheduler = runtime.run().scheduler();
  if (const Stack* const stack = runtime.stack_of(task); stack != nullptr) {
    for (const Frame& frame : stack->frames) {
      if (search.code(frame.code)) return true;
    }
    for (const Value value : stack->values) {
      if (search.value(value)) return true;
    }
    for (const Copy& copy : stack->copies) {
      if (search.value(copy.value)) return true;
    }
    for (const Value cell : stack->cells) {
      if (search.value(cell)) return true;
    }
    for (const Completion& completion : stack->completions) {
      if (search.value(completion.value)) return true;
    }
    for (const Loop& loop : stack->loops) {
      if (search.value(loop.generator)) return true;
    }
  }
  for (const Hook& hook : runtime.hooks) {
    const bool own = hook.load == no_load && hook.task == task;
    if (own && search.value(hook.callable)) return true;
  }
  for (const Spawned& spawned : runtime.spawned_tasks) {
    if (!spawned.waiting || spawned.task != task) continue;
    if (search.value(spawned.callee)) return true;
    for (const Value argument : spawned.arguments) {
      if (search.value(argument)) return true;
    }
  }
  if (search.value(Value{static_cast<std::uint32_t>(scheduler.delivered(task))})) return true;
  for (std::uint32_t channel = 0; channel < scheduler.channel_count(); ++channel) {
    if (scheduler.balance(sim::ChannelId{channel}) <= 0) continue;
    for (const sim::Waiting& waiting : scheduler.queue(sim::ChannelId{channel})) {
      const Value parked{static_cast<std::uint32_t>(waiting.word)};
      if (waiting.task == task && search.value(parked)) return true;
    }
  }
  return false;
}

// Namespaces but the load's own, and the hooks of other loads.
bool used_by_nobodys(Runtime& runtime, std::uint32_t load) {
  bool used = std::any_of(runtime.hooks.begin(), runtime.hooks.end(), [&](const Hook& hook) {
    const bool other = hook.load != no_load && hook.load != load && !hook.has_run;
    return other && Search(runtime, load).value(hook.callable);
  });
  runtime.each_root(runtime.run(), [&](HolderKind kind, std::uint32_t id, Value value) {
    const bool names = kind == HolderKind::namespace_ || kind == HolderKind::old_namespace;
    const bool own = names && id == runtime.loads[load].namespace_;
    used |= names && !own && Search(runtime, load).value(value);
  });
  return used;
}

void give_up(Reloading& reloading, std::uint32_t load) {
  reloading.runtime.retire_load(load, reloading.attempt);
  reloading.runtime.let_go_of(reloading.runtime.loads[load].namespace_);
}

constinit const Strategy purge =
    row("purge", "keeps two versions; a third kills whoever is in the oldest",
        [](Reloading& reloading) { return admit(reloading, Users::are_killed); });

constinit const Strategy purge_soft =
    row("purge-soft", "keeps two versions; a third is refused while somebody is in the oldest",
        [](Reloading& reloading) { return admit(reloading, Users::forbid_it); });

}  // namespace midstride::model::runtime
