// A frame that looks a name up, suspends, and looks the same name up again: does it see one version
// or two?
#include "properties/shapes/table.hpp"

namespace midstride::properties {

void write_twice(Builder& b, std::uint32_t module) {
  const bool reads = b.chance(1, 4);
  if (reads) {
    b.want_global(module);
  } else {
    b.want_function(module);
  }
  const auto once = [&] {
    b.emit().global(reads ? Name::a : Name::f);
    if (!reads) b.call();
  };
  b.open_frame(module, Name::twice);
  once();
  b.suspend();
  once();
  b.close_frame();
}

}  // namespace midstride::properties
