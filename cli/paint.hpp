// Colour on a terminal, and plain text everywhere else.
#pragma once

#include <string>
#include <string_view>

namespace midstride::cli {

struct Paint {
  bool on = false;

  std::string bad(std::string_view text) const { return dyed("\033[1;31m", text); }
  std::string expected(std::string_view text) const { return dyed("\033[33m", text); }
  std::string good(std::string_view text) const { return dyed("\033[32m", text); }
  std::string quiet(std::string_view text) const { return dyed("\033[2m", text); }
  std::string strong(std::string_view text) const { return dyed("\033[1m", text); }

 private:
  std::string dyed(std::string_view dye, std::string_view text) const {
    if (!on) return std::string(text);
    return std::string(dye) + std::string(text) + "\033[0m";
  }
};

}  // namespace midstride::cli
