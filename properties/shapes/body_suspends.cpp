// A module body that suspends half-way, after some of its names are bound and before others are.
// With two reloads such bodies overlap, and so does an attempt to reload the module from its own
// body.
#include "properties/shapes/table.hpp"

namespace midstride::properties {

void write_body_suspends(Builder& b, std::uint32_t module) {
  b.want_global(module);
  const std::uint32_t version = b.later_version(module);
  const Rank rank = b.rank();
  b.piece(module, b.chance(1, 3) ? from(version) : only(version), rank);
  if (b.chance(1, 3)) b.assign(Name::b).version(0);
  if (b.chance(1, 8)) {
    b.reload(b.want_reload(module, 1));  // the first version's body asks for nothing: no recursion
  } else {
    b.suspend();
  }
  if (b.chance(1, 3)) b.assign(Name::b).version(20);
  b.want_reload(module, version);
  if (b.chance(2, 3)) b.want_reload(module);

  b.task();
  b.emit().member(module, Name::a);
  b.suspend();
  b.emit().member(module, b.chance(1, 4) ? Name::b : Name::a);
}

}  // namespace midstride::properties
