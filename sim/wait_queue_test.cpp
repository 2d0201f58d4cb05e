#include "sim/wait_queue.hpp"

#include <gtest/gtest.h>

#include <deque>

#include "sim/prng.hpp"

namespace midstride::sim {
namespace {

TEST(WaitQueue, is_first_come_first_served_whatever_is_removed_in_between) {
  WaitQueue queue;
  std::deque<std::uint32_t> expected;
  Prng prng(1);
  for (std::uint32_t task = 0; task < 3000; ++task) {
    queue.push({TaskId{task}, task});
    expected.push_back(task);
    if (prng.below(3) == 0) {
      EXPECT_EQ(queue.pop().task.value, expected.front());
      expected.pop_front();
    } else if (prng.below(2) == 0) {
      const std::uint32_t at = prng.below(static_cast<std::uint32_t>(expected.size()));
      EXPECT_TRUE(queue.remove(TaskId{expected[at]}));
      EXPECT_FALSE(queue.remove(TaskId{expected[at]}));
      expected.erase(expected.begin() + at);
    }
    ASSERT_EQ(queue.items().size(), expected.size());
  }
  for (const std::uint32_t task : expected) EXPECT_EQ(queue.pop().word, task);
  EXPECT_TRUE(queue.empty());
}

}  // namespace
}  // namespace midstride::sim
