// A tasklet that is spawned with a function of the module and may first run after a reload of it.
#include "properties/shapes/table.hpp"

namespace midstride::properties {

void write_spawned(Builder& b, std::uint32_t module) {
  const bool method = b.chance(1, 3);
  if (method) {
    b.want_class(module);
  } else {
    b.want_function(module);
  }
  const Name child = module == 0 ? Name::kid : Name::kid2;
  const bool reloads = b.chance(1, 2);
  const Name reload = reloads ? b.want_reload(module) : Name::count;
  b.open_frame(module, Name::start);
  b.spawn(child);
  if (method) {
    b.global(Name::X).call().attribute(Name::f).call();
  } else {
    b.global(Name::f).call();
  }
  if (reloads) {
    b.reload(reload);
  } else {
    b.suspend();
  }
  if (b.chance(1, 3)) b.kill(child);
  b.emit().version(22);
  b.close_frame();
}

}  // namespace midstride::properties
