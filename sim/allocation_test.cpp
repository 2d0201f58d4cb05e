// After a warm-up a run allocates nothing: every operator new of this program is counted.
#include <gtest/gtest.h>

#include <cstdlib>
#include <new>

#include "sim/policies.hpp"
#include "sim/scheduler.hpp"

namespace {
std::size_t allocations_count = 0;
}

// Not inlined, so that the compiler does not take free() for the wrong partner.
[[gnu::noinline]] void* operator new(std::size_t bytes) {
  ++allocations_count;
  if (void* const memory = std::malloc(bytes == 0 ? 1 : bytes)) return memory;
  throw std::bad_alloc();
}
[[gnu::noinline]] void operator delete(void* memory) noexcept { std::free(memory); }
[[gnu::noinline]] void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }

namespace midstride::sim {
namespace {

struct Meeting {
  Scheduler scheduler;
  ChannelId c;
};

void sender(void* context, TaskId) {
  auto& [scheduler, c] = *static_cast<Meeting*>(context);
  for (std::uint64_t i = 0; i < 50; ++i) {
    scheduler.turn(Point::op);
    scheduler.send(c, i);
    scheduler.turn(Point::op);
    scheduler.sleep(i % 3);
  }
}

// One more than is sent: the run ends in a deadlock.
void receiver(void* context, TaskId) {
  auto& [scheduler, c] = *static_cast<Meeting*>(context);
  for (int i = 0; i < 51; ++i) {
    scheduler.turn(Point::op);
    scheduler.receive(c);
  }
}

TEST(Allocation, none_after_warm_up) {
  Meeting meeting;
  for (const PolicyRow& row : policies()) {
    const auto policy = row.make();
    const auto run = [&] {
      meeting.scheduler.begin({.turn_budget = 1000}, nullptr);
      meeting.c = meeting.scheduler.channel({.name = "c"});
      for (int i = 0; i < 3; ++i) {
        meeting.scheduler.spawn(sender, &meeting, {.name = "s"});
        meeting.scheduler.spawn(receiver, &meeting, {.name = "r"});
        meeting.scheduler.action([](void*, ActionId) { return TaskId::none(); }, nullptr, "a");
      }
      policy->begin(7, 100);
      return meeting.scheduler.run(*policy).kind;
    };
    run();
    const std::size_t before = allocations_count;
    EXPECT_GT(before, 0U);
    EXPECT_EQ(run(), Ending::Kind::deadlock);
    EXPECT_EQ(allocations_count, before) << row.name;
  }
}

}  // namespace
}  // namespace midstride::sim
