// One turn each, by task id and round again. Actions have their place too: the first pending one
// comes when eight turns have begun since the last one did, or when nobody can run.
#include <algorithm>

#include "sim/policies.hpp"

namespace midstride::sim {
namespace {

constexpr std::uint64_t turns_between_actions = 8;

class RoundRobin final : public Policy {
 public:
  std::string_view name() const override { return "round-robin"; }

  void begin(std::uint64_t, std::uint64_t) override {
    last_ = TaskId::none();
    last_action_turn_ = 0;
  }

  Pick pick(const View& view) override {
    const bool action_is_due = view.turn - last_action_turn_ >= turns_between_actions;
    const bool nobody = view.ring.empty() && view.aside.empty();
    if (!view.actions.empty() && (action_is_due || nobody)) {
      last_action_turn_ = view.turn;
      return {Pick::Kind::action, view.actions.front().value, 1};
    }
    // The distance from the last id upwards, wrapping: 0 is the one that follows it. none() wraps
    // to 0.
    const auto distance = [&](TaskId task) { return task.value - (last_.value + 1); };
    TaskId best = view.ring.empty() ? view.aside.front() : view.ring.front();
    for (const auto& tasks : {view.ring, view.aside}) {
      for (const TaskId task : tasks) {
        if (distance(task) < distance(best)) best = task;
      }
    }
    last_ = best;
    return {Pick::Kind::task, best.value, 1};
  }

 private:
  TaskId last_;
  std::uint64_t last_action_turn_ = 0;
};

}  // namespace

std::unique_ptr<Policy> make_round_robin() { return std::make_unique<RoundRobin>(); }

}  // namespace midstride::sim
