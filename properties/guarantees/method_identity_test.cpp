// A bound method is held in slot 10 of frame 1.
#include <gtest/gtest.h>

#include "properties/guarantees/all.hpp"
#include "properties/guarantees/story_test.hpp"

namespace midstride::properties {
namespace {

using namespace model;

class MethodIdentity : public testing::Test {
 protected:
  MethodIdentity()
      : f1(function(Story::shop1)),
        f2(function(Story::r2)),
        held(story.method(Value::of(Tag::class_, 0), f1, Value::of(Tag::instance, 0))) {
    bind(held);
  }

  // Function values have the numbers of their codes.
  Value function(std::uint32_t load) const {
    return Value::of(Tag::function, story.code(load, "shop.X.f"));
  }
  void bind(std::uint32_t handle) {
    story(EventKind::write, 1, 10, handle)(EventKind::bind, 10, handle,
                                           story.code(Story::shop1, "shop.X.f"));
  }
  Story& call(std::uint32_t handle) {
    return story(EventKind::call, 10, handle, story.code(Story::shop1, "shop.X.f"));
  }
  std::string judge() const { return story.judge(method_identity()); }

  Story story;
  Value f1, f2;
  std::uint32_t held;
};

TEST_F(MethodIdentity, HoldsWhereTheSameMethodIsCalled) {
  story.reload(Story::r2);
  call(held);
  EXPECT_EQ(judge(), "held, exercised");
}

TEST_F(MethodIdentity, IsViolatedByAnotherFunctionInTheMethod) {
  story.reload(Story::r2);
  call(story.seen_again(held, f2));
  EXPECT_EQ(judge(),
            "violated: the method of <class shop.X of version 1>, <function shop.X.f of version "
            "1>, bound to <object> "
            "that was bound; the method of <class shop.X of version 1>, <function shop.X.f of "
            "version 2>, bound to "
            "<object> is called");
}

TEST_F(MethodIdentity, IsViolatedByAnotherMethodWithTheSameFunction) {
  call(story.method(Value::of(Tag::class_, 0), f1, Value::of(Tag::instance, 0)));
  EXPECT_EQ(judge().substr(0, 8), "violated");
}

TEST_F(MethodIdentity, ComparesWhatTheHandlesMean) {
  call(story.seen_again(held, f1));
  EXPECT_EQ(judge(), "held, not exercised");
}

TEST_F(MethodIdentity, EndsWithTheNextWrite) {
  const std::uint32_t other = story.method(Value::of(Tag::class_, 1), f2, Value::absent());
  story.reload(Story::r2);
  bind(other);
  call(other);
  EXPECT_EQ(judge(), "held, not exercised") << "bound after the commit";
  story(EventKind::write, 1, 10, held);
  call(held);
  EXPECT_EQ(judge(), "held, not exercised") << "a write without a bind holds nothing";
}

TEST_F(MethodIdentity, IsNotExercisedByAPlainFunction) {
  bind(f1.word);
  story.reload(Story::r2);
  call(f1.word);
  EXPECT_EQ(judge(), "held, not exercised");
}

TEST_F(MethodIdentity, HoldsWhereAnAssignmentIsAnError) {
  const std::uint32_t error = story.error(ErrorKind::read_only);
  story(EventKind::assign_read_only, 1, held, error);
  EXPECT_EQ(judge(), "held, not exercised");
  story.reload(Story::r2)(EventKind::assign_read_only, 1, held, error);
  EXPECT_EQ(judge(), "held, exercised");
}

TEST_F(MethodIdentity, IsViolatedByAnAssignmentThatGoesThrough) {
  story(EventKind::assign_read_only, 1, held, no_error);
  EXPECT_EQ(judge(),
            "violated: an error: class, function and self of a method are read only; the "
            "assignment to an attribute of "
            "the method of <class shop.X of version 1>, <function shop.X.f of version 1>, bound to "
            "<object> went through");
}

}  // namespace
}  // namespace midstride::properties
