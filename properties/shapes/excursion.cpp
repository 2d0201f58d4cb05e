// A module goes to another version and comes back, and whoever asked for that begins then.
#include "properties/shapes/table.hpp"

namespace midstride::properties {

void write_excursion(Builder& b, std::uint32_t module) {
  using model::LineKind;
  const std::uint32_t version = b.later_version(module);
  b.want_function(module);
  enum Leaves : std::uint32_t { nothing, a_function, a_number, leaves_count };
  const std::uint32_t leaves = b.below(leaves_count);
  if (leaves != nothing) b.piece(module, only(version));
  if (leaves == a_number) b.assign(Name::away).version(40);
  if (leaves == a_function) {
    b.def(Name::away).give_back().version(40);
    b.plain(LineKind::end);
  }
  b.piece(module);
  b.def(Name::visit);
  b.emit().name(Name::f).call();
  if (leaves == a_number) b.emit().name(Name::away);
  if (leaves == a_function) b.emit().name(Name::away).call();
  b.plain(LineKind::end);

  const Name there = b.want_reload(module, version);
  const Name back = b.want_reload(module, 1);
  b.task();
  b.reload(there);
  b.reload(back);
  b.expression().member(module, Name::visit).call();
}

}  // namespace midstride::properties
