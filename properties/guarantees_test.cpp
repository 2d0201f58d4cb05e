// The table of guarantees, and the canary: the instrument can say no.
#include "properties/guarantees.hpp"

#include <gtest/gtest-spi.h>
#include <gtest/gtest.h>

#include <set>
#include <string>
#include <vector>

#include "properties/guarantees/all.hpp"
#include "properties/guarantees/story_test.hpp"

namespace midstride::properties {
namespace {

using namespace model;

TEST(Guarantees, HaveTheirOrder) {
  std::vector<std::string_view> names;
  for (const Guarantee& guarantee : guarantees()) names.push_back(guarantee.name);
  EXPECT_EQ(names, (std::vector<std::string_view>{"activation",
                                                  "locals",
                                                  "cells",
                                                  "method-identity",
                                                  "method-behaviour",
                                                  "no-use-after-free",
                                                  "no-early-free",
                                                  "reclaimed",
                                                  "whole-call",
                                                  "failed-reload",
                                                  "isolation",
                                                  "batch",
                                                  "fresh",
                                                  "monotone",
                                                  "serial",
                                                  "version-consistent",
                                                  "removed-names",
                                                  "dependants",
                                                  "migration",
                                                  "layout",
                                                  "identity",
                                                  "super",
                                                  "state",
                                                  "scheduler",
                                                  "progress",
                                                  "channel-rules",
                                                  "no-op",
                                                  "revert",
                                                  "commute",
                                                  "non-interference",
                                                  "deterministic"}));
}

TEST(Guarantees, AreFoundByTheirNames) {
  EXPECT_EQ(guarantee_index("activation"), 0U);
  EXPECT_EQ(guarantee_index("deterministic"), guarantees().size() - 1);
  EXPECT_EQ(guarantee_index("activations"), std::nullopt);
  EXPECT_EQ(guarantee_index(""), std::nullopt);
}

TEST(Guarantees, SayWhatTheyClaimAndWhatTheyNeed) {
  const std::set<std::string_view> over_two_runs{"no-op", "revert", "commute", "non-interference",
                                                 "deterministic"};
  for (const Guarantee& guarantee : guarantees()) {
    EXPECT_TRUE(guarantee.statement.ends_with('.')) << guarantee.name;
    EXPECT_FALSE(guarantee.antecedent.empty()) << guarantee.name;
    EXPECT_EQ(guarantee.make == nullptr, over_two_runs.contains(guarantee.name)) << guarantee.name;
    if (guarantee.make == nullptr) continue;
    EXPECT_EQ(guarantee.needs & ~guarantee.sees, 0U)
        << guarantee.name << " does not see what it needs";
    EXPECT_NE(guarantee.needs, 0U) << guarantee.name;
  }
}

// A run in which nothing but the first loads and one reload happens keeps every guarantee, and
// exercises none but those about reloads as such.
TEST(Guarantees, HoldUnexercisedWhereNothingHappens) {
  Story story;
  story.reload(Story::r2);
  for (const Guarantee& guarantee : guarantees()) {
    if (guarantee.make == nullptr) continue;
    EXPECT_EQ(story.judge(guarantee), "held, not exercised") << guarantee.name;
  }
}

// The canary. On a run in which a reload replaced the code under a frame, somebody claims that
// `activation` held. If the claim could pass, no claim would mean anything.
TEST(Canary, AFalseClaimIsRefuted) {
  EXPECT_NONFATAL_FAILURE(
      {
        Story story;
        const std::uint32_t f1 = story.code(Story::shop1, "shop.f");
        const std::uint32_t f2 = story.code(Story::r2, "shop.f");
        story.enter(1, f1).reload(Story::r2).op(1, f2);
        EXPECT_EQ(story.judge(activation()), "held, exercised");
      },
      "violated: frame 1 runs shop.f of version 1");
}

// The same for a claim that holds for want of an antecedent: it must not pass as one that was put
// to the test.
TEST(Canary, AnIdleClaimIsNotTakenForATestedOne) {
  EXPECT_NONFATAL_FAILURE(
      {
        Story story;
        story.reload(Story::r2);
        EXPECT_EQ(story.judge(activation()), "held, exercised");
      },
      "held, not exercised");
}

// A guarantee that is false of every run that emits, judged by the same hands.
TEST(Canary, AFalseGuaranteeIsViolated) {
  class NobodyEmits final : public Monitor {
   public:
    void begin(const RunFacts&) override { reset(); }
    void on(std::uint32_t index, const Event&) override { violate(index, 0, "silence", "an emit"); }
  };
  const Guarantee nobody_emits{
      .name = "silence",
      .statement = "Nobody emits.",
      .antecedent = "always",
      .needs = mask_of(EventKind::emit),
      .sees = mask_of(EventKind::emit),
      .make = []() -> std::unique_ptr<Monitor> { return std::make_unique<NobodyEmits>(); }};
  Story story;
  EXPECT_EQ(story.judge(nobody_emits), "held, not exercised");
  story(EventKind::emit, Story::number(1).word);
  EXPECT_EQ(story.judge(nobody_emits), "violated: silence; an emit");
}

}  // namespace
}  // namespace midstride::properties
