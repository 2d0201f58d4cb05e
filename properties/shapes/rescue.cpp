// A frame that suspends in its handler or its `finally` after an error, and then calls by name.
#include "properties/shapes/table.hpp"

namespace midstride::properties {

void write_rescue(Builder& b, std::uint32_t module) {
  using model::LineKind;
  b.piece(module);
  b.def(Name::fail).raise().version(80);
  b.plain(LineKind::end);
  const bool in_handler = b.chance(1, 2);
  b.open_frame(module, Name::rescue);
  b.plain(LineKind::try_);
  b.expression().global(Name::fail).call();
  if (in_handler) {
    b.plain(LineKind::except_);
    b.suspend();
    b.emit().version(20);
  }
  if (!in_handler || b.chance(1, 3)) {
    b.plain(LineKind::finally_);
    b.suspend();
    b.emit().version(23);
  }
  b.plain(LineKind::end);
  b.close_frame();
}

}  // namespace midstride::properties
