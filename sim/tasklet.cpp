#include "sim/tasklet.hpp"

#include <cxxabi.h>

#include <cstring>

#include "sim/check.hpp"
#include "sim/policies.hpp"

namespace midstride::sim {
namespace {

constexpr std::uint64_t turns_expected = 1000;  // worlds have no actions to place
constexpr std::uint32_t refusals_max = 1000;

bool is_exit(const std::exception_ptr& error) {
  try {
    std::rethrow_exception(error);
  } catch (const TaskletExit&) {
    return true;
  } catch (...) {
    return false;
  }
}

}  // namespace

// While a callback runs nobody may switch.
class World::InsideCallback {
 public:
  explicit InsideCallback(World& world)
      : world_(world), before_(std::exchange(world.in_callback_, true)) {}
  ~InsideCallback() { world_.in_callback_ = before_; }
  InsideCallback(const InsideCallback&) = delete;
  InsideCallback& operator=(const InsideCallback&) = delete;

 private:
  World& world_;
  bool before_;
};

// Digests what the scheduler tells, and passes it on.
class World::Told final : public Observer {
 public:
  explicit Told(World& world) : world_(world) {}

  void on(const SimEvent& event) noexcept override {
    if (world_.observer_ != nullptr) world_.observer_->on(event);
    digest.add(static_cast<std::uint64_t>(event.kind) << 32 | event.task.value);
    digest.add(static_cast<std::uint64_t>(event.other.value) << 32 | event.channel.value);
    digest.add(event.word);
    digest.add(static_cast<std::uint64_t>(event.how) << 32 |
               static_cast<std::uint32_t>(event.balance));
  }
  Digest digest;

 private:
  World& world_;
};

// Calls the schedule callback.
class World::AtSwitch final : public Gate {
 public:
  explicit AtSwitch(World& world) : world_(world) {}

  std::optional<std::uint64_t> refuses(TaskId previous, TaskId next) noexcept override {
    const InsideCallback inside(world_);
    const std::shared_ptr<ScheduleCallback> callback = world_.schedule_callback_;
    try {
      (*callback)(previous, next);
      return {};
    } catch (...) {
      return world_.remember(std::current_exception());
    }
  }

 private:
  World& world_;
};

World::World(const WorldOptions& options)
    : options_(options),
      owned_policy_(make_policy(options.policy)),
      owned_scheduler_(std::make_unique<Scheduler>()),
      policy_(owned_policy_ ? *owned_policy_ : throw UnknownPolicy(options.policy)),
      scheduler_(*owned_scheduler_) {
  begin();
}

World::World(const WorldOptions& options, Policy& policy, Scheduler& scheduler)
    : options_(options), policy_(policy), scheduler_(scheduler) {
  begin();
}

World::~World() {
  outsides_ = handling();
  scheduler_.dispose();
}

void World::begin() {
  told_ = std::make_unique<Told>(*this);
  at_switch_ = std::make_unique<AtSwitch>(*this);
  scheduler_.begin({.granularity = options_.granularity,
                    .turn_budget = options_.turn_budget,
                    .stack_bytes = options_.stack_bytes,
                    .guard_pages = options_.guard_pages,
                    .deadlock_raises = options_.policy == "stackless",
                    .planted = options_.planted},
                   told_.get());
  policy_.begin(options_.seed, turns_expected);
}

const Digest& World::digest() const { return told_->digest; }

TaskId World::spawn(std::string name, std::function<void()> body) {
  Tasklet& tasklet = tasklets_.emplace_back(Tasklet{this, std::move(name), std::move(body)});
  return scheduler_.spawn(tasklet_main, &tasklet,
                          {.name = tasklet.name, .stop_by = StopBy::unwinding});
}

void World::destroy(AnyChannel& channel) {
  turn();
  channel.destroyed_ = true;
  channel.close();
  for (const TaskId waiter : channel.queue()) scheduler_.kill(waiter, When::pending);
}

// What the body holds goes when the tasklet is over, as what is on its stack does.
void World::tasklet_main(void* context, TaskId) {
  Tasklet& tasklet = *static_cast<Tasklet*>(context);
  World& world = *tasklet.world;
  set_handling({});
  try {
    const std::function<void()> body = std::exchange(tasklet.body, nullptr);
    world.raise(world.scheduler_.born());
    world.turn();
    body();
  } catch (const TaskletExit&) {
  } catch (const Abandoned&) {
  } catch (...) {
    world.fail(std::current_exception());
  }
  set_handling(world.outsides_);
}

void World::fail(const std::exception_ptr& error) {
  if (scheduler_.uncaught(remember(error))) return;
  failed_ = error;
  scheduler_.pause();
}

std::uint64_t World::remember(const std::exception_ptr& error) {
  thrown_.push_back(error);
  return thrown_.size() - 1;
}

// The C++ runtime keeps the exceptions that are being handled in one list per thread. A tasklet
// that switches inside a catch clause would leave its own on main's list, so each keeps its list to
// itself. The layout is that of the Itanium C++ ABI, which g++ and clang share.
World::Handling World::handling() {
  Handling state;
  std::memcpy(static_cast<void*>(&state), abi::__cxa_get_globals(), sizeof(state));
  return state;
}

void World::set_handling(const Handling& state) {
  std::memcpy(abi::__cxa_get_globals(), &state, sizeof(state));
}

template <class Call>
Wake World::suspending(const Call& call) {
  if (outside()) return call();
  const Handling own = handling();
  set_handling(outsides_);
  if (schedule_callback_) scheduler_.mark();
  const Wake wake = call();
  set_handling(own);
  return wake;
}

void World::raise_refusal(Refusal why) {
  switch (why) {
    case Refusal::closed: throw ClosedChannel();
    case Refusal::would_block: throw WouldBlock();
    case Refusal::deadlock: throw Deadlock();
    case Refusal::no_sender:
      throw NoPartner("the main tasklet is receiving without a sender available.");
    case Refusal::no_receiver:
      throw NoPartner("the main tasklet is sending without a receiver available.");
    case Refusal::blocked: throw TaskletError("You cannot run a blocked tasklet");
    case Refusal::dead: throw TaskletError("You cannot run an unbound(dead) tasklet");
    case Refusal::current: throw TaskletError("The current tasklet cannot be removed.");
    case Refusal::undone: break;
  }
}

void World::raise(Wake wake) {
  switch (wake.kind) {
    case WakeKind::value: return;
    case WakeKind::error: return raise_refusal(static_cast<Refusal>(wake.word));
    case WakeKind::exit: throw TaskletExit();
    case WakeKind::thrown: std::rethrow_exception(thrown_[scheduler_.thrown(scheduler_.current())]);
    case WakeKind::abandon: break;
  }
  if (refused_ != scheduler_.current()) refused_count_ = 0;
  refused_ = scheduler_.current();
  MIDSTRIDE_CHECK(++refused_count_ < refusals_max,
                  "a tasklet lets Abandoned through at the end of its world");
  throw Abandoned();
}

// To raise in a destructor that runs because something was raised would end the program.
void World::settle(Wake wake) {
  const bool from_outside = wake.kind == WakeKind::exit || wake.kind == WakeKind::thrown ||
                            wake.kind == WakeKind::abandon;
  if (!from_outside || std::uncaught_exceptions() == 0) raise(wake);
}

void World::turn() {
  if (in_callback_) throw InCallback();
  if (!outside()) settle(suspending([&] { return scheduler_.turn(Point::op); }));
}

TaskId World::known(TaskId tasklet) const {
  if (tasklet.value < tasklets_.size()) return tasklet;
  throw UnknownTasklet(tasklet, tasklets_.size());
}

std::exception_ptr World::given(std::exception_ptr error) {
  if (error) return error;
  throw std::invalid_argument("expected an exception to raise, found a null std::exception_ptr");
}

void World::schedule() {
  turn();
  if (outside()) throw WouldBlock();
  settle(suspending([&] { return scheduler_.yield(); }));
}

void World::schedule_remove() {
  turn();
  if (outside()) throw WouldBlock();
  settle(suspending([&] { return scheduler_.schedule_remove(); }));
}

void World::sleep(std::uint64_t ticks) {
  turn();
  if (outside()) throw WouldBlock();
  settle(suspending([&] { return scheduler_.sleep(ticks); }));
}

void World::insert(TaskId tasklet) {
  turn();
  settle(scheduler_.insert(known(tasklet)));
}

void World::remove(TaskId tasklet) {
  turn();
  const Wake wake = scheduler_.remove(known(tasklet));
  if (wake == Wake(WakeKind::error, static_cast<std::uint64_t>(Refusal::blocked))) {
    throw TaskletError("You cannot remove a blocked tasklet.");
  }
  settle(wake);
}

void World::run(TaskId tasklet) {
  turn();
  known(tasklet);
  if (outside()) return settle(scheduler_.insert(tasklet));
  settle(suspending([&] { return scheduler_.run_now(tasklet); }));
}

void World::switch_to(TaskId tasklet) {
  turn();
  known(tasklet);
  if (outside()) return settle(scheduler_.insert(tasklet));
  settle(suspending([&] { return scheduler_.switch_to(tasklet); }));
}

void World::kill(TaskId victim, When when) {
  turn();
  known(victim);
  const Wake wake = suspending([&] { return scheduler_.kill(victim, when); });
  if (!alive(victim)) tasklets_[victim.value].body = nullptr;  // it may not have begun
  settle(wake);
}

void World::raise_exception(TaskId victim, std::exception_ptr error, When when) {
  if (is_exit(given(error))) return kill(victim, when);
  turn();
  known(victim);
  const std::uint64_t what = remember(error);
  const Wake wake = suspending([&] { return scheduler_.throw_at(victim, what, when); });
  if (wake == Wake(WakeKind::error, static_cast<std::uint64_t>(Refusal::dead))) {
    throw TaskletError("You cannot throw to a dead tasklet");
  }
  settle(wake);
}

bool World::scheduled(TaskId tasklet) const {
  const TaskState state = scheduler_.state(known(tasklet));
  return state == TaskState::fresh || state == TaskState::runnable || state == TaskState::blocked;
}

bool World::paused(TaskId tasklet) const { return alive(tasklet) && !scheduled(tasklet); }

void World::channel_callback(AnyChannel& channel, bool sending) {
  const std::shared_ptr<ChannelCallback> callback = channel_callback_;
  if (!callback) return;
  const InsideCallback inside(*this);
  const std::int32_t balance = channel.balance();
  (*callback)(channel, getcurrent(), sending, sending ? balance >= 0 : balance <= 0);
}

void World::set_channel_callback(ChannelCallback callback) {
  channel_callback_ = callback ? std::make_shared<ChannelCallback>(std::move(callback)) : nullptr;
}

void World::set_schedule_callback(ScheduleCallback callback) {
  schedule_callback_ = callback ? std::make_shared<ScheduleCallback>(std::move(callback)) : nullptr;
  scheduler_.set_gate(schedule_callback_ ? at_switch_.get() : nullptr);
}

Outcome World::main(std::function<void()> body) {
  if (in_callback_) throw InCallback();
  if (!outside()) throw TaskletError("main() is called outside the tasklets, found it in one");
  if (getmain().valid() && alive(getmain())) {
    throw TaskletError("a world has one main at a time, found one that is not over: run() goes on");
  }
  scheduler_.make_main(spawn("main", std::move(body)));
  const Outcome outcome = run();
  if (outcome.kind == Ending::Kind::out_of_budget) throw OutOfTurns();
  return outcome;
}

Outcome World::run() {
  if (in_callback_) throw InCallback();
  if (!outside()) {
    turn();
    settle(suspending([&] { return scheduler_.run_others(); }));
    Ending ending{.waiting = scheduler_.waiting()};
    std::erase_if(ending.waiting, [&](const Waiter& waiter) {  // these are inside a run() too
      return scheduler_.state(waiter.task) == TaskState::watching;
    });
    const auto kind = ending.waiting.empty() ? Ending::Kind::finished : Ending::Kind::deadlock;
    return {kind, describe(ending, scheduler_), scheduler_.turns()};
  }
  outsides_ = handling();
  const Ending& ending = scheduler_.run_on(policy_);
  if (failed_) std::rethrow_exception(std::exchange(failed_, nullptr));
  if (ending.thrown) std::rethrow_exception(thrown_[*ending.thrown]);
  return {ending.kind, describe(ending, scheduler_), scheduler_.turns()};
}

void World::finish() {
  const Outcome outcome = run();
  if (outcome.kind == Ending::Kind::deadlock) throw Deadlock(outcome.waiting);
  if (outcome.kind == Ending::Kind::out_of_budget) throw OutOfTurns();
}

// ---- Channels

std::int32_t AnyChannel::balance() const { return world_.scheduler_.balance(id_); }
void AnyChannel::close() { world_.scheduler_.close(id_); }
void AnyChannel::open() {
  if (destroyed_) throw ClosedChannel();
  world_.scheduler_.open(id_);
}
bool AnyChannel::closing() const { return world_.scheduler_.closing(id_); }
bool AnyChannel::closed() const { return world_.scheduler_.closed(id_); }
std::int8_t AnyChannel::preference() const { return world_.scheduler_.preference(id_); }
void AnyChannel::set_preference(std::int8_t preference) {
  world_.scheduler_.set_preference(id_, sign_of(preference));
}
bool AnyChannel::schedule_all() const { return world_.scheduler_.schedule_all(id_); }
void AnyChannel::set_schedule_all(bool on) { world_.scheduler_.set_schedule_all(id_, on); }

std::vector<TaskId> AnyChannel::queue() const {
  std::vector<TaskId> tasklets;
  for (const Waiting& waiting : world_.scheduler_.queue(id_)) tasklets.push_back(waiting.task);
  return tasklets;
}

void AnyChannel::begin_action(bool sending) {
  world_.turn();
  world_.channel_callback(*this, sending);
}

std::exception_ptr AnyChannel::given(std::exception_ptr error) {
  return World::given(std::move(error));
}
void AnyChannel::raise(Wake wake) { world_.raise(wake); }
void AnyChannel::settle(Wake wake) { world_.settle(wake); }

Wake AnyChannel::send_word(std::uint64_t word) {
  return world_.suspending([&] { return world_.scheduler_.send(id_, word); });
}

Wake AnyChannel::receive_word() {
  return world_.suspending([&] { return world_.scheduler_.receive(id_); });
}

}  // namespace midstride::sim
