// Retired code is freed at once, whoever still runs or holds it: a plugin host that unloads the old
// library right after the swap.
#include "model/reclamation/policies.hpp"
#include "model/runtime/runtime.hpp"

namespace midstride::model::runtime {

constinit const Reclamation immediate{
    .name = "immediate",
    .does = "frees code at commit",
    .at_reclaim =
        [](Runtime& runtime, std::uint32_t load) {
          for (std::uint32_t code = runtime.loads[load].codes_begin;
               code < runtime.loads[load].codes_end; ++code) {
            runtime.free_code(code);
          }
        },
};

}  // namespace midstride::model::runtime
