// The locals policies, one small file each.
#pragma once

#include "model/runtime/strategy.hpp"

namespace midstride::model::runtime {

extern const Locals snapshot;
extern const Locals snapshot_flush;
extern const Locals write_through;

}  // namespace midstride::model::runtime
