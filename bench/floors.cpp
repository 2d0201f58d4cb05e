// The floors: a raw context jump, and the least that a deterministic run can do, written by hand.
// That is one loop over explicit frames, no fibers: draw who goes on, take its next packed op,
// write a 16-byte event, add it to a digest. It has no names, no code to reload, no errors and no
// policy; of sim it takes the PRNG and the digest, a few instructions each.
#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <span>
#include <vector>

#include "bench/bench.hpp"
#include "sim/digest.hpp"
#include "sim/fiber.hpp"
#include "sim/prng.hpp"

namespace midstride::bench {

namespace {

enum class Code : std::uint8_t { add, send, receive };
struct Op {
  Code code;
  std::uint8_t channel;
  std::uint32_t value;
};
struct Event {
  std::uint32_t head, a, b, c;
};
static_assert(sizeof(Op) == 8 && sizeof(Event) == 16);

class Hand {
 public:
  // Each task runs its ops for ever.
  void run(std::span<const std::span<const Op>> tasks, std::size_t turns) {
    runnable_count_ = static_cast<std::uint32_t>(tasks.size());
    for (std::uint32_t at = 0; at < runnable_count_; ++at) {
      runnable_[at] = at;
      frames_[at] = {tasks[at], 0, 0};
    }
    for (Channel& channel : channels_) channel.count = 0;
    events_.resize(std::max(events_.size(), turns));
    for (std::size_t turn = 0; turn < turns && runnable_count_ != 0; ++turn)
      events_[turn] = step(random_.below(runnable_count_));
    benchmark::DoNotOptimize(digest_);
  }

 private:
  struct Frame {
    std::span<const Op> ops;
    std::size_t pc;
    std::uint32_t local;
  };
  struct Channel {
    Code waiting;
    std::uint32_t count;
    std::array<std::uint32_t, 4> tasks;
  };

  Event step(std::uint32_t at) {
    const std::uint32_t task = runnable_[at];
    Frame& frame = frames_[task];
    const Op op = frame.ops[frame.pc];
    frame.pc = frame.pc + 1 == frame.ops.size() ? 0 : frame.pc + 1;
    if (op.code == Code::add) {
      frame.local += op.value;
    } else {
      meet(op.code, channels_[op.channel], at);
    }
    const Event event{static_cast<std::uint32_t>(op.code) << 24 | task, op.channel, op.value,
                      frame.local};
    digest_.add(static_cast<std::uint64_t>(event.head) << 32 | event.a);
    digest_.add(static_cast<std::uint64_t>(event.b) << 32 | event.c);
    return event;
  }

  void meet(Code code, Channel& channel, std::uint32_t at) {
    const std::uint32_t task = runnable_[at];
    if (channel.count == 0 || channel.waiting == code) {
      channel.waiting = code;
      channel.tasks[channel.count++] = task;
      runnable_[at] = runnable_[--runnable_count_];
      return;
    }
    const std::uint32_t partner = channel.tasks[0];
    --channel.count;
    std::copy_n(channel.tasks.begin() + 1, channel.count, channel.tasks.begin());
    runnable_[runnable_count_++] = partner;
    if (code == Code::send) {
      frames_[partner].local = frames_[task].local;
    } else {
      frames_[task].local = frames_[partner].local;
    }
  }

  std::array<std::uint32_t, 4> runnable_{};
  std::uint32_t runnable_count_ = 0;
  std::array<Frame, 4> frames_{};
  std::array<Channel, 2> channels_{};
  std::vector<Event> events_;
  sim::Prng random_{1};
  sim::Digest digest_;
};

constexpr std::array adds{Op{Code::add, 0, 1}, Op{Code::add, 0, 3}};
constexpr std::array sends{Op{Code::send, 0, 0}};
constexpr std::array receives{Op{Code::receive, 0, 0}};
constexpr std::array asks{Op{Code::add, 0, 1}, Op{Code::send, 0, 0}, Op{Code::receive, 1, 0}};
constexpr std::array answers{Op{Code::receive, 0, 0}, Op{Code::add, 0, 7}, Op{Code::send, 1, 0}};
constexpr std::array<std::span<const Op>, 2> two_adding{adds, adds};
constexpr std::array<std::span<const Op>, 2> two_talking{sends, receives};
constexpr std::array<std::span<const Op>, 4> four{asks, asks, answers, answers};
constexpr std::size_t turns_in_scenario = 60;
constexpr std::size_t stretch = 12'000;  // items between two looks at the clock

template <class Work>
double median_ns(const Work& work) {
  using Clock = std::chrono::steady_clock;
  std::array<double, 201> samples{};
  for (double& sample : samples) {
    const Clock::time_point began = Clock::now();
    work();
    sample = std::chrono::duration<double, std::nano>(Clock::now() - began).count();
  }
  std::nth_element(samples.begin(), samples.begin() + 100, samples.end());
  return samples[100] / static_cast<double>(stretch);
}

void come_back(void* fiber) {
  for (;;) static_cast<sim::Fiber*>(fiber)->suspend();
}

Floors measure() {
  sim::StackPool pool(0, sim::GuardPages::no);
  sim::Fiber* const fiber = pool.take();
  fiber->start(come_back, fiber);
  Hand hand;
  Floors floors;
  floors.jump_ns = median_ns([&] {
    for (std::size_t at = 0; at < stretch; at += 2) fiber->resume();
  });
  floors.turn_ns = median_ns([&] { hand.run(two_adding, stretch); });
  floors.message_ns = median_ns([&] { hand.run(two_talking, 2 * stretch); });
  floors.scenario_ns = turns_in_scenario * median_ns([&] {
                         for (std::size_t at = 0; at < stretch; at += turns_in_scenario)
                           hand.run(four, turns_in_scenario);
                       });
  pool.give_back(fiber);
  return floors;
}

}  // namespace

const Floors& floors() {
  static const Floors measured = measure();
  return measured;
}

void report(benchmark::State& state, double items, double hand_ns) {
  using benchmark::Counter;
  const double all = items * static_cast<double>(state.iterations()) * 1e-9;
  const auto time_over = [](double seconds) {
    return Counter(seconds, Counter::kIsRate | Counter::kInvert);
  };
  state.counters["ns"] = time_over(all);
  state.counters["x raw jump"] = time_over(all * floors().jump_ns);
  if (hand_ns != 0) state.counters["x by hand"] = time_over(all * hand_ns);
}

void register_floors() {
  const auto row = [](const char* name, double Floors::*floor) {
    const auto show = [floor](benchmark::State& state) {
      for (auto _ : state) benchmark::DoNotOptimize(floors());
      state.counters["ns"] = floors().*floor;
      state.counters["x raw jump"] = floors().*floor / floors().jump_ns;
    };
    benchmark::RegisterBenchmark(name, show)->Iterations(1);
  };
  row("floor: raw jump", &Floors::jump_ns);
  row("floor: turn by hand", &Floors::turn_ns);
  row("floor: message by hand", &Floors::message_ns);
  row("floor: 60 turns by hand", &Floors::scenario_ns);
}

}  // namespace midstride::bench
