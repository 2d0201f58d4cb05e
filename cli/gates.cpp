#include "cli/gates.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "cli/words.hpp"
#include "properties/claims.hpp"
#include "properties/coverage.hpp"
#include "properties/guarantees.hpp"

namespace midstride::cli {

namespace {

using properties::CampaignResult;
using properties::Promise;
using properties::Standing;

// Its runs end where freed code is used, before much that a probe waits for.
bool is_cut_short(const CampaignResult& campaign) {
  const properties::Claim* claim =
      properties::claim_on(campaign.subject, campaign.granularity, "no-use-after-free");
  return claim != nullptr && claim->promise == Promise::given_up;
}

void probes_missed(const CampaignResult& campaign, const model::Capabilities& capabilities,
                   std::vector<std::string>& lines) {
  if (is_cut_short(campaign)) return;
  for (std::size_t at = 0; at < properties::probes().size(); ++at) {
    const properties::Probe& probe = properties::probes()[at];
    const bool can =
        (probe.needs & ~capabilities.gives) == 0 &&
        std::none_of(probe.seldom_on.begin(), probe.seldom_on.end(), [&](std::string_view pattern) {
          return properties::matches(pattern, campaign.subject);
        });
    if (!can || campaign.runs < probe.runs_max || campaign.probes[at] > 0) continue;
    lines.push_back(fmt::format("{}: the probe {} ({}) was expected within {}, found in none of {}",
                                campaign.subject, probe.name, probe.description,
                                counted(probe.runs_max, "run"), counted(campaign.runs, "run")));
  }
}

void violations_missed(const CampaignResult& campaign, std::vector<std::string>& lines) {
  for (std::uint32_t at = 0; at < properties::guarantees().size(); ++at) {
    const std::string_view name = properties::guarantees()[at].name;
    const properties::Claim* claim =
        properties::claim_on(campaign.subject, campaign.granularity, name);
    if (claim == nullptr || claim->runs_max == 0) continue;
    const bool found =
        std::any_of(campaign.violated.begin(), campaign.violated.end(),
                    [&](const properties::Violated& violated) {
                      return violated.guarantee == at && violated.standing == Standing::expected;
                    });
    if (found || campaign.judged[at] == 0 || campaign.runs < claim->runs_max) continue;
    lines.push_back(
        fmt::format("{}: a violation of {}, given up by design at granularity {}, was expected "
                    "within {}, found in none of {}",
                    campaign.subject, name, model::name_of(campaign.granularity),
                    counted(claim->runs_max, "run"), counted(campaign.runs, "run")));
  }
}

}  // namespace

std::vector<std::string> missed(const CampaignResult& campaign,
                                const model::Capabilities& capabilities) {
  std::vector<std::string> lines;
  // A mutant is there to break promises: its bug may keep a situation from coming up at all, and
  // what its base gives up is its base's business.
  if (campaign.subject.starts_with("mutant/")) return lines;
  probes_missed(campaign, capabilities, lines);
  violations_missed(campaign, lines);
  return lines;
}

}  // namespace midstride::cli
