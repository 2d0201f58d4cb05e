// An inspector gets a copy of the locals, made anew whenever it asks; what it writes there is lost.
// Relative: f_locals of a frame in CPython to 3.12.
#include "model/locals/policies.hpp"
#include "model/runtime/runtime.hpp"

namespace midstride::model::runtime {

constinit const Locals snapshot{
    .name = "snapshot",
    .policy = LocalsPolicy::snapshot,
    .poke =
        [](Runtime& runtime, Stack&, std::uint16_t, Value value) {
          runtime.heap.release(value);
          return PokeHow::lost;
        },
};

}  // namespace midstride::model::runtime
