// The table of a campaign: guarantees down, subjects across, in as many blocks as the width asks
// for, and below it what its words mean.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "cli/paint.hpp"
#include "properties/campaign.hpp"

namespace midstride::cli {

inline constexpr std::size_t table_width = 120;

// The violation that a cell shows: a broken promise before anything else. Null: none was found.
const properties::Violated* worst_of(const properties::CampaignResult& campaign,
                                     std::uint32_t guarantee);

std::string table(const std::vector<const properties::CampaignResult*>& campaigns, Paint paint,
                  std::size_t width = table_width);

}  // namespace midstride::cli
