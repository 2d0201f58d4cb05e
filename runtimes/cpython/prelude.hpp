// The part of the harness that is Python: the loader through which importlib gets at a scenario's
// modules, and the reloaders. It goes on where common_python ends.
#pragma once

namespace midstride::runtimes::cpython {

// Executed once; calls the functions that functions.cpp puts into its namespace.
extern const char* const prelude_source;

}  // namespace midstride::runtimes::cpython
