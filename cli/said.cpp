#include "cli/said.hpp"

#include <fmt/format.h>

namespace midstride::cli {

Said wrong(std::string_view what, std::string_view paste, ExitCode code) {
  return {fmt::format("midstride: {}\n  {}\n", what, paste), code};
}

}  // namespace midstride::cli
