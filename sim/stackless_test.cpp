// The rules that need main, nested runs, callbacks or single tasklets moved about, one test each,
// by their names in docs/stackless.md. The others are in scheduler_test.cpp and tasklet_test.cpp.
#include <gtest/gtest.h>

#include <memory>
#include <utility>
#include <vector>

#include "sim/policies.hpp"
#include "sim/stage_test.hpp"

namespace midstride::sim {
namespace {

// ---- Channels

TEST(StacklessRules, C2_the_channel_callback_comes_before_the_state_changes) {
  Stage stage;
  auto& c = stage.world.channel<int>("c");
  stage.world.set_channel_callback([&](AnyChannel& channel, TaskId who, bool sending, bool waits) {
    stage.say(stage.world.scheduler().name(who).data() +
              std::string(sending ? " sends" : " receives") + (waits ? " and waits, " : ", ") +
              std::to_string(channel.balance()));
  });
  stage.world.main([&] {
    stage.receiver("r", c);
    stage.sender("s", c, 1);
    stage.world.run();
  });
  EXPECT_EQ(stage.log, "r receives and waits, 0|s sends, -1|r got 1|r goes on|s goes on");
}

TEST(StacklessRules, C2_a_channel_action_inside_the_callback_is_an_error) {
  Stage stage;
  auto& c = stage.world.channel<int>("c");
  stage.world.set_channel_callback([&](AnyChannel&, TaskId, bool, bool) { c.send(1); });
  stage.world.main([&] { stage.attempt("main", [&] { c.receive(); }); });
  EXPECT_EQ(stage.log, "main: Recursive scheduler call due to callbacks!");
  EXPECT_EQ(c.balance(), 0);
}

TEST(StacklessRules, C4_a_tasklet_with_a_block_trap_does_not_like_to_be_blocked) {
  Stage stage;
  auto& c = stage.world.channel<int>("c");
  stage.world.main([&] {
    stage.world.set_block_trap(stage.world.getcurrent(), true);
    stage.attempt("main", [&] { c.send(1); });
    stage.attempt("main", [&] { c.receive(); });
    EXPECT_EQ(c.balance(), 0);
    stage.world.set_block_trap(stage.world.getcurrent(), false);
    stage.receiver("r", c);
    c.send(2);
  });
  EXPECT_EQ(stage.log,
            "main: this tasklet does not like to be blocked.|"
            "main: this tasklet does not like to be blocked.|r got 2|r goes on");
}

TEST(StacklessRules, C5_send_exception_raises_in_the_one_who_receives_it) {
  Stage stage;
  auto& c = stage.world.channel<int>("c");
  stage.world.main([&] {
    stage.receiver("r", c);
    stage.world.schedule();
    c.send_exception(error("bad news"));
  });
  EXPECT_EQ(stage.log, "r: bad news");
}

TEST(StacklessRules, C6_an_action_whose_callback_raises_has_changed_nothing) {
  for (const bool partner : {false, true}) {
    Stage stage;
    auto& c = stage.world.channel<int>("c");
    if (partner) stage.receiver("r", c);
    stage.world.main([&] {
      stage.world.schedule();
      const std::int32_t before = c.balance();
      stage.world.set_channel_callback(
          [](AnyChannel&, TaskId, bool, bool) { throw std::runtime_error("not now"); });
      stage.attempt("main", [&] { c.send(1); });
      EXPECT_EQ(c.balance(), before);
      EXPECT_EQ(c.queue().size(), partner ? 1U : 0U);
      stage.world.set_channel_callback(nullptr);
      if (partner) c.send(2);
    });
    EXPECT_EQ(stage.log, partner ? "main: not now|r got 2|r goes on" : "main: not now");
  }
}

// What a schedule callback raises at the first switch from `who`, once.
World::ScheduleCallback refuses_once(Stage& stage, const char* who, const char* words) {
  return [&stage, who, words, refused = false](TaskId previous, TaskId) mutable {
    if (refused || stage.world.scheduler().name(previous) != who) return;
    refused = true;
    throw std::runtime_error(words);
  };
}

TEST(StacklessRules, C6_a_send_whose_switch_fails_has_changed_nothing) {
  for (const bool partner : {false, true}) {
    Stage stage;
    auto& c = stage.world.channel<int>("c");
    stage.world.main([&] {
      if (partner) stage.receiver("r", c);
      stage.bystander("b");
      stage.world.schedule();
      const std::int32_t before = c.balance();
      stage.world.set_schedule_callback(refuses_once(stage, "main", "not now"));
      stage.bystander("d");
      stage.attempt("main", [&] { c.send(1); });
      EXPECT_EQ(c.balance(), before);
      EXPECT_EQ(c.queue().size(), partner ? 1U : 0U);
      EXPECT_EQ(stage.world.getruncount(), 3U);
      stage.world.set_schedule_callback(nullptr);
      if (partner) c.send(2);
    });
    EXPECT_EQ(stage.log, partner ? "b|main: not now|r got 2|r goes on|d" : "b|main: not now");
  }
}

TEST(StacklessRules, C6_a_receive_whose_switch_fails_leaves_the_sender_and_its_value_in_the_queue) {
  Stage stage;
  auto& c = stage.world.channel<int>("c", 1);  // prefers the sender
  stage.world.main([&] {
    stage.sender("s1", c, 1);
    stage.sender("s2", c, 2);
    stage.world.schedule();
    stage.world.set_schedule_callback(refuses_once(stage, "main", "not now"));
    stage.attempt("main", [&] { c.receive(); });
    EXPECT_EQ(c.balance(), 2);
    stage.say(std::to_string(c.receive()));
    stage.say(std::to_string(c.receive()));
  });
  EXPECT_EQ(stage.log, "main: not now|s1 goes on|1|s2 goes on|2");
}

TEST(StacklessRules, C6_a_kill_whose_switch_fails_leaves_the_victim_at_its_place_in_the_queue) {
  Stage stage;
  auto& c = stage.world.channel<int>("c");
  stage.world.main([&] {
    const TaskId victim = stage.receiver("victim", c);
    stage.receiver("r", c);
    stage.world.schedule();
    stage.world.set_schedule_callback(refuses_once(stage, "main", "not now"));
    stage.attempt("main", [&] { stage.world.kill(victim); });
    EXPECT_EQ(c.queue().front(), victim);
    EXPECT_EQ(c.balance(), -2);
    c.send(1);
    c.send(2);
  });
  EXPECT_EQ(stage.log, "main: not now|victim got 1|victim goes on|r got 2|r goes on");
}

TEST(StacklessRules, C6_whatever_switches_is_undone) {
  using Switch = std::function<void(World&, TaskId paused)>;
  const std::pair<const char*, Switch> switches[] = {
      {"schedule", [](World& world, TaskId) { world.schedule(); }},
      {"schedule_remove", [](World& world, TaskId) { world.schedule_remove(); }},
      {"a nested run", [](World& world, TaskId) { world.run(); }},
      {"run", [](World& world, TaskId paused) { world.run(paused); }},
      {"switch", [](World& world, TaskId paused) { world.switch_to(paused); }},
      {"kill", [](World& world, TaskId paused) { world.kill(paused); }},
      {"throw", [](World& world, TaskId paused) { world.raise_exception(paused, error("boo")); }},
      {"sleep", [](World& world, TaskId) { world.sleep(5); }}};
  for (const auto& [name, call] : switches) {
    SCOPED_TRACE(name);
    Stage stage;
    stage.world.main([&] {
      const TaskId paused = stage.tasklet("p", [&] {
        stage.world.schedule_remove();
        stage.say("p");
      });
      stage.world.schedule();
      stage.bystander("b");
      stage.world.set_schedule_callback(refuses_once(stage, "main", "not now"));
      stage.attempt("main", [&] { call(stage.world, paused); });
      EXPECT_TRUE(stage.world.paused(paused));
      EXPECT_EQ(stage.world.getruncount(), 2U);
      EXPECT_EQ(stage.world.now(), 0U);
      stage.world.run();
      stage.world.run(paused);
    });
    EXPECT_EQ(stage.log, "main: not now|b|p");
  }
}

TEST(StacklessRules, C6_the_wake_up_that_a_failed_switch_was_for_is_undone_too) {
  Stage stage;
  auto& c = stage.world.channel<int>("c");
  stage.world.main([&] {
    stage.tasklet("t", [&] {
      stage.attempt("t", [&] { c.receive(); });  // the last: would wake main
      EXPECT_EQ(c.balance(), 0);
    });
    stage.world.set_schedule_callback(refuses_once(stage, "t", "not now"));
    stage.world.run();
    stage.say("main");
  });
  EXPECT_EQ(stage.log, "t: not now|main");
}

TEST(StacklessRules, C6_a_failed_switch_from_one_that_is_over_is_raised_as_S9_says) {
  for (const bool waits : {false, true}) {
    Stage stage;
    auto& c = stage.world.channel<int>("c");
    stage.world.main([&] {
      stage.tasklet("t", [] {});
      stage.bystander("b");
      stage.world.set_schedule_callback(refuses_once(stage, "t", "not now"));
      stage.attempt("main",
                    [&] { waits ? static_cast<void>(c.receive()) : stage.world.schedule(); });
      EXPECT_EQ(c.balance(), 0);
      stage.world.run();
    });
    EXPECT_EQ(stage.log, "main: not now|b");
  }
}

TEST(StacklessRules, C6_a_failed_switch_that_no_tasklet_made_is_raised_outside) {
  Stage stage;
  stage.tasklet("a", [] {});
  stage.tasklet("b", [] {});
  stage.world.set_schedule_callback(refuses_once(stage, "a", "not now"));
  stage.attempt("outside", [&] { stage.world.run(); });
  EXPECT_EQ(stage.world.getruncount(), 1U);
  stage.attempt("outside", [&] { stage.world.run(); });
  EXPECT_EQ(stage.log, "outside: not now|outside goes on");
}

TEST(StacklessRules, C6_is_kept_under_every_policy) {
  for (const PolicyRow& row : policies()) {
    for (const std::uint64_t seed : {1U, 2U, 3U, 4U}) {
      World world({.policy = row.name, .seed = seed});
      auto& c = world.channel<int>("c");
      int failed = 0;
      int sum = 0;
      const auto stubbornly = [&](const auto& call) {
        for (;;) try {
            return call();
          } catch (const std::runtime_error&) {
            ++failed;
          }
      };
      for (const int value : {1, 2, 4}) {
        world.spawn("s", [&, value] { stubbornly([&] { c.send(value); }); });
        world.spawn("r", [&] { stubbornly([&] { sum += c.receive(); }); });
      }
      int switches = 0;
      world.set_schedule_callback([&](TaskId previous, TaskId) {
        if (world.alive(previous) && ++switches % 3 == 0) throw std::runtime_error("not now");
      });
      world.finish();
      EXPECT_EQ(sum, 7) << row.name;
      EXPECT_GT(failed, 0) << row.name;
    }
  }
}

TEST(StacklessRules, a_channel_destroyed_with_waiters_kills_them_in_the_order_of_the_queue) {
  for (const bool sends : {false, true}) {
    Stage stage;
    auto& c = stage.world.channel<int>("c");
    stage.world.main([&] {
      for (const char* name : {"w1", "w2"})
        sends ? stage.sender(name, c, 1) : stage.receiver(name, c);
      stage.world.run();
      stage.world.destroy(c);
      stage.say("main");
      EXPECT_EQ(c.balance(), 0);
      EXPECT_TRUE(c.closed());
      stage.bystander("b");
      stage.world.run();
    });
    EXPECT_EQ(stage.log, "main|w1: TaskletExit|w2: TaskletExit|b");
  }
}

TEST(StacklessRules, a_channel_destroyed_is_closed_for_good) {
  Stage stage;
  auto& c = stage.world.channel<int>("c");
  stage.world.main([&] {
    stage.world.destroy(c);
    stage.attempt("send", [&] { c.send(1); });
    stage.attempt("receive", [&] { c.receive(); });
    stage.attempt("open", [&] { c.open(); });
    for (const int value : c) stage.say(std::to_string(value));
    stage.world.destroy(c);
  });
  EXPECT_EQ(stage.log,
            "send: Send/receive operation on a closed channel|"
            "receive: Send/receive operation on a closed channel|"
            "open: Send/receive operation on a closed channel");
}

TEST(StacklessRules, a_channel_destroyed_with_waiters_destroys_their_values_and_can_be_outlived) {
  Stage stage;
  auto& c = stage.world.channel<std::shared_ptr<int>>("c");
  auto& d = stage.world.channel<int>("d");
  const auto value = std::make_shared<int>(1);
  stage.world.main([&] {
    stage.tasklet("w", [&] {
      stage.attempt("w", [&] { c.send(value); });
      stage.say(std::to_string(d.receive()));
    });
    stage.world.run();
    EXPECT_EQ(value.use_count(), 2);
    stage.world.destroy(c);
    d.send(7);
    EXPECT_EQ(value.use_count(), 1);
  });
  EXPECT_EQ(stage.log, "w: TaskletExit|7");
}

TEST(StacklessRules,
     a_channel_destroyed_with_its_world_unwinds_its_waiters_first_and_destroys_their_values) {
  std::string log;
  const auto value = std::make_shared<int>(1);
  {
    World world({.policy = "stackless"});
    auto& c = world.channel<std::shared_ptr<int>>("c");
    world.main([&] {
      world.spawn("s", [&] {
        try {
          c.send(value);
        } catch (const Abandoned&) {
          log += "unwound at balance " + std::to_string(c.balance());
          throw;
        }
      });
      world.schedule();
    });
    EXPECT_EQ(value.use_count(), 2);
  }
  EXPECT_EQ(log, "unwound at balance 1");
  EXPECT_EQ(value.use_count(), 1);
}

// ---- Nobody left to run

TEST(StacklessRules, D1_the_innermost_watchdog_is_woken_and_else_main) {
  Stage stage;
  stage.world.main([&] {
    stage.tasklet("w", [&] {
      stage.world.run();
      stage.say("w");
    });
    stage.bystander("b");
    stage.world.schedule_remove();
    stage.say("main");
  });
  EXPECT_EQ(stage.log, "b|w|main");
}

TEST(StacklessRules, D2_run_returns_when_the_last_runnable_blocks_and_the_others_stay_blocked) {
  Stage stage;
  auto& c = stage.world.channel<int>("c");
  stage.world.main([&] {
    stage.receiver("r", c);
    const Outcome outcome = stage.world.run();
    stage.say("main: " + outcome.waiting);
    EXPECT_EQ(c.balance(), -1);
    c.send(1);
  });
  EXPECT_EQ(stage.log, "main: r waits to receive on c|r got 1|r goes on");
}

TEST(StacklessRules, D3_a_deadlock_is_raised_in_the_one_who_tried_and_everything_is_undone) {
  Stage stage;
  auto& c = stage.world.channel<int>("c");
  auto& d = stage.world.channel<int>("d");
  stage.world.main([&] {
    stage.tasklet("t", [&] {
      stage.attempt("t", [&] { d.send(1); });
      EXPECT_EQ(d.balance(), 0);
      EXPECT_TRUE(d.queue().empty());
      EXPECT_EQ(stage.world.getruncount(), 1U);
      c.send(2);
    });
    stage.say("main got " + std::to_string(c.receive()));
    stage.attempt("main", [&] { c.receive(); });
    EXPECT_EQ(c.balance(), 0);
  });
  EXPECT_EQ(stage.log,
            "t: Deadlock: the last runnable tasklet cannot be blocked.|main got 2|"
            "main: the main tasklet is receiving without a sender available.");
}

TEST(StacklessRules, D3_main_alone_cannot_wait_on_a_channel) {
  Stage stage;
  auto& c = stage.world.channel<int>("c");
  stage.world.main([&] {
    stage.attempt("main", [&] { c.receive(); });
    stage.attempt("main", [&] { c.send(1); });
    EXPECT_EQ(c.balance(), 0);
  });
  EXPECT_EQ(stage.log,
            "main: Deadlock: the last runnable tasklet cannot be blocked.|"
            "main: Deadlock: the last runnable tasklet cannot be blocked.");
}

TEST(StacklessRules, D4_main_blocked_is_unqueued_with_an_error_when_the_last_other_tasklet_ends) {
  for (const bool sends : {false, true}) {
    Stage stage;
    auto& c = stage.world.channel<int>("c");
    stage.world.main([&] {
      stage.bystander("b");
      stage.attempt("main", [&] { sends ? c.send(1) : static_cast<void>(c.receive()); });
      EXPECT_EQ(c.balance(), 0);
    });
    EXPECT_EQ(stage.log, sends
                             ? "b|main: the main tasklet is sending without a receiver available."
                             : "b|main: the main tasklet is receiving without a sender available.");
  }
}

TEST(StacklessRules, D4_under_another_policy_a_deadlock_is_the_outcome) {
  World world({.policy = "round-robin"});
  auto& c = world.channel<int>("c");
  const Outcome outcome = world.main([&] { c.receive(); });
  EXPECT_EQ(outcome.kind, Ending::Kind::deadlock);
  EXPECT_EQ(outcome.waiting, "main waits to receive on c");
}

TEST(StacklessRules, D5_schedule_remove_on_main_returns_when_the_others_are_done) {
  Stage stage;
  auto& c = stage.world.channel<int>("c");
  stage.world.main([&] {
    stage.bystander("b", 2);
    stage.receiver("r", c);
    stage.world.schedule_remove();
    stage.say("main");
    EXPECT_EQ(c.balance(), -1);
  });
  EXPECT_EQ(stage.log, "b|b|main");
}

// ---- The ring

TEST(StacklessRules, S1_schedule_remove_leaves_the_ring_until_somebody_inserts) {
  Stage stage;
  stage.world.main([&] {
    const TaskId t = stage.tasklet("t", [&] {
      stage.say("t");
      stage.world.schedule_remove();
      stage.say("t again");
    });
    stage.world.run();
    EXPECT_TRUE(stage.world.paused(t));
    stage.say("main");
    stage.world.insert(t);
    stage.world.run();
  });
  EXPECT_EQ(stage.log, "t|main|t again");
}

TEST(StacklessRules, S3_insert_of_a_blocked_or_dead_tasklet_is_an_error) {
  Stage stage;
  auto& c = stage.world.channel<int>("c");
  stage.world.main([&] {
    const TaskId blocked = stage.receiver("r", c);
    const TaskId dead = stage.tasklet("d", [] {});
    stage.world.run();
    stage.attempt("main", [&] { stage.world.insert(blocked); });
    stage.attempt("main", [&] { stage.world.insert(dead); });
  });
  EXPECT_EQ(stage.log,
            "main: You cannot run a blocked tasklet|main: You cannot run an unbound(dead) tasklet");
}

TEST(StacklessRules, S3_insert_of_one_that_is_in_the_ring_does_nothing) {
  Stage stage;
  stage.world.main([&] {
    const TaskId a = stage.bystander("a", 2);
    stage.bystander("b", 2);
    stage.world.insert(a);
    stage.world.insert(stage.world.getcurrent());
    EXPECT_EQ(stage.world.getruncount(), 3U);
    stage.world.run();
  });
  EXPECT_EQ(stage.log, "a|b|a|b");
}

TEST(StacklessRules, S4_remove_of_a_blocked_tasklet_or_the_current_one_is_an_error) {
  Stage stage;
  auto& c = stage.world.channel<int>("c");
  stage.world.main([&] {
    const TaskId blocked = stage.receiver("r", c);
    stage.world.run();
    stage.attempt("main", [&] { stage.world.remove(blocked); });
    stage.attempt("main", [&] { stage.world.remove(stage.world.getcurrent()); });
  });
  EXPECT_EQ(stage.log,
            "main: You cannot remove a blocked tasklet.|"
            "main: The current tasklet cannot be removed.");
}

TEST(StacklessRules, S4_remove_takes_out_of_the_ring_and_of_one_that_is_not_in_it_does_nothing) {
  Stage stage;
  stage.world.main([&] {
    const TaskId a = stage.bystander("a");
    stage.bystander("b");
    stage.world.remove(a);
    stage.world.remove(a);
    stage.world.run();
    stage.world.insert(a);
    stage.world.run();
    stage.world.remove(a);
  });
  EXPECT_EQ(stage.log, "b|a");
}

TEST(StacklessRules, S5_run_makes_it_current_and_the_ring_order_is_kept_from_there) {
  Stage stage;
  stage.world.main([&] {
    stage.bystander("a");
    const TaskId b = stage.bystander("b", 2);
    stage.bystander("c");
    stage.world.run(b);
    stage.say("main");
    stage.world.run();
  });
  EXPECT_EQ(stage.log, "b|c|main|a|b");
}

TEST(StacklessRules, S5_run_inserts_one_that_was_removed_at_the_end_and_refuses_as_insert_does) {
  Stage stage;
  auto& c = stage.world.channel<int>("c");
  stage.world.main([&] {
    const TaskId a = stage.bystander("a");
    stage.bystander("b");
    const TaskId blocked = stage.receiver("r", c);
    stage.world.remove(a);
    stage.world.run(a);  // at the end, just before main: so main follows
    stage.say("main");
    stage.world.run();
    stage.attempt("main", [&] { stage.world.run(blocked); });
    stage.attempt("main", [&] { stage.world.run(a); });
  });
  EXPECT_EQ(stage.log,
            "a|main|b|main: You cannot run a blocked tasklet|"
            "main: You cannot run an unbound(dead) tasklet");
}

TEST(StacklessRules, S6_switch_does_the_same_and_the_caller_leaves_the_ring) {
  Stage stage;
  stage.world.main([&] {
    stage.bystander("a");
    const TaskId b = stage.bystander("b");
    stage.world.switch_to(b);
    stage.say("main");
  });
  EXPECT_EQ(stage.log, "b|a|main");  // woken as D5 says, when the others are done
}

TEST(StacklessRules, S6_switch_refuses_as_insert_does_and_the_caller_stays) {
  Stage stage;
  auto& c = stage.world.channel<int>("c");
  stage.world.main([&] {
    const TaskId blocked = stage.receiver("r", c);
    const TaskId dead = stage.tasklet("d", [] {});
    stage.world.run();
    stage.attempt("main", [&] { stage.world.switch_to(blocked); });
    stage.attempt("main", [&] { stage.world.switch_to(dead); });
    EXPECT_EQ(stage.world.getruncount(), 1U);
  });
  EXPECT_EQ(stage.log,
            "main: You cannot run a blocked tasklet|main: You cannot run an unbound(dead) tasklet");
}

TEST(StacklessRules, S8_of_nested_runs_the_innermost_returns_first) {
  Stage stage;
  std::function<void(int)> nested = [&](int depth) {
    stage.say("in" + std::to_string(depth));
    if (depth > 0) stage.tasklet("t", [&, depth] { nested(depth - 1); });
    stage.world.run();
    stage.say("out" + std::to_string(depth));
  };
  stage.world.main([&] { nested(2); });
  EXPECT_EQ(stage.log, "in2|in1|in0|out0|out1|out2");
}

TEST(StacklessRules, S8_an_outer_run_that_is_resumed_early_lets_the_inner_ones_go) {
  Stage stage;
  stage.world.main([&] {
    const TaskId outer = stage.tasklet("outer", [&] {
      stage.world.run();
      stage.say("outer");
    });
    stage.tasklet("inner", [&] {
      stage.world.run();
      stage.say("inner");
    });
    stage.tasklet("t", [&] {
      stage.world.insert(outer);
      stage.say("t");
    });
    stage.world.run();
    stage.say("main");
  });
  EXPECT_EQ(stage.log, "t|outer|inner|main");
}

TEST(StacklessRules, S9_an_uncaught_exception_is_raised_in_main_at_once_and_the_others_stay) {
  Stage stage;
  stage.world.main([&] {
    stage.bystander("a");
    stage.tasklet("b", [&] { throw std::runtime_error("b failed"); });
    stage.bystander("c");
    stage.attempt("main", [&] { stage.world.run(); });
    stage.world.run();
  });
  EXPECT_EQ(stage.log, "a|main: b failed|c");
}

TEST(StacklessRules, S9_it_is_raised_in_the_innermost_watchdog) {
  Stage stage;
  stage.world.main([&] {
    stage.tasklet("w", [&] { stage.attempt("w", [&] { stage.world.run(); }); });
    stage.tasklet("b", [&] { throw std::runtime_error("b failed"); });
    stage.world.run();
    stage.say("main");
  });
  EXPECT_EQ(stage.log, "w: b failed|main");
}

TEST(StacklessRules, S9_main_leaves_the_channel_on_which_it_waits) {
  Stage stage;
  auto& c = stage.world.channel<int>("c");
  stage.world.main([&] {
    stage.tasklet("b", [&] { throw std::runtime_error("b failed"); });
    stage.bystander("a");
    stage.attempt("main", [&] { c.receive(); });
    EXPECT_EQ(c.balance(), 0);
    stage.world.run();
  });
  EXPECT_EQ(stage.log, "main: b failed|a");
}

TEST(StacklessRules, S9_what_leaves_main_is_raised_outside) {
  Stage stage;
  EXPECT_THROW(stage.world.main([] { throw std::runtime_error("main failed"); }),
               std::runtime_error);
}

TEST(StacklessRules, S9_when_main_is_over_it_is_raised_outside_and_the_others_stay) {
  Stage stage;
  stage.tasklet("t", [&] {
    stage.world.schedule();
    throw std::runtime_error("t failed");
  });
  stage.bystander("a", 2);
  stage.world.main([&] { stage.world.schedule(); });
  EXPECT_THROW(stage.world.run(), std::runtime_error);
  EXPECT_EQ(stage.world.run().kind, Ending::Kind::finished);
  EXPECT_EQ(stage.log, "a|a");
}

// Under a policy that lets somebody else go on before main has heard of the first.
TEST(StacklessRules, S9_of_two_exceptions_at_once_none_is_lost) {
  for (std::uint64_t seed = 1; seed <= 100; ++seed) {
    World world({.policy = "random", .seed = seed});
    int heard = 0;
    const auto listen = [&](const auto& call) {
      try {
        call();
      } catch (const std::runtime_error&) {
        ++heard;
      }
    };
    for (const char* name : {"a", "b", "c"})
      world.spawn(name, [] { throw std::runtime_error("failed"); });
    listen([&] {
      world.main([&] {
        for (int i = 0; i < 6; ++i) listen([&] { world.schedule(); });
      });
    });
    for (int i = 0; i < 3; ++i) listen([&] { world.run(); });
    EXPECT_EQ(heard, 3) << "seed " << seed;
  }
}

TEST(StacklessRules, S10_the_schedule_callback_sees_every_switch_between_two_different_tasklets) {
  Stage stage;
  const auto name = [&](TaskId task) { return std::string(stage.world.scheduler().name(task)); };
  stage.world.set_schedule_callback(
      [&](TaskId previous, TaskId next) { stage.say(name(previous) + ">" + name(next)); });
  stage.world.main([&] {
    stage.bystander("a", 2);
    stage.bystander("b");
    stage.world.run();
  });
  EXPECT_EQ(stage.log, "main>a|a|a>b|b|b>a|a|a>b|b>a|a>main");
}

TEST(StacklessRules, S10_a_switch_inside_the_callback_is_an_error) {
  Stage stage;
  stage.world.set_schedule_callback(
      [&](TaskId, TaskId) { stage.attempt("callback", [&] { stage.world.schedule(); }); });
  stage.world.main([&] {
    stage.tasklet("a", [] {});
    stage.world.schedule();
  });
  EXPECT_EQ(stage.log,
            "callback: Recursive scheduler call due to callbacks!|"
            "callback: Recursive scheduler call due to callbacks!");
}

TEST(World, run_and_main_inside_a_callback_are_errors) {
  Stage stage;
  const auto both = [&] {
    stage.attempt("run", [&] { stage.world.run(); });
    stage.attempt("main", [&] { stage.world.main([&] { stage.say("not reached"); }); });
  };
  bool first = true;
  stage.world.set_schedule_callback([&](TaskId, TaskId) {
    if (std::exchange(first, false)) both();
  });
  stage.bystander("a");
  stage.world.main([&] { stage.world.schedule(); });
  EXPECT_EQ(stage.log,
            "run: Recursive scheduler call due to callbacks!|"
            "main: Recursive scheduler call due to callbacks!|a");
}

TEST(World, a_callback_may_take_itself_away) {
  Stage stage;
  auto& c = stage.world.channel<int>("c");
  const std::string words(100, 'x');  // which the callback owns a copy of
  stage.world.set_channel_callback([&stage, words](AnyChannel&, TaskId, bool, bool) {
    stage.world.set_channel_callback(nullptr);
    stage.say(words);
  });
  stage.world.set_schedule_callback([&stage, words](TaskId, TaskId) {
    stage.world.set_schedule_callback(nullptr);
    stage.say(words);
  });
  stage.world.main([&] {
    stage.receiver("r", c);
    stage.world.schedule();
    c.send(1);
  });
  EXPECT_EQ(stage.log, words + "|" + words + "|r got 1|r goes on");
}

// ---- Kill and throw

TEST(StacklessRules, K1_kill_on_main_by_itself_raises_in_place) {
  Stage stage;
  stage.world.main(
      [&] { stage.attempt("main", [&] { stage.world.kill(stage.world.getmain()); }); });
  EXPECT_EQ(stage.log, "main: TaskletExit");
}

TEST(StacklessRules, K2_a_thrown_exception_takes_a_blocked_victim_off_its_channel_and_runs_it_now) {
  Stage stage;
  auto& c = stage.world.channel<int>("c");
  stage.world.main([&] {
    const TaskId victim = stage.receiver("victim", c);
    stage.bystander("b");
    stage.world.schedule();
    stage.world.raise_exception(victim, error("boo"));
    stage.say("main");
    EXPECT_EQ(c.balance(), 0);
  });
  EXPECT_EQ(stage.log, "b|victim: boo|main");
}

TEST(StacklessRules, K2_a_victim_that_was_removed_or_watches_joins_the_end_and_runs_now) {
  Stage stage;
  stage.world.main([&] {
    const TaskId removed = stage.tasklet(
        "removed", [&] { stage.attempt("removed", [&] { stage.world.schedule_remove(); }); });
    const TaskId watches =
        stage.tasklet("watches", [&] { stage.attempt("watches", [&] { stage.world.run(); }); });
    stage.bystander("b", 2);
    stage.world.schedule();
    stage.world.kill(removed);
    stage.say("main");
    stage.world.kill(watches);
    stage.say("main");
  });
  EXPECT_EQ(stage.log, "b|removed: TaskletExit|main|watches: TaskletExit|main");
}

TEST(StacklessRules,
     K2_a_sender_that_was_served_and_removed_before_the_kill_has_sent_its_value_once) {
  Stage stage;
  auto& c = stage.world.channel<int>("c");
  stage.world.main([&] {
    const TaskId served = stage.sender("served", c, 1);
    stage.world.schedule();
    stage.say(std::to_string(c.receive()));
    stage.world.remove(served);
    stage.world.kill(served);
    stage.sender("a", c, 2);
    stage.sender("b", c, 3);
    stage.world.schedule();
    stage.say(std::to_string(c.receive()));
    stage.say(std::to_string(c.receive()));
  });
  EXPECT_EQ(stage.log, "1|served: TaskletExit|2|3");
}

TEST(StacklessRules, K3_pending_joins_the_end_and_is_raised_when_its_turn_comes) {
  for (const bool kill : {false, true}) {
    Stage stage;
    auto& c = stage.world.channel<int>("c");
    stage.world.main([&] {
      const TaskId victim = stage.receiver("victim", c);
      stage.world.schedule();
      stage.bystander("b");
      if (kill) {
        stage.world.kill(victim, When::pending);
      } else {
        stage.world.raise_exception(victim, error("boo"), When::pending);
      }
      stage.say("main");
      EXPECT_EQ(c.balance(), 0);
      stage.bystander("d");
      stage.world.run();
    });
    EXPECT_EQ(stage.log, kill ? "main|b|victim: TaskletExit|d" : "main|b|victim: boo|d");
  }
}

TEST(StacklessRules, K3_pending_for_one_that_is_runnable_keeps_its_place) {
  Stage stage;
  stage.world.main([&] {
    const TaskId victim =
        stage.tasklet("victim", [&] { stage.attempt("victim", [&] { stage.world.schedule(); }); });
    stage.bystander("b");
    stage.world.schedule();
    stage.world.kill(victim, When::pending);
    stage.world.run();
  });
  EXPECT_EQ(stage.log, "b|victim: TaskletExit");
}

TEST(StacklessRules, K3_a_tasklet_that_has_not_begun_begins_with_what_was_thrown) {
  Stage stage;
  stage.world.main([&] {
    const TaskId victim = stage.bystander("never");
    stage.world.raise_exception(victim, error("boo"), When::pending);
    stage.attempt("main", [&] { stage.world.run(); });
    EXPECT_FALSE(stage.world.alive(victim));
  });
  EXPECT_EQ(stage.log, "main: boo");
}

TEST(StacklessRules, K5_throw_to_a_dead_tasklet_is_an_error_and_TaskletExit_is_not) {
  Stage stage;
  stage.world.main([&] {
    const TaskId dead = stage.tasklet("dead", [] {});
    stage.world.run();
    stage.attempt("main", [&] { stage.world.raise_exception(dead, error("boo")); });
    stage.attempt("main", [&] { stage.world.kill(dead); });
    stage.attempt(
        "main", [&] { stage.world.raise_exception(dead, std::make_exception_ptr(TaskletExit())); });
  });
  EXPECT_EQ(stage.log, "main: You cannot throw to a dead tasklet|main goes on|main goes on");
}

TEST(World, says_of_each_tasklet_whether_it_is_alive_scheduled_paused_or_blocked) {
  Stage stage;
  auto& c = stage.world.channel<int>("c");
  const auto state = [&](TaskId t) {
    return std::string(stage.world.alive(t) ? "alive" : "dead") +
           (stage.world.scheduled(t) ? " scheduled" : "") +
           (stage.world.paused(t) ? " paused" : "") +
           (stage.world.blocked(t) == 0 ? ""
                                        : " blocked " + std::to_string(stage.world.blocked(t)));
  };
  stage.world.main([&] {
    const TaskId r = stage.receiver("r", c);
    const TaskId p = stage.tasklet("p", [&] { stage.world.schedule_remove(); });
    EXPECT_EQ(state(r), "alive scheduled");
    stage.world.run();
    EXPECT_EQ(state(r), "alive scheduled blocked -1");
    EXPECT_EQ(state(p), "alive paused");
    stage.world.kill(p);
    EXPECT_EQ(state(p), "dead");
    EXPECT_EQ(stage.world.getmain(), stage.world.getcurrent());
  });
}

}  // namespace
}  // namespace midstride::sim
