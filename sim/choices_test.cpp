#include "sim/choices.hpp"

#include <gtest/gtest.h>

#include <array>

namespace midstride::sim {
namespace {

std::vector<std::uint32_t> draw(Choices choices) {
  std::vector<std::uint32_t> numbers;
  for (const std::uint32_t bound : {10U, 256U, 257U, 1U, 3U, 100'000U})
    numbers.push_back(choices.below(bound));
  return numbers;
}
using Numbers = std::vector<std::uint32_t>;

TEST(Choices, from_a_prng_are_the_pinned_numbers) {
  EXPECT_EQ(draw(Choices::from(Prng(1))), (Numbers{7, 133, 147, 0, 1, 69'717}));
}

TEST(Choices, from_a_list_are_folded_into_the_range) {
  const Numbers list{13, 255, 256, 2, 250'001, 9};
  EXPECT_EQ(draw(Choices::from_list(list)), (Numbers{3, 255, 256, 0, 2, 50'001}));
}

TEST(Choices, from_bytes_take_one_byte_up_to_256_and_four_beyond_little_endian) {
  const std::array<std::uint8_t, 11> bytes{13, 255, 1, 1, 0, 0, 5, 2, 0, 0, 0};
  EXPECT_EQ(draw(Choices::from_bytes(bytes)), (Numbers{3, 255, 0, 0, 2, 2}));
}

TEST(Choices, from_a_function_are_its_high_bits) {
  EXPECT_EQ(draw(Choices::from_function([] { return std::uint64_t{1} << 63; })),
            (Numbers{5, 128, 128, 0, 1, 50'000}));
}

TEST(Choices, a_source_that_has_run_out_gives_zeros) {
  EXPECT_EQ(draw(Choices::from_list({})), Numbers(6, 0));
  EXPECT_EQ(draw(Choices::from_bytes({})), Numbers(6, 0));
  Choices empty = Choices::from_list({});
  EXPECT_EQ(empty.between(-3, 8), -3);
  EXPECT_FALSE(empty.chance(9, 10));
  EXPECT_EQ(empty.weighted({5, 1}), 0U);
}

TEST(Choices, what_was_recorded_draws_the_same_from_a_list) {
  Numbers recorded;
  Choices choices = Choices::from(Prng(3));
  choices.record_into(&recorded);
  const Numbers drawn = draw(std::move(choices));
  EXPECT_EQ(recorded.size(), 5U);  // a bound of 1 draws nothing
  EXPECT_EQ(draw(Choices::from_list(recorded)), drawn);
}

TEST(Choices, weights_and_chances_are_kept) {
  Choices choices = Choices::from(Prng(5));
  std::array<int, 3> seen{};
  int yes = 0;
  for (int i = 0; i < 4000; ++i) {
    ++seen.at(choices.weighted({1, 0, 3}));
    yes += choices.chance(1, 4) ? 1 : 0;
    const std::int32_t between = choices.between(-2, 2);
    EXPECT_TRUE(-2 <= between && between <= 2);
  }
  EXPECT_NEAR(seen[0], 1000, 120);
  EXPECT_EQ(seen[1], 0);
  EXPECT_NEAR(yes, 1000, 120);
}

}  // namespace
}  // namespace midstride::sim
