// t resolves names of shop, which r2 brings from version 1 to version 2.
#include <gtest/gtest.h>

#include "properties/guarantees/all.hpp"
#include "properties/guarantees/story_test.hpp"

namespace midstride::properties {
namespace {

using namespace model;

class Fresh : public testing::Test {
 protected:
  Story& resolve(std::string_view name, std::uint32_t load) {
    return story.resolve(name, Story::number(1), load);
  }
  Story& miss(std::string_view name) { return story.resolve(name, Value::absent(), no_load); }
  std::string judge() const { return story.judge(fresh()); }

  Story story;
};

TEST_F(Fresh, HoldsWhereTheCommittedVersionIsSeen) {
  resolve("shop.x", Story::shop1);
  EXPECT_EQ(judge(), "held, not exercised");
  story.reload(Story::r2);
  resolve("shop.x", Story::r2);
  EXPECT_EQ(judge(), "held, exercised");
}

TEST_F(Fresh, IsViolatedByAnOlderVersion) {
  story.reload(Story::r2);
  resolve("shop.x", Story::shop1);
  EXPECT_EQ(judge(),
            "violated: shop.x comes from version 2 of shop (r2); t gets version 1 of shop (first "
            "load of shop)");
}

TEST_F(Fresh, IsViolatedByANameThatIsNotThere) {
  story.reload(Story::r2);
  miss("shop.new");
  EXPECT_EQ(judge(), "violated: shop.new comes from version 2 of shop (r2); t gets nothing");
}

TEST_F(Fresh, IsViolatedByWhatAFailedReloadLeft) {
  story.begin(Story::r2).fail(Story::r2);
  resolve("shop.x", Story::r2);
  EXPECT_EQ(judge(),
            "violated: shop.x comes from version 1 of shop (first load of shop); t gets version 2 "
            "of shop (r2)");
}

TEST_F(Fresh, HoldsForTheOldNamesAfterAFailedReload) {
  story.reload(Story::r2).begin(Story::r3, 2).fail(Story::r3);
  resolve("shop.x", Story::r2);
  EXPECT_EQ(judge(), "held, exercised");
}

TEST_F(Fresh, HoldsForAVersionThatIsBeingLoaded) {
  story.reload(Story::r2).begin(Story::r3, 2);
  resolve("shop.x", Story::r3);
  miss("shop.f");
  EXPECT_EQ(judge(), "held, exercised");
}

TEST_F(Fresh, ComparesLoadsNotVersionNumbers) {
  story.reload(Story::r2).reload(Story::back, 2);
  resolve("shop.x", Story::shop1);
  EXPECT_EQ(judge(),
            "violated: shop.x comes from version 1 of shop (back); t gets version 1 of shop (first "
            "load of shop)");
}

TEST_F(Fresh, SaysNothingOfNamesThatTheCommittedVersionDoesNotDefine) {
  story.reload(Story::r2);
  resolve("shop.old", Story::shop1);
  EXPECT_EQ(judge(), "held, not exercised");
}

TEST_F(Fresh, SaysNothingOfNamesThatMayBeLeftOut) {
  story.reload(Story::r2);
  resolve("shop.perhaps", Story::shop1);
  EXPECT_EQ(judge(), "held, exercised");
}

TEST_F(Fresh, SaysNothingOfWhatProgramCodeStored) {
  story.reload(Story::r2);
  resolve("shop.x", no_load);
  EXPECT_EQ(judge(), "held, not exercised");
}

TEST_F(Fresh, SaysNothingOfTheBodiesOfReloadsOfThatModule) {
  story.reload(Story::r2).by(Story::body(Story::r3));
  resolve("shop.x", Story::shop1);
  EXPECT_EQ(judge(), "held, not exercised");
  story.by(Story::body(Story::b2));
  resolve("shop.x", Story::shop1);
  EXPECT_EQ(judge().substr(0, 8), "violated") << "bank's body is anybody";
}

TEST_F(Fresh, IsNotExercisedByACommitOfAnotherModule) {
  story.reload(Story::b2);
  resolve("shop.x", Story::shop1);
  EXPECT_EQ(judge(), "held, not exercised");
}

}  // namespace
}  // namespace midstride::properties
