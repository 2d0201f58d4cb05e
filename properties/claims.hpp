// What each subject promises, as data. A claim says of a subject (by pattern) and a granularity
// that a guarantee holds, or that it is given up by design and a counterexample is found within so
// many runs, or that it holds where a named predicate of the run is true. A guarantee without a
// claim is judged and shown, and gates nothing.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "model/run.hpp"

namespace midstride::properties {

// A named, tested function of a run that is over: the condition of a conditional claim.
struct Predicate {
  std::string_view name;
  std::string_view means;
  bool (*holds)(const model::Run& run);
};
std::span<const Predicate> predicates();

enum class Promise : std::uint8_t {
  holds,        // in every run
  given_up,     // violated by design; a campaign finds it within Claim::runs_max runs
  seldom,       // violated by design, too rarely for a number of runs: a corpus file shows it
  conditional,  // holds in every run in which the predicate is true, and is violated outside it
};
struct Claim {
  std::string_view subject;  // a name, or a pattern in which * stands for anything
  std::optional<model::Granularity> granularity;  // none: every one
  std::string_view guarantee;
  Promise promise = Promise::holds;
  std::uint32_t runs_max = 0;            // given_up, conditional
  const Predicate* predicate = nullptr;  // conditional
};
std::span<const Claim> claims();

// The first claim of the table that matches, or null. A mutant has the claims of its base.
const Claim* claim_on(std::string_view subject, model::Granularity granularity,
                      std::string_view guarantee);

// What a violation means.
enum class Standing : std::uint8_t {
  unclaimed,  // violated, and nobody promised anything
  expected,   // violated, and given up by design (or outside the condition of the claim)
  failure,    // violated though promised
};
// For the subject and the granularity that the run's scenario names.
Standing standing_of(const model::Found& found, const model::Run& run);

bool matches(std::string_view pattern, std::string_view name);

}  // namespace midstride::properties
