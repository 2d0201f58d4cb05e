// A command that ends early: what it says, and how it ends. Every refusal names what was expected
// and what was found, and ends in a line to paste.
#pragma once

#include <string>
#include <string_view>

#include "cli/exit_code.hpp"

namespace midstride::cli {

struct Said {
  std::string text;
  ExitCode code = ExitCode::as_expected;
};

// A line to paste, with `midstride` as the program was called: build/midstride, where it is not on
// the path.
std::string pasted(std::string_view line);
void called_as(std::string_view program);

Said wrong(std::string_view what, std::string_view paste, ExitCode code = ExitCode::bad_input);

}  // namespace midstride::cli
