// What the benchmarks share: the floors that everything is divided by, and the columns of a row.
#pragma once

#include <benchmark/benchmark.h>

namespace midstride::bench {

// Each floor is measured once per process, when the first row asks for it, as the median of many
// short stretches: a busy machine hardly moves that.
struct Floors {
  double jump_ns;      // a raw context jump: half of Fiber::resume() and suspend()
  double turn_ns;      // by hand (floors.cpp): a turn of one of two tasks, chosen at random
  double message_ns;   // by hand: a value over a channel
  double scenario_ns;  // by hand: four tasks, two channels, 60 turns
};
const Floors& floors();

// The columns of a row whose iterations are `items` things each: ns and a ratio to the raw jump,
// and to what the same costs by hand where `hand_ns` is not 0. By processor time.
void report(benchmark::State& state, double items, double hand_ns = 0);

void register_floors();
void register_turns();
void register_reloads();

}  // namespace midstride::bench
