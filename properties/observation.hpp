// What the outside sees of each tasklet of a run: what it emits, what is thrown in it, what it
// receives. Two runs are compared by it: of one scenario with its reloads and without, or on the
// model runtime and on a real one.
//
// Objects, functions, classes and methods are named by their first use in the tasklet, since their
// numbers differ from run to run; errors by their kind, and a raised one by its value too. What
// reload bodies and first loads do is left out.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "model/event.hpp"

namespace midstride::properties {

struct Observation {
  enum class Kind : std::uint8_t { emit, throw_, receive };
  Kind kind = Kind::emit;
  model::ErrorKind error{};   // throw_
  std::uint32_t channel = 0;  // receive: its index in the scenario
  model::Value value{};       // emit, receive, a raised error: renamed by first use
  std::uint32_t event = 0;    // index into the trace; not compared

  bool operator==(const Observation& other) const {
    return kind == other.kind && error == other.error && channel == other.channel &&
           value == other.value;
  }
};
struct TaskletObservations {
  std::string name;
  std::vector<Observation> seen;
  bool operator==(const TaskletObservations&) const = default;
};
// In the order in which something was first seen of them; the others are left out.
using Observations = std::vector<TaskletObservations>;

Observations observe(const model::Trace& trace, const model::Tables& tables);

// The first tasklet, in the order of `left` and then of `right`, whose observations differ, and
// where.
struct Difference {
  std::string tasklet;
  std::size_t at = 0;       // index into its observations
  std::string left, right;  // in words; "nothing more" where one has ended
  // Where in its trace; of the last observation where one has ended, or 0 if there is none.
  std::uint32_t event_left = 0, event_right = 0;
  bool operator==(const Difference&) const = default;
};
std::optional<Difference> difference(const Observations& left, const Observations& right);

// emit 3; receive function 1 on channel 0; throw raised {} 2
std::string show(const Observation& observation);

}  // namespace midstride::properties
