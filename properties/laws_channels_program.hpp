// Random programs over the whole of sim's interface to tasklets and channels, as plain values:
// drawn, written in one line each, run on a World, and cut down when they fail. A program is
// straight-line code, so every one ends.
//
//   channels 0 -1* | main: run?, t1.kill | t1: c0.send 3, schedule | t2+: c1.receive
//
// A channel is its preference, with * for schedule_all. Main creates the tasklets in order before
// its first step, except those with a +, which a step `spawn` creates. A step with ? catches what
// is raised in it; else that ends the tasklet. Such a line can be read again: the programs that
// once failed stand in laws_channels_test.cpp.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/event.hpp"
#include "sim/prng.hpp"
#include "sim/scheduler.hpp"

namespace midstride::properties {

enum class Do : std::uint8_t {
  send,  // to channel `on`, value
  receive,
  send_exception,
  iterate,  // one step of iterating over the channel
  close,
  open,
  destroy,
  preference,  // of channel `on` becomes value - 1
  schedule_all,
  schedule,
  schedule_remove,
  run,     // a nested run()
  refuse,  // the next switch between two tasklets fails
  spawn,   // tasklet `on`, if it is not there yet
  trap,    // of tasklet `on`; value: on or off
  insert,  // from here on: to tasklet `on`, in the order of the oracle's table
  remove,
  run_task,
  switch_to,
  kill,
  kill_pending,
  throw_now,  // value says what is thrown
  throw_pending,
};
inline constexpr auto do_count = static_cast<std::uint32_t>(Do::throw_pending) + 1;

struct Step {
  Do what = Do::schedule;
  std::uint8_t on = 0;
  std::uint8_t value = 0;  // 0 to 2
  bool guarded = false;
  bool operator==(const Step&) const = default;
};
struct ChannelShape {
  std::int8_t preference = -1;
  bool schedule_all = false;
  bool operator==(const ChannelShape&) const = default;
};
struct TaskletShape {
  std::vector<Step> steps;
  bool late = false;
  bool operator==(const TaskletShape&) const = default;
};
struct ChannelProgram {
  std::vector<ChannelShape> channels;
  std::vector<TaskletShape> tasklets;  // the first is main
  bool operator==(const ChannelProgram&) const = default;
};

// What a program did: numbers, in order. Each kind of entry is what note() is given.
enum class Note : std::uint8_t { begin, done, end, channel, switched, balance, left };
struct Entry {
  Note note;
  std::int16_t who = 0, what = 0, result = 0;
  bool operator==(const Entry&) const = default;
};
using Log = std::vector<Entry>;

// How a step ends: 0, what it received (from 10), what was thrown (from 20), or one of these.
enum Ended : std::int16_t {
  fine = 0,
  channel_closed = 1,
  does_not_like = 2,
  deadlocked = 3,
  no_sender = 4,
  no_receiver = 5,
  run_blocked = 6,
  run_dead = 7,
  remove_current = 8,
  remove_blocked = 9,
  received = 10,
  thrown = 20,
  throw_dead = 30,
  exited = 31,
  iterated = 32,  // the iteration is over
  switch_failed = 33,
};

// `kinds`: the steps that may occur, as bits; 0: all of them.
ChannelProgram draw_program(sim::Prng& prng, std::uint32_t kinds = 0);
std::string text(const ChannelProgram& program);
// What text() gives such a line for; nullopt when there is no such program.
std::optional<ChannelProgram> program_from(std::string_view line);
std::string text(const Log& log);

struct ProgramOptions {
  std::string_view policy = "stackless";
  sim::Planted planted = sim::Planted::none;
  std::uint64_t seed = 1;  // of the policy
};
// Runs programs on Worlds, one after the other, keeping the stacks.
class ProgramRunner {
 public:
  // The log, and in trace() what a monitor is to see. Valid until the next run.
  const Log& run(const ChannelProgram& program, const ProgramOptions& options);
  const model::Trace& trace() const { return trace_; }
  // What the monitor of channel-rules makes of that trace: empty when it held.
  std::string judge() const;

 private:
  sim::Scheduler scheduler_;
  Log log_;
  model::Trace trace_;
};

// A program for which `fails` still holds, and of which no step, tasklet or property can go without
// that it does not.
template <class Fails>
ChannelProgram cut_down(ChannelProgram program, const Fails& fails) {
  const auto smaller = [](const ChannelProgram& from) {
    std::vector<ChannelProgram> all;
    const auto add = [&](const auto& change) {
      ChannelProgram changed = from;
      change(changed);
      if (changed != from) all.push_back(changed);
    };
    for (std::size_t t = 0; t < from.tasklets.size(); ++t) {
      add([&](ChannelProgram& p) { p.tasklets[t].steps.clear(); });
      for (std::size_t s = 0; s < from.tasklets[t].steps.size(); ++s) {
        add([&](ChannelProgram& p) {
          p.tasklets[t].steps.erase(p.tasklets[t].steps.begin() + static_cast<std::ptrdiff_t>(s));
        });
        add([&](ChannelProgram& p) { p.tasklets[t].steps[s].guarded = false; });
        add([&](ChannelProgram& p) { p.tasklets[t].steps[s].value = 0; });
      }
      add([&](ChannelProgram& p) { p.tasklets[t].late = false; });
      if (t == 0 || !from.tasklets[t].steps.empty()) continue;
      add([&](ChannelProgram& p) {
        p.tasklets.erase(p.tasklets.begin() + static_cast<std::ptrdiff_t>(t));
        for (TaskletShape& tasklet : p.tasklets) {
          std::erase_if(tasklet.steps,
                        [&](const Step& step) { return step.what >= Do::spawn && step.on == t; });
          for (Step& step : tasklet.steps)
            if (step.what >= Do::spawn && step.on > t) --step.on;
        }
      });
    }
    for (std::size_t c = 0; c < from.channels.size(); ++c)
      add([&](ChannelProgram& p) { p.channels[c] = {}; });
    return all;
  };
  for (bool again = true; again;) {
    again = false;
    for (const ChannelProgram& candidate : smaller(program)) {
      if (!fails(candidate)) continue;
      program = candidate;
      again = true;
      break;
    }
  }
  return program;
}

}  // namespace midstride::properties
