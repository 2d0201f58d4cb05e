// The subjects of the model runtime, by name:
// `model/<strategy>[+<reclamation>][+<instances>][+<locals>]` (defaults: reachability, the
// strategy's own instance policy, snapshot), and `mutant/<id>`. The tables of their parts are here;
// adding a part is one file and one row in subjects.cpp.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

#include "model/runtime/strategy.hpp"
#include "model/subject.hpp"

namespace midstride::model {

std::span<const runtime::Strategy* const> strategies();
std::span<const runtime::Reclamation* const> reclamations();
std::span<const runtime::InstancesRow> instance_policies();
std::span<const runtime::Locals* const> locals_policies();

// A strategy with one step replaced by a bug that somebody had. It must be caught by the guarantee
// named, within its budget. The figures are what was measured, under the policy random at the
// mutant's granularity; properties/laws_mutants_test.cpp measures them again, so that none is
// generous.
struct Mutant {
  std::string_view id;         // "M2"
  std::string_view title;      // "parked-value"
  std::string_view base;       // the subject that it breaks
  std::string_view step;       // the step that is replaced
  std::string_view bug;        // one sentence
  std::string_view seen_in;    // where it happened
  Granularity granularity;     // under which it shows
  std::string_view guarantee;  // that must catch it
  // May break with it, as what follows from the same bug. Nothing else may.
  std::array<std::string_view, 5> also{};
  // A scenario needs one of these (docs/generator.md); none: any will do.
  std::array<std::string_view, 3> shapes{};
  std::uint32_t shape_permille = 1000;  // P(shape): of generated scenarios
  std::uint32_t schedule_permille = 0;  // P(schedule | shape): of the runs of those
  std::uint32_t runs_median = 0;        // that a campaign takes to find it
  std::uint32_t runs_max = 0;           // its budget: ten times the mean
  std::uint32_t size = 0;  // what it shrinks to, the median, as properties::size_of counts lines
  std::uint32_t size_max = 0;  // and at most
  const runtime::Strategy* strategy;
  const runtime::Reclamation* reclamation;
  const runtime::Locals* locals = nullptr;    // null: snapshot
  sim::Planted planted = sim::Planted::none;  // a rule of sim is broken instead of a step
  std::string_view policy = "random";         // under which it shows
  // Budget in random programs over sim's C++ interface (properties/laws_channels_test.cpp). Where
  // runs_max is 0 generated scenarios do not show the bug, and these must.
  std::uint32_t programs_max = 0;
};
std::span<const Mutant* const> mutants();
const Mutant* find_mutant(std::string_view id);

// Null when there is no such subject here.
std::unique_ptr<Subject> make_subject(std::string_view name);

}  // namespace midstride::model
