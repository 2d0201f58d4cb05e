#include "properties/laws_channels_oracle.hpp"

#include <algorithm>
#include <deque>
#include <optional>
#include <utility>

namespace midstride::properties {

namespace {

// ---- The tables

// A partner waits: where the partner goes, and whose turn it is then (rule C3).
enum class Goes : std::uint8_t { after_actor, to_the_end };
enum class Turn : std::uint8_t { actors, partners, of_the_next };
struct Meeting {
  Goes partner;
  Turn turn;
};
constexpr Meeting meetings[2][2] = {  // by schedule_all, and by whether the partner is preferred
    {{Goes::to_the_end, Turn::actors}, {Goes::after_actor, Turn::partners}},
    {{Goes::to_the_end, Turn::of_the_next}, {Goes::to_the_end, Turn::of_the_next}}};

// What one tasklet does to another, by where that one is (rules S3 to S6, K1 to K3, K5).
enum Where : std::uint8_t { myself, in_ring, in_queue, nowhere, dead };
enum Effect : std::uint16_t {
  nothing = 0,
  joins = 1,    // the end of the ring
  runs = 2,     // it is its turn now
  leaves = 4,   // the ring
  swaps = 8,    // the actor leaves the ring
  gets = 16,    // joins, and finds what is raised when its turn comes
  raises = 32,  // in place
};
constexpr std::uint16_t error(Ended code) { return static_cast<std::uint16_t>(code << 8); }
constexpr std::uint16_t one_to_another[][5] = {
    // myself, in the ring, in a queue, nowhere, dead
    /* insert  */ {nothing, nothing, error(run_blocked), joins, error(run_dead)},
    /* remove  */ {error(remove_current), leaves, error(remove_blocked), nothing, nothing},
    /* run     */ {nothing, runs, error(run_blocked), joins | runs, error(run_dead)},
    /* switch  */
    {nothing, runs | swaps, error(run_blocked), joins | runs | swaps, error(run_dead)},
    /* kill    */ {raises, gets | runs, gets | runs, gets | runs, nothing},
    /* pending */ {raises, gets, gets, gets, nothing},
    /* throw   */ {raises, gets | runs, gets | runs, gets | runs, error(throw_dead)},
    /* pending */ {raises, gets, gets, gets, error(throw_dead)},
};

// ---- The machine

struct Tasklet {
  Where where = nowhere;
  bool exists = false, begun = false, waiting = false;  // waiting: a step is not done
  bool trap = false;
  std::size_t step = 0;
  std::int16_t result = fine;  // of the step that is not done
  int channel = -1, direction = 0;
  std::int16_t parked = 0;  // what it sends, as the receiver's result
};
struct Channel {
  std::deque<int> queue;
  int balance = 0, preference = -1;
  bool schedule_all = false, closing = false, destroyed = false;
};
struct State {  // what a switch that fails is undone to
  std::vector<Tasklet> tasklets_;
  std::vector<Channel> channels_;
  std::deque<int> ring_;  // the first is current, the last the end
  std::vector<int> watchdogs_;
};

class Machine : State {
 public:
  explicit Machine(const ChannelProgram& program) : program_(program) {
    for (const ChannelShape& shape : program.channels)
      channels_.push_back({{}, 0, shape.preference, shape.schedule_all});
    tasklets_.resize(program.tasklets.size());
    create(0);
    for (std::size_t t = 1; t < tasklets_.size(); ++t)
      if (!program.tasklets[t].late) create(static_cast<int>(t));
  }

  Log run() {
    while (tasklets_[0].where != dead) {
      if (ring_.empty()) wake_somebody();
      const bool refused = ring_.front() != last_ && std::exchange(refuses_, false);
      refused ? undo() : go_on(ring_.front());
    }
    for (std::size_t c = 0; c < channels_.size(); ++c)
      note(Note::balance, static_cast<int>(c), 0, channels_[c].balance);
    return log_;
  }

 private:
  Tasklet& the(int t) { return tasklets_[static_cast<std::size_t>(t)]; }
  void note(Note note, int who, int what, int result) {
    log_.push_back({note, static_cast<std::int16_t>(who), static_cast<std::int16_t>(what),
                    static_cast<std::int16_t>(result)});
  }
  void create(int t) {
    the(t).exists = true;
    join(t);
  }
  void join(int t) {
    ring_.push_back(t);
    the(t).where = in_ring;
  }
  void leave(int t, Where to) {
    std::erase(ring_, t);
    the(t).where = to;
  }
  void turn_to(int t) {
    std::rotate(ring_.begin(), std::find(ring_.begin(), ring_.end(), t), ring_.end());
  }
  void leave_queue(int t) {
    Channel& channel = channels_[static_cast<std::size_t>(the(t).channel)];
    std::erase(channel.queue, t);
    channel.balance -= the(t).direction;
  }

  // Out of its queue and into the ring, where it finds that result.
  void find(int t, std::int16_t result) {
    if (the(t).where == in_queue) leave_queue(t);
    if (the(t).where != in_ring) join(t);
    the(t).result = result;
  }
  int target() const { return watchdogs_.empty() ? 0 : watchdogs_.back(); }  // rule D1

  void go_on(int t) {
    if (t != last_) note(Note::switched, last_, t, 0);
    leave_watchdogs(last_ = t);
    Tasklet& me = the(t);
    if (!me.begun) {
      me.begun = true;
      if (me.result != fine) return end(t, std::exchange(me.result, fine));
    }
    if (me.waiting) return done(t, std::exchange(me.result, fine));
    const std::vector<Step>& steps = program_.tasklets[static_cast<std::size_t>(t)].steps;
    if (me.step == steps.size()) {
      note(Note::end, t, 0, 0);
      return end(t, fine);
    }
    note(Note::begin, t, static_cast<int>(me.step), 0);
    me.waiting = true;
    before_ = *this;
    const std::optional<std::int16_t> result = perform(t, steps[me.step]);
    if (result) done(t, *result);  // else when its turn comes again
  }

  void done(int t, std::int16_t result) {
    Tasklet& me = the(t);
    const Step& step = program_.tasklets[static_cast<std::size_t>(t)].steps[me.step];
    note(Note::done, t, static_cast<int>(me.step), result);
    me.waiting = false;
    ++me.step;
    const bool raised =
        result != fine && result != iterated && !(result >= received && result < received + 10);
    if (raised && !step.guarded) end(t, result);
  }

  // Rules S7 and S9.
  void end(int t, std::int16_t raised) {
    leave(t, dead);
    if (raised == fine || raised == exited) return;
    if (t == 0) return note(Note::left, 0, 0, raised);
    find(target(), raised);
    turn_to(target());
  }

  // Rule C6, and S9 for one that is over.
  void undo() {
    if (the(last_).where != dead) {
      static_cast<State&>(*this) = before_;
      return done(last_, switch_failed);
    }
    find(target(), switch_failed);
    turn_to(last_ = target());
  }

  // Rules D2 to D5.
  void wake_somebody() {
    if (the(target()).where != in_queue) return join(target());
    if (the(last_).where != dead) return find(last_, deadlocked);
    find(target(), the(target()).direction > 0 ? no_receiver : no_sender);
  }

  void leave_watchdogs(int t) {
    if (std::find(watchdogs_.begin(), watchdogs_.end(), t) == watchdogs_.end()) return;
    for (int popped = -1; popped != t;) {
      popped = watchdogs_.back();
      watchdogs_.pop_back();
      if (the(popped).where == nowhere) join(popped);
    }
  }

  // What the step gives at once; nothing when the tasklet does not go on before its next turn.
  std::optional<std::int16_t> perform(int t, const Step& step) {
    if (step.what >= Do::spawn) return perform_on_tasklet(t, step);
    Channel& channel = channels_[step.what <= Do::schedule_all ? step.on : 0];
    const auto value = static_cast<std::int16_t>(received + step.value);
    const auto raised = static_cast<std::int16_t>(thrown + step.value);
    switch (step.what) {
      case Do::send: return act(t, step.on, +1, value);
      case Do::send_exception: return act(t, step.on, +1, raised);
      case Do::receive: return act(t, step.on, -1, fine);
      case Do::iterate:
        if (channel.closing && channel.balance <= 0) return iterated;
        return act(t, step.on, -1, fine);
      case Do::close: channel.closing = true; return fine;
      case Do::open:
        channel.closing = channel.destroyed;
        return channel.closing ? channel_closed : fine;
      case Do::destroy:
        channel.closing = channel.destroyed = true;
        while (!channel.queue.empty()) find(channel.queue.front(), exited);
        return fine;
      case Do::refuse: refuses_ = true; return fine;
      case Do::preference: channel.preference = step.value - 1; return fine;
      case Do::schedule_all: channel.schedule_all = step.value == 1; return fine;
      case Do::schedule: turn_to(ring_[1 % ring_.size()]); return std::nullopt;
      case Do::schedule_remove: leave(t, nowhere); return std::nullopt;
      case Do::run:
        leave(t, nowhere);
        watchdogs_.push_back(t);
        return std::nullopt;
      default: return fine;
    }
  }

  std::optional<std::int16_t> act(int t, int on, int direction, std::int16_t parked) {
    Channel& channel = channels_[static_cast<std::size_t>(on)];
    const bool waits = channel.balance * direction >= 0;
    note(Note::channel, t, 4 * on + (direction > 0 ? 2 : 0) + (waits ? 1 : 0), channel.balance);
    if (waits) {
      if (the(t).trap) return does_not_like;
      if (channel.closing) return channel_closed;
      the(t).channel = on;
      the(t).direction = direction;
      the(t).parked = parked;
      channel.balance += direction;
      channel.queue.push_back(t);
      leave(t, in_queue);
      return std::nullopt;
    }
    const int partner = channel.queue.front();
    leave_queue(partner);
    const std::int16_t mine = direction > 0 ? std::int16_t{fine} : the(partner).parked;
    the(partner).result = direction > 0 ? parked : std::int16_t{fine};
    const Meeting& meeting = meetings[channel.schedule_all][channel.preference == -direction];
    join(partner);
    if (meeting.partner == Goes::after_actor) {
      ring_.pop_back();
      ring_.insert(ring_.begin() + 1, partner);
    }
    if (meeting.turn == Turn::actors) return mine;
    the(t).result = mine;
    turn_to(meeting.turn == Turn::partners ? partner : ring_[1]);
    return std::nullopt;
  }

  std::optional<std::int16_t> perform_on_tasklet(int t, const Step& step) {
    const int on = step.on;
    if (step.what == Do::spawn && !the(on).exists) create(on);
    if (step.what == Do::trap && the(on).exists) the(on).trap = step.value == 1;
    if (step.what == Do::spawn || step.what == Do::trap || !the(on).exists) return fine;
    const bool kill = step.what == Do::kill || step.what == Do::kill_pending;
    const auto raised =
        kill ? std::int16_t{exited} : static_cast<std::int16_t>(thrown + step.value);
    if (kill && !the(on).begun && the(on).where != dead) {  // K1
      leave(on, dead);
      return fine;
    }
    const std::uint16_t effect =
        one_to_another[static_cast<int>(step.what) - static_cast<int>(Do::insert)]
                      [on == t ? myself : the(on).where];
    if (effect >> 8 != 0) return static_cast<std::int16_t>(effect >> 8);
    if ((effect & raises) != 0) return raised;
    if ((effect & leaves) != 0) leave(on, nowhere);
    if ((effect & joins) != 0) join(on);
    if ((effect & gets) != 0) find(on, raised);
    if ((effect & runs) == 0) return fine;
    if ((effect & swaps) != 0) leave(t, nowhere);
    turn_to(on);
    return std::nullopt;
  }

  const ChannelProgram& program_;
  State before_;          // the step that is not done
  bool refuses_ = false;  // the next switch
  int last_ = 0;
  Log log_;
};

}  // namespace

Log expected_log(const ChannelProgram& program) { return Machine(program).run(); }

}  // namespace midstride::properties
