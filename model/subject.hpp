// The port behind which code runs and is reloaded: the model runtime, CPython, any other runtime. A
// subject runs the same ops as every other, tells Run what happens through events, and calls Run
// where it suspends. Nothing else connects it to the harness.
#pragma once

#include <cstdint>
#include <string_view>

#include "model/event.hpp"
#include "sim/scheduler.hpp"

namespace midstride::model {

class Run;

// What becomes of an inspector's write to a local, and what an inspector's read shows.
enum class LocalsPolicy : std::uint8_t {
  snapshot,        // a copy is made on request: a write to it is lost (CPython to 3.12)
  snapshot_flush,  // the copy is kept, and what was written there comes into the frame at a flush
  write_through,   // the frame sees it at its next read (PEP 667, CPython 3.13)
};

// What becomes of the instances of a class whose fields change.
enum class InstancePolicy : std::uint8_t {
  none,   // they stay as they are
  eager,  // the reload migrates them before it commits (Smalltalk, Jvolve)
  lazy,   // whoever uses one first afterwards does (CLOS)
};

// What becomes of a module's name that the new version no longer mentions.
enum class RemovedNames : std::uint8_t {
  go,    // looking it up is an error
  stay,  // it means what it meant (importlib.reload)
};

struct Capabilities {
  EventMask gives = 0;                         // a guarantee that needs another kind is not judged
  Granularity granularity = Granularity::ops;  // the one under which a finding counts by default
  LocalsPolicy locals = LocalsPolicy::snapshot;
  RemovedNames removed_names = RemovedNames::go;
  InstancePolicy instances = InstancePolicy::none;
  std::uint32_t versions_max = 0;  // of a module that are not retired after a reload; 0: no bound
  sim::StopBy stop_by = sim::StopBy::dropping;
  sim::GuardPages guard_pages = sim::GuardPages::no;
  std::size_t stack_bytes = 0;
  sim::Planted planted = sim::Planted::none;  // a bug of the scheduler itself
};

// One object serves many runs, one after the other, and keeps its memory between them. Calls marked
// [task] come on the fiber of the task that they concern and may suspend through Run; the others
// come on the hub and may not.
class Subject {
 public:
  virtual ~Subject() = default;
  virtual std::string_view name() const = 0;
  virtual const Capabilities& capabilities() const = 0;

  virtual void begin(Run& run) = 0;
  // [task] Makes the attempt: the first load of a module, or a reload; of a batch, the attempts on
  // all its modules, of which this is the first. Ends each through Run::commit, fail or reject.
  virtual void load(Run& run, std::uint32_t attempt) = 0;
  // [task] Runs the script of declared task number `task` (index into Scenario::tasks) to its end.
  virtual void script(Run& run, std::uint32_t task) = 0;
  // [task] Runs a spawned tasklet; `payload` is what the subject gave to Run::spawn. When the
  // tasklet was killed before it ran, comes on the hub as forget() instead.
  virtual void spawned(Run& run, std::uint64_t payload) = 0;
  virtual void forget(Run& run, std::uint64_t payload) = 0;
  virtual void inspect(Run& run, const Inspection& inspection) = 0;
  virtual void collect(Run& run) = 0;
  // After every task was disposed of.
  virtual void end(Run& run) = 0;
};

}  // namespace midstride::model
