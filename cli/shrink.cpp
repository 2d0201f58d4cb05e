// midstride shrink: makes a failing scenario as small as it gets, keeping the same bug.
#include <fmt/format.h>

#include <utility>

#include "cli/commands.hpp"
#include "cli/files.hpp"
#include "cli/signals.hpp"
#include "cli/subjects.hpp"
#include "cli/terminal.hpp"
#include "cli/verdicts.hpp"
#include "cli/words.hpp"
#include "model/text.hpp"
#include "properties/same_bug.hpp"

namespace midstride::cli {

namespace {

// The violation to keep: the one that the file expects, else a broken promise, else the first.
const model::Found& violation_to_keep(const model::Verdict& verdict, const model::Run& run) {
  const model::Scenario& scenario = run.scenario();
  const model::Found* chosen = &verdict.found.front();
  if (scenario.expectation) {
    for (const model::NameId name : scenario.expectation->guarantees) {
      for (const model::Found& found : verdict.found) {
        if (name_of(found) == scenario.text(name)) return found;
      }
    }
  }
  for (const model::Found& found : verdict.found) {
    if (properties::standing_of(found, run) > properties::standing_of(*chosen, run))
      chosen = &found;
  }
  return *chosen;
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
  const model::Found found = violation_to_keep(outcome.verdict, judge.runner().last());
  const properties::Bug bug = properties::bug_of(found, judge.runner().last());
  model::Scenario recorded = kept(scenario, judge.runner(), outcome);
  const bool repeats = shows(bug, judge.run(recorded, *subject), judge.runner().last());
  if (!repeats) {
    return terminal.say(
        wrong("expected the recorded decisions to show the same violation, found "
              "that they do not; this is a bug of midstride, please report it",
              replay, ExitCode::harness_failed));
  }

  const std::size_t before = properties::size_of(recorded);
  const auto progress = [&](const properties::ShrinkProgress& now) {
    terminal.progress(fmt::format("{}: {} of {} lines after {}", name_of(found), now.size, before,
                                  counted(now.runs, "run")));
    return !interrupted();
  };
  const properties::Shrunk shrunk =
      shrink_keeping(bug, recorded, *subject, judge, {.progress = progress});
  terminal.end_progress();
  const std::string out = options.out.empty() ? options.file + ".shrunk" : options.out;
  if (auto said = write_file(out, model::write(shrunk.scenario))) return terminal.say(*said);
  terminal.out("{}: {} -> {} in {}{}\n  {}\n  midstride replay {}\n", name_of(found),
               counted(before, "line"), counted(properties::size_of(shrunk.scenario), "line"),
               counted(shrunk.runs, "run"),
               shrunk.one_minimal ? "; 1-minimal: nothing more can go, singly"
                                  : "; NOT 1-minimal: it was ended before nothing more could go",
               out, shell_quoted(out));
  return interrupted() ? ExitCode::interrupted : ExitCode::as_expected;
}

}  // namespace midstride::cli
