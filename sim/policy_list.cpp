#include "sim/policy_list.hpp"

#include <algorithm>

namespace midstride::sim {
namespace {

template <class Item>
bool has(std::span<const Item> items, std::uint32_t id) {
  return std::find(items.begin(), items.end(), Item{id}) != items.end();
}

bool applies(const Pick& pick, const View& view) {
  switch (pick.kind) {
    case Pick::Kind::stop: return true;
    case Pick::Kind::task: return has(view.ring, pick.id) || has(view.aside, pick.id);
    case Pick::Kind::action: return has(view.actions, pick.id);
  }
  return false;
}

}  // namespace

void ListPolicy::begin(std::uint64_t seed, std::uint64_t turns_expected) {
  next_ = 0;
  skipped_count_ = 0;
  if (then_ != nullptr) then_->begin(seed, turns_expected);
}

Pick ListPolicy::pick(const View& view) {
  while (next_ < picks_.size()) {
    const Pick pick = picks_[next_++];
    if (applies(pick, view)) return pick;
    ++skipped_count_;
  }
  return then_ != nullptr ? then_->pick(view) : Pick{};
}

}  // namespace midstride::sim
