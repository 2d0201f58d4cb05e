// Whether a page that may not be touched lies below every stack. A header of its own, because who
// asks for guard pages need not see the fibers.
#pragma once

#include <cstdint>

namespace midstride::sim {

enum class GuardPages : std::uint8_t { no, yes };

}  // namespace midstride::sim
