// Namespace 0 is the live one of shop, with x = 1 from its first load; r2 reloads shop and fails.
#include <gtest/gtest.h>

#include "properties/guarantees/all.hpp"
#include "properties/guarantees/story_test.hpp"

namespace midstride::properties {
namespace {

using namespace model;

class FailedReload : public testing::Test {
 protected:
  FailedReload() : story(Story::BeforeFirstLoads{}) {
    story.begin(Story::shop1, 0).by(Story::body(Story::shop1));
    store(x, 1);
    store_version(1);
    story.commit(Story::shop1).by(Story::t);
  }

  void store(std::uint32_t slot, std::int32_t value, StoreHow how = StoreHow::namespace_) {
    store_in(0, slot, Story::number(value), how);
  }
  void store_in(std::uint32_t namespace_, std::uint32_t slot, Value value,
                StoreHow how = StoreHow::namespace_) {
    story(EventKind::store, Owner::of(Owner::Kind::namespace_, namespace_).word, slot, value.word,
          static_cast<std::uint8_t>(how));
  }
  void store_of_module(std::uint32_t slot, std::uint32_t value, StoreHow how) {
    story(EventKind::store, Owner::of(Owner::Kind::module, 0).word, slot, value,
          static_cast<std::uint8_t>(how));
  }
  void store_version(std::uint32_t version) { store_of_module(1, version, StoreHow::version); }
  // The body of r2 begins its first statement.
  void run_body() {
    story.begin(Story::r2).by(Story::body(Story::r2)).op(1, story.code(Story::r2, "shop"));
  }
  std::string judge() const { return story.judge(failed_reload()); }

  Story story;
  std::uint32_t x = story.name("shop.x") & 0xffff, fresh = story.name("shop.new") & 0xffff;
};

TEST_F(FailedReload, HoldsWhereWhatWasStoredIsPutBack) {
  run_body();
  store(x, 2);
  store(fresh, 2);
  story.by(Story::machinery(Story::r2));
  store(x, 1);
  store_in(0, fresh, Value::absent());
  story.fail(Story::r2);
  EXPECT_EQ(judge(), "held, exercised");
}

TEST_F(FailedReload, IsViolatedByWhatTheBodyLeft) {
  run_body();
  store(x, 2);
  story.fail(Story::r2);
  EXPECT_EQ(judge(), "violated: shop.x is 1 again when r2 has failed; it is 2");
}

TEST_F(FailedReload, IsViolatedByANameThatWasNotThere) {
  run_body();
  store(fresh, 2);
  story.fail(Story::r2);
  EXPECT_EQ(judge(), "violated: shop.new is nothing again when r2 has failed; it is 2");
}

TEST_F(FailedReload, IsViolatedByAWrongValuePutBack) {
  run_body();
  store(x, 2);
  story.by(Story::machinery(Story::r2));
  store(x, 0);
  story.fail(Story::r2);
  EXPECT_EQ(judge(), "violated: shop.x is 1 again when r2 has failed; it is 0");
}

TEST_F(FailedReload, IsViolatedByACounterOrAFlag) {
  run_body();
  story.by(Story::machinery(Story::r2));
  store_version(2);
  story.fail(Story::r2);
  EXPECT_EQ(judge(), "violated: the version of shop is 1 again when r2 has failed; it is 2");
}

TEST_F(FailedReload, IsViolatedByAFlagThatARejectedReloadLeaves) {
  story.request(Story::r2).by(Story::machinery(Story::r2));
  store_of_module(2, 1, StoreHow::in_progress);
  story(EventKind::reload_reject, Story::r2, static_cast<std::uint32_t>(RejectWhy::in_progress));
  EXPECT_EQ(judge(),
            "violated: the in-progress flag of shop is 0 again when r2 has failed; it is 1");
}

TEST_F(FailedReload, IsViolatedByAMethodLeftInAClass) {
  run_body();
  story.by(Story::machinery(Story::r2));
  const std::uint32_t f2 = story.code(Story::r2, "shop.X.f");
  story(EventKind::store, Owner::of(Owner::Kind::class_, 0).word, story.id("f").value,
        Value::of(Tag::function, f2).word, static_cast<std::uint8_t>(StoreHow::class_));
  story.fail(Story::r2);
  EXPECT_EQ(judge(),
            "violated: f of <class shop.X of version 1> is nothing again when r2 has failed; it is "
            "<function shop.X.f "
            "of version 2>");
}

TEST_F(FailedReload, SaysNothingOfWhatTheReloadBroughtIntoBeing) {
  run_body();
  store_in(7, x, Story::number(2));  // a staging namespace
  story(EventKind::store, Owner::of(Owner::Kind::class_, 1).word, story.id("f").value,
        Value::of(Tag::function, 0).word, static_cast<std::uint8_t>(StoreHow::class_));
  story.fail(Story::r2);
  EXPECT_EQ(judge(), "held, exercised");
}

TEST_F(FailedReload, SaysNothingOfWhatOthersStoredLast) {
  run_body();
  store(x, 2);
  story.by(Story::t);
  store(x, 5, StoreHow::program);
  story.fail(Story::r2);
  EXPECT_EQ(judge(), "held, exercised");
}

TEST_F(FailedReload, SaysNothingOfAssignmentsToAttributesOfModules) {
  run_body();
  store(x, 2, StoreHow::program);
  story.fail(Story::r2);
  EXPECT_EQ(judge(), "held, exercised");
}

TEST_F(FailedReload, ComparesWithTheValueBeforeTheFirstStoreOfTheReload) {
  run_body();
  story.by(Story::t);
  store(x, 5, StoreHow::program);
  story.by(Story::body(Story::r2));
  store(x, 2);
  store(x, 5);
  story.fail(Story::r2);
  EXPECT_EQ(judge(), "held, exercised") << "what program code stored meanwhile is what was there";
}

TEST_F(FailedReload, KeepsTwoReloadsThatStoreInTurnsApart) {
  run_body();
  store(x, 2);
  story.begin(Story::r3).by(Story::body(Story::r3));
  store(x, 3);
  story.by(Story::body(Story::r2));
  store(x, 4);
  story.fail(Story::r2);
  EXPECT_EQ(judge(), "violated: shop.x is 1 again when r2 has failed; it is 4");
}

TEST_F(FailedReload, SaysNothingOfACommittedReload) {
  run_body();
  store(x, 2);
  story.commit(Story::r2);
  EXPECT_EQ(judge(), "held, not exercised");
}

TEST_F(FailedReload, IsExercisedOnlyIfTheBodyRan) {
  story.begin(Story::r2).fail(Story::r2);
  EXPECT_EQ(judge(), "held, not exercised");
}

}  // namespace
}  // namespace midstride::properties
