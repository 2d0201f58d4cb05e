// dependants: what a module has after a commit hangs together.
//
//   commit(A) of module m, a name of m is bound to E, or to a class that has E in its line (its
//   base, the base of that, and so on), E was brought in under a name n of m
//       =>  E is what n is bound to, or was brought in by the load that brought that in
//
// A base whose name is no longer there must be of the load that commits. Not judged are names that
// program code has bound or that are persistent, and an n that the versions bind more than once.
// Exercised: a reload commits a module in which one class is based on another.
#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "properties/by_id.hpp"
#include "properties/guarantees/all.hpp"
#include "properties/guarantees/classes.hpp"
#include "properties/guarantees/run_monitor.hpp"
#include "properties/pair_ids.hpp"

namespace midstride::properties {

using namespace model;

namespace {

class Dependants final : public RunMonitor {
  enum Bug : std::uint32_t { stale_name, stale_base };

 public:
  void on(std::uint32_t index, const Event& event) override {
    if (event.kind() == EventKind::reload_commit) {
      if (is_reload(event.a)) judge(index, event.a);
      return;
    }
    classes_.on(index, event);
    const Owner owner{event.a};
    const auto how = static_cast<StoreHow>(event.how());
    if (owner.kind() == Owner::Kind::namespace_)
      bindings_[ids_(owner.index(), event.b)] = {Value{event.c}, how == StoreHow::program};
    if (how == StoreHow::pointer) namespaces_[owner.index()].swapped_to = event.c + 1;
  }

 private:
  enum class Role : std::uint8_t { name, base };
  struct Binding {
    Value value{};
    bool by_program = false;
  };
  struct Namespace {
    std::uint32_t swapped_to = 0;  // + 1; 0: the module still has its first, of the same number
  };
  struct Home {
    NameId name{};
    std::uint32_t load = no_load;
  };

  void forget() override {
    classes_.clear();
    ids_.clear();
    bindings_.clear();
    namespaces_.clear();
  }

  Binding binding(std::uint32_t module, std::uint32_t slot) const {
    const std::uint32_t swapped_to = namespaces_.get(module).swapped_to;
    const auto id = ids_.known(swapped_to == 0 ? module : swapped_to - 1, slot);
    return id ? bindings_.get(*id) : Binding{};
  }

  void judge(std::uint32_t index, std::uint32_t committed) {
    const std::uint32_t module = attempt(committed).module;
    const auto count = static_cast<std::uint32_t>(tables().program->modules[module].slots.size());
    for (std::uint32_t slot = 0; slot < count; ++slot) {
      const Binding bound = binding(module, slot);
      const bool persistent = tables().program->persists(module, attempt(committed).to, slot);
      if (bound.by_program || persistent) continue;
      if (stale(committed, bound.value, Role::name))
        tell(index, committed, slot, bound.value, bound.value);
      if (bound.value.tag() != Tag::class_) continue;
      for (Value base = classes_.base(bound.value); base != Value::absent();
           base = classes_.base(base)) {
        if (home_of(module, base)) exercise();
        if (stale(committed, base, Role::base)) tell(index, committed, slot, bound.value, base);
      }
    }
  }

  bool stale(std::uint32_t committed, Value entity, Role role) const {
    const AttemptRow& row = attempt(committed);
    const auto home = home_of(row.module, entity);
    if (!home) return false;
    const std::vector<NameId>& slots = tables().program->modules[row.module].slots;
    const auto slot = std::find(slots.begin(), slots.end(), home->name) - slots.begin();
    const Binding bound = binding(row.module, static_cast<std::uint32_t>(slot));
    if (bound.value == entity || bound.by_program) return false;
    const auto now = home_of(row.module, bound.value);
    if (!now || now->name != home->name)
      return role == Role::base && bound.value == Value::absent() && home->load != committed;
    const bool once =
        only_definition(tables(), row.module, row.to, home->name) != nullptr ||
        only_definition(tables(), row.module, attempt(home->load).to, home->name) != nullptr;
    return once && now->load != home->load;
  }

  // Of a function or class of that module; a method has no name of its own.
  std::optional<Home> home_of(std::uint32_t module, Value entity) const {
    if (entity.tag() == Tag::class_) {
      const EntityRow& made = tables().classes[entity.index()];
      if (made.module != module) return std::nullopt;
      return Home{tables().program->classes[made.function_or_class].name, made.load};
    }
    if (entity.tag() != Tag::function) return std::nullopt;
    const EntityRow& made = tables().functions[entity.index()];
    const FunctionCode& code = tables().program->functions[made.function_or_class];
    if (made.module != module || code.kind != FunctionCode::Kind::function) return std::nullopt;
    return Home{code.name, made.load};
  }

  void tell(std::uint32_t index, std::uint32_t committed, std::uint32_t slot, Value bound,
            Value entity) {
    const bool is_base = bound != entity;
    const std::string name = show_name(tables(), attempt(committed).module << 16 | slot);
    violate(index, is_base ? stale_base : stale_name,
            fmt::format("{} {} what has its name after {}", name, is_base ? "is based on" : "is",
                        tables().show_attempt(committed)),
            fmt::format("it {} {}, which has not", is_base ? "is based on" : "is",
                        tables().show(entity)));
  }

  Classes classes_;
  PairIds ids_;  // of (namespace, slot)
  ById<Binding> bindings_;
  ById<Namespace> namespaces_;  // by module
};

}  // namespace

Guarantee dependants() {
  constexpr EventMask needs = mask_of(EventKind::store, EventKind::reload_commit);
  return {.name = "dependants",
          .statement =
              "After a commit no name and no base class of the module refers to what another load "
              "has taken the name from.",
          .antecedent = "a reload commits a module in which one class is based on another",
          .needs = needs,
          .sees = needs,
          .make = make<Dependants>};
}

}  // namespace midstride::properties
