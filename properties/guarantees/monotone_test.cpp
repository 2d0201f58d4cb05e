// t and u look at shop.x again and again.
#include <gtest/gtest.h>

#include "properties/guarantees/all.hpp"
#include "properties/guarantees/story_test.hpp"

namespace midstride::properties {
namespace {

using namespace model;

class Monotone : public testing::Test {
 protected:
  Story& resolve(std::string_view name, std::uint32_t load) {
    return story.resolve(name, Story::number(1), load);
  }
  std::string judge() const { return story.judge(monotone()); }

  Story story;
};

TEST_F(Monotone, HoldsWhereVersionsGoUp) {
  resolve("shop.x", Story::shop1).reload(Story::r2);
  resolve("shop.x", Story::r2).reload(Story::r3, 2);
  resolve("shop.x", Story::r3);
  EXPECT_EQ(judge(), "held, exercised");
}

TEST_F(Monotone, IsViolatedByAStepBack) {
  story.reload(Story::r2);
  resolve("shop.x", Story::r2);
  resolve("shop.x", Story::shop1);
  EXPECT_EQ(judge(),
            "violated: t gets nothing older through shop.x than version 2 of shop (r2); version 1 "
            "of shop (first load of "
            "shop)");
}

TEST_F(Monotone, HoldsAcrossAReloadToAnOlderVersion) {
  story.reload(Story::r2);
  resolve("shop.x", Story::r2).reload(Story::back, 2);
  resolve("shop.x", Story::back);
  EXPECT_EQ(judge(), "held, exercised");
}

TEST_F(Monotone, AReloadToAnOlderVersionExcusesOneStepBack) {
  story.reload(Story::r2);
  resolve("shop.x", Story::r2).reload(Story::back, 2);
  resolve("shop.x", Story::back);
  resolve("shop.x", Story::r2);
  EXPECT_EQ(judge(), "held, exercised");
  resolve("shop.x", Story::back);
  EXPECT_EQ(judge().substr(0, 8), "violated");
}

TEST_F(Monotone, AReloadOfAnotherModuleExcusesNothing) {
  story.reload(Story::r2);
  resolve("shop.x", Story::r2)
      .by(Story::machinery(Story::b2))(EventKind::reload_item, Story::b2, 1, 2U << 16 | 1);
  story.by(Story::t);
  resolve("shop.x", Story::shop1);
  EXPECT_EQ(judge().substr(0, 8), "violated");
}

TEST_F(Monotone, LooksAtEachTaskletAndEachNameApart) {
  story.reload(Story::r2);
  resolve("shop.x", Story::r2);
  resolve("shop.f", Story::shop1).by(Story::u);
  resolve("shop.x", Story::shop1).by(Story::body(Story::r3));
  resolve("shop.x", Story::shop1);
  EXPECT_EQ(judge(), "held, not exercised");
}

TEST_F(Monotone, PassesOverProgramCodeAndMissingNames) {
  story.reload(Story::r2);
  resolve("shop.x", Story::r2);
  resolve("shop.x", no_load);
  story.resolve("shop.x", Value::absent(), Story::shop1);
  EXPECT_EQ(judge(), "held, not exercised");
}

TEST_F(Monotone, IsExercisedByACommitOfTheModuleInBetween) {
  resolve("shop.x", Story::shop1).reload(Story::b2);
  resolve("shop.x", Story::shop1);
  EXPECT_EQ(judge(), "held, not exercised");
  story.begin(Story::r2).fail(Story::r2);
  resolve("shop.x", Story::shop1);
  EXPECT_EQ(judge(), "held, not exercised");
}

}  // namespace
}  // namespace midstride::properties
