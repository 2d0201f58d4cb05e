// A table by small dense ids. It grows as ids come, forgets everything at once, and keeps its
// memory, so that a monitor allocates nothing once it has seen a run of the same size.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace midstride::properties {

inline constexpr std::uint32_t none = 0xffff'ffff;  // is no id

template <class Row>
class ById {
 public:
  void clear() { rows_.clear(); }
  // The row of that id; rows that nobody has asked for yet are as Row{} makes them. A reference
  // holds until a larger id comes.
  Row& operator[](std::uint32_t id) {
    if (id >= rows_.size()) rows_.resize(std::size_t{id} + 1);
    return rows_[id];
  }
  // The same for reading: any number is an id here, a mark such as no_code included.
  Row get(std::uint32_t id) const { return id < rows_.size() ? rows_[id] : Row{}; }
  // The rows that were there are as they were; newer ones stay.
  void put_back(const ById& before) {
    std::copy(before.rows_.begin(), before.rows_.end(), rows_.begin());
  }
  // The rows from id 0 to the largest that was asked for.
  std::uint32_t size() const { return static_cast<std::uint32_t>(rows_.size()); }

 private:
  std::vector<Row> rows_;
};

}  // namespace midstride::properties
