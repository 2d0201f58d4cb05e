// Where a generator's numbers come from: a PRNG stream, a list of numbers (recorded, or drawn by
// RapidCheck), or a fuzzer's bytes, read once, left to right. A source that runs out gives zeros,
// so that every source is long enough and shorter ones mean simpler things. Whatever a source gives
// is folded into the range asked for: every list of numbers is a valid one.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <span>
#include <utility>
#include <vector>

#include "sim/prng.hpp"

namespace midstride::sim {

class Choices {
 public:
  static Choices from(Prng prng);
  // Each number is folded into the range asked for by the remainder.
  static Choices from_list(std::span<const std::uint32_t> numbers);  // must outlive the Choices
  // A range of up to 256 takes one byte, a larger one four, little-endian.
  static Choices from_bytes(std::span<const std::uint8_t> bytes);  // must outlive the Choices
  // Any other source, such as RapidCheck's Random: gives 64 random bits a call.
  static Choices from_function(std::function<std::uint64_t()> next);

  // In [0, bound); 0 when bound is 0 or 1 (then nothing is drawn).
  std::uint32_t below(std::uint32_t bound) {
    if (bound <= 1) return 0;
    const std::uint32_t drawn = source_ == Source::prng ? prng_.below(bound) : slow(bound);
    if (record_ != nullptr) record_->push_back(drawn);
    return drawn;
  }
  // In [low, high], both included.
  std::int32_t between(std::int32_t low, std::int32_t high) {
    return low + static_cast<std::int32_t>(below(static_cast<std::uint32_t>(high - low) + 1));
  }
  // True in `of` cases out of `in`; false when the source has run out.
  bool chance(std::uint32_t of, std::uint32_t in) { return below(in) >= in - of; }
  // An index, drawn by weight; 0 when the source has run out.
  std::size_t weighted(std::initializer_list<std::uint32_t> weights);

  // From now on every number drawn is appended to `numbers`: from_list of them draws the same.
  void record_into(std::vector<std::uint32_t>* numbers) { record_ = numbers; }

 private:
  enum class Source : std::uint8_t { prng, list, bytes, function };
  explicit Choices(Source source) : source_(source) {}
  std::uint32_t slow(std::uint32_t bound);

  Source source_;
  Prng prng_{0};
  std::span<const std::uint32_t> numbers_;
  std::span<const std::uint8_t> bytes_;
  std::function<std::uint64_t()> function_;
  std::vector<std::uint32_t>* record_ = nullptr;
};

}  // namespace midstride::sim
