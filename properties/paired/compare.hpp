// What the guarantees over two runs share: which scenarios they can speak of, the other run, and
// the comparison of what some of its tasklets saw.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "properties/observation.hpp"
#include "properties/paired.hpp"

namespace midstride::properties {

// Whether nothing but def, class, pass and assignments of numbers stands at any top level.
bool bodies_are_quiet(const model::Scenario& scenario);
// Whether somebody assigns to a module's global from outside or to an attribute.
bool anybody_stores(const model::Scenario& scenario);
// Whether a use of freed code cut the run short in the middle of a turn.
bool cut_short(const model::Trace& trace);

// The names of the declared tasks for which it is said, by TaskId.
std::vector<std::string> tasks_named(const model::Tables& tables, const std::vector<bool>& which);
// What these tasklets saw.
Observations only(const Observations& all, const std::vector<std::string>& names);

// Makes the other run and compares what these tasklets see in it with what they saw.
PairedJudgement compare(model::Runner& runner, model::Subject& subject,
                        const model::Scenario& other, const model::RunOptions& options,
                        const Observations& saw, const std::vector<std::string>& names,
                        std::string_view otherwise);

}  // namespace midstride::properties
