// bank says `once z` in both versions; namespace 1 is bank's first, 5 one in which a body ran.
#include <gtest/gtest.h>

#include "properties/guarantees/all.hpp"
#include "properties/guarantees/story_test.hpp"

namespace midstride::properties {
namespace {

using namespace model;

constexpr std::uint32_t live = 1, staging = 5;

class StateTest : public testing::Test {
 protected:
  StateTest() {
    story.begin(Story::shop1, 0).commit(Story::shop1).begin(Story::bank1, 0);
    stored(Story::body(Story::bank1), live, 1);
    story.commit(Story::bank1);
  }

  Story& stored(Actor by, std::uint32_t space, std::int32_t number,
                StoreHow how = StoreHow::namespace_) {
    return story.by(by)(EventKind::store, Owner::of(Owner::Kind::namespace_, space).word,
                        story.name("bank.z") & 0xffff, Story::number(number).word,
                        static_cast<std::uint8_t>(how));
  }
  Story& program_stores(std::int32_t number) {
    return stored(Story::t, live, number, StoreHow::program);
  }
  Story& swapped() {
    return story.by(Story::machinery(Story::b2))(EventKind::store,
                                                 Owner::of(Owner::Kind::module, 1).word, 0, staging,
                                                 static_cast<std::uint8_t>(StoreHow::pointer));
  }
  Story& asks(std::int32_t number) {
    return story.by(Story::u).resolve("bank.z", Story::number(number), no_load);
  }
  Story& hook(std::uint32_t number, HookHow how, std::uint32_t load = no_load) {
    return story(EventKind::hook, number, Value::of(Tag::function, 0).word, load,
                 static_cast<std::uint8_t>(how));
  }

  Story story{Story::BeforeFirstLoads{}};
};

TEST_F(StateTest, HoldsWhereAReloadKeepsTheValue) {
  asks(1);
  program_stores(7);
  story.reload(Story::b2);
  asks(7);
  program_stores(8);
  asks(8);
  EXPECT_EQ(story.judge(state()), "held, exercised");
}
TEST_F(StateTest, IsNotExercisedBeforeAReload) {
  asks(1);
  EXPECT_EQ(story.judge(state()), "held, not exercised");
}
TEST_F(StateTest, IsViolatedWhereItIsInitialisedAgain) {
  story.begin(Story::b2);
  stored(Story::body(Story::b2), live, 2);
  story.commit(Story::b2);
  asks(2);
  EXPECT_EQ(story.judge(state()), "violated: bank.z is 1, as it was initialised last; u gets 2");
}
TEST_F(StateTest, IsViolatedByALostUpdate) {
  story.begin(Story::b2);
  stored(Story::body(Story::b2), staging, 1);
  program_stores(7);
  swapped();
  story.commit(Story::b2);
  asks(1);
  EXPECT_EQ(story.judge(state()), "violated: bank.z is 7, as it was stored last; u gets 1");
}
TEST_F(StateTest, IsNotAskedOfBodiesAndThePinned) {
  story.begin(Story::b2).by(Story::body(Story::b2)).resolve("bank.z", Story::number(5), no_load);
  story.by(Story::u)(EventKind::resolve, story.name("bank.z"), Story::number(5).word, no_load,
                     static_cast<std::uint8_t>(ResolveHow::pinned));
  EXPECT_EQ(story.judge(state()), "held, not exercised");
}
TEST_F(StateTest, IsUnknownWhereTheProgramStoredWhileItWasInitialised) {
  Story other{Story::BeforeFirstLoads{}};
  other.begin(Story::bank1, 0)
      .by(Story::body(Story::bank1))(EventKind::store,
                                     Owner::of(Owner::Kind::namespace_, live).word,
                                     other.name("bank.z") & 0xffff, Story::number(1).word);
  other.by(Story::t)(EventKind::store, Owner::of(Owner::Kind::namespace_, live).word,
                     other.name("bank.z") & 0xffff, Story::number(3).word,
                     static_cast<std::uint8_t>(StoreHow::program));
  other.commit(Story::bank1).reload(Story::b2);
  other.by(Story::u).resolve("bank.z", Story::number(1), no_load);
  EXPECT_EQ(other.judge(state()), "held, not exercised");
}

TEST_F(StateTest, IsViolatedByABodyThatRunsTwice) {
  story.begin(Story::b2).by(Story::body(Story::b2));
  for (const std::uint32_t frame : {1U, 2U})
    story(EventKind::enter, frame, story.code(Story::b2, "bank"), story.code(Story::b2, "bank"),
          static_cast<std::uint8_t>(EnterHow::body));
  EXPECT_EQ(story.judge(state()),
            "violated: the body of version 2 of bank (b2) runs once; it runs again");
}

TEST_F(StateTest, HoldsWhereAHookIsCalledOnce) {
  story.by(Story::t);
  hook(0, HookHow::registered);
  hook(1, HookHow::registered);
  story.reload(Story::b2).by(Story::t);
  hook(1, HookHow::run);
  hook(0, HookHow::dropped);
  story(EventKind::end, 1);
  EXPECT_EQ(story.judge(state()), "held, exercised");
}
TEST_F(StateTest, IsViolatedByAHookThatIsCalledTwice) {
  story.by(Story::t);
  hook(0, HookHow::registered);
  hook(0, HookHow::run);
  hook(0, HookHow::run);
  EXPECT_EQ(story.judge(state()),
            "violated: the hook <function shop of version 1> is called once; it is called again");
}
TEST_F(StateTest, IsViolatedByAHookThatIsNotCalled) {
  story.by(Story::t);
  hook(0, HookHow::registered);
  story(EventKind::end, 1);
  EXPECT_EQ(story.judge(state()),
            "violated: the hooks of t are called before it is over; one is not");
}
TEST_F(StateTest, IsViolatedByALoadThatIsReclaimedBeforeItsHooksAreCalled) {
  story.by(Story::body(Story::bank1));
  hook(0, HookHow::registered, Story::bank1);
  story.reload(Story::b2).by(Story::machinery(Story::b2));
  story(EventKind::retire, story.code(Story::bank1, "bank.pay"));
  story(EventKind::reload_step, Story::b2, static_cast<std::uint32_t>(Step::reclaim));
  EXPECT_EQ(story.judge(state()),
            "violated: the hooks of version 1 of bank (first load of bank) are called before it is "
            "reclaimed; one is not");
}
TEST_F(StateTest, IsViolatedByAHookWhoseCodeWasFreed) {
  const std::uint32_t pay = story.code(Story::bank1, "bank.pay");
  story.by(Story::machinery(Story::b2))(EventKind::free, pay);
  story.by(Story::t)(EventKind::enter, 1, pay, pay, static_cast<std::uint8_t>(EnterHow::finaliser));
  EXPECT_EQ(story.judge(state()),
            "violated: the hook bank.pay of version 1 is called while it is there; its code was "
            "freed");
}

}  // namespace
}  // namespace midstride::properties
