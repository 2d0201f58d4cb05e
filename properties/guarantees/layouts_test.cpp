// migration and layout: instance o of shop.X was made with (a). r2 gives the class (a, b), r3 then
// (b).
#include <gtest/gtest.h>

#include "properties/guarantees/all.hpp"
#include "properties/guarantees/story_test.hpp"

namespace midstride::properties {
namespace {

using namespace model;

class Instances : public testing::Test {
 protected:
  Instances() {
    story.by(Story::body(Story::shop1));
    class_has(a);
    story.by(Story::t);
    make(o);
  }

  Story& class_has(std::uint32_t layout) {
    return story(EventKind::store, Owner::of(Owner::Kind::class_, 0).word, layout_slot, layout,
                 static_cast<std::uint8_t>(StoreHow::layout));
  }
  void make(Value instance, std::uint32_t layout = 1) {
    story(EventKind::create, instance.word, Value::of(Tag::class_, 0).word, layout);
  }
  // A reload that gives the class that layout, up to its end.
  void begin(std::uint32_t attempt, std::uint32_t layout) {
    story.request(attempt).begin(attempt).by(Story::machinery(attempt));
    class_has(layout);
    story.by(Story::t);
  }
  void reload(std::uint32_t attempt, std::uint32_t layout) {
    begin(attempt, layout);
    story.commit(attempt);
  }
  Story& migrate(std::uint32_t from, std::uint32_t to, MigrateHow how = MigrateHow::at_access) {
    return story(EventKind::migrate, o.word, from, to, static_cast<std::uint8_t>(how));
  }
  Story& read(std::uint32_t layout, std::uint32_t place = 0) {
    return story(EventKind::field, o.word, field_word(layout, place), Story::number(1).word,
                 static_cast<std::uint8_t>(FieldHow::read_of_instance));
  }

  Story story;
  const std::uint32_t a = story.layout({"a"}), ab = story.layout({"a", "b"}),
                      b = story.layout({"b"});
  const Value o = story.instance();
};

using Migration = Instances;

TEST_F(Migration, HoldsWhereAnInstanceIsMigratedBeforeItIsUsed) {
  reload(Story::r2, ab);
  migrate(a, ab);
  read(ab);
  EXPECT_EQ(story.judge(migration()), "held, exercised");
}

TEST_F(Migration, IsNotExercisedWhereNothingOldIsUsed) {
  read(a);
  reload(Story::r2, ab);
  make(story.instance(), ab);
  EXPECT_EQ(story.judge(migration()), "held, not exercised");
}

TEST_F(Migration, IsViolatedByAUseOfAnInstanceThatWasLeftBehind) {
  reload(Story::r2, ab);
  read(a);
  EXPECT_EQ(
      story.judge(migration()),
      "violated: <shop.X of version 1 object> has been migrated to (a, b) when it is used; it "
      "has (a)");
}

TEST_F(Migration, MayComeLaterThanAUseBeforeTheCommit) {
  begin(Story::r2, ab);
  read(a);
  EXPECT_EQ(story.judge(migration()), "held, not exercised");
}

TEST_F(Migration, IsViolatedByAStepThatIsLeftOut) {
  reload(Story::r2, ab);
  reload(Story::r3, b);
  migrate(a, b);
  EXPECT_EQ(
      story.judge(migration()),
      "violated: <shop.X of version 1 object> has (a) and is migrated to what followed that; it "
      "is migrated from (a) to (b)");
}

TEST_F(Migration, IsViolatedByAStepThatIsMadeTwice) {
  reload(Story::r2, ab);
  migrate(a, ab);
  migrate(a, ab);
  EXPECT_EQ(
      story.judge(migration()),
      "violated: <shop.X of version 1 object> has (a, b) and is migrated to what followed that; "
      "it is migrated from (a) to (a, b)");
}

TEST_F(Migration, IsUndoneByAReloadThatFails) {
  begin(Story::r2, ab);
  migrate(a, ab, MigrateHow::at_once);
  migrate(ab, a, MigrateHow::undone);
  story.by(Story::machinery(Story::r2));
  class_has(a);
  story.fail(Story::r2).by(Story::t);
  read(a);
  EXPECT_EQ(story.judge(migration()), "held, exercised");
}

TEST_F(Migration, IsViolatedWhereAReloadThatFailsLeavesAnInstanceAhead) {
  begin(Story::r2, ab);
  migrate(a, ab, MigrateHow::at_once);
  story.by(Story::machinery(Story::r2));
  class_has(a);
  story.fail(Story::r2).by(Story::t);
  read(ab);
  EXPECT_EQ(
      story.judge(migration()),
      "violated: <shop.X of version 1 object> has been migrated to (a) when it is used; it has "
      "(a, b)");
}

// With one more step to go.
TEST_F(Migration, ConcernsNobodyWhileAMigratorRuns) {
  reload(Story::r2, ab);
  reload(Story::r3, b);
  migrate(a, ab);
  story(EventKind::enter, 7, 0, 0, static_cast<std::uint8_t>(EnterHow::migrator));
  read(ab);
  EXPECT_EQ(story.judge(migration()), "held, exercised");
  story.exit(7);
  read(ab);
  EXPECT_EQ(
      story.judge(migration()),
      "violated: <shop.X of version 1 object> has been migrated to (b) when it is used; it has "
      "(a, b)");
}

using Layout = Instances;

TEST_F(Layout, HoldsWhereAFieldIsLookedForInWhatTheInstanceHas) {
  read(a);
  EXPECT_EQ(story.judge(layout()), "held, not exercised");
  migrate(a, ab);
  read(ab, 1);
  EXPECT_EQ(story.judge(layout()), "held, exercised");
}

TEST_F(Layout, IsViolatedWhereItIsLookedForInWhatTheInstanceHad) {
  migrate(ab, b);
  read(ab, 1);
  EXPECT_EQ(
      story.judge(layout()),
      "violated: b of <shop.X of version 1 object> is looked for in (b), which that has; it is "
      "looked for in (a, b)");
}

}  // namespace
}  // namespace midstride::properties
