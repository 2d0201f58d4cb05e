// Frame 1 of shop.f has a local in slot 10.
#include <gtest/gtest.h>

#include "properties/guarantees/all.hpp"
#include "properties/guarantees/story_test.hpp"

namespace midstride::properties {
namespace {

using namespace model;

class Locals : public testing::Test {
 protected:
  Locals() : f(story.code(Story::shop1, "shop.f")) { story.enter(1, f); }

  Story& write(std::int32_t number) {
    return story(EventKind::write, 1, 10, Story::number(number).word);
  }
  Story& read(std::int32_t number) {
    return story(EventKind::read, 1, 10, Story::number(number).word);
  }
  void poke(std::int32_t number, PokeHow how) {
    story.by(Story::inspector)(EventKind::poke, 1, 10, Story::number(number).word,
                               static_cast<std::uint8_t>(how));
    story.by(Story::t);
  }

  void flush(std::int32_t number) {
    story.by(Story::inspector)(EventKind::flush, 1, 10, Story::number(number).word);
    story.by(Story::t);
  }

  Story story;
  std::uint32_t f;
};

TEST_F(Locals, HoldWhereAFrameReadsWhatItWrote) {
  write(1);
  story.reload(Story::r2);
  read(1);
  EXPECT_EQ(story.judge(locals()), "held, exercised");
}

TEST_F(Locals, AreViolatedByAReadOfSomethingElse) {
  write(1);
  story.reload(Story::r2);
  read(2);
  EXPECT_EQ(story.judge(locals()),
            "violated: shop.f of version 1 reads 1, its own last write; it reads 2");
}

TEST_F(Locals, AreViolatedByAReadOfWhatWasNeverWritten) {
  read(2);
  EXPECT_EQ(story.judge(locals()),
            "violated: shop.f of version 1 reads nothing, its own last write; it reads 2");
}

TEST_F(Locals, AreViolatedByAnotherObjectThatLooksTheSame) {
  story(EventKind::write, 1, 10, Value::of(Tag::object, 0).word)(EventKind::read, 1, 10,
                                                                 Value::of(Tag::object, 1).word);
  EXPECT_EQ(
      story.judge(locals()),
      "violated: shop.f of version 1 reads {}, its own last write; it reads {}, but another one");
}

TEST_F(Locals, AreViolatedByAWriteOfTheMachinery) {
  write(1);
  story.by(Story::machinery(Story::r2));
  write(2);
  EXPECT_EQ(story.judge(locals()),
            "violated: only t writes the locals of shop.f of version 1; r2 wrote 2 there");
}

TEST_F(Locals, OfTwoFramesDoNotMix) {
  write(1);
  story.by(Story::u).enter(2, f)(EventKind::write, 2, 20, Story::number(5).word).reload(Story::r2);
  story(EventKind::read, 2, 20, Story::number(5).word).by(Story::t);
  read(1);
  EXPECT_EQ(story.judge(locals()), "held, exercised");
}

TEST_F(Locals, UnderSnapshotAPokeIsLostOrBreaksThem) {
  write(1);
  poke(2, PokeHow::lost);
  read(1);
  EXPECT_EQ(story.judge(locals()), "held, exercised");
  poke(2, PokeHow::applied);
  read(2);
  EXPECT_EQ(story.judge(locals()),
            "violated: shop.f of version 1 reads 1, its own last write; it reads 2");
}

TEST_F(Locals, UnderWriteThroughAnAppliedPokeIsTheLastWrite) {
  story.locals = LocalsPolicy::write_through;
  write(1);
  poke(2, PokeHow::applied);
  read(2);
  EXPECT_EQ(story.judge(locals()), "held, exercised");
  poke(3, PokeHow::lost);
  read(3);
  EXPECT_EQ(story.judge(locals()),
            "violated: shop.f of version 1 reads 2, its own last write; it reads 3");
}

TEST_F(Locals, UnderSnapshotFlushWhatWasPokedIsTheLastWriteFromTheFlushOn) {
  story.locals = LocalsPolicy::snapshot_flush;
  write(1);
  poke(2, PokeHow::kept);
  read(1);
  flush(2);
  read(2);
  EXPECT_EQ(story.judge(locals()), "held, exercised");
  poke(3, PokeHow::kept);
  read(3);
  EXPECT_EQ(story.judge(locals()),
            "violated: shop.f of version 1 reads 2, its own last write; it reads 3");
}

TEST_F(Locals, UnderSnapshotFlushAFlushWritesOverWhatTheFrameWroteSinceThePoke) {
  story.locals = LocalsPolicy::snapshot_flush;
  write(1);
  poke(2, PokeHow::kept);
  write(3);
  flush(2);
  read(2);
  EXPECT_EQ(story.judge(locals()), "held, exercised");
}

TEST_F(Locals, AreViolatedByAFlushOfWhatNobodyPoked) {
  story.locals = LocalsPolicy::snapshot_flush;
  write(1);
  flush(1);
  EXPECT_EQ(story.judge(locals()), "held, not exercised") << "nothing changes";
  write(2);
  flush(1);
  EXPECT_EQ(story.judge(locals()),
            "violated: a flush leaves 2 alone in shop.f of version 1, since nobody poked it; it "
            "writes 1 over it");
}

TEST_F(Locals, AreExercisedByAReadAfterAReloadOrAPoke) {
  write(1);
  read(1);
  EXPECT_EQ(story.judge(locals()), "held, not exercised");
  story.begin(Story::r2);
  EXPECT_EQ(story.judge(locals()), "held, not exercised") << "nobody has read since";
  read(1);
  EXPECT_EQ(story.judge(locals()), "held, exercised") << "a reload counts from its begin on";
}

TEST_F(Locals, AreThoseOfWhoAsksTheirGenerator) {
  write(1);
  story.by(Story::u);
  story(EventKind::generator, Value::of(Tag::generator, 0).word, 1, f,
        static_cast<std::uint8_t>(GeneratorHow::resumed));
  read(1);
  write(2);
  EXPECT_EQ(story.judge(locals()).substr(0, 4), "held");
  story.by(Story::t);
  write(3);
  EXPECT_EQ(story.judge(locals()).substr(0, 8), "violated");
}

}  // namespace
}  // namespace midstride::properties
