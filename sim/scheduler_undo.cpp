// A switch that fails is undone (rule C6). Whoever switched has marked, at the beginning of its
// call, what it found, and nobody has run since: so that is put back. Whom the gate spawned before
// it refused, and the channels that it made, stay.
#include "sim/scheduler_state.hpp"

namespace midstride::sim {

void Scheduler::set_gate(Gate* gate) { state_->gate = gate; }

void Scheduler::mark() {
  State& state = *state_;
  if (state.disposing) return;
  Marked& marked = state.marked;
  marked.task = state.running;
  marked.tasks = state.tasks;
  marked.ring = state.ring;
  marked.aside = state.aside;
  marked.sleepers = state.sleepers;
  marked.channels.assign(state.channels.begin(), state.channels.begin() + state.channel_count);
  marked.watchdogs = state.watchdogs;
  marked.now = state.now;
  state.tell({.kind = SimEventKind::ring,
              .task = state.running,
              .other = state.running,
              .how = static_cast<std::uint8_t>(RingHow::mark)});
}

// Who goes on: `next`, or who hears that the switch failed; none when nobody does.
TaskId Scheduler::State::admitted(TaskId next) {
  if (next == ran_before || !ran_before.valid()) return next;
  const std::optional<std::uint64_t> thrown = gate->refuses(ran_before, next);
  return thrown ? fail_switch(*thrown) : next;
}

TaskId Scheduler::State::fail_switch(std::uint64_t what) {
  TaskId hears = TaskId::none();
  if (!entering && tasks[ran_before.value].state == TaskState::ended) {
    hears = throw_at_target(what);
  } else if (!entering && marked.task == ran_before) {
    undo_to_mark();
    hears = ran_before;
    tasks[hears.value].coming = Coming::thrown;
    tasks[hears.value].thrown = what;
    tasks[hears.value].done = false;
  }
  if (hears.valid()) {
    const auto word = static_cast<std::uint64_t>(Refusal::undone);
    tell({SimEventKind::refuse, hears, hears, ChannelId::none(), word});
  } else {
    ending.thrown = what;
    pausing = true;
  }
  return hears;
}

void Scheduler::State::undo_to_mark() {
  ring = marked.ring;
  aside = marked.aside;
  sleepers = marked.sleepers;
  watchdogs = marked.watchdogs;
  now = marked.now;
  std::copy(marked.tasks.begin(), marked.tasks.end(), tasks.begin());
  std::copy(marked.channels.begin(), marked.channels.end(), channels.begin());
  for (std::size_t i = marked.tasks.size(); i < tasks.size(); ++i) {
    join(TaskId{static_cast<std::uint32_t>(i)});
  }
}

}  // namespace midstride::sim
