// A method or a function that is kept in a local over a suspension and called afterwards: whose
// code runs?
#include "properties/shapes/table.hpp"

namespace midstride::properties {

void write_held_handle(Builder& b, std::uint32_t module) {
  enum class Handle : std::uint8_t { bound, function, unbound, of_instance };
  const auto handle = static_cast<Handle>(b.below(4));
  if (handle == Handle::function) {
    b.want_function(module);
  } else {
    b.want_class(module);
  }
  b.open_frame(module, Name::hold);
  if (handle == Handle::of_instance) b.assign(Name::o).global(Name::X).call();
  b.assign(Name::m);
  switch (handle) {
    case Handle::bound: b.global(Name::X).call().attribute(Name::f); break;
    case Handle::function: b.global(Name::f); break;
    case Handle::unbound: b.global(Name::X).attribute(Name::f); break;
    case Handle::of_instance: b.name(Name::o).attribute(Name::f); break;
  }
  for (std::uint32_t times = 1 + b.below(2); times > 0; --times) {
    b.suspend();
    b.emit().name(Name::m);
    if (handle == Handle::unbound) {
      b.integer(0).call(1);
    } else {
      b.call();
    }
  }
  b.close_frame();
}

}  // namespace midstride::properties
