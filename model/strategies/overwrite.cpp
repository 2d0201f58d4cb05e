// Runs the new body in the live namespace: every def and class makes a new object that takes the
// name over, and whoever holds the old one keeps it. What the new version no longer mentions stays.
// Nobody waits for anybody, and a body that raises half-way leaves what it did. Relatives:
// importlib.reload, Clojure's load.
#include "model/strategies/strategies.hpp"

namespace midstride::model::runtime {

constinit const Strategy overwrite{.name = "overwrite",
                                   .does = "runs the new body into the same namespace",
                                   .removed_names = RemovedNames::stay};

}  // namespace midstride::model::runtime
