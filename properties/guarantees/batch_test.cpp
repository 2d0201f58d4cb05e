// shop and bank are reloaded as one batch.
#include <gtest/gtest.h>

#include "properties/guarantees/all.hpp"
#include "properties/guarantees/story_test.hpp"

namespace midstride::properties {
namespace {

using namespace model;

class Batch : public testing::Test {
 protected:
  Batch() { story.begin(Story::both_shop).begin(Story::both_bank); }
  std::string judge() const { return story.judge(batch()); }

  Story story;
  const Value value = Story::number(1);
};

TEST_F(Batch, HoldsWhereTheOldComesFirst) {
  story.resolve("bank.y", value, Story::bank1).resolve("shop.x", value, Story::both_shop);
  EXPECT_EQ(judge(), "held, exercised");
}

TEST_F(Batch, IsViolatedByTheOldAfterTheNew) {
  story.resolve("shop.x", value, Story::both_shop).resolve("bank.y", value, Story::bank1);
  EXPECT_EQ(judge(),
            "violated: nothing older, since shop.x came from version 2 of shop (both of shop); "
            "bank.y comes from version 1 of bank (first load of bank)");
}

TEST_F(Batch, LeavesOneModuleToIsolation) {
  story.resolve("shop.x", value, Story::both_shop).resolve("shop.x", value, Story::shop1);
  EXPECT_EQ(judge(), "held, exercised");
}

TEST_F(Batch, HoldsWhereAllCommit) {
  story.commit(Story::both_shop).commit(Story::both_bank);
  EXPECT_EQ(judge(), "held, not exercised");
}

TEST_F(Batch, IsViolatedWhereOneCommitsAndOneFails) {
  story.commit(Story::both_shop).fail(Story::both_bank);
  EXPECT_EQ(judge(), "violated: all of both commits, or nothing; 1 of 2 modules did");
}

TEST_F(Batch, IsNotJudgedOutsideABatch) {
  Story single;
  single.begin(Story::r2)
      .resolve("shop.x", value, Story::r2)
      .resolve("bank.y", value, Story::bank1);
  EXPECT_EQ(single.judge(batch()), "held, not exercised");
}

}  // namespace
}  // namespace midstride::properties
