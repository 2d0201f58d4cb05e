// A module body that raises half-way, after some of its names are bound: the attempt fails, and
// nobody may see what it bound.
#include "properties/shapes/table.hpp"

namespace midstride::properties {

void write_body_raises(Builder& b, std::uint32_t module) {
  b.want_global(module);
  const std::uint32_t version = b.later_version(module);
  const Rank rank = b.rank();
  b.piece(module, b.chance(1, 4) ? from(version) : only(version), rank);
  if (b.chance(1, 4)) b.plain(model::LineKind::yield);
  b.raise().version(80);
  b.want_reload(module, version);
  if (b.chance(1, 3)) b.want_reload(module);

  b.task();
  b.emit().member(module, Name::a);
  b.suspend();
  b.emit().member(module, Name::a);
}

}  // namespace midstride::properties
