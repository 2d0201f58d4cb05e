// Replays recorded picks, then stops or leaves the rest to another policy. A pick that cannot be
// taken is passed over and counted, so every list is a schedule.
#pragma once

#include <cstddef>
#include <span>

#include "sim/scheduler.hpp"

namespace midstride::sim {

class ListPolicy final : public Policy {
 public:
  // `picks` and `then` (null: stop) must outlive the policy.
  explicit ListPolicy(std::span<const Pick> picks, Policy* then = nullptr)
      : picks_(picks), then_(then) {}

  std::string_view name() const override { return "list"; }
  void begin(std::uint64_t seed, std::uint64_t turns_expected) override;
  Pick pick(const View& view) override;

  // How many were passed over since begin().
  std::size_t skipped_count() const { return skipped_count_; }

 private:
  std::span<const Pick> picks_;
  Policy* then_;
  std::size_t next_ = 0;
  std::size_t skipped_count_ = 0;
};

}  // namespace midstride::sim
