// Code of version 1 is freed while version 2 is in use; the walker looks for holders.
#include <gtest/gtest.h>

#include "properties/guarantees/all.hpp"
#include "properties/guarantees/story_test.hpp"

namespace midstride::properties {
namespace {

using namespace model;

class NoEarlyFree : public testing::Test {
 protected:
  Story& use_version_2() { return story.reload(Story::r2).enter(1, f2); }
  std::string judge() const { return story.judge(no_early_free()); }

  Story story;
  std::uint32_t f1 = story.code(Story::shop1, "shop.f"), f2 = story.code(Story::r2, "shop.f");
};

TEST_F(NoEarlyFree, HoldsWhereTheWalkerFindsNobody) {
  use_version_2()(EventKind::free, f1);
  EXPECT_EQ(judge(), "held, exercised");
}

TEST_F(NoEarlyFree, IsViolatedByAHolder) {
  use_version_2()(EventKind::free, f1)(EventKind::live, f1,
                                       static_cast<std::uint32_t>(HolderKind::channel), 0);
  EXPECT_EQ(judge(),
            "violated: nobody holds shop.f of version 1, which was freed; held by channel");
}

TEST_F(NoEarlyFree, IsNotExercisedWhereNobodyRunsAnotherVersion) {
  story.reload(Story::r2)(EventKind::free, f1);
  EXPECT_EQ(judge(), "held, not exercised");
}

TEST_F(NoEarlyFree, IsNotExercisedByScriptsAndOtherModules) {
  story.reload(Story::r2)
      .enter(1, story.code(no_load, "task t"))
      .enter(2, story.code(Story::bank1, "bank.pay"));
  story(EventKind::free, f1);
  EXPECT_EQ(judge(), "held, not exercised");
}

}  // namespace
}  // namespace midstride::properties
