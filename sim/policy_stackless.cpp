// Exactly the order of Stackless Python: the ring decides. Tasks aside are not Stackless's and come
// first, in the order in which they could run. Actions come only where decisions put them: when
// nothing else is left, the run stops.
#include "sim/policies.hpp"

namespace midstride::sim {
namespace {

class Stackless final : public Policy {
 public:
  std::string_view name() const override { return "stackless"; }
  void begin(std::uint64_t, std::uint64_t) override {}

  Pick pick(const View& view) override {
    if (!view.aside.empty()) return {Pick::Kind::task, view.aside.front().value, 1};
    if (!view.ring.empty()) return {Pick::Kind::task, view.ring[view.current].value, 1};
    return {};
  }
};

}  // namespace

std::unique_ptr<Policy> make_stackless() { return std::make_unique<Stackless>(); }

}  // namespace midstride::sim
