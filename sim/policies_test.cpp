// What each policy does with a view, and that a run of any of them is replayed exactly by what it
// recorded.
#include "sim/policies.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "sim/digest.hpp"
#include "sim/policy_list.hpp"
#include "sim/prng.hpp"

namespace midstride::sim {
namespace {

std::vector<TaskId> ids(std::initializer_list<std::uint32_t> values) {
  std::vector<TaskId> result;
  for (const std::uint32_t value : values) result.push_back(TaskId{value});
  return result;
}

std::string text(const Pick& pick) {
  if (pick.kind == Pick::Kind::stop) return "stop";
  return (pick.kind == Pick::Kind::action ? "a" : "") + std::to_string(pick.id);
}

TEST(Policies, the_table_names_each_once_and_makes_what_it_names) {
  for (const PolicyRow& row : policies()) {
    EXPECT_EQ(make_policy(row.name)->name(), row.name);
    EXPECT_FALSE(row.description.empty());
  }
  EXPECT_EQ(make_policy("no such policy"), nullptr);
}

TEST(PolicyRandom, gives_everybody_who_can_run_the_same_share) {
  const auto policy = make_random();
  policy->begin(1, 100);
  const auto ring = ids({4, 1});
  const auto aside = ids({7});
  std::array<int, 8> seen{};
  for (int i = 0; i < 3000; ++i) ++seen.at(policy->pick({ring, 0, aside, {}, 0}).id);
  for (const std::size_t id : {1U, 4U, 7U}) EXPECT_NEAR(seen[id], 1000, 120);
}

TEST(PolicyRandom, takes_an_action_at_a_turn_drawn_uniformly_over_the_run) {
  const auto policy = make_random();
  const auto ring = ids({0});
  const std::vector<ActionId> actions{ActionId{0}};
  std::array<int, 4> quarters{};
  for (std::uint64_t seed = 0; seed < 2000; ++seed) {
    policy->begin(seed, 399);
    std::uint64_t turn = 0;
    while (policy->pick({ring, 0, {}, actions, turn}).kind == Pick::Kind::task) ++turn;
    ++quarters.at(turn / 100);
  }
  for (const int count : quarters) EXPECT_NEAR(count, 500, 90);
}

TEST(PolicyRandom, takes_actions_in_the_order_in_which_they_are_due_when_nobody_can_run) {
  const auto policy = make_random();
  std::array<int, 2> first{};
  for (std::uint64_t seed = 0; seed < 400; ++seed) {
    policy->begin(seed, 1000);
    const std::vector<ActionId> actions{ActionId{0}, ActionId{1}};
    ++first.at(policy->pick({{}, 0, {}, actions, 0}).id);
  }
  EXPECT_NEAR(first[0], 200, 60);
}

TEST(PolicyRoundRobin, goes_by_id_and_round_again) {
  const auto policy = make_round_robin();
  policy->begin(1, 1);
  const auto ring = ids({5, 2});
  const auto aside = ids({3});
  std::string order;
  for (std::uint64_t i = 0; i < 7; ++i) order += text(policy->pick({ring, 0, aside, {}, i})) + " ";
  EXPECT_EQ(order, "2 3 5 2 3 5 2 ");
}

TEST(PolicyRoundRobin, takes_an_action_every_eight_turns_or_when_nobody_can_run) {
  const auto policy = make_round_robin();
  policy->begin(1, 1);
  const auto ring = ids({0});
  const std::vector<ActionId> actions{ActionId{1}, ActionId{4}};
  std::string order;
  std::uint64_t turn = 0;
  for (int i = 0; i < 18; ++i) {
    const Pick pick = policy->pick({ring, 0, {}, actions, turn});
    order += text(pick) + " ";
    if (pick.kind == Pick::Kind::task) ++turn;
  }
  EXPECT_EQ(order, "0 0 0 0 0 0 0 0 a1 0 0 0 0 0 0 0 0 a1 ");
  EXPECT_EQ(text(policy->pick({{}, 0, {}, actions, turn})), "a1");
}

TEST(PolicyStackless, follows_the_ring_after_the_tasks_aside_and_never_takes_an_action) {
  const auto policy = make_stackless();
  policy->begin(1, 1);
  const auto ring = ids({5, 2});
  const auto aside = ids({3, 1});
  const std::vector<ActionId> actions{ActionId{0}};
  EXPECT_EQ(text(policy->pick({ring, 1, aside, actions, 0})), "3");
  EXPECT_EQ(text(policy->pick({ring, 1, {}, actions, 0})), "2");
  EXPECT_EQ(text(policy->pick({{}, 0, {}, actions, 0})), "stop");
}

TEST(PolicyList, passes_over_what_does_not_apply_and_then_stops_or_delegates) {
  using enum Pick::Kind;
  const std::vector<Pick> picks{{task, 9, 1}, {task, 2, 3}, {action, 0, 1}, {task, 5, 1}};
  const auto ring = ids({5, 2});
  ListPolicy alone(picks);
  alone.begin(1, 1);
  EXPECT_EQ(alone.pick({ring, 1, {}, {}, 0}), (Pick{task, 2, 3}));
  EXPECT_EQ(text(alone.pick({ring, 1, {}, {}, 0})), "5");
  EXPECT_EQ(alone.skipped_count(), 2U);
  EXPECT_EQ(text(alone.pick({ring, 1, {}, {}, 0})), "stop");

  const auto then = make_stackless();
  ListPolicy delegating({}, then.get());
  delegating.begin(1, 1);
  EXPECT_EQ(text(delegating.pick({ring, 1, {}, {}, 0})), "2");
}

// ---- Whole runs

class Digester final : public Observer {
 public:
  void on(const SimEvent& event) override {
    digest.add(static_cast<std::uint64_t>(event.kind) << 32 | event.task.value);
    digest.add(static_cast<std::uint64_t>(event.other.value) << 32 | event.channel.value);
    digest.add(event.word);
  }
  Digest digest;
};

// A run in which everything happens: meetings, yields, sleeps, parking, kills, spawns, aside tasks,
// actions.
class Mixed {
 public:
  void run(Policy& policy, std::uint64_t seed, Granularity granularity) {
    Digester digester;
    scheduler.begin({.granularity = granularity, .turn_budget = 300}, &digester);
    for (int i = 0; i < 2; ++i) {
      scheduler.channel({.name = "c", .preference = static_cast<std::int8_t>(i - 1)});
    }
    for (int i = 0; i < 5; ++i) {
      scheduler.spawn(&Mixed::body, this,
                      {.name = "t", .place = i == 4 ? Place::aside : Place::ring});
    }
    for (int i = 0; i < 3; ++i) scheduler.action(&Mixed::act, this, "a");
    policy.begin(seed, 100);
    digester.digest.add(static_cast<std::uint64_t>(scheduler.run(policy).kind));
    digester.digest.add(scheduler.turns());
    digest = digester.digest;
  }

  Scheduler scheduler;
  Digest digest;

 private:
  static TaskId act(void* self, ActionId action) {
    Scheduler& scheduler = static_cast<Mixed*>(self)->scheduler;
    if (action.value == 1) return TaskId::none();
    return scheduler.spawn(&Mixed::body, self, {.name = "named", .place = Place::aside});
  }

  // What a task does depends on its id and on what it has met only.
  static void body(void* self, TaskId id) {
    Scheduler& scheduler = static_cast<Mixed*>(self)->scheduler;
    Prng prng(id.value + 1);
    for (int op = 0; op < 12; ++op) {
      if (scheduler.turn(prng.below(2) == 0 ? Point::safepoint : Point::op).kind != WakeKind::value)
        return;
      Wake wake;
      const ChannelId channel{prng.below(2)};
      switch (prng.below(9)) {
        case 0:
        case 1: wake = scheduler.send(channel, prng.next()); break;
        case 2:
        case 3: wake = scheduler.receive(channel); break;
        case 4: wake = scheduler.yield(); break;
        case 5: wake = scheduler.sleep(prng.below(3)); break;
        case 6: wake = scheduler.kill(TaskId{prng.below(scheduler.task_count())}); break;
        case 7:
          if (scheduler.task_count() < 12) scheduler.spawn(&Mixed::body, self, {.name = "child"});
          break;
        case 8:
          for (std::uint32_t task = 0; task < scheduler.task_count(); ++task) {
            if (scheduler.state(TaskId{task}) == TaskState::parked) scheduler.wake(TaskId{task}, 1);
          }
          wake = scheduler.park(0);
          break;
      }
      if (wake.kind == WakeKind::exit) return;
    }
  }
};

TEST(Policies, replaying_what_a_run_recorded_gives_the_same_run) {
  Mixed mixed;
  for (const PolicyRow& row : policies()) {
    const auto policy = row.make();
    for (const Granularity granularity :
         {Granularity::ops, Granularity::safepoints, Granularity::yields}) {
      for (std::uint64_t seed = 0; seed < 200; ++seed) {
        mixed.run(*policy, seed, granularity);
        const Digest first = mixed.digest;
        const std::vector<Pick> picks(mixed.scheduler.picks().begin(),
                                      mixed.scheduler.picks().end());
        ListPolicy list(picks);
        mixed.run(list, 0, granularity);
        ASSERT_EQ(mixed.digest, first) << row.name << " seed " << seed;
        ASSERT_EQ(list.skipped_count(), 0U);
        ASSERT_TRUE(std::equal(picks.begin(), picks.end(), mixed.scheduler.picks().begin(),
                               mixed.scheduler.picks().end()));
      }
    }
  }
}

TEST(Policies, a_run_is_the_same_every_time_and_on_every_machine) {
  Digest all;
  Mixed mixed;
  for (const PolicyRow& row : policies()) {
    const auto policy = row.make();
    for (std::uint64_t seed = 0; seed < 100; ++seed) {
      mixed.run(*policy, seed, Granularity::ops);
      all.add(mixed.digest);
    }
  }
  EXPECT_EQ(all.hex(), "94d0a75051009dfbdff272af220dc060");
}

}  // namespace
}  // namespace midstride::sim
