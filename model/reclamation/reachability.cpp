// Retired code is freed when no function and no frame refers to it any more, as counted: at once
// where nothing ever did, else when the last reference goes. What hangs on a cycle waits for a
// collect.
#include "model/reclamation/policies.hpp"
#include "model/runtime/runtime.hpp"

namespace midstride::model::runtime {

namespace {

void free_unreferenced(Runtime& runtime, std::uint32_t load) {
  for (std::uint32_t code = runtime.loads[load].codes_begin; code < runtime.loads[load].codes_end;
       ++code) {
    if (runtime.heap.codes[code].count == 0) runtime.free_code(code);
  }
}

}  // namespace

constinit const Reclamation reachability{
    .name = "reachability",
    .does = "frees code when nothing refers to it",
    .at_reclaim = free_unreferenced,
    .at_unreferenced = [](Runtime& runtime, std::uint32_t code) { runtime.free_code(code); },
};

}  // namespace midstride::model::runtime
