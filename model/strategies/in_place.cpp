// Runs the new body in a staging namespace, then patches the live one name by name, keeping the
// identity of functions and classes: a function gets the new code, a class its new methods,
// anything else the new value. A name that changed its kind raises, and the undo log puts back what
// was there. Relatives: livecoding, IPython's autoreload, jurigged, the JVM's redefinition,
// Smalltalk.
#include <utility>

#include "model/strategies/strategies.hpp"

namespace midstride::model::runtime {

namespace {

class Patch {
 public:
  explicit Patch(Reloading& reloading)
      : reloading_(reloading),
        runtime_(reloading.runtime),
        log_(runtime_.modules[reloading.module].undo_log),
        live_(runtime_.modules[reloading.module].namespace_) {}

  // False at a name that changed its kind.
  bool name(std::uint32_t slot) {
    const Binding fresh = runtime_.binding(reloading_.staging, slot);
    const Binding old = runtime_.binding(live_, slot);
    if (fresh.value == Value::absent()) {
      // Removed: unless program code put it there.
      if (old.value != Value::absent() && old.load != no_load) bind(slot, {});
      return true;
    }
    const bool definition = has_identity(fresh.value) || has_identity(old.value);
    if (old.value == Value::absent() || !definition) {
      bind(slot, fresh);
      return true;
    }
    if (old.value.tag() != fresh.value.tag()) return false;
    if (old.value.tag() == Tag::function) {
      code(old.value, fresh.value);
    } else {
      methods(old.value, fresh.value);
    }
    bind(slot, {old.value, fresh.load});
    return true;
  }

  // The name means the new thing from now on, whatever it was.
  void take_over(std::uint32_t slot) { bind(slot, runtime_.binding(reloading_.staging, slot)); }

 private:
  static bool has_identity(Value value) {
    return value.tag() == Tag::function || value.tag() == Tag::class_;
  }

  void bind(std::uint32_t slot, Binding made) {
    Binding& old = runtime_.binding(live_, slot);
    log({.kind = Undo::Kind::binding, .owner = live_, .slot = slot, .binding = old});
    runtime_.heap.acquire(made.value);
    runtime_.store(live_, slot, made);
  }

  void code(Value function, Value fresh) {
    const std::uint32_t old = runtime_.heap.functions[function.index()].code;
    log({.kind = Undo::Kind::code, .owner = function.index(), .code = old});
    runtime_.heap.set_code(function, runtime_.heap.functions[fresh.index()].code);
  }

  void methods(Value class_, Value fresh) {
    Heap& heap = runtime_.heap;
    const Class from = heap.classes[fresh.index()];
    for (std::uint32_t at = from.slots_begin; at < from.slots_end; ++at) {
      const ClassSlot slot = heap.class_slots[at];
      const Value known = heap.method_of(class_, slot.name);
      if (known != Value::absent()) {
        code(known, slot.function);
      } else {
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
  Runtime& runtime_;
  std::vector<Undo>& log_;
  const std::uint32_t live_;
};

void forget(Runtime& runtime, const Undo& undo) {
  runtime.heap.release(undo.binding.value);
  if (undo.kind == Undo::Kind::code) runtime.heap.release_code(undo.code);
}

void forget_log(Reloading& reloading) {
  std::vector<Undo>& log = reloading.runtime.modules[reloading.module].undo_log;
  for (const Undo& undo : log) forget(reloading.runtime, undo);
  log.clear();
}

}  // namespace

bool patch_in_place(Reloading& reloading) {
  Runtime& runtime = reloading.runtime;
  Patch patch(reloading);
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
  return true;
}

void patch_at_once(Reloading& reloading) {
  Runtime& runtime = reloading.runtime;
  Patch patch(reloading);
  const std::uint32_t count = runtime.namespaces[reloading.staging].count;
  for (std::uint32_t slot = 0; slot < count; ++slot) {
    if (!patch.name(slot)) patch.take_over(slot);
  }
  forget_patches(reloading);
}

// There is no way back any more: the next attempt's undo must not find this one's log.
void forget_patches(Reloading& reloading) {
  forget_log(reloading);
  drop_staging(reloading);
}

void undo_patches(Reloading& reloading) {
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
    }
    forget(runtime, undo);
  }
  drop_staging(reloading);
}

constinit const Strategy in_place{
    .name = "in-place",
    .does = "keeps entities and replaces their code",
    .admit = queue_behind_others,
    .stage = stage_apart,
    .install = patch_in_place,
    .settle = forget_patches,
    .undo = undo_patches,
};

}  // namespace midstride::model::runtime
