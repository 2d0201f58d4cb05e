// Each bug that can be planted in the scheduler, as the smallest picture that shows it: the same
// program with the rule kept and with it broken.
#include <gtest/gtest.h>

#include "sim/policies.hpp"
#include "sim/stage_test.hpp"

namespace midstride::sim {
namespace {

template <class Play>
std::string played(Planted planted, const Play& play) {
  Stage stage(planted);
  play(stage);
  return stage.log;
}

template <class Play>
void expect(Planted planted, const std::string& kept, const std::string& broken, const Play& play) {
  EXPECT_EQ(played(Planted::none, play), kept);
  EXPECT_EQ(played(planted, play), broken);
}

TEST(Planted, Z1_a_deadlock_that_is_not_undone) {
  const auto play = [](Stage& stage) {
    auto& c = stage.world.channel<int>("c");
    stage.world.main([&] {
      stage.attempt("main", [&] { c.receive(); });
      stage.say(std::to_string(c.balance()));
    });
  };
  const std::string raised = "main: Deadlock: the last runnable tasklet cannot be blocked.|";
  expect(Planted::no_undo_on_deadlock, raised + "0", raised + "-1", play);
}

TEST(Planted, Z2_a_killed_waiter_that_stays_queued) {
  const auto play = [](Stage& stage) {
    auto& c = stage.world.channel<int>("c");
    stage.world.main([&] {
      const TaskId victim = stage.tasklet("victim", [&] { c.receive(); });
      stage.world.schedule();
      stage.world.kill(victim);
      stage.say(std::to_string(c.balance()));
    });
  };
  expect(Planted::killed_waiter_queued, "0", "-1", play);
}

TEST(Planted, Z3_a_duplicate_insert) {
  const auto play = [](Stage& stage) {
    stage.world.main([&] {
      const TaskId t = stage.bystander("t");
      stage.world.insert(t);
      stage.say(std::to_string(stage.world.getruncount()));
      stage.world.run();
    });
  };
  expect(Planted::duplicate_insert, "2|t", "3|t", play);
}

TEST(Planted, Z4_a_block_trap_that_is_ignored) {
  const auto play = [](Stage& stage) {
    auto& c = stage.world.channel<int>("c");
    stage.world.main([&] {
      const TaskId t = stage.receiver("t", c);
      stage.world.set_block_trap(t, true);
      stage.world.run();
      stage.say(std::to_string(c.balance()));
    });
  };
  expect(Planted::block_trap_ignored, "t: this tasklet does not like to be blocked.|0", "-1", play);
}

TEST(Planted, Z5_a_close_that_is_ignored) {
  const auto play = [](Stage& stage) {
    auto& c = stage.world.channel<int>("c");
    stage.world.main([&] {
      c.close();
      stage.receiver("t", c);
      stage.world.run();
      stage.say(std::to_string(c.balance()));
    });
  };
  expect(Planted::close_ignored, "t: Send/receive operation on a closed channel|0", "-1", play);
}

TEST(Planted, Z6_last_come_first_served) {
  const auto play = [](Stage& stage) {
    auto& c = stage.world.channel<int>("c");
    stage.world.main([&] {
      stage.sender("a", c, 1);
      stage.sender("b", c, 2);
      stage.world.schedule();
      stage.say(std::to_string(c.receive()));
    });
  };
  expect(Planted::last_come_first_served, "1", "2", play);
}

TEST(Planted, Z7_a_preference_that_is_swapped) {
  const auto play = [](Stage& stage) {
    auto& c = stage.world.channel<int>("c");
    stage.world.main([&] {
      stage.receiver("r", c);
      stage.world.schedule();
      c.send(1);
      stage.say("main");
    });
  };
  expect(Planted::preference_swapped, "r got 1|r goes on|main", "main", play);
}

// What the observer is told and what it sees.
class Onlooker final : public Observer {
 public:
  void on(const SimEvent& event) override {
    if (event.kind == SimEventKind::block)
      log += std::to_string(event.balance) + " " + std::to_string(scheduler.balance(event.channel));
  }
  Scheduler scheduler;
  std::string log;
};

TEST(Planted, Z8_a_callback_after_the_state_has_changed) {
  const auto seen = [](Planted planted) {
    Onlooker onlooker;
    onlooker.scheduler.begin({.planted = planted}, &onlooker);
    onlooker.scheduler.channel({.name = "c"});
    onlooker.scheduler.spawn(
        [](void* self, TaskId) { static_cast<Onlooker*>(self)->scheduler.receive(ChannelId{0}); },
        &onlooker, {.name = "r"});
    onlooker.scheduler.run(*make_stackless());
    return onlooker.log;
  };
  EXPECT_EQ(seen(Planted::none), "0 0");
  EXPECT_EQ(seen(Planted::told_too_late), "-1 -1");
}

TEST(Planted, Z9_an_uncaught_exception_that_drops_the_rest_of_the_ring) {
  const auto play = [](Stage& stage) {
    stage.world.main([&] {
      stage.tasklet("t", [] { throw std::runtime_error("t failed"); });
      stage.bystander("b");
      stage.attempt("main", [&] { stage.world.run(); });
      stage.world.run();
    });
  };
  expect(Planted::uncaught_drops_the_ring, "main: t failed|b", "main: t failed", play);
}

TEST(Planted, Z10_a_caught_kill_that_marks_the_tasklet_dead) {
  const auto play = [](Stage& stage) {
    auto& c = stage.world.channel<int>("c");
    stage.world.main([&] {
      const TaskId victim = stage.tasklet("victim", [&] {
        stage.attempt("victim", [&] { c.receive(); });
        stage.attempt("victim", [&] { c.receive(); });
      });
      stage.world.schedule();
      stage.world.kill(victim);
      stage.world.kill(victim);
      stage.say("main");
    });
  };
  expect(Planted::caught_kill_counts_as_dead, "victim: TaskletExit|victim: TaskletExit|main",
         "victim: TaskletExit|main", play);
}

TEST(Planted, what_a_planted_bug_leaves_in_the_ring_is_taken_in_vain) {
  Stage stage(Planted::duplicate_insert);
  auto& c = stage.world.channel<int>("c");
  stage.world.main([&] {
    const TaskId t = stage.receiver("t", c);
    stage.world.insert(t);
    stage.world.run();
    stage.say(std::to_string(c.balance()));
  });
  EXPECT_EQ(stage.log, "-1");
}

}  // namespace
}  // namespace midstride::sim
