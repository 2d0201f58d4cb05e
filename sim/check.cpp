#include "sim/check.hpp"

#include <cstdio>
#include <cstdlib>

namespace midstride::sim {

void broken_invariant(const char* file, int line, const char* condition, const char* expected) {
  std::fprintf(stderr,
               "midstride: internal error at %s:%d\n  expected: %s\n  found:    !(%s)\n"
               "  do:       please report this with the command that you ran\n",
               file, line, expected, condition);
  std::fflush(stderr);
  std::abort();
}

}  // namespace midstride::sim
