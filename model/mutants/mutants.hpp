// The mutants, one small file each. The first comment of each tells the bug.
#pragma once

#include "model/subjects.hpp"

namespace midstride::model::runtime {

extern const Mutant m2, m3, m9, m14, m16, m17, m25, m26, m27, m36, m37, m38, m39;
extern const Mutant z1, z2, z3, z4, z5, z6, z7, z8, z9, z10;  // of the scheduler

}  // namespace midstride::model::runtime
