// One deterministic world of tasks, channels and a virtual clock. Tasks are fibers; the hub
// (whoever calls run()) asks the policy who goes on at every switch point, resumes that task, and
// gets control back when the task blocks, yields, ends, or has used up the turns it was given and
// stands at a point that the granularity admits.
//
// The rules of channels and of the ring are those of Stackless Python (docs/stackless.md names them
// C1..K5). The ring is kept exactly under every policy; only the policy `stackless` lets it decide
// who runs next.
//
// Nothing here throws and nothing knows about code or reloading: a channel carries 64-bit words
// that belong to the caller. tasklet.hpp has the comfortable interface for C++ (typed channels,
// exceptions, Stackless's names).
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sim/guard_pages.hpp"
#include "sim/ids.hpp"
#include "sim/wait_queue.hpp"

namespace midstride::sim {

// Where others may come in between two turns of the running task.
enum class Granularity : std::uint8_t {
  yields,      // only where it yields, blocks, ends, or hands over by a channel's preference
  safepoints,  // and at safepoints
  ops,         // and between any two turns
};

// What kind of point the running task stands at before its next turn.
enum class Point : std::uint8_t { safepoint, op };

// How a call that may suspend came back.
enum class WakeKind : std::uint8_t {
  value,    // normally; `word` is what was received (receive), given to wake() (park), or 0
  exit,     // the task was killed: end it, or catch that and go on (rules K1, K4)
  thrown,   // something else was thrown at the task; what is Scheduler::thrown(task)
  error,    // the call was refused and changed nothing; `word` is a Refusal
  abandon,  // the run is over: unwind now, without any further call that may suspend
            // (StopBy::unwind tasks only)
};
// Why a call changed nothing, or what came of waiting that was undone.
enum class Refusal : std::uint8_t {
  closed = 1,   // it would have to wait on a closing channel (rule C4)
  would_block,  // it would have to wait, which its block trap, or being the hub, forbids (rule C4)
  deadlock,     // the last that could run would have to wait: undone (rule D3)
  no_sender,    // main waited to receive, and nobody is left to send: undone (rule D4)
  no_receiver,  // the other way round
  blocked,      // the tasklet waits on a channel (rules S3 to S6)
  dead,         // the tasklet is over (rules S3, S5, S6, K5)
  current,      // the tasklet runs (rule S4)
  undone,       // only told: the switch failed (rule C6), and what the Gate gave is thrown
};
struct Wake {
  WakeKind kind = WakeKind::value;
  // exit, thrown: the send or receive under way had gone through before that; `word` is what was
  // received.
  bool done = false;
  std::uint64_t word = 0;

  constexpr Wake() = default;
  constexpr Wake(WakeKind how, std::uint64_t what = 0, bool gone_through = false)
      : kind(how), done(gone_through), word(what) {}
  bool operator==(const Wake&) const = default;
};
static_assert(sizeof(Wake) == 16, "comes back in two registers");

enum class Place : std::uint8_t {
  ring,   // a tasklet: joins the ring at its end (rule S2)
  aside,  // a task of the harness, such as a reload: never in the ring, but seen by policies and by
          // deadlock detection
};
// How a task that is not over is disposed of when the run stops.
enum class StopBy : std::uint8_t {
  dropping,   // its stack holds nothing that needs a destructor: it is forgotten
  unwinding,  // it is resumed with WakeKind::abandon until its entry returns
};

using TaskEntry = void (*)(void* context, TaskId self);
struct TaskOptions {
  std::string_view name;  // must outlive the run
  Place place = Place::ring;
  StopBy stop_by = StopBy::dropping;
  std::size_t stack_bytes = 0;  // 0: the scheduler's default
};
enum class TaskState : std::uint8_t {
  fresh,
  runnable,
  blocked,
  sleeping,
  parked,
  paused,  // out of everything by its own or somebody's remove, until it is inserted (rules S1, S4)
  watching,  // inside run_others() (rule D1)
  ended,
};
// Whether what is thrown at a tasklet is raised now or when its turn comes (rules K2, K3).
enum class When : std::uint8_t { now, pending };

// Something that happens at a switch point when the policy or a script says so: a reload is asked
// for, an inspector looks in. It runs on the hub and cannot block. It may name a task that is to
// run at once for the picked number of turns.
using ActionEntry = TaskId (*)(void* context, ActionId self);

// One choice at one switch point. `turns` >= 1 is how many turns the task begins before it stops at
// the next admitted point.
struct Pick {
  enum class Kind : std::uint8_t {
    stop,    // nobody: the run ends here, with Ending::stopped
    task,    // `id` is a TaskId that is runnable
    action,  // `id` is an ActionId that is pending
  };
  Kind kind = Kind::stop;
  std::uint32_t id = 0;
  std::uint32_t turns = 1;

  // Not trivial, so that a Pick comes back in memory: putting it together in registers stalls for
  // longer than most policies think.
  constexpr ~Pick() {}
  bool operator==(const Pick&) const = default;
};

// What a policy may look at. The spans are valid during pick() only.
struct View {
  std::span<const TaskId> ring;  // runnable tasklets in ring order, as stored
  std::size_t current;  // index into ring of the one whose turn it is by the ring (0 when the ring
                        // is empty)
  std::span<const TaskId>
      aside;  // runnable tasks off the ring, in the order in which they became runnable
  std::span<const ActionId> actions;  // pending actions, in id order
  std::uint64_t turn;                 // turns begun so far in this run
};

// The port of a scheduling policy. pick() is called only when View has at least one entry in ring,
// aside or actions. A pick that cannot be taken is a broken invariant.
class Policy {
 public:
  virtual ~Policy() = default;
  virtual std::string_view name() const = 0;
  // Forgets everything. `seed` feeds the policy's own stream; `turns_expected` (> 0) is the
  // caller's guess of the run's length, over which a policy that places actions spreads them.
  virtual void begin(std::uint64_t seed, std::uint64_t turns_expected) = 0;
  virtual Pick pick(const View& view) = 0;
};

// What happens in the world, told to the observer as it happens: a channel action (block, send,
// receive) and switch_to before anything changes, as Stackless's callbacks are (rules C2, S10);
// everything else right after, and before anybody else runs. A partner that waited is told of by
// its actor's send or receive, a victim by its kill; `wake` is for those who parked, slept, or
// waited for nobody to be left. What is disposed of when the run is over tells nothing.
enum class SimEventKind : std::uint8_t {
  spawn,      // task, by other; how: its Place
  end,        // task; how: 1 by an exception that nobody caught
  block,      // task, channel, word that is sent; how: BlockHow
  wake,       // task, by other: none on the hub
  send,       // task (none: the hub), to other, channel, word
  receive,    // task (none: the hub), from other, channel, word
  kill,       // task, by other; how: KillHow
  switch_to,  // task goes on; other ran before; word: the ring's current
  close,      // channel; word 1, or 0 when it was opened again
  sleep,      // task; word: until when
  ring,       // task acts on other; how: RingHow
  channel,    // channel was made or changed; word: preference + 1, and 4 more for schedule_all
  trap,       // task's block trap; word 1 on, 0 off
  refuse,     // task's call, channel if it was an action, other if it was about that; word: Refusal
  idle,       // nobody is left to run
};
enum class BlockHow : std::uint8_t { receive, send, park };
enum class RingHow : std::uint8_t {
  schedule,  // other: whom the ring turns to
  remove,    // other leaves the ring: the task itself, or one that does not run
  insert,    // other joins the end
  run,       // other runs now; it joins the end before, if it was in nobody's hands
  switch_,   // the same, and the task leaves the ring
  watch,     // the task leaves the ring until nobody can run
  main,      // other is main from now on, and current
  mark,      // what follows is undone to here if the switch fails in which it ends (rule C6)
};
// Bits. A kill of a fresh tasklet without `thrown` ends it there and then (rule K1).
enum KillHow : std::uint8_t { kill_pending = 1, kill_thrown = 2, kill_in_vain = 4 };
struct SimEvent {
  SimEventKind kind;
  TaskId task;
  TaskId other = TaskId::none();
  ChannelId channel = ChannelId::none();
  std::uint64_t word = 0;
  std::uint8_t how = 0;
  std::int32_t balance = 0;  // block, send, receive: the channel's, before it changes
};
class Observer {
 public:
  virtual ~Observer() = default;
  virtual void on(const SimEvent& event) = 0;
};

// Is asked before every switch between two different tasks (rule S10), on the hub.
class Gate {
 public:
  virtual ~Gate() = default;
  // What is to be thrown, if the switch fails (rule C6); the numbers are the caller's.
  virtual std::optional<std::uint64_t> refuses(TaskId previous, TaskId next) = 0;
};

struct ChannelOptions {
  std::string_view name;        // must outlive the run
  std::int8_t preference = -1;  // -1 the receiver runs first, 1 the sender, 0 neither (rule C3)
  bool schedule_all = false;
};

// Who waits, and on what, when the run ends.
struct Waiter {
  enum class On : std::uint8_t { send, receive, park, sleep, insert };
  TaskId task;
  On on;
  ChannelId channel;     // send, receive
  std::uint32_t reason;  // park: the reason given
  bool operator==(const Waiter&) const = default;
};
struct Ending {
  enum class Kind : std::uint8_t {
    finished,  // every task ended
    deadlock,  // nobody can run, no action is left that the policy would take, and somebody waits
    out_of_budget,  // the turn budget was used up
    stopped,        // a task or an action called stop(), or the policy picked Pick::Kind::stop
  };
  Kind kind = Kind::finished;
  std::vector<Waiter> waiting;  // in task order; never a sleeper when it is a deadlock
  // Stopped because a switch failed that no task is to hear of: what the Gate gave.
  std::optional<std::uint64_t> thrown = std::nullopt;
};
// "t waits to receive on c, ...". `parked` says why somebody is, from Waiter::reason: "waits for
// r".
std::string describe(const Ending& ending, const class Scheduler& scheduler,
                     const std::function<std::string(const Waiter&)>& parked = {});

// A scheduler with one rule broken on purpose, for testing whoever is to notice
// (docs/stackless.md).
enum class Planted : std::uint8_t {
  none,
  no_undo_on_deadlock,         // Z1: D3 raises, and leaves who tried to receive in the queue
  killed_waiter_queued,        // Z2: K2 leaves a victim that receives in its queue
  duplicate_insert,            // Z3: who is in the ring already joins again, by insert or by a kill
  block_trap_ignored,          // Z4
  close_ignored,               // Z5
  last_come_first_served,      // Z6
  preference_swapped,          // Z7
  told_too_late,               // Z8: C2 tells after the state has changed
  uncaught_drops_the_ring,     // Z9
  caught_kill_counts_as_dead,  // Z10
};

struct SchedulerOptions {
  Granularity granularity = Granularity::ops;
  std::uint64_t turn_budget =
      1'000'000;                // turns of one run; past it the run ends with out_of_budget
  std::size_t stack_bytes = 0;  // 0: StackPool's default
  GuardPages guard_pages = GuardPages::no;  // yes where foreign code runs on the fibers
  // Whether a deadlock is raised, in main or in who tried to wait (rules D3, D4), or ends the run.
  bool deadlock_raises = false;
  Planted planted = Planted::none;
};

// Owns its fibers' stacks and keeps them (and every table's memory) from run to run: after a
// warm-up a run allocates nothing. One thread. Calls marked [task] are made on a task's own fiber,
// [hub] outside all of them.
class Scheduler {
 public:
  Scheduler();
  ~Scheduler();
  Scheduler(const Scheduler&) = delete;
  Scheduler& operator=(const Scheduler&) = delete;

  // [hub] Forgets the last run, whatever state it is in. The observer may be null. Must come before
  // anything else.
  void begin(const SchedulerOptions& options, Observer* observer);

  // [hub or task] The entry runs when the task is first resumed.
  TaskId spawn(TaskEntry entry, void* context, const TaskOptions& options);
  ChannelId channel(const ChannelOptions& options);
  // [hub or task] Pending until it is picked, then gone.
  ActionId action(ActionEntry entry, void* context, std::string_view name);
  void withdraw(ActionId action);

  // [hub] Runs until nothing more can happen, then disposes of every task that is not over (see
  // StopBy). Their states, the queues and balances stay to be looked at. The Ending is valid until
  // the next begin().
  const Ending& run(Policy& policy);
  // [hub] The same without disposing: more can be spawned, sent and killed from the hub, and it can
  // be called again.
  const Ending& run_on(Policy& policy);
  // [hub] Disposes of every task that is not over. Nobody can run until the next begin().
  void dispose();

  // [task] Begins a turn. Suspends first if the turns given are used up and the granularity admits
  // this point. A task that loops must begin turns: they are what the budget counts.
  Wake turn(Point point) {
    if (pace_.turns >= pace_.given_until) [[unlikely]] {
      if (static_cast<std::uint8_t>(point) < pace_.admitted || pace_.turns >= pace_.budget)
        return turn_after_others();
    }
    ++pace_.turns;
    return {};
  }
  // An op is a turn() and then at most one of the calls below. A task goes to the hub whenever it
  // blocks. At the points of the granularity `yields` (yield(), a channel action after which
  // Stackless would switch, kill() of another) it goes there too, unless it has turns in hand that
  // it was given and has not begun: then it goes on, and the ring's current does not move. A task
  // aside never moves the ring's current.

  // [task] schedule(): the ring moves on to the next; the caller stays in it (rule S1). A task
  // aside goes behind the others there.
  Wake yield();
  // [hub or task] Rules C3, C4. On the hub, which cannot wait: would_block.
  Wake receive(ChannelId channel);
  Wake send(ChannelId channel, std::uint64_t word);
  // [task] Out of everything until the virtual clock has moved by `ticks`; it moves only when
  // nobody can run.
  Wake sleep(std::uint64_t ticks);
  // [task] Waits for wake(); `reason` is for whoever reads a deadlock.
  Wake park(std::uint32_t reason);
  // [hub or task] The task must be parked. Becomes runnable; joins the ring's end, or the aside
  // tasks.
  void wake(TaskId task, std::uint64_t word);
  // [hub or task] Rules K1 to K3. On the caller itself: returns exit. On a task that is over:
  // value, nothing happens. On one that has not begun: it ends without running. Otherwise the
  // victim leaves its channel, becomes runnable and finds WakeKind::exit where it was suspended;
  // under `stackless`, unless it is pending, it runs now.
  Wake kill(TaskId victim, When when = When::now);
  // [hub or task] Rules K2, K3, K5: the same with WakeKind::thrown, `what` being the caller's. A
  // task that is over refuses it. One that has not begun begins with it (see Scheduler::born()).
  Wake throw_at(TaskId victim, std::uint64_t what, When when = When::now);
  std::uint64_t thrown(TaskId task) const;
  // [task] What the task finds before its first op: exit or thrown if that is pending, else value.
  Wake born();
  // [task] Rule S9: `what` leaves the calling task, whose entry returns now. It is thrown at the
  // innermost watchdog, else at main; false when there is neither, and nothing was done.
  bool uncaught(std::uint64_t what);

  // What follows is Stackless's interface to the ring. On a task aside, and for one, these are not
  // to be called.

  // [hub] This tasklet is the one to turn to when nobody else can run (rules D1, D4, D5), and its
  // end is the end of the run. It is the ring's current, so whoever is in the ring follows it.
  void make_main(TaskId task);
  TaskId main() const;
  // [task] Out of the ring, and the next runs, until it is inserted (rules S1, D5).
  Wake schedule_remove();
  // [task] run() inside a run: waits until nobody else can run (rules D1, D2, S8).
  Wake run_others();
  // [hub or task] Rules S3, S4.
  Wake insert(TaskId task);
  Wake remove(TaskId task);
  // [task] Rules S5, S6.
  Wake run_now(TaskId task);
  Wake switch_to(TaskId task);
  // [hub or task] Null: every switch is made. Otherwise a switch that fails is undone (rule C6):
  // what the gate gives is thrown at the task that switched, whose call has changed nothing, and
  // which goes on. If that task is over, it is thrown as rule S9 says. If nobody has run since the
  // hub was asked to go on, or nobody is there to throw it at, the run stops with Ending::thrown.
  void set_gate(Gate* gate);
  // [task] Before each call that may suspend, while there is a gate: what it is undone to.
  void mark();
  // [hub or task] While it is set, whatever would make the task wait on a channel is refused (C4).
  void set_block_trap(TaskId task, bool on);
  bool block_trap(TaskId task) const;
  void set_preference(ChannelId channel, std::int8_t preference);
  void set_schedule_all(ChannelId channel, bool on);
  std::int8_t preference(ChannelId channel) const;
  bool schedule_all(ChannelId channel) const;
  std::span<const TaskId> ring() const;  // as stored
  bool can_run(TaskId task) const;       // a policy may pick it
  // Which way the task waits on a channel: 1 sending, -1 receiving, 0 neither.
  int blocked(TaskId task) const;
  std::vector<Waiter> waiting() const;  // as an Ending would say now
  // [hub or task] Rule C7: no new waiting on it; those who wait already stay. open() takes that
  // back.
  void close(ChannelId channel);
  void open(ChannelId channel);
  bool closing(ChannelId channel) const;
  bool closed(ChannelId channel) const;                     // closing and nobody waits
  std::int32_t balance(ChannelId channel) const;            // rule C1
  std::span<const Waiting> queue(ChannelId channel) const;  // head first
  // What a runnable task will find as its word when it goes on: a value that has left its channel
  // and has not arrived yet.
  std::uint64_t delivered(TaskId task) const;

  // For planted bugs: the blocked task leaves its channel's queue, and nobody will ever wake it.
  void strand(TaskId task);

  // [hub or task] run_on() returns at the next opportunity, with Ending::stopped, and can be called
  // again.
  void pause();
  // [hub or task] The run ends at the next opportunity with Ending::stopped. On a task that is
  // StopBy::dropping the call does not return.
  void stop();

  TaskId current() const;  // the task that runs now, none on the hub
  TaskState state(TaskId task) const;
  bool exit_pending(TaskId task) const;
  std::string_view name(TaskId task) const;
  std::string_view name(ChannelId channel) const;
  std::string_view name(ActionId action) const;
  std::uint32_t task_count() const;  // tasks of this run so far; ids are 0..count-1
  std::uint32_t channel_count() const;
  std::uint64_t turns() const { return pace_.turns; }  // turns begun in this run
  std::uint64_t now() const;                           // the virtual clock, in ticks
  // What was picked in this run, with the turns really begun: at least 1, and 1 more where the task
  // passed a yield with turns in hand after the last that it began. Replaying them replays the run.
  std::span<const Pick> picks() const;

  // 64 bits over everything that decides who can run: the ring's order, states, queues, pending
  // exits. Tasks aside and `but` are left out. Costs a walk over all tasks and channels.
  std::uint64_t state_digest(TaskId but = TaskId::none()) const;

 private:
  // What turn() looks at.
  struct Pace {
    std::uint64_t turns = 0;  // begun so far
    std::uint64_t given_until =
        0;  // the running task may begin turns without asking until so many are begun
    std::uint64_t budget = 0;
    std::uint8_t admitted = 0;  // points below this one are admitted by the granularity
  };
  struct State;

  Wake turn_after_others();
  Wake broken_receive(ChannelId channel);
  Wake broken_send(ChannelId channel, std::uint64_t word);

  Pace pace_;
  std::unique_ptr<State> state_;
};

}  // namespace midstride::sim
