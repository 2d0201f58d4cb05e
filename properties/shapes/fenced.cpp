// A frame throws what it made before a suspension to a handler of its own, which asks for the class
// by name when the error gets there.
#include "properties/shapes/table.hpp"

namespace midstride::properties {

void write_fenced(Builder& b, std::uint32_t module) {
  using model::LineKind;
  if (!b.has(module, Name::K)) {
    b.piece(module, all_versions, Rank::first);
    b.klass(Name::K);
    b.plain(LineKind::pass);
    b.plain(LineKind::end);
  }
  b.open_frame(module, Name::fence);
  b.plain(LineKind::try_);
  b.assign(Name::o).global(Name::K).call();
  b.suspend();
  b.raise().name(Name::o);
  b.except(Name::K);
  b.emit().integer(81);
  if (b.chance(1, 2)) {
    b.plain(LineKind::except_);
    b.emit().integer(82);
  }
  b.plain(LineKind::end);
  b.close_frame();
}

}  // namespace midstride::properties
