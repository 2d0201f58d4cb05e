// Program code writes a global of a module, before and after reloads of it.
#include "properties/shapes/table.hpp"

namespace midstride::properties {

void write_global_write(Builder& b, std::uint32_t module) {
  b.want_global(module);
  b.open_frame(module, Name::write);
  b.assign_member(module, Name::a).integer(30);
  b.suspend();
  b.emit().global(Name::a);
  if (b.chance(1, 3)) b.assign_member(module, Name::a).integer(31);
  b.close_frame();
  b.want_reload(module);
}

}  // namespace midstride::properties
