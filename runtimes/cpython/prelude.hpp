// The part of the harness that is Python: the classes that rendered code uses, the loader through
// which importlib gets at a scenario's modules, and the reloaders.
#pragma once

namespace midstride::runtimes::cpython {

// Executed once, in a namespace that already has the harness's functions (attempts.cpp).
extern const char* const prelude_source;

}  // namespace midstride::runtimes::cpython
