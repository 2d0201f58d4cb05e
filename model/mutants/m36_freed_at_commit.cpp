// Reachability is promised and `immediate` is done: the old library is unloaded right after the
// swap, and whoever is still in it goes on in nothing.
#include "model/mutants/mutants.hpp"
#include "model/reclamation/policies.hpp"
#include "model/strategies/strategies.hpp"

namespace midstride::model::runtime {

const Mutant m36{
    .id = "M36",
    .title = "freed-at-commit",
    .base = "model/swap",
    .step = "reclaim",
    .bug = "old code is freed at commit though frames still run it",
    .seen_in = "rksm/hot-lib-reloader-rs#25",
    .granularity = Granularity::yields,
    .guarantee = "no-use-after-free",
    .also = {"no-early-free"},
    .schedule_permille = 391,
    .runs_median = 2,
    .runs_max = 26,
    .size = 9,
    .size_max = 16,
    .strategy = &swap,
    .reclamation = &immediate,
};

}  // namespace midstride::model::runtime
