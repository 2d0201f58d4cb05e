// A function of one module that calls into another, before and after a suspension; either may be
// reloaded in between.
#include "properties/shapes/table.hpp"

namespace midstride::properties {

void write_across_modules(Builder& b, std::uint32_t module) {
  const std::uint32_t other = b.other_module(module);
  b.want_function(other);
  const bool reads = b.chance(1, 3);
  if (reads) b.want_global(other);
  b.open_frame(module, Name::relay, Builder::Frames::functions);
  b.emit().member(other, Name::f).call();
  b.suspend();
  if (reads) {
    b.emit().member(other, Name::a);
  } else {
    b.emit().member(other, Name::f).call();
  }
  b.close_frame();
  b.want_reload(other);
  if (b.chance(1, 2)) b.want_reload(module);
}

}  // namespace midstride::properties
