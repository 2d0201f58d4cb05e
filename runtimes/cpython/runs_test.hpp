// What the tests of this folder share: a scenario in its text form, run on a subject, and the trace
// in words.
#pragma once

#include <gtest/gtest.h>

#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "model/run.hpp"
#include "model/scenario_of_test.hpp"
#include "model/subjects.hpp"
#include "properties/guarantees.hpp"
#include "runtimes/cpython/cpython.hpp"

namespace midstride::runtimes {

using model::scenario_of;

inline constexpr std::string_view importlib = "cpython/importlib";
inline constexpr std::string_view code_swap = "cpython/code-swap";

inline std::unique_ptr<model::Subject> subject_of(std::string_view name) {
  auto subject = make_cpython_subject(name);
  return subject != nullptr ? std::move(subject) : model::make_subject(name);
}

// One run, judged by every guarantee.
struct Ran {
  explicit Ran(const model::Scenario& given, std::string_view subject)
      : scenario(given), runner(properties::guarantees()) {
    outcome = runner.run(scenario, *subject_of(subject));
  }
  Ran(std::string_view text, std::string_view subject) : Ran(scenario_of(text), subject) {}

  // The events of these kinds in words.
  std::vector<std::string> told(std::initializer_list<model::EventKind> kinds) const {
    std::vector<std::string> lines;
    for (const model::Event& event : runner.trace().events()) {
      for (const model::EventKind kind : kinds) {
        if (event.kind() == kind) lines.push_back(show(event, runner.tables()));
      }
    }
    return lines;
  }
  // "held", or what was violated, by name.
  std::string verdict() const {
    std::string words(name_of(outcome.verdict.kind));
    for (const model::Found& found : outcome.verdict.found)
      words += " " + std::string(runner.guarantees()[found.guarantee].name);
    return words;
  }
  bool exercised(std::string_view guarantee) const {
    return (outcome.exercised >> *properties::guarantee_index(guarantee) & 1) != 0;
  }
  bool judged(std::string_view guarantee) const {
    return (outcome.judged >> *properties::guarantee_index(guarantee) & 1) != 0;
  }

  model::Scenario scenario;
  model::Runner runner;
  model::Outcome outcome;
};

}  // namespace midstride::runtimes
