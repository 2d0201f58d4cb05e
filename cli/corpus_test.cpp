// Every scenario of corpus/ (found/ aside, which is what campaigns write) tells its story, says
// what it expects, and gets it, twice and with the decisions that were recorded.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <string>
#include <variant>
#include <vector>

#include "cli/files.hpp"
#include "cli/known.hpp"
#include "cli/subjects.hpp"
#include "cli/verdicts.hpp"
#include "model/text.hpp"
#include "properties/claims.hpp"
#include "properties/guarantees.hpp"
#include "properties/judge.hpp"

namespace midstride::cli {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view corpus = MIDSTRIDE_SOURCE_DIR "/corpus";

// Paths below corpus/, in order.
std::vector<std::string> scenarios() {
  std::vector<std::string> paths;
  for (auto at = fs::recursive_directory_iterator(corpus); at != end(at); ++at) {
    if (at->path() == fs::path(corpus) / "found") at.disable_recursion_pending();
    if (at->path().extension() == ".scenario")
      paths.push_back(fs::relative(at->path(), corpus).string());
  }
  std::sort(paths.begin(), paths.end());
  return paths;
}

class Corpus : public testing::TestWithParam<std::string> {};

TEST_P(Corpus, ShowsWhatItExpects) {
  const std::string path = std::string(corpus) + "/" + GetParam();
  const auto text = read_file(path);
  ASSERT_TRUE(std::holds_alternative<std::string>(text));
  const auto read = model::read(std::get<std::string>(text), path);
  const auto* const error = std::get_if<model::TextError>(&read);
  ASSERT_EQ(error, nullptr) << describe(*error);
  const auto& scenario = std::get<model::Scenario>(read);
  EXPECT_EQ(model::write(scenario), std::get<std::string>(text)) << "not as midstride writes it";
  EXPECT_FALSE(scenario.story.empty()) << "expected a first comment that tells the story";
  ASSERT_TRUE(scenario.expectation) << "expected a last line `expect ...`, found none";
#ifndef MIDSTRIDE_HAVE_CPYTHON
  if (scenario.subject.starts_with("cpython/")) GTEST_SKIP() << "a build without CPython";
#endif
  const auto subject = make_subject(scenario.subject);
  ASSERT_NE(subject, nullptr) << scenario.subject;
  properties::Judge judge;
  const model::Outcome& outcome = judge.run(scenario, *subject, {.recheck = true});
  EXPECT_TRUE(meets(outcome.verdict, *scenario.expectation, scenario))
      << "expected " << describe(*scenario.expectation, scenario) << ", found "
      << describe(outcome.verdict) << "\n  midstride replay --columns corpus/" << GetParam();
  EXPECT_EQ(outcome.diverged_at, 0) << "  midstride replay corpus/" << GetParam();
}

std::string test_name(const testing::TestParamInfo<std::string>& info) {
  std::string name = info.param.substr(0, info.param.rfind('.'));
  std::replace_if(
      name.begin(), name.end(), [](char c) { return c == '/' || c == '-'; }, '_');
  return name;
}
INSTANTIATE_TEST_SUITE_P(Every, Corpus, testing::ValuesIn(scenarios()), test_name);

TEST(KnownScenarios, ShowEverythingThatAnySubjectGivesUp) {
  const auto read = read_known(std::string(corpus) + "/known", "");
  ASSERT_TRUE(std::holds_alternative<std::vector<Known>>(read));
  const auto& known = std::get<std::vector<Known>>(read);
  for (const SubjectRow& row : all_subjects()) {
    for (const auto granularity :
         {model::Granularity::yields, model::Granularity::safepoints, model::Granularity::ops}) {
      for (const model::Guarantee& guarantee : properties::guarantees()) {
        const auto* claim = properties::claim_on(row.name, granularity, guarantee.name);
        if (claim == nullptr || claim->promise == properties::Promise::holds) continue;
        EXPECT_NE(shortest(known, *claim), nullptr)
            << claim->subject << " gives up " << claim->guarantee
            << ": expected a scenario in corpus/known that shows it, found none\n"
            << "  midstride fuzz --subject " << row.name << " --corpus corpus/known";
      }
    }
  }
}

}  // namespace
}  // namespace midstride::cli
