// Requests for shop, one after the other and at once.
#include <gtest/gtest.h>

#include "properties/guarantees/all.hpp"
#include "properties/guarantees/story_test.hpp"

namespace midstride::properties {
namespace {

using namespace model;

class Serial : public testing::Test {
 protected:
  // The task of an attempt goes on: tasks have the attempts' numbers plus 10.
  Story& goes_on(std::uint32_t attempt) {
    return story.by(Story::machinery(attempt))(EventKind::switch_, attempt + 10);
  }
  Story& waits(std::uint32_t attempt, std::uint32_t for_attempt) {
    return story.by(Story::machinery(attempt))(EventKind::reload_wait, attempt, for_attempt);
  }
  Story& reject(std::uint32_t attempt) {
    return story.by(Story::machinery(attempt))(EventKind::reload_reject, attempt);
  }
  Story& task_ends(std::uint32_t attempt) {
    return story.by(Story::machinery(attempt))(EventKind::end, attempt + 10);
  }
  std::string judge() const { return story.judge(serial()); }

  Story story;
};

TEST_F(Serial, HoldsWhereOneComesAfterTheOther) {
  story.reload(Story::r2).reload(Story::r3, 2);
  EXPECT_EQ(judge(), "held, not exercised");
}

TEST_F(Serial, HoldsWhereTheSecondWaits) {
  story.request(Story::r2).begin(Story::r2).request(Story::r3);
  goes_on(Story::r3);
  waits(Story::r3, Story::r2)
      .commit(Story::r2)(EventKind::wake, Story::r3 + 10)
      .begin(Story::r3, 2)
      .commit(Story::r3);
  task_ends(Story::r3);
  EXPECT_EQ(judge(), "held, exercised");
}

TEST_F(Serial, HoldsWhereTheSecondIsRejected) {
  story.request(Story::r2).begin(Story::r2).request(Story::r3);
  reject(Story::r3);
  task_ends(Story::r3).commit(Story::r2);
  EXPECT_EQ(judge(), "held, exercised");
}

TEST_F(Serial, IsViolatedByTwoThatInterleave) {
  story.request(Story::r2).begin(Story::r2).request(Story::r3).begin(Story::r3);
  EXPECT_EQ(judge(),
            "violated before the end: r3 waits or is rejected, since r2 has not ended; r3 begins");
}

TEST_F(Serial, HoldsForTwoModulesAtOnce) {
  story.request(Story::r2)
      .begin(Story::r2)
      .request(Story::b2)
      .begin(Story::b2)
      .commit(Story::b2)
      .commit(Story::r2);
  EXPECT_EQ(judge(), "held, not exercised");
}

TEST_F(Serial, IsViolatedByAStartFromAnotherVersionThanTheCommittedOne) {
  story.reload(Story::r2).request(Story::r3).begin(Story::r3, 1);
  EXPECT_EQ(judge(),
            "violated: r3 starts from version 2, the committed one; it started from version 1");
}

TEST_F(Serial, IsViolatedByACommitOntoSomethingNewer) {
  story.begin(Story::r2).commit(Story::r3).commit(Story::r2);
  EXPECT_EQ(judge(),
            "violated: r2 starts from version 3, the committed one; it started from version 1");
}

TEST_F(Serial, IsViolatedByARequestWhoseTaskEndsWithoutAWord) {
  story.request(Story::r2);
  task_ends(Story::r2);
  EXPECT_EQ(judge(), "violated: r2 commits, fails or is rejected; its task ended without a word");
}

TEST_F(Serial, IsViolatedByOneThatNobodyWakes) {
  story.request(Story::r2).begin(Story::r2).request(Story::r3);
  goes_on(Story::r3);
  waits(Story::r3, Story::r2).commit(Story::r2);
  EXPECT_EQ(judge(),
            "violated: r3 goes on, since r2, for which it waits, has ended; nobody woke it");
  story.ended_normally = false;
  EXPECT_EQ(judge(), "held, exercised") << "the run was cut short";
}

TEST_F(Serial, HoldsWhereARequestIsStillWaitingOrWasNeverRun) {
  story.request(Story::r2).begin(Story::r2).request(Story::r3);
  goes_on(Story::r3);
  waits(Story::r3, Story::r2).request(Story::same);
  EXPECT_EQ(judge(), "held, exercised");
}

TEST_F(Serial, IsExercisedByARequestThatComesBeforeTheFirstBegins) {
  story.request(Story::r2)
      .request(Story::r3)
      .begin(Story::r2)
      .commit(Story::r2)
      .begin(Story::r3, 2)
      .commit(Story::r3);
  EXPECT_EQ(judge(), "held, exercised");
}

}  // namespace
}  // namespace midstride::properties
