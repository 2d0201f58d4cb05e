// A name that is a function in one version and a class in another. Updating in place cannot turn
// one into the other: the attempt fails after other names were changed, and they have to be changed
// back, to what they were when it began and not earlier.
#include "properties/shapes/table.hpp"

namespace midstride::properties {

void write_kind_change(Builder& b, std::uint32_t module) {
  using model::LineKind;
  const bool second_fails = b.chance(1, 2);
  if (second_fails) b.need_versions(module, 3);
  b.want_function(module);
  const std::uint32_t version = second_fails ? b.last_version(module) : b.later_version(module);
  const bool class_first = b.chance(1, 2);
  const Rank rank = b.chance(1, 4) ? Rank::middle : Rank::last;
  b.piece(module, class_first ? from(version) : before(version), rank);
  b.def(Name::K).give_back().version(60);
  b.plain(LineKind::end);
  b.piece(module, class_first ? before(version) : from(version), rank);
  b.klass(Name::K);
  b.def(Name::f, {Name::self}).give_back().version(60);
  b.plain(LineKind::end);
  b.plain(LineKind::end);

  b.open_frame(module, Name::look);
  b.emit().global(Name::f).call();
  b.suspend();
  b.emit().global(b.chance(1, 2) ? Name::K : Name::f).call();
  b.close_frame();
  if (second_fails && version > 2) b.want_reload(module, version - 1);
  b.want_reload(module, version);
}

}  // namespace midstride::properties
