// removed-names: what becomes of a name that the new version no longer mentions is what the subject
// declares (Capabilities::removed_names).
//
//   resolve(m.x), a version of m that was committed before always defined x, the one committed last
//   does not  =>  it gives nothing (names go), or something (names stay)
//
// Judged while no reload of m is open. Not judged are the bodies of reloads of m, pinned resolves
// (whoever asks sees another version by design), and bindings that program code made. Exercised:
// such a resolve.
#include <fmt/format.h>

#include "properties/by_id.hpp"
#include "properties/guarantees/all.hpp"
#include "properties/guarantees/committed.hpp"
#include "properties/guarantees/run_monitor.hpp"

namespace midstride::properties {

using namespace model;

namespace {

class NamesRemoved final : public RunMonitor {
  enum Bug : std::uint32_t { still_there, gone };

 public:
  void on(std::uint32_t index, const Event& event) override {
    switch (event.kind()) {
      case EventKind::resolve: resolve(index, event); break;
      case EventKind::exit: committed_.exit(tables(), event); break;
      case EventKind::reload_begin: open(event.a); break;
      case EventKind::reload_commit:
        close(event.a);
        commit(event.a);
        break;
      case EventKind::reload_fail:
      case EventKind::reload_reject: close(event.a); break;
      default: break;
    }
  }

 private:
  struct Attempt {
    bool open = false;
    std::uint32_t before = none;  // the attempt that was committed before it
  };

  void forget() override {
    attempts_.clear();
    open_on_module_.clear();
    last_.clear();
    committed_.clear();
  }

  void open(std::uint32_t id) {
    attempts_[id].open = true;
    ++open_on_module_[attempt(id).module];
  }
  void close(std::uint32_t id) {
    if (attempts_.get(id).open) --open_on_module_[attempt(id).module];
    attempts_[id].open = false;
  }
  void commit(std::uint32_t id) {
    const std::uint32_t module = attempt(id).module;
    committed_.commit(tables(), id);
    attempts_[id].before = last_[module].attempt;
    // A first load whose body raised may have left out anything.
    if (is_reload(id) || !committed_.raised(module)) last_[module].attempt = id;
  }

  void resolve(std::uint32_t index, const Event& event) {
    const std::uint32_t module = event.a >> 16, slot = event.a & 0xffff;
    const Committed::Row now = committed_[module];
    const bool absent = Value{event.b} == Value::absent();
    if (now.reloads == 0 || defines(*now.version, slot) || open_on_module_.get(module) != 0) return;
    if (event.how() == static_cast<std::uint8_t>(ResolveHow::pinned)) return;
    if ((!absent && event.c == no_load) || is_body_of(event.actor(), module)) return;
    if (!was_defined(module, slot)) return;
    exercise();
    const bool stay = facts().removed_names == RemovedNames::stay;
    if (absent != stay) return;
    violate(index, stay ? gone : still_there,
            fmt::format("{}, which {} lacks, {}", show_name(tables(), event.a),
                        show_load(tables(), now.load), stay ? "stays" : "is gone"),
            absent ? "the name is not there"
                   : fmt::format("{} gets {}", tables().show_actor(event.actor()),
                                 tables().show(Value{event.b})));
  }

  bool was_defined(std::uint32_t module, std::uint32_t slot) const {
    for (std::uint32_t id = last_.get(module).attempt; id != none; id = attempts_.get(id).before) {
      if (always_defines(tables(), module, attempt(id).to, slot)) return true;
    }
    return false;
  }

  struct Last {
    std::uint32_t attempt = none;
  };

  ById<Attempt> attempts_;
  ById<std::uint32_t> open_on_module_;
  ById<Last> last_;  // by module: that was committed
  Committed committed_;
};

}  // namespace

Guarantee removed_names() {
  constexpr EventMask needs =
      mask_of(EventKind::resolve, EventKind::reload_begin, EventKind::reload_commit);
  return {
      .name = "removed-names",
      .statement =
          "A name that the new version no longer defines is gone, or stays, as the subject "
          "declares.",
      .antecedent = "such a name is resolved while no reload of its module is under way",
      .needs = needs,
      .sees = needs | mask_of(EventKind::reload_fail, EventKind::reload_reject, EventKind::exit),
      .make = make<NamesRemoved>};
}

}  // namespace midstride::properties
