// channel-rules: whoever sends, receives, waits, runs or is killed does so by the rules of
// Stackless (docs/stackless.md names them C1..K5), which are replayed here from the events alone:
// the ring, the channels with their queues, and the stack of nested runs.
//
//   send(T, c, v, P), receive  =>  P is the head of c's queue, on the other side, and a receiver
//                                  gets what P parked there (C3)
//   block(T, c)                =>  nobody waits for T on c, c is not closing, T has no trap (C4)
//   each of them               =>  it is told with the balance before it (C1, C2)
//   refuse(T, why)             =>  the replay says so too, and nothing changes (C4, D3, D4, S3-S6)
//   mark(T), refuse(T, undone) =>  all is as it was at the mark (C6)
//   switch(T)                  =>  T is in the ring, if it is a tasklet
//   idle                       =>  the ring is empty (S7, S9); then wake(T) is as D1 says
//   kill(T), in vain           =>  T is over, otherwise it is not (K1, K4)
//   ring_decides, switch(T)    =>  T is whom the ring turns to (C3, C4, S1, S5-S7, K2)
//
// Who is no tasklet (a reload) is in no ring; on channels the rules hold for it too. Exercised: a
// send or receive finds somebody who waits.
#include <fmt/format.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "properties/by_id.hpp"
#include "properties/guarantees/all.hpp"
#include "properties/guarantees/run_monitor.hpp"
#include "sim/scheduler.hpp"

namespace midstride::properties {

using namespace model;
using sim::Refusal;

namespace {

enum class Where : std::uint8_t { aside, ring, queue, elsewhere, watching, over };
struct TaskRow {
  Where where = Where::aside;
  bool tasklet = false;
  bool begun = false;
  bool trap = false;
  int direction = 0;             // in a queue: +1 sends, -1 receives
  std::uint32_t channel = none;  // in a queue
  std::uint32_t parked = 0;      // in a queue: the value
  std::uint32_t behind = none;   // in a queue: who follows
};
struct Queue {  // a channel
  std::uint32_t head = none;
  std::int32_t balance = 0;
  int preference = -1;
  bool schedule_all = false;
  bool closing = false;
};

// What a switch that fails is undone to.
struct Picture {
  ById<TaskRow> tasks_;
  ById<Queue> channels_;
  std::vector<std::uint32_t> ring_;
  std::vector<std::uint32_t> watchdogs_;
  std::uint32_t current_ = none;
};

class ChannelRules final : public RunMonitor, private Picture {
  // By rule, so that a shrinker stays with one.
  enum Bug : std::uint32_t {
    balance,
    partner,
    value,
    waiting,
    refusal,
    target,
    order,
    left,
    victim
  };

 public:
  void on(std::uint32_t index, const Event& event) override {
    at_ = index;
    switch (event.kind()) {
      case EventKind::send: return meet(event, +1);
      case EventKind::receive: return meet(event, -1);
      case EventKind::block: return block(event);
      case EventKind::wake: return wake(event.a);
      case EventKind::kill: return kill(event);
      case EventKind::end: return end(event);
      case EventKind::switch_: return go_on(event);
      case EventKind::close: channels_[event.a].closing = event.b != 0; return;
      case EventKind::ring: return ring(event);
      case EventKind::channel:
        channels_[event.a].preference = static_cast<int>(event.b & 3) - 1;
        channels_[event.a].schedule_all = (event.b & 4) != 0;
        return;
      case EventKind::trap: tasks_[event.a].trap = event.b != 0; return;
      case EventKind::refuse: return refuse(event);
      case EventKind::idle: return idle();
      default: return;
    }
  }

 private:
  void forget() override {
    tasks_.clear();
    channels_.clear();
    ring_.clear();
    watchdogs_.clear();
    current_ = running_ = main_ = none;
    decides_ = idle_ = false;
  }

  std::string name(std::uint32_t task) const {
    const std::string known = tables().show_task(task);
    return known.empty() ? fmt::format("task {}", task) : known;
  }
  void wrong(Bug bug, std::string expected, std::string found) {
    violate(at_, bug, std::move(expected), std::move(found));
  }

  // ---- The ring: current_ is a member, or none when it is empty.

  std::size_t place(std::uint32_t task) const {
    return static_cast<std::size_t>(std::find(ring_.begin(), ring_.end(), task) - ring_.begin());
  }
  bool in_ring(std::uint32_t task) const { return place(task) < ring_.size(); }
  std::uint32_t after(std::uint32_t task) const { return ring_[(place(task) + 1) % ring_.size()]; }
  void join_at(std::size_t place, std::uint32_t task) {
    ring_.insert(ring_.begin() + static_cast<std::ptrdiff_t>(place), task);
    if (current_ == none) current_ = task;
    tasks_[task].where = Where::ring;
  }
  // The end is just before current. Who is no tasklet is in no ring.
  void join_end(std::uint32_t task) {
    if (tasks_[task].where == Where::ring) return;
    if (!tasks_[task].tasklet) {
      tasks_[task].where = Where::aside;
    } else {
      join_at(ring_.empty() ? 0 : place(current_), task);
    }
  }
  void leave(std::uint32_t task, Where where) {
    if (in_ring(task)) {
      if (current_ == task) current_ = ring_.size() == 1 ? none : after(task);
      ring_.erase(ring_.begin() + static_cast<std::ptrdiff_t>(place(task)));
    }
    tasks_[task].where = where;
  }
  void turn_to(std::uint32_t task) {
    if (in_ring(task)) current_ = task;
  }

  // Before anything that the running tasklet does: it is its turn.
  void acts() {
    idle_ = false;
    if (running_ == none || tasks_.get(running_).where != Where::ring || current_ == running_)
      return;
    if (decides_)
      wrong(order, fmt::format("the ring turns to {}", name(current_)),
            name(running_) + " goes on");
    current_ = running_;
  }

  // ---- Queues

  void join_queue(std::uint32_t channel, std::uint32_t task, int direction, std::uint32_t parked) {
    std::uint32_t* last = &channels_[channel].head;
    while (*last != none) last = &tasks_[*last].behind;
    *last = task;
    TaskRow& row = tasks_[task];
    row.channel = channel;
    row.direction = direction;
    row.parked = parked;
    row.behind = none;
    channels_[channel].balance += direction;
  }
  void leave_queue(std::uint32_t task) {
    TaskRow& row = tasks_[task];
    if (row.channel == none) return;
    Queue& queue = channels_[row.channel];
    std::uint32_t* link = &queue.head;
    while (*link != none && *link != task) link = &tasks_[*link].behind;
    if (*link == task) *link = row.behind;
    queue.balance -= row.direction;
    row.channel = none;
    row.direction = 0;
  }

  // ---- Channel actions

  void expect_balance(std::uint32_t channel, std::uint32_t bits) {
    const std::int32_t balance_here = channels_.get(channel).balance;
    if ((static_cast<std::uint32_t>(balance_here) & 15) == (bits & 15)) return;
    wrong(balance, fmt::format("the action is told of while the balance is {}", balance_here),
          fmt::format("it ends in {:04b} then", bits & 15));
  }

  void meet(const Event& event, int direction) {
    acts();
    const Queue channel = channels_.get(event.a);
    expect_balance(event.a, event.how());
    const bool somebody = channel.head != none && tasks_.get(channel.head).direction == -direction;
    if (!somebody || channel.head != event.c) {
      return wrong(partner,
                   somebody ? name(channel.head) + " is served, who has waited longest"
                            : "nobody is there to be served",
                   name(event.c) + " is served");
    }
    exercise();
    const std::uint32_t parked = tasks_.get(event.c).parked;
    if (direction < 0 && parked != event.b) {
      wrong(value, tables().show(Value{parked}) + ", which was parked, is received",
            tables().show(Value{event.b}));
    }
    leave_queue(event.c);
    const bool partner_first = channel.preference == -direction;
    const bool in_ring_both =
        tasks_.get(running_).where == Where::ring && tasks_.get(event.c).tasklet;
    if (partner_first && !channel.schedule_all && in_ring_both) {
      join_at(place(running_) + 1, event.c);
    } else {
      join_end(event.c);
    }
    if (!in_ring_both) return;
    if (channel.schedule_all) {
      turn_to(after(running_));
    } else if (partner_first) {
      turn_to(event.c);
    }
  }

  // Somebody is on the other side of the channel.
  bool partner_waits(std::uint32_t channel, int direction) const {
    const std::uint32_t head = channels_.get(channel).head;
    return head != none && tasks_.get(head).direction == -direction;
  }

  void block(const Event& event) {
    acts();
    if (event.a == no_channel) return leave(running_, Where::elsewhere);
    const int direction = event.how() == static_cast<std::uint8_t>(BlockHow::send) ? 1 : -1;
    expect_balance(event.a, event.c);
    if (partner_waits(event.a, direction)) {
      wrong(waiting, name(channels_.get(event.a).head) + " is served, who waits",
            name(running_) + " waits too");
    } else if (tasks_.get(running_).trap) {
      wrong(waiting, name(running_) + " does not like to be blocked", "it waits");
    } else if (channels_.get(event.a).closing) {
      wrong(waiting, "nobody waits on a closing channel", name(running_) + " does");
    }
    leave(running_, Where::queue);
    join_queue(event.a, running_, direction, event.b);
  }

  void refuse(const Event& event) {
    const TaskRow about = tasks_.get(event.c);
    bool right = true;
    switch (static_cast<Refusal>(event.b)) {
      case Refusal::would_block:
        acts();
        right = event.actor().kind() == ActorKind::inspector || tasks_.get(running_).trap;
        break;
      case Refusal::closed:
        acts();
        right = channels_.get(event.a).closing && !tasks_.get(running_).trap;
        break;
      case Refusal::deadlock: return undo(running_, "who tried to wait");
      case Refusal::no_sender:
      case Refusal::no_receiver:
        right = tasks_.get(main_).direction ==
                (static_cast<Refusal>(event.b) == Refusal::no_sender ? -1 : 1);
        if (right) return undo(main_, "main");
        break;
      case Refusal::blocked:
        right = about.where == Where::queue || about.where == Where::elsewhere;
        break;
      case Refusal::dead: right = about.where == Where::over; break;
      case Refusal::current: right = event.c == running_; break;
      case Refusal::undone: return undo_switch(event.c);
    }
    if (!right) wrong(refusal, "the call goes through", show(event, tables()));
  }

  // Rule C6. Where the one that switched is over, somebody else hears of it (rules S9, D1).
  void undo_switch(std::uint32_t hears) {
    idle_ = false;
    std::uint32_t should = running_;
    if (tasks_.get(running_).where == Where::over) {
      should = watchdogs_.empty() ? main_ : watchdogs_.back();
      leave_queue(hears);
      join_end(hears);
      turn_to(hears);
    } else {
      put_back();
    }
    if (hears != should) {
      wrong(target, name(should) + " hears that the switch failed", name(hears) + " does");
    }
  }

  // Who was spawned since, by what made the switch fail, is in the ring.
  void put_back() {
    tasks_.put_back(before_.tasks_);
    channels_.put_back(before_.channels_);
    ring_ = before_.ring_;
    watchdogs_ = before_.watchdogs_;
    current_ = before_.current_;
    for (std::uint32_t task = before_.tasks_.size(); task < tasks_.size(); ++task) {
      if (std::exchange(tasks_[task].where, Where::aside) == Where::ring) join_end(task);
    }
  }

  // Rules D3 and D4: nobody else can run, no run() waits for that, and main waits on a channel.
  void undo(std::uint32_t task, const char* who) {
    const bool nobody =
        idle_ && watchdogs_.empty() && main_ != none && tasks_.get(main_).where == Where::queue;
    if (!nobody) wrong(refusal, fmt::format("{} waits on", who), "it was undone");
    idle_ = false;
    leave_queue(task);
    join_end(task);
  }

  // ---- Who goes on

  void go_on(const Event& event) {
    const std::uint32_t task = event.a;
    idle_ = false;
    running_ = task;
    TaskRow& row = tasks_[task];
    row.begun = true;
    if (!row.tasklet) {
      if (decides_ && event.b != current_) {
        wrong(order, fmt::format("the ring turns to {}", name(current_)),
              fmt::format("it turns to {}", name(event.b)));
      }
      return turn_to(event.b);
    }
    if (row.where != Where::ring) {
      const bool over = row.where == Where::over;
      return wrong(left, fmt::format("{} {}", name(task), over ? "is over" : "waits"),
                   "it goes on");
    }
    if (decides_ && task != current_) {
      wrong(order, fmt::format("the ring turns to {}", name(current_)), name(task) + " goes on");
    }
    current_ = task;
    leave_watchdogs();
  }

  void leave_watchdogs() {
    if (std::find(watchdogs_.begin(), watchdogs_.end(), running_) == watchdogs_.end()) return;
    for (;;) {
      const std::uint32_t popped = watchdogs_.back();
      watchdogs_.pop_back();
      if (popped == running_) return;
      if (tasks_.get(popped).where == Where::watching) join_end(popped);
    }
  }

  void idle() {
    for (const std::uint32_t task : ring_) {
      wrong(left, name(task) + " can run", "nobody is left to run");
    }
    idle_ = true;
  }

  void wake(std::uint32_t task) {
    const Where where = tasks_.get(task).where;
    if (where == Where::ring || where == Where::queue || where == Where::over) {
      wrong(target, name(task) + " waits for no wake-up", "it is woken");
    }
    if (idle_ && tasks_.get(task).tasklet && (main_ != none || !watchdogs_.empty())) {
      const std::uint32_t first = watchdogs_.empty() ? main_ : watchdogs_.back();
      if (task != first)
        wrong(target, name(first) + " is woken, when nobody is left to run", name(task) + " is");
    }
    join_end(task);
    if (task == running_) leave_watchdogs();
  }

  void kill(const Event& event) {
    const bool by_tasklet = tasks_.get(running_).where == Where::ring;
    if (by_tasklet) acts();
    TaskRow& row = tasks_[event.a];
    const bool over = row.where == Where::over;
    const bool in_vain = (event.how() & sim::kill_in_vain) != 0;
    if (over != in_vain) {
      return wrong(victim, name(event.a) + (over ? " is over" : " is alive"),
                   in_vain ? "the kill does nothing" : "it is killed");
    }
    if (in_vain || event.a == running_ || !row.tasklet) return;
    if (!row.begun && (event.how() & sim::kill_thrown) == 0) return;  // its end follows
    leave_queue(event.a);
    join_end(event.a);
    if (by_tasklet && (event.how() & sim::kill_pending) == 0) turn_to(event.a);
  }

  void end(const Event& event) {
    if (event.a == running_ && event.how() == 0) acts();
    if (tasks_.get(event.a).where == Where::queue) leave_queue(event.a);
    leave(event.a, Where::over);
  }

  void ring(const Event& event) {
    const std::uint32_t task = event.a;
    const auto how = static_cast<RingHow>(event.how());
    if (how == ring_joined) {
      acts();
      tasks_[task].tasklet = true;
      return join_end(task);
    }
    if (how == RingHow::mark) {
      acts();
      before_ = *this;
      return;
    }
    if (how == ring_decides) decides_ = true;
    if (how == RingHow::main) main_ = task;
    if (how == ring_decides || how == RingHow::main) return turn_to(task);
    acts();
    const bool member = in_ring(task);
    const bool should = how != RingHow::insert;
    if (member != should) {
      return wrong(left, name(task) + (member ? " is in the ring" : " is not in the ring"),
                   show(event, tables()));
    }
    switch (how) {
      case RingHow::schedule:
        turn_to(after(running_));
        if (current_ != task)
          wrong(order, name(current_) + " is next in the ring", name(task) + " is turned to");
        break;
      case RingHow::remove: leave(task, Where::elsewhere); break;
      case RingHow::insert: insert(task); break;
      case RingHow::run: turn_to(task); break;
      case RingHow::switch_:
        leave(running_, Where::elsewhere);
        turn_to(task);
        break;
      case RingHow::watch:
        leave(task, Where::watching);
        watchdogs_.push_back(task);
        break;
      default: break;
    }
  }

  void insert(std::uint32_t task) {
    const Where where = tasks_.get(task).where;
    if (where == Where::queue || where == Where::over)
      wrong(left, name(task) + (where == Where::over ? " is over" : " waits"), "it is inserted");
    join_end(task);
  }

  std::uint32_t at_ = 0;
  Picture before_;  // the call that the running task is in
  std::uint32_t running_ = none;
  std::uint32_t main_ = none;
  bool decides_ = false;  // the ring does
  bool idle_ = false;     // nobody has acted since nobody was left
};

}  // namespace

Guarantee channel_rules() {
  constexpr EventMask needs = mask_of(EventKind::send, EventKind::receive, EventKind::block,
                                      EventKind::switch_, EventKind::ring, EventKind::channel);
  return {
      .name = "channel-rules",
      .statement =
          "Whoever sends, receives, waits, goes on or is killed does so by the rules "
          "of Stackless's channels and scheduler.",
      .antecedent = "a send or a receive finds somebody who waits for it",
      .needs = needs,
      .sees = needs | mask_of(EventKind::wake, EventKind::kill, EventKind::end, EventKind::close,
                              EventKind::trap, EventKind::refuse, EventKind::idle),
      .make = make<ChannelRules>};
}

}  // namespace midstride::properties
