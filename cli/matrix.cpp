// midstride matrix: what each subject keeps, beside what it promises. Every subject makes the same
// number of runs from the same seed, so that a cell is the same everywhere; below the table stands,
// for each claim that gives something up, the shortest scenario that shows it. Where a claim and
// what was found differ, one of the two is wrong.
#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <set>
#include <utility>

#include "cli/commands.hpp"
#include "cli/gates.hpp"
#include "cli/json_lines.hpp"
#include "cli/known.hpp"
#include "cli/signals.hpp"
#include "cli/subjects.hpp"
#include "cli/table.hpp"
#include "cli/terminal.hpp"
#include "cli/verdicts.hpp"
#include "cli/words.hpp"
#include "properties/campaign.hpp"
#include "properties/guarantees.hpp"

namespace midstride::cli {

namespace {

using properties::CampaignResult;
using properties::Claim;
using properties::Promise;
using properties::Standing;
using properties::Violated;

struct Entry {
  std::unique_ptr<model::Subject> subject;
  std::unique_ptr<properties::Campaign> campaign;
  std::string replay_prefix;

  const CampaignResult& result() const { return campaign->result(); }
};

const Claim* claim_of(const CampaignResult& result, std::uint32_t guarantee) {
  return properties::claim_on(result.subject, result.granularity,
                              properties::guarantees()[guarantee].name);
}

class Matrix {
 public:
  explicit Matrix(const MatrixOptions& options)
      : options_(options), terminal_(Terminal::standard()), json_(options.json) {}

  ExitCode run() {
    if (auto said = set_up()) return terminal_.say(*said);
    catch_interrupt();
    search();
    for (const Entry& entry : entries_) {
      for (std::uint32_t at = 0; at < properties::guarantees().size(); ++at) look_at(entry, at);
    }
    const ExitCode code = report();
    const std::optional<Said> said = json_.close();
    return said ? terminal_.say(*said) : code;
  }

 private:
  std::optional<Said> set_up();
  void search();
  void look_at(const Entry& entry, std::uint32_t guarantee);
  void show_given_up() const;
  void show_not_judged() const;
  ExitCode report();
  // False when something of the harness failed.
  bool is_sound() const;

  const MatrixOptions& options_;
  Terminal terminal_;
  JsonLines json_;
  std::vector<Known> known_;
  std::vector<Entry> entries_;
  struct Difference {
    std::string what;
    std::string paste;
  };
  std::vector<Difference> differences_;
};

std::optional<Said> Matrix::set_up() {
  if (auto said = json_.open()) return said;
  auto known = read_known(options_.corpus, "midstride matrix --corpus DIR");
  if (auto* said = std::get_if<Said>(&known)) return std::move(*said);
  known_ = std::move(std::get<std::vector<Known>>(known));
  for (const SubjectRow& row : all_subjects()) {
    Entry entry;
    entry.subject = make_subject(row.name);
    entry.campaign = std::make_unique<properties::Campaign>(
        *entry.subject,
        properties::CampaignOptions{.seed = options_.seed, .granularity = options_.granularity});
    entry.replay_prefix = replay_prefix(row.name, "random", options_.granularity);
    entries_.push_back(std::move(entry));
  }
  terminal_.out("seed {}, {}, {} of each\n", options_.seed, counted(entries_.size(), "subject"),
                counted(options_.runs, "run"));
  return std::nullopt;
}

void Matrix::search() {
  constexpr std::uint64_t progress_every = 500;
  for (Entry& entry : entries_) {
    while (entry.result().runs < options_.runs && !interrupted()) {
      const std::uint64_t done = entry.result().runs;
      under_way = {entry.replay_prefix.c_str(), properties::run_seed(options_.seed, done + 1)};
      if (done % progress_every == 0)
        terminal_.progress(fmt::format("{}: {} of {}", entry.result().subject, grouped(done),
                                       counted(options_.runs, "run")));
      entry.campaign->step();
    }
  }
  under_way = {};
  terminal_.end_progress();
}

// One cell: its line of JSON, and whether a promise was broken.
void Matrix::look_at(const Entry& entry, std::uint32_t guarantee) {
  const CampaignResult& result = entry.result();
  const Claim* claim = claim_of(result, guarantee);
  const Violated* violated = worst_of(result, guarantee);
  const Known* known = violated != nullptr && claim != nullptr ? shortest(known_, *claim) : nullptr;
  json_.add(
      cell_of(result, guarantee, claim, violated,
              properties::guarantees()[guarantee].needs & ~entry.subject->capabilities().gives,
              known == nullptr ? "" : known->path));
  if (violated == nullptr || violated->standing != Standing::failure) return;
  differences_.push_back(
      {fmt::format("{} promises {}, at granularity {}: expected {}, found {}", result.subject,
                   properties::guarantees()[guarantee].name, model::name_of(result.granularity),
                   violated->violation.expected, violated->violation.found),
       replay_command(violated->run_seed, result.subject, "random", options_.granularity)});
}

// A line for each claim, of those that were looked at, that gives something up.
void Matrix::show_given_up() const {
  std::set<std::pair<std::string_view, std::string_view>> shown;
  std::set<const properties::Predicate*> conditions;
  bool first = true;
  for (std::uint32_t at = 0; at < properties::guarantees().size(); ++at) {
    for (const Entry& entry : entries_) {
      const Claim* claim = claim_of(entry.result(), at);
      if (claim == nullptr || claim->promise == Promise::holds) continue;
      if (entry.result().judged[at] == 0) continue;
      if (!shown.insert({claim->guarantee, claim->subject}).second) continue;
      if (std::exchange(first, false)) terminal_.out("\ngiven up by design:\n");
      const Known* known = shortest(known_, *claim);
      terminal_.out("  {:<18}  {:<26}  {}\n", claim->guarantee, claim->subject,
                    known == nullptr ? "no scenario yet" : known->path);
      if (claim->predicate == nullptr) continue;
      terminal_.out("  {:<18}  {:<26}  and holds if {}\n", "", "", claim->predicate->name);
      conditions.insert(claim->predicate);
    }
  }
  for (const properties::Predicate& predicate : properties::predicates()) {
    if (!conditions.contains(&predicate)) continue;
    const std::string meaning = fmt::format("{}: {}", predicate.name, predicate.means);
    terminal_.out("{}\n", fmt::join(wrapped(meaning, terminal_.width, 2), "\n"));
  }
}

void Matrix::show_not_judged() const {
  bool first = true;
  for (const Entry& entry : entries_) {
    std::string line;
    for (const model::Guarantee& guarantee : properties::guarantees()) {
      const model::EventMask missing = guarantee.needs & ~entry.subject->capabilities().gives;
      if (missing == 0) continue;
      line +=
          fmt::format("{}{} ({})", line.empty() ? "" : ", ", guarantee.name, events_of(missing));
    }
    if (line.empty()) continue;
    if (std::exchange(first, false))
      terminal_.out("\nnot judged, and the events that it would take:\n");
    terminal_.out("{}\n", fmt::join(wrapped(fmt::format("{}: {}", entry.result().subject, line),
                                            terminal_.width, 2),
                                    "\n"));
  }
}

ExitCode Matrix::report() {
  std::vector<const CampaignResult*> results;
  for (const Entry& entry : entries_) results.push_back(&entry.result());
  terminal_.out("\n{}", table(results, terminal_.paint, terminal_.width));
  show_given_up();
  show_not_judged();
  for (const Entry& entry : entries_) {
    for (std::string& line : missed(entry.result(), entry.subject->capabilities()))
      differences_.push_back({std::move(line), fuzz_command(entry.result(), options_.seed, "random",
                                                            options_.granularity)});
  }
  terminal_.out("\n");
  const bool sound = is_sound();
  for (const auto& [what, paste] : differences_)
    terminal_.out("{} {}\n  {}\n", terminal_.paint.bad("differs:"), what, paste);
  terminal_.out("{} of {} claims and findings differ\n", differences_.size(),
                entries_.size() * properties::guarantees().size());
  if (interrupted()) return ExitCode::interrupted;
  if (!sound) return ExitCode::harness_failed;
  return differences_.empty() ? ExitCode::as_expected : ExitCode::broken;
}

bool Matrix::is_sound() const {
  bool sound = true;
  for (const Entry& entry : entries_) {
    const CampaignResult& result = entry.result();
    if (!result.nondeterministic_seed) continue;
    sound = false;
    terminal_.out("{}: {}: expected the same run twice, found {}\n  {}\n",
                  terminal_.paint.bad("the harness failed"), result.subject,
                  result.nondeterministic_how,
                  replay_command(*result.nondeterministic_seed, result.subject, "random",
                                 options_.granularity));
  }
  return sound;
}

}  // namespace

ExitCode matrix(const MatrixOptions& options) { return Matrix(options).run(); }

}  // namespace midstride::cli
