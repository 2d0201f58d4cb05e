// What the benchmarks share: the floors that everything is compared with, and the columns of a row.
#pragma once

#include <benchmark/benchmark.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>

namespace midstride::bench {

// An even number of raw context jumps (raw_jump.cpp).
void jump_raw(std::size_t jumps);

// What things cost at the least, in ns.
struct Floors {
  double jump;      // a raw context jump
  double turn;      // by hand (floors.cpp): a turn of one of two tasks, chosen at random
  double message;   // by hand: a value over a channel
  double scenario;  // by hand: a turn of four tasks with two channels, in runs of 60 turns
};
Floors measure_floors();

template <class Work>
double ns_of(const Work& work) {
  using Clock = std::chrono::steady_clock;
  const Clock::time_point began = Clock::now();
  work();
  return std::chrono::duration<double, std::nano>(Clock::now() - began).count();
}

// The median of many short stretches: a busy machine hardly moves that. Returns the middle one.
template <class Sample>
double median_of_stretches(const Sample& sample) {
  std::array<double, 51> samples{};
  for (double& one : samples) one = sample();
  std::nth_element(samples.begin(), samples.begin() + samples.size() / 2, samples.end());
  return samples[samples.size() / 2];
}

// The columns of a row whose iterations are `items` things each: ns, and the ratio to a raw jump
// and to what `by_hand_items` of a floor cost. The floors are measured anew, right after the row,
// because a machine's speed drifts.
void report(benchmark::State& state, double items, double Floors::*by_hand = nullptr,
            double by_hand_items = 1);
// The same for whole scenarios of so many turns: also how many a second, and what a turn costs.
void report_scenarios(benchmark::State& state, double turns, double Floors::*by_hand = nullptr);

void register_floors();
void register_turns();
void register_reloads();

}  // namespace midstride::bench
