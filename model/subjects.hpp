// The subjects of the model runtime, by name: `model/<strategy>[+<reclamation>][+<locals>]`
// (defaults reachability and snapshot), and `mutant/<id>`. The tables of their parts are here;
// adding a part is one file and one row in subjects.cpp.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

#include "model/runtime/strategy.hpp"
#include "model/subject.hpp"

namespace midstride::model {

std::span<const runtime::Strategy* const> strategies();
std::span<const runtime::Reclamation* const> reclamations();
std::span<const runtime::LocalsRow> locals_policies();

// A strategy with one step replaced by a bug that somebody had. It must be caught by the guarantee
// named, within its budget.
struct Mutant {
  std::string_view id;         // "M2"
  std::string_view title;      // "parked-value"
  std::string_view base;       // the subject that it breaks
  std::string_view step;       // the step that is replaced
  std::string_view bug;        // one sentence
  std::string_view seen_in;    // where it happened
  Granularity granularity;     // under which it shows
  std::string_view guarantee;  // that must catch it
  std::uint32_t runs_max;      // policy random: a campaign finds it within so many runs
  std::uint32_t size_max;  // and it shrinks to at most so many lines (properties/shrinker.hpp says
                           // what counts)
  const runtime::Strategy* strategy;
  const runtime::Reclamation* reclamation;
};
std::span<const Mutant* const> mutants();
const Mutant* find_mutant(std::string_view id);

// Null when there is no such subject here.
std::unique_ptr<Subject> make_subject(std::string_view name);

}  // namespace midstride::model
