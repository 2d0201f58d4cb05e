// An inspector gets a copy of the locals, made when it first looks at the frame or writes; it is
// there until a flush, or as long as the frame. What is written into it comes into the frame at a
// flush, and nothing else does. Relative: the trace functions of debuggers, after which CPython to
// 3.12 writes f_locals back.
#include <utility>

#include "model/locals/policies.hpp"
#include "model/runtime/runtime.hpp"

namespace midstride::model::runtime {

namespace {

void flush_what_was_poked(Runtime& runtime, Stack& stack) {
  if (!runtime.has_snapshot(stack)) return;
  const std::span<Copy> copies = runtime.snapshot_of(stack);
  for (std::uint16_t local = 0; local < copies.size(); ++local) {
    Copy& copy = copies[local];
    if (copy.poked) runtime.flush(stack, local, std::exchange(copy.value, Value::absent()));
  }
  runtime.drop_snapshot(stack);
}

}  // namespace

constinit const Locals snapshot_flush{
    .name = "snapshot-flush",
    .policy = LocalsPolicy::snapshot_flush,
    .peek = [](Runtime& runtime, Stack& stack,
               std::uint16_t local) { return runtime.snapshot_of(stack)[local].value; },
    .poke =
        [](Runtime& runtime, Stack& stack, std::uint16_t local, Value value) {
          Copy& copy = runtime.snapshot_of(stack)[local];
          runtime.heap.release(std::exchange(copy.value, value));
          copy.poked = true;
          return PokeHow::kept;
        },
    .flush = flush_what_was_poked,
};

}  // namespace midstride::model::runtime
