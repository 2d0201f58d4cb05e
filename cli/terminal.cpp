#include "cli/terminal.hpp"

#include <sys/ioctl.h>
#include <unistd.h>

#include <cstdlib>

namespace midstride::cli {

Terminal Terminal::standard() {
  Terminal terminal;
  const char* const term = std::getenv("TERM");
  const bool is_dumb = term != nullptr && std::string_view(term) == "dumb";
  terminal.is_live = isatty(STDOUT_FILENO) == 1 && !is_dumb;
  winsize size{};
  if (terminal.is_live && ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
    terminal.width = size.ws_col;
  const char* const no_color = std::getenv("NO_COLOR");
  terminal.paint.on = terminal.is_live && (no_color == nullptr || *no_color == '\0');
  return terminal;
}

ExitCode Terminal::say(const Said& said) const {
  std::fflush(stdout);
  std::FILE* const stream = said.code == ExitCode::as_expected ? stdout : stderr;
  std::fwrite(said.text.data(), 1, said.text.size(), stream);
  return said.code;
}

void Terminal::progress(std::string_view line) const {
  if (!is_live) return;
  fmt::print("\r\033[K{}", line.substr(0, width - 1));
  std::fflush(stdout);
}

}  // namespace midstride::cli
