#include "sim/tasklet.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

namespace midstride::sim {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr WorldOptions stackless{.policy = "stackless"};
using Log = std::vector<std::string>;

TEST(World, the_golden_order_of_preference_minus_1_on_typed_channels) {
  World world(stackless);
  Log log;
  auto& c = world.channel<int>("c");
  const auto receiver = [&](const std::string& name) {
    log.push_back(name + " recv?");
    log.push_back(name + " got " + std::to_string(c.receive()));
  };
  world.spawn("R", [&] { receiver("R"); });
  world.spawn("S", [&] {
    for (const int i : {1, 2}) {
      log.push_back("S send " + std::to_string(i));
      c.send(i);
      log.push_back("S sent " + std::to_string(i));
    }
  });
  world.spawn("R2", [&] { receiver("R2"); });
  for (const char* name : {"B0", "B1"}) {
    world.spawn(name, [&, name] {
      for (int i = 0; i < 2; ++i) {
        log.push_back(std::string(name) + " " + std::to_string(i));
        world.schedule();
      }
    });
  }
  world.finish();
  EXPECT_THAT(log, ElementsAre("R recv?", "S send 1", "R got 1", "R2 recv?", "B0 0", "B1 0",
                               "S sent 1", "S send 2", "R2 got 2", "B0 1", "B1 1", "S sent 2"));
}

TEST(World, values_are_moved_through_channels) {
  for (const std::int8_t preference : {std::int8_t{-1}, std::int8_t{0}, std::int8_t{1}}) {
    World world({.preference = preference});
    auto& c = world.channel<std::unique_ptr<std::string>>("c");
    std::string got;
    world.spawn("s", [&] { c.send(std::make_unique<std::string>("a word that is on the heap")); });
    world.spawn("r", [&] { got = *c.receive(); });
    world.finish();
    EXPECT_EQ(got, "a word that is on the heap");
  }
}

TEST(World, C4_a_closed_channel_is_an_error_in_stackless_words) {
  World world(stackless);
  auto& c = world.channel<std::string>("c");
  Log log;
  c.close();
  world.spawn("t", [&] {
    try {
      c.send("lost");
    } catch (const ClosedChannel& error) {
      log.emplace_back(error.what());
    }
    try {
      c.receive();
    } catch (const ClosedChannel& error) {
      log.emplace_back(error.what());
    }
  });
  world.finish();
  EXPECT_THAT(log, ElementsAre("Send/receive operation on a closed channel",
                               "Send/receive operation on a closed channel"));
}

TEST(World, C5_a_value_that_is_an_exception_is_raised_in_the_one_who_receives_it) {
  World world(stackless);
  auto& c = world.channel<int>("c");
  Log log;
  world.spawn("r", [&] {
    try {
      c.receive();
    } catch (const std::runtime_error& error) {
      log.emplace_back(error.what());
    }
  });
  world.spawn("s", [&] {
    c.send_exception(std::make_exception_ptr(std::runtime_error("bad news")));
    log.emplace_back("sent");
  });
  world.finish();
  EXPECT_THAT(log, ElementsAre("bad news", "sent"));
}

TEST(World, C7_iterating_ends_when_the_channel_is_closing_and_nobody_waits_to_send) {
  World world(stackless);
  auto& c = world.channel<int>("c");
  std::vector<int> got;
  for (int i = 1; i <= 3; ++i) world.spawn("s", [&, i] { c.send(i); });
  world.spawn("closer", [&] { c.close(); });
  world.spawn("r", [&] {
    for (const int value : c) got.push_back(value);
  });
  world.finish();
  EXPECT_THAT(got, ElementsAre(1, 2, 3));
  EXPECT_TRUE(c.closed());
}

TEST(World, S9_an_uncaught_exception_ends_its_tasklet_and_is_raised_in_main_and_the_others_stay) {
  World world(stackless);
  Log log;
  world.spawn("a", [&] { log.emplace_back("a"); });
  world.spawn("b", [&] { throw std::runtime_error("b failed"); });
  world.spawn("c", [&] { log.emplace_back("c"); });
  EXPECT_THROW(world.run(), std::runtime_error);
  EXPECT_THAT(log, ElementsAre("a"));
  EXPECT_EQ(world.run().kind, Ending::Kind::finished);
  EXPECT_THAT(log, ElementsAre("a", "c"));
}

TEST(World, K1_TaskletExit_ends_a_tasklet_silently) {
  World world(stackless);
  Log log;
  TaskId self;
  self = world.spawn("t", [&] {
    const std::shared_ptr<void> guard(nullptr, [&](void*) { log.emplace_back("destroyed"); });
    world.kill(self);
    log.emplace_back("never");
  });
  world.finish();
  EXPECT_THAT(log, ElementsAre("destroyed"));
}

TEST(World, K4_a_victim_that_catches_it_may_block_again_even_inside_the_catch_clause) {
  World world(stackless);
  auto& c = world.channel<int>("c");
  Log log;
  const auto victim_of = [&](const std::string& name) {
    return world.spawn(name, [&, name] {
      try {
        c.receive();
      } catch (const TaskletExit&) {
        log.push_back(name + " got " + std::to_string(c.receive()));
        try {
          throw std::runtime_error("inner");
        } catch (const std::runtime_error& inner) {
          log.push_back(name + " handles " + inner.what());
          world.schedule();
          log.push_back(name + " still handles " + inner.what());
        }
      }
      EXPECT_EQ(std::current_exception(), nullptr);
    });
  };
  const TaskId u = victim_of("u");
  const TaskId v = victim_of("v");
  world.spawn("killer", [&] {
    world.kill(u);
    world.kill(v);
    c.send(1);
    c.send(2);
  });
  world.finish();
  EXPECT_THAT(log, ElementsAre("u got 1", "u handles inner", "v got 2", "v handles inner",
                               "u still handles inner", "v still handles inner"));
}

TEST(World, a_std_exception_handler_does_not_swallow_a_kill) {
  World world(stackless);
  auto& c = world.channel<int>("c");
  Log log;
  const TaskId victim = world.spawn("victim", [&] {
    try {
      c.receive();
    } catch (const std::exception&) {
      log.emplace_back("swallowed");
    }
    log.emplace_back("went on");
  });
  world.spawn("killer", [&] { world.kill(victim); });
  world.finish();
  EXPECT_THAT(log, IsEmpty());
}

TEST(World, values_of_those_who_were_killed_are_destroyed) {
  for (const bool served : {false, true}) {
    World world({.policy = "stackless", .preference = 0});
    auto& c = world.channel<std::shared_ptr<int>>("c");
    const auto value = std::make_shared<int>(1);
    TaskId sender, receiver;
    sender = world.spawn("s", [&] { c.send(value); });
    if (served) receiver = world.spawn("r", [&] { c.receive(); });
    world.spawn("killer", [&] {
      world.kill(sender);
      EXPECT_EQ(c.balance(), 0);
    });
    world.run();
    EXPECT_EQ(value.use_count(), 1);
  }
}

TEST(World, a_receiver_killed_with_the_value_on_its_way_drops_it) {
  World world({.policy = "stackless", .preference = 0});
  auto& c = world.channel<std::shared_ptr<int>>("c");
  const auto value = std::make_shared<int>(1);
  const TaskId receiver = world.spawn("r", [&] { c.receive(); });
  world.spawn("s", [&] {
    c.send(value);
    world.kill(receiver);
  });
  world.finish();
  EXPECT_EQ(value.use_count(), 1);
}

struct SendsInDestructor {
  Channel<int>& channel;
  ~SendsInDestructor() { channel.send(1); }
};

TEST(World, what_is_not_over_at_the_end_is_unwound) {
  Log log;
  {
    World world(stackless);
    auto& c = world.channel<int>("c");
    world.spawn("waits", [&] {
      const std::shared_ptr<void> guard(nullptr, [&](void*) { log.emplace_back("destroyed"); });
      c.receive();
    });
    world.spawn("sends in a destructor", [&] {
      auto& other = world.channel<int>("other");
      const SendsInDestructor sends{other};
      other.receive();
    });
    const Outcome outcome = world.run();
    EXPECT_EQ(outcome.kind, Ending::Kind::deadlock);
    EXPECT_EQ(outcome.waiting,
              "waits waits to receive on c, sends in a destructor waits to receive on other");
    EXPECT_THAT(log, IsEmpty());
  }
  EXPECT_THAT(log, ElementsAre("destroyed"));
}

// Asks a channel for its balance when it goes.
struct Asks {
  AnyChannel& channel;
  ~Asks() { EXPECT_EQ(channel.balance(), 0); }
};

TEST(World, what_a_body_holds_goes_with_its_tasklet_and_before_the_channels) {
  World world(stackless);
  auto& c = world.channel<int>("c");
  std::weak_ptr<Asks> over, killed, left;
  const auto spawn = [&](std::weak_ptr<Asks>& held) {
    const auto asks = std::make_shared<Asks>(c);
    held = asks;
    return world.spawn("t", [asks] {});
  };
  world.main([&] {
    spawn(over);
    world.schedule();
    EXPECT_TRUE(over.expired());
    world.kill(spawn(killed));
    EXPECT_TRUE(killed.expired());
  });
  spawn(left);
  EXPECT_FALSE(left.expired());
}

TEST(World, a_nested_run_does_not_take_who_waits_in_another_one_for_blocked) {
  World world(stackless);
  std::vector<Ending::Kind> kinds;
  world.main([&] {
    world.spawn("a", [&] {
      world.spawn("b", [] {});
      kinds.push_back(world.run().kind);
    });
    kinds.push_back(world.run().kind);
  });
  EXPECT_THAT(kinds, ElementsAre(Ending::Kind::finished, Ending::Kind::finished));
}

TEST(World, main_that_uses_up_the_turns_raises) {
  World world({.policy = "stackless", .turn_budget = 10});
  EXPECT_THROW(world.main([&] {
    for (;;) world.schedule();
  }),
               OutOfTurns);
}

TEST(World, has_one_main_at_a_time) {
  World world(stackless);
  world.main([&] { EXPECT_THROW(world.main([] {}), TaskletError); });
  bool ran = false;
  world.main([&] { ran = true; });
  EXPECT_TRUE(ran);
}

TEST(World, a_tasklet_that_it_does_not_have_is_an_error) {
  World world(stackless);
  World other(stackless);
  other.spawn("a", [] {});
  const TaskId stranger = other.spawn("b", [] {});
  world.main([&] {
    for (const TaskId id : {TaskId::none(), stranger}) {
      EXPECT_THROW(world.alive(id), UnknownTasklet);
      EXPECT_THROW(world.blocked(id), UnknownTasklet);
      EXPECT_THROW(world.paused(id), UnknownTasklet);
      EXPECT_THROW(world.set_block_trap(id, true), UnknownTasklet);
      EXPECT_THROW(world.insert(id), UnknownTasklet);
      EXPECT_THROW(world.remove(id), UnknownTasklet);
      EXPECT_THROW(world.run(id), UnknownTasklet);
      EXPECT_THROW(world.switch_to(id), UnknownTasklet);
      EXPECT_THROW(world.kill(id), UnknownTasklet);
      EXPECT_THROW(world.raise_exception(id, std::make_exception_ptr(1)), UnknownTasklet);
    }
  });
  EXPECT_THROW(world.alive(world.getcurrent()), UnknownTasklet);
}

TEST(World, a_null_exception_is_an_error) {
  World world(stackless);
  auto& c = world.channel<int>("c");
  world.main([&] {
    EXPECT_THROW(c.send_exception(nullptr), std::invalid_argument);
    EXPECT_THROW(world.raise_exception(world.getmain(), nullptr), std::invalid_argument);
  });
}

TEST(World, of_a_preference_the_sign_counts) {
  World world(stackless);
  auto& c = world.channel<int>("c", 7);
  EXPECT_EQ(c.preference(), 1);
  c.set_preference(-5);
  EXPECT_EQ(c.preference(), -1);
}

TEST(WorldDeathTest, with_guard_pages_a_stack_that_overflows_is_seen_at_once) {
  const auto overflow = [] {
    World world({.policy = "stackless", .guard_pages = GuardPages::yes});
    std::function<int(int)> deeper = [&](int depth) { return depth + deeper(depth + 1) % 7; };
    world.main([&] { deeper(0); });
  };
  EXPECT_DEATH(overflow(), "");
}

TEST(World, can_end_while_main_handles_an_exception) {
  World outer(stackless);
  Log log;
  try {
    World world(stackless);
    auto& c = world.channel<int>("c");
    world.spawn("t", [&] {
      try {
        c.receive();
      } catch (const Abandoned&) {
        log.emplace_back("abandoned");
        throw;
      }
    });
    world.run();
    throw std::runtime_error("main failed");
  } catch (const std::runtime_error& error) {
    log.emplace_back(error.what());
  }
  EXPECT_THAT(log, ElementsAre("abandoned", "main failed"));
  EXPECT_EQ(std::uncaught_exceptions(), 0);
}

TEST(World, finish_raises_unless_every_tasklet_has_ended) {
  World stuck(stackless);
  auto& c = stuck.channel<int>("jobs");
  stuck.spawn("worker", [&] { c.receive(); });
  try {
    stuck.finish();
    FAIL() << "no deadlock";
  } catch (const Deadlock& deadlock) {
    EXPECT_STREQ(
        deadlock.what(),
        "Deadlock: the last runnable tasklet cannot be blocked: worker waits to receive on jobs");
  }
  World endless({.turn_budget = 100});
  endless.spawn("t", [&] {
    for (;;) endless.schedule();
  });
  EXPECT_THROW(endless.finish(), OutOfTurns);
}

TEST(World, main_can_send_to_who_waits_and_cannot_wait_itself) {
  World world(stackless);
  auto& c = world.channel<int>("c");
  int got = 0;
  world.spawn("r", [&] { got = c.receive(); });
  world.run();
  c.send(5);
  EXPECT_THROW(c.send(6), WouldBlock);
  EXPECT_THROW(c.receive(), WouldBlock);
  EXPECT_THROW(world.schedule(), WouldBlock);
  world.finish();
  EXPECT_EQ(got, 5);
}

TEST(World, sleepers_wake_in_the_order_of_their_time) {
  World world;
  Log log;
  for (const int ticks : {30, 10, 20}) {
    world.spawn("t", [&, ticks] {
      world.sleep(static_cast<std::uint64_t>(ticks));
      log.push_back(std::to_string(world.now()));
    });
  }
  world.finish();
  EXPECT_THAT(log, ElementsAre("10", "20", "30"));
}

TEST(World, an_unknown_policy_is_an_error) {
  EXPECT_THROW(World({.policy = "fair"}), UnknownPolicy);
}

TEST(WorldDeathTest, a_tasklet_that_swallows_Abandoned_for_ever_stops_the_program) {
  EXPECT_DEATH(
      {
        World world(stackless);
        auto& c = world.channel<int>("c");
        world.spawn("t", [&] {
          for (;;) {
            try {
              c.receive();
            } catch (...) {
            }
          }
        });
        world.run();
      },
      "a tasklet lets Abandoned through");
}

}  // namespace
}  // namespace midstride::sim
