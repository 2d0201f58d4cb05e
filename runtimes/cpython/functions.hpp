// The functions that rendered code, the loader and the reloaders find in Python.
#pragma once

#include "runtimes/cpython/interpreter.hpp"

namespace midstride::runtimes::cpython {

// Puts them into the builtins of rendered code and into the prelude's namespace.
void define_functions(const Interpreter& interpreter);

}  // namespace midstride::runtimes::cpython
