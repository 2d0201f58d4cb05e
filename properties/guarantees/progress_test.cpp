// A reload of shop waits for frames of it. Its task is number 3.
#include <gtest/gtest.h>

#include "properties/guarantees/all.hpp"
#include "properties/guarantees/story_test.hpp"

namespace midstride::properties {
namespace {

using namespace model;

class Progress : public testing::Test {
 protected:
  Progress() {
    story.enter(1, story.code(Story::shop1, "shop.f"));
    story.by(Story::machinery(Story::r2))(EventKind::switch_, 3)(EventKind::reload_wait, Story::r2,
                                                                 Story::r2);
    story.by(Story::t);
  }
  std::string judge() const { return story.judge(progress()); }

  Story story;
};

TEST_F(Progress, HoldsWhereTheLastFrameWakesIt) {
  story.exit(1)(EventKind::wake, 3);
  EXPECT_EQ(judge(), "held, exercised");
}

TEST_F(Progress, HoldsWhileAFrameIsThere) { EXPECT_EQ(judge(), "held, exercised"); }

TEST_F(Progress, IsViolatedWhereNobodyWakesIt) {
  story.exit(1);
  EXPECT_EQ(judge(),
            "violated before the end: r2 goes on, since no frame of its module is left; nobody "
            "woke it");
}

TEST_F(Progress, IsNotJudgedInARunThatWasCutShort) {
  story.exit(1);
  story.ended_normally = false;
  EXPECT_EQ(judge(), "held, exercised");
}

TEST_F(Progress, IsViolatedByMachineryThatTakesStepsForEver) {
  story.exit(1)(EventKind::wake, 3).by(Story::machinery(Story::r2));
  for (int step = 0; step < 200; ++step)
    story(EventKind::reload_step, Story::r2, static_cast<std::uint32_t>(Step::migrate));
  EXPECT_EQ(judge(),
            "violated before the end: r2 has at most 60 steps to do; it begins another one");
}

TEST_F(Progress, GrantsMoreStepsWhereThereIsMoreToDo) {
  const auto held_after = [&](int objects, int steps) {
    Story other;
    for (int at = 0; at < objects; ++at) other(EventKind::create, Story::number(at).word);
    for (int at = 0; at < steps; ++at)
      other(EventKind::reload_step, Story::r2, static_cast<std::uint32_t>(Step::migrate));
    return other.judge(progress()) == "held, not exercised";
  };
  EXPECT_TRUE(held_after(0, 56));
  EXPECT_FALSE(held_after(0, 57));
  EXPECT_TRUE(held_after(10, 96));
  EXPECT_FALSE(held_after(10, 97));
}

TEST_F(Progress, IsViolatedByAReloadThatStopsAndDoesNotSayWhatFor) {
  story.by(Story::machinery(Story::r3))(EventKind::block, no_channel, 0, 0,
                                        static_cast<std::uint8_t>(BlockHow::park));
  EXPECT_EQ(judge(), "violated: r3 goes on, since it waits for nothing; it stops");
}

TEST_F(Progress, IsViolatedWhereATaskletWaitsForAReloadThatItDidNotAskFor) {
  story(EventKind::block, no_channel, 0, 0, static_cast<std::uint8_t>(BlockHow::park));
  EXPECT_EQ(judge(), "violated: t waits for no reload, since it has not asked for any; it does");
}

class ProgressOfWhoAsked : public testing::Test {
 protected:
  ProgressOfWhoAsked() {
    story.by(Story::machinery(Story::r3))(EventKind::reload_request, Story::r3, 1);
    story.by(Story::t)(EventKind::block, no_channel, 0, 0,
                       static_cast<std::uint8_t>(BlockHow::park));
  }
  std::string judge() { return story(EventKind::idle).judge(progress()); }

  Story story;
};

TEST_F(ProgressOfWhoAsked, HoldsWhileTheReloadIsUnderWay) {
  story.begin(Story::r3);
  EXPECT_EQ(judge(), "held, not exercised");
}

TEST_F(ProgressOfWhoAsked, HoldsWhereItIsWoken) {
  story.begin(Story::r3).commit(Story::r3)(EventKind::wake, 1);
  EXPECT_EQ(judge(), "held, not exercised");
}

TEST_F(ProgressOfWhoAsked, IsViolatedWhereTheReloadIsOverAndNobodyWakesIt) {
  story.begin(Story::r3).commit(Story::r3);
  EXPECT_EQ(judge(), "violated before the end: t goes on, since r3 is over; nobody woke it");
}

TEST_F(Progress, IsNotExercisedByWaitingForAnotherReload) {
  Story other;
  other.by(Story::machinery(Story::r3))(EventKind::reload_wait, Story::r3, Story::r2);
  EXPECT_EQ(other.judge(progress()), "held, not exercised");
}

// One that has not begun counts as a frame, and so does one between two values, until it is gone.
TEST_F(Progress, HoldsWhileAGeneratorIsThere) {
  const std::uint32_t code = story.code(Story::shop1, "shop.f");
  const auto generator = [&](std::uint32_t frame, GeneratorHow how) {
    story(EventKind::generator, Value::of(Tag::generator, 0).word, frame, code,
          static_cast<std::uint8_t>(how));
  };
  generator(code, GeneratorHow::made);
  story.exit(1);
  EXPECT_EQ(judge(), "held, exercised");
  generator(0, GeneratorHow::resumed);
  story.enter(2, code);
  generator(2, GeneratorHow::suspended);
  EXPECT_EQ(judge(), "held, exercised");
  generator(2, GeneratorHow::dropped);
  EXPECT_EQ(judge().substr(0, 8), "violated");
}

}  // namespace
}  // namespace midstride::properties
