// What a campaign of a stated size has to reach, or the harness has failed: probes, and a violation
// of what is given up by design. They hold for campaigns of generated programs under the policy
// random, of a number of runs that was asked for; a campaign by the clock is never held to them. A
// subject that gives up no-use-after-free is not held to probes.
#pragma once

#include <string>
#include <vector>

#include "model/subject.hpp"
#include "properties/campaign.hpp"

namespace midstride::cli {

// One line for each that was missed.
std::vector<std::string> missed(const properties::CampaignResult& campaign,
                                const model::Capabilities& capabilities);

}  // namespace midstride::cli
