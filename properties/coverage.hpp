// What a campaign has been through: the shapes of its scenarios, counted over their text, and
// probes, facts about the events of its runs. A campaign of the stated size that misses a probe
// says nothing about the guarantees that the probe's situation puts to the test, so missing one is
// a failure of the harness.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "model/event.hpp"
#include "model/scenario.hpp"

namespace midstride::properties {

// Bit n: the n-th row of shapes() (shapes/table.hpp).
using ShapeMask = std::uint64_t;
ShapeMask shapes_of(const model::Scenario& scenario);

struct Probe {
  std::string_view name;
  std::string_view description;  // one sentence about a run
  model::EventMask needs;        // a subject that does not give these is not held to it
  // A campaign of so many generated runs, policy random, any granularity, hits it, whatever the
  // subject, unless that gives up no-use-after-free: its runs end early. Measured, so that one
  // campaign in a million misses it.
  std::uint32_t runs_max;
  // Patterns of the subjects whose way of reloading lets it come about never, or too seldom to be
  // held to it.
  std::array<std::string_view, 3> seldom_on = {};
};
// At most 64.
std::span<const Probe> probes();
using ProbeMask = std::uint64_t;  // bit n: the n-th row

// Looks at one run after the other, at all events of each once, for all probes. Its memory is kept.
class ProbeFinder {
 public:
  ProbeMask look_at(std::span<const model::Event> events, const model::Tables& tables);

 private:
  // A moment: how many commits came before it, in the run it belongs to.
  struct Moment {
    std::uint32_t run = 0;
    std::uint32_t commits = 0;
  };
  struct FrameState {
    std::uint32_t module = model::no_module;
    std::uint32_t commits = 0;  // of its module, when it was entered
  };
  struct TaskState {
    std::uint32_t frame = 0;  // that ran its last op
    bool killed = false;
    Moment blocked;  // in a send
    Moment spawned;
  };
  struct ModuleState {
    std::uint32_t commits = 0;
    std::uint32_t open = 0;  // attempts begun and not ended
  };
  struct AttemptState {
    bool open = false;
    bool stored = false;       // a name was bound or patched
    bool body_ran = false;     // its body began an op
    bool interrupted = false;  // and somebody else one after it
    bool backwards = false;    // to an older version
  };

  void on(const model::Event& event);
  void on_task_event(const model::Event& event);
  void on_reload_event(const model::Event& event);
  void on_op(const model::Event& event);
  template <class T>
  static T& at(std::vector<T>& list, std::uint32_t index);
  Moment now() const { return {run_, commits_}; }
  bool passed(const Moment& moment) const {
    return moment.run == run_ && moment.commits < commits_;
  }

  const model::Tables* tables_ = nullptr;
  ProbeMask hit_ = 0;
  std::uint32_t run_ = 0;
  std::uint32_t commits_ = 0;
  model::Actor last_actor_;
  std::vector<FrameState> frames_;
  std::vector<TaskState> tasks_;
  std::vector<ModuleState> modules_;
  std::vector<AttemptState> attempts_;
  std::vector<Moment> bound_;     // by slot: a callable was bound to the local
  std::vector<Moment> looked_;    // by slot: a callable was looked up
  std::vector<Moment> written_;   // by slot: a class, an instance or a {} was
  std::vector<Moment> poked_;     // by slot
  std::vector<Moment> captured_;  // by cell
};

}  // namespace midstride::properties
