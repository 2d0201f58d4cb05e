// Runs the new body in a staging namespace, then patches the live one name by name, keeping the
// identity of functions and classes: a function gets the new code, a class its new methods and its
// new base, anything else the new value; what the new version says of one of its own classes or
// functions is said of the one that is kept. Then every instance of a class whose fields changed is
// migrated. A name that changed its kind raises, as a migrator may, and the undo log puts back what
// was there. Relatives: livecoding, IPython's autoreload, jurigged, the JVM's
// redefinition, Smalltalk.
#include <algorithm>
#include <utility>
#include <vector>

#include "model/strategies/strategies.hpp"

namespace midstride::model::runtime {

namespace {

class Patch {
 public:
  Patch(Reloading& reloading, Bases bases)
      : reloading_(reloading),
        bases_(bases),
        runtime_(reloading.runtime),
        log_(runtime_.modules[reloading.module].undo_log),
        live_(runtime_.modules[reloading.module].namespace_) {}

  // False at a name that changed its kind.
  bool name(std::uint32_t slot) {
    const Binding fresh = runtime_.binding(reloading_.staging, slot);
    const Binding old = runtime_.binding(live_, slot);
    if (runtime_.shares(reloading_.staging, slot, live_)) return true;  // persistent
    if (fresh.value == Value::absent()) {
      // Removed: unless program code put it there.
      if (old.value != Value::absent() && old.load != no_load) bind(slot, {});
      return true;
    }
    const bool definition = has_identity(fresh.value) || has_identity(old.value);
    if (old.value == Value::absent() || !definition) return adopt(slot, fresh);
    if (old.value.tag() != fresh.value.tag()) return false;
    const bool fits = old.value.tag() == Tag::function
                          ? code(old.value, fresh.value)
                          : methods(old.value, fresh.value) && base(old.value, fresh.value);
    if (!fits) return false;
    bind(slot, {old.value, fresh.load});
    return true;
  }

  // What has the name is not kept: the name is given to what the new version has there.
  void give_up(std::uint32_t slot) {
    given_up_.resize(std::max<std::size_t>(given_up_.size(), slot + std::size_t{1}), false);
    given_up_[slot] = true;
  }
  bool is_given_up(std::uint32_t slot) const { return slot < given_up_.size() && given_up_[slot]; }
  void take_over(std::uint32_t slot) {
    const Binding fresh = runtime_.binding(reloading_.staging, slot);
    if (!adopt(slot, fresh)) bind(slot, fresh);
  }

  // When all names are done, in one turn: nobody sees the fields of some classes and not of others.
  void layouts() {
    for (std::uint32_t slot = 0; slot < runtime_.namespaces[live_].count; ++slot) {
      const Value live = runtime_.binding(live_, slot).value;
      const Value fresh = runtime_.binding(reloading_.staging, slot).value;
      if (live.tag() == Tag::class_ && fresh.tag() == Tag::class_ && live != fresh)
        fields(live, fresh);
    }
    runtime_.renew_layouts([this](Value class_) {
      log({.kind = Undo::Kind::layout,
           .owner = class_.index(),
           .slot = runtime_.heap.classes[class_.index()].layout,
           .binding = {.value = class_}});
    });
  }

 private:
  // The name means what it does in the staging namespace, with what is kept in the place of what
  // stands for it there. False where a class would be its own ancestor.
  bool adopt(std::uint32_t slot, const Binding& fresh) {
    const Value made = kept(fresh.value);
    const bool own = made == fresh.value && made.tag() == Tag::class_ &&
                     runtime_.heap.classes[made.index()].module == reloading_.module;
    if (own && !base(made, made)) return false;
    bind(slot, {made, fresh.load});
    return true;
  }

  static bool has_identity(Value value) {
    return value.tag() == Tag::function || value.tag() == Tag::class_;
  }

  // The function or class that goes on as `fresh` does in the staging namespace: the one that has
  // its name, where there is one of its kind.
  Value kept(Value fresh) const {
    if (!has_identity(fresh)) return fresh;
    for (std::uint32_t slot = 0; slot < runtime_.namespaces[live_].count; ++slot) {
      if (is_given_up(slot)) continue;
      const Value live = runtime_.binding(live_, slot).value;
      const bool named = runtime_.binding(reloading_.staging, slot).value == fresh;
      if (named && live.tag() == fresh.tag()) return live;
    }
    return fresh;
  }

  void bind(std::uint32_t slot, Binding made) {
    Binding& old = runtime_.binding(live_, slot);
    log({.kind = Undo::Kind::binding, .owner = live_, .slot = slot, .binding = old});
    runtime_.heap.acquire(made.value);
    runtime_.store(live_, slot, made);
  }

  // False where the new code needs another closure than the function has.
  bool code(Value function, Value fresh) {
    if (runtime_.heap.cells_of(function).size() != runtime_.heap.cells_of(fresh).size())
      return false;
    const std::uint32_t old = runtime_.heap.functions[function.index()].code;
    log({.kind = Undo::Kind::code, .owner = function.index(), .code = old});
    runtime_.heap.set_code(function, runtime_.heap.functions[fresh.index()].code);
    return true;
  }

  bool methods(Value class_, Value fresh) {
    Heap& heap = runtime_.heap;
    const Class from = heap.classes[fresh.index()];
    for (std::uint32_t at = from.slots_begin; at < from.slots_end; ++at) {
      const ClassSlot slot = heap.class_slots[at];
      const Value known = heap.method_of(class_, slot.name);
      if (known != Value::absent()) {
        if (!code(known, slot.function)) return false;
      } else {
        own_class(slot.function, class_);
        method(class_, slot.name, slot.function);
      }
    }
    const Class to = heap.classes[class_.index()];
    for (std::uint32_t at = to.slots_begin; at < to.slots_end; ++at) {
      const ClassSlot slot = heap.class_slots[at];
      const bool removed =
          slot.function != Value::absent() && heap.method_of(fresh, slot.name) == Value::absent();
      if (removed) method(class_, slot.name, Value::absent());
    }
    return true;
  }

  // A method that is taken over says super() of the class that is kept.
  void own_class(Value function, Value class_) {
    Heap& heap = runtime_.heap;
    for (const Value cell : heap.cells_of(function)) {
      const Value old = heap.cells[cell.index()].value;
      if (old == class_) continue;
      log({.kind = Undo::Kind::cell, .owner = cell.index(), .binding = {.value = old}});
      heap.acquire(class_);
      heap.set_cell(cell, class_);
    }
  }

  // False where the class would be its own ancestor.
  bool base(Value class_, Value fresh) {
    Heap& heap = runtime_.heap;
    const Value old = heap.classes[class_.index()].base;
    const Value staged = heap.classes[fresh.index()].base;
    const Value made = bases_ == Bases::rewritten ? kept(staged) : staged;
    if (made == old) return true;
    if (made != Value::absent() && heap.is_subclass(made, class_)) return false;
    log({.kind = Undo::Kind::base, .owner = class_.index(), .binding = {.value = old}});
    heap.acquire(made);
    runtime_.set_class_base(class_, made);
    return true;
  }

  void fields(Value class_, Value fresh) {
    Class& row = runtime_.heap.classes[class_.index()];
    log({.kind = Undo::Kind::fields,
         .owner = class_.index(),
         .slot = row.fields_begin,
         .code = row.fields_end});
    row.fields_begin = runtime_.heap.classes[fresh.index()].fields_begin;
    row.fields_end = runtime_.heap.classes[fresh.index()].fields_end;
  }

  void method(Value class_, NameId name, Value function) {
    const Value old = runtime_.heap.method_of(class_, name);
    log({.kind = Undo::Kind::method,
         .owner = class_.index(),
         .slot = name.value,
         .binding = {.value = old}});
    runtime_.heap.acquire(function);
    runtime_.set_class_method(class_, name, function);
  }

  // Put back last to first, a place that was changed twice ends as it was before the first change.
  void log(const Undo& undo) {
    runtime_.heap.acquire(undo.binding.value);
    if (undo.kind == Undo::Kind::code) runtime_.heap.acquire_code(undo.code);
    log_.push_back(undo);
  }

  Reloading& reloading_;
  const Bases bases_;
  Runtime& runtime_;
  std::vector<Undo>& log_;
  const std::uint32_t live_;
  std::vector<bool> given_up_;  // by slot
};

void forget(Runtime& runtime, const Undo& undo) {
  for (Value& value : runtime.values_of(undo))
    runtime.heap.release(std::exchange(value, Value::absent()));
  runtime.heap.release(undo.binding.value);
  if (undo.kind == Undo::Kind::code) runtime.heap.release_code(undo.code);
}

void put_back(Reloading& reloading) {
  Runtime& runtime = reloading.runtime;
  std::vector<Undo>& log = runtime.modules[reloading.module].undo_log;
  while (!log.empty()) {
    const Undo undo = log.back();
    log.pop_back();
    switch (undo.kind) {
      case Undo::Kind::binding: {
        runtime.heap.acquire(undo.binding.value);
        runtime.store(undo.owner, undo.slot, undo.binding);
        break;
      }
      case Undo::Kind::code:
        runtime.heap.set_code(Value::of(Tag::function, undo.owner), undo.code);
        break;
      case Undo::Kind::method:
        runtime.heap.acquire(undo.binding.value);
        runtime.set_class_method(Value::of(Tag::class_, undo.owner), NameId{undo.slot},
                                 undo.binding.value);
        break;
      case Undo::Kind::base:
        runtime.heap.acquire(undo.binding.value);
        runtime.set_class_base(Value::of(Tag::class_, undo.owner), undo.binding.value);
        break;
      case Undo::Kind::cell:
        runtime.heap.acquire(undo.binding.value);
        runtime.heap.set_cell(Value::of(Tag::cell, undo.owner), undo.binding.value);
        break;
      case Undo::Kind::fields:
        runtime.heap.classes[undo.owner].fields_begin = undo.slot;
        runtime.heap.classes[undo.owner].fields_end = undo.code;
        break;
      // Unless another reload has gone on from there.
      case Undo::Kind::layout:
        if (runtime.heap.classes[undo.owner].layout == undo.slot)
          runtime.take_back_layout(undo.binding.value);
        break;
      case Undo::Kind::instance:
        if (runtime.heap.instances[undo.binding.value.index()].layout != undo.owner) break;
        runtime.migrate_back(undo.binding.value, undo.code, undo.slot);
        runtime.heap.release(undo.binding.value);
        continue;  // it has its values again
    }
    forget(runtime, undo);
  }
  // What fields have to begin with.
  runtime.renew_layouts([](Value) {});
}

// Whether this reload, or another one of its batch, gave a class that layout.
bool made_layout(const Reloading& reloading, std::uint32_t layout) {
  return std::any_of(reloading.batch.begin(), reloading.batch.end(), [&](const Reloading& one) {
    const std::vector<Undo>& log = one.runtime.modules[one.module].undo_log;
    return std::any_of(log.begin(), log.end(), [&](const Undo& undo) {
      return undo.kind == Undo::Kind::layout && undo.slot == layout;
    });
  });
}

}  // namespace

bool patch_in_place(Reloading& reloading) { return patch_in_place(reloading, Bases::rewritten); }

bool patch_in_place(Reloading& reloading, Bases bases) {
  Runtime& runtime = reloading.runtime;
  Patch patch(reloading, bases);
  const std::uint32_t count = runtime.namespaces[reloading.staging].count;
  for (std::uint32_t slot = 0; slot < count; ++slot) {
    reloading.step_begins(Step::migrate);
    const bool patched = patch.name(slot);
    reloading.step_ends(Step::migrate);
    if (patched) continue;
    const NameId name = runtime.program().modules[reloading.module].slots[slot];
    reloading.error = reloading.run.error(ErrorKind::kind_changed, {}, name);
    return false;
  }
  patch.layouts();
  return true;
}

bool migrate_at_once(Reloading& reloading) {
  Runtime& runtime = reloading.runtime;
  // More of them may come while this goes on.
  for (std::uint32_t at = 0; at < runtime.heap.instances.size(); ++at) {
    if (!migrate_at_once(reloading, Value::of(Tag::instance, at))) return false;
  }
  return true;
}

// What is done last is undone first: before any class gets back what it had.
bool migrate_at_once(Reloading& reloading, Value instance) {
  Runtime& runtime = reloading.runtime;
  std::vector<Undo>& log = runtime.modules[reloading.batch.back().module].undo_log;
  const auto to_be_migrated = [&] {
    const Instance& row = runtime.heap.instances[instance.index()];
    return row.count != 0 && runtime.heap.is_stale(instance) &&
           made_layout(reloading, runtime.heap.layouts[row.layout].next);
  };
  while (to_be_migrated()) {
    reloading.step_begins(Step::migrate);
    Runtime::Migration migration;
    if (to_be_migrated()) {  // still
      const Instance row = runtime.heap.instances[instance.index()];
      runtime.heap.acquire(instance);
      log.push_back({.kind = Undo::Kind::instance,
                     .owner = runtime.heap.layouts[row.layout].next,
                     .slot = row.values,
                     .binding = {.value = instance},
                     .code = row.layout});
      migration = runtime.migrate(instance, MigrateHow::at_once, true);
    }
    reloading.step_ends(Step::migrate);
    if (!runtime.run_migrator(reloading, instance, migration)) return false;
  }
  return true;
}

// Where a name cannot be patched everything is put back and begun anew, since others may refer to
// what had it.
void patch_at_once(Reloading& reloading) {
  Patch patch(reloading, Bases::rewritten);
  const std::uint32_t count = reloading.runtime.namespaces[reloading.staging].count;
  for (std::uint32_t slot = 0; slot < count;) {
    if (patch.is_given_up(slot)) {
      patch.take_over(slot++);
    } else if (patch.name(slot)) {
      ++slot;
    } else {
      put_back(reloading);
      patch.give_up(slot);
      slot = 0;
    }
  }
  patch.layouts();
  forget_patches(reloading);
}

// There is no way back any more: the next attempt's undo must not find this one's log.
void forget_patches(Reloading& reloading) {
  std::vector<Undo>& log = reloading.runtime.modules[reloading.module].undo_log;
  for (const Undo& undo : log) forget(reloading.runtime, undo);
  log.clear();
  drop_staging(reloading);
}

void undo_patches(Reloading& reloading) {
  put_back(reloading);
  drop_staging(reloading);
}

constinit const Strategy in_place{
    .name = "in-place",
    .does = "keeps entities and replaces their code",
    .admit = queue_behind_others,
    .stage = stage_apart,
    .install = patch_in_place,
    .migrate = migrate_at_once,
    .settle = forget_patches,
    .undo = undo_patches,
    .instances = InstancePolicy::eager,
};

}  // namespace midstride::model::runtime
