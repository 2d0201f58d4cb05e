// A frame of shop.f goes on, in its own code or in another.
#include <gtest/gtest.h>

#include "properties/guarantees/all.hpp"
#include "properties/guarantees/story_test.hpp"

namespace midstride::properties {
namespace {

using namespace model;

TEST(Activation, HoldsWhereAFrameGoesOnInItsOwnCode) {
  Story story;
  const std::uint32_t f = story.code(Story::shop1, "shop.f");
  story.enter(1, f).op(1, f).reload(Story::r2).op(1, f);
  EXPECT_EQ(story.judge(activation()), "held, exercised");
}

TEST(Activation, IsViolatedByOtherCodeUnderTheProgramCounter) {
  Story story;
  const std::uint32_t f1 = story.code(Story::shop1, "shop.f"), f2 = story.code(Story::r2, "shop.f");
  story.enter(1, f1).op(1, f1).reload(Story::r2).op(1, f2);
  EXPECT_EQ(story.judge(activation()),
            "violated: frame 1 runs shop.f of version 1, with which it entered; it runs shop.f of "
            "version 2 at 0");
}

TEST(Activation, JudgesEachFrameByItsOwnCode) {
  Story story;
  const std::uint32_t f1 = story.code(Story::shop1, "shop.f"), f2 = story.code(Story::r2, "shop.f");
  story.enter(1, f1).reload(Story::r2).enter(2, f2).op(2, f2).exit(2).op(1, f1);
  EXPECT_EQ(story.judge(activation()), "held, exercised");
}

TEST(Activation, IsExercisedByAnOpAfterACommit) {
  const auto judge = [](void (*tell)(Story&, std::uint32_t)) {
    Story story;
    tell(story, story.code(Story::shop1, "shop.f"));
    return story.judge(activation());
  };
  EXPECT_EQ(
      judge([](Story& s, std::uint32_t f) { s.enter(1, f).op(1, f).exit(1).reload(Story::r2); }),
      "held, not exercised")
      << "the frame was over";
  EXPECT_EQ(judge([](Story& s, std::uint32_t f) { s.reload(Story::r2).enter(1, f).op(1, f); }),
            "held, not exercised")
      << "the frame came later";
  EXPECT_EQ(judge([](Story& s, std::uint32_t f) {
              s.enter(1, f).begin(Story::r2).fail(Story::r2).op(1, f);
            }),
            "held, not exercised")
      << "nothing was committed";
}

TEST(Activation, IsNotExercisedByAFirstLoad) {
  Story story(Story::BeforeFirstLoads{});
  const std::uint32_t body = story.code(Story::shop1, "shop");
  story.by(Story::body(Story::shop1))
      .enter(1, body)
      .begin(Story::bank1, 0)
      .commit(Story::bank1)
      .op(1, body);
  EXPECT_EQ(story.judge(activation()), "held, not exercised");
}

}  // namespace
}  // namespace midstride::properties
