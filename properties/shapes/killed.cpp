// A tasklet that is killed while it is blocked, and whose `finally` or `except TaskletExit` goes on
// in old code, and may block again. Whoever was in no hurry to kill it kills it twice: the first
// kill may have been caught.
#include "properties/shapes/table.hpp"

namespace midstride::properties {

namespace {

constexpr std::uint32_t patient = 3;

}  // namespace

void write_killed(Builder& b, std::uint32_t module) {
  using model::LineKind;
  const bool calls = b.chance(1, 2);
  if (calls) b.want_function(module);
  const auto clean_up = [&] {
    if (b.chance(1, 2)) b.suspend();
    if (calls) {
      b.emit().global(Name::f).call();
    } else {
      b.emit().version(20);
    }
  };
  b.open_frame(module, Name::guard);
  b.plain(LineKind::try_);
  b.receive_signal();
  b.emit().integer(21);
  const bool catches = b.chance(1, 3);
  if (catches) {
    b.plain(LineKind::except_exit);
    clean_up();
  }
  if (!catches || b.chance(1, 3)) {
    b.plain(LineKind::finally_);
    clean_up();
  }
  b.plain(LineKind::end);
  const Name victim = b.close_frame();

  b.task(victim);
  const std::uint32_t waits = b.below(5);
  for (std::uint32_t waited = 0; waited < waits; ++waited) b.plain(LineKind::yield);
  b.kill(victim);
  if (waits >= patient) b.kill(victim);
}

}  // namespace midstride::properties
