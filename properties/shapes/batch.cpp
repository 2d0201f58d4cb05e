// Two modules that are reloaded as one batch, while a task reads a name of each: does it ever see
// one new and then the other old?
#include "properties/shapes/table.hpp"

namespace midstride::properties {

void write_batch(Builder& b, std::uint32_t module) {
  const std::uint32_t other = b.other_module(module);
  if (other == module) return;
  b.want_global(module);
  b.want_global(other);
  const bool turned = b.chance(1, 2);
  const std::uint32_t first = turned ? other : module, second = turned ? module : other;
  b.want_batch(first, second);
  if (b.chance(1, 2)) {  // the second body suspends when the first is through
    b.piece(second, from(2), Rank::first);
    b.suspend();
  }
  b.task();
  for (std::uint32_t times = 1 + b.below(2); times > 0; --times) {
    b.emit().member(first, Name::a);
    if (b.chance(1, 2)) b.suspend();
    b.emit().member(second, Name::a);
  }
}

}  // namespace midstride::properties
