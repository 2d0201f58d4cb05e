// A local that holds a class, an instance or a mutable object, and is read after a reload: nobody
// else may have written it.
#include "properties/shapes/table.hpp"

namespace midstride::properties {

void write_held_object(Builder& b, std::uint32_t module) {
  const std::uint32_t what = b.below(4);
  if (what < 3) b.want_class(module);
  b.open_frame(module, Name::keep);
  switch (what) {
    case 0:
      b.assign(Name::k).global(Name::X);
      b.suspend();
      b.emit().name(Name::k);
      break;
    case 1:
      b.assign(Name::k).global(Name::X);
      b.suspend();
      b.emit().name(Name::k).call().attribute(Name::f).call();
      break;
    case 2:
      b.assign(Name::o).global(Name::X).call();
      b.suspend();
      b.emit().name(Name::o).attribute(Name::f).call();
      break;
    default:
      b.assign(Name::box).object();
      b.assign_attribute(Name::x).name(Name::box).version(0);
      b.suspend();
      b.emit().name(Name::box).attribute(Name::x);
  }
  b.close_frame();
}

}  // namespace midstride::properties
