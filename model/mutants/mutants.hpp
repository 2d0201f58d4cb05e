// The mutants, one small file each. The first comment of each tells the bug.
#pragma once

#include "model/subjects.hpp"

namespace midstride::model::runtime {

extern const Mutant m2, m3, m9, m14, m16, m17, m18, m23, m24, m25, m26, m27, m30, m33, m36, m37,
    m38, m39;

}  // namespace midstride::model::runtime
