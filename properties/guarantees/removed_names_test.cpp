// Version 2 of shop has no `old`, which version 1 has.
#include <gtest/gtest.h>

#include "properties/guarantees/all.hpp"
#include "properties/guarantees/story_test.hpp"

namespace midstride::properties {
namespace {

using namespace model;

class RemovedName : public testing::Test {
 protected:
  std::string judge() const { return story.judge(removed_names()); }

  Story story;
  const Value something = Story::number(1);
};

TEST_F(RemovedName, IsGone) {
  story.reload(Story::r2).resolve("shop.old", Value::absent(), no_load);
  EXPECT_EQ(judge(), "held, exercised");
}

TEST_F(RemovedName, IsStillThere) {
  story.reload(Story::r2).resolve("shop.old", something, Story::r2);
  EXPECT_EQ(judge(), "violated: shop.old, which version 2 of shop (r2) lacks, is gone; t gets 1");
}

TEST_F(RemovedName, Stays) {
  story.removed_names = RemovedNames::stay;
  story.reload(Story::r2).resolve("shop.old", something, Story::shop1);
  EXPECT_EQ(judge(), "held, exercised");
}

TEST_F(RemovedName, IsGoneThoughItShouldStay) {
  story.removed_names = RemovedNames::stay;
  story.reload(Story::r2).resolve("shop.old", Value::absent(), no_load);
  EXPECT_EQ(judge(),
            "violated: shop.old, which version 2 of shop (r2) lacks, stays; the name is not there");
}

TEST_F(RemovedName, MayHaveBeenPutThereByProgramCode) {
  story.reload(Story::r2).resolve("shop.old", something, no_load);
  EXPECT_EQ(judge(), "held, not exercised");
}

TEST_F(RemovedName, IsNotJudgedWhileAReloadIsOpen) {
  story.reload(Story::r2).begin(Story::r3, 2).resolve("shop.old", something, Story::r2);
  EXPECT_EQ(judge(), "held, not exercised");
}

TEST_F(RemovedName, IsNotJudgedWherePinned) {
  story.reload(Story::r2)(EventKind::resolve, story.name("shop.old"), something.word, Story::shop1,
                          static_cast<std::uint8_t>(ResolveHow::pinned));
  EXPECT_EQ(judge(), "held, not exercised");
}

}  // namespace
}  // namespace midstride::properties
