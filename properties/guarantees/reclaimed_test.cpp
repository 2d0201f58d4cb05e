// Version 1 is retired, garbage is collected, and the walker tells who holds what is left.
#include <gtest/gtest.h>

#include "properties/guarantees/all.hpp"
#include "properties/guarantees/story_test.hpp"

namespace midstride::properties {
namespace {

using namespace model;

class Reclaimed : public testing::Test {
 protected:
  Reclaimed() {
    story.reload(Story::r2).by(Story::machinery(Story::r2))(EventKind::retire, f1);
    step(1);
  }
  Story& step(std::uint8_t turn) {
    return story(EventKind::reload_step, Story::r2, static_cast<std::uint32_t>(Step::reclaim), 0,
                 turn);
  }
  Story& held_by(HolderKind holder) {
    return story(EventKind::live, f1, static_cast<std::uint32_t>(holder), 0);
  }
  std::string judge() const { return story.judge(reclaimed()); }

  Story story;
  std::uint32_t f1 = story.code(Story::shop1, "shop.f");
  const std::string violated =
      "shop.f of version 1, which is retired and which nobody can get at, is freed; it is not";
};

TEST_F(Reclaimed, HoldsWhereItIsFreed) {
  story(EventKind::free, f1)(EventKind::collect);
  EXPECT_EQ(judge(), "held, exercised");
}

TEST_F(Reclaimed, HoldsWhereTheCollectFreesIt) {
  story(EventKind::collect)(EventKind::free, f1);
  EXPECT_EQ(judge(), "held, exercised");
}

TEST_F(Reclaimed, IsViolatedByWhatNobodyHolds) {
  story(EventKind::collect);
  EXPECT_EQ(judge(), "violated: " + violated);
}

TEST_F(Reclaimed, IsNotExercisedByWhatIsHeld) {
  story(EventKind::collect);
  held_by(HolderKind::local);
  EXPECT_EQ(judge(), "held, not exercised");
}

TEST_F(Reclaimed, AsksAgainAtTheNextCollect) {
  story(EventKind::collect);
  held_by(HolderKind::local)(EventKind::collect);
  EXPECT_EQ(judge(), "violated: " + violated);
}

TEST_F(Reclaimed, TakesNoOldNamespaceForAnExcuse) {
  story(EventKind::collect);
  held_by(HolderKind::old_namespace);
  EXPECT_EQ(judge(), "violated before the end: " + violated);
}

TEST(ReclaimedTooEarly, IsNotJudgedBeforeTheReloadHasDoneWithIt) {
  Story story;
  story.reload(Story::r2).by(Story::machinery(Story::r2))(
      EventKind::retire, story.code(Story::shop1, "shop.f"))(EventKind::collect);
  EXPECT_EQ(story.judge(reclaimed()), "held, not exercised");
}

// r2 has retired version 1; r3 retires nothing.
class ReclaimedVersions : public Reclaimed {
 protected:
  std::string judge_after_r3() {
    story.reload(Story::r3, 2)
        .by(Story::machinery(Story::r3))(EventKind::reload_step, Story::r3,
                                         static_cast<std::uint32_t>(Step::reclaim), 0, 1);
    return judge();
  }
};

TEST_F(ReclaimedVersions, AreAtMostAsManyAsTheSubjectKeeps) {
  story.versions_max = 2;
  EXPECT_EQ(judge_after_r3(), "held, not exercised");
}

TEST_F(ReclaimedVersions, PileUpWhereNobodyRetiresThem) {
  story.versions_max = 1;
  EXPECT_EQ(judge_after_r3(),
            "violated: after r3 at most 1 of its module's versions are not retired; 2 are not");
}

TEST_F(ReclaimedVersions, OfOtherModulesDoNotCount) {
  story.versions_max = 1;
  EXPECT_EQ(judge(), "held, not exercised");
}

TEST_F(ReclaimedVersions, AreNotCountedWhereTheSubjectSaysNoNumber) {
  EXPECT_EQ(judge_after_r3(), "held, not exercised");
}

TEST_F(Reclaimed, IsNotJudgedWithoutACollect) { EXPECT_EQ(judge(), "held, not exercised"); }

}  // namespace
}  // namespace midstride::properties
