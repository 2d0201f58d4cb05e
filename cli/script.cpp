#include "cli/script.hpp"

#include <fmt/format.h>

#include "cli/files.hpp"
#ifdef MIDSTRIDE_HAVE_CPYTHON
#include "runtimes/cpython/script.hpp"
#endif

namespace midstride::cli {

std::optional<Said> script_problem(std::string_view subject, std::string_view paste) {
  if (!subject.starts_with("cpython/")) {
    return wrong(fmt::format("--script: expected a cpython subject, found {}; choose one with "
                             "--subject",
                             subject),
                 paste);
  }
#ifndef MIDSTRIDE_HAVE_CPYTHON
  return wrong(
      "--script: expected a build with cpython subjects, found one without; install "
      "python3.11-dev",
      "./do setup && ./do build");
#endif
  return std::nullopt;
}

std::optional<Said> write_script(const model::Scenario& scenario,
                                 [[maybe_unused]] const std::string& path) {
#ifdef MIDSTRIDE_HAVE_CPYTHON
  return write_file(path, runtimes::stand_alone_program(scenario));
#else
  return script_problem(scenario.subject, "midstride list subjects");
#endif
}

}  // namespace midstride::cli
