#include "sim/prng.hpp"

#include <gtest/gtest.h>

#include <array>

namespace midstride::sim {
namespace {

// The first three are xoshiro256**'s, seeded through splitmix64, as other implementations give them
// for seed 0.
TEST(Prng, gives_the_pinned_numbers) {
  Prng zero(0);
  EXPECT_EQ(zero.next(), 0x99ec'5f36'cb75'f2b4U);
  EXPECT_EQ(zero.next(), 0xbf6e'1f78'4956'452aU);
  EXPECT_EQ(zero.next(), 0x1a5f'849d'4933'e6e0U);
  Prng stream = Prng::stream(42, "random policy");
  EXPECT_EQ(stream.next(), 0xb87f'437d'fc1d'bfb0U);
  EXPECT_EQ(stream.below(1000), 185U);
}

TEST(Prng, streams_of_other_purposes_and_seeds_share_no_numbers) {
  const std::array first{Prng::stream(1, "a").next(), Prng::stream(1, "b").next(),
                         Prng::stream(2, "a").next(), Prng::stream(1, "").next(), Prng(1).next()};
  for (std::size_t i = 0; i < first.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j) EXPECT_NE(first[i], first[j]);
  }
}

TEST(Prng, below_stays_below_and_reaches_everything) {
  Prng prng(7);
  std::array<int, 5> seen{};
  for (int i = 0; i < 5000; ++i) ++seen.at(prng.below(5));
  for (const int count : seen) EXPECT_NEAR(count, 1000, 150);
  EXPECT_EQ(prng.below(0), 0U);
  EXPECT_EQ(prng.below(1), 0U);
}

}  // namespace
}  // namespace midstride::sim
