// From a violation that a campaign met to a file that shows it: shrunk, with its verdict as its
// expectation, under a name made of subject and guarantee.
#pragma once

#include <cstdint>
#include <string>
#include <variant>

#include "cli/said.hpp"
#include "model/scenario.hpp"
#include "model/subject.hpp"
#include "properties/campaign.hpp"
#include "properties/judge.hpp"

namespace midstride::cli {

struct Finding {
  const properties::CampaignResult* campaign = nullptr;
  const properties::Violated* violated = nullptr;
  model::Scenario scenario;
  model::Violation violation;  // in the run of `scenario`
  bool repeats = true;  // false: the recorded decisions do not show it, and nothing was shrunk
  bool known = false;   // the file is that of an earlier campaign, and nothing was shrunk
  std::uint32_t shrink_runs = 0;
  bool one_minimal = false;
  double seconds = 0;  // spent on shrinking
  std::string file;
  std::string command;  // replays it
};

// What is expected is shown small, not always smallest: it must not take the time of the search. A
// file of an earlier campaign that shows the same is kept and not shrunk again.
inline constexpr std::uint32_t shrink_runs_expected = 2'000;
inline constexpr std::uint32_t shrink_runs_failure = 20'000;

// Shrinks and writes it into the directory. Both results must outlive the finding; the subject is
// the campaign's.
std::variant<Finding, Said> make_finding(const properties::CampaignResult& campaign,
                                         const properties::Violated& violated,
                                         model::Subject& subject, properties::Judge& judge,
                                         const std::string& directory);

}  // namespace midstride::cli
