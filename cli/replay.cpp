// midstride replay: a session or columns of what happens, and the verdict beside the expected one.
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <memory>
#include <utility>

#include "cli/columns.hpp"
#include "cli/commands.hpp"
#include "cli/files.hpp"
#include "cli/happenings.hpp"
#include "cli/json_lines.hpp"
#include "cli/paint.hpp"
#include "cli/script.hpp"
#include "cli/session.hpp"
#include "cli/subjects.hpp"
#include "cli/terminal.hpp"
#include "cli/verdicts.hpp"
#include "cli/words.hpp"
#include "properties/campaign.hpp"
#include "properties/judge.hpp"

namespace midstride::cli {

namespace {

using model::Decision;
using model::NameId;
using model::Scenario;
using model::Taken;
using model::VerdictKind;
using properties::Standing;

// One scenario to replay, and how to ask for it again.
struct Item {
  std::string title;
  std::string command;  // midstride replay ...
  Scenario scenario;
  bool expectation_counts = true;  // it speaks of the subject that is tested
};

// `run t 2 -> receive c`: a decision that was recorded with what it ran, as its file has it.
std::string recorded(const Decision& decision, std::string_view op, NameId object,
                     const Scenario& scenario) {
  std::string text(decision.kind == Decision::Kind::reload ? "reload " : "run ");
  text += scenario.text(decision.name);
  if (decision.count > 0) text += fmt::format(" {}", decision.count);
  text += fmt::format(" -> {}", op);
  if (object.valid()) text += fmt::format(" {}", scenario.text(object));
  return text;
}

// The three cases: reproduces, passes, diverged at step k.
std::string conclusion(const Item& item, const model::Outcome& outcome, bool as_expected) {
  const std::string found = describe(outcome.verdict);
  const auto& expectation = item.scenario.expectation;
  const bool expects = expectation && item.expectation_counts;
  if (as_expected) {
    if (!expects) return found;
    return (expectation->verdict == VerdictKind::held ? "passes: " : "reproduces: ") + found;
  }
  if (!expects) return found;
  const std::string how = outcome.diverged_at != 0
                              ? fmt::format("diverged at step {}", outcome.diverged_at)
                          : outcome.verdict.kind == VerdictKind::held ? "passes"
                                                                      : "differs";
  return fmt::format("{}: expected {}, found {}", how, describe(*expectation, item.scenario),
                     found);
}

class Replay {
 public:
  explicit Replay(const ReplayOptions& options)
      : options_(options), terminal_(Terminal::standard()), json_(options.json) {}

  ExitCode run();

 private:
  std::variant<Item, Said> from_seed() const;
  std::variant<Item, Said> from_file(const std::string& file) const;
  ExitCode show(const Item& item);
  ExitCode unavailable(const Item& item);
  void show_divergence(const Item& item, const model::Outcome& outcome) const;
  void show_violations(const model::Verdict& verdict) const;
  ExitCode code_of(const Item& item, const model::Verdict& verdict) const;

  const ReplayOptions& options_;
  Terminal terminal_;
  JsonLines json_;
  properties::Judge judge_;
};

ExitCode Replay::run() {
  if (auto said = json_.open()) return terminal_.say(*said);
  std::vector<Item> items;
  const auto add = [&](std::variant<Item, Said> item) {
    if (auto* said = std::get_if<Said>(&item)) return terminal_.say(*said);
    items.push_back(std::move(std::get<Item>(item)));
    return ExitCode::as_expected;
  };
  // Every file is read before the first is run: what is wrong with the input is said first.
  ExitCode worst = ExitCode::as_expected;
  if (options_.seed) worst = add(from_seed());
  for (const std::string& file : options_.files) worst = std::max(worst, add(from_file(file)));
  if (worst != ExitCode::as_expected) return worst;
  if (!options_.script.empty()) {
    if (items.size() != 1) {
      return terminal_.say(wrong("--script: expected one scenario, found several",
                                 items.front().command + " --script program.py"));
    }
    const std::string script = shell_quoted(options_.script);
    if (auto said = script_problem(items.front().scenario.subject,
                                   fmt::format("{} --subject cpython/importlib --script {}",
                                               items.front().command, script)))
      return terminal_.say(*said);
  }
  for (const Item& item : items) {
    if (&item != &items.front()) terminal_.out("\n");
    worst = std::max(worst, show(item));
  }
  if (auto said = json_.close()) return terminal_.say(*said);
  return worst;
}

std::variant<Item, Said> Replay::from_seed() const {
  const std::string name = options_.subject.empty() ? "model/overwrite" : options_.subject;
  const auto subject = make_subject(name);
  if (subject == nullptr) return unknown_subject(name);
  properties::CampaignOptions campaign;
  campaign.policy = options_.policy;
  campaign.granularity = options_.granularity;
  Item item;
  item.title = fmt::format("run seed {}", *options_.seed);
  item.command = replay_command(*options_.seed, name, options_.policy, options_.granularity);
  item.scenario = properties::scenario_of_run(campaign, *subject, *options_.seed);
  return item;
}

std::variant<Item, Said> Replay::from_file(const std::string& file) const {
  auto read = read_scenario(file, "replay");
  if (auto* said = std::get_if<Said>(&read)) return std::move(*said);
  Item item;
  item.title = file;
  item.command = pasted("midstride replay " + shell_quoted(file));
  item.scenario = std::move(std::get<Scenario>(read));
  if (!options_.subject.empty() && options_.subject != item.scenario.subject) {
    if (make_subject(options_.subject) == nullptr) return unknown_subject(options_.subject);
    item.command += " --subject " + options_.subject;
    item.scenario.subject = options_.subject;
    item.expectation_counts = false;
  }
  return item;
}

ExitCode Replay::show(const Item& item) {
  const Scenario& scenario = item.scenario;
  const Paint paint = terminal_.paint;
  terminal_.out("{}\n", paint.strong(item.title));
  for (const std::string& line : scenario.story) terminal_.out("  # {}\n", line);
  terminal_.out("  subject {}, granularity {}\n\n", scenario.subject,
                model::name_of(scenario.granularity));
  const auto subject = make_subject(scenario.subject);
  if (subject == nullptr) return unavailable(item);

  const auto began = std::chrono::steady_clock::now();
  const model::Outcome& outcome = judge_.run(scenario, *subject, {.recheck = true});
  const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - began;
  const model::Runner& runner = judge_.runner();
  const auto lines = happenings(runner, outcome.verdict);
  terminal_.out("{}\n", options_.columns ? columns(lines, runner, paint,
                                                   std::min(columns_width, terminal_.width))
                                         : session(lines, runner, paint));
  const ExitCode code = code_of(item, outcome.verdict);
  const bool as_expected = code == ExitCode::as_expected;
  const std::string said = conclusion(item, outcome, as_expected);
  terminal_.out("{}\n", as_expected ? paint.good(said) : paint.bad(said));
  if (outcome.diverged_at != 0) show_divergence(item, outcome);
  show_violations(outcome.verdict);
  if (!as_expected) {
    const std::string next = options_.columns ? "" : " --columns";
    terminal_.out("  look closer: {}{}\n", item.command, next);
  }
  json_.add(observation_of_replay({.scenario = scenario,
                                   .command = item.command,
                                   .title = item.title,
                                   .outcome = outcome,
                                   .as_expected = as_expected,
                                   .said = said,
                                   .seconds = seconds.count()}));
  if (options_.script.empty()) return code;
  if (auto said_of_script =
          write_script(explicit_decisions(scenario, runner, outcome), options_.script))
    return terminal_.say(*said_of_script);
  terminal_.out("  stand-alone program: {}\n", options_.script);
  return code;
}

// A subject that this build lacks is a verdict: the file may expect it.
ExitCode Replay::unavailable(const Item& item) {
  const auto& expectation = item.scenario.expectation;
  const bool expected = expectation && expectation->verdict == VerdictKind::unavailable;
  terminal_.out("unavailable: this build has no subject {}{}\n", item.scenario.subject,
                expected ? ", as expected" : subject_hint(item.scenario.subject));
  if (expected) return ExitCode::as_expected;
  terminal_.out("  try it on another: {} --subject {}\n", item.command,
                all_subjects().front().name);
  return ExitCode::broken;
}

void Replay::show_divergence(const Item& item, const model::Outcome& outcome) const {
  const Scenario& scenario = item.scenario;
  const std::uint32_t step = outcome.diverged_at;
  const Decision& decision = scenario.decisions[step - 1];
  const Taken& taken = outcome.taken[step - 1];
  std::string now = "it cannot be taken and is skipped";
  if (taken.kind != Taken::Kind::skipped) {
    now = taken.turns == 0 ? "it runs nothing"
                           : fmt::format("it is `{}`", recorded(decision, name_of_last(taken),
                                                                taken.object, scenario));
  }
  terminal_.out("  step {} was recorded as `{}`; now {}\n", step,
                recorded(decision, scenario.text(decision.ran_op), decision.ran_object, scenario),
                now);
}

void Replay::show_violations(const model::Verdict& verdict) const {
  for (const model::Found& found : verdict.found) {
    terminal_.out("  {}: {}\n    expected  {}\n    found     {}\n", name_of(found),
                  words_of(properties::standing_of(found, judge_.runner().last())),
                  found.violation.expected, found.violation.found);
  }
}

ExitCode Replay::code_of(const Item& item, const model::Verdict& verdict) const {
  const auto& expectation = item.scenario.expectation;
  const bool expects = expectation && item.expectation_counts;
  if (expects && meets(verdict, *expectation, item.scenario)) return ExitCode::as_expected;
  if (is_nondeterministic(verdict)) return ExitCode::harness_failed;
  if (expects || verdict.kind == VerdictKind::crash) return ExitCode::broken;
  const bool broken =
      std::any_of(verdict.found.begin(), verdict.found.end(), [&](const model::Found& found) {
        return properties::standing_of(found, judge_.runner().last()) == Standing::failure;
      });
  return broken ? ExitCode::broken : ExitCode::as_expected;
}

}  // namespace

ExitCode replay(const ReplayOptions& options) { return Replay(options).run(); }

}  // namespace midstride::cli
