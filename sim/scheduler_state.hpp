// What a Scheduler is made of, for its own files only: the tables of a run, and the switches, which
// are inlined into every call that may suspend.
#pragma once

#include <algorithm>
#include <deque>
#include <limits>
#include <utility>
#include <vector>

#include "sim/fiber.hpp"
#include "sim/ring.hpp"
#include "sim/scheduler.hpp"

namespace midstride::sim {

inline constexpr std::uint64_t never = std::numeric_limits<std::uint64_t>::max();

// What a task finds when it is resumed.
enum class Coming : std::uint8_t { word, exit, thrown, refusal };

struct Task {
  Fiber* fiber = nullptr;  // from the first resume to the end
  StackPool* pool = nullptr;
  TaskEntry entry = nullptr;
  void* context = nullptr;
  std::uint64_t word = 0;  // what it will be woken with; 0 again once it is
  TaskOptions options;
  TaskState state = TaskState::fresh;
  Coming coming = Coming::word;
  bool done = false;  // exit, thrown: what it was about had gone through
  bool block_trap = false;
  bool taken_for_dead = false;            // a planted bug: it caught a kill
  bool hears_of_another = false;          // thrown: what nobody caught elsewhere (rule S9)
  bool sending = false;                   // blocked: which way
  ChannelId channel = ChannelId::none();  // blocked: on which
  std::uint32_t reason = 0;               // parked: why
  std::uint64_t thrown = 0;               // what was thrown at it last
};

struct ChannelState {
  ChannelOptions options;
  std::int32_t balance = 0;
  bool closing = false;
  WaitQueue queue;
};

struct Sleeper {
  std::uint64_t until;
  TaskId task;
};

struct Action {
  ActionEntry entry;
  void* context;
  std::string_view name;
};

// What a switch that fails is undone to.
struct Marked {
  TaskId task;  // whose switch
  std::vector<Task> tasks;
  Ring ring;
  std::vector<TaskId> aside;
  std::vector<Sleeper> sleepers;
  std::vector<ChannelState> channels;
  std::vector<TaskId> watchdogs;
  std::uint64_t now = 0;
};

template <class Item>
void erase_value(std::vector<Item>& items, const Item& item) {
  items.erase(std::remove(items.begin(), items.end(), item), items.end());
}

struct Scheduler::State {
  explicit State(Pace& its_pace) : pace(its_pace) {}

  // Who is where.
  bool on_ring(TaskId id) const { return tasks[id.value].options.place == Place::ring; }
  bool runnable(TaskId id) const {
    const TaskState state = tasks[id.value].state;
    return state == TaskState::fresh || state == TaskState::runnable;
  }
  bool over(TaskId id) const {
    return tasks[id.value].state == TaskState::ended || tasks[id.value].taken_for_dead;
  }
  bool begun(TaskId id) const { return tasks[id.value].fiber != nullptr; }
  bool planted(Planted bug) const { return options.planted == bug; }
  void join(TaskId id) {
    if (on_ring(id)) {
      ring.join_end(id);
    } else {
      aside.push_back(id);
    }
  }
  void leave(TaskId id) {
    if (on_ring(id)) {
      ring.leave(id);
    } else {
      erase_value(aside, id);
    }
  }
  void tell(const SimEvent& event) {
    if (observer != nullptr) observer->on(event);
  }

  // Switching. All of these are called on the running task's fiber, and are inlined: a processor
  // predicts where a return goes from the calls that it saw last, which after a switch were another
  // fiber's. So each frame between a task and its switch costs a misprediction, about as much as
  // the switch.
  [[gnu::always_inline]] Wake suspend();
  [[gnu::always_inline]] Wake block(TaskState state);
  [[gnu::always_inline]] Wake hand_over(TaskId next, std::uint64_t word = 0);
  template <bool plain>
  [[gnu::always_inline]] Wake act(int direction, ChannelId channel, std::uint64_t word);
  Wake come(Task& task);
  Wake refuse(Refusal why, ChannelId channel, TaskId other = TaskId::none());
  void unqueue(TaskId id);
  void make_runnable(TaskId id);
  void stop_waiting(TaskId id);
  Wake throw_or_kill(TaskId victim, std::uint8_t how);
  TaskId target() const;
  TaskId throw_at_target(std::uint64_t what);
  void leave_watchdogs();
  void end(TaskId id);
  static void task_main(void* state);

  // The hub's part.
  [[gnu::always_inline]] void resume(TaskId id);
  void wake_sleepers();
  void idle();
  bool revive();
  void undo(TaskId id, Refusal why);
  Ending::Kind loop(Policy& policy);
  [[gnu::always_inline]] void take(Pick pick);
  void take_in_vain(TaskId id);
  TaskId admitted(TaskId next);
  TaskId fail_switch(std::uint64_t what);
  void undo_to_mark();
  void tell_of_switch(TaskId id) {
    const TaskId current = ring.empty() ? TaskId::none() : ring.items()[ring.current_index()];
    tell({SimEventKind::switch_to, id, ran_before, ChannelId::none(), current.value});
  }
  void tell_of(ChannelId id);
  void note_waiting(std::vector<Waiter>& waiting) const;
  void dispose();
  StackPool& pool_for(std::size_t stack_bytes);

  Pace& pace;
  SchedulerOptions options;
  Observer* observer = nullptr;
  Gate* gate = nullptr;
  Marked marked;

  std::vector<Task> tasks;
  Ring ring;
  std::vector<TaskId> aside;
  std::vector<Sleeper> sleepers;  // the next to wake last; of those that wake together, the last to
                                  // fall asleep first
  std::vector<ChannelState> channels;  // the first channel_count are this run's
  std::uint32_t channel_count = 0;
  std::vector<Action> actions;
  std::vector<ActionId> pending;
  std::vector<Pick> picks;
  std::uint64_t now = 0;
  Ending ending;

  TaskId main = TaskId::none();
  std::vector<TaskId> watchdogs;       // those inside run_others(), the innermost last
  TaskId runs_after = TaskId::none();  // whom an uncaught exception was thrown at: runs next
  bool ends_by_exception = false;      // the running task is about to
  bool entering = false;               // nobody has run since the hub was asked to go on
  std::size_t idle_at = 0;  // how many picks there were when idle was told last, plus one

  TaskId running = TaskId::none();
  TaskId ran_before = TaskId::none();
  // The turns begun when the running task last passed a yield with turns in hand.
  std::uint64_t yield_passed_at = never;
  bool plain = true;  // no bug is planted
  bool stopping = false;
  bool pausing = false;
  bool out_of_budget = false;
  bool disposing = false;

  std::deque<StackPool> pools;
};

// ---- Switching

// To the hub. Comes back when the task is resumed.
inline Wake Scheduler::State::suspend() {
  const TaskId id = running;
  tasks[id.value].fiber->suspend();
  if (disposing) return {WakeKind::abandon};
  Task& task = tasks[id.value];
  if (task.coming != Coming::word) [[unlikely]]
    return come(task);
  return {WakeKind::value, std::exchange(task.word, 0)};
}

inline Wake Scheduler::State::block(TaskState state) {
  tasks[running.value].state = state;
  leave(running);
  return suspend();
}

// A point of the granularity `yields`: `next` is whom the ring would turn to, none where that is
// nobody's business.
inline Wake Scheduler::State::hand_over(TaskId next, std::uint64_t word) {
  if (!running.valid()) return {WakeKind::value, word};
  if (pace.turns < pace.given_until) {
    yield_passed_at = pace.turns;
    return {WakeKind::value, word};
  }
  if (on_ring(running) && next.valid() && on_ring(next)) ring.make_current(next);
  tasks[running.value].word = word;
  return suspend();
}

// Rules C3 and C4; direction +1 sends, -1 receives. A planted bug is looked for where it is not
// plain.
template <bool plain>
inline Wake Scheduler::State::act(int direction, ChannelId id, std::uint64_t word) {
  const auto bug = [&](Planted which) { return !plain && planted(which); };
  if (disposing) return {WakeKind::abandon};
  ChannelState& channel = channels[id.value];
  const bool sending = direction > 0;

  if (channel.balance * direction >= 0) {
    if (!running.valid()) return refuse(Refusal::would_block, id);
    Task& task = tasks[running.value];
    if (task.block_trap && !bug(Planted::block_trap_ignored)) {
      return refuse(Refusal::would_block, id);
    }
    if (channel.closing && !bug(Planted::close_ignored)) return refuse(Refusal::closed, id);
    const auto tell_of_it = [&] {
      const BlockHow how = sending ? BlockHow::send : BlockHow::receive;
      tell({SimEventKind::block, running, TaskId::none(), id, word, static_cast<std::uint8_t>(how),
            channel.balance});
    };
    if (!bug(Planted::told_too_late)) tell_of_it();
    channel.balance += direction;
    channel.queue.push({running, word});
    task.channel = id;
    task.sending = sending;
    if (bug(Planted::told_too_late)) tell_of_it();
    return block(TaskState::blocked);
  }

  const std::span<const Waiting> queue = channel.queue.items();
  const Waiting served = bug(Planted::last_come_first_served) ? queue.back() : queue.front();
  const std::uint64_t moved = sending ? word : served.word;
  const auto tell_of_it = [&] {
    const SimEventKind kind = sending ? SimEventKind::send : SimEventKind::receive;
    tell({kind, running, served.task, id, moved, 0, channel.balance});
  };
  if (!bug(Planted::told_too_late)) tell_of_it();
  channel.balance += direction;
  if (bug(Planted::last_come_first_served)) {
    channel.queue.remove(served.task);
  } else {
    channel.queue.pop();
  }
  if (bug(Planted::told_too_late)) tell_of_it();
  const std::uint64_t received = sending ? 0 : moved;
  Task& partner = tasks[served.task.value];
  const bool waits =
      partner.state == TaskState::blocked && partner.channel == id && partner.sending != sending;
  if (!plain && !waits) return {WakeKind::value, received};  // Z1 and Z2 have left it in the queue
  partner.state = TaskState::runnable;
  partner.word = sending ? word : 0;
  const int prefers_partner = bug(Planted::preference_swapped) ? direction : -direction;
  const bool partner_first = channel.options.preference == prefers_partner;
  const bool to_next = channel.options.schedule_all;
  const bool actor_in_ring = running.valid() && on_ring(running);
  if (partner_first && !to_next && actor_in_ring && on_ring(served.task)) {
    ring.join_after(running, served.task);
  } else {
    join(served.task);
  }
  if (to_next) return hand_over(actor_in_ring ? ring.after(running) : TaskId::none(), received);
  if (partner_first) return hand_over(served.task, received);
  return {WakeKind::value, received};
}

}  // namespace midstride::sim
