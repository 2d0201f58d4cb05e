// Retired code is freed when no frame runs code of its load any more. Handles that wait in locals,
// channels or objects are not asked for: what epochs and grace periods do when they count
// activations only.
#include "model/reclamation/policies.hpp"
#include "model/runtime/runtime.hpp"

namespace midstride::model::runtime {

namespace {

void free_all(Runtime& runtime, std::uint32_t load) {
  for (std::uint32_t code = runtime.loads[load].codes_begin; code < runtime.loads[load].codes_end;
       ++code) {
    runtime.free_code(code);
  }
}

void free_if_quiet(Runtime& runtime, std::uint32_t load) {
  if (runtime.loads[load].frames == 0) free_all(runtime, load);
}

}  // namespace

constinit const Reclamation quiescence{
    .name = "quiescence",
    .does = "frees code when no frame runs it",
    .at_reclaim = free_if_quiet,
    .at_quiescence = free_all,
};

}  // namespace midstride::model::runtime
