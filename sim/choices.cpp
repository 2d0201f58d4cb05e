#include "sim/choices.hpp"

namespace midstride::sim {

Choices Choices::from(Prng prng) {
  Choices choices(Source::prng);
  choices.prng_ = prng;
  return choices;
}

Choices Choices::from_list(std::span<const std::uint32_t> numbers) {
  Choices choices(Source::list);
  choices.numbers_ = numbers;
  return choices;
}

Choices Choices::from_bytes(std::span<const std::uint8_t> bytes) {
  Choices choices(Source::bytes);
  choices.bytes_ = bytes;
  return choices;
}

Choices Choices::from_function(std::function<std::uint64_t()> next) {
  Choices choices(Source::function);
  choices.function_ = std::move(next);
  return choices;
}

std::size_t Choices::weighted(std::initializer_list<std::uint32_t> weights) {
  std::uint32_t total = 0;
  for (const std::uint32_t weight : weights) total += weight;
  std::uint32_t drawn = below(total);
  std::size_t index = 0;
  for (const std::uint32_t weight : weights) {
    if (drawn < weight) return index;
    drawn -= weight;
    ++index;
  }
  return 0;
}

std::uint32_t Choices::slow(std::uint32_t bound) {
  std::uint32_t number = 0;
  switch (source_) {
    case Source::prng: return prng_.below(bound);
    case Source::list:
      if (numbers_.empty()) return 0;
      number = numbers_.front();
      numbers_ = numbers_.subspan(1);
      break;
    case Source::bytes: {
      const std::size_t wanted = bound <= 256 ? 1 : 4;
      const std::size_t taken = wanted < bytes_.size() ? wanted : bytes_.size();
      for (std::size_t i = 0; i < taken; ++i) {
        number |= static_cast<std::uint32_t>(bytes_[i]) << (8 * i);
      }
      bytes_ = bytes_.subspan(taken);
      break;
    }
    case Source::function: return static_cast<std::uint32_t>(((function_() >> 32) * bound) >> 32);
  }
  return number % bound;
}

}  // namespace midstride::sim
