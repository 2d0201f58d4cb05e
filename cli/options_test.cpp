// What the command line means, and what wrong ones are told.
#include "cli/options.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

namespace midstride::cli {
namespace {

using ::testing::HasSubstr;

Options options(const std::vector<const char*>& arguments) {
  std::vector<const char*> argv = {"midstride"};
  argv.insert(argv.end(), arguments.begin(), arguments.end());
  return options_of(static_cast<int>(argv.size()), argv.data());
}
FuzzOptions fuzz_options(const std::vector<const char*>& arguments) {
  return std::get<FuzzOptions>(options(arguments));
}
// What a wrong command line is told.
std::string refusal(const std::vector<const char*>& arguments) {
  const Options result = options(arguments);
  const auto* said = std::get_if<Said>(&result);
  if (said == nullptr) return "accepted";
  EXPECT_EQ(said->code, ExitCode::bad_input);
  // The last line is one to paste.
  const std::string& text = said->text;
  const std::size_t last = text.rfind('\n', text.size() - 2) + 1;
  EXPECT_EQ(text.substr(last, 12), "  midstride ") << text;
  return text;
}

TEST(Options, ASeedIsADecimalNumber) {
  EXPECT_EQ(seed_of("0"), 0U);
  EXPECT_EQ(seed_of("18446744073709551615"), 18446744073709551615U);
  EXPECT_EQ(seed_of("18446744073709551616"), std::nullopt);
}

TEST(Options, ASeedIsAHexadecimalNumberAfter0x) {
  EXPECT_EQ(seed_of("0xff"), 255U);
  EXPECT_EQ(seed_of("ff"), std::nullopt);
  EXPECT_EQ(seed_of("0x"), std::nullopt);
}

TEST(Options, ASeedIsTheFortyDigitsOfACommitInAnyCase) {
  const char* const commit = "d3e88b7f50750b002fdf8f6d96428d3d376b815b";
  ASSERT_TRUE(seed_of(commit).has_value());
  EXPECT_EQ(seed_of(commit), seed_of("D3E88B7F50750B002FDF8F6D96428D3D376B815B"));
  EXPECT_NE(seed_of(commit), seed_of("d3e88b7f50750b002fdf8f6d96428d3d376b815c"));
  EXPECT_EQ(seed_of("d3e88b7f"), std::nullopt);
}

TEST(Options, ASeedIsNothingElse) {
  for (const char* const text : {"", " 1", "1 ", "-1", "+1", "1.5", "x"})
    EXPECT_EQ(seed_of(text), std::nullopt) << text;
}

TEST(Options, DurationsHaveUnits) {
  EXPECT_EQ(duration_of("30s"), 30.0);
  EXPECT_EQ(duration_of("30"), 30.0);
  EXPECT_EQ(duration_of("500ms"), 0.5);
  EXPECT_EQ(duration_of("1.5m"), 90.0);
  EXPECT_EQ(duration_of("1h"), 3600.0);
  for (const char* const text : {"", "s", "0s", "-1s", "1d", "1 s", "1e9s", "1.2.3s", "99999h"})
    EXPECT_EQ(duration_of(text), std::nullopt) << text;
}

TEST(Options, FuzzTakesThirtySecondsOfAllUnlessToldOtherwise) {
  const FuzzOptions fuzz = fuzz_options({"fuzz"});
  EXPECT_EQ(fuzz.seconds, 30.0);
  EXPECT_EQ(fuzz.runs, std::nullopt);
  EXPECT_EQ(fuzz.seed, std::nullopt);
  EXPECT_EQ(fuzz.subject, "");
  EXPECT_EQ(fuzz.policy, "random");
  EXPECT_EQ(fuzz.corpus, "corpus/found");
  EXPECT_FALSE(fuzz.keep_going);
}

TEST(Options, FuzzTakesEverythingThatItIsTold) {
  const FuzzOptions fuzz = fuzz_options(
      {"fuzz", "x.scenario", "--subject", "model/swap", "--runs", "7", "--seed", "0x10", "--policy",
       "stackless", "--granularity", "yields", "--keep-going", "--corpus", "there", "--json", "j"});
  EXPECT_EQ(fuzz.file, "x.scenario");
  EXPECT_EQ(fuzz.subject, "model/swap");
  EXPECT_EQ(fuzz.runs, 7U);
  EXPECT_EQ(fuzz.seconds, std::nullopt);
  EXPECT_EQ(fuzz.seed, 16U);
  EXPECT_EQ(fuzz.policy, "stackless");
  EXPECT_EQ(fuzz.granularity, model::Granularity::yields);
  EXPECT_TRUE(fuzz.keep_going);
  EXPECT_EQ(fuzz.corpus, "there");
  EXPECT_EQ(fuzz.json, "j");
}

TEST(Options, TheMatrixIsTheSameUnlessToldOtherwise) {
  const auto usual = std::get<MatrixOptions>(options({"matrix"}));
  EXPECT_EQ(usual.runs, 10'000U);
  EXPECT_EQ(usual.seed, 1U);
  EXPECT_EQ(usual.granularity, std::nullopt);
  EXPECT_EQ(usual.corpus, "corpus/known");
  const auto told =
      std::get<MatrixOptions>(options({"matrix", "--runs", "5", "--seed", "7", "--granularity",
                                       "yields", "--corpus", "there", "--json", "j"}));
  EXPECT_EQ(told.runs, 5U);
  EXPECT_EQ(told.seed, 7U);
  EXPECT_EQ(told.granularity, model::Granularity::yields);
  EXPECT_EQ(told.corpus, "there");
  EXPECT_EQ(told.json, "j");
  EXPECT_THAT(refusal({"matrix", "--runs", "0"}), HasSubstr("expected a number from 1 on"));
  EXPECT_THAT(refusal({"matrix", "--policy", "random"}), HasSubstr("--policy"));
}

TEST(Options, ReplayTakesFilesOrASeed) {
  const auto files = std::get<ReplayOptions>(options({"replay", "a", "b", "--columns"}));
  EXPECT_EQ(files.files, (std::vector<std::string>{"a", "b"}));
  EXPECT_TRUE(files.columns);
  const auto seed =
      std::get<ReplayOptions>(options({"replay", "--seed", "5", "--subject", "model/swap"}));
  EXPECT_EQ(seed.seed, 5U);
  EXPECT_EQ(seed.subject, "model/swap");
  EXPECT_THAT(refusal({"replay"}), HasSubstr("expected scenario files or --seed"));
  EXPECT_THAT(refusal({"replay", "a", "--seed", "5"}), HasSubstr("one of the two"));
}

TEST(Options, WhatIsNotBuiltSaysSo) {
  const std::vector<std::vector<const char*>> all = {
      {"explore", "x.scenario"},    {"fuzz", "--jobs", "2"},
      {"fuzz", "--shard", "1/2"},   {"fuzz", "--junit", "x"},
      {"fuzz", "--baseline", "x"},  {"fuzz", "--reloader", "x"},
      {"fuzz", "--claims", "x"},    {"replay", "x", "--html", "y"},
      {"fuzz", "--policy", "surw"}, {"fuzz", "--policy", "pos"},
      {"fuzz", "--policy", "pct"},  {"fuzz", "--policy", "portfolio"},
  };
  for (const auto& arguments : all)
    EXPECT_THAT(refusal(arguments), HasSubstr("is not built yet")) << arguments.back();
}

TEST(Options, WrongUsageIsToldWhatWasExpected) {
  EXPECT_THAT(refusal({"fuz"}), HasSubstr("found 'fuz' (did you mean 'fuzz'?)"));
  EXPECT_THAT(refusal({"fuzz", "--policy", "randon"}), HasSubstr("(did you mean 'random'?)"));
  EXPECT_THAT(refusal({"fuzz", "--granularity", "op"}), HasSubstr("(did you mean 'ops'?)"));
  EXPECT_THAT(refusal({"fuzz", "--runs", "0"}),
              HasSubstr("expected a number from 1 on, found '0'"));
  EXPECT_THAT(refusal({"fuzz", "--runs", "many"}), HasSubstr("found 'many'"));
  EXPECT_THAT(refusal({"fuzz", "--time", "soon"}), HasSubstr("expected a duration"));
  EXPECT_THAT(refusal({"fuzz", "--seed", "ff"}), HasSubstr("--seed: expected"));
  EXPECT_THAT(refusal({"fuzz", "--runs", "5", "--time", "5s"}), HasSubstr("found both"));
  EXPECT_THAT(refusal({"fuzz", "--fast"}), HasSubstr("--fast"));
  EXPECT_THAT(refusal({"list", "subject"}), HasSubstr("(did you mean 'subjects'?)"));
  EXPECT_THAT(refusal({"fuzz", "--runs", "5", "--runs", "6"}),
              HasSubstr("--runs: expected one value, found several"));
  EXPECT_THAT(refusal({"fuzz", "--runs"}), HasSubstr("--runs: expected a value, found nothing"));
  EXPECT_THAT(refusal({"fuzz", ""}), HasSubstr("FILE: expected something, found ''"));
  EXPECT_THAT(refusal({"fuzz", "--subject", ""}), HasSubstr("--subject: expected something"));
  EXPECT_THAT(refusal({"replay", "x", "--policy", "random"}), HasSubstr("expected with --seed"));
  EXPECT_THAT(refusal({"shrink"}), HasSubstr("FILE"));
  EXPECT_THAT(refusal({"explain"}), HasSubstr("NAME"));
}

TEST(Options, HelpIsNoError) {
  for (const auto& arguments : std::vector<std::vector<const char*>>{{"--help"}, {"fuzz", "-h"}}) {
    const Options result = options(arguments);
    const auto* said = std::get_if<Said>(&result);
    ASSERT_NE(said, nullptr);
    EXPECT_EQ(said->code, ExitCode::as_expected);
    EXPECT_THAT(said->text, HasSubstr("midstride"));
  }
}

}  // namespace
}  // namespace midstride::cli
