// midstride explain: a guarantee with its statement and who promises it, or a mutant with its bug
// and where that happened.
#include <algorithm>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "cli/commands.hpp"
#include "cli/terminal.hpp"
#include "cli/words.hpp"
#include "model/names.hpp"
#include "model/subjects.hpp"
#include "properties/claims.hpp"
#include "properties/guarantees.hpp"

namespace midstride::cli {

namespace {

std::string promise_of(const properties::Claim& claim) {
  switch (claim.promise) {
    case properties::Promise::holds: return "holds";
    case properties::Promise::given_up:
      return fmt::format("given up by design: violated within {} runs", claim.runs_max);
    case properties::Promise::seldom: return "given up by design, seldom violated";
    case properties::Promise::conditional:
      return fmt::format("holds if {}: {}; else violated within {} runs", claim.predicate->name,
                         claim.predicate->means, claim.runs_max);
  }
  return {};
}

void explain_guarantee(const Terminal& terminal, const model::Guarantee& guarantee) {
  terminal.out("{}\n  {}\n  exercised when  {}\n  needs events    {}\n",
               terminal.paint.strong(guarantee.name), guarantee.statement, guarantee.antecedent,
               events_of(guarantee.needs));
  if (guarantee.make == nullptr) terminal.out("  judged over two runs\n");
  terminal.out("\nWho promises it (the first line that matches counts):\n");
  for (const properties::Claim& claim : properties::claims()) {
    if (claim.guarantee != guarantee.name) continue;
    const std::string_view where =
        claim.granularity ? model::name_of(*claim.granularity) : std::string_view("everywhere");
    terminal.out("  {:<26}  {:<10}  {}\n", claim.subject, where, promise_of(claim));
  }
  std::string caught;
  for (const model::Mutant* mutant : model::mutants()) {
    if (mutant->guarantee == guarantee.name) caught += fmt::format(" {}", mutant->id);
  }
  if (!caught.empty()) terminal.out("\nMutants that it must catch:{}\n", caught);
}

std::string lower(std::string_view id) {
  std::string small(id);
  for (char& letter : small)
    if (letter >= 'A' && letter <= 'Z') letter = static_cast<char>(letter - 'A' + 'a');
  return small;
}

// The scenario that shows a mutant, below the current directory.
std::string corpus_file(const model::Mutant& mutant) {
  namespace fs = std::filesystem;
  const std::string small = lower(mutant.id);
  std::vector<std::string> found;
  std::error_code error;
  for (fs::recursive_directory_iterator at("corpus", error), end; !error && at != end;
       at.increment(error)) {
    const std::string name = at->path().filename().string();
    const bool named = name.starts_with(small + "-");
    if (named && name.ends_with(".scenario")) found.push_back(at->path().string());
  }
  if (found.empty()) return {};
  return *std::min_element(found.begin(), found.end());
}

// "a, b"; nothing if there is none.
std::string listed(std::span<const std::string_view> names) {
  std::string text;
  for (const std::string_view name : names) {
    if (!name.empty()) text += (text.empty() ? "" : ", ") + std::string(name);
  }
  return text;
}

// What the search makes of it, by policy and apart: what the program brings, what the schedule.
std::string chances_of(const model::Mutant& mutant) {
  const auto percent = [](std::uint32_t permille) {
    return fmt::format("{:g} %", permille / 10.0);
  };
  const std::string schedule = percent(mutant.schedule_permille);
  if (mutant.shapes[0].empty())
    return fmt::format("any generated scenario will do; {} of the schedules catch it", schedule);
  return fmt::format(
      "{} of the generated scenarios have a shape that it needs ({}); {} of their "
      "schedules catch it",
      percent(mutant.shape_permille), listed(mutant.shapes), schedule);
}

void explain_mutant(const Terminal& terminal, const model::Mutant& mutant) {
  const bool of_sim = mutant.planted != sim::Planted::none;
  terminal.out(
      "{} {}\n  bug          {}\n  seen in      {}\n  breaks       {}, in its {} {}\n"
      "  shows at     granularity {}, policy {}\n  caught by    {}\n",
      terminal.paint.strong(mutant.id), terminal.paint.strong(mutant.title), mutant.bug,
      mutant.seen_in, mutant.base, of_sim ? "scheduler's rule" : "step", mutant.step,
      model::name_of(mutant.granularity), mutant.policy, mutant.guarantee);
  if (!mutant.also[0].empty())
    terminal.out("               {} may break with it\n", listed(mutant.also));
  if (mutant.runs_max == 0) {
    terminal.out(
        "  budget       found within {} random programs over sim "
        "(properties/laws_channels_test.cpp);\n"
        "               generated scenarios do not have what it takes\n",
        mutant.programs_max);
    return;
  }
  terminal.out(
      "  chance       {}\n  budget       found in {} runs (median), within {}\n"
      "  shrinks to   {} lines (median), at most {}\n",
      chances_of(mutant), mutant.runs_median, mutant.runs_max, mutant.size, mutant.size_max);
  const std::string file = corpus_file(mutant);
  if (!file.empty()) terminal.out("  scenario     {}\n", pasted("midstride replay " + file));
  const std::string policy =
      mutant.policy == "random" ? "" : fmt::format(" --policy {}", mutant.policy);
  terminal.out("  find it      {}\n",
               pasted(fmt::format(
                   "midstride fuzz --subject mutant/{} --granularity {}{} --runs {} --keep-going",
                   mutant.id, model::name_of(mutant.granularity), policy, mutant.runs_max)));
}

}  // namespace

ExitCode explain(const ExplainOptions& options) {
  const Terminal terminal = Terminal::standard();
  if (const auto index = properties::guarantee_index(options.what)) {
    explain_guarantee(terminal, properties::guarantees()[*index]);
    return ExitCode::as_expected;
  }
  std::string id = options.what;
  if (id.starts_with("mutant/")) id.erase(0, std::string_view("mutant/").size());
  std::vector<std::string_view> known;
  for (const model::Guarantee& guarantee : properties::guarantees())
    known.push_back(guarantee.name);
  for (const model::Mutant* mutant : model::mutants()) {
    if (mutant->id == id || lower(mutant->id) == id || mutant->title == id) {
      explain_mutant(terminal, *mutant);
      return ExitCode::as_expected;
    }
    known.push_back(mutant->id);
  }
  return terminal.say(
      wrong(fmt::format("expected a guarantee or a mutant, found {}{}",
                        model::in_quotes(options.what), model::hint(options.what, known)),
            "midstride list guarantees"));
}

}  // namespace midstride::cli
