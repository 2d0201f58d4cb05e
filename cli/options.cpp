#include "cli/options.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <string_view>

#include "model/names.hpp"
#include "model/run.hpp"
#include "sim/digest.hpp"
#include "sim/policies.hpp"

namespace midstride::cli {

namespace {

constexpr std::array<std::string_view, 6> commands = {"fuzz",   "matrix",  "replay",
                                                      "shrink", "explain", "list"};
constexpr std::array<std::string_view, 1> later_commands = {"explore"};
constexpr std::array<std::string_view, 4> later_policies = {"surw", "pos", "pct", "portfolio"};
constexpr std::array<std::string_view, 5> lists = {"subjects", "guarantees", "mutants", "policies",
                                                   "probes"};

Said not_built(std::string_view kind, std::string_view what, std::string_view paste) {
  return wrong(
      fmt::format("expected {} of this build, found {}, which is not built yet; do without it",
                  kind, model::in_quotes(what)),
      paste);
}

// Texts of arguments that are more than text, still to be read.
struct Texts {
  std::string runs, time, seed, granularity;
  bool has_runs = false, has_time = false, has_seed = false;
};

std::optional<model::Granularity> granularity_of(std::string_view text) {
  for (const auto granularity :
       {model::Granularity::yields, model::Granularity::safepoints, model::Granularity::ops}) {
    if (model::name_of(granularity) == text) return granularity;
  }
  return std::nullopt;
}

std::optional<Said> problem_of_policy(std::string_view policy) {
  if (std::find(later_policies.begin(), later_policies.end(), policy) != later_policies.end())
    return not_built("a policy", policy, "midstride list policies");
  if (sim::make_policy(policy) != nullptr) return std::nullopt;
  std::vector<std::string_view> known;
  for (const sim::PolicyRow& row : sim::policies()) known.push_back(row.name);
  return wrong(fmt::format("--policy: expected a policy, found {}{}", model::in_quotes(policy),
                           model::hint(policy, known)),
               "midstride list policies");
}

std::optional<std::uint64_t> count_of(std::string_view text) {
  std::uint64_t count = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), count);
  if (error != std::errc{} || end != text.data() + text.size() || count == 0) return std::nullopt;
  return count;
}

// Fills in what is common to fuzz, matrix and replay.
template <class Asked>
std::optional<Said> read(Asked& asked, const Texts& texts, std::string_view help) {
  if (texts.has_seed) {
    const std::optional<std::uint64_t> seed = seed_of(texts.seed);
    if (seed) {
      asked.seed = *seed;
    } else {
      return wrong(
          fmt::format("--seed: expected a decimal or 0x number of 64 bits, or the 40 digits "
                      "of a commit, found {}",
                      model::in_quotes(texts.seed)),
          help);
    }
  }
  if (!texts.granularity.empty()) {
    asked.granularity = granularity_of(texts.granularity);
    if (!asked.granularity) {
      constexpr std::array<std::string_view, 3> known = {"yields", "safepoints", "ops"};
      return wrong(
          fmt::format("--granularity: expected yields, safepoints or ops, found {}{}",
                      model::in_quotes(texts.granularity), model::hint(texts.granularity, known)),
          help);
    }
  }
  return std::nullopt;
}

std::variant<std::uint64_t, Said> runs_of(const Texts& texts, std::string_view paste) {
  if (const auto count = count_of(texts.runs)) return *count;
  return wrong(
      fmt::format("--runs: expected a number from 1 on, found {}", model::in_quotes(texts.runs)),
      paste);
}

std::optional<Said> read_lengths(FuzzOptions& fuzz, const Texts& texts) {
  if (texts.has_runs && texts.has_time)
    return wrong("expected either --runs or --time, found both", "midstride fuzz --runs 1000");
  if (texts.has_runs) {
    auto runs = runs_of(texts, "midstride fuzz --runs 1000");
    if (auto* said = std::get_if<Said>(&runs)) return std::move(*said);
    fuzz.runs = std::get<std::uint64_t>(runs);
  } else {
    fuzz.seconds = duration_of(texts.has_time ? texts.time : "30s");
    if (!fuzz.seconds) {
      return wrong(fmt::format("--time: expected a duration such as 30s, 5m or 1h, found {}",
                               model::in_quotes(texts.time)),
                   "midstride fuzz --time 30s");
    }
  }
  return std::nullopt;
}

// Flags that the design has and this build has not.
void add_later(CLI::App& command, const std::vector<std::string>& flags,
               std::vector<const CLI::Option*>& later) {
  for (const std::string& flag : flags)
    later.push_back(command.add_option(flag)->expected(0, 1)->group(""));
}

// What is wrong with the arguments of a command: of the ways in which CLI11 refuses them, the three
// that can occur here.
std::string usage_problem(const CLI::ParseError& error, const CLI::App& command) {
  const std::string what = error.what();
  const std::string first = what.substr(0, what.find_first_of(": "));
  if (dynamic_cast<const CLI::RequiredError*>(&error) != nullptr)
    return fmt::format("{}: expected {}, found nothing", command.get_name(), first);
  if (dynamic_cast<const CLI::ArgumentMismatch*>(&error) != nullptr) {
    const CLI::Option* option = command.get_option_no_throw(first);
    const bool twice = option != nullptr && option->count() > 1;
    return fmt::format("{}: expected {}, found {}", first, twice ? "one value" : "a value",
                       twice ? "several" : "nothing");
  }
  const std::vector<std::string> extras = command.remaining();
  if (extras.empty()) return what;
  if (!extras.front().starts_with('-')) {
    return fmt::format("{}: expected no further argument, found {}", command.get_name(),
                       model::in_quotes(extras.front()));
  }
  std::vector<std::string> flags;
  for (const CLI::Option* option : command.get_options()) {
    for (const std::string& name : option->get_lnames()) flags.push_back("--" + name);
  }
  const std::vector<std::string_view> known(flags.begin(), flags.end());
  return fmt::format("{}: expected one of its options, found {}{}", command.get_name(),
                     model::in_quotes(extras.front()), model::hint(extras.front(), known));
}

Said usage_error(const CLI::ParseError& error, const CLI::App& app, int argc,
                 const char* const* argv) {
  const std::string_view first = argc > 1 ? argv[1] : "";
  const bool known = std::find(commands.begin(), commands.end(), first) != commands.end();
  if (known) {
    return wrong(usage_problem(error, *app.get_subcommand(std::string(first))),
                 fmt::format("midstride {} --help", first));
  }
  if (std::find(later_commands.begin(), later_commands.end(), first) != later_commands.end())
    return not_built("a command", first, "midstride --help");
  if (first.empty()) {
    const Said said = wrong("expected a command, found nothing", "midstride fuzz");
    return {app.help() + "\n" + said.text, said.code};
  }
  return wrong(fmt::format("expected a command ({}), found {}{}", fmt::join(commands, ", "),
                           model::in_quotes(first), model::hint(first, commands)),
               "midstride --help");
}

}  // namespace

std::optional<std::uint64_t> seed_of(std::string_view text) {
  constexpr std::size_t commit_digits = 40;
  const bool hexadecimal = text.find_first_not_of("0123456789abcdefABCDEF") == text.npos;
  if (text.size() == commit_digits && hexadecimal) {
    sim::Digest digest;
    std::string lower(text);
    for (char& letter : lower)
      if (letter >= 'A' && letter <= 'F') letter = static_cast<char>(letter - 'A' + 'a');
    digest.add(std::string_view(lower));
    return digest.lanes[0];
  }
  const bool prefixed = text.starts_with("0x") || text.starts_with("0X");
  if (prefixed) text.remove_prefix(2);
  std::uint64_t seed = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, seed, prefixed ? 16 : 10);
  if (text.empty() || error != std::errc{} || stop != end) return std::nullopt;
  return seed;
}

std::optional<double> duration_of(std::string_view text) {
  const std::size_t unit_at = std::min(text.find_first_not_of("0123456789."), text.size());
  double amount = 0;
  const char* const end = text.data() + unit_at;
  const auto [stop, error] = std::from_chars(text.data(), end, amount, std::chars_format::fixed);
  if (unit_at == 0 || error != std::errc{} || stop != end || amount <= 0) return std::nullopt;
  const std::string_view unit = text.substr(unit_at);
  const double seconds = unit == "ms"                  ? amount / 1000
                         : unit.empty() || unit == "s" ? amount
                         : unit == "m"                 ? amount * 60
                         : unit == "h"                 ? amount * 3600
                                                       : 0;
  constexpr double longest = 366.0 * 24 * 3600;
  if (seconds <= 0 || seconds > longest) return std::nullopt;
  return seconds;
}

Options options_of(int argc, const char* const* argv) {
  CLI::App app(
      "midstride finds the moment at which hot code reloading breaks something that is "
      "running,\nshrinks it to a few lines, and replays it.",
      "midstride");
  app.require_subcommand(1);
  app.footer(
      "Exit codes: 0 as expected, 1 a promised guarantee violated or another verdict than "
      "expected,\n2 bad usage or input, 3 the harness failed.");
  Texts texts;
  std::vector<const CLI::Option*> later;

  FuzzOptions fuzz;
  CLI::App& fuzzing = *app.add_subcommand("fuzz", "search for violations");
  fuzzing.add_option("FILE", fuzz.file, "this program: only schedules and reload placements")
      ->type_name("");
  fuzzing.add_option("--subject", fuzz.subject, "a subject, or all (the default)")
      ->type_name("SUBJECT");
  auto* const runs =
      fuzzing.add_option("--runs", texts.runs, "so many runs of each subject")->type_name("N");
  auto* const time =
      fuzzing.add_option("--time", texts.time, "so long in all (default 30s), shared evenly")
          ->type_name("DURATION");
  auto* const fuzz_seed =
      fuzzing.add_option("--seed", texts.seed, "a number or a commit (default: a random one)")
          ->type_name("SEED");
  fuzzing.add_option("--policy", fuzz.policy, "who goes on where: random, round-robin, stackless")
      ->type_name("POLICY");
  fuzzing
      .add_option("--granularity", texts.granularity,
                  "where others come in: yields, safepoints, ops (default: the subject's)")
      ->type_name("GRANULARITY");
  fuzzing.add_flag("--keep-going", fuzz.keep_going, "do not stop a subject at its first failure");
  fuzzing.add_option("--corpus", fuzz.corpus, "where what is found is written")
      ->capture_default_str()
      ->type_name("DIR");
  fuzzing.add_option("--json", fuzz.json, "write findings and summaries as JSON lines")
      ->type_name("FILE");
  add_later(fuzzing, {"--jobs", "--shard", "--junit", "--baseline", "--reloader", "--claims"},
            later);

  MatrixOptions matrix;
  CLI::App& tabling =
      *app.add_subcommand("matrix", "what every subject keeps, and what it promises");
  auto* const matrix_runs =
      tabling.add_option("--runs", texts.runs, "so many runs of each subject (default 10000)")
          ->type_name("N");
  auto* const matrix_seed =
      tabling.add_option("--seed", texts.seed, "a number or a commit (default 1)")
          ->type_name("SEED");
  tabling
      .add_option("--granularity", texts.granularity,
                  "where others come in: yields, safepoints, ops (default: each subject's)")
      ->type_name("GRANULARITY");
  tabling.add_option("--corpus", matrix.corpus, "where the shortest counterexamples are")
      ->capture_default_str()
      ->type_name("DIR");
  tabling.add_option("--json", matrix.json, "write a JSON line for each cell")->type_name("FILE");

  ReplayOptions replay;
  CLI::App& replaying = *app.add_subcommand("replay", "show what happens in a scenario");
  replaying.add_option("FILE", replay.files, "scenario files")->type_name("");
  auto* const replay_seed =
      replaying.add_option("--seed", texts.seed, "of a campaign's run, instead of files")
          ->type_name("SEED");
  replaying.add_option("--subject", replay.subject, "instead of the one that the file names")
      ->type_name("SUBJECT");
  auto* const replay_policy =
      replaying.add_option("--policy", replay.policy, "of the run with that seed")
          ->type_name("POLICY");
  auto* const replay_granularity =
      replaying.add_option("--granularity", texts.granularity, "of the run with that seed")
          ->type_name("GRANULARITY");
  replaying.add_flag("--columns", replay.columns, "a column for each tasklet and each reload");
  replaying
      .add_option("--script", replay.script,
                  "write a stand-alone program that shows the same (cpython subjects)")
      ->type_name("FILE.py");
  replaying.add_option("--json", replay.json, "write the verdicts as JSON lines")
      ->type_name("FILE");
  add_later(replaying, {"--html"}, later);

  ShrinkOptions shrink;
  CLI::App& shrinking =
      *app.add_subcommand("shrink", "make a failing scenario as small as it gets");
  shrinking.add_option("FILE", shrink.file, "a scenario file")->required()->type_name("");
  shrinking.add_option("-o", shrink.out, "where to write it (default: FILE.shrunk)")
      ->type_name("FILE");

  ExplainOptions explain;
  CLI::App& explaining = *app.add_subcommand("explain", "what a guarantee or a mutant is");
  explaining.add_option("NAME", explain.what, "a guarantee, or a mutant such as M2")
      ->required()
      ->type_name("");

  ListOptions list;
  CLI::App& listing = *app.add_subcommand("list", "what this build has");
  listing.add_option("WHAT", list.what, "subjects, guarantees, mutants, policies or probes")
      ->required()
      ->type_name("");

  try {
    app.parse(argc, argv);
  } catch (const CLI::CallForHelp&) {
    for (const CLI::App* command : app.get_subcommands())
      return Said{command->help("midstride"), {}};
    return Said{app.help(), {}};
  } catch (const CLI::ParseError& error) {
    return usage_error(error, app, argc, argv);
  }
  for (const CLI::Option* option : later) {
    if (option->count() > 0)
      return not_built("an option", "--" + option->get_lnames().front(),
                       fmt::format("midstride {} --help", argv[1]));
  }
  for (const CLI::App* command : app.get_subcommands()) {
    for (const CLI::Option* option : command->get_options()) {
      const auto& values = option->results();
      if (std::find(values.begin(), values.end(), "") == values.end()) continue;
      return wrong(fmt::format("{}: expected something, found ''", option->get_name()),
                   fmt::format("midstride {} --help", command->get_name()));
    }
  }
  texts.has_runs = runs->count() + matrix_runs->count() > 0;
  texts.has_time = time->count() > 0;
  texts.has_seed = fuzz_seed->count() + matrix_seed->count() + replay_seed->count() > 0;

  if (fuzzing.parsed()) {
    if (const auto said = read(fuzz, texts, "midstride fuzz --help")) return *said;
    if (const auto said = problem_of_policy(fuzz.policy)) return *said;
    if (const auto said = read_lengths(fuzz, texts)) return *said;
    return fuzz;
  }
  if (tabling.parsed()) {
    if (const auto said = read(matrix, texts, "midstride matrix --help")) return *said;
    if (texts.has_runs) {
      auto count = runs_of(texts, "midstride matrix --runs 1000");
      if (auto* said = std::get_if<Said>(&count)) return std::move(*said);
      matrix.runs = std::get<std::uint64_t>(count);
    }
    return matrix;
  }
  if (replaying.parsed()) {
    if (const auto said = read(replay, texts, "midstride replay --help")) return *said;
    if (const auto said = problem_of_policy(replay.policy)) return *said;
    if (replay.files.empty() == !replay.seed) {
      return wrong(fmt::format("expected scenario files or --seed, one of the two, found {}",
                               replay.seed ? "both" : "neither"),
                   "midstride replay --help");
    }
    for (const CLI::Option* option : {replay_policy, replay_granularity}) {
      if (option->count() == 0 || replay.seed) continue;
      return wrong(fmt::format("{}: expected with --seed, found with files, which have their own",
                               option->get_name()),
                   "midstride replay --help");
    }
    return replay;
  }
  if (shrinking.parsed()) return shrink;
  if (explaining.parsed()) return explain;
  if (std::find(lists.begin(), lists.end(), list.what) == lists.end()) {
    return wrong(
        fmt::format("expected subjects, guarantees, mutants, policies or probes, found {}{}",
                    model::in_quotes(list.what), model::hint(list.what, lists)),
        "midstride list subjects");
  }
  return list;
}

}  // namespace midstride::cli
