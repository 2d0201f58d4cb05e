// A run as a session: one line after the other, whoever it is that acts, with the place marked at
// which a guarantee broke.
#pragma once

#include <string>
#include <vector>

#include "cli/happenings.hpp"
#include "cli/paint.hpp"
#include "model/run.hpp"

namespace midstride::cli {

std::string session(const std::vector<Happening>& lines, const model::Runner& runner, Paint paint);

}  // namespace midstride::cli
