// A callable is held in slot 10 of frame 1 and called through it.
#include <gtest/gtest.h>

#include "properties/guarantees/all.hpp"
#include "properties/guarantees/story_test.hpp"

namespace midstride::properties {
namespace {

using namespace model;

class MethodBehaviour : public testing::Test {
 protected:
  void bind(std::uint32_t code) {
    const std::uint32_t handle = Value::of(Tag::function, code).word;
    story(EventKind::write, 1, 10, handle)(EventKind::bind, 10, handle, code);
  }
  Story& call(std::uint32_t bound, std::uint32_t entered) {
    return story(EventKind::call, 10, Value::of(Tag::function, bound).word, entered);
  }
  std::string judge() const { return story.judge(method_behaviour()); }

  Story story;
  std::uint32_t f1 = story.code(Story::shop1, "shop.f"), f2 = story.code(Story::r2, "shop.f");
  std::uint32_t g1 = story.code(Story::shop1, "shop.g");
};

TEST_F(MethodBehaviour, HoldsWhereTheBoundCodeIsEntered) {
  bind(f1);
  story.reload(Story::r2);
  call(f1, f1);
  EXPECT_EQ(judge(), "held, exercised");
}

TEST_F(MethodBehaviour, IsViolatedByOtherCode) {
  bind(f1);
  story.reload(Story::r2);
  call(f1, f2);
  EXPECT_EQ(judge(),
            "violated: the call enters shop.f of version 1, which was bound; it enters shop.f of "
            "version 2");
}

TEST_F(MethodBehaviour, EndsWithTheNextWrite) {
  bind(f1);
  story(EventKind::write, 1, 10, Value::none().word);
  call(f1, f2);
  EXPECT_EQ(judge(), "held, not exercised");
}

TEST_F(MethodBehaviour, SaysNothingOfACallThroughATemporary) {
  story(EventKind::look, 11, Value::of(Tag::function, f1).word, f1).reload(Story::r2);
  story(EventKind::call, 11, Value::of(Tag::function, f1).word, f2);
  story(EventKind::call, no_slot, Value::of(Tag::function, f1).word, f2);
  EXPECT_EQ(judge(), "held, not exercised");
}

TEST_F(MethodBehaviour, IsExercisedOnlyByACommitThatChangedTheCode) {
  bind(f1);
  story.reload(Story::b2);
  call(f1, f1);
  EXPECT_EQ(judge(), "held, not exercised") << "another module was reloaded";
  bind(g1);
  story.reload(Story::r2);
  call(g1, g1);
  EXPECT_EQ(judge(), "held, not exercised") << "version 2 has the same g";
  story.reload(Story::r3);
  call(g1, g1);
  EXPECT_EQ(judge(), "held, exercised") << "version 3 has none";
}

TEST_F(MethodBehaviour, IsNotExercisedByACommitBeforeTheBind) {
  story.reload(Story::r2);
  bind(f1);
  call(f1, f1);
  EXPECT_EQ(judge(), "held, not exercised");
}

}  // namespace
}  // namespace midstride::properties
