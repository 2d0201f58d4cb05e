#include "sim/tasklet.hpp"

#include <cxxabi.h>

#include <cstring>

#include "sim/check.hpp"
#include "sim/policies.hpp"

namespace midstride::sim {
namespace {

constexpr std::uint64_t turns_expected = 1000;  // worlds have no actions to place
constexpr std::uint32_t refusals_max = 1000;

}  // namespace

// Digests what the scheduler tells.
class World::Told final : public Observer {
 public:
  void on(const SimEvent& event) override {
    digest.add(static_cast<std::uint64_t>(event.kind) << 32 | event.task.value);
    digest.add(static_cast<std::uint64_t>(event.other.value) << 32 | event.channel.value);
    digest.add(event.word);
  }
  Digest digest;
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
  mains_ = handling();
  scheduler_.dispose();
}

void World::begin() {
  told_ = std::make_unique<Told>();
  scheduler_.begin({.granularity = options_.granularity,
                    .turn_budget = options_.turn_budget,
                    .stack_bytes = options_.stack_bytes},
                   told_.get());
  policy_.begin(options_.seed, turns_expected);
}

const Digest& World::digest() const { return told_->digest; }

TaskId World::spawn(std::string name, std::function<void()> body) {
  Tasklet& tasklet = tasklets_.emplace_back(Tasklet{this, std::move(name), std::move(body)});
  return scheduler_.spawn(tasklet_main, &tasklet,
                          {.name = tasklet.name, .stop_by = StopBy::unwinding});
}

void World::tasklet_main(void* context, TaskId) {
  const Tasklet& tasklet = *static_cast<Tasklet*>(context);
  World& world = *tasklet.world;
  set_handling({});
  try {
    world.turn();
    tasklet.body();
  } catch (const TaskletExit&) {
  } catch (const Abandoned&) {
  } catch (...) {
    world.failed_ = std::current_exception();
    world.scheduler_.pause();
  }
  set_handling(world.mains_);
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
  if (on_main()) return call();
  const Handling own = handling();
  set_handling(mains_);
  const Wake wake = call();
  set_handling(own);
  return wake;
}

void World::raise(Wake wake) {
  switch (wake.kind) {
    case WakeKind::value: return;
    case WakeKind::error:
      if (static_cast<ChannelError>(wake.word) == ChannelError::closed) throw ClosedChannel();
      throw WouldBlock();
    case WakeKind::exit: throw TaskletExit();
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
  const bool exit = wake.kind == WakeKind::exit || wake.kind == WakeKind::abandon;
  if (!exit || std::uncaught_exceptions() == 0) raise(wake);
}

void World::turn() {
  if (!on_main()) settle(suspending([&] { return scheduler_.turn(Point::op); }));
}

void World::yield() {
  if (on_main()) throw WouldBlock();
  turn();
  settle(suspending([&] { return scheduler_.yield(); }));
}

void World::sleep(std::uint64_t ticks) {
  if (on_main()) throw WouldBlock();
  turn();
  settle(suspending([&] { return scheduler_.sleep(ticks); }));
}

void World::kill(TaskId victim) {
  turn();
  settle(suspending([&] { return scheduler_.kill(victim); }));
}

Outcome World::run() {
  mains_ = handling();
  const Ending& ending = scheduler_.run_on(policy_);
  if (failed_) std::rethrow_exception(std::exchange(failed_, nullptr));
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
void AnyChannel::open() { world_.scheduler_.open(id_); }
bool AnyChannel::closing() const { return world_.scheduler_.closing(id_); }
bool AnyChannel::closed() const { return world_.scheduler_.closed(id_); }
void AnyChannel::begin_turn() { world_.turn(); }

void AnyChannel::raise(Wake wake) { world_.raise(wake); }
void AnyChannel::settle(Wake wake) { world_.settle(wake); }

Wake AnyChannel::send_word(std::uint64_t word) {
  return world_.suspending([&] { return world_.scheduler_.send(id_, word); });
}

Wake AnyChannel::receive_word() {
  return world_.suspending([&] { return world_.scheduler_.receive(id_); });
}

}  // namespace midstride::sim
