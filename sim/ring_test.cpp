#include "sim/ring.hpp"

#include <gtest/gtest.h>

#include <string>

namespace midstride::sim {
namespace {

// The ring's order as digits, current first.
std::string order(const Ring& ring) {
  std::string text;
  for (std::size_t i = 0; i < ring.size(); ++i) {
    text += static_cast<char>('0' + ring.items()[(ring.current_index() + i) % ring.size()].value);
  }
  return text;
}

Ring ring_of(std::uint32_t count, std::uint32_t current) {
  Ring ring;
  for (std::uint32_t i = 0; i < count; ++i) ring.join_end(TaskId{i});
  ring.make_current(TaskId{current});
  return ring;
}

TEST(Ring, the_end_is_just_before_current) {
  for (std::uint32_t current = 0; current < 3; ++current) {
    Ring ring = ring_of(3, current);
    const std::string before = order(ring);
    ring.join_end(TaskId{3});
    EXPECT_EQ(order(ring), before + "3");
  }
}

TEST(Ring, one_may_join_right_after_any_member) {
  for (std::uint32_t current = 0; current < 3; ++current) {
    for (std::uint32_t member = 0; member < 3; ++member) {
      Ring ring = ring_of(3, current);
      std::string expected = order(ring);
      expected.insert(expected.find(static_cast<char>('0' + member)) + 1, "3");
      ring.join_after(TaskId{member}, TaskId{3});
      EXPECT_EQ(order(ring), expected);
    }
  }
}

TEST(Ring, when_current_leaves_the_next_is_current_and_otherwise_current_stays) {
  for (std::uint32_t current = 0; current < 3; ++current) {
    for (std::uint32_t member = 0; member < 3; ++member) {
      Ring ring = ring_of(3, current);
      std::string expected = order(ring);
      expected.erase(expected.find(static_cast<char>('0' + member)), 1);
      ring.leave(TaskId{member});
      EXPECT_EQ(order(ring), expected);
    }
  }
}

TEST(Ring, after_wraps) {
  const Ring ring = ring_of(3, 1);
  EXPECT_EQ(ring.after(TaskId{1}), TaskId{2});
  EXPECT_EQ(ring.after(TaskId{2}), TaskId{0});
  EXPECT_EQ(ring_of(1, 0).after(TaskId{0}), TaskId{0});
}

TEST(RingDeathTest, a_task_that_is_not_in_the_ring_is_a_broken_invariant) {
  Ring ring = ring_of(3, 1);
  ring.leave(TaskId{2});
  EXPECT_DEATH(ring.make_current(TaskId{2}), "the task is in the ring");
}

}  // namespace
}  // namespace midstride::sim
