// An inspector sees the frame's own locals, and the frame sees its writes at the next read.
// Relative: PEP 667, CPython from 3.13 on.
#include <utility>

#include "model/locals/policies.hpp"
#include "model/runtime/runtime.hpp"

namespace midstride::model::runtime {

constinit const Locals write_through{
    .name = "write-through",
    .policy = LocalsPolicy::write_through,
    .poke =
        [](Runtime& runtime, Stack& stack, std::uint16_t local, Value value) {
          const std::size_t at = stack.frames.back().values + local;
          runtime.heap.release(std::exchange(stack.values[at], value));
          return PokeHow::applied;
        },
};

}  // namespace midstride::model::runtime
