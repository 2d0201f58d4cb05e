// A frame that sleeps in old code while its module is reloaded, twice, and that is woken only
// later.
#include "properties/shapes/table.hpp"

namespace midstride::properties {

void write_sleeper(Builder& b, std::uint32_t module) {
  b.need_versions(module, 3);
  const bool reads = b.chance(1, 2);
  if (reads) b.want_global(module);
  b.open_frame(module, Name::sleep, Builder::Frames::functions);
  b.assign(Name::x).version(50);
  b.assign(Name::n).receive(Name::c);
  b.expect_send();
  b.emit().name(Name::x);
  if (reads) b.emit().global(Name::a);
  b.close_frame();
  b.want_reload(module);
  b.want_reload(module);
}

}  // namespace midstride::properties
