// Frame 1 of shop.f, and what it resolves.
#include <gtest/gtest.h>

#include "properties/guarantees/all.hpp"
#include "properties/guarantees/story_test.hpp"

namespace midstride::properties {
namespace {

using namespace model;

class VersionConsistent : public testing::Test {
 protected:
  Story& resolve(std::string_view name, std::uint32_t load) {
    return story.resolve(name, Story::number(1), load);
  }
  std::string judge() const { return story.judge(version_consistent()); }

  Story story;
  std::uint32_t f1 = story.code(Story::shop1, "shop.f"), g2 = story.code(Story::r2, "shop.g");
  std::uint32_t script = story.code(no_load, "task t");
};

TEST_F(VersionConsistent, HoldsWhereAFrameSeesItsOwnVersion) {
  story.enter(1, f1).reload(Story::r2);
  resolve("shop.x", Story::shop1);
  EXPECT_EQ(judge(), "held, exercised");
}

TEST_F(VersionConsistent, IsViolatedByAnotherVersionThanItsOwnCodes) {
  story.enter(1, f1).reload(Story::r2);
  resolve("shop.x", Story::r2);
  EXPECT_EQ(judge(),
            "violated: t, in shop.f of version 1, uses version 1 of shop (first load of shop) "
            "only; shop.x comes from "
            "version 2 of shop (r2)");
}

TEST_F(VersionConsistent, IsViolatedByTwoVersionsInAScript) {
  story.enter(1, script);
  resolve("shop.x", Story::shop1).reload(Story::r2);
  resolve("shop.f", Story::r2);
  EXPECT_EQ(judge(),
            "violated: t, in task t, uses version 1 of shop (first load of shop) only; shop.f "
            "comes from version 2 of "
            "shop (r2)");
}

TEST_F(VersionConsistent, LooksAtEachModuleApart) {
  story.enter(1, f1);
  resolve("bank.y", Story::bank1).reload(Story::b2);
  resolve("shop.x", Story::shop1);
  EXPECT_EQ(judge(), "held, not exercised");
  resolve("bank.y", Story::b2);
  EXPECT_EQ(judge().substr(0, 8), "violated");
}

TEST_F(VersionConsistent, LooksAtEachActivationApart) {
  story.enter(1, script);
  resolve("shop.f", Story::shop1).reload(Story::r2).enter(2, g2);
  resolve("shop.x", Story::r2).exit(2);
  EXPECT_EQ(judge(), "held, not exercised") << "the callee is another activation";
  resolve("shop.x", Story::r2);
  EXPECT_EQ(judge().substr(0, 8), "violated") << "the caller is the innermost one again";
}

TEST_F(VersionConsistent, LooksAtEachTaskletApart) {
  story.enter(1, script).by(Story::u).enter(2, g2);
  resolve("shop.x", Story::r2).by(Story::t);
  resolve("shop.x", Story::shop1);
  EXPECT_EQ(judge(), "held, not exercised");
}

TEST_F(VersionConsistent, ComparesVersionsNotLoads) {
  story.enter(1, f1).reload(Story::same);
  resolve("shop.x", Story::same);
  EXPECT_EQ(judge(), "held, exercised");
}

TEST_F(VersionConsistent, SaysNothingOfBodiesAndOfProgramCode) {
  story.by(Story::body(Story::b2)).enter(1, story.code(Story::b2, "bank"));
  resolve("shop.x", Story::shop1).reload(Story::r2);
  resolve("shop.x", Story::r2);
  story.by(Story::t).enter(2, f1);
  resolve("shop.x", no_load);
  EXPECT_EQ(judge(), "held, not exercised");
}

// Its frame leaves the stack of the one who asked, and comes back on another's.
TEST_F(VersionConsistent, GoesWithAGeneratorsFrame) {
  const auto generator = [&](std::uint32_t frame, GeneratorHow how) -> Story& {
    return story(EventKind::generator, Value::of(Tag::generator, 0).word, frame, f1,
                 static_cast<std::uint8_t>(how));
  };
  story.enter(1, script);
  generator(0, GeneratorHow::resumed).enter(2, f1);
  generator(2, GeneratorHow::suspended).reload(Story::r2);
  resolve("shop.x", Story::r2);
  EXPECT_EQ(judge(), "held, not exercised") << "who asked is the innermost one again";
  story.by(Story::u);
  generator(2, GeneratorHow::resumed);
  resolve("shop.x", Story::r2);
  EXPECT_EQ(judge().substr(0, 8), "violated");
}

}  // namespace
}  // namespace midstride::properties
