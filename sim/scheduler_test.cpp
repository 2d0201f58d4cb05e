// The rules of channels, ring and kill (docs/scheduler.md names them), one test each, on the bare
// scheduler under the policy `stackless`; then what the scheduler adds: turns, tasks aside, sleep,
// parking, actions, endings.
#include "sim/scheduler.hpp"

#include <gtest/gtest.h>

#include <deque>
#include <functional>
#include <initializer_list>
#include <string>
#include <utility>
#include <vector>

#include "sim/policies.hpp"
#include "sim/policy_list.hpp"

namespace midstride::sim {
namespace {

// A scheduler whose tasks are closures that write what they do into one line.
class Scene {
 public:
  using Body = std::function<void()>;

  explicit Scene(const SchedulerOptions& options = {}, std::string_view policy = "stackless")
      : policy_(make_policy(policy)) {
    scheduler.begin(options, nullptr);
    policy_->begin(1, 20);
  }

  TaskId task(std::string_view name, Body body, Place place = Place::ring,
              StopBy stop_by = StopBy::dropping) {
    bodies_.push_back(std::move(body));
    return scheduler.spawn([](void* context, TaskId) { (*static_cast<Body*>(context))(); },
                           &bodies_.back(), {.name = name, .place = place, .stop_by = stop_by});
  }
  ChannelId channel(std::int8_t preference = -1, bool schedule_all = false) {
    return scheduler.channel({.name = "c", .preference = preference, .schedule_all = schedule_all});
  }
  void say(std::string_view what) {
    if (!log.empty()) log += '|';
    log += what;
  }
  // A task that says its name, as often as it is scheduled.
  void bystander(std::string_view name, int times = 1) {
    task(name, [this, name, times] {
      for (int i = 0; i < times; ++i) {
        say(name);
        yield();
      }
    });
  }
  Ending run() { return scheduler.run(*policy_); }

  // The ops of tasks: each begins a turn.
  Wake receive(ChannelId c) {
    return op([&] { return scheduler.receive(c); });
  }
  Wake send(ChannelId c, std::uint64_t word) {
    return op([&] { return scheduler.send(c, word); });
  }
  Wake yield() {
    return op([&] { return scheduler.yield(); });
  }
  Wake kill(TaskId victim) {
    return op([&] { return scheduler.kill(victim); });
  }
  Wake sleep(std::uint64_t ticks) {
    return op([&] { return scheduler.sleep(ticks); });
  }
  Wake park(std::uint32_t reason) {
    return op([&] { return scheduler.park(reason); });
  }

  Scheduler scheduler;
  std::string log;

 private:
  template <class Call>
  Wake op(const Call& call) {
    const Wake begun = scheduler.turn(Point::op);
    return begun.kind == WakeKind::value ? call() : begun;
  }

  std::unique_ptr<Policy> policy_;
  std::deque<Body> bodies_;
};

std::string text(Wake wake) {
  switch (wake.kind) {
    case WakeKind::value: return std::to_string(wake.word);
    case WakeKind::exit: return "exit";
    case WakeKind::thrown: return "thrown";
    case WakeKind::error:
      return static_cast<Refusal>(wake.word) == Refusal::closed ? "closed" : "would block";
    case WakeKind::abandon: return "abandon";
  }
  return "?";
}

// ---- Golden orders, seen on Stackless 3.7.5. R and R2 receive once, S sends 1 and 2, B0 and B1
// schedule twice.

std::string golden(std::int8_t preference, bool schedule_all,
                   std::initializer_list<std::string_view> order) {
  Scene scene;
  const ChannelId c = scene.channel(preference, schedule_all);
  const auto receiver = [&](std::string name) {
    return [&scene, c, name] {
      scene.say(name + " recv?");
      const Wake wake = scene.receive(c);
      scene.say(name + " got " + text(wake));
    };
  };
  const auto sender = [&] {
    for (std::uint64_t i = 1; i <= 2; ++i) {
      scene.say("S send " + std::to_string(i));
      scene.send(c, i);
      scene.say("S sent " + std::to_string(i));
    }
  };
  const auto bystander = [&](std::string name) {
    return [&scene, name] {
      for (int i = 0; i < 2; ++i) {
        scene.say(name + " " + std::to_string(i));
        scene.yield();
      }
    };
  };
  for (const std::string_view name : order) {
    if (name == "S") {
      scene.task(name, sender);
    } else if (name.front() == 'R') {
      scene.task(name, receiver(std::string(name)));
    } else {
      scene.task(name, bystander(std::string(name)));
    }
  }
  EXPECT_EQ(scene.run().kind, Ending::Kind::finished);
  return scene.log;
}

TEST(StacklessGoldenOrder, of_preference_minus_1) {
  EXPECT_EQ(
      golden(-1, false, {"R", "S", "R2", "B0", "B1"}),
      "R recv?|S send 1|R got 1|R2 recv?|B0 0|B1 0|S sent 1|S send 2|R2 got 2|B0 1|B1 1|S sent 2");
}

TEST(StacklessGoldenOrder, of_preference_0) {
  EXPECT_EQ(
      golden(0, false, {"R", "S", "R2", "B0", "B1"}),
      "R recv?|S send 1|S sent 1|S send 2|R2 recv?|R2 got 2|B0 0|B1 0|R got 1|S sent 2|B0 1|B1 1");
}

TEST(StacklessGoldenOrder, of_preference_plus_1) {
  EXPECT_EQ(
      golden(1, false, {"R", "S", "R2", "B0", "B1"}),
      "R recv?|S send 1|S sent 1|S send 2|R2 recv?|S sent 2|B0 0|B1 0|R got 1|R2 got 2|B0 1|B1 1");
}

TEST(StacklessGoldenOrder, of_schedule_all) {
  EXPECT_EQ(
      golden(-1, true, {"R", "S", "R2", "B0", "B1"}),
      "R recv?|S send 1|R2 recv?|B0 0|B1 0|R got 1|S sent 1|S send 2|B0 1|B1 1|R2 got 2|S sent 2");
}

TEST(StacklessGoldenOrder, of_preference_minus_1_with_the_sender_created_first) {
  EXPECT_EQ(
      golden(-1, false, {"S", "R", "R2", "B0", "B1"}),
      "S send 1|R recv?|R got 1|R2 recv?|B0 0|B1 0|S sent 1|S send 2|R2 got 2|B0 1|B1 1|S sent 2");
}

// ---- Channels

TEST(StacklessRules, C1_balance_counts_blocked_senders_or_minus_blocked_receivers) {
  Scene scene;
  const ChannelId receives = scene.channel();
  const ChannelId sends = scene.channel();
  for (int i = 0; i < 3; ++i) scene.task("r", [&] { scene.receive(receives); });
  for (int i = 0; i < 2; ++i) scene.task("s", [&] { scene.send(sends, 7); });
  scene.run();
  EXPECT_EQ(scene.scheduler.balance(receives), -3);
  EXPECT_EQ(scene.scheduler.balance(sends), 2);
  EXPECT_EQ(scene.scheduler.queue(sends).size(), 2U);
  EXPECT_EQ(scene.scheduler.queue(sends).front().word, 7U);
}

// Two tasks meet and a third looks on; the order of names says who ran after the meeting.
std::string meeting(std::int8_t preference, bool schedule_all, bool sender_waits) {
  Scene scene;
  const ChannelId c = scene.channel(preference, schedule_all);
  const auto first = [&] { sender_waits ? scene.send(c, 5) : scene.receive(c); };
  const auto second = [&] { sender_waits ? scene.receive(c) : scene.send(c, 5); };
  scene.task("waiter", [&, first] {
    first();
    scene.say("waiter");
  });
  scene.task("actor", [&, second] {
    second();
    scene.say("actor");
  });
  scene.bystander("bystander");
  scene.run();
  return scene.log;
}

TEST(StacklessRules,
     C3_preference_minus_1_a_send_switches_to_the_receiver_and_a_receive_does_not_switch) {
  EXPECT_EQ(meeting(-1, false, false), "waiter|bystander|actor");
  EXPECT_EQ(meeting(-1, false, true), "actor|bystander|waiter");
}

TEST(StacklessRules,
     C3_preference_plus_1_a_receive_switches_to_the_sender_and_a_send_does_not_switch) {
  EXPECT_EQ(meeting(1, false, true), "waiter|bystander|actor");
  EXPECT_EQ(meeting(1, false, false), "actor|bystander|waiter");
}

TEST(StacklessRules, C3_preference_0_neither_switches) {
  EXPECT_EQ(meeting(0, false, true), "actor|bystander|waiter");
  EXPECT_EQ(meeting(0, false, false), "actor|bystander|waiter");
}

TEST(StacklessRules, C3_schedule_all_puts_the_partner_at_the_end_and_switches_to_the_next) {
  for (const std::int8_t preference : {std::int8_t{-1}, std::int8_t{0}, std::int8_t{1}}) {
    EXPECT_EQ(meeting(preference, true, true), "bystander|waiter|actor");
    EXPECT_EQ(meeting(preference, true, false), "bystander|waiter|actor");
  }
}

TEST(StacklessRules, C3_the_head_of_the_queue_is_served_first) {
  Scene scene;
  const ChannelId c = scene.channel();
  for (std::uint64_t i = 1; i <= 3; ++i) scene.task("s", [&, i] { scene.send(c, i); });
  scene.task("r", [&] {
    for (int i = 0; i < 3; ++i) scene.say(text(scene.receive(c)));
  });
  scene.run();
  EXPECT_EQ(scene.log, "1|2|3");
}

TEST(StacklessRules,
     C4_with_nobody_waiting_the_actor_joins_the_queue_and_the_next_in_the_ring_runs) {
  Scene scene;
  const ChannelId c = scene.channel();
  scene.task("r", [&] { scene.receive(c); });
  scene.bystander("b0");
  scene.bystander("b1");
  EXPECT_EQ(scene.run().kind, Ending::Kind::deadlock);
  EXPECT_EQ(scene.log, "b0|b1");
}

TEST(StacklessRules, C4_waiting_on_a_closing_channel_is_an_error_that_leaves_the_balance_alone) {
  Scene scene;
  const ChannelId c = scene.channel();
  scene.scheduler.close(c);
  scene.task("r", [&] { scene.say(text(scene.receive(c))); });
  scene.task("s", [&] { scene.say(text(scene.send(c, 1))); });
  EXPECT_EQ(scene.run().kind, Ending::Kind::finished);
  EXPECT_EQ(scene.log, "closed|closed");
  EXPECT_EQ(scene.scheduler.balance(c), 0);
}

TEST(StacklessRules, C4_closing_neither_wakes_waiters_nor_stops_queued_peers) {
  Scene scene;
  const ChannelId c = scene.channel();
  scene.task("s", [&] { scene.say("sent " + text(scene.send(c, 4))); });
  scene.task("closer", [&] {
    scene.scheduler.close(c);
    scene.say("closed");
  });
  scene.task("r", [&] { scene.say("got " + text(scene.receive(c))); });
  scene.run();
  EXPECT_EQ(scene.log, "closed|got 4|sent 0");
}

TEST(StacklessRules, C7_closed_means_closing_and_nobody_waits_and_open_takes_closing_back) {
  Scene scene;
  Scheduler& scheduler = scene.scheduler;
  const ChannelId c = scene.channel();
  scene.task("s", [&] { scene.send(c, 4); });
  scene.task("r", [&] {
    scheduler.close(c);
    EXPECT_TRUE(scheduler.closing(c));
    EXPECT_FALSE(scheduler.closed(c));
    scene.receive(c);
    EXPECT_TRUE(scheduler.closed(c));
    scheduler.open(c);
    EXPECT_FALSE(scheduler.closing(c));
    EXPECT_FALSE(scheduler.closed(c));
  });
  EXPECT_EQ(scene.run().kind, Ending::Kind::finished);
}

// ---- The ring

TEST(StacklessRules, S1_schedule_goes_to_the_next_in_the_ring) {
  Scene scene;
  scene.bystander("a", 2);
  scene.bystander("b", 2);
  scene.bystander("c", 2);
  scene.run();
  EXPECT_EQ(scene.log, "a|b|c|a|b|c");
}

TEST(StacklessRules, S2_a_new_tasklet_joins_the_end_and_nothing_of_it_runs_yet) {
  Scene scene;
  scene.task("a", [&] {
    scene.bystander("child");
    scene.say("a");
    scene.yield();
    scene.say("a");
  });
  scene.bystander("b");
  scene.run();
  EXPECT_EQ(scene.log, "a|b|child|a");
}

TEST(StacklessRules, S7_a_tasklet_that_ends_is_removed_and_the_next_runs) {
  Scene scene;
  scene.task("a", [&] { scene.say("a"); });
  scene.bystander("b", 2);
  scene.bystander("c");
  scene.run();
  EXPECT_EQ(scene.log, "a|b|c|b");
}

// ---- Kill

TEST(StacklessRules, K1_kill_on_oneself_comes_back_in_place) {
  Scene scene;
  TaskId a;
  a = scene.task("a", [&] { scene.say(text(scene.kill(a))); });
  scene.bystander("b");
  scene.run();
  EXPECT_EQ(scene.log, "exit|b");
}

TEST(StacklessRules, K1_kill_on_a_dead_tasklet_does_nothing) {
  Scene scene;
  const TaskId dead = scene.task("dead", [] {});
  scene.task("killer", [&] { scene.say(text(scene.kill(dead))); });
  scene.run();
  EXPECT_EQ(scene.log, "0");
}

TEST(StacklessRules, K1_a_tasklet_that_never_started_is_over_without_running) {
  Scene scene;
  TaskId late;
  scene.task("killer", [&] {
    scene.say(text(scene.kill(late)));
    EXPECT_EQ(scene.scheduler.state(late), TaskState::ended);
  });
  late = scene.task("late", [&] { scene.say("late ran"); });
  EXPECT_EQ(scene.run().kind, Ending::Kind::finished);
  EXPECT_EQ(scene.log, "0");
}

TEST(StacklessRules, K2_a_blocked_victim_leaves_its_channel_and_runs_now) {
  Scene scene;
  const ChannelId c = scene.channel();
  const TaskId victim =
      scene.task("victim", [&] { scene.say("victim " + text(scene.receive(c))); });
  scene.task("killer", [&] {
    scene.kill(victim);
    scene.say("killer");
    EXPECT_EQ(scene.scheduler.balance(c), 0);
  });
  scene.bystander("b");
  scene.run();
  // Inserted at the end, just before the killer: so the killer follows it.
  EXPECT_EQ(scene.log, "victim exit|killer|b");
}

TEST(StacklessRules,
     K2_a_runnable_victim_stays_at_its_place_so_bystanders_run_before_kill_returns) {
  Scene scene;
  TaskId victim;
  scene.task("killer", [&] {
    scene.yield();
    scene.kill(victim);
    scene.say("killer");
  });
  scene.bystander("b0", 2);
  victim = scene.task("victim", [&] { scene.say("victim " + text(scene.yield())); });
  scene.bystander("b1", 2);
  scene.run();
  EXPECT_EQ(scene.log, "b0|b1|victim exit|b1|killer|b0");
}

TEST(StacklessRules, K2_kill_takes_a_victim_out_of_the_middle_of_a_queue) {
  Scene scene;
  const ChannelId c = scene.channel();
  std::vector<TaskId> senders;
  for (std::uint64_t i = 1; i <= 3; ++i) {
    senders.push_back(scene.task("s", [&, i] { scene.send(c, i); }));
  }
  scene.task("killer", [&] {
    scene.kill(senders[1]);
    EXPECT_EQ(scene.scheduler.balance(c), 2);
    scene.say(text(scene.receive(c)));
    scene.say(text(scene.receive(c)));
  });
  scene.run();
  EXPECT_EQ(scene.log, "1|3");
}

TEST(StacklessRules, K2_a_victim_that_was_served_before_the_kill_is_told_so) {
  Scene scene;
  const ChannelId c = scene.channel(0);
  Wake found;
  const TaskId victim = scene.task("victim", [&] { found = scene.receive(c); });
  scene.task("killer", [&] {
    scene.send(c, 9);
    scene.kill(victim);
  });
  scene.run();
  EXPECT_EQ(found, Wake(WakeKind::exit, 9, true));
}

TEST(StacklessRules, K2_a_second_kill_does_not_make_up_what_the_first_cut_short) {
  Scene scene;
  const ChannelId c = scene.channel();
  Wake found;
  const TaskId victim = scene.task("victim", [&] { found = scene.send(c, 9); });
  scene.task("killer", [&] {
    scene.scheduler.kill(victim);  // with a turn in hand: the victim does not run yet
    scene.scheduler.kill(victim);
  });
  scene.run();
  EXPECT_EQ(found.kind, WakeKind::exit);
  EXPECT_FALSE(found.done);
}

TEST(StacklessRules, K4_a_victim_that_catches_it_stays_alive_and_may_block_again) {
  Scene scene;
  const ChannelId c = scene.channel();
  const TaskId victim = scene.task("victim", [&] {
    scene.say(text(scene.receive(c)));
    scene.say(text(scene.receive(c)));
  });
  scene.task("killer", [&] {
    scene.kill(victim);
    EXPECT_EQ(scene.scheduler.balance(c), -1);
    scene.send(c, 3);
  });
  EXPECT_EQ(scene.run().kind, Ending::Kind::finished);
  EXPECT_EQ(scene.log, "exit|3");
}

// ---- Turns

TEST(Scheduler, a_pick_of_n_turns_begins_n_ops_and_finishing_an_op_costs_none) {
  Scene scene;
  const ChannelId c = scene.channel(0);
  scene.task("a", [&] {
    for (const char* op : {"a0", "a1", "a2"}) {
      scene.scheduler.turn(Point::op);
      scene.say(op);
    }
  });
  scene.task("b", [&] {
    scene.scheduler.turn(Point::op);
    scene.say("b0");
    scene.scheduler.receive(c);
    scene.say("b0 done");
    scene.scheduler.turn(Point::op);
    scene.say("b1");
  });
  scene.task("s", [&] {
    scene.scheduler.turn(Point::op);
    scene.scheduler.send(c, 1);
    scene.say("s0");
  });
  using enum Pick::Kind;
  const std::vector<Pick> picks{
      {task, 0, 2}, {task, 1, 1}, {task, 2, 1}, {task, 1, 1}, {task, 0, 1}};
  ListPolicy list(picks);
  list.begin(1, 1);
  const Ending& ending = scene.scheduler.run(list);
  EXPECT_EQ(scene.log, "a0|a1|b0|s0|b0 done|b1|a2");
  EXPECT_EQ(ending.kind, Ending::Kind::finished);
  EXPECT_EQ(scene.scheduler.turns(), 6U);
}

TEST(Scheduler, a_task_goes_on_through_a_yield_while_it_has_turns_in_hand) {
  Scene scene;
  for (const char* name : {"a", "b"}) {
    scene.task(name, [&, name] {
      for (int i = 0; i < 3; ++i) {
        scene.scheduler.turn(Point::op);
        scene.say(name);
        scene.scheduler.yield();
      }
    });
  }
  using enum Pick::Kind;
  const std::vector<Pick> picks{{task, 0, 3}, {task, 1, 2}, {task, 1, 1}};
  ListPolicy list(picks);
  list.begin(1, 1);
  scene.scheduler.run(list);
  EXPECT_EQ(scene.log, "a|a|a|b|b|b");
}

TEST(Scheduler, granularity_says_where_a_pick_of_one_turn_ends) {
  const auto ops_of_one_pick = [](Granularity granularity) {
    Scene scene({.granularity = granularity});
    scene.task("a", [&] {
      for (const Point point :
           {Point::safepoint, Point::op, Point::op, Point::safepoint, Point::op}) {
        scene.scheduler.turn(point);
      }
    });
    const std::vector<Pick> picks{{Pick::Kind::task, 0, 1}};
    ListPolicy list(picks);
    list.begin(1, 1);
    scene.scheduler.run(list);
    return scene.scheduler.turns();
  };
  EXPECT_EQ(ops_of_one_pick(Granularity::ops), 1U);
  EXPECT_EQ(ops_of_one_pick(Granularity::safepoints), 3U);
  EXPECT_EQ(ops_of_one_pick(Granularity::yields), 5U);
}

TEST(Scheduler, the_budget_ends_a_run_that_begins_one_turn_too_many_and_no_other) {
  const auto ending = [](std::uint64_t budget, Granularity granularity, std::string_view policy) {
    Scene scene({.granularity = granularity, .turn_budget = budget}, policy);
    for (int t = 0; t < 2; ++t) {
      scene.task("t", [&] {
        for (int i = 0; i < 3; ++i) scene.scheduler.turn(Point::op);
      });
    }
    return scene.run().kind;
  };
  for (const PolicyRow& row : policies()) {
    for (const Granularity granularity : {Granularity::ops, Granularity::yields}) {
      EXPECT_EQ(ending(6, granularity, row.name), Ending::Kind::finished) << row.name;
      EXPECT_EQ(ending(5, granularity, row.name), Ending::Kind::out_of_budget) << row.name;
    }
  }
}

TEST(Scheduler, stop_ends_the_run_and_does_not_come_back_on_a_task_that_is_dropped) {
  Scene scene;
  scene.task("a", [&] {
    scene.say("a");
    scene.scheduler.stop();
    scene.say("never");
  });
  scene.bystander("b");
  EXPECT_EQ(scene.run().kind, Ending::Kind::stopped);
  EXPECT_EQ(scene.log, "a");
}

// ---- Tasks aside

TEST(Scheduler, a_task_aside_runs_first_under_stackless_and_leaves_the_ring_as_it_was) {
  Scene scene;
  const ChannelId c = scene.channel();
  scene.task("r", [&] { scene.say("r " + text(scene.receive(c))); });
  scene.bystander("b0", 2);
  scene.bystander("b1", 2);
  scene.task("spawner", [&] {
    scene.task(
        "aside",
        [&] {
          scene.say("aside");
          scene.send(c, 1);
          scene.say("sent");
        },
        Place::aside);
    scene.say("spawner");
    scene.yield();
  });
  EXPECT_EQ(scene.run().kind, Ending::Kind::finished);
  // The receiver joins the ring's end, before b0, whose turn it is.
  EXPECT_EQ(scene.log, "b0|b1|spawner|aside|sent|b0|b1|r 1");
}

TEST(Scheduler, state_digest_sees_the_ring_and_not_the_tasks_aside) {
  Scene scene;
  const ChannelId c = scene.channel();
  std::vector<std::uint64_t> digests;
  scene.task("r", [&] { scene.receive(c); });
  scene.bystander("b", 2);
  scene.task(
      "aside",
      [&] {
        scene.park(1);
        digests.push_back(scene.scheduler.state_digest());
        scene.yield();
        digests.push_back(scene.scheduler.state_digest());
        scene.send(c, 1);
        digests.push_back(scene.scheduler.state_digest());
      },
      Place::aside);
  scene.task("waker", [&] { scene.scheduler.wake(TaskId{2}, 0); });
  scene.run();
  ASSERT_EQ(digests.size(), 3U);
  EXPECT_EQ(digests[0], digests[1]);
  EXPECT_NE(digests[1], digests[2]);
}

// ---- Time, parking, actions

TEST(Scheduler, sleepers_wake_by_time_and_then_in_the_order_in_which_they_fell_asleep) {
  Scene scene;
  struct Sleeper {
    const char* name;
    std::uint64_t ticks;
  };
  for (const Sleeper& sleeper : {Sleeper{"late", 30}, Sleeper{"early", 10},
                                 Sleeper{"also late", 30}, Sleeper{"at once", 0}}) {
    scene.task(sleeper.name, [&, sleeper] {
      scene.sleep(sleeper.ticks);
      scene.say(std::string(sleeper.name) + " " + std::to_string(scene.scheduler.now()));
    });
  }
  scene.bystander("b", 2);
  EXPECT_EQ(scene.run().kind, Ending::Kind::finished);
  EXPECT_EQ(scene.log, "b|b|at once 0|early 10|late 30|also late 30");
}

TEST(Scheduler, a_sleeper_that_is_killed_wakes_without_the_clock_moving) {
  Scene scene;
  const TaskId sleeper = scene.task("sleeper", [&] { scene.say(text(scene.sleep(50))); });
  scene.task("killer", [&] { scene.kill(sleeper); });
  scene.run();
  EXPECT_EQ(scene.log, "exit");
  EXPECT_EQ(scene.scheduler.now(), 0U);
}

TEST(Scheduler, a_parked_task_is_woken_with_a_word) {
  Scene scene;
  const TaskId parked = scene.task("parked", [&] { scene.say(text(scene.park(3))); });
  scene.task("waker", [&] { scene.scheduler.wake(parked, 12); });
  scene.run();
  EXPECT_EQ(scene.log, "12");
}

TEST(Scheduler, an_action_runs_on_the_hub_and_may_name_who_runs_at_once) {
  Scene scene({}, "round-robin");
  static Scene* the_scene;
  the_scene = &scene;
  scene.scheduler.action(
      [](void*, ActionId) {
        EXPECT_FALSE(the_scene->scheduler.current().valid());
        the_scene->say("action");
        return the_scene->task(
            "named", [] { the_scene->say("named"); }, Place::aside);
      },
      nullptr, "a");
  const ActionId withdrawn = scene.scheduler.action(
      [](void*, ActionId) {
        ADD_FAILURE() << "was withdrawn";
        return TaskId::none();
      },
      nullptr, "b");
  EXPECT_EQ(scene.scheduler.name(withdrawn), "b");
  scene.scheduler.withdraw(withdrawn);
  EXPECT_EQ(scene.run().kind, Ending::Kind::finished);
  EXPECT_EQ(scene.log, "action|named");
}

TEST(Scheduler, what_was_delivered_can_be_seen_until_it_arrives) {
  Scene scene;
  const ChannelId c = scene.channel(0);
  const TaskId receiver = scene.task("r", [&] {
    EXPECT_EQ(scene.receive(c).word, 6U);
    EXPECT_EQ(scene.scheduler.delivered(TaskId{1}), 0U);
  });
  scene.task("s", [&] {
    EXPECT_EQ(scene.scheduler.delivered(receiver), 0U);
    scene.send(c, 6);
    EXPECT_EQ(scene.scheduler.delivered(receiver), 6U);
  });
  EXPECT_EQ(scene.run().kind, Ending::Kind::finished);
}

TEST(Scheduler, a_stranded_task_waits_for_ever_and_can_be_killed) {
  for (const bool kill : {false, true}) {
    Scene scene;
    const ChannelId c = scene.channel();
    const TaskId stranded = scene.task("stranded", [&] { scene.receive(c); });
    scene.task("s", [&] {
      scene.scheduler.strand(stranded);
      EXPECT_EQ(scene.scheduler.balance(c), 0);
      if (kill) scene.kill(stranded);
      EXPECT_EQ(scene.scheduler.balance(c), 0);
    });
    const Ending ending = scene.run();
    EXPECT_EQ(describe(ending, scene.scheduler), kill ? "" : "stranded waits to receive on c");
  }
}

// ---- Endings

TEST(Scheduler, a_deadlock_names_who_waits_on_what) {
  Scene scene;
  const ChannelId jobs = scene.scheduler.channel({.name = "jobs"});
  const ChannelId results = scene.scheduler.channel({.name = "results"});
  scene.task("worker", [&] { scene.send(results, 1); });
  scene.task("boss", [&] { scene.receive(jobs); });
  scene.task("waiter", [&] { scene.park(4); });
  scene.bystander("done");
  const Ending ending = scene.run();
  EXPECT_EQ(ending.kind, Ending::Kind::deadlock);
  EXPECT_EQ(describe(ending, scene.scheduler),
            "worker waits to send on results, boss waits to receive on jobs, waiter is parked for "
            "reason 4");
}

TEST(Scheduler, an_action_that_the_policy_does_not_take_is_no_way_out_of_a_deadlock) {
  const auto pending = [](void*, ActionId) {
    ADD_FAILURE() << "was picked";
    return TaskId::none();
  };
  Scene stuck;
  const ChannelId c = stuck.channel();
  stuck.task("r", [&] { stuck.scheduler.receive(c); });
  stuck.scheduler.action(pending, nullptr, "a");
  EXPECT_EQ(stuck.run().kind, Ending::Kind::deadlock);

  Scene done;
  done.bystander("b");
  done.scheduler.action(pending, nullptr, "a");
  EXPECT_EQ(done.run().kind, Ending::Kind::finished);
}

TEST(Scheduler, ten_thousand_tasks_wait_on_one_channel_and_are_served_in_order) {
  Scene scene;
  const ChannelId c = scene.channel(0);
  constexpr std::uint64_t count = 10'000;
  std::uint64_t served = 0;
  for (std::uint64_t i = 0; i < count; ++i) {
    scene.task("r", [&] {
      const std::uint64_t expected = served++;
      EXPECT_EQ(scene.receive(c).word, expected);
    });
  }
  scene.task("s", [&] {
    EXPECT_EQ(scene.scheduler.balance(c), -static_cast<std::int32_t>(count));
    for (std::uint64_t i = 0; i < count; ++i) scene.send(c, i);
  });
  EXPECT_EQ(scene.run().kind, Ending::Kind::finished);
  EXPECT_EQ(served, count);
}

TEST(Scheduler, run_on_leaves_the_blocked_where_they_are_and_the_hub_can_go_on_with_them) {
  Scene scene;
  const ChannelId c = scene.channel();
  scene.task("r", [&] { scene.say(text(scene.receive(c))); });
  const auto policy = make_stackless();
  EXPECT_EQ(scene.scheduler.run_on(*policy).kind, Ending::Kind::deadlock);
  EXPECT_EQ(scene.scheduler.send(c, 8), Wake());
  EXPECT_EQ(text(scene.scheduler.send(c, 9)), "would block");
  EXPECT_EQ(scene.scheduler.run_on(*policy).kind, Ending::Kind::finished);
  EXPECT_EQ(scene.log, "8");
}

TEST(Scheduler, what_is_not_over_is_dropped_or_told_to_unwind) {
  Scene scene;
  const ChannelId c = scene.channel();
  scene.task(
      "unwound",
      [&] {
        scene.say(text(scene.receive(c)));
        scene.say(text(scene.scheduler.turn(Point::op)));
        scene.say(text(scene.yield()));
      },
      Place::ring, StopBy::unwinding);
  scene.task("dropped", [&] {
    scene.receive(c);
    scene.say("never");
  });
  scene.run();
  EXPECT_EQ(scene.log, "abandon|abandon|abandon");
  EXPECT_EQ(scene.scheduler.balance(c), -2);
}

}  // namespace
}  // namespace midstride::sim
