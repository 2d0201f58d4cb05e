// Retired code is never freed: what most plugin hosts do in the end.
#include "model/reclamation/policies.hpp"

namespace midstride::model::runtime {

constinit const Reclamation leak{.name = "leak", .does = "never frees code"};

}  // namespace midstride::model::runtime
