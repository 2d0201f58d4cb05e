// r2 brings shop from version 1 to version 2; t resolves names meanwhile.
#include <gtest/gtest.h>

#include "properties/guarantees/all.hpp"
#include "properties/guarantees/story_test.hpp"

namespace midstride::properties {
namespace {

using namespace model;

class Isolation : public testing::Test {
 protected:
  Story& resolve(std::string_view name, std::uint32_t load) {
    return story.resolve(name, Story::number(1), load);
  }
  Story& miss(std::string_view name) { return story.resolve(name, Value::absent(), no_load); }
  std::string judge() const { return story.judge(isolation()); }

  Story story;
};

TEST_F(Isolation, HoldsWhereTheOldComesBeforeTheNew) {
  story.begin(Story::r2);
  resolve("shop.x", Story::shop1);
  resolve("shop.f", Story::r2);
  resolve("shop.x", Story::r2).commit(Story::r2);
  EXPECT_EQ(judge(), "held, exercised");
}

TEST_F(Isolation, IsViolatedByTheOldAfterTheNew) {
  story.begin(Story::r2);
  resolve("shop.f", Story::r2);
  story.by(Story::u);
  resolve("shop.x", Story::shop1);
  EXPECT_EQ(judge(),
            "violated: nothing older, since shop.f came from version 2 of shop (r2); shop.x comes "
            "from version 1 of shop "
            "(first load of shop)");
}

TEST_F(Isolation, IsViolatedByAReloadThatWasSeenAndFails) {
  story.begin(Story::r2);
  resolve("shop.f", Story::r2).fail(Story::r2);
  EXPECT_EQ(judge(),
            "violated: r2 commits, since shop.f came from version 2 of shop (r2); r2 did not");
}

TEST_F(Isolation, IsViolatedByAGap) {
  story.begin(Story::r2);
  miss("shop.x");
  EXPECT_EQ(judge(),
            "violated: shop.x, which the versions before and after r2 both define; the name is not "
            "there");
}

TEST_F(Isolation, HoldsForNamesThatOnlyOneVersionDefines) {
  story.begin(Story::r2);
  resolve("shop.new", Story::r2);
  resolve("shop.old", Story::shop1);
  miss("shop.old");
  miss("shop.new");
  EXPECT_EQ(judge(), "held, not exercised");
}

TEST_F(Isolation, HoldsForNamesThatMayBeLeftOut) {
  story.begin(Story::r2);
  resolve("shop.x", Story::r2);
  resolve("shop.perhaps", Story::shop1);
  miss("shop.perhaps");
  EXPECT_EQ(judge(), "held, exercised");
}

TEST_F(Isolation, HoldsForNamesThatAFailedFirstLoadLeftOut) {
  Story short_story(Story::BeforeFirstLoads{});
  short_story.begin(Story::shop1, 0).by(Story::body(Story::shop1));
  short_story(EventKind::exit, 1, 0, 0, static_cast<std::uint8_t>(ExitHow::threw))
      .commit(Story::shop1);
  short_story.by(Story::t).begin(Story::r2).resolve("shop.x", Value::absent(), no_load);
  EXPECT_EQ(short_story.judge(isolation()), "held, exercised");
}

TEST_F(Isolation, HoldsForNamesThatProgramCodeStored) {
  story.begin(Story::r2);
  resolve("shop.f", Story::r2);
  resolve("shop.x", no_load);
  EXPECT_EQ(judge(), "held, exercised");
}

TEST_F(Isolation, SaysNothingOfTheReloadItself) {
  story.begin(Story::r2).by(Story::body(Story::r2));
  resolve("shop.f", Story::r2);
  miss("shop.x");
  EXPECT_EQ(judge(), "held, not exercised");
}

TEST_F(Isolation, CountsBodiesOfOtherModules) {
  story.begin(Story::r2).by(Story::body(Story::b2));
  miss("shop.x");
  EXPECT_EQ(judge().substr(0, 8), "violated");
}

TEST_F(Isolation, OfTwoOpenReloadsTheLaterOneIsNotOlder) {
  story.begin(Story::r2).begin(Story::r3);
  resolve("shop.f", Story::r2);
  resolve("shop.x", Story::r3).commit(Story::r3);
  EXPECT_EQ(judge(), "held, exercised");
  resolve("shop.f", Story::shop1);
  EXPECT_EQ(judge().substr(0, 8), "violated") << "r2 was seen and is still open";
}

TEST_F(Isolation, EndsWithTheReload) {
  story.begin(Story::r2);
  resolve("shop.f", Story::r2).commit(Story::r2);
  resolve("shop.x", Story::shop1);
  miss("shop.x");
  EXPECT_EQ(judge(), "held, exercised");
}

TEST_F(Isolation, IsExercisedByAResolveBetweenBeginAndEnd) {
  resolve("shop.x", Story::shop1).begin(Story::r2);
  resolve("bank.y", Story::bank1).commit(Story::r2);
  resolve("shop.x", Story::r2);
  EXPECT_EQ(judge(), "held, not exercised");
}

TEST_F(Isolation, IsNotExercisedByAFirstLoad) {
  Story short_story(Story::BeforeFirstLoads{});
  short_story.begin(Story::shop1, 0)
      .resolve("shop.x", Value::absent(), no_load)
      .commit(Story::shop1);
  EXPECT_EQ(short_story.judge(isolation()), "held, not exercised");
}

}  // namespace
}  // namespace midstride::properties
