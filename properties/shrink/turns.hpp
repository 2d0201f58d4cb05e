// Which ops each decision of a run ran, and what becomes of the decisions' turn counts when lines
// are cut: a decision loses the turns of the ops that are gone, and goes with its last one; ops
// that are new (a name that lost its assignment is looked up as a global) are run together with the
// op after them. So the schedule after a cut is the schedule before it, as far as there is one.
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
  // By pc of a recorded function: how many turns of the changed one stand for that op. None when it
  // is gone.
  using Turns = std::vector<std::uint32_t>;
  void align(std::uint32_t function, Turns& turns) const;

  model::Program program_;  // of the recorded scenario
  model::Program changed_;
  std::vector<OpRun> ops_;
  std::vector<Turns> turns_;           // by function
  std::vector<std::uint32_t> before_;  // by decision: ops that it ran
  std::vector<std::uint32_t> after_;   // and turns that stand for them
};

}  // namespace midstride::properties
