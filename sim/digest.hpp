// A rolling 128-bit digest of 64-bit words, in order: two lanes, each multiplied and folded per
// word. Not cryptographic; meant to tell two traces apart on any compiler and machine. Its value
// for a fixed input is pinned by digest_test.cpp.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

namespace midstride::sim {

struct Digest {
  std::array<std::uint64_t, 2> lanes{0x243f'6a88'85a3'08d3, 0x1319'8a2e'0370'7344};

  constexpr void add(std::uint64_t word) {
    lanes[0] = (lanes[0] ^ word) * 0x9e37'79b9'7f4a'7c15;
    lanes[0] ^= lanes[0] >> 32;
    lanes[1] = (lanes[1] + word) * 0xd6e8'feb8'6659'fd93;
    lanes[1] ^= lanes[1] >> 29;
  }
  constexpr void add(std::string_view text) {
    add(static_cast<std::uint64_t>(text.size()));
    std::uint64_t word = 0;
    unsigned filled = 0;
    for (const char letter : text) {
      word = (word << 8) | static_cast<unsigned char>(letter);
      if (++filled % 8 == 0) {
        add(word);
        word = 0;
      }
    }
    if (filled % 8 != 0) add(word);
  }
  constexpr void add(const Digest& other) {
    add(other.lanes[0]);
    add(other.lanes[1]);
  }
  // 32 lower-case hexadecimal digits.
  std::string hex() const;

  auto operator<=>(const Digest&) const = default;
};

}  // namespace midstride::sim
