// A class with a base, around reloads in which the base's methods, the class's own or its base come
// and go, or the class itself goes: what the class inherits has to follow, and who holds an
// instance asks for it before and after.
#include "properties/shapes/table.hpp"

namespace midstride::properties {

namespace {

void base(Builder& b, std::uint32_t module, Versions versions, Name method) {
  b.piece(module, versions, Rank::first);
  b.klass(Name::B);
  b.def(method, {Name::self}).give_back().version(20);
  b.plain(model::LineKind::end);
  b.plain(model::LineKind::end);
}

// The class itself, which may have the method too.
void derived(Builder& b, std::uint32_t module, Versions versions, bool based, bool overrides) {
  b.piece(module, versions);
  based ? b.klass(Name::Y, Name::B) : b.klass(Name::Y);
  if (overrides) {
    b.def(Name::f, {Name::self}).give_back().version(30);
    b.plain(model::LineKind::end);
  } else {
    b.plain(model::LineKind::pass);
  }
  b.plain(model::LineKind::end);
}

}  // namespace

void write_derived(Builder& b, std::uint32_t module) {
  const std::uint32_t version = b.later_version(module);
  const Versions old = before(version);
  const Versions fresh = from(version);
  const std::uint32_t changes = b.below(6);
  if (changes == 1) {  // the base's method goes
    base(b, module, old, Name::f);
    base(b, module, fresh, Name::add);
  } else {
    base(b, module, all_versions, Name::f);
  }
  switch (changes) {
    case 2:  // the class gets a method of its own, or loses it
      derived(b, module, old, true, b.chance(1, 2));
      derived(b, module, fresh, true, b.chance(1, 2));
      break;
    case 3:  // and its base
      derived(b, module, old, true, b.chance(1, 2));
      derived(b, module, fresh, false, b.chance(1, 2));
      break;
    case 4: derived(b, module, old, true, false); break;  // it goes
    default: derived(b, module, all_versions, true, false);
  }
  b.open_frame(module, Name::derive);
  b.assign(Name::o).global(Name::Y).call();
  b.emit().name(Name::o).attribute(Name::f).call();
  b.suspend();
  b.emit().name(Name::o).attribute(Name::f).call();
  if (b.chance(1, 2)) b.emit().name(Name::o).global(Name::B).is_instance();
  b.close_frame();
  b.want_reload(module, version);
}

}  // namespace midstride::properties
