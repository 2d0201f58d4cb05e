// The comfortable interface for testing ordinary tasklet code in C++: a World of tasklets and typed
// channels that raises its errors, under the names of Stackless Python (docs/stackless.md maps its
// calls to these). find_failure.hpp runs one test in many such worlds.
//
// Every operation of a tasklet is a turn, and so is its start: it begins with a point where others
// may come in, if the granularity is `ops`. The code outside makes the world, calls run() or main()
// and looks at what is left. A tasklet may block inside a catch clause. At the end of the world the
// tasklets that are not over are unwound, so their destructors run; then the channels go.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <exception>
#include <functional>
#include <iterator>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "sim/digest.hpp"
#include "sim/scheduler.hpp"

namespace midstride::sim {

// Raised in a tasklet that is killed. It ends the tasklet silently; one that catches it stays alive
// and may block again. Not a std::exception, so that code which handles ordinary errors does not
// swallow it.
struct TaskletExit {};
// Raised in a tasklet that is not over when its world ends. Must be let through: a tasklet that
// swallows it stops the program.
struct Abandoned {};

// The words of these errors are Stackless Python's.
struct ClosedChannel : std::runtime_error {
  ClosedChannel() : std::runtime_error("Send/receive operation on a closed channel") {}
};
struct WouldBlock : std::runtime_error {  // its block trap is set, or it is outside the tasklets
  WouldBlock() : std::runtime_error("this tasklet does not like to be blocked.") {}
};
struct Deadlock : std::runtime_error {
  Deadlock() : std::runtime_error("Deadlock: the last runnable tasklet cannot be blocked.") {}
  // Raised by finish(); `waiting` names who waits on what.
  explicit Deadlock(const std::string& waiting)
      : std::runtime_error("Deadlock: the last runnable tasklet cannot be blocked: " + waiting) {}
};
struct NoPartner : std::runtime_error {  // main waited, and the others are over
  using std::runtime_error::runtime_error;
};
struct TaskletError : std::runtime_error {  // that cannot be done to a tasklet in this state
  using std::runtime_error::runtime_error;
};
struct InCallback : std::runtime_error {  // a callback must not switch
  InCallback() : std::runtime_error("Recursive scheduler call due to callbacks!") {}
};
struct OutOfTurns : std::runtime_error {  // raised by main() and finish()
  OutOfTurns() : std::runtime_error("the turn budget is used up: WorldOptions::turn_budget") {}
};
struct UnknownTasklet : std::invalid_argument {
  UnknownTasklet(TaskId found, std::size_t count)
      : std::invalid_argument("expected one of the " + std::to_string(count) +
                              " tasklets of this world, found " +
                              (found.valid() ? std::to_string(found.value) : "none")) {}
};

struct UnknownPolicy : std::invalid_argument {
  explicit UnknownPolicy(std::string_view name)
      : std::invalid_argument("no policy is called " + std::string(name)) {}
};

struct WorldOptions {
  std::string_view policy = "random";  // a name from policies()
  std::uint64_t seed = 1;
  Granularity granularity = Granularity::ops;
  std::uint64_t turn_budget = 100'000;
  std::size_t stack_bytes = 64 * 1024;  // ordinary code may format text and throw
  // A stack that overflows is seen at the next switch, or at once and as a segmentation fault: with
  // a page below each stack that nobody may touch. It costs two of the system's memory maps each.
  GuardPages guard_pages = GuardPages::no;
  std::int8_t preference = -1;  // of channels that do not state their own
  bool schedule_all = false;
  Planted planted = Planted::none;
};

// How a run() came back.
struct Outcome {
  Ending::Kind kind;
  std::string waiting;  // "t waits to receive on c, ..."; empty when every tasklet ended
  std::uint64_t turns;  // begun so far in this world
};

class World;

// What channels of every type share.
class AnyChannel {
 public:
  virtual ~AnyChannel() = default;
  AnyChannel(const AnyChannel&) = delete;
  AnyChannel& operator=(const AnyChannel&) = delete;

  const std::string& name() const { return name_; }
  // Senders that wait, or minus the receivers that wait (rule C1).
  std::int32_t balance() const;
  // Nobody can wait on it any more; those who wait already stay (rule C7).
  void close();
  void open();  // raises ClosedChannel when it is destroyed
  bool closing() const;
  bool closed() const;  // closing and nobody waits
  // -1 the receiver runs first, 1 the sender, 0 neither; schedule_all: the next in the ring (C3).
  // Of other numbers the sign counts.
  std::int8_t preference() const;
  void set_preference(std::int8_t preference);
  bool schedule_all() const;
  void set_schedule_all(bool on);
  std::vector<TaskId> queue() const;  // who waits, the next to be served first

 protected:
  friend class World;
  AnyChannel(World& world, std::string name) : world_(world), name_(std::move(name)) {}

  static std::int8_t sign_of(std::int8_t preference) {
    return static_cast<std::int8_t>((preference > 0) - (preference < 0));
  }
  static std::exception_ptr given(std::exception_ptr error);  // refuses a null one
  void begin_action(bool sending);                            // a turn, then the channel callback
  Wake send_word(std::uint64_t word);
  Wake receive_word();
  void raise(Wake wake);   // unless it brings a value
  void settle(Wake wake);  // the same, but see World::schedule()

  World& world_;
  std::string name_;
  ChannelId id_;
  bool destroyed_ = false;
};

// Carries values of type T by rendezvous. Values are moved. Belongs to its World.
template <class T>
class Channel final : public AnyChannel {
 public:
  // Blocks until somebody receives it. Raises ClosedChannel when it would have to wait on a closing
  // channel.
  void send(T value) { post(Message(std::in_place_index<0>, std::move(value))); }
  // The same with an exception, which is raised in the one who receives it (rule C5).
  void send_exception(std::exception_ptr error) {
    post(Message(std::in_place_index<1>, given(std::move(error))));
  }

  T receive() {
    begin_action(false);
    const Wake wake = receive_word();
    const std::size_t place = wake.word;
    if (wake.done) give_back(place);  // killed with the value in its hand
    raise(wake);
    Message message = std::move(*parked_[place]);
    give_back(place);
    if (message.index() == 1) std::rethrow_exception(std::get<1>(message));
    return std::get<0>(std::move(message));
  }

  // for (T value : channel): receives until the channel is closing and nobody waits to send.
  class Iterator {
   public:
    explicit Iterator(Channel& channel) : channel_(channel) { ++*this; }
    T& operator*() { return *value_; }
    Iterator& operator++() {
      value_.reset();
      if (!channel_.closing() || channel_.balance() > 0) value_.emplace(channel_.receive());
      return *this;
    }
    bool operator==(std::default_sentinel_t) const { return !value_.has_value(); }

   private:
    Channel& channel_;
    std::optional<T> value_;
  };
  Iterator begin() { return Iterator(*this); }
  std::default_sentinel_t end() { return {}; }

 private:
  friend class World;
  using AnyChannel::AnyChannel;
  using Message = std::variant<T, std::exception_ptr>;

  void post(Message message) {
    begin_action(true);
    if (free_.empty()) {
      free_.push_back(parked_.size());
      parked_.emplace_back();
    }
    const std::size_t place = free_.back();
    free_.pop_back();
    parked_[place].emplace(std::move(message));
    const Wake wake = send_word(place);
    if (wake.kind != WakeKind::value && !wake.done) give_back(place);
    settle(wake);
  }
  void give_back(std::size_t place) {
    parked_[place].reset();
    free_.push_back(place);
  }

  // The channel's words are places here. Whoever receives one takes the value out.
  std::deque<std::optional<Message>> parked_;
  std::vector<std::size_t> free_;
};

class World {
 public:
  explicit World(const WorldOptions& options = {});
  // The same with another policy than options.policy names, and a scheduler whose stacks are kept
  // from world to world. Both must outlive the world; the scheduler's picks() stay until its next
  // world.
  World(const WorldOptions& options, Policy& policy, Scheduler& scheduler);
  // Unwinds the tasklets that are not over.
  ~World();
  World(const World&) = delete;
  World& operator=(const World&) = delete;

  // The tasklet joins the ring's end; nothing of it runs yet (rule S2).
  TaskId spawn(std::string name, std::function<void()> body);
  template <class T>
  Channel<T>& channel(std::string name) {
    return channel<T>(std::move(name), options_.preference, options_.schedule_all);
  }
  // preference: -1 the receiver runs first, 1 the sender, 0 neither (rule C3).
  template <class T>
  Channel<T>& channel(std::string name, std::int8_t preference, bool schedule_all = false) {
    auto owned = std::unique_ptr<Channel<T>>(new Channel<T>(*this, std::move(name)));
    Channel<T>& channel = *owned;
    channel.id_ = scheduler_.channel({.name = channel.name(),
                                      .preference = AnyChannel::sign_of(preference),
                                      .schedule_all = schedule_all});
    channels_.push_back(std::move(owned));
    return channel;
  }

  // For a channel that is not to be used any more: it is closed for good, and whoever waits on it
  // is killed, pending, the next to be served first. Its memory goes with the world.
  void destroy(AnyChannel& channel);

  // What tasklets call; about a tasklet of another world, or none, they raise UnknownTasklet.
  // Outside the tasklets, where nobody can wait, they raise WouldBlock; turn() does
  // nothing there, and what concerns another tasklet runs nobody. In a destructor that runs because
  // the tasklet was killed or abandoned, they return when they should raise that once more.
  void schedule();         // the next in the ring goes on (rule S1)
  void schedule_remove();  // and the caller leaves the ring until it is inserted (rules S1, D5)
  void turn();             // a point where others may come in, at granularity `ops`
  void sleep(std::uint64_t ticks);  // the virtual clock moves when nobody can run
  void insert(TaskId tasklet);      // rules S3 to S6
  void remove(TaskId tasklet);
  void run(TaskId tasklet);
  void switch_to(TaskId tasklet);
  // Raises TaskletExit in it, or any other exception, by the rules K1 to K5. To raise TaskletExit
  // is to kill.
  void kill(TaskId victim, When when = When::now);
  void raise_exception(TaskId victim, std::exception_ptr error, When when = When::now);
  // While it is set, whatever would make the tasklet wait on a channel raises WouldBlock (rule C4).
  void set_block_trap(TaskId tasklet, bool on) { scheduler_.set_block_trap(known(tasklet), on); }
  bool block_trap(TaskId tasklet) const { return scheduler_.block_trap(known(tasklet)); }

  TaskId getcurrent() const { return scheduler_.current(); }
  TaskId getmain() const { return scheduler_.main(); }
  std::size_t getruncount() const { return scheduler_.ring().size(); }
  bool alive(TaskId tasklet) const { return scheduler_.state(known(tasklet)) != TaskState::ended; }
  bool scheduled(TaskId tasklet) const;  // in the ring, or waits on a channel
  bool paused(TaskId tasklet) const;     // alive and not scheduled
  // 1 sends, -1 receives.
  int blocked(TaskId tasklet) const { return scheduler_.blocked(known(tasklet)); }

  // Called before each channel action changes anything, and in it no tasklet may switch (rule C2).
  // What it raises is raised in the one who acts, and nothing has changed (rule C6).
  using ChannelCallback =
      std::function<void(AnyChannel& channel, TaskId tasklet, bool sending, bool will_block)>;
  void set_channel_callback(ChannelCallback callback);
  // Called before every switch between two different tasklets (rule S10), and in it no tasklet may
  // switch. What it raises is raised in the one who switched, and the switch is undone (rule C6).
  using ScheduleCallback = std::function<void(TaskId previous, TaskId next)>;
  void set_schedule_callback(ScheduleCallback callback);

  // Runs `body` as the tasklet main, and returns when it has ended; the others stay. What leaves it
  // is raised here, and so is OutOfTurns. Whoever was spawned before follows it in the ring. One
  // main at a time. Under the policy `stackless`
  // a deadlock is raised in main or in who tried to wait (rules D3, D4), else it is the outcome.
  Outcome main(std::function<void()> body);
  // Outside the tasklets: runs until nobody can go on, or until an exception leaves a tasklet: that
  // tasklet is over, the exception is raised here, and the others stay for the next run() (rule
  // S9). In a tasklet: the same, with that tasklet as the one who waits for it (rules D1, D2, S8).
  Outcome run();
  // Runs, and raises Deadlock or OutOfTurns unless every tasklet has ended.
  void finish();

  // Over everything that has happened: who ran, who waited, who met whom. Equal schedules of equal
  // programs give equal digests.
  const Digest& digest() const;
  // Is told everything, too. Null: nobody.
  void set_observer(Observer* observer) { observer_ = observer; }
  std::uint64_t now() const { return scheduler_.now(); }
  const Scheduler& scheduler() const { return scheduler_; }

 private:
  friend class AnyChannel;
  class Told;
  class AtSwitch;
  class InsideCallback;
  struct Tasklet {
    World* world;
    std::string name;
    std::function<void()> body;
  };
  // The part of the thread's exception state that a switch has to put aside (see tasklet.cpp).
  struct Handling {
    void* caught = nullptr;
    unsigned uncaught = 0;
  };

  void begin();
  static void tasklet_main(void* tasklet, TaskId self);
  bool outside() const { return !scheduler_.current().valid(); }
  TaskId known(TaskId tasklet) const;
  static std::exception_ptr given(std::exception_ptr error);
  void fail(const std::exception_ptr& error);
  std::uint64_t remember(const std::exception_ptr& error);
  template <class Call>
  Wake suspending(const Call& call);  // for every call that may switch
  void raise(Wake wake);
  void raise_refusal(Refusal why);
  void settle(Wake wake);
  void channel_callback(AnyChannel& channel, bool sending);
  static Handling handling();
  static void set_handling(const Handling& state);

  WorldOptions options_;
  std::unique_ptr<Policy> owned_policy_;        // null when it is somebody else's
  std::unique_ptr<Scheduler> owned_scheduler_;  // likewise
  Policy& policy_;
  Scheduler& scheduler_;
  std::unique_ptr<Told> told_;
  std::unique_ptr<AtSwitch> at_switch_;
  std::deque<std::unique_ptr<AnyChannel>> channels_;
  std::deque<Tasklet> tasklets_;  // may hold what uses channels; at the places of their ids
  std::exception_ptr failed_;     // what left a tasklet and is to be raised outside
  std::vector<std::exception_ptr> thrown_;  // what was thrown at tasklets
  Observer* observer_ = nullptr;
  std::shared_ptr<ChannelCallback> channel_callback_;  // shared: one may replace itself
  std::shared_ptr<ScheduleCallback> schedule_callback_;
  bool in_callback_ = false;
  Handling outsides_;
  TaskId refused_;  // who was told last that the world is over, and how often
  std::uint32_t refused_count_ = 0;
};

}  // namespace midstride::sim
