// The one generator: from Choices to a Scenario. Whoever needs scenarios (a campaign, RapidCheck, a
// fuzzer) comes here.
//
// A program alone rarely breaks anything: what matters is that a handle is kept over a suspension,
// that a module's body blocks half-way, that two reloads overlap. So a scenario is composed of a
// few named shapes (shapes/table.hpp), each of which writes the few lines that one such situation
// needs; the schedule is left to a policy, as is the placing of reloads and inspections.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>

#include "model/scenario.hpp"
#include "sim/choices.hpp"

namespace midstride::properties {

struct GeneratorOptions {
  std::string_view subject = "model/overwrite";
  model::Granularity granularity = model::Granularity::ops;
  std::string_view policy = "random";
  std::uint64_t seed = 0;  // of the policy
  std::uint32_t shapes_max = 3;
  std::uint32_t modules_max = 2;   // 1 or 2
  std::uint32_t versions_max = 3;  // 2 or 3, of one module
  std::uint32_t tasks_max = 4;     // 3 or 4
};

// Keeps all memory from scenario to scenario: after a warm-up it allocates nothing.
class Generator {
 public:
  Generator();
  ~Generator();
  // Writes a well-formed scenario in normal form into `out`, whose memory it goes on using. Choices
  // that are all zero give the simplest one.
  void generate(sim::Choices& choices, const GeneratorOptions& options, model::Scenario& out);

 private:
  struct State;
  std::unique_ptr<State> state_;
};
// The same, for one scenario.
void generate(sim::Choices& choices, const GeneratorOptions& options, model::Scenario& out);

}  // namespace midstride::properties
