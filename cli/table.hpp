// The table of a campaign: guarantees down, subjects across, in as many blocks as the width asks
// for, and below it what its words mean.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "cli/paint.hpp"
#include "properties/campaign.hpp"

namespace midstride::cli {

inline constexpr std::size_t table_width = 120;

std::string table(const std::vector<const properties::CampaignResult*>& campaigns, Paint paint,
                  std::size_t width = table_width);

}  // namespace midstride::cli
