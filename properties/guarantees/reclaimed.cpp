// reclaimed: what is garbage is freed.
//
//   retire(C) by A, the step reclaim of A is over < collect
//       =>  free(C), or a live(C, holder) that follows this collect
//
// A collect is the chance; the end of a run is one. The walker, which goes over all roots after it,
// tells of every holder of retired code that is not freed. A namespace that its module points at no
// longer is no excuse: nobody but whoever keeps it for a tasklet can get at it. Exercised: code was
// retired, and freed or nobody's, at a collect.
#include <fmt/format.h>

#include <vector>

#include "properties/by_id.hpp"
#include "properties/guarantees/all.hpp"
#include "properties/guarantees/run_monitor.hpp"

namespace midstride::properties {

using namespace model;

namespace {

class Reclaimed final : public RunMonitor {
 public:
  void on(std::uint32_t index, const Event& event) override {
    switch (event.kind()) {
      case EventKind::retire:
        retired_.push_back(event.a);
        codes_[event.a].by = event.actor().index();
        break;
      case EventKind::reload_step:
        if (static_cast<Step>(event.b) == Step::reclaim && event.how() == 1)
          reclaimed_[event.a].yes = true;
        break;
      case EventKind::free: codes_[event.a].freed = true; break;
      case EventKind::collect:
        judge();
        for (const std::uint32_t code : retired_) {
          Code& row = codes_[code];
          row.due = row.due || reclaimed_.get(row.by).yes;
        }
        collected_ = index;
        retired_at_collect_ = retired_.size();
        ++collects_;
        break;
      case EventKind::live:
        if (static_cast<HolderKind>(event.b) != HolderKind::old_namespace)
          codes_[event.a].held = collects_;
        break;
      default: break;
    }
  }

  void finish() override { judge(); }

 private:
  struct Code {
    std::uint32_t held = 0;  // the collect after which somebody was seen to hold it
    std::uint32_t by = 0;    // the attempt that retired it
    bool due = false;        // that attempt had done with it at a collect
    bool freed = false;
  };
  struct Attempt {
    bool yes = false;
  };

  void forget() override {
    codes_.clear();
    reclaimed_.clear();
    retired_.clear();
    retired_at_collect_ = 0;
    collects_ = 0;
  }

  void judge() {
    for (std::size_t at = 0; at < retired_at_collect_; ++at) {
      const Code code = codes_.get(retired_[at]);
      if (!code.due || code.held == collects_) continue;
      exercise();
      if (code.freed) continue;
      violate(collected_, 0,
              fmt::format("{}, which is retired and which nobody can get at, is freed",
                          tables().show_code(retired_[at])),
              "it is not");
    }
  }

  ById<Code> codes_;
  ById<Attempt> reclaimed_;  // whose step reclaim is over
  std::vector<std::uint32_t> retired_;
  std::size_t retired_at_collect_ = 0;
  std::uint32_t collects_ = 0;
  std::uint32_t collected_ = 0;  // index of the last collect
};

}  // namespace

Guarantee reclaimed() {
  constexpr EventMask needs = mask_of(EventKind::retire, EventKind::free, EventKind::live,
                                      EventKind::collect, EventKind::reload_step);
  return {.name = "reclaimed",
          .statement = "Retired code that nobody can get at is freed when garbage is collected.",
          .antecedent = "code was retired and is freed, or nobody's, at a collect",
          .needs = needs,
          .sees = needs,
          .make = make<Reclaimed>};
}

}  // namespace midstride::properties
