// A run in columns: one for each tasklet, one for each reload, one for the inspector; time goes
// down. A row belongs to one of them. Fits the width as long as every column has its least width.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "cli/happenings.hpp"
#include "cli/paint.hpp"
#include "model/run.hpp"

namespace midstride::cli {

inline constexpr std::size_t columns_width = 100;  // and no more than the terminal has

std::string columns(const std::vector<Happening>& lines, const model::Runner& runner, Paint paint,
                    std::size_t width = columns_width);

}  // namespace midstride::cli
