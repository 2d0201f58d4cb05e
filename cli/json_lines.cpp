#include "cli/json_lines.hpp"

#include <fmt/format.h>

#include <chrono>
#include <nlohmann/json.hpp>

#include "cli/files.hpp"
#include "cli/verdicts.hpp"
#include "cli/words.hpp"
#include "model/text.hpp"
#include "properties/coverage.hpp"
#include "properties/guarantees.hpp"
#include "properties/shapes/table.hpp"
#include "properties/shrinker.hpp"

namespace midstride::cli {

namespace {

// Keys keep the order in which they are written here.
using Json = nlohmann::ordered_json;

// Any bytes become JSON; text of a scenario's story or an error's words may be anything.
std::string line_of(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

double now_in_seconds() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration<double>(now).count();
}

// When the program began: all observations of one run of it are one group.
double run_start() {
  static const double start = now_in_seconds();
  return start;
}

Json observation(std::string_view property, bool passed, std::string_view reason,
                 const model::Scenario& scenario, std::string_view how) {
  Json json;
  json["type"] = "test_case";
  json["run_start"] = run_start();
  json["property"] = property;
  json["status"] = passed ? "passed" : "failed";
  json["status_reason"] = reason;
  json["representation"] = model::write(scenario);
  json["arguments"] = Json::object();
  json["how_generated"] = how;
  json["features"] = Json::object();
  json["coverage"] = nullptr;
  json["timing"] = Json::object();
  json["metadata"] = Json::object();
  return json;
}

std::string_view word_of(properties::Standing standing) {
  switch (standing) {
    case properties::Standing::unclaimed: return "unclaimed";
    case properties::Standing::expected: return "expected";
    case properties::Standing::failure: return "failure";
  }
  return {};
}

std::string_view word_of(properties::Promise promise) {
  switch (promise) {
    case properties::Promise::holds: return "holds";
    case properties::Promise::given_up: return "given up";
    case properties::Promise::seldom: return "seldom violated";
    case properties::Promise::conditional: return "conditional";
  }
  return {};
}

Json shapes_in(const model::Scenario& scenario) {
  Json shapes = Json::array();
  const properties::ShapeMask mask = properties::shapes_of(scenario);
  for (std::size_t at = 0; at < properties::shapes().size(); ++at)
    if ((mask >> at & 1) != 0) shapes.push_back(properties::shapes()[at].name);
  return shapes;
}

// A counter for each row of a table, by name.
template <class Rows>
Json counters(const Rows& rows, const std::vector<std::uint64_t>& counts) {
  Json json = Json::object();
  for (std::size_t at = 0; at < counts.size(); ++at) json[std::string(rows[at].name)] = counts[at];
  return json;
}

}  // namespace

std::string observation_of_replay(const ReplayObservation& replay) {
  Json json = observation("replay " + replay.scenario.subject, replay.as_expected, replay.said,
                          replay.scenario, "replay of " + replay.title);
  json["arguments"]["subject"] = replay.scenario.subject;
  json["features"]["shapes"] = shapes_in(replay.scenario);
  json["timing"]["replay"] = replay.seconds;
  Json& metadata = json["metadata"];
  metadata["verdict"] = model::name_of(replay.outcome.verdict.kind);
  metadata["violated"] = Json::array();
  for (const model::Found& found : replay.outcome.verdict.found)
    metadata["violated"].push_back(name_of(found));
  metadata["digest"] = replay.outcome.digest.hex();
  metadata["turns"] = replay.outcome.turns;
  metadata["diverged_at"] = replay.outcome.diverged_at;
  metadata["replay"] = replay.command;
  return line_of(json);
}

std::string observation_of(const Finding& finding, std::uint64_t seed, std::string_view policy) {
  const properties::CampaignResult& campaign = *finding.campaign;
  const properties::Violated& violated = *finding.violated;
  const std::string_view guarantee = properties::guarantees()[violated.guarantee].name;
  const bool failure = violated.standing == properties::Standing::failure;
  Json json = observation(
      fmt::format("{} {}", campaign.subject, guarantee), !failure, words_of(violated.standing),
      finding.scenario,
      fmt::format("run {} of seed {}, policy {}, then shrunk", violated.first_run, seed, policy));
  json["arguments"]["subject"] = campaign.subject;
  json["arguments"]["granularity"] = model::name_of(campaign.granularity);
  json["arguments"]["run_seed"] = violated.run_seed;
  json["features"]["shapes"] = shapes_in(finding.scenario);
  json["timing"]["shrink"] = finding.seconds;
  Json& metadata = json["metadata"];
  metadata["guarantee"] = guarantee;
  metadata["standing"] = word_of(violated.standing);
  metadata["bug"] = finding.violation.bug;
  metadata["expected"] = finding.violation.expected;
  metadata["found"] = finding.violation.found;
  metadata["first_run"] = violated.first_run;
  metadata["runs"] = violated.runs;
  metadata["lines"] = properties::size_of(finding.scenario);
  metadata["known"] = finding.known;
  metadata["one_minimal"] = finding.one_minimal;
  metadata["shrink_runs"] = finding.shrink_runs;
  metadata["scenario"] = finding.file;
  metadata["replay"] = finding.command;
  return line_of(json);
}

std::string summary_of(const properties::CampaignResult& campaign, std::uint64_t seed,
                       const std::vector<Finding>& findings, double seconds) {
  Json json;
  json["type"] = "summary";
  json["subject"] = campaign.subject;
  json["seed"] = seed;
  json["runs"] = campaign.runs;
  json["turns"] = campaign.turns;
  json["digest"] = campaign.digest.hex();
  json["violated"] = Json::array();
  for (const Finding& finding : findings) {
    if (finding.campaign != &campaign) continue;
    Json violated;
    violated["guarantee"] = properties::guarantees()[finding.violated->guarantee].name;
    violated["claimed"] = finding.violated->standing == properties::Standing::failure;
    violated["first_run"] = finding.violated->first_run;
    violated["scenario"] = finding.file;
    json["violated"].push_back(violated);
  }
  json["exercised"] = counters(properties::guarantees(), campaign.exercised);
  json["shapes"] = counters(properties::shapes(), campaign.shapes);
  json["probes"] = counters(properties::probes(), campaign.probes);
  json["seconds"] = seconds;
  return line_of(json);
}

std::string cell_of(const properties::CampaignResult& campaign, std::uint32_t guarantee,
                    const properties::Claim* claim, const properties::Violated* violated,
                    model::EventMask missing, std::string_view scenario) {
  const std::uint64_t exercised = campaign.exercised[guarantee];
  Json json;
  json["type"] = "cell";
  json["subject"] = campaign.subject;
  json["granularity"] = model::name_of(campaign.granularity);
  json["guarantee"] = properties::guarantees()[guarantee].name;
  json["verdict"] = violated != nullptr ? "violated"
                    : missing != 0      ? "not judged"
                    : exercised == 0    ? "idle"
                                        : "held";
  json["missing"] = missing == 0 ? "" : events_of(missing);
  json["promise"] = claim == nullptr ? "none" : word_of(claim->promise);
  json["predicate"] = claim == nullptr || claim->predicate == nullptr ? "" : claim->predicate->name;
  json["runs"] = campaign.runs;
  json["exercised"] = exercised;
  if (violated != nullptr) {
    json["standing"] = word_of(violated->standing);
    json["first_run"] = violated->first_run;
    json["violated"] = violated->runs;
    json["scenario"] = scenario;
  }
  return line_of(json);
}

std::optional<Said> JsonLines::open() const {
  return path_.empty() ? std::nullopt : write_file(path_, "");
}

std::optional<Said> JsonLines::close() const {
  return path_.empty() ? std::nullopt : write_file(path_, text_);
}

}  // namespace midstride::cli
