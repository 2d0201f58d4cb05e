// isolation: nobody sees half a reload. Of a reload A of module m, between its begin and its end:
//
//   1. resolve(m.x) gives A's load, then resolve(m.y) gives a load that began before A
//          =>  not both versions define y
//   2. resolve(m.x) gives A's load  =>  A commits
//   3. resolve(m.x) gives nothing   =>  not both versions define x
//
// The two versions are A's and the one committed last; both define a name if their top levels bind
// it. Judged are the resolves of everybody but the bodies of reloads of m, pinned ones (whoever
// asks sees another version by design) excepted. A binding that program code made counts for
// nothing. A name that a top level binds only inside a try block, or that a first load whose body
// raised may have left out, may be missing or old. What is older after A's end is the business of
// `fresh`. Exercised: such a resolve, of a name that both versions define, between A's begin and
// its end.
#include <fmt/format.h>

#include "properties/by_id.hpp"
#include "properties/guarantees/all.hpp"
#include "properties/guarantees/committed.hpp"
#include "properties/guarantees/run_monitor.hpp"

namespace midstride::properties {

using namespace model;

namespace {

class Isolation final : public RunMonitor {
  enum Bug : std::uint32_t { older_again, seen_but_not_committed, missing };

 public:
  void on(std::uint32_t index, const Event& event) override {
    switch (event.kind()) {
      case EventKind::resolve: resolve(index, event); break;
      case EventKind::exit: committed_.exit(tables(), event); break;
      case EventKind::reload_begin: began(event.a); break;
      case EventKind::reload_commit:
        end(event.a);
        committed_.commit(tables(), event.a);
        break;
      case EventKind::reload_fail:
      case EventKind::reload_reject:
        if (attempts_.get(event.a).seen) not_committed(index, event.a);
        end(event.a);
        break;
      default: break;
    }
  }

 private:
  struct Attempt {
    std::uint32_t order = 0;    // of the begins, from 1
    std::uint32_t next = none;  // that is open on the same module
    const VersionCode* version = nullptr;
    bool open = false;
    bool seen = false;            // somebody resolved a name to its load
    std::uint32_t seen_name = 0;  // and this was the first
  };
  struct Module {
    std::uint32_t open = none;  // the attempt that began last and has not ended
  };

  void forget() override {
    attempts_.clear();
    modules_.clear();
    committed_.clear();
    begins_ = 0;
  }

  void began(std::uint32_t id) {
    Attempt& row = attempts_[id];
    row.order = ++begins_;
    if (!is_reload(id)) return;
    Module& module = modules_[attempt(id).module];
    row.version = tables().program->version(attempt(id).module, attempt(id).to);
    row.next = module.open;
    row.open = true;
    module.open = id;
  }

  void end(std::uint32_t id) {
    if (!attempts_.get(id).open) return;
    std::uint32_t* link = &modules_[attempt(id).module].open;
    while (*link != id) link = &attempts_[*link].next;
    *link = attempts_[id].next;
    attempts_[id].open = false;
  }

  void resolve(std::uint32_t index, const Event& event) {
    const std::uint32_t module = event.a >> 16;
    std::uint32_t id = modules_.get(module).open;
    const bool pinned = event.how() == static_cast<std::uint8_t>(ResolveHow::pinned);
    if (id == none || pinned || is_body_of(event.actor(), module)) return;
    for (; id != none; id = attempts_[id].next) see(index, event, id);
  }

  void see(std::uint32_t index, const Event& event, std::uint32_t id) {
    Attempt& row = attempts_[id];
    const std::uint32_t module = event.a >> 16, slot = event.a & 0xffff;
    const bool both = defines(*row.version, slot) && committed_.defines(module, slot);
    if (both) exercise();
    if (Value{event.b} == Value::absent()) {
      if (both && certain(id, module, slot)) gone(index, event, id);
    } else if (event.c == id) {
      if (!row.seen) row.seen_name = event.a;
      row.seen = true;
    } else if (event.c != no_load && row.seen && both && attempts_.get(event.c).order < row.order) {
      if (certain(id, module, slot)) older(index, event, id);
    }
  }

  // Off the hot path: only where something else would be a violation.
  bool certain(std::uint32_t id, std::uint32_t module, std::uint32_t slot) const {
    return committed_.always_defines(tables(), module, slot) &&
           always_defines(tables(), module, attempt(id).to, slot);
  }

  std::string seen(std::uint32_t id) const {
    return fmt::format("{} came from {}", show_name(tables(), attempts_.get(id).seen_name),
                       show_load(tables(), id));
  }
  void older(std::uint32_t index, const Event& event, std::uint32_t id) {
    violate(index, older_again, fmt::format("nothing older, since {}", seen(id)),
            fmt::format("{} comes from {}", show_name(tables(), event.a),
                        show_load(tables(), event.c)));
  }
  void gone(std::uint32_t index, const Event& event, std::uint32_t id) {
    violate(index, missing,
            fmt::format("{}, which the versions before and after {} both define",
                        show_name(tables(), event.a), tables().show_attempt(id)),
            "the name is not there");
  }
  void not_committed(std::uint32_t index, std::uint32_t id) {
    violate(index, seen_but_not_committed,
            fmt::format("{} commits, since {}", tables().show_attempt(id), seen(id)),
            fmt::format("{} did not", tables().show_attempt(id)));
  }

  ById<Attempt> attempts_;
  ById<Module> modules_;
  Committed committed_;
  std::uint32_t begins_ = 0;
};

}  // namespace

Guarantee isolation() {
  constexpr EventMask needs = mask_of(EventKind::resolve, EventKind::reload_begin,
                                      EventKind::reload_commit, EventKind::reload_fail);
  return {
      .name = "isolation",
      .statement =
          "Nobody but a reload sees it half done: never new names and then old ones, never a gap, "
          "never "
          "one that fails in the end.",
      .antecedent = "a name is resolved between the begin and the end of a reload of its module",
      .needs = needs,
      .sees = needs | mask_of(EventKind::reload_reject, EventKind::exit),
      .make = make<Isolation>};
}

}  // namespace midstride::properties
