#include "sim/ring.hpp"

#include <algorithm>

#include "sim/check.hpp"

namespace midstride::sim {

void Ring::clear() {
  items_.clear();
  places_.clear();
  current_ = 0;
}

void Ring::join_end(TaskId task) {
  const std::size_t place = current_ == 0 ? items_.size() : current_;
  insert(place, task);
  if (current_ != 0) ++current_;
}

void Ring::join_after(TaskId member, TaskId task) {
  const std::size_t place = place_of(member) + 1;
  insert(place, task);
  if (place <= current_) ++current_;
}

void Ring::leave(TaskId member) {
  const std::size_t place = place_of(member);
  items_.erase(items_.begin() + static_cast<std::ptrdiff_t>(place));
  if (place < current_) --current_;
  if (current_ == items_.size()) current_ = 0;
}

TaskId Ring::after(TaskId member) const {
  const std::size_t next = place_of(member) + 1;
  return items_[next == items_.size() ? 0 : next];
}

std::size_t Ring::find(TaskId member) const {
  const auto found = std::find(items_.begin(), items_.end(), member);
  MIDSTRIDE_CHECK(found != items_.end(), "the task is in the ring");
  const auto place = static_cast<std::size_t>(found - items_.begin());
  places_[member.value] = static_cast<std::uint32_t>(place);
  return place;
}

void Ring::insert(std::size_t place, TaskId task) {
  items_.insert(items_.begin() + static_cast<std::ptrdiff_t>(place), task);
  if (places_.size() <= task.value) places_.resize(task.value + 1);
  places_[task.value] = static_cast<std::uint32_t>(place);
}

}  // namespace midstride::sim
