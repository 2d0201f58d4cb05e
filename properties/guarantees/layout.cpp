// layout: a field of an instance is looked for where the instance has it.
//
//   a field of O is read or written by the layout L  =>  L is what O was made with, or last
//       migrated to
//
// Exercised: a field of an instance is used after that was migrated.
#include <fmt/format.h>

#include "properties/guarantees/all.hpp"
#include "properties/guarantees/layouts.hpp"
#include "properties/guarantees/run_monitor.hpp"

namespace midstride::properties {

using namespace model;

namespace {

class Layout final : public RunMonitor {
 public:
  void on(std::uint32_t index, const Event& event) override {
    layouts_.on(event, tables());
    const bool uses =
        event.kind() == EventKind::field && of_instance(static_cast<FieldHow>(event.how()));
    if (!uses) return;
    const std::uint32_t instance = Value{event.a}.index();
    if (layouts_.was_migrated(instance)) exercise();
    const std::uint32_t has = layouts_.layout_of(instance);
    const std::uint32_t used = event.b >> 12;
    if (used == has) return;
    const NameId field = tables().field_name(event);
    violate(index, event.how(),
            fmt::format("{} of {} is looked for in {}, which that has",
                        field.valid() ? tables().scenario->text(field) : "a field",
                        tables().show(Value{event.a}), tables().show_layout(has)),
            fmt::format("it is looked for in {}", tables().show_layout(used)));
  }

 private:
  void forget() override { layouts_.clear(); }

  Layouts layouts_;
};

}  // namespace

Guarantee layout() {
  constexpr EventMask needs = mask_of(EventKind::create, EventKind::field, EventKind::migrate);
  return {.name = "layout",
          .statement = "A field is looked for where the instance has it now.",
          .antecedent = "a field of an instance is used after it was migrated",
          .needs = needs,
          .sees = needs,
          .make = make<Layout>};
}

}  // namespace midstride::properties
