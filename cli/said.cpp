#include "cli/said.hpp"

#include <fmt/format.h>

#include "cli/files.hpp"

namespace midstride::cli {

namespace {

constexpr std::string_view name = "midstride";
std::string called = std::string(name);

}  // namespace

void called_as(std::string_view program) {
  if (program.find('/') != program.npos) called = shell_quoted(program);
}

std::string pasted(std::string_view line) {
  const bool ours = line.starts_with(name) && line.substr(name.size()).starts_with(' ');
  return ours ? called + std::string(line.substr(name.size())) : std::string(line);
}

Said wrong(std::string_view what, std::string_view paste, ExitCode code) {
  return {fmt::format("midstride: {}\n  {}\n", what, pasted(paste)), code};
}

}  // namespace midstride::cli
