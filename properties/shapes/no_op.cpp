// A reload of a text that is the same as before. What a function or a class is can be seen by
// emitting it.
#include "properties/shapes/table.hpp"

namespace midstride::properties {

void write_no_op(Builder& b, std::uint32_t module) {
  const bool klass = b.chance(1, 3);
  if (klass) {
    b.want_class(module);
  } else {
    b.want_function(module);
  }
  const Name what = klass ? Name::X : Name::f;
  b.open_frame(module, Name::same);
  b.emit().global(what);
  b.suspend();
  b.emit().global(what);
  b.close_frame();
  const std::uint32_t version = b.later_version(module);
  const bool repeated = b.chance(1, 2) && b.repeat_version(module, version);
  b.want_reload(module, repeated ? version : 1);
}

}  // namespace midstride::properties
