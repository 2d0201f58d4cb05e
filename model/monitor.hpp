// The port of a guarantee: a pure object that is fed the events of one run and says whether the
// guarantee was exercised and whether it was broken. O(1) per event, amortised; its memory is kept
// from run to run. It must not look at anything but the events and the side tables.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/event.hpp"
#include "model/program.hpp"
#include "model/subject.hpp"

namespace midstride::model {

// Where and how a guarantee broke. `bug` tells bugs of one guarantee apart (the step of the reload,
// the kind of holder or event): a shrinker may not slide from one to another.
struct Violation {
  std::uint32_t event = 0;  // index into the trace
  std::uint32_t bug = 0;
  std::string expected;  // in words, with the names of the scenario
  std::string found;
  bool operator==(const Violation&) const = default;
};

struct RunFacts {
  const Tables* tables = nullptr;
  LocalsPolicy locals = LocalsPolicy::snapshot;
  RemovedNames removed_names = RemovedNames::go;
  std::uint32_t versions_max = 0;
  bool ended_normally =
      false;  // set before finish(): neither a touch nor the turn budget cut the run short
};

class Monitor {
 public:
  virtual ~Monitor() = default;
  // Forgets the last run. The facts stay valid until finish() has returned.
  virtual void begin(const RunFacts& facts) = 0;
  virtual void on(std::uint32_t index, const Event& event) = 0;
  virtual void finish() {}

  bool exercised() const { return exercised_; }
  const std::optional<Violation>& violation() const { return violation_; }

 protected:
  void reset() {
    exercised_ = false;
    violation_.reset();
  }
  void exercise() { exercised_ = true; }
  // Only the first one counts. Text is made here, off the hot path.
  void violate(std::uint32_t event, std::uint32_t bug, std::string expected, std::string found) {
    if (!violation_) violation_ = Violation{event, bug, std::move(expected), std::move(found)};
  }

 private:
  bool exercised_ = false;
  std::optional<Violation> violation_;
};

// A row of the guarantee table.
struct Guarantee {
  std::string_view name;               // as the program prints it
  std::string_view statement;          // one sentence
  std::string_view antecedent;         // when a run counts as exercised
  EventMask needs;                     // kinds without which it is not judged
  EventMask sees;                      // kinds that on() is called for; includes needs
  std::unique_ptr<Monitor> (*make)();  // null: judged over two runs (see properties/paired.hpp)
};

}  // namespace midstride::model
