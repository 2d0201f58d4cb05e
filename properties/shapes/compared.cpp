// What was kept over a suspension is compared with what the name gives now: it is the same thing,
// or an instance of it, if the reload has kept the identity of functions and classes.
#include "properties/shapes/table.hpp"

namespace midstride::properties {

void write_compared(Builder& b, std::uint32_t module) {
  const std::uint32_t what = b.below(3);
  if (what == 2) {
    b.want_function(module);
  } else {
    b.want_class(module);
  }
  b.open_frame(module, Name::compare);
  const Name held = what == 0 ? Name::o : Name::k;
  const Name of = what == 2 ? Name::f : Name::X;
  b.assign(held).global(of);
  if (what == 0) b.call();
  b.suspend();
  b.emit().name(held).global(of);
  what == 0 ? b.is_instance() : b.same();
  b.close_frame();
  if (b.chance(1, 3)) {
    const std::uint32_t version = b.later_version(module);
    b.repeat_version(module, version);
    b.want_reload(module, version);
  }
}

}  // namespace midstride::properties
