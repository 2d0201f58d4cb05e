// midstride shrink: makes a failing scenario as small as it gets, keeping the same bug.
#include <fmt/format.h>

#include <utility>

#include "cli/commands.hpp"
#include "cli/files.hpp"
#include "cli/subjects.hpp"
#include "cli/terminal.hpp"
#include "cli/verdicts.hpp"
#include "cli/words.hpp"
#include "model/text.hpp"
#include "properties/same_bug.hpp"

namespace midstride::cli {

namespace {

// The violations to keep: those that the file expects, else a broken promise, else the first.
std::vector<model::Found> violations_to_keep(const model::Verdict& verdict, const model::Run& run) {
  const model::Scenario& scenario = run.scenario();
  std::vector<model::Found> expected;
  if (scenario.expectation) {
    for (const model::NameId name : scenario.expectation->guarantees) {
      for (const model::Found& found : verdict.found) {
        if (name_of(found) == scenario.text(name)) expected.push_back(found);
      }
    }
  }
  if (!expected.empty()) return expected;
  const model::Found* chosen = &verdict.found.front();
  for (const model::Found& found : verdict.found) {
    if (properties::standing_of(found, run) > properties::standing_of(*chosen, run))
      chosen = &found;
  }
  return {*chosen};
}

}  // namespace

ExitCode shrink(const ShrinkOptions& options) {
  const Terminal terminal = Terminal::standard();
  auto read = read_scenario(options.file, "shrink");
  if (auto* said = std::get_if<Said>(&read)) return terminal.say(*said);
  const auto& scenario = std::get<model::Scenario>(read);
  const auto subject = make_subject(scenario.subject);
  if (subject == nullptr) return terminal.say(unknown_subject(scenario.subject));
  const std::string replay = "midstride replay " + shell_quoted(options.file);

  properties::Judge judge;
  const model::Outcome& outcome = judge.run(scenario, *subject, {.recheck = true});
  if (is_nondeterministic(outcome.verdict)) {
    return terminal.say(wrong("expected a run that can be repeated, found one that differs", replay,
                              ExitCode::harness_failed));
  }
  if (outcome.verdict.found.empty()) {
    return terminal.say(
        wrong(fmt::format("{}: expected a scenario that violates a guarantee, found "
                          "one that does not ({})",
                          options.file, describe(outcome.verdict)),
              replay));
  }
  std::string names;
  std::vector<properties::Bug> bugs;
  for (const model::Found& found : violations_to_keep(outcome.verdict, judge.runner().last())) {
    names.append(names.empty() ? "" : ", ").append(name_of(found));
    bugs.push_back(properties::bug_of(found, judge.runner().last()));
  }
  model::Scenario recorded = kept(scenario, judge.runner(), outcome);
  const bool repeats = shows(bugs, judge.run(recorded, *subject), judge.runner().last());
  if (!repeats) {
    return terminal.say(
        wrong("expected the recorded decisions to show the same violation, found "
              "that they do not; this is a bug of midstride, please report it",
              replay, ExitCode::harness_failed));
  }

  const std::size_t before = properties::size_of(scenario);
  const auto progress = [&](const properties::ShrinkProgress& now) {
    terminal.progress(
        fmt::format("{}: {} lines after {}", names, now.size, counted(now.runs, "run")));
    return true;
  };
  const properties::Shrunk shrunk =
      shrink_keeping(bugs, recorded, *subject, judge, {.progress = progress});
  terminal.end_progress();
  const std::string out = options.out.empty() ? options.file + ".shrunk" : options.out;
  if (auto said = write_file(out, model::write(shrunk.scenario))) return terminal.say(*said);
  terminal.out("{}: {} -> {} in {}{}\n  {}\n  {}\n", names, counted(before, "line"),
               counted(properties::size_of(shrunk.scenario), "line"), counted(shrunk.runs, "run"),
               shrunk.one_minimal ? "; 1-minimal: nothing more can go, singly"
                                  : "; NOT 1-minimal: it was ended before nothing more could go",
               out, pasted("midstride replay " + shell_quoted(out)));
  return ExitCode::as_expected;
}

}  // namespace midstride::cli
