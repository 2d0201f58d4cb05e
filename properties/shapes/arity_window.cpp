// A function whose number of parameters changes, and calls of it in which something comes between
// the look-up and the entry.
#include "properties/shapes/table.hpp"

namespace midstride::properties {

void write_arity_window(Builder& b, std::uint32_t module) {
  using model::LineKind;
  const std::uint32_t version = b.later_version(module);
  const std::uint32_t argument = b.below(3);
  if (argument == 2) b.want_function(module);
  b.piece(module, before(version));
  b.def(Name::add, {Name::x}).give_back().version(30);
  b.plain(LineKind::end);
  b.piece(module, from(version));
  if (b.chance(1, 2)) {
    b.def(Name::add, {Name::x, Name::y});
  } else {
    b.def(Name::add);
  }
  b.give_back().version(30);
  b.plain(LineKind::end);

  b.open_frame(module, Name::ask);
  for (std::uint32_t times = 1 + b.below(2); times > 0; --times) {
    b.emit().global(Name::add);
    if (argument == 0) b.integer(1);
    if (argument == 1) {
      b.receive(Name::c);
      b.expect_send();
    }
    if (argument == 2) b.global(Name::f).call();
    b.call(1);
  }
  b.close_frame();
}

}  // namespace midstride::properties
