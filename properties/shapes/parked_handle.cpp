// A handle that goes through a channel and that its sender keeps no longer: while the sender is
// blocked, the channel alone holds it, afterwards the receiver alone.
#include "properties/shapes/table.hpp"

namespace midstride::properties {

namespace {

void handle(Builder& b, bool method) {
  if (method) {
    b.global(Name::X).call().attribute(Name::f);
  } else {
    b.global(Name::f);
  }
}

}  // namespace

void write_parked_handle(Builder& b, std::uint32_t module) {
  const bool method = b.chance(1, 2);
  if (method) {
    b.want_class(module);
  } else {
    b.want_function(module);
  }
  b.open_frame(module, Name::give);
  if (b.chance(1, 3)) {
    b.assign(Name::m);
    handle(b, method);
    b.expression().name(Name::m).send(Name::d);
    b.assign(Name::m).none();
  } else {
    b.expression();
    handle(b, method);
    b.send(Name::d);
  }
  if (b.chance(1, 3)) b.suspend();
  const Name giver = b.close_frame();

  b.open_frame(module, Name::take, Builder::Frames::both, giver);
  if (b.chance(1, 2)) b.plain(model::LineKind::yield);
  if (b.chance(1, 2)) {
    b.assign(Name::n).receive(Name::d);
    b.suspend();
    b.emit().name(Name::n).call();
  } else {
    b.emit().receive(Name::d).call();
  }
  b.close_frame();
}

}  // namespace midstride::properties
