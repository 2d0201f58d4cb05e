// Which ops each decision of a run ran, and what becomes of the decisions' turn counts when lines
// are cut: a decision loses the turns of the ops that are gone, and goes with its last one. So the
// schedule after a cut is the schedule before it, as far as there is one.
#pragma once

#include <cstdint>
#include <vector>

#include "model/run.hpp"
#include "model/scenario.hpp"

namespace midstride::properties {

class TurnRecord {
 public:
  // What the run of a scenario did. It must be the run's last one.
  void record(const model::Run& run, const model::Outcome& outcome);
  void forget() { ops_.clear(); }

  // The recorded scenario's decisions, for `changed`: the same scenario with other lines, and the
  // same name table. True if any count changed. `decisions` are those that were recorded.
  bool map(const model::Scenario& changed, std::vector<model::Decision>& decisions);

 private:
  struct OpRun {  // one op, the first time its frame's decision came to it, and so on
    std::uint32_t decision;
    std::uint32_t function;  // index into program_.functions
    std::uint32_t pc;
  };
  // The ops of a function that are gone: from begin to before end.
  struct Gone {
    std::uint32_t begin = 0;
    std::uint32_t end = 0;
  };
  Gone gone(std::uint32_t function) const;

  model::Program program_;  // of the recorded scenario
  model::Program changed_;
  std::vector<OpRun> ops_;
  std::vector<Gone> gone_;           // by function
  std::vector<std::uint32_t> lost_;  // by decision: turns
  std::vector<std::uint32_t> kept_;
};

}  // namespace midstride::properties
