// The machinery of r2 makes a step; sim tells the digest of its state before and after.
#include <gtest/gtest.h>

#include "properties/guarantees/all.hpp"
#include "properties/guarantees/story_test.hpp"

namespace midstride::properties {
namespace {

using namespace model;

class Scheduler : public testing::Test {
 protected:
  Story& step(std::uint32_t attempt, Step step, std::uint32_t digest, std::uint8_t after) {
    return story.by(Story::machinery(attempt))(EventKind::reload_step, attempt,
                                               static_cast<std::uint32_t>(step), digest, after);
  }
  std::string judge() const { return story.judge(scheduler()); }

  Story story;
};

TEST_F(Scheduler, HoldsWhereAStepLeavesEverybodyAlone) {
  step(Story::r2, Step::swap, 77, 0);
  step(Story::r2, Step::swap, 77, 1);
  EXPECT_EQ(judge(), "held, exercised");
}

TEST_F(Scheduler, IsViolatedByAStepThatDoesNot) {
  step(Story::r2, Step::swap, 77, 0);
  step(Story::r2, Step::swap, 78, 1);
  EXPECT_EQ(judge(),
            "violated: who is blocked, runnable or to be raised in is as it was before the step; "
            "it changed in the step "
            "swap of r2");
}

TEST_F(Scheduler, SaysNothingOfWhatHappensBetweenSteps) {
  step(Story::r2, Step::stage, 77, 0);
  step(Story::r2, Step::stage, 77, 1);
  step(Story::r2, Step::swap, 99, 0);
  step(Story::r2, Step::swap, 99, 1);
  EXPECT_EQ(judge(), "held, exercised");
}

TEST_F(Scheduler, SaysNothingOfAStepInWhichOthersRan) {
  step(Story::r2, Step::admit, 77, 0).by(Story::t)(EventKind::switch_, 1);
  step(Story::r2, Step::admit, 78, 1);
  step(Story::r2, Step::admit, 77, 0)(EventKind::reload_wait, Story::r2, Story::r3);
  step(Story::r2, Step::admit, 78, 1);
  EXPECT_EQ(judge(), "held, not exercised");
}

TEST_F(Scheduler, IsNotExercisedByAFirstLoadOrWhereNobodyWatches) {
  step(Story::shop1, Step::stage, 77, 0);
  step(Story::shop1, Step::stage, 77, 1);
  step(Story::r2, Step::stage, 0, 0);
  step(Story::r2, Step::stage, 0, 1);
  EXPECT_EQ(judge(), "held, not exercised");
}

}  // namespace
}  // namespace midstride::properties
