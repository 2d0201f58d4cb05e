#include "sim/scheduler.hpp"

#include "sim/check.hpp"
#include "sim/prng.hpp"
#include "sim/scheduler_state.hpp"

namespace midstride::sim {

// ---- Switching

// Off the way of those who find nothing but their word.
Wake Scheduler::State::come(Task& task) {
  const std::uint64_t word = std::exchange(task.word, 0);
  task.hears_of_another = false;
  switch (std::exchange(task.coming, Coming::word)) {
    case Coming::word: break;
    case Coming::exit:
      task.taken_for_dead = planted(Planted::caught_kill_counts_as_dead);
      return {WakeKind::exit, word, task.done};
    case Coming::thrown: return {WakeKind::thrown, word, task.done};
    case Coming::refusal: return {WakeKind::error, word};
  }
  return {WakeKind::value, word};
}

Wake Scheduler::State::refuse(Refusal why, ChannelId channel, TaskId other) {
  const auto word = static_cast<std::uint64_t>(why);
  tell({SimEventKind::refuse, running, other, channel, word});
  return {WakeKind::error, word};
}

// One that is not in the queue any more (see strand()) is left alone.
void Scheduler::State::unqueue(TaskId id) {
  const Task& task = tasks[id.value];
  ChannelState& channel = channels[task.channel.value];
  if (!channel.queue.remove(id)) return;
  channel.balance += task.sending ? -1 : 1;
}

void Scheduler::State::make_runnable(TaskId id) {
  tasks[id.value].state = begun(id) ? TaskState::runnable : TaskState::fresh;
  join(id);
}

// Rule K2: out of whatever the task waits for.
void Scheduler::State::stop_waiting(TaskId id) {
  switch (tasks[id.value].state) {
    case TaskState::fresh:
    case TaskState::runnable:
      if (planted(Planted::duplicate_insert)) join(id);
      return;
    case TaskState::ended: return;
    case TaskState::blocked:
      if (tasks[id.value].sending || !planted(Planted::killed_waiter_queued)) unqueue(id);
      break;
    case TaskState::sleeping:
      sleepers.erase(std::find_if(sleepers.begin(), sleepers.end(),
                                  [&](const Sleeper& sleeper) { return sleeper.task == id; }));
      break;
    case TaskState::parked:
    case TaskState::paused:
    case TaskState::watching: break;
  }
  make_runnable(id);
}

void Scheduler::State::end(TaskId id) {
  if (runnable(id)) leave(id);
  tasks[id.value].state = TaskState::ended;
  const bool by_exception = std::exchange(ends_by_exception, false);
  tell({.kind = SimEventKind::end, .task = id, .how = by_exception});
}

void Scheduler::State::task_main(void* context) {
  State& state = *static_cast<State*>(context);
  const TaskId id = state.running;
  const Task& task = state.tasks[id.value];
  task.entry(task.context, id);
  if (state.disposing) return;
  state.end(id);
  const TaskId next = std::exchange(state.runs_after, TaskId::none());
  if (next.valid() && state.runnable(next)) state.ring.make_current(next);
  if (id == state.main) state.pausing = true;
}

Wake Scheduler::turn_after_others() {
  State& state = *state_;
  for (;;) {
    if (state.disposing) return {WakeKind::abandon};
    if (pace_.turns >= pace_.budget) state.out_of_budget = true;
    const Wake wake = state.suspend();
    if (wake.kind != WakeKind::value) return wake;
    if (pace_.turns < pace_.budget) break;
  }
  ++pace_.turns;
  return {};
}

Wake Scheduler::yield() {
  State& state = *state_;
  if (state.disposing) return {WakeKind::abandon};
  const TaskId id = state.running;
  if (state.on_ring(id)) {
    const TaskId next = state.ring.after(id);
    state.tell({.kind = SimEventKind::ring, .task = id, .other = next});
    return state.hand_over(next);
  }
  if (pace_.turns >= pace_.given_until) {
    erase_value(state.aside, id);
    state.aside.push_back(id);
  }
  return state.hand_over(TaskId::none());
}

Wake Scheduler::receive(ChannelId channel) {
  if (!state_->plain) [[unlikely]]
    return broken_receive(channel);
  return state_->act<true>(-1, channel, 0);
}

Wake Scheduler::send(ChannelId channel, std::uint64_t word) {
  if (!state_->plain) [[unlikely]]
    return broken_send(channel, word);
  return state_->act<true>(+1, channel, word);
}

Wake Scheduler::broken_receive(ChannelId channel) { return state_->act<false>(-1, channel, 0); }

Wake Scheduler::broken_send(ChannelId channel, std::uint64_t word) {
  return state_->act<false>(+1, channel, word);
}

Wake Scheduler::sleep(std::uint64_t ticks) {
  State& state = *state_;
  if (state.disposing) return {WakeKind::abandon};
  const std::uint64_t until = state.now + std::min(ticks, never - state.now);
  const auto place = std::find_if(state.sleepers.begin(), state.sleepers.end(),
                                  [&](const Sleeper& other) { return other.until <= until; });
  state.sleepers.insert(place, {until, state.running});
  state.tell({SimEventKind::sleep, state.running, TaskId::none(), ChannelId::none(), until});
  return state.block(TaskState::sleeping);
}

Wake Scheduler::park(std::uint32_t reason) {
  State& state = *state_;
  if (state.disposing) return {WakeKind::abandon};
  state.tasks[state.running.value].reason = reason;
  state.tell({.kind = SimEventKind::block,
              .task = state.running,
              .how = static_cast<std::uint8_t>(BlockHow::park)});
  return state.block(TaskState::parked);
}

void Scheduler::wake(TaskId id, std::uint64_t word) {
  Task& task = state_->tasks[id.value];
  MIDSTRIDE_CHECK(task.state == TaskState::parked, "only a parked task is woken");
  task.state = TaskState::runnable;
  task.word = word;
  state_->join(id);
  state_->tell({SimEventKind::wake, id, state_->running});
}

// ---- The hub

inline void Scheduler::State::resume(TaskId id) {
  Task& task = tasks[id.value];
  if (task.fiber == nullptr) {
    task.pool = &pool_for(task.options.stack_bytes);
    task.fiber = task.pool->take();
    task.fiber->start(task_main, this);
    task.state = TaskState::runnable;
  }
  running = id;
  Fiber* const fiber = task.fiber;
  fiber->resume();
  running = TaskId::none();
  if (fiber->idle()) {
    Task& over = tasks[id.value];
    over.pool->give_back(fiber);
    over.fiber = nullptr;
  }
}

inline void Scheduler::State::take(Pick pick) {
  TaskId id = TaskId::none();
  if (pick.kind == Pick::Kind::task) {
    id = TaskId{pick.id};
    if (pick.id < tasks.size() && !plain && !runnable(id)) return take_in_vain(id);
    MIDSTRIDE_CHECK(pick.id < tasks.size() && runnable(id), "a policy picks a task that can run");
  } else {
    const ActionId picked{pick.id};
    const auto place = std::find(pending.begin(), pending.end(), picked);
    MIDSTRIDE_CHECK(place != pending.end(), "a policy picks an action that is pending");
    pending.erase(place);
    const Action action = actions[pick.id];
    id = action.entry(action.context, picked);
    MIDSTRIDE_CHECK(!id.valid() || runnable(id), "an action names a task that can run");
  }
  const std::uint64_t began_at = pace.turns;
  yield_passed_at = never;
  if (gate != nullptr && id.valid()) id = admitted(id);
  if (id.valid() && !stopping) {
    entering = false;
    if (on_ring(id)) ring.make_current(id);
    if (observer != nullptr && id != ran_before) tell_of_switch(id);
    ran_before = id;
    pace.given_until = std::min(pace.turns + pick.turns, pace.budget);
    resume(id);
  }
  const std::uint64_t needed = pace.turns - began_at + (yield_passed_at == pace.turns ? 1 : 0);
  pick.turns = static_cast<std::uint32_t>(std::max<std::uint64_t>(needed, 1));
  picks.push_back(pick);
}

// A planted bug has left somebody in the ring who waits or is over.
void Scheduler::State::take_in_vain(TaskId id) {
  tell_of_switch(id);
  ran_before = id;
  if (on_ring(id)) ring.leave(id);
  picks.push_back({Pick::Kind::task, id.value, 0});
}

void Scheduler::State::wake_sleepers() {
  now = sleepers.back().until;
  while (!sleepers.empty() && sleepers.back().until == now) {
    const TaskId id = sleepers.back().task;
    sleepers.pop_back();
    tasks[id.value].state = TaskState::runnable;
    join(id);
    tell({SimEventKind::wake, id});
  }
}

Ending::Kind Scheduler::State::loop(Policy& policy) {
  for (;;) {
    if (stopping || pausing) return Ending::Kind::stopped;
    if (out_of_budget) return Ending::Kind::out_of_budget;
    if (ring.empty() && aside.empty()) {
      if (!sleepers.empty()) {
        wake_sleepers();
      } else {
        idle();
        if (!revive() && pending.empty()) return Ending::Kind::finished;
      }
    }
    const Pick pick = policy.pick({ring.items(), ring.current_index(), aside, pending, pace.turns});
    if (pick.kind == Pick::Kind::stop) {
      const bool nobody = ring.empty() && aside.empty();
      return nobody ? Ending::Kind::finished : Ending::Kind::stopped;
    }
    take(pick);
  }
}

void Scheduler::State::note_waiting(std::vector<Waiter>& waiting) const {
  waiting.clear();
  for (std::uint32_t i = 0; i < tasks.size(); ++i) {
    const Task& task = tasks[i];
    switch (task.state) {
      case TaskState::fresh:
      case TaskState::runnable:
      case TaskState::ended: break;
      case TaskState::blocked:
        waiting.push_back(
            {TaskId{i}, task.sending ? Waiter::On::send : Waiter::On::receive, task.channel, 0});
        break;
      case TaskState::sleeping:
        waiting.push_back({TaskId{i}, Waiter::On::sleep, ChannelId::none(), 0});
        break;
      case TaskState::parked:
        waiting.push_back({TaskId{i}, Waiter::On::park, ChannelId::none(), task.reason});
        break;
      case TaskState::paused:
      case TaskState::watching:
        waiting.push_back({TaskId{i}, Waiter::On::insert, ChannelId::none(), 0});
        break;
    }
  }
}

// Every fiber back to its pool. The tables stay as they were when the run ended.
void Scheduler::State::dispose() {
  disposing = true;
  observer = nullptr;
  gate = nullptr;
  pace.given_until = pace.budget = 0;  // so that turn() asks
  for (std::uint32_t i = 0; i < tasks.size(); ++i) {
    if (tasks[i].fiber == nullptr) continue;
    if (tasks[i].options.stop_by == StopBy::unwinding) {
      resume(TaskId{i});
      MIDSTRIDE_CHECK(tasks[i].fiber == nullptr, "an abandoned task unwinds without suspending");
    } else {
      tasks[i].pool->give_back(tasks[i].fiber);
      tasks[i].fiber = nullptr;
    }
  }
}

StackPool& Scheduler::State::pool_for(std::size_t stack_bytes) {
  const std::size_t asked = stack_bytes != 0 ? stack_bytes : options.stack_bytes;
  const std::size_t rounded = StackPool::rounded_bytes(asked);
  for (StackPool& pool : pools) {
    if (pool.stack_bytes() == rounded && pool.guard_pages() == options.guard_pages) return pool;
  }
  return pools.emplace_back(asked, options.guard_pages);
}

Scheduler::Scheduler() : state_(std::make_unique<State>(pace_)) {}

Scheduler::~Scheduler() { state_->dispose(); }

void Scheduler::begin(const SchedulerOptions& options, Observer* observer) {
  State& state = *state_;
  MIDSTRIDE_CHECK(!state.running.valid(), "a run is begun outside all tasks");
  state.dispose();
  state.options = options;
  state.observer = observer;
  state.tasks.clear();
  state.ring.clear();
  state.aside.clear();
  state.sleepers.clear();
  for (std::uint32_t i = 0; i < state.channel_count; ++i) state.channels[i].queue.clear();
  state.channel_count = 0;
  state.actions.clear();
  state.pending.clear();
  state.picks.clear();
  state.now = 0;
  state.ending.waiting.clear();
  state.ran_before = state.marked.task = TaskId::none();
  state.main = state.runs_after = TaskId::none();
  state.watchdogs.clear();
  state.idle_at = 0;
  state.plain = options.planted == Planted::none;
  state.ends_by_exception = false;
  state.stopping = state.pausing = state.out_of_budget = state.disposing = false;
  pace_ = {.budget = options.turn_budget,
           .admitted = static_cast<std::uint8_t>(options.granularity)};
}

TaskId Scheduler::spawn(TaskEntry entry, void* context, const TaskOptions& options) {
  State& state = *state_;
  const TaskId id{static_cast<std::uint32_t>(state.tasks.size())};
  state.tasks.push_back({.entry = entry, .context = context, .options = options});
  state.join(id);
  state.tell({.kind = SimEventKind::spawn,
              .task = id,
              .other = state.running,
              .how = static_cast<std::uint8_t>(options.place)});
  return id;
}

ChannelId Scheduler::channel(const ChannelOptions& options) {
  State& state = *state_;
  const ChannelId id{state.channel_count++};
  if (id.value == state.channels.size()) state.channels.emplace_back();
  ChannelState& channel = state.channels[id.value];
  channel.options = options;
  channel.balance = 0;
  channel.closing = false;
  state.tell_of(id);
  return id;
}

ActionId Scheduler::action(ActionEntry entry, void* context, std::string_view name) {
  State& state = *state_;
  const ActionId id{static_cast<std::uint32_t>(state.actions.size())};
  state.actions.push_back({entry, context, name});
  state.pending.push_back(id);
  return id;
}

void Scheduler::withdraw(ActionId action) { erase_value(state_->pending, action); }

const Ending& Scheduler::run_on(Policy& policy) {
  State& state = *state_;
  MIDSTRIDE_CHECK(!state.running.valid() && !state.disposing,
                  "a run goes on outside all tasks, before it is disposed of");
  state.pausing = false;
  state.entering = true;
  state.ending.thrown.reset();
  state.ending.kind = state.loop(policy);
  state.note_waiting(state.ending.waiting);
  if (state.ending.kind == Ending::Kind::finished && !state.ending.waiting.empty()) {
    state.ending.kind = Ending::Kind::deadlock;
  }
  return state.ending;
}

const Ending& Scheduler::run(Policy& policy) {
  run_on(policy);
  dispose();
  return state_->ending;
}

void Scheduler::dispose() { state_->dispose(); }

void Scheduler::pause() { state_->pausing = true; }

void Scheduler::stop() {
  State& state = *state_;
  state.stopping = true;
  pace_.given_until = pace_.budget = 0;
  if (!state.running.valid() || state.disposing) return;
  if (state.tasks[state.running.value].options.stop_by == StopBy::dropping) state.suspend();
}

// ---- Looking

void Scheduler::close(ChannelId channel) {
  state_->channels[channel.value].closing = true;
  state_->tell({SimEventKind::close, state_->running, TaskId::none(), channel, 1});
}

void Scheduler::open(ChannelId channel) {
  state_->channels[channel.value].closing = false;
  state_->tell({SimEventKind::close, state_->running, TaskId::none(), channel, 0});
}

void Scheduler::State::tell_of(ChannelId id) {
  const ChannelOptions& channel = channels[id.value].options;
  const auto word =
      static_cast<std::uint64_t>(channel.preference + 1 + (channel.schedule_all ? 4 : 0));
  tell({SimEventKind::channel, running, TaskId::none(), id, word});
}

void Scheduler::set_preference(ChannelId channel, std::int8_t preference) {
  state_->channels[channel.value].options.preference = preference;
  state_->tell_of(channel);
}

void Scheduler::set_schedule_all(ChannelId channel, bool on) {
  state_->channels[channel.value].options.schedule_all = on;
  state_->tell_of(channel);
}

std::int8_t Scheduler::preference(ChannelId channel) const {
  return state_->channels[channel.value].options.preference;
}

bool Scheduler::schedule_all(ChannelId channel) const {
  return state_->channels[channel.value].options.schedule_all;
}

bool Scheduler::closing(ChannelId channel) const { return state_->channels[channel.value].closing; }

bool Scheduler::closed(ChannelId id) const {
  const ChannelState& channel = state_->channels[id.value];
  return channel.closing && channel.balance == 0;
}

std::int32_t Scheduler::balance(ChannelId channel) const {
  return state_->channels[channel.value].balance;
}

std::span<const Waiting> Scheduler::queue(ChannelId channel) const {
  return state_->channels[channel.value].queue.items();
}

TaskId Scheduler::current() const { return state_->running; }
TaskState Scheduler::state(TaskId task) const { return state_->tasks[task.value].state; }
std::uint64_t Scheduler::delivered(TaskId id) const {
  const Task& task = state_->tasks[id.value];
  return task.state == TaskState::runnable ? task.word : 0;
}

void Scheduler::strand(TaskId id) {
  MIDSTRIDE_CHECK(state_->tasks[id.value].state == TaskState::blocked,
                  "only a blocked task can be stranded");
  state_->unqueue(id);
}

bool Scheduler::exit_pending(TaskId id) const {
  const Coming coming = state_->tasks[id.value].coming;
  return coming == Coming::exit || coming == Coming::thrown;
}
std::string_view Scheduler::name(TaskId task) const {
  return state_->tasks[task.value].options.name;
}
std::string_view Scheduler::name(ChannelId channel) const {
  return state_->channels[channel.value].options.name;
}
std::string_view Scheduler::name(ActionId action) const {
  return state_->actions[action.value].name;
}
std::uint32_t Scheduler::task_count() const {
  return static_cast<std::uint32_t>(state_->tasks.size());
}
std::uint32_t Scheduler::channel_count() const { return state_->channel_count; }
std::uint64_t Scheduler::now() const { return state_->now; }
std::span<const Pick> Scheduler::picks() const { return state_->picks; }

std::uint64_t Scheduler::state_digest(TaskId but) const {
  const State& state = *state_;
  std::uint64_t digest = 0;
  const auto add = [&](std::uint64_t word) { digest = mix(digest ^ word) + 0x9e37'79b9'7f4a'7c15; };
  const auto counts = [&](TaskId id) { return id != but && state.on_ring(id); };

  const std::span<const TaskId> ring = state.ring.items();
  for (std::size_t i = 0; i < ring.size(); ++i) {
    const TaskId id = ring[(state.ring.current_index() + i) % ring.size()];
    if (counts(id)) add(id.value);
  }
  add(never);
  for (std::uint32_t i = 0; i < state.tasks.size(); ++i) {
    const Task& task = state.tasks[i];
    if (!counts(TaskId{i})) continue;
    add(static_cast<std::uint64_t>(task.state) << 2 | static_cast<std::uint64_t>(task.coming));
  }
  for (std::uint32_t i = 0; i < state.channel_count; ++i) {
    const ChannelState& channel = state.channels[i];
    add(channel.closing ? 1 : 0);
    for (const Waiting& waiting : channel.queue.items()) {
      if (!counts(waiting.task)) continue;
      add(static_cast<std::uint64_t>(waiting.task.value) << 1 | (channel.balance > 0 ? 1 : 0));
    }
    add(never);
  }
  return digest;
}

std::string describe(const Ending& ending, const Scheduler& scheduler,
                     const std::function<std::string(const Waiter&)>& parked) {
  std::string text;
  for (const Waiter& waiter : ending.waiting) {
    if (!text.empty()) text += ", ";
    text += scheduler.name(waiter.task);
    switch (waiter.on) {
      case Waiter::On::send:
        text.append(" waits to send on ").append(scheduler.name(waiter.channel));
        break;
      case Waiter::On::receive:
        text.append(" waits to receive on ").append(scheduler.name(waiter.channel));
        break;
      case Waiter::On::park:
        text += ' ';
        text += parked ? parked(waiter) : "is parked for reason " + std::to_string(waiter.reason);
        break;
      case Waiter::On::sleep: text.append(" sleeps"); break;
      case Waiter::On::insert: text.append(" is out of the ring"); break;
    }
  }
  return text;
}

}  // namespace midstride::sim
