// One test under many schedules: find_failure() runs it under one seed after the other and hands
// back the schedule that broke it; replay() runs it under that schedule again. A schedule is a line
// of text, so that a failure can be pasted.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sim/tasklet.hpp"

namespace midstride::sim {

// A test builds a world's tasklets, runs it and checks what came of it; it fails by letting an
// exception through. It must do the same whenever it is called: what it shares between calls is no
// part of a schedule.
using WorldTest = std::function<void(World&)>;

struct Failure {
  std::uint64_t seed;
  std::uint64_t run_count;  // this one included
  std::string what;         // the exception's words
  std::vector<Pick> picks;  // the schedule
  bool operator==(const Failure&) const = default;
};

// Runs the test under the seeds options.seed, +1, ...; nullopt when `runs` of them pass.
std::optional<Failure> find_failure(const WorldOptions& options, std::uint64_t runs,
                                    const WorldTest& test);
// Runs the test once under this schedule, and on by the policy `stackless` when it is used up;
// nullopt when the test passes.
std::optional<Failure> replay(const WorldOptions& options, std::span<const Pick> picks,
                              const WorldTest& test);

// "0 1*3 a0": task 0 for one turn, task 1 for three, action 0. nullopt when the text is not of that
// form.
std::string schedule_text(std::span<const Pick> picks);
std::optional<std::vector<Pick>> schedule_from(std::string_view text);

}  // namespace midstride::sim
