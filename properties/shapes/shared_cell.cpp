// Two functions share a variable of the one that made them. One of them goes to another tasklet,
// which writes the variable through it; the other one reads it.
#include "properties/shapes/table.hpp"

namespace midstride::properties {

void write_shared_cell(Builder& b, std::uint32_t module) {
  using model::LineKind;
  b.open_frame(module, Name::share, Builder::Frames::functions);
  b.assign(Name::n).version(70);
  b.def(Name::get).give_back().name(Name::n);
  b.plain(LineKind::end);
  b.def(Name::put, {Name::x});
  b.nonlocal(Name::n);
  b.assign(Name::n).name(Name::x);
  b.plain(LineKind::end);
  b.expression().name(Name::put).send(Name::d);
  b.suspend();
  b.emit().name(Name::get).call();
  if (b.chance(1, 3)) b.emit().name(Name::n);
  const Name maker = b.close_frame();

  b.task(maker);
  b.assign(Name::m).receive(Name::d);
  if (b.chance(1, 2)) b.suspend();
  b.expression().name(Name::m).integer(80).call(1);
}

}  // namespace midstride::properties
