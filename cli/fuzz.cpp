// midstride fuzz: campaigns over one or all subjects, side by side. The subjects take turns in
// small slices of time, so that all of them get as far when the time is over or Ctrl-C ends it.
// Then what was found is shrunk, written and printed.
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <memory>
#include <random>
#include <utility>

#include "cli/columns.hpp"
#include "cli/commands.hpp"
#include "cli/files.hpp"
#include "cli/gates.hpp"
#include "cli/happenings.hpp"
#include "cli/json_lines.hpp"
#include "cli/signals.hpp"
#include "cli/subjects.hpp"
#include "cli/table.hpp"
#include "cli/terminal.hpp"
#include "cli/verdicts.hpp"
#include "cli/words.hpp"
#include "model/text.hpp"
#include "properties/campaign.hpp"
#include "properties/coverage.hpp"
#include "properties/guarantees.hpp"
#include "properties/shapes/table.hpp"
#include "properties/shrinker.hpp"

namespace midstride::cli {

namespace {

using Clock = std::chrono::steady_clock;
using properties::CampaignResult;
using properties::Standing;
using properties::Violated;

constexpr double slice_seconds = 0.02;
constexpr double progress_seconds = 0.1;
constexpr double plain_progress_seconds = 10;
double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

struct Entry {
  std::unique_ptr<model::Subject> subject;
  std::unique_ptr<properties::Campaign> campaign;
  std::string replay_prefix;  // of the line that replays its runs, up to the seed
  double seconds = 0;
  bool over = false;

  const CampaignResult& result() const { return campaign->result(); }
};

class Fuzz {
 public:
  explicit Fuzz(const FuzzOptions& options)
      : options_(options), terminal_(Terminal::standard()), json_(options.json) {}

  ExitCode run() {
    if (auto said = set_up()) return terminal_.say(*said);
    catch_interrupt();
    search();
    const std::optional<Said> said = make_findings();
    const ExitCode code = report();  // what there is, whatever went wrong with its files
    return said ? terminal_.say(*said) : code;
  }

 private:
  std::optional<Said> set_up();
  std::optional<Said> add(const std::string& name, const properties::CampaignOptions& campaign);
  void search();
  bool is_over(const Entry& entry) const;
  void slice(Entry& entry, Clock::time_point start);
  void show_progress(const Entry& entry, double seconds);

  std::optional<Said> make_findings();
  ExitCode report();
  void show_coverage() const;
  void show_expected() const;
  void show_failure(const Finding& finding);
  // False when something of the harness failed.
  bool show_harness_failures() const;
  std::string again(const Entry& entry) const;
  std::uint64_t total_runs() const;

  const FuzzOptions& options_;
  Terminal terminal_;
  JsonLines json_;
  std::uint64_t seed_ = 0;
  std::optional<model::Scenario> program_;
  std::vector<Entry> entries_;
  std::vector<Finding> findings_;
  properties::Judge judge_;
  double searched_seconds_ = 0;
  double last_progress_ = 0;
};

std::optional<Said> Fuzz::set_up() {
  // Before the search, lest what it finds is lost.
  if (auto said = json_.open()) return said;
  if (auto said = make_directory(options_.corpus)) return said;
  if (options_.seed) {
    seed_ = *options_.seed;
  } else {
    std::random_device device;
    seed_ = std::uint64_t{device()} << 32 | device();
  }
  if (!options_.file.empty()) {
    auto read = read_scenario(options_.file, "fuzz");
    if (auto* said = std::get_if<Said>(&read)) return std::move(*said);
    program_ = std::move(std::get<model::Scenario>(read));
    program_->story.clear();  // what is found will have its own
  }
  const properties::CampaignOptions campaign{.seed = seed_,
                                             .policy = options_.policy,
                                             .granularity = options_.granularity,
                                             .program = program_};
  std::string subject = options_.subject;
  if (subject.empty()) subject = program_ ? program_->subject : "all";
  if (subject != "all") {
    if (auto said = add(subject, campaign)) return said;
  } else {
    for (const SubjectRow& row : all_subjects())
      if (auto said = add(row.name, campaign)) return said;
  }
  terminal_.out("seed {}, {}, {}\n", seed_, counted(entries_.size(), "subject"),
                options_.runs ? counted(*options_.runs, "run") + " of each"
                              : fmt::format("{:g} s in all, shared evenly", *options_.seconds));
  return std::nullopt;
}

std::optional<Said> Fuzz::add(const std::string& name,
                              const properties::CampaignOptions& campaign) {
  Entry entry;
  entry.subject = make_subject(name);
  if (entry.subject == nullptr) return unknown_subject(name);
  entry.campaign = std::make_unique<properties::Campaign>(*entry.subject, campaign);
  entry.replay_prefix = replay_prefix(name, options_.policy, options_.granularity);
  entries_.push_back(std::move(entry));
  return std::nullopt;
}

bool Fuzz::is_over(const Entry& entry) const {
  return entry.over || (options_.runs && entry.result().runs >= *options_.runs);
}

void Fuzz::search() {
  const Clock::time_point start = Clock::now();
  const auto time_left = [&] {
    return !interrupted() && (!options_.seconds || seconds_since(start) < *options_.seconds);
  };
  for (bool someone = true; someone && time_left();) {
    someone = false;
    for (Entry& entry : entries_) {
      if (is_over(entry) || !time_left()) continue;
      someone = true;
      slice(entry, start);
    }
  }
  under_way = {};
  searched_seconds_ = seconds_since(start);
  terminal_.end_progress();
}

void Fuzz::slice(Entry& entry, Clock::time_point start) {
  const Clock::time_point began = Clock::now();
  double seconds = 0;
  while (seconds < slice_seconds && !is_over(entry) && !interrupted()) {
    under_way = {entry.replay_prefix.c_str(), properties::run_seed(seed_, entry.result().runs + 1)};
    const bool good = entry.campaign->step();
    seconds = seconds_since(began);
    entry.over = !good && !options_.keep_going;
  }
  entry.seconds += seconds;
  show_progress(entry, seconds_since(start));
}

void Fuzz::show_progress(const Entry& entry, double seconds) {
  const double every = terminal_.is_live ? progress_seconds : plain_progress_seconds;
  if (seconds - last_progress_ < every) return;
  last_progress_ = seconds;
  std::size_t violated = 0, failures = 0;
  for (const Entry& one : entries_) {
    violated += one.result().violated.size();
    for (const Violated& each : one.result().violated)
      failures += each.standing == Standing::failure ? 1U : 0U;
  }
  const std::string line = fmt::format(
      "{:.0f} s  {}, {}/s  {}, {}  {}", seconds, counted(total_runs(), "run"),
      rounded(static_cast<std::uint64_t>(static_cast<double>(total_runs()) / seconds)),
      counted(violated, "finding"), counted(failures, "broken promise"), entry.result().subject);
  if (terminal_.is_live) {
    terminal_.progress(line);
  } else {
    terminal_.out("{}\n", line);
  }
}

std::uint64_t Fuzz::total_runs() const {
  std::uint64_t runs = 0;
  for (const Entry& entry : entries_) runs += entry.result().runs;
  return runs;
}

std::optional<Said> Fuzz::make_findings() {
  for (Entry& entry : entries_) {
    for (const Violated& violated : entry.result().violated) {
      const std::string_view guarantee = properties::guarantees()[violated.guarantee].name;
      if (guarantee == "deterministic") continue;  // the harness failed, which report() says
      terminal_.progress(fmt::format("shrinking {} of {}", guarantee, entry.result().subject));
      auto finding =
          make_finding(entry.result(), violated, *entry.subject, judge_, options_.corpus);
      if (auto* said = std::get_if<Said>(&finding)) return std::move(*said);
      findings_.push_back(std::move(std::get<Finding>(finding)));
    }
  }
  terminal_.end_progress();
  for (const Finding& finding : findings_)
    json_.add(observation_of(finding, seed_, options_.policy));
  for (const Entry& entry : entries_)
    json_.add(summary_of(entry.result(), seed_, findings_, entry.seconds));
  return json_.close();
}

ExitCode Fuzz::report() {
  std::vector<const CampaignResult*> results;
  for (const Entry& entry : entries_) results.push_back(&entry.result());
  show_expected();
  show_coverage();
  terminal_.out("\n{}", table(results, terminal_.paint, terminal_.width));
  std::size_t failures = 0;
  for (const Finding& finding : findings_) {
    if (finding.violated->standing != Standing::failure) continue;
    show_failure(finding);
    ++failures;
  }
  const bool sound = show_harness_failures();
  const std::string outcome = failures > 0 ? counted(failures, "broken promise")
                              : sound      ? "no promise was broken"
                                           : "the harness failed";
  terminal_.out(
      "\n{}: {} in {:.1f} s, seed {}: {}\n", counted(entries_.size(), "subject"),
      counted(total_runs(), "run"), searched_seconds_, seed_,
      failures > 0 || !sound ? terminal_.paint.bad(outcome) : terminal_.paint.good(outcome));
  if (interrupted()) return ExitCode::interrupted;
  if (!sound) return ExitCode::harness_failed;
  return failures > 0 ? ExitCode::broken : ExitCode::as_expected;
}

// Over all subjects: how many runs had which shape, and which probes nobody hit.
void Fuzz::show_coverage() const {
  if (program_) return;
  std::string shapes = "shapes:";
  for (std::size_t at = 0; at < properties::shapes().size(); ++at) {
    std::uint64_t runs = 0;
    for (const Entry& entry : entries_) runs += entry.result().shapes[at];
    shapes += fmt::format(" {} {},", properties::shapes()[at].name, rounded(runs));
  }
  shapes.pop_back();
  std::string probes = fmt::format("probes: {}", counted(properties::probes().size(), "situation"));
  bool all_reached = true;
  for (std::size_t at = 0; at < properties::probes().size(); ++at) {
    std::uint64_t runs = 0;
    for (const Entry& entry : entries_) runs += entry.result().probes[at];
    if (runs > 0) continue;
    probes +=
        fmt::format("{} {}", all_reached ? "; not reached:" : ",", properties::probes()[at].name);
    all_reached = false;
  }
  if (all_reached) probes += ", each reached";
  for (const std::string& line : {shapes, probes})
    terminal_.out("\n{}", fmt::join(wrapped(line, terminal_.width, 0), "\n"));
  terminal_.out("\n");
}

void Fuzz::show_expected() const {
  const CampaignResult* subject = nullptr;
  bool all_small = true;
  for (const Finding& finding : findings_) {
    const Violated& violated = *finding.violated;
    if (violated.standing == Standing::failure) continue;
    if (subject == nullptr) terminal_.out("\nviolated, and nobody promised otherwise:\n");
    if (subject != finding.campaign) terminal_.out("{}\n", finding.campaign->subject);
    subject = finding.campaign;
    const bool small = finding.one_minimal || finding.known;
    all_small &= small;
    terminal_.out("  {:<18}  {} {:<5}  {:>2} lines{}  {}\n",
                  properties::guarantees()[violated.guarantee].name,
                  violated.standing == Standing::expected ? "found" : " open",
                  rounded(violated.first_run), properties::size_of(finding.scenario),
                  small ? " " : "*", finding.command);
  }
  if (!all_small) terminal_.out("  *: may not be the smallest\n");
}

void Fuzz::show_failure(const Finding& finding) {
  const CampaignResult& result = *finding.campaign;
  const Violated& violated = *finding.violated;
  terminal_.out("\n{}: {} is {}, first in run {}, in {} of {}\n", result.subject,
                properties::guarantees()[violated.guarantee].name,
                terminal_.paint.bad(words_of(violated.standing)), grouped(violated.first_run),
                grouped(violated.runs), counted(result.runs, "run"));
  terminal_.out("  expected  {}\n  found     {}\n\n", finding.violation.expected,
                finding.violation.found);
  const auto subject = make_subject(result.subject);
  const model::Outcome& outcome = judge_.run(finding.scenario, *subject);
  terminal_.out("{}\n", columns(happenings(judge_.runner(), outcome.verdict), judge_.runner(),
                                terminal_.paint, std::min(columns_width, terminal_.width)));
  terminal_.out("  {} ({}, {})\n  {}\n", finding.file,
                counted(properties::size_of(finding.scenario), "line"),
                finding.one_minimal
                    ? fmt::format("1-minimal after {}", counted(finding.shrink_runs, "run"))
                    : fmt::format("not 1-minimal, after {}", counted(finding.shrink_runs, "run")),
                finding.command);
}

bool Fuzz::show_harness_failures() const {
  bool sound = true;
  const auto say = [&](const std::string& what, const std::string& paste) {
    sound = false;
    terminal_.out("\n{}: {}\n  {}\n", terminal_.paint.bad("the harness failed"), what, paste);
  };
  for (const Entry& entry : entries_) {
    const CampaignResult& result = entry.result();
    if (result.nondeterministic_seed) {
      say(fmt::format("{}: expected the same run twice, found {}", result.subject,
                      result.nondeterministic_how),
          replay_command(*result.nondeterministic_seed, result.subject, options_.policy,
                         options_.granularity));
    }
    if (result.runs == 0 && !interrupted())
      say(fmt::format("{}: expected runs, found that nothing was run", result.subject),
          again(entry));
    const bool gated = options_.runs && !program_ && options_.policy == "random";
    if (!gated) continue;
    for (const std::string& line : missed(result, entry.subject->capabilities()))
      say(line, again(entry));
  }
  for (const Finding& finding : findings_) {
    if (finding.repeats) continue;
    say(fmt::format(
            "{}: expected the recorded decisions to violate {} again, found that they do not",
            finding.campaign->subject, properties::guarantees()[finding.violated->guarantee].name),
        replay_command(finding.violated->run_seed, finding.campaign->subject, options_.policy,
                       options_.granularity));
  }
  return sound;
}

std::string Fuzz::again(const Entry& entry) const {
  return fuzz_command(entry.result(), seed_, options_.policy, options_.granularity);
}

}  // namespace

ExitCode fuzz(const FuzzOptions& options) { return Fuzz(options).run(); }

}  // namespace midstride::cli
