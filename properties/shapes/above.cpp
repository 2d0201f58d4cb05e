// A method suspends and then says super(): it was entered in old code, of an object whose class may
// have got another base, or other methods, meanwhile.
#include "properties/shapes/table.hpp"

namespace midstride::properties {

void write_above(Builder& b, std::uint32_t module) {
  using model::LineKind;
  const bool rebased = b.chance(1, 4);
  const std::uint32_t version = b.later_version(module);
  if (!b.has(module, Name::B)) {
    b.piece(module, all_versions, Rank::first);
    b.klass(Name::B);
    b.def(Name::f, {Name::self}).give_back().version(20);
    b.plain(LineKind::end);
    b.plain(LineKind::end);
  }
  b.piece(module, rebased ? before(version) : all_versions);
  b.klass(Name::E, Name::B);
  b.def(Name::above, {Name::self});
  if (b.chance(1, 2)) {
    b.suspend();
  } else {
    b.reload(b.want_reload(module, version));
  }
  if (b.chance(1, 3)) {
    b.give_back().name(Name::E).name(Name::self).super_of(Name::f).call();
  } else {
    b.give_back().super(Name::f).call();
  }
  b.plain(LineKind::end);
  b.plain(LineKind::end);
  if (rebased) {
    b.piece(module, from(version));
    b.klass(Name::E);
    b.def(Name::above, {Name::self}).give_back().version(30);
    b.plain(LineKind::end);
    b.plain(LineKind::end);
  }
  b.task();
  if (b.chance(1, 2)) {
    b.expression().member(module, Name::E).call().attribute(Name::above).call();
  } else {
    b.emit().member(module, Name::E).call().attribute(Name::above).call();
  }
  b.want_reload(module, version);
}

}  // namespace midstride::properties
