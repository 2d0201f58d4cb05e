// reclaimed: what is garbage is freed, and old versions do not pile up.
//
//   retire(C) by A, the step reclaim of A is over < collect
//       =>  free(C), or a live(C, holder) that follows this collect
//   commit(A), the step reclaim of A is over
//       =>  of the versions of A's module committed by then at most as many as the subject keeps
//           are not retired
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
        loads_[tables().codes[event.a].load].retired = true;
        break;
      case EventKind::reload_commit: loads_[event.a].committed = ++commits_; break;
      case EventKind::reload_step:
        if (static_cast<Step>(event.b) == Step::reclaim && event.how() == 1) done(index, event.a);
        break;
      case EventKind::free: codes_[event.a].freed = true; break;
      case EventKind::collect:
        judge();
        for (const std::uint32_t code : retired_) {
          Code& row = codes_[code];
          row.due = row.due || loads_.get(row.by).reclaimed;
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
  struct Load {
    std::uint32_t committed = 0;  // the how manieth commit of the run; 0: it was none
    bool retired = false;
    bool reclaimed = false;  // its step reclaim is over
  };

  void forget() override {
    codes_.clear();
    loads_.clear();
    commits_ = 0;
    retired_.clear();
    retired_at_collect_ = 0;
    collects_ = 0;
  }

  void done(std::uint32_t index, std::uint32_t id) {
    const std::uint32_t committed = loads_[id].committed;
    loads_[id].reclaimed = true;
    if (committed == 0 || facts().versions_max == 0) return;
    std::uint32_t kept = 0;
    for (std::uint32_t load = 0; load < loads_.size(); ++load) {
      const Load row = loads_.get(load);
      const bool by_then = row.committed != 0 && row.committed <= committed;
      if (by_then && !row.retired && attempt(load).module == attempt(id).module) ++kept;
    }
    if (kept <= facts().versions_max) return;
    violate(index, 1,
            fmt::format("after {} at most {} of its module's versions are not retired",
                        tables().show_attempt(id), facts().versions_max),
            fmt::format("{} are not", kept));
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
  ById<Load> loads_;  // by the attempt that brought them
  std::uint32_t commits_ = 0;
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
          .statement =
              "Retired code that nobody can get at is freed when garbage is collected, and "
              "old versions do not pile up.",
          .antecedent = "code was retired and is freed, or nobody's, at a collect",
          .needs = needs,
          .sees = needs | mask_of(EventKind::reload_commit),
          .make = make<Reclaimed>};
}

}  // namespace midstride::properties
