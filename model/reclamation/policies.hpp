// The reclamation policies, one small file each.
#pragma once

#include "model/runtime/strategy.hpp"

namespace midstride::model::runtime {

extern const Reclamation reachability;
extern const Reclamation quiescence;
extern const Reclamation immediate;
extern const Reclamation leak;

}  // namespace midstride::model::runtime
