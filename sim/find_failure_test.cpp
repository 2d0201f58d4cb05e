#include "sim/find_failure.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sim/policies.hpp"

namespace midstride::sim {
namespace {

// Two tasklets add one to a counter; a turn lies between reading and writing.
void lost_update(World& world) {
  int counter = 0;
  for (const char* name : {"a", "b"}) {
    world.spawn(name, [&] {
      const int read = counter;
      world.turn();
      counter = read + 1;
    });
  }
  world.finish();
  if (counter != 2) throw std::runtime_error("counter is " + std::to_string(counter));
}

TEST(FindFailure, finds_a_lost_update_and_its_schedule_replays_it) {
  const auto failure = find_failure({.policy = "random"}, 100, lost_update);
  ASSERT_TRUE(failure.has_value());
  EXPECT_EQ(failure->what, "counter is 1");
  EXPECT_EQ(failure->seed, failure->run_count);

  const auto picks = schedule_from(schedule_text(failure->picks));
  ASSERT_TRUE(picks.has_value());
  const auto again = replay({}, *picks, lost_update);
  ASSERT_TRUE(again.has_value());
  EXPECT_EQ(again->what, failure->what);
  EXPECT_EQ(again->picks, failure->picks);
}

TEST(FindFailure, finds_nothing_where_nobody_can_come_in_between) {
  EXPECT_EQ(find_failure({.granularity = Granularity::yields}, 200, lost_update), std::nullopt);
  EXPECT_EQ(find_failure({.policy = "stackless"}, 1, lost_update), std::nullopt);
}

TEST(FindFailure, a_schedule_that_no_longer_fits_still_is_one) {
  const std::vector<Pick> picks{{Pick::Kind::task, 7, 1}, {Pick::Kind::task, 1, 1}};
  EXPECT_EQ(replay({}, picks, lost_update), std::nullopt);
}

TEST(FindFailure, an_exception_on_a_tasklet_and_a_deadlock_are_failures) {
  const auto raised = find_failure({}, 1, [](World& world) {
    world.spawn("t", [] { throw 7; });
    world.finish();
  });
  ASSERT_TRUE(raised.has_value());
  EXPECT_EQ(raised->what, "an exception that is not a std::exception");

  const auto stuck = find_failure({}, 1, [](World& world) {
    auto& c = world.channel<int>("c");
    world.spawn("t", [&] { c.receive(); });
    world.finish();
  });
  ASSERT_TRUE(stuck.has_value());
  EXPECT_THAT(stuck->what, testing::HasSubstr("t waits to receive on c"));
}

TEST(FindFailure, a_world_that_is_replayed_has_the_same_digest_under_every_policy) {
  const auto busy = [](World& world) {
    auto& c = world.channel<int>("c");
    for (int i = 0; i < 3; ++i) {
      world.spawn("s", [&, i] {
        for (int k = 0; k < 4; ++k) {
          c.send(k);
          world.sleep(static_cast<std::uint64_t>(i));
        }
      });
      world.spawn("r", [&] {
        for (int k = 0; k < 4; ++k) {
          c.receive();
          world.schedule();
        }
      });
    }
    world.finish();
    throw std::runtime_error(world.digest().hex());
  };
  for (const PolicyRow& row : policies()) {
    const auto first = find_failure({.policy = row.name}, 1, busy);
    const auto again = replay({}, first->picks, busy);
    EXPECT_EQ(first->what, again->what) << row.name;
  }
}

TEST(ScheduleText, is_read_back_and_refuses_what_it_is_not) {
  const std::vector<Pick> picks{
      {Pick::Kind::task, 0, 1}, {Pick::Kind::task, 12, 3}, {Pick::Kind::action, 4, 1}};
  EXPECT_EQ(schedule_text(picks), "0 12*3 a4");
  EXPECT_EQ(schedule_from("0 12*3 a4"), picks);
  EXPECT_EQ(schedule_from("  "), std::vector<Pick>());
  for (const char* wrong : {"x", "1*", "1*0", "1,2", "a", "-1", "99999999999", "1 *2"}) {
    EXPECT_EQ(schedule_from(wrong), std::nullopt) << wrong;
  }
}

}  // namespace
}  // namespace midstride::sim
