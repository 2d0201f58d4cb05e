// How the program ends.
#pragma once

namespace midstride::cli {

enum class ExitCode : int {
  as_expected = 0,
  broken = 1,          // a claimed guarantee violated, or a verdict other than a file expects
  bad_input = 2,       // bad usage, bad scenario, something that is not built yet
  harness_failed = 3,  // nondeterminism, a probe not hit, nothing run, an internal error
  interrupted = 130,
};
constexpr int number(ExitCode code) { return static_cast<int>(code); }

}  // namespace midstride::cli
