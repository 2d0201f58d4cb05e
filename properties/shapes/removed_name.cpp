// A function that one version lacks or adds: looking it up by name, and calling a reference that is
// still held.
#include "properties/shapes/table.hpp"

namespace midstride::properties {

void write_removed_name(Builder& b, std::uint32_t module) {
  using model::LineKind;
  const std::uint32_t version = b.later_version(module);
  const bool removed = b.chance(2, 3);
  b.piece(module, removed ? static_cast<Versions>(~only(version)) : from(version));
  b.def(Name::gone).give_back().version(60);
  b.plain(LineKind::end);

  // Held by a task, it may be all that is left of its version.
  const bool held = removed && b.chance(1, 2);
  const bool alone = held && b.chance(1, 2);
  b.open_frame(module, Name::reach, alone ? Builder::Frames::tasks : Builder::Frames::both);
  if (held) b.assign(Name::m).global(Name::gone);
  b.suspend();
  b.plain(LineKind::try_);
  b.emit().global(Name::gone).call();
  b.plain(LineKind::except_);
  b.emit().integer(92);
  b.plain(LineKind::end);
  if (held) b.emit().name(Name::m).call();
  b.close_frame();
  b.want_reload(module, version);
}

}  // namespace midstride::properties
