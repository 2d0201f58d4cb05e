// Tasklets 1 (t), 2 (u) and 3 meet on channel 0; the story's actors are who the last switch names.
#include <gtest/gtest.h>

#include "properties/guarantees/all.hpp"
#include "properties/guarantees/story_test.hpp"
#include "sim/scheduler.hpp"

namespace midstride::properties {
namespace {

using namespace model;

class ChannelRules : public testing::Test {
 protected:
  ChannelRules() {
    story(EventKind::channel, 0, 0);  // preference -1
    for (const std::uint32_t task : {1U, 2U, 3U}) ring(ring_joined, task);
  }
  Story& ring(RingHow how, std::uint32_t task) {
    return story(EventKind::ring, task, 0, 0, static_cast<std::uint8_t>(how));
  }
  Story& go_on(std::uint32_t task) { return story(EventKind::switch_, task, task); }
  Story& block(BlockHow how, std::uint32_t value, std::int32_t balance) {
    return story(EventKind::block, 0, value, static_cast<std::uint32_t>(balance),
                 static_cast<std::uint8_t>(how));
  }
  // The balance before it, modulo 16.
  Story& send(std::uint32_t to, std::uint8_t balance) {
    return story(EventKind::send, 0, 7, to, balance);
  }
  Story& receive(std::uint32_t value, std::uint32_t from, std::uint8_t balance) {
    return story(EventKind::receive, 0, value, from, balance);
  }
  Story& undone(std::uint32_t hears) {
    return story(EventKind::refuse, no_channel, static_cast<std::uint32_t>(sim::Refusal::undone),
                 hears);
  }
  std::string judge() const { return story.judge(channel_rules()); }

  Story story;
};

TEST_F(ChannelRules, HoldWhereTheHeadOfTheQueueIsServedWithWhatItParked) {
  go_on(1), block(BlockHow::send, 5, 0);
  go_on(2), block(BlockHow::send, 6, 1);
  go_on(3), receive(5, 1, 2), receive(6, 2, 1);
  EXPECT_EQ(judge(), "held, exercised");
}

// With turns in hand who acts goes on, and the end of the ring is just before it.
TEST_F(ChannelRules, HoldWhereWhoServedThePreferredGoesOnAndSpawns) {
  go_on(2), block(BlockHow::receive, 0, 0);
  go_on(1), send(2, 15), ring(ring_joined, 4), ring(RingHow::schedule, 2);
  EXPECT_EQ(judge(), "held, exercised");
}

TEST_F(ChannelRules, AreNotExercisedWhereNobodyMeets) {
  go_on(1), block(BlockHow::receive, 0, 0);
  EXPECT_EQ(judge(), "held, not exercised");
}

TEST_F(ChannelRules, AreViolatedByServingWhoCameLast) {
  go_on(1), block(BlockHow::send, 5, 0);
  go_on(2), block(BlockHow::send, 6, 1);
  go_on(3), receive(6, 2, 2);
  EXPECT_EQ(judge(), "violated: t is served, who has waited longest; u is served");
}

TEST_F(ChannelRules, AreViolatedByAnotherValueThanWasParked) {
  go_on(1), block(BlockHow::send, Story::number(5).word, 0);
  go_on(2), receive(Story::number(6).word, 1, 1);
  EXPECT_EQ(judge(), "violated: 5, which was parked, is received; 6");
}

TEST_F(ChannelRules, AreViolatedByWaitingBesideSomebodyWhoCouldBeServed) {
  go_on(1), block(BlockHow::receive, 0, 0);
  go_on(2), block(BlockHow::send, 5, -1);
  EXPECT_EQ(judge(), "violated: t is served, who waits; u waits too");
}

TEST_F(ChannelRules, AreViolatedByWaitingOnAClosingChannel) {
  story(EventKind::close, 0, 1);
  go_on(1), block(BlockHow::receive, 0, 0);
  EXPECT_EQ(judge(), "violated: nobody waits on a closing channel; t does");
}

TEST_F(ChannelRules, AreViolatedByWaitingWithABlockTrap) {
  story(EventKind::trap, 1, 1);
  go_on(1), block(BlockHow::receive, 0, 0);
  EXPECT_EQ(judge(), "violated: t does not like to be blocked; it waits");
}

TEST_F(ChannelRules, AreViolatedByTellingTooLate) {
  go_on(1), block(BlockHow::receive, 0, -1);
  EXPECT_EQ(judge(),
            "violated: the action is told of while the balance is 0; it ends in 1111 then");
}

TEST_F(ChannelRules, AreViolatedByAKilledWaiterThatIsServed) {
  go_on(1), block(BlockHow::receive, 0, 0);
  go_on(2), story(EventKind::kill, 1), send(1, 15);
  EXPECT_EQ(judge(),
            "violated: the action is told of while the balance is 0; "
            "it ends in 1111 then");
}

TEST_F(ChannelRules, AreViolatedByAKillInVainOfWhoIsAlive) {
  go_on(1), story(EventKind::kill, 2, 0, 0, sim::kill_in_vain);
  EXPECT_EQ(judge(), "violated: u is alive; the kill does nothing");
}

TEST_F(ChannelRules, AreViolatedByWhoGoesOnThoughItWaitsOrIsOver) {
  go_on(1), block(BlockHow::receive, 0, 0);
  go_on(2), story(EventKind::end, 2);
  EXPECT_EQ(judge(), "held, not exercised");
  go_on(2);
  EXPECT_EQ(judge(), "violated: u is over; it goes on");
}

TEST_F(ChannelRules, AreViolatedByAnIdlenessInWhichSomebodyCanRun) {
  go_on(1), story(EventKind::end, 1), story(EventKind::idle);
  EXPECT_EQ(judge(), "violated: u can run; nobody is left to run");
}

TEST_F(ChannelRules, SayWhoIsNextWhereTheRingDecides) {
  ring(ring_decides, 1);
  go_on(1), block(BlockHow::receive, 0, 0);
  go_on(2), send(1, 15), go_on(1);  // preference -1: the receiver runs first
  EXPECT_EQ(judge(), "held, exercised");
  ring(RingHow::schedule, 3), go_on(2);
  EXPECT_EQ(judge(), "violated: the ring turns to task 3; u goes on");
}

// Though the send has let u go first, t goes on, and is the ring's current again.
TEST_F(ChannelRules, LetANewTaskletJoinBeforeWhoGoesOn) {
  go_on(2), block(BlockHow::receive, 0, 0);
  go_on(1), send(2, 15), ring(ring_joined, 4), ring(RingHow::schedule, 2);
  EXPECT_EQ(judge(), "held, exercised");
}

// 4 is no tasklet, so that the ring does not turn to whom it kills.
TEST_F(ChannelRules, LetWhoIsKilledByAReloadJoinOneAfterTheOther) {
  go_on(1), block(BlockHow::receive, 0, 0);
  go_on(2), block(BlockHow::receive, 0, -1);
  story(EventKind::switch_, 4, 3), story(EventKind::kill, 1), story(EventKind::kill, 2);
  go_on(3), ring(RingHow::schedule, 1);
  EXPECT_EQ(judge(), "held, not exercised");
}

TEST_F(ChannelRules, HoldWhereASwitchThatFailsIsUndone) {
  ring(ring_decides, 1);
  go_on(1), ring(RingHow::mark, 1), block(BlockHow::receive, 0, 0), undone(1);
  ring(RingHow::schedule, 2), go_on(2), ring(RingHow::mark, 2), block(BlockHow::receive, 0, 0);
  go_on(3), ring(RingHow::mark, 3), send(2, 15), undone(3), send(2, 15), go_on(2);
  EXPECT_EQ(judge(), "held, exercised");
}

TEST_F(ChannelRules, AreViolatedByASwitchThatFailsAndIsNotUndone) {
  go_on(1), ring(RingHow::mark, 1), block(BlockHow::receive, 0, 0), undone(1);
  go_on(2), block(BlockHow::receive, 0, -1);
  EXPECT_EQ(judge(),
            "violated: the action is told of while the balance is 0; it ends in 1111 then");
}

TEST_F(ChannelRules, AreViolatedByAnotherThanWhoSwitchedHearingOfAFailure) {
  go_on(1), ring(RingHow::mark, 1), block(BlockHow::receive, 0, 0), undone(2);
  EXPECT_EQ(judge(), "violated: t hears that the switch failed; u does");
}

TEST_F(ChannelRules, LetMainHearOfAFailureToSwitchFromOneThatIsOver) {
  ring(ring_decides, 1), ring(RingHow::main, 1);
  go_on(1), block(BlockHow::receive, 0, 0);
  go_on(2), story(EventKind::end, 2), undone(1), block(BlockHow::receive, 0, 0), go_on(3);
  EXPECT_EQ(judge(), "violated: the ring turns to t; task 3 goes on");
}

TEST_F(ChannelRules, SayNothingOfWhoIsNextWhereAPolicyDecides) {
  go_on(3), ring(RingHow::schedule, 1), go_on(2);
  EXPECT_EQ(judge(), "held, not exercised");
}

}  // namespace
}  // namespace midstride::properties
