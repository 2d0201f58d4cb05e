// Stackless's interface to the ring and to single tasklets: insert, remove, run and switch, kill
// and throw, and what happens when nobody is left to run. Off the hot path of scenarios.
#include "sim/check.hpp"
#include "sim/scheduler_state.hpp"

namespace midstride::sim {
namespace {

SimEvent ring_event(RingHow how, TaskId task, TaskId other) {
  return {.kind = SimEventKind::ring,
          .task = task,
          .other = other,
          .how = static_cast<std::uint8_t>(how)};
}

}  // namespace

// ---- Kill and throw

// Rules K2 and K3; what is thrown is in the victim already.
Wake Scheduler::State::throw_or_kill(TaskId victim, std::uint8_t how) {
  Task& task = tasks[victim.value];
  const SimEvent told{.kind = SimEventKind::kill, .task = victim, .other = running, .how = how};
  const bool thrown = (how & kill_thrown) != 0;
  if (victim == running) {
    tell(told);
    return {thrown ? WakeKind::thrown : WakeKind::exit};
  }
  if (task.coming == Coming::word) task.done = task.state != TaskState::blocked;
  stop_waiting(victim);
  task.coming = thrown ? Coming::thrown : Coming::exit;
  tell(told);
  if ((how & kill_pending) != 0) return {};
  return hand_over(victim);
}

Wake Scheduler::kill(TaskId victim, When when) {
  State& state = *state_;
  if (state.disposing) return {WakeKind::abandon};
  if (state.over(victim)) {
    state.tell(
        {.kind = SimEventKind::kill, .task = victim, .other = state.running, .how = kill_in_vain});
    return {};
  }
  if (!state.begun(victim)) {
    state.tell({SimEventKind::kill, victim, state.running});
    state.end(victim);
    return {};
  }
  return state.throw_or_kill(victim, when == When::pending ? kill_pending : 0);
}

Wake Scheduler::throw_at(TaskId victim, std::uint64_t what, When when) {
  State& state = *state_;
  if (state.disposing) return {WakeKind::abandon};
  if (state.over(victim)) return state.refuse(Refusal::dead, ChannelId::none(), victim);
  state.tasks[victim.value].thrown = what;
  const int how = kill_thrown | (when == When::pending ? kill_pending : 0);
  return state.throw_or_kill(victim, static_cast<std::uint8_t>(how));
}

std::uint64_t Scheduler::thrown(TaskId task) const { return state_->tasks[task.value].thrown; }

Wake Scheduler::born() {
  State& state = *state_;
  if (state.disposing) return {WakeKind::abandon};
  Task& task = state.tasks[state.running.value];
  return task.coming == Coming::word ? Wake() : state.come(task);
}

// Whom rule D1 names, if anybody.
TaskId Scheduler::State::target() const {
  const TaskId named = watchdogs.empty() ? main : watchdogs.back();
  const bool there = named.valid() && tasks[named.value].state != TaskState::ended;
  return there ? named : TaskId::none();
}

TaskId Scheduler::State::throw_at_target(std::uint64_t what) {
  const TaskId target = this->target();
  if (!target.valid()) return target;
  Task& task = tasks[target.value];
  if (task.coming == Coming::word) task.done = task.state != TaskState::blocked;
  stop_waiting(target);
  task.coming = Coming::thrown;
  task.thrown = what;
  return target;
}

bool Scheduler::uncaught(std::uint64_t what) {
  State& state = *state_;
  const TaskId self = state.running;
  if (state.disposing) return false;
  state.ends_by_exception = true;
  if (state.planted(Planted::uncaught_drops_the_ring)) {
    const std::vector<TaskId> others(state.ring.items().begin(), state.ring.items().end());
    for (const TaskId other : others) {
      if (other == self) continue;
      state.ring.leave(other);
      state.tasks[other.value].state = TaskState::paused;
    }
  }
  const TaskId target = state.target();
  if (!target.valid() || self == state.main) return false;
  // It has yet to hear of another one.
  if (std::exchange(state.tasks[target.value].hears_of_another, true)) return false;
  state.throw_at_target(what);
  state.tell({.kind = SimEventKind::kill, .task = target, .other = self, .how = kill_thrown});
  state.runs_after = target;
  return true;
}

// ---- Nobody is left to run

void Scheduler::make_main(TaskId task) {
  state_->main = task;
  state_->ring.make_current(task);
  state_->tell(ring_event(RingHow::main, state_->running, task));
}

TaskId Scheduler::main() const { return state_->main; }

void Scheduler::State::idle() {
  if (idle_at == picks.size() + 1) return;
  idle_at = picks.size() + 1;
  tell({SimEventKind::idle, TaskId::none()});
}

// Rules D1 to D5. False when there is nobody who is to go on.
bool Scheduler::State::revive() {
  const TaskId target = watchdogs.empty() ? main : watchdogs.back();
  if (!target.valid()) return false;
  const TaskState waits = tasks[target.value].state;
  if (waits == TaskState::paused || waits == TaskState::watching) {
    make_runnable(target);
    tell({SimEventKind::wake, target});
    return true;
  }
  if (waits != TaskState::blocked || !options.deadlock_raises) return false;
  if (ran_before.valid() && on_ring(ran_before) && !over(ran_before)) {
    undo(ran_before, Refusal::deadlock);
  } else {
    undo(target, tasks[target.value].sending ? Refusal::no_receiver : Refusal::no_sender);
  }
  return true;
}

void Scheduler::State::undo(TaskId id, Refusal why) {
  Task& task = tasks[id.value];
  const bool blocked = task.state == TaskState::blocked;
  const bool stays = planted(Planted::no_undo_on_deadlock) && !task.sending;
  if (blocked && !stays) unqueue(id);
  make_runnable(id);
  task.coming = Coming::refusal;
  task.done = false;
  task.word = static_cast<std::uint64_t>(why);
  tell({SimEventKind::refuse, id, TaskId::none(), blocked ? task.channel : ChannelId::none(),
        task.word});
}

Wake Scheduler::run_others() {
  State& state = *state_;
  if (state.disposing) return {WakeKind::abandon};
  state.tell(ring_event(RingHow::watch, state.running, state.running));
  state.watchdogs.push_back(state.running);
  const Wake wake = state.block(TaskState::watching);
  if (!state.disposing) state.leave_watchdogs();
  return wake;
}

// Those who wait further in have lost their turn to be woken first: they can run.
void Scheduler::State::leave_watchdogs() {
  if (std::find(watchdogs.begin(), watchdogs.end(), running) == watchdogs.end()) return;
  for (;;) {
    const TaskId popped = watchdogs.back();
    watchdogs.pop_back();
    if (popped == running) return;
    if (tasks[popped.value].state == TaskState::watching) make_runnable(popped);
  }
}

// ---- The ring

Wake Scheduler::schedule_remove() {
  State& state = *state_;
  if (state.disposing) return {WakeKind::abandon};
  state.tell(ring_event(RingHow::remove, state.running, state.running));
  return state.block(TaskState::paused);
}

Wake Scheduler::insert(TaskId id) {
  State& state = *state_;
  if (state.disposing) return {WakeKind::abandon};
  if (state.over(id)) return state.refuse(Refusal::dead, ChannelId::none(), id);
  switch (state.tasks[id.value].state) {
    case TaskState::ended: break;
    case TaskState::blocked:
    case TaskState::sleeping:
    case TaskState::parked: return state.refuse(Refusal::blocked, ChannelId::none(), id);
    case TaskState::fresh:
    case TaskState::runnable:
      if (!state.planted(Planted::duplicate_insert)) break;
      state.join(id);
      state.tell(ring_event(RingHow::insert, state.running, id));
      break;
    case TaskState::paused:
    case TaskState::watching:
      state.make_runnable(id);
      state.tell(ring_event(RingHow::insert, state.running, id));
      break;
  }
  return {};
}

Wake Scheduler::remove(TaskId id) {
  State& state = *state_;
  if (state.disposing) return {WakeKind::abandon};
  if (id == state.running) return state.refuse(Refusal::current, ChannelId::none(), id);
  switch (state.tasks[id.value].state) {
    case TaskState::blocked:
    case TaskState::sleeping:
    case TaskState::parked: return state.refuse(Refusal::blocked, ChannelId::none(), id);
    case TaskState::ended:
    case TaskState::paused:
    case TaskState::watching: break;
    case TaskState::fresh:
    case TaskState::runnable:
      state.leave(id);
      state.tasks[id.value].state = TaskState::paused;
      state.tell(ring_event(RingHow::remove, state.running, id));
      break;
  }
  return {};
}

Wake Scheduler::run_now(TaskId id) {
  State& state = *state_;
  if (id == state.running) return {};
  const Wake inserted = insert(id);
  if (inserted.kind != WakeKind::value) return inserted;
  state.tell(ring_event(RingHow::run, state.running, id));
  return state.hand_over(id);
}

Wake Scheduler::switch_to(TaskId id) {
  State& state = *state_;
  if (id == state.running) return {};
  const Wake inserted = insert(id);
  if (inserted.kind != WakeKind::value) return inserted;
  state.tell(ring_event(RingHow::switch_, state.running, id));
  state.tasks[state.running.value].state = TaskState::paused;
  state.leave(state.running);
  state.ring.make_current(id);
  return state.suspend();
}

// ---- Looking

void Scheduler::set_block_trap(TaskId task, bool on) {
  state_->tasks[task.value].block_trap = on;
  state_->tell({.kind = SimEventKind::trap, .task = task, .word = on});
}

bool Scheduler::block_trap(TaskId task) const { return state_->tasks[task.value].block_trap; }
std::span<const TaskId> Scheduler::ring() const { return state_->ring.items(); }

bool Scheduler::can_run(TaskId id) const {
  if (state_->plain) return state_->runnable(id);
  const std::span<const TaskId> ring = state_->ring.items();
  return state_->runnable(id) || std::find(ring.begin(), ring.end(), id) != ring.end();
}

std::vector<Waiter> Scheduler::waiting() const {
  std::vector<Waiter> waiting;
  state_->note_waiting(waiting);
  return waiting;
}

int Scheduler::blocked(TaskId id) const {
  const Task& task = state_->tasks[id.value];
  if (task.state != TaskState::blocked) return 0;
  return task.sending ? 1 : -1;
}

}  // namespace midstride::sim
