// The mutants, one small file each. The first comment of each tells the bug.
#pragma once

#include "model/runtime/runtime.hpp"
#include "model/subjects.hpp"

namespace midstride::model::runtime {

extern const Mutant m1, m2, m3, m6, m7, m8, m9, m10, m13, m14, m15, m16, m17, m18, m21, m22, m23,
    m24, m25, m26, m27, m28, m29, m30, m32, m33, m36, m37, m38, m39;
extern const Mutant z1, z2, z3, z4, z5, z6, z7, z8, z9, z10;  // of the scheduler

// Puts other code under a frame, where the two are alike enough for the frame to go on at all; says
// whether they are.
bool put_under(Runtime& runtime, Frame& frame, std::uint32_t code);

}  // namespace midstride::model::runtime
