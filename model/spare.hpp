// The elements that a list does not need now, kept for the memory which they hold: lists of lists
// that shrink and grow from run to run then allocate nothing once the largest has been seen.
#pragma once

#include <cstddef>
#include <utility>
#include <vector>

namespace midstride::model {

template <class Item>
class Spare {
 public:
  // An item that is added holds what it held when it was put away: the caller writes all of it.
  void resize(std::vector<Item>& list, std::size_t count) {
    for (; list.size() > count; list.pop_back()) items_.push_back(std::move(list.back()));
    while (list.size() < count) add(list);
  }
  Item& add(std::vector<Item>& list) {
    if (items_.empty()) return list.emplace_back();
    list.push_back(std::move(items_.back()));
    items_.pop_back();
    return list.back();
  }

 private:
  std::vector<Item> items_;
};

}  // namespace midstride::model
