// Uniform over all who can run, one draw a pick. An action gets its turn when it is first seen,
// drawn uniformly over the turns that are expected: then every stretch of the run is as likely to
// be hit, however many points lie in it. When only actions are left they come in that order.
#include <algorithm>
#include <limits>
#include <vector>

#include "sim/policies.hpp"
#include "sim/prng.hpp"

namespace midstride::sim {
namespace {

class Random final : public Policy {
 public:
  std::string_view name() const override { return "random"; }

  void begin(std::uint64_t seed, std::uint64_t turns_expected) override {
    draw_ = Prng::stream(seed, "random policy");
    span_ = static_cast<std::uint32_t>(std::min<std::uint64_t>(turns_expected, 0xffff'fffe)) + 1;
    due_.clear();
    seen_count_ = 0;
    seen_last_ = ActionId::none();
    earliest_due_ = never;
  }

  Pick pick(const View& view) override {
    const std::size_t ring = view.ring.size();
    const auto runnable = static_cast<std::uint32_t>(ring + view.aside.size());
    if (changed(view.actions)) look_at(view.actions);
    if (view.turn >= earliest_due_ || runnable == 0)
      return {Pick::Kind::action, earliest_.value, 1};
    const std::uint32_t drawn = draw_.below(runnable);
    const TaskId task = drawn < ring ? view.ring[drawn] : view.aside[drawn - ring];
    return {Pick::Kind::task, task.value, 1};
  }

 private:
  static constexpr std::uint64_t never = std::numeric_limits<std::uint64_t>::max();

  // Ids only grow, so count and last tell any two sets apart that follow each other.
  bool changed(std::span<const ActionId> actions) const {
    return actions.size() != seen_count_ || (!actions.empty() && actions.back() != seen_last_);
  }

  void look_at(std::span<const ActionId> actions) {
    earliest_due_ = never;
    for (const ActionId action : actions) {
      while (due_.size() <= action.value) due_.push_back(never);
      std::uint64_t& due = due_[action.value];
      if (due == never) due = draw_.below(span_);
      if (due < earliest_due_) {
        earliest_due_ = due;
        earliest_ = action;
      }
    }
    seen_count_ = actions.size();
    seen_last_ = actions.empty() ? ActionId::none() : actions.back();
  }

  Prng draw_{0};
  std::uint32_t span_ = 1;
  std::vector<std::uint64_t> due_;  // by action
  std::size_t seen_count_ = 0;
  ActionId seen_last_;
  ActionId earliest_;
  std::uint64_t earliest_due_ = never;
};

}  // namespace

std::unique_ptr<Policy> make_random() { return std::make_unique<Random>(); }

}  // namespace midstride::sim
