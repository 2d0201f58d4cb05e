// failed-reload: a reload that does not succeed leaves what it works on as it was.
//
//   fail(A) or reject(A)
//       =>  every slot whose last store is A's has the value from before A's first store to it
//
// A slot is a name of a namespace, an entry of a class dictionary, or a module's namespace pointer,
// version counter or in-progress flag; absence is a value. A store is A's if A's machinery made it,
// or A's body at the top level of its own module (not by an assignment to module.name, and not a
// store by a tasklet or by another reload). Slots of namespaces and classes that A brought into
// being, such as a staging namespace, are nobody's loss. What the body did to the rest of the world
// is not judged. Exercised: a reload fails after its body began an op.
#include <fmt/format.h>

#include <string>
#include <string_view>
#include <vector>

#include "properties/by_id.hpp"
#include "properties/guarantees/all.hpp"
#include "properties/guarantees/run_monitor.hpp"
#include "properties/pair_ids.hpp"

namespace midstride::properties {

using namespace model;

namespace {

class FailedReload final : public RunMonitor {
 public:
  void on(std::uint32_t index, const Event& event) override {
    switch (event.kind()) {
      case EventKind::op:
        if (event.actor().kind() == ActorKind::body) attempts_[event.actor().index()].ran = true;
        break;
      case EventKind::store: store(index, event); break;
      case EventKind::reload_begin: attempts_[event.a].begin = index; break;
      case EventKind::reload_fail:
        if (is_reload(event.a) && attempts_.get(event.a).ran) exercise();
        judge(index, event.a);
        break;
      case EventKind::reload_reject: judge(index, event.a); break;
      default: break;
    }
  }

 private:
  struct Attempt {
    std::uint32_t begin = none;               // index of its reload_begin
    std::uint32_t first = none, last = none;  // of its entries in the journal
    bool ran = false;                         // its body began an op
  };
  struct Slot {
    std::uint32_t owner = 0, slot = 0;
    std::uint32_t value = 0;
    std::uint32_t stored_by = none;   // attempt, or none
    std::uint32_t journalled = none;  // the attempt that did so last
    std::uint32_t judged = none;      // likewise
    StoreHow how = StoreHow::namespace_;
    bool known = false;  // somebody stored to it
  };
  struct Entry {  // the value before an attempt's first store to a slot
    std::uint32_t slot;
    std::uint32_t value;
    std::uint32_t next;
  };

  void forget() override {
    ids_.clear();
    slots_.clear();
    attempts_.clear();
    namespaces_.clear();
    journal_.clear();
  }

  // The attempt whose own a store is, or none.
  std::uint32_t attempt_of(const Event& event) const {
    const Actor actor = event.actor();
    const bool machinery = actor.kind() == ActorKind::machinery;
    const bool top_level = actor.kind() == ActorKind::body &&
                           event.how() != static_cast<std::uint8_t>(StoreHow::program);
    return (machinery || top_level) && is_reload(actor.index()) ? actor.index() : none;
  }

  void store(std::uint32_t index, const Event& event) {
    const Owner owner{event.a};
    const std::uint32_t by = attempt_of(event);
    const std::uint32_t id = ids_(event.a, event.b);
    Slot& slot = slots_[id];
    slot.owner = event.a;
    slot.slot = event.b;
    if (by != none && slot.journalled != by) {
      if (existed(slot, by)) note(id, slot, by);
      slot.journalled = by;
    }
    slot.value = event.c;
    slot.known = true;
    slot.stored_by = by;
    slot.how = static_cast<StoreHow>(event.how());
    if (owner.kind() == Owner::Kind::namespace_) seen(owner.index(), index);
    if (slot.how == StoreHow::pointer) seen(event.c, index);
  }

  void seen(std::uint32_t namespace_id, std::uint32_t index) {
    Namespace& namespace_ = namespaces_[namespace_id];
    if (namespace_.seen == none) namespace_.seen = index;
  }

  // Whether the slot's owner was there when the attempt began. The pointer of a module that was
  // never announced has no value to go back to.
  bool existed(const Slot& slot, std::uint32_t by) const {
    const Owner owner{slot.owner};
    switch (owner.kind()) {
      case Owner::Kind::namespace_: {
        const std::uint32_t seen = namespaces_.get(owner.index()).seen;
        return seen != none && seen < attempts_.get(by).begin;
      }
      case Owner::Kind::class_: return tables().classes[owner.index()].load != by;
      case Owner::Kind::module: return slot.known || slot.slot != 0;
    }
    return false;
  }

  // Two attempts that store to one slot in turns are journalled more than once: the first entry
  // counts.
  void note(std::uint32_t id, Slot& slot, std::uint32_t by) {
    const auto entry = static_cast<std::uint32_t>(journal_.size());
    journal_.push_back({id, slot.value, none});
    Attempt& attempt = attempts_[by];
    (attempt.last == none ? attempt.first : journal_[attempt.last].next) = entry;
    attempt.last = entry;
  }

  void judge(std::uint32_t index, std::uint32_t ended) {
    for (std::uint32_t at = attempts_.get(ended).first; at != none; at = journal_[at].next) {
      const Entry& entry = journal_[at];
      Slot& slot = slots_[entry.slot];
      if (slot.judged == ended) continue;
      slot.judged = ended;
      if (slot.stored_by == ended && slot.value != entry.value)
        changed(index, ended, slot, entry.value);
    }
  }

  // The bug is the kind of slot.
  void changed(std::uint32_t index, std::uint32_t ended, const Slot& slot, std::uint32_t before) {
    const std::string place = show_place(slot, attempt(ended).module);
    const std::string reload = tables().show_attempt(ended);
    const Value old{before}, now{slot.value};
    std::string expected = tables().show(old), found = show_found(tables(), old, now);
    if (Owner{slot.owner}.kind() == Owner::Kind::module) {  // an id, a number or a flag
      expected = std::to_string(before);
      found = std::to_string(slot.value);
    } else if (slot.how == StoreHow::layout) {
      expected = tables().show_layout(before);
      found = tables().show_layout(slot.value);
    }
    violate(index, static_cast<std::uint32_t>(slot.how),
            fmt::format("{} is {} again when {} has failed", place, expected, reload),
            fmt::format("it is {}", found));
  }

  std::string show_place(const Slot& slot, std::uint32_t module) const {
    const Owner owner{slot.owner};
    switch (owner.kind()) {
      case Owner::Kind::namespace_: return show_name(tables(), module << 16 | slot.slot);
      case Owner::Kind::class_: {
        std::string_view entry;
        switch (slot.slot) {
          case base_slot: entry = "the base"; break;
          case layout_slot: entry = "the layout"; break;
          default: entry = tables().scenario->text(NameId{slot.slot});
        }
        return fmt::format("{} of {}", entry, tables().show(Value::of(Tag::class_, owner.index())));
      }
      case Owner::Kind::module: {
        constexpr std::string_view slots[] = {"namespace", "version", "in-progress flag"};
        const NameId name = tables().program->modules[owner.index()].name;
        return fmt::format("the {} of {}", slots[slot.slot], tables().scenario->text(name));
      }
    }
    return {};
  }

  struct Namespace {
    std::uint32_t seen = none;  // index of the first event that named it
  };

  PairIds ids_;  // of (owner, slot)
  ById<Slot> slots_;
  ById<Attempt> attempts_;
  ById<Namespace> namespaces_;
  std::vector<Entry> journal_;
};

}  // namespace

Guarantee failed_reload() {
  constexpr EventMask needs =
      mask_of(EventKind::store, EventKind::op, EventKind::reload_begin, EventKind::reload_fail);
  return {.name = "failed-reload",
          .statement =
              "A reload that fails or is rejected leaves its module, classes and counters as they "
              "were.",
          .antecedent = "a reload fails after its body ran a statement",
          .needs = needs,
          .sees = needs | mask_of(EventKind::reload_reject),
          .make = make<FailedReload>};
}

}  // namespace midstride::properties
