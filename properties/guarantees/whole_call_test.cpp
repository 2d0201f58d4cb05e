// A function is looked up into the temporary in slot 10 and called through it.
#include <gtest/gtest.h>

#include "properties/guarantees/all.hpp"
#include "properties/guarantees/story_test.hpp"

namespace midstride::properties {
namespace {

using namespace model;

class WholeCall : public testing::Test {
 protected:
  Story& look() { return story(EventKind::look, 10, handle, f1); }
  Story& call(std::uint32_t entered) { return story(EventKind::call, 10, handle, entered); }
  Story& enter(std::uint32_t code, std::uint32_t checked) {
    return story(EventKind::enter, 1, code, checked);
  }
  Story& refuse(std::uint32_t checked) {
    return story(EventKind::throw_, 0, story.error(ErrorKind::arity, Value{handle}), checked);
  }
  std::string judge() const { return story.judge(whole_call()); }

  Story story;
  std::uint32_t f1 = story.code(Story::shop1, "shop.f"), f2 = story.code(Story::r2, "shop.f");
  std::uint32_t handle = Value::of(Tag::function, f1).word;
};

TEST_F(WholeCall, HoldsWhereAllIsAsAtTheLookUp) {
  look().reload(Story::r2);
  call(f1);
  enter(f1, f1);
  EXPECT_EQ(judge(), "held, exercised");
}

TEST_F(WholeCall, HoldsWhereAllIsAsAtTheEntry) {
  look().reload(Story::r2);
  call(f2);
  enter(f2, f2);
  EXPECT_EQ(judge(), "held, exercised");
}

TEST_F(WholeCall, IsViolatedByOldCodeCheckedAsNew) {
  look().reload(Story::r2);
  call(f1);
  enter(f1, f2);
  EXPECT_EQ(judge(),
            "violated: the call enters shop.f of version 2, against which its arguments were "
            "checked; it enters shop.f "
            "of version 1");
}

TEST_F(WholeCall, IsViolatedByARefusalOfWhatIsNotCalled) {
  look().reload(Story::r2);
  call(f1);
  refuse(f2);
  EXPECT_EQ(judge(),
            "violated: the arguments are checked against shop.f of version 1, which is called; "
            "TypeError: shop.f() does "
            "not take that number of arguments, against shop.f of version 2");
}

TEST_F(WholeCall, HoldsWhereTheRefusalIsWhollyNew) {
  look().reload(Story::r2);
  call(f2);
  refuse(f2);
  EXPECT_EQ(judge(), "held, exercised");
}

TEST_F(WholeCall, IsJudgedByTheActorOfTheCall) {
  look().reload(Story::r2);
  call(f1);
  story.by(Story::u);
  enter(f1, f2);
  EXPECT_EQ(judge(), "held, exercised") << "what u entered was not called by t";
}

TEST_F(WholeCall, IsExercisedByACommitInTheWindow) {
  look();
  call(f1);
  enter(f1, f1);
  story.reload(Story::r2);
  EXPECT_EQ(judge(), "held, not exercised");
  call(f1);
  enter(f1, f1);
  EXPECT_EQ(judge(), "held, not exercised") << "the call had used the temporary up";
}

TEST_F(WholeCall, OfAHeldFunctionBeginsWithTheBind) {
  story(EventKind::bind, 10, handle, f1).reload(Story::r2);
  call(f1);
  enter(f1, f1);
  EXPECT_EQ(judge(), "held, exercised");
}

TEST_F(WholeCall, IsOfTheCodeThatAGeneratorIsMadeOf) {
  const auto make = [&](std::uint32_t code, std::uint32_t checked) {
    story(EventKind::generator, Value::of(Tag::generator, 0).word, checked, code,
          static_cast<std::uint8_t>(GeneratorHow::made));
  };
  look().reload(Story::r2);
  call(f1);
  make(f1, f1);
  EXPECT_EQ(judge(), "held, exercised");
  call(f1);
  make(f1, f2);
  EXPECT_EQ(judge(),
            "violated: the call enters shop.f of version 2, against which its arguments were "
            "checked; it enters shop.f "
            "of version 1");
}

}  // namespace
}  // namespace midstride::properties
