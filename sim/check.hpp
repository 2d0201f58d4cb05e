// A broken invariant stops the program, also in release builds: a harness that goes on after one
// cannot be believed. A wrong input is never a broken invariant; it is a value that the caller gets
// back.
#pragma once

namespace midstride::sim {

// Prints place, condition and `expected` to stderr and aborts. The command line turns the abort
// into exit code 3.
[[noreturn]] void broken_invariant(const char* file, int line, const char* condition,
                                   const char* expected);

}  // namespace midstride::sim

#define MIDSTRIDE_CHECK(condition, expected) \
  (static_cast<bool>(condition)              \
       ? static_cast<void>(0)                \
       : ::midstride::sim::broken_invariant(__FILE__, __LINE__, #condition, expected))
