// The second half of a stand-alone program: what makes its threads take turns. The first half is
// the scenario (script.cpp).
#pragma once

namespace midstride::runtimes::cpython {

extern const char* const script_harness;

}  // namespace midstride::runtimes::cpython
