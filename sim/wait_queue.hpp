// The tasks that wait on one channel, first come first served (rule C1 calls for nothing more).
// Taking the head moves an index; the room before it is used again before the queue grows.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "sim/ids.hpp"

namespace midstride::sim {

struct Waiting {
  TaskId task;
  std::uint64_t word;  // the parked value when the channel's balance is positive
};

class WaitQueue {
 public:
  bool empty() const { return head_ == items_.size(); }
  std::span<const Waiting> items() const { return std::span(items_).subspan(head_); }

  void clear() {
    items_.clear();
    head_ = 0;
  }
  void push(const Waiting& waiting) {
    if (head_ != 0 && items_.size() == items_.capacity()) {
      items_.erase(items_.begin(), items_.begin() + static_cast<std::ptrdiff_t>(head_));
      head_ = 0;
    }
    items_.push_back(waiting);
  }
  // The queue must not be empty.
  Waiting pop() {
    const Waiting head = items_[head_++];
    if (empty()) clear();
    return head;
  }
  // False when the task is not there.
  bool remove(TaskId task) {
    const auto first = items_.begin() + static_cast<std::ptrdiff_t>(head_);
    const auto found = std::find_if(first, items_.end(),
                                    [&](const Waiting& waiting) { return waiting.task == task; });
    if (found == items_.end()) return false;
    items_.erase(found);
    if (empty()) clear();
    return true;
  }

 private:
  std::vector<Waiting> items_;
  std::size_t head_ = 0;
};

}  // namespace midstride::sim
