// A function that another one made, and that lives while its module is reloaded: what it captured
// is read afterwards, through it or by the one that made it, or whoever got it calls it. Now and
// then it asks for a name of the module, too, in which it is old code by then.
#include "properties/shapes/table.hpp"

namespace midstride::properties {

void write_closure(Builder& b, std::uint32_t module) {
  using model::LineKind;
  const bool given_back = b.chance(1, 3);
  const bool asks = b.chance(1, 4);
  if (asks) b.want_global(module);
  b.open_frame(module, Name::make, Builder::Frames::functions);
  b.assign(Name::n).version(50);
  b.def(Name::get);
  if (asks) b.emit().name(Name::a);
  b.give_back().name(Name::n);
  b.plain(LineKind::end);
  b.suspend();
  if (b.chance(1, 4)) b.assign(Name::n).version(60);
  if (given_back) {
    b.give_back().name(Name::get);
    b.plain(LineKind::end);
    b.task();
    b.assign(Name::n).member(module, Name::make).call();
    if (b.chance(1, 2)) b.suspend();
    b.emit().name(Name::n).call();
    return;
  }
  b.emit().name(b.chance(1, 2) ? Name::n : Name::get);
  if (b.chance(1, 2)) b.emit().name(Name::get).call();
  b.close_frame();
}

}  // namespace midstride::properties
