// Assigning to the class, the function or the self of a method that is held over a suspension: an
// error, always.
#include "properties/shapes/table.hpp"

namespace midstride::properties {

void write_read_only(Builder& b, std::uint32_t module) {
  using model::LineKind;
  b.want_class(module);
  const bool function = b.chance(1, 3);
  if (function) b.want_function(module);
  const std::uint32_t what = b.below(3);
  b.open_frame(module, Name::assign);
  b.assign(Name::m).global(Name::X).call().attribute(Name::f);
  b.suspend();
  b.plain(LineKind::try_);
  b.assign_attribute(what == 0 ? Name::function : what == 1 ? Name::self : Name::class_);
  b.name(Name::m);
  if (function) {
    b.global(Name::f);
  } else {
    b.global(Name::X);
  }
  b.plain(LineKind::except_);
  b.emit().integer(91);
  b.plain(LineKind::end);
  b.emit().name(Name::m).call();
  b.close_frame();
}

}  // namespace midstride::properties
