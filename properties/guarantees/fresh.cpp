// fresh: whoever asks for a name gets what was committed last.
//
//   resolve(m.x), m's last committed attempt is A, A's version defines x
//       =>  it gives A's load, or that of a reload of m which is between its begin and its end
//
// While a reload of m is open, a missing name is the business of `isolation`. Not judged are the
// bodies of reloads of m, pinned resolves (whoever asks sees another version by design), and
// bindings that program code made. A name that A's version binds only
// inside a try block, or that a first load whose body raised may have left out, may come from
// anywhere.
//
//   look(o.x) gives a method with the function F  =>  the first class of o's that has an x, as the
//       stores say, has F
//
// Exercised: such a resolve after the commit of a reload of m, or such a look-up after any.
#include <fmt/format.h>

#include "properties/by_id.hpp"
#include "properties/guarantees/all.hpp"
#include "properties/guarantees/classes.hpp"
#include "properties/guarantees/committed.hpp"
#include "properties/guarantees/run_monitor.hpp"

namespace midstride::properties {

using namespace model;

namespace {

class Fresh final : public RunMonitor {
  enum Bug : std::uint32_t { stale, missing, not_committed, stale_method };

 public:
  void on(std::uint32_t index, const Event& event) override {
    switch (event.kind()) {
      case EventKind::resolve: resolve(index, event); break;
      case EventKind::op: op_ = event; break;
      case EventKind::store: classes_.on(index, event); break;
      case EventKind::look:
      case EventKind::bind: look(index, event); break;
      case EventKind::exit: committed_.exit(tables(), event); break;
      case EventKind::reload_begin: open(event.a); break;
      case EventKind::reload_commit:
        close(event.a, true);
        reloaded_ = reloaded_ || is_reload(event.a);
        committed_.commit(tables(), event.a);
        break;
      case EventKind::reload_fail:
      case EventKind::reload_reject: close(event.a, false); break;
      default: break;
    }
  }

 private:
  struct Attempt {
    bool open = false;
    bool committed = false;
  };

  void forget() override {
    attempts_.clear();
    open_on_module_.clear();
    committed_.clear();
    classes_.clear();
    op_ = {};
    reloaded_ = false;
  }

  void open(std::uint32_t id) {
    attempts_[id].open = true;
    ++open_on_module_[attempt(id).module];
  }
  void close(std::uint32_t id, bool committed) {
    Attempt& row = attempts_[id];
    if (row.open) --open_on_module_[attempt(id).module];
    row = {false, committed};
  }

  void resolve(std::uint32_t index, const Event& event) {
    if (event.how() == static_cast<std::uint8_t>(ResolveHow::pinned)) return;
    const std::uint32_t module = event.a >> 16, slot = event.a & 0xffff;
    const Committed::Row committed = committed_[module];
    if (committed.version == nullptr || !defines(*committed.version, slot)) return;
    const bool absent = Value{event.b} == Value::absent();
    if ((!absent && event.c == no_load) || is_body_of(event.actor(), module)) return;
    if (committed.reloads != 0) exercise();
    if (absent ? open_on_module_.get(module) != 0
               : event.c == committed.load || attempts_.get(event.c).open)
      return;
    if (!committed_.always_defines(tables(), module, slot)) return;
    const Bug bug = absent ? missing : attempts_.get(event.c).committed ? stale : not_committed;
    const std::string found = absent ? "nothing" : show_load(tables(), event.c);
    violate(index, bug,
            fmt::format("{} comes from {}", show_name(tables(), event.a),
                        show_load(tables(), committed.load)),
            fmt::format("{} gets {}", tables().show_actor(event.actor()), found));
  }

  // What the last op has looked up; others receive what they bind after their own op.
  void look(std::uint32_t index, const Event& event) {
    if (!reloaded_ || op_.kind() != EventKind::op || event.actor() != op_.actor()) return;
    if (Value{event.b}.tag() != Tag::method) return;
    const Op& op = op_begun(tables(), op_);
    if (op.code != OpCode::look) return;
    const HandleRow& found = tables().handles[Value{event.b}.index()];
    exercise();
    const Value expected = classes_.inherited(found.class_, NameId{op.x});
    if (expected == found.function) return;
    violate(index, stale_method,
            fmt::format("{} of {} is {}", tables().scenario->text(NameId{op.x}),
                        tables().show(found.class_), tables().show(expected)),
            fmt::format("{} gets {}", tables().show_actor(event.actor()),
                        show_found(tables(), expected, found.function)));
  }

  ById<Attempt> attempts_;
  ById<std::uint32_t> open_on_module_;
  Committed committed_;
  Classes classes_;
  Event op_;  // the one begun last
  bool reloaded_ = false;
};

}  // namespace

Guarantee fresh() {
  constexpr EventMask needs =
      mask_of(EventKind::resolve, EventKind::op, EventKind::look, EventKind::bind, EventKind::store,
              EventKind::reload_begin, EventKind::reload_commit, EventKind::reload_fail);
  return {.name = "fresh",
          .statement =
              "A name that the committed version defines resolves to that version, or to one being "
              "loaded; a method is looked up where its class has it.",
          .antecedent =
              "such a name is resolved after a commit of its module, or a method is looked "
              "up after one",
          .needs = needs,
          .sees = needs | mask_of(EventKind::reload_reject, EventKind::exit),
          .make = make<Fresh>};
}

}  // namespace midstride::properties
