// A function that asks for the reload of its own module and goes on afterwards.
#include "properties/shapes/table.hpp"

namespace midstride::properties {

void write_self_reload(Builder& b, std::uint32_t module) {
  const bool calls = b.chance(1, 2);
  if (calls) b.want_function(module);
  const Name reload = b.want_reload(module);
  b.open_frame(module, Name::renew, Builder::Frames::functions);
  b.assign(Name::x).version(70);
  b.reload(reload);
  b.emit().name(Name::x);
  if (calls) b.emit().name(Name::f).call();
  if (b.chance(1, 4)) b.suspend();
  b.close_frame();
}

}  // namespace midstride::properties
