// What is seen of tasklets, and where two runs differ in it. The events are made by hand.
#include "properties/observation.hpp"

#include <gtest/gtest.h>

#include "properties/guarantees/story_test.hpp"

namespace midstride::properties {
namespace {

using namespace model;

constexpr std::uint32_t u = 2;  // a tasklet's TaskId

Value function(std::uint32_t index) { return Value::of(Tag::function, index); }
Value object(std::uint32_t index) { return Value::of(Tag::object, index); }

// "t: emit 1, emit 2; u: emit 3"
std::string seen(const Story& story) {
  std::string text;
  for (const TaskletObservations& tasklet : observe(story.trace(), story.tables())) {
    text += (text.empty() ? "" : "; ") + tasklet.name + ":";
    for (const Observation& observation : tasklet.seen) {
      text += (&observation == &tasklet.seen.front() ? " " : ", ") + show(observation);
    }
  }
  return text;
}
std::optional<Difference> difference_of(const Story& left, const Story& right) {
  return difference(observe(left.trace(), left.tables()), observe(right.trace(), right.tables()));
}
Story& emit(Story& story, Value value) { return story(EventKind::emit, value.word); }

TEST(Observation, IsWhatATaskletEmitsReceivesAndHasThrownInIt) {
  Story story;
  emit(story, Story::number(1))(EventKind::throw_, 1, story.error(ErrorKind::name), no_code);
  story(EventKind::throw_, 1, story.error(ErrorKind::raised, Story::number(2)), no_code);
  story(EventKind::receive, 0, Value::none().word, u).by(Story::u);
  emit(story, Story::number(3));
  EXPECT_EQ(seen(story),
            "t: emit 1, throw name, throw raised 2, receive None on channel 0; u: emit 3");
}

TEST(Observation, OfOneWhoWaitedIsTheSendersEvent) {
  Story story;
  story(EventKind::send, 0, Story::number(4).word, u);
  EXPECT_EQ(seen(story), "u: receive 4 on channel 0");
  Story nobody;
  nobody(EventKind::send, 0, Story::number(4).word, no_task);
  EXPECT_EQ(seen(nobody), "");
}

TEST(Observation, LeavesOutReloadsAndFirstLoads) {
  Story story;
  emit(story.by(Story::body(Story::shop1)), Story::number(1));
  emit(story.by(Story::body(Story::r2)), Story::number(2));
  story.by(Story::t)(EventKind::send, 0, Story::number(4).word, 3);  // to a task of the harness
  EXPECT_EQ(seen(story), "");
}

TEST(Observation, NamesThingsByTheirFirstUseInTheTasklet) {
  Story story;
  for (const std::uint32_t index : {40U, 41U, 40U}) emit(story, function(index));
  emit(story, object(40));
  emit(story.by(Story::u), function(41));
  EXPECT_EQ(seen(story),
            "t: emit function 1, emit function 2, emit function 1, emit {} 1; u: emit function 1");
}

TEST(Difference, IsNoneBetweenRunsThatDifferInNumbersAndOrderOnly) {
  Story left, right;
  emit(emit(emit(left, function(1)).by(Story::u), Story::number(5)).by(Story::t), function(2));
  emit(right.by(Story::u), Story::number(5));
  emit(emit(right.by(Story::t), function(9)), function(3));
  EXPECT_EQ(difference_of(left, right), std::nullopt);
}

TEST(Difference, IsSeenInIdentity) {
  Story left, right;
  emit(emit(left, function(1)), function(1));
  emit(emit(right, function(1)), function(2));
  const auto differs = difference_of(left, right);
  ASSERT_TRUE(differs);
  EXPECT_EQ(differs->tasklet, "t");
  EXPECT_EQ(differs->at, 1U);
  EXPECT_EQ(differs->left, "emit function 1");
  EXPECT_EQ(differs->right, "emit function 2");
  EXPECT_EQ(differs->event_left + 1, left.trace().events().size());
}

TEST(Difference, IsSeenInTheKindOfAnErrorAndInWhatWasRaised) {
  const auto threw = [](ErrorKind kind, std::int32_t value) {
    auto story = std::make_unique<Story>();
    (*story)(EventKind::throw_, 1, story->error(kind, Story::number(value)), no_code);
    return story;
  };
  EXPECT_EQ(difference_of(*threw(ErrorKind::arity, 1), *threw(ErrorKind::arity, 2)), std::nullopt);
  EXPECT_TRUE(difference_of(*threw(ErrorKind::arity, 1), *threw(ErrorKind::name, 1)));
  EXPECT_TRUE(difference_of(*threw(ErrorKind::raised, 1), *threw(ErrorKind::raised, 2)));
}

TEST(Difference, IsSeenWhereOneGoesOn) {
  Story left, right;
  emit(left, Story::number(1));
  emit(emit(right, Story::number(1)), Story::number(2));
  const auto differs = difference_of(left, right);
  ASSERT_TRUE(differs);
  EXPECT_EQ(differs->left, "nothing more");
  EXPECT_EQ(differs->right, "emit 2");
}

TEST(Difference, IsSeenWhereOneTaskletIsSeenInOneRunOnly) {
  Story left, right;
  emit(right.by(Story::u), Story::number(1));
  const auto either = [](const std::optional<Difference>& differs) {
    return differs ? differs->tasklet + ": " + differs->left + " / " + differs->right : "none";
  };
  EXPECT_EQ(either(difference_of(left, right)), "u: nothing more / emit 1");
  EXPECT_EQ(either(difference_of(right, left)), "u: emit 1 / nothing more");
}

}  // namespace
}  // namespace midstride::properties
