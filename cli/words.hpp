// Small texts that several commands print.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cli/happenings.hpp"
#include "cli/paint.hpp"
#include "model/run.hpp"
#include "properties/campaign.hpp"

namespace midstride::cli {

std::string painted(Happening::Kind kind, std::string_view text, Paint paint);

// 1234567 as 1,234,567.
std::string grouped(std::uint64_t number);
// In at most four characters: 950, 1.2k, 45k, 3.1M.
std::string rounded(std::uint64_t number);
// 1 run, 2 runs.
std::string counted(std::uint64_t number, std::string_view noun);

// Text in lines of at most `width`, broken at blanks where there are any. The lines are indented;
// what is broken off two more.
std::vector<std::string> wrapped(const std::string& text, std::size_t width, std::size_t indent);

// emit throw reload-commit, or none.
std::string events_of(model::EventMask mask);

// midstride replay ... --seed: what comes before a run's seed in the line that replays it.
std::string replay_prefix(std::string_view subject, std::string_view policy,
                          const std::optional<model::Granularity>& granularity);
// The line that replays the run of a campaign with these options.
std::string replay_command(std::uint64_t run_seed, std::string_view subject,
                           std::string_view policy,
                           const std::optional<model::Granularity>& granularity);

// The line that makes the campaign once more.
std::string fuzz_command(const properties::CampaignResult& campaign, std::uint64_t seed,
                         std::string_view policy,
                         const std::optional<model::Granularity>& granularity);

}  // namespace midstride::cli
