// The ring of runnable tasklets and its `current`, as in Stackless: "the end" is the place just
// before current, so that whoever joins there runs last. Kept in a small array that is turned by an
// index; every change is a shift of a few words.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "sim/ids.hpp"

namespace midstride::sim {

class Ring {
 public:
  bool empty() const { return items_.empty(); }
  std::size_t size() const { return items_.size(); }
  // As stored: the ring's order starts at current_index() and wraps.
  std::span<const TaskId> items() const { return items_; }
  // 0 when the ring is empty.
  std::size_t current_index() const { return current_; }

  void clear();
  // The task must not be in the ring already.
  void join_end(TaskId task);
  void join_after(TaskId member, TaskId task);
  // The task must be in the ring. If it was current, the one that follows it is current then.
  void leave(TaskId member);
  void make_current(TaskId member) { current_ = place_of(member); }
  // The member that follows, wrapping; the member itself when it is alone.
  TaskId after(TaskId member) const;

 private:
  std::size_t place_of(TaskId member) const {
    const std::size_t place = places_[member.value];
    return place < items_.size() && items_[place] == member ? place : find(member);
  }
  std::size_t find(TaskId member) const;
  void insert(std::size_t place, TaskId task);

  std::vector<TaskId> items_;
  std::size_t current_ = 0;
  mutable std::vector<std::uint32_t>
      places_;  // by task: where it was seen last; checked, because shifts do not mend it
};

}  // namespace midstride::sim
