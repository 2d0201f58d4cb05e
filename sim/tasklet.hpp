// The comfortable interface for testing ordinary tasklet code in C++: a World of tasklets and typed
// channels that raises its errors. find_failure.hpp runs one test in many such worlds.
//
// Every operation of a tasklet is a turn, and so is its start: it begins with a point where others
// may come in, if the granularity is `ops`. The code outside the tasklets is called main; it makes
// the world, calls run() and looks at what is left. A tasklet may block inside a catch clause. At
// the end of the world the tasklets that are not over are unwound, so their destructors run.
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
struct WouldBlock : std::runtime_error {  // main cannot wait
  WouldBlock() : std::runtime_error("this tasklet does not like to be blocked.") {}
};
struct Deadlock : std::runtime_error {  // raised by finish(); `waiting` names who waits on what
  explicit Deadlock(const std::string& waiting)
      : std::runtime_error("Deadlock: the last runnable tasklet cannot be blocked: " + waiting) {}
};
struct OutOfTurns : std::runtime_error {  // raised by finish()
  OutOfTurns() : std::runtime_error("the turn budget is used up") {}
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
  std::int8_t preference = -1;          // of channels that do not state their own
  bool schedule_all = false;
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
  void open();
  bool closing() const;
  bool closed() const;  // closing and nobody waits

 protected:
  friend class World;
  AnyChannel(World& world, std::string name) : world_(world), name_(std::move(name)) {}

  void begin_turn();
  Wake send_word(std::uint64_t word);
  Wake receive_word();
  void raise(Wake wake);   // unless it brings a value
  void settle(Wake wake);  // the same, but see World::yield()

  World& world_;
  std::string name_;
  ChannelId id_;
};

// Carries values of type T by rendezvous. Values are moved. Belongs to its World.
template <class T>
class Channel final : public AnyChannel {
 public:
  // Blocks until somebody receives it. Raises ClosedChannel when it would have to wait on a closing
  // channel.
  void send(T value) { post(Message(std::in_place_index<0>, std::move(value))); }
  // The same with an exception, which is raised in the one who receives it (rule C5).
  void send(std::exception_ptr error) { post(Message(std::in_place_index<1>, std::move(error))); }

  T receive() {
    begin_turn();
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
    begin_turn();
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
    channel.id_ = scheduler_.channel(
        {.name = channel.name(), .preference = preference, .schedule_all = schedule_all});
    channels_.push_back(std::move(owned));
    return channel;
  }

  // What tasklets call. On main, which cannot wait, they raise WouldBlock; turn() does nothing
  // there, kill() runs nobody. In a destructor that runs because the tasklet was killed or
  // abandoned, they return when they should raise that once more.
  void yield();                     // the next in the ring goes on (rule S1)
  void turn();                      // a point where others may come in, at granularity `ops`
  void sleep(std::uint64_t ticks);  // the virtual clock moves when nobody can run
  void kill(TaskId victim);         // raises TaskletExit in it, by rules K1, K2, K4

  // Runs until nobody can go on, or until an exception leaves a tasklet: that tasklet is over, the
  // exception is raised here, and the others stay for the next run() (rule S9).
  Outcome run();
  // Runs, and raises Deadlock or OutOfTurns unless every tasklet has ended.
  void finish();

  // Over everything that has happened: who ran, who waited, who met whom. Equal schedules of equal
  // programs give equal digests.
  const Digest& digest() const;
  std::uint64_t now() const { return scheduler_.now(); }
  const Scheduler& scheduler() const { return scheduler_; }

 private:
  friend class AnyChannel;
  class Told;
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
  bool on_main() const { return !scheduler_.current().valid(); }
  template <class Call>
  Wake suspending(const Call& call);  // for every call that may switch
  void raise(Wake wake);
  void settle(Wake wake);
  static Handling handling();
  static void set_handling(const Handling& state);

  WorldOptions options_;
  std::unique_ptr<Policy> owned_policy_;        // null when it is somebody else's
  std::unique_ptr<Scheduler> owned_scheduler_;  // likewise
  Policy& policy_;
  Scheduler& scheduler_;
  std::unique_ptr<Told> told_;
  std::deque<Tasklet> tasklets_;
  std::deque<std::unique_ptr<AnyChannel>> channels_;
  std::exception_ptr failed_;  // what left a tasklet and is to be raised in main
  Handling mains_;
  TaskId refused_;  // who was told last that the world is over, and how often
  std::uint32_t refused_count_ = 0;
};

}  // namespace midstride::sim
