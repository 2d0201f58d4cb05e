// Functions shop.f and shop.g stand for two that captured the variable a in cell 3; tasklet t
// writes it, u reads it.
#include <gtest/gtest.h>

#include "properties/guarantees/all.hpp"
#include "properties/guarantees/story_test.hpp"

namespace midstride::properties {
namespace {

using namespace model;

class Cells : public testing::Test {
 protected:
  Cells() {
    made(f, 3);
    made(g, 3);
  }

  Story& closure(std::uint32_t function, std::uint32_t cell, ClosureHow how) {
    return story(EventKind::closure, Value::of(Tag::function, function).word,
                 Value::of(Tag::cell, cell).word, story.id("a").value,
                 static_cast<std::uint8_t>(how));
  }
  Story& made(std::uint32_t function, std::uint32_t cell) {
    return closure(function, cell, ClosureHow::made);
  }
  Story& entered(std::uint32_t function, std::uint32_t cell) {
    return closure(function, cell, ClosureHow::entered);
  }
  Story& write(std::uint32_t cell, std::int32_t number) {
    return story(EventKind::cell_write, Value::of(Tag::cell, cell).word, Story::number(number).word,
                 story.id("a").value);
  }
  Story& read(std::uint32_t cell, std::int32_t number) {
    return story(EventKind::cell_read, Value::of(Tag::cell, cell).word, Story::number(number).word,
                 story.id("a").value);
  }

  static constexpr std::uint32_t f = 0, g = 1;
  Story story;
};

TEST_F(Cells, HoldWhereEverybodyReadsWhatWasWrittenLast) {
  write(3, 1);
  story.reload(Story::r2).by(Story::u);
  read(3, 1);
  write(3, 2);
  story.by(Story::t);
  read(3, 2);
  EXPECT_EQ(story.judge(cells()), "held, exercised");
}

TEST_F(Cells, AreViolatedByAReadOfSomethingElse) {
  write(3, 1);
  story.reload(Story::r2);
  read(3, 0);
  EXPECT_EQ(story.judge(cells()), "violated: a is 1, as it was written last; it is 0");
}

TEST_F(Cells, AreViolatedByAReadOfWhatTheMachineryWrote) {
  write(3, 1);
  story.by(Story::machinery(Story::r2));
  write(3, 2);
  story.by(Story::t);
  read(3, 2);
  EXPECT_EQ(story.judge(cells()), "violated: a is 1, as it was written last; it is 2");
}

TEST_F(Cells, AreWrittenByTheBodyOfAReload) {
  write(3, 1);
  story.by(Story::body(Story::r2));
  write(3, 2);
  story.by(Story::t);
  read(3, 2);
  EXPECT_EQ(story.judge(cells()), "held, not exercised");
}

TEST_F(Cells, MayBeUnboundWhereNobodyHasWritten) {
  story(EventKind::cell_read, Value::of(Tag::cell, 3).word, Value::absent().word,
        story.id("a").value);
  EXPECT_EQ(story.judge(cells()), "held, not exercised");
}

TEST_F(Cells, MayBeOthersAfterAReloadWhereAllHaveThem) {
  write(3, 1);
  story.reload(Story::r2);
  entered(f, 4);
  read(4, 1);
  write(4, 2);
  entered(g, 4);
  read(4, 2);
  EXPECT_EQ(story.judge(cells()), "held, exercised");
}

TEST_F(Cells, AreViolatedWhereOneFunctionHasAnotherOne) {
  write(3, 1);
  story.reload(Story::r2);
  entered(f, 3);
  entered(g, 4);
  EXPECT_EQ(story.judge(cells()),
            "violated: everybody who captured a shares one cell; it is another one than that of "
            "the last use");
}

TEST_F(Cells, AreViolatedWhereAFrameThatWentOnHasAnotherOne) {
  write(3, 1);
  story.reload(Story::r2);
  entered(g, 4);
  read(3, 1);
  EXPECT_EQ(story.judge(cells()),
            "violated: everybody who captured a shares one cell; it is another one than that of "
            "the last use");
}

TEST_F(Cells, ThatAreNotTheSameAreViolatedByTheOldValueToo) {
  write(3, 1);
  story.reload(Story::r2);
  entered(g, 4);
  write(4, 2);
  story.reload(Story::r3, 2);
  read(3, 1);
  EXPECT_EQ(story.judge(cells()), "violated: a is 2, as it was written last; it is 1");
}

TEST_F(Cells, OfTwoCallsDoNotMix) {
  write(3, 1);
  made(2, 5);
  write(5, 2);
  story.reload(Story::r2);
  entered(2, 5);
  read(5, 2);
  entered(f, 3);
  read(3, 1);
  EXPECT_EQ(story.judge(cells()), "held, exercised");
}

TEST_F(Cells, AreExercisedByAReadAfterACommitThatCameAfterTheCapture) {
  write(3, 1);
  read(3, 1);
  story.begin(Story::r2);
  read(3, 1);
  EXPECT_EQ(story.judge(cells()), "held, not exercised");
  story.commit(Story::r2);
  EXPECT_EQ(story.judge(cells()), "held, not exercised") << "nobody has read since";
  read(3, 1);
  EXPECT_EQ(story.judge(cells()), "held, exercised");
}

}  // namespace
}  // namespace midstride::properties
