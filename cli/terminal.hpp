// Where the program prints: results to standard output, refusals to standard error, and on a
// terminal one progress line that is overwritten.
#pragma once

#include <fmt/format.h>

#include <cstdio>
#include <string>
#include <string_view>
#include <utility>

#include "cli/paint.hpp"
#include "cli/said.hpp"

namespace midstride::cli {

struct Terminal {
  Paint paint;              // colour on a terminal, unless NO_COLOR is set
  bool is_live = false;     // standard output is a terminal
  std::size_t width = 120;  // its columns

  static Terminal standard();

  // Flushed, so that a pipe too shows what there is so far.
  template <class... Parts>
  void out(fmt::format_string<Parts...> format, Parts&&... parts) const {
    const std::string text = fmt::format(format, std::forward<Parts>(parts)...);
    std::fwrite(text.data(), 1, text.size(), stdout);
    std::fflush(stdout);
  }
  // Help goes to standard output, refusals to standard error.
  ExitCode say(const Said& said) const;

  // Overwrites the line that the last call left, cut where the terminal would break it; nothing
  // when standard output is no terminal.
  void progress(std::string_view line) const;
  void end_progress() const { progress(""); }
};

}  // namespace midstride::cli
