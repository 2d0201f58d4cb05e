// The floors: the least that a deterministic run can do, written by hand, beside a raw jump. That
// is one loop over explicit frames, no fibers: draw who goes on, take its next packed op, write a
// 16-byte event, add it to a digest. It has no names, no code to reload, no errors and no policy;
// of sim it takes the PRNG and the digest, a few instructions each.
#include <algorithm>
#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "bench/bench.hpp"
#include "sim/digest.hpp"
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
    benchmark::DoNotOptimize(tasks);  // as if they came from elsewhere: no loop made for these ops
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

benchmark::Counter by_time(double seconds) {
  return {seconds, benchmark::Counter::kIsRate | benchmark::Counter::kInvert};
}

}  // namespace

Floors measure_floors() {
  static Hand hand;
  const auto ns_each = [](const auto& work) {
    return median_of_stretches([&] { return ns_of(work); }) / static_cast<double>(stretch);
  };
  return {.jump = ns_each([] { jump_raw(stretch); }),
          .turn = ns_each([] { hand.run(two_adding, stretch); }),
          .message = ns_each([] { hand.run(two_talking, 2 * stretch); }),
          .scenario = ns_each([] {
            for (std::size_t at = 0; at < stretch; at += turns_in_scenario)
              hand.run(four, turns_in_scenario);
          })};
}

void report(benchmark::State& state, double items, double Floors::*by_hand, double by_hand_items) {
  const Floors floors = measure_floors();
  const double all = items * static_cast<double>(state.iterations()) * 1e-9;
  state.counters["ns"] = by_time(all);
  state.counters["x jump"] = by_time(all * floors.jump);
  if (by_hand != nullptr)
    state.counters["x by hand"] = by_time(all * floors.*by_hand * by_hand_items);
}

void report_scenarios(benchmark::State& state, double turns, double Floors::*by_hand) {
  const Floors floors = measure_floors();
  const auto runs = static_cast<double>(state.iterations());
  state.counters["ns"] = by_time(runs * 1e-9);
  state.counters["per second"] = benchmark::Counter(runs, benchmark::Counter::kIsRate);
  state.counters["x jump"] = by_time(runs * floors.jump * 1e-9);
  if (turns != 0) {
    state.counters["turns"] = turns;
    state.counters["ns a turn"] = by_time(runs * turns * 1e-9);
    state.counters["turn x jump"] = by_time(runs * turns * floors.jump * 1e-9);
  }
  if (by_hand != nullptr)
    state.counters["x by hand"] = by_time(runs * turns * floors.*by_hand * 1e-9);
}

void register_floors() {
  const auto row = [](const char* name, double Floors::*floor) {
    const auto show = [floor](benchmark::State& state) {
      Floors floors{};
      for (auto _ : state) floors = measure_floors();
      state.counters["ns"] = floors.*floor;
      state.counters["x jump"] = floors.*floor / floors.jump;
    };
    benchmark::RegisterBenchmark(name, show)->Iterations(1)->Repetitions(5);
  };
  row("floor: raw jump", &Floors::jump);
  row("floor: turn by hand", &Floors::turn);
  row("floor: message by hand", &Floors::message);
  row("floor: turn in 60, by hand", &Floors::scenario);
}

}  // namespace midstride::bench
