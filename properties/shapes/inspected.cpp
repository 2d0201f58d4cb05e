// An inspector reads or writes a local of a frame that is suspended; the frame reads it afterwards.
#include "properties/shapes/table.hpp"

namespace midstride::properties {

void write_inspected(Builder& b, std::uint32_t module) {
  b.open_frame(module, Name::show);
  b.assign(Name::x).version(80);
  const bool object = b.chance(1, 3);
  if (object) b.assign(Name::box).object();
  b.suspend();
  b.emit().name(Name::x);
  if (object) b.emit().name(Name::box);
  const Name task = b.close_frame();
  if (b.chance(2, 3)) {
    b.poke(task, object && b.chance(1, 2) ? Name::box : Name::x);
  } else {
    b.peek(task);
  }
}

}  // namespace midstride::properties
