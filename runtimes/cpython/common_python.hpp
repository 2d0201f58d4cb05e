// Python text that a run and a stand-alone program have in common: the classes that rendered code
// uses, and how code-swap puts one name of a new version in the place of an old one.
#pragma once

namespace midstride::runtimes::cpython {

extern const char* const common_python;

}  // namespace midstride::runtimes::cpython
