// midstride: reads the command line and runs one command.
#include <cstdio>
#include <variant>

#include "cli/commands.hpp"
#include "cli/signals.hpp"
#include "cli/terminal.hpp"

namespace {

using namespace midstride::cli;

struct Run {
  ExitCode operator()(const FuzzOptions& options) const { return fuzz(options); }
  ExitCode operator()(const MatrixOptions& options) const { return matrix(options); }
  ExitCode operator()(const ReplayOptions& options) const { return replay(options); }
  ExitCode operator()(const ShrinkOptions& options) const { return shrink(options); }
  ExitCode operator()(const ExplainOptions& options) const { return explain(options); }
  ExitCode operator()(const ListOptions& options) const { return list(options); }
  ExitCode operator()(const Said& said) const { return Terminal::standard().say(said); }
};

}  // namespace

int main(int argc, char** argv) {
  install_signal_handlers();
  if (argc > 0) called_as(argv[0]);
  const ExitCode code = std::visit(Run{}, options_of(argc, argv));
  if (std::fflush(stdout) == 0 && std::ferror(stdout) == 0) return number(code);
  std::fputs(
      "midstride: expected to write to standard output, found that it cannot be written to\n",
      stderr);
  return number(ExitCode::harness_failed);
}
