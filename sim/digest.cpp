#include "sim/digest.hpp"

namespace midstride::sim {

std::string Digest::hex() const {
  static constexpr std::string_view digits = "0123456789abcdef";
  std::string text;
  for (const std::uint64_t lane : lanes) {
    for (int shift = 60; shift >= 0; shift -= 4) text += digits[lane >> shift & 0xf];
  }
  return text;
}

}  // namespace midstride::sim
