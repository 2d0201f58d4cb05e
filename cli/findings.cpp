#include "cli/findings.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <utility>

#include "cli/files.hpp"
#include "cli/signals.hpp"
#include "cli/verdicts.hpp"
#include "model/text.hpp"
#include "properties/guarantees.hpp"
#include "properties/same_bug.hpp"

namespace midstride::cli {

namespace {

using model::Scenario;
using properties::Bug;
using properties::Standing;

std::string_view guarantee_of(const Finding& finding) {
  return properties::guarantees()[finding.violated->guarantee].name;
}

// model-in-place.method-behaviour
std::string stem(const Finding& finding) {
  std::string name = finding.campaign->subject;
  std::replace(name.begin(), name.end(), '/', '-');
  return fmt::format("{}.{}", name, guarantee_of(finding));
}

// One line that a comment takes.
std::string story_line(std::string text) {
  constexpr std::size_t longest = 400;
  for (char& letter : text)
    if (letter < ' ' || letter > '~') letter = ' ';
  text.resize(std::min(text.size(), longest));
  text.erase(text.find_last_not_of(' ') + 1);
  return text;
}

void tell_story(Finding& finding) {
  const std::string line = story_line(fmt::format(
      "{}: {}. Expected: {}. Found: {}.", guarantee_of(finding),
      words_of(finding.violated->standing), finding.violation.expected, finding.violation.found));
  finding.scenario.story.insert(finding.scenario.story.begin(), line);
}

// The violation that shows the bug in the scenario's run, made here.
void look_at(Finding& finding, const Bug& bug, model::Subject& subject, properties::Judge& judge) {
  const model::Outcome& outcome = judge.run(finding.scenario, subject);
  for (const model::Found& found : outcome.verdict.found)
    if (found.guarantee == bug.guarantee) finding.violation = found.violation;
}

// Whether the file that this finding would have is there and shows the same.
bool is_known(Finding& finding, const Bug& bug, model::Subject& subject, properties::Judge& judge,
              const std::string& directory) {
  const std::string path =
      (std::filesystem::path(directory) / (stem(finding) + ".scenario")).string();
  std::error_code error;
  if (!std::filesystem::exists(path, error)) return false;
  auto read = read_scenario(path, "replay");
  auto* known = std::get_if<Scenario>(&read);
  if (known == nullptr || known->subject != finding.campaign->subject) return false;
  const model::Outcome& outcome = judge.run(*known, subject);
  if (!shows(bug, outcome, judge.runner().last())) return false;
  if (!known->expectation || !meets(outcome.verdict, *known->expectation, *known)) return false;
  finding.scenario = std::move(*known);
  finding.file = path;
  return true;
}

}  // namespace

std::variant<Finding, Said> make_finding(const properties::CampaignResult& campaign,
                                         const properties::Violated& violated,
                                         model::Subject& subject, properties::Judge& judge,
                                         const std::string& directory) {
  Finding finding;
  finding.campaign = &campaign;
  finding.violated = &violated;
  finding.scenario = violated.scenario;
  finding.violation = violated.violation;
  const auto start = std::chrono::steady_clock::now();
  const Bug bug{violated.guarantee, violated.violation.bug, violated.standing};
  const bool failure = violated.standing == Standing::failure;
  const model::Outcome& outcome = judge.run(violated.scenario, subject);
  finding.repeats = shows(bug, outcome, judge.runner().last());
  if (!finding.repeats) {
    properties::expect(finding.scenario, outcome.verdict);
  } else if (!failure && is_known(finding, bug, subject, judge, directory)) {
    finding.known = true;
  } else {
    properties::Shrunk shrunk = shrink_keeping(
        {bug}, violated.scenario, subject, judge,
        {.runs_max = failure ? shrink_runs_failure : shrink_runs_expected,
         .progress = [](const properties::ShrinkProgress&) { return !interrupted(); }});
    finding.scenario = std::move(shrunk.scenario);
    finding.shrink_runs = shrunk.runs;
    finding.one_minimal = shrunk.one_minimal;
  }
  if (finding.repeats) look_at(finding, bug, subject, judge);
  finding.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  if (finding.file.empty()) {
    tell_story(finding);
    auto written = write_beside(directory, stem(finding), model::write(finding.scenario));
    if (auto* said = std::get_if<Said>(&written)) return std::move(*said);
    finding.file = std::get<std::string>(written);
  }
  finding.command = pasted("midstride replay " + shell_quoted(finding.file));
  return finding;
}

}  // namespace midstride::cli
