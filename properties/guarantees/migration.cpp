// migration: an instance of a class whose fields changed is migrated, once for each change.
//
//   migrate(O, A, B)  =>  O has the layout A, and B is the one that followed A in O's class; or, if
//       a reload that fails takes B's successor back, the other way round
//   a field of O is read or written, by anyone but its migrator while that runs  =>  O has the
//       layout that its class has by the last commit, or by a reload that is under way
//
// Exercised: an instance is migrated, or used after a commit that gave its class another layout
// than it was made with.
#include <fmt/format.h>

#include "properties/by_id.hpp"
#include "properties/guarantees/all.hpp"
#include "properties/guarantees/layouts.hpp"
#include "properties/guarantees/run_monitor.hpp"

namespace midstride::properties {

using namespace model;

namespace {

class Migration final : public RunMonitor {
  enum Bug : std::uint32_t { wrong_step, not_migrated };

 public:
  void on(std::uint32_t index, const Event& event) override {
    switch (event.kind()) {
      case EventKind::migrate: migrate(index, event); break;
      case EventKind::enter:
        if (event.how() == static_cast<std::uint8_t>(EnterHow::migrator)) {
          frames_[event.a].migrates = last_ + 1;
          ++instances_[last_].migrators;
        }
        break;
      case EventKind::exit: {
        std::uint32_t& migrates = frames_[event.a].migrates;
        if (migrates != 0) --instances_[migrates - 1].migrators;
        migrates = 0;
        break;
      }
      case EventKind::field: use(index, event); break;
      default: break;
    }
    layouts_.on(event, tables());
  }

 private:
  struct Instance {
    std::uint32_t migrators = 0;  // that have it
  };
  struct Frame {
    std::uint32_t migrates = 0;  // the instance, plus one
  };

  void forget() override {
    layouts_.clear();
    instances_.clear();
    frames_.clear();
    last_ = 0;
  }

  void migrate(std::uint32_t index, const Event& event) {
    exercise();
    last_ = Value{event.a}.index();
    const bool back = event.how() == static_cast<std::uint8_t>(MigrateHow::undone);
    const std::uint32_t has = layouts_.layout_of(last_);
    const bool follows =
        back ? layouts_.before(event.b) == event.c : layouts_.before(event.c) == event.b;
    if (event.b == has && follows) return;
    violate(index, wrong_step,
            fmt::format("{} has {} and is migrated to what {} that", show(event.a),
                        tables().show_layout(has), back ? "came before" : "followed"),
            fmt::format("it is migrated from {} to {}", tables().show_layout(event.b),
                        tables().show_layout(event.c)));
  }

  void use(std::uint32_t index, const Event& event) {
    const std::uint32_t instance = Value{event.a}.index();
    if (!of_instance(static_cast<FieldHow>(event.how()))) return;
    const std::uint32_t class_ = tables().instance_classes[instance];
    const std::uint32_t committed = layouts_.committed(class_);
    const std::uint32_t has = layouts_.layout_of(instance);
    if (committed != layouts_.made_with(instance)) exercise();
    if (has == committed || has == layouts_.current(class_)) return;
    if (instances_.get(instance).migrators != 0) return;
    violate(index, not_migrated,
            fmt::format("{} has been migrated to {} when it is used", show(event.a),
                        tables().show_layout(committed)),
            fmt::format("it has {}", tables().show_layout(has)));
  }

  std::string show(std::uint32_t value) const { return tables().show(Value{value}); }

  Layouts layouts_;
  ById<Instance> instances_;
  ById<Frame> frames_;
  std::uint32_t last_ = 0;  // that was migrated
};

}  // namespace

Guarantee migration() {
  constexpr EventMask needs = mask_of(EventKind::create, EventKind::field, EventKind::migrate,
                                      EventKind::store, EventKind::reload_commit);
  return {.name = "migration",
          .statement =
              "An instance of a class whose fields changed is migrated, once for each change, "
              "before it is used.",
          .antecedent =
              "an instance is migrated, or used after a commit that changed its class's fields",
          .needs = needs,
          .sees = needs | mask_of(EventKind::enter, EventKind::exit, EventKind::reload_fail),
          .make = make<Migration>};
}

}  // namespace midstride::properties
