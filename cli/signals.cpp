#include "cli/signals.hpp"

#include <unistd.h>

#include <csignal>
#include <cstring>

#include "cli/exit_code.hpp"

namespace midstride::cli {

UnderWay under_way;

namespace {

volatile std::sig_atomic_t interrupt_seen = 0;

// Only write() may be called in a handler.
void say(const char* text) {
  const ssize_t written = write(STDERR_FILENO, text, std::strlen(text));
  (void)written;
}

void say(std::uint64_t value) {
  char digits[21];
  char* at = digits + sizeof digits - 1;
  *at = '\0';
  do {
    *--at = static_cast<char>('0' + value % 10);
    value /= 10;
  } while (value != 0);
  say(at);
}

void on_abort(int) {
  say("midstride: internal error: expected the invariant above to hold; this is a bug of "
      "midstride, "
      "please report it\n  ");
  if (under_way.command != nullptr) {
    say(under_way.command);
    say(" ");
    say(under_way.seed);
  } else {
    say("midstride list subjects");
  }
  say("\n");
  _exit(number(ExitCode::harness_failed));
}

void on_interrupt(int) {
  interrupt_seen = 1;
  std::signal(SIGINT, SIG_DFL);
}

}  // namespace

void install_signal_handlers() { std::signal(SIGABRT, on_abort); }

void catch_interrupt() { std::signal(SIGINT, on_interrupt); }

bool interrupted() { return interrupt_seen != 0; }

}  // namespace midstride::cli
