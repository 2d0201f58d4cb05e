// Code of version 1 is freed while version 2 is in use.
#include <gtest/gtest.h>

#include "properties/guarantees/all.hpp"
#include "properties/guarantees/story_test.hpp"

namespace midstride::properties {
namespace {

using namespace model;

class NoUseAfterFree : public testing::Test {
 protected:
  NoUseAfterFree() { story.reload(Story::r2).by(Story::u).enter(2, f2).by(Story::t); }
  Story& free() { return story(EventKind::free, f1); }
  std::string judge() const { return story.judge(no_use_after_free()); }

  Story story;
  std::uint32_t f1 = story.code(Story::shop1, "shop.f"), f2 = story.code(Story::r2, "shop.f");
  const std::string expected = "violated: nobody uses shop.f of version 1, which was freed; ";
};

TEST_F(NoUseAfterFree, HoldsWhereOnlyOtherCodeIsUsed) {
  story.enter(1, f1).op(1, f1).exit(1);
  free()(EventKind::call, 20, Value::of(Tag::function, f2).word, f2).enter(3, f2).op(3, f2);
  EXPECT_EQ(judge(), "held, exercised");
}

TEST_F(NoUseAfterFree, IsViolatedByATouch) {
  free()(EventKind::touch, f1, 1);
  EXPECT_EQ(judge(), expected + "t does (touch)");
}
TEST_F(NoUseAfterFree, IsViolatedByAnOp) {
  story.enter(1, f1);
  free().op(1, f1);
  EXPECT_EQ(judge(), expected + "t does (op)");
}
TEST_F(NoUseAfterFree, IsViolatedByAnEnter) {
  free().enter(1, f1);
  EXPECT_EQ(judge(), expected + "t does (enter)");
}
TEST_F(NoUseAfterFree, IsViolatedByACall) {
  free()(EventKind::call, 20, Value::of(Tag::function, f1).word, f1);
  EXPECT_EQ(judge(), expected + "t does (call)");
}

TEST_F(NoUseAfterFree, IsExercisedByAFreeWhileAnotherVersionIsInUse) {
  EXPECT_EQ(judge(), "held, not exercised");
  story.exit(2);
  free();
  EXPECT_EQ(judge(), "held, not exercised") << "nobody runs shop any more";
  story.by(Story::u).enter(3, f1)(EventKind::free, story.code(Story::shop1, "shop.g"));
  EXPECT_EQ(judge().substr(0, 8), "violated") << "frame 3 entered freed code";
}
TEST_F(NoUseAfterFree, IsNotExercisedByTheSameVersionInUse) {
  story.exit(2).enter(1, f1)(EventKind::free, story.code(Story::shop1, "shop.g"));
  EXPECT_EQ(judge(), "held, not exercised");
}
TEST_F(NoUseAfterFree, IsNotExercisedByAnotherModuleInUse) {
  story.exit(2).enter(1, story.code(Story::bank1, "bank.pay"));
  free();
  EXPECT_EQ(judge(), "held, not exercised");
}

}  // namespace
}  // namespace midstride::properties
