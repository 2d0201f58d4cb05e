// Several tasks read `shop.a` around reloads, each more than once: is the newest seen, and never an
// older one after it?
#include "properties/shapes/table.hpp"

namespace midstride::properties {

void write_qualified(Builder& b, std::uint32_t module) {
  b.want_global(module);
  const bool function = b.chance(1, 4);
  if (function) b.want_function(module);
  const auto read = [&] {
    if (function) {
      b.emit().member(module, Name::f).call();
    } else {
      b.emit().member(module, Name::a);
    }
  };
  for (std::uint32_t readers = 1 + b.below(2); readers > 0; --readers) {
    b.task();
    read();
    b.suspend();
    read();
    if (b.chance(1, 3)) read();
  }
  b.want_reload(module);
}

}  // namespace midstride::properties
