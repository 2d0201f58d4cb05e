#include "sim/fiber.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <stdexcept>
#include <string>
#include <vector>

namespace midstride::sim {
namespace {

struct Steps {
  Fiber* fiber = nullptr;
  std::vector<int> seen;
};

// Two steps with a suspension in between; exceptions are thrown and caught in each.
void two_steps(void* context) {
  auto& steps = *static_cast<Steps*>(context);
  for (int step = 0; step < 2; ++step) {
    try {
      throw std::runtime_error(std::string(100, 'x'));
    } catch (const std::runtime_error& error) {
      steps.seen.push_back(static_cast<int>(std::strlen(error.what())) + step);
    }
    if (step == 0) steps.fiber->suspend();
  }
}

class Fibers : public testing::TestWithParam<GuardPages> {};
INSTANTIATE_TEST_SUITE_P(WithAndWithoutGuardPages, Fibers,
                         testing::Values(GuardPages::no, GuardPages::yes));

TEST_P(Fibers, run_a_job_in_steps_and_then_another_on_the_same_stack) {
  StackPool pool(0, GetParam());
  for (int round = 0; round < 3; ++round) {
    Steps steps{pool.take(), {}};
    steps.fiber->start(two_steps, &steps);
    steps.fiber->resume();
    EXPECT_EQ(steps.seen, (std::vector{100}));
    EXPECT_FALSE(steps.fiber->idle());
    steps.fiber->resume();
    EXPECT_EQ(steps.seen, (std::vector{100, 101}));
    EXPECT_TRUE(steps.fiber->idle());
    pool.give_back(steps.fiber);
  }
}

TEST_P(Fibers, that_are_dropped_in_the_middle_leave_a_stack_that_can_be_used_again) {
  StackPool pool(0, GetParam());
  for (int round = 0; round < 5; ++round) {
    Steps steps{pool.take(), {}};
    steps.fiber->start(two_steps, &steps);
    steps.fiber->resume();
    pool.give_back(steps.fiber);
    EXPECT_EQ(steps.seen, (std::vector{100}));
  }
}

TEST_P(Fibers, are_many_at_once) {
  StackPool pool(0, GetParam());
  std::vector<Steps> many(1000);
  for (Steps& steps : many) {
    steps.fiber = pool.take();
    steps.fiber->start(two_steps, &steps);
    steps.fiber->resume();
  }
  for (Steps& steps : many) {
    steps.fiber->resume();
    EXPECT_EQ(steps.seen.size(), 2U);
    pool.give_back(steps.fiber);
  }
}

TEST(StackPool, keeps_what_it_has_mapped_for_the_next) {
  StackPool pool(0, GuardPages::no);
  Fiber* const fiber = pool.take();
  const std::size_t mapped = pool.mapped_count();
  pool.give_back(fiber);
  for (int i = 0; i < 100; ++i) pool.give_back(pool.take());
  EXPECT_EQ(pool.mapped_count(), mapped);
}

TEST(StackPool, rounds_sizes_up_to_whole_pages) {
  EXPECT_EQ(StackPool::rounded_bytes(1), StackPool::rounded_bytes(4096));
  EXPECT_EQ(StackPool(5000, GuardPages::no).stack_bytes() % 4096, 0U);
  EXPECT_GE(StackPool::rounded_bytes(0), 16U * 1024);
}

// Writes to every byte below the frame that is in use, down to below the stack's lower end, as an
// endless recursion with large frames would.
void write_down(std::uintptr_t frame, std::size_t stack_bytes) {
  for (std::uintptr_t at = frame - 512; at > frame - stack_bytes; --at) {
    *reinterpret_cast<volatile char*>(at) = 1;
  }
}

void leave_the_stack(GuardPages guard_pages) {
  StackPool pool(16 * 1024, guard_pages);
  Fiber* const fiber = pool.take();
  fiber->start(
      [](void* context) {
        write_down(reinterpret_cast<std::uintptr_t>(__builtin_frame_address(0)),
                   static_cast<StackPool*>(context)->stack_bytes());
      },
      &pool);
  fiber->resume();
  std::fputs("came back", stderr);
  std::abort();
}

TEST(FiberDeathTest, a_job_that_leaves_its_stack_breaks_the_canary_and_stops_the_program) {
  EXPECT_DEATH(leave_the_stack(GuardPages::no), "a fiber stays within its stack");
}

TEST(FiberDeathTest, with_guard_pages_it_does_not_come_that_far) {
  EXPECT_DEATH(leave_the_stack(GuardPages::yes),
               testing::Not(testing::AnyOf(testing::HasSubstr("came back"),
                                           testing::HasSubstr("stays within its stack"))));
}

}  // namespace
}  // namespace midstride::sim
