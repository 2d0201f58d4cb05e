// The commands, one file each.
#pragma once

#include "cli/options.hpp"

namespace midstride::cli {

// Searches for violations, prints what was held and what was violated, shrinks what was found.
ExitCode fuzz(const FuzzOptions& options);
// What each subject keeps beside what it promises.
ExitCode matrix(const MatrixOptions& options);
// Shows what happens in scenarios, and says whether that is what their files expect.
ExitCode replay(const ReplayOptions& options);
// Makes a failing scenario as small as it gets.
ExitCode shrink(const ShrinkOptions& options);
// What a guarantee or a mutant is.
ExitCode explain(const ExplainOptions& options);
// What this build has.
ExitCode list(const ListOptions& options);

}  // namespace midstride::cli
