// The file of --json: one JSON object a line. Findings and replays have the shape of Hypothesis's
// observations, which existing viewers read; each subject of a campaign ends with a summary.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cli/findings.hpp"
#include "cli/said.hpp"
#include "model/run.hpp"
#include "model/scenario.hpp"
#include "properties/campaign.hpp"
#include "properties/claims.hpp"

namespace midstride::cli {

struct ReplayObservation {
  const model::Scenario& scenario;
  std::string command;
  std::string title;
  const model::Outcome& outcome;
  bool as_expected = true;
  std::string said;
  double seconds = 0;
};
std::string observation_of_replay(const ReplayObservation& replay);

std::string observation_of(const Finding& finding, std::uint64_t seed, std::string_view policy);
std::string summary_of(const properties::CampaignResult& campaign, std::uint64_t seed,
                       const std::vector<Finding>& findings, double seconds);

// A cell of the matrix. `missing` are the kinds of events for want of which it is not judged,
// `scenario` is a file that shows the violation, if any.
std::string cell_of(const properties::CampaignResult& campaign, std::uint32_t guarantee,
                    const properties::Claim* claim, const properties::Violated* violated,
                    model::EventMask missing, std::string_view scenario);

// Collects lines and writes them when it is closed; does nothing without a path.
class JsonLines {
 public:
  explicit JsonLines(std::string path) : path_(std::move(path)) {}
  // Tries the path before anything is run.
  std::optional<Said> open() const;
  void add(const std::string& line) {
    if (!path_.empty()) text_ += line + "\n";
  }
  std::optional<Said> close() const;

 private:
  std::string path_;
  std::string text_;
};

}  // namespace midstride::cli
