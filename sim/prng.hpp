// Integer-only pseudo-random numbers, the same on every machine: xoshiro256** (Blackman and Vigna,
// 2018) seeded through splitmix64 (Steele, Lea and Flood, 2014). Streams are named: two purposes
// never share numbers, so that drawing one more number for one purpose changes nothing for another.
// Outputs are pinned by prng_test.cpp.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace midstride::sim {

// The splitmix64 output function: a bijection on 64 bits that mixes well.
constexpr std::uint64_t mix(std::uint64_t x) {
  x ^= x >> 30;
  x *= 0xbf58'476d'1ce4'e5b9;
  x ^= x >> 27;
  x *= 0x94d0'49bb'1331'11eb;
  return x ^ (x >> 31);
}

class Prng {
 public:
  explicit constexpr Prng(std::uint64_t seed) {
    for (auto& word : state_) word = mix(seed += 0x9e37'79b9'7f4a'7c15);
  }

  // The stream of numbers that belongs to (seed, purpose).
  static constexpr Prng stream(std::uint64_t seed, std::string_view purpose) {
    std::uint64_t hash = mix(seed);
    for (const char letter : purpose) hash = mix(hash ^ static_cast<unsigned char>(letter));
    return Prng(hash);
  }

  constexpr std::uint64_t next() {
    const std::uint64_t result = rotate(state_[1] * 5, 7) * 9;
    const std::uint64_t carry = state_[1] << 17;
    state_[2] ^= state_[0];
    state_[3] ^= state_[1];
    state_[1] ^= state_[2];
    state_[0] ^= state_[3];
    state_[2] ^= carry;
    state_[3] = rotate(state_[3], 45);
    return result;
  }

  // A number in [0, bound); 0 when bound is 0. Multiply and shift, without rejection: the bias is
  // below 2^-32.
  constexpr std::uint32_t below(std::uint32_t bound) {
    return static_cast<std::uint32_t>(((next() >> 32) * bound) >> 32);
  }

 private:
  static constexpr std::uint64_t rotate(std::uint64_t x, int by) {
    return (x << by) | (x >> (64 - by));
  }

  std::array<std::uint64_t, 4> state_{};
};

}  // namespace midstride::sim
