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
