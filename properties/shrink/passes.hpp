// The passes, in the order in which a round makes them: what takes out most comes first. Late ones
// come when the others have nothing left to do: a policy that stands for decisions depends on every
// turn, so that cuts are harder after it.
#pragma once

#include <span>
#include <string_view>

#include "properties/shrink/search.hpp"

namespace midstride::properties {

struct Pass {
  std::string_view name;
  void (*make)(Search&);
  bool late = false;
};
std::span<const Pass> passes();

void cut_declarations(Search& search);  // tasks, modules, versions, reloads, inspections, channels
void cut_decisions(Search& search);
void cut_definitions(Search& search);  // a def or class from every version that has it
void cut_statements(Search& search);
void open_blocks(Search& search);
void cut_parameters(Search& search);
void simplify_statements(Search& search);
void simplify_expressions(Search& search);
void simplify_inspections(Search& search);
void join_decisions(Search& search);  // removes preemptions
void lower_counts(Search& search);
void simplify_policy(Search& search);
void simplify_options(Search& search);  // granularity, channels, budget, version numbers
// Once, after the last round.
void shorten_names(Search& search);

}  // namespace midstride::properties
