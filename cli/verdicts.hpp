// Verdicts in words, beside what a file expects and what the claims promise.
#pragma once

#include <string>
#include <string_view>

#include "model/run.hpp"
#include "properties/claims.hpp"

namespace midstride::cli {

std::string_view name_of(const model::Found& found);  // of its guarantee
// violated locals, monotone; deadlock: t waits to receive on c.
std::string describe(const model::Verdict& verdict);
std::string describe(const model::Expectation& expectation, const model::Scenario& scenario);

// Whether the verdict is what the file expects.
bool meets(const model::Verdict& verdict, const model::Expectation& expectation,
           const model::Scenario& scenario);
std::string_view words_of(properties::Standing standing);

// The run was made twice and was not the same.
bool is_nondeterministic(const model::Verdict& verdict);

}  // namespace midstride::cli
