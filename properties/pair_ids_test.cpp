// The two tables that monitors keep their state in.
#include "properties/pair_ids.hpp"

#include <gtest/gtest.h>

#include "properties/by_id.hpp"

namespace midstride::properties {
namespace {

TEST(PairIds, NumberPairsInTheOrderInWhichTheyCome) {
  PairIds ids;
  EXPECT_EQ(ids(7, 8), 0U);
  EXPECT_EQ(ids(8, 7), 1U);
  EXPECT_EQ(ids(7, 8), 0U);
  EXPECT_EQ(ids(0, 0), 2U);
  EXPECT_EQ(ids(0xffff'ffff, 0xffff'ffff), 3U);
}

TEST(PairIds, KeepTheirNumbersWhenTheTableGrows) {
  PairIds ids;
  for (std::uint32_t round = 0; round < 2; ++round) {
    for (std::uint32_t first = 0; first < 100; ++first) {
      for (std::uint32_t second = 0; second < 100; ++second)
        ASSERT_EQ(ids(first, second << 16), first * 100 + second);
    }
  }
}

TEST(PairIds, ForgetEverythingAtOnce) {
  PairIds ids;
  for (std::uint32_t pair = 0; pair < 1000; ++pair) ids(pair, 1);
  ids.clear();
  EXPECT_EQ(ids(999, 1), 0U);
  EXPECT_EQ(ids(0, 1), 1U);
}

TEST(ById, RowsAreFreshUntilWrittenAndAfterClear) {
  ById<std::uint32_t> rows;
  EXPECT_EQ(rows.get(0xffff'ffff), 0U);
  EXPECT_EQ(rows.size(), 0U) << "reading does not grow it";
  rows[5] = 3;
  EXPECT_GE(rows.size(), 6U);
  EXPECT_EQ(rows[4], 0U);
  rows.clear();
  EXPECT_EQ(rows[5], 0U);
}

}  // namespace
}  // namespace midstride::properties
