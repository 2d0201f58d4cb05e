// The table and the JSON lines of a campaign, made from results that are written down here.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <vector>

#include "cli/gates.hpp"
#include "cli/json_lines.hpp"
#include "cli/subjects.hpp"
#include "cli/table.hpp"
#include "properties/claims.hpp"
#include "properties/coverage.hpp"
#include "properties/guarantees.hpp"
#include "properties/shapes/table.hpp"

namespace midstride::cli {
namespace {

using properties::CampaignResult;
using properties::Standing;
using properties::Violated;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

CampaignResult result_of(std::string subject) {
  CampaignResult result;
  result.subject = std::move(subject);
  result.runs = 1000;
  result.turns = 50'000;
  result.exercised.assign(properties::guarantees().size(), 12'345);
  result.judged.assign(properties::guarantees().size(), 20'000);
  result.shapes.assign(properties::shapes().size(), 5);
  result.probes.assign(properties::probes().size(), 5);
  return result;
}
std::uint32_t index_of(std::string_view guarantee) {
  return properties::guarantee_index(guarantee).value();
}
Violated violated(std::string_view guarantee, Standing standing, std::uint64_t first_run) {
  Violated one;
  one.guarantee = index_of(guarantee);
  one.standing = standing;
  one.first_run = first_run;
  one.run_seed = 99;
  one.runs = 3;
  one.violation.expected = "shop.f of version 2";
  one.violation.found = "shop.f of version 1";
  return one;
}
// The line of the table that begins with the guarantee's name.
std::string row(const std::string& table, std::string_view guarantee) {
  std::istringstream lines(table);
  for (std::string line; std::getline(lines, line);)
    if (line.starts_with(std::string(guarantee) + " ")) return line;
  return {};
}

TEST(Table, ACellSaysWhatBecameOfAGuarantee) {
  CampaignResult result = result_of("model/swap");
  result.violated = {
      violated("fresh", Standing::expected, 17), violated("monotone", Standing::unclaimed, 2500),
      violated("serial", Standing::expected, 3), violated("serial", Standing::failure, 40)};
  result.exercised[index_of("locals")] = 0;
  result.judged[index_of("no-op")] = 0;
  const std::string text = table({&result}, {});
  EXPECT_THAT(row(text, "activation"), HasSubstr("held 12k"));
  EXPECT_THAT(row(text, "fresh"), HasSubstr("found 17"));
  EXPECT_THAT(row(text, "monotone"), HasSubstr("open 2.5k"));
  EXPECT_THAT(row(text, "serial"), HasSubstr("FAIL 40"));
  EXPECT_THAT(row(text, "locals"), HasSubstr("idle"));
  EXPECT_THAT(row(text, "no-op"), HasSubstr(" -"));
}

TEST(Table, ItFitsAHundredAndTwentyColumnsWithEverySubject) {
  std::vector<CampaignResult> results;
  for (const SubjectRow& subject : all_subjects()) results.push_back(result_of(subject.name));
  std::vector<const CampaignResult*> pointers;
  for (const CampaignResult& result : results) pointers.push_back(&result);
  std::istringstream lines(table(pointers, {}));
  std::size_t held = 0;
  for (std::string line; std::getline(lines, line);) {
    EXPECT_LE(line.size(), table_width) << line;
    for (std::size_t at = line.find("held 12k"); at != std::string::npos;
         at = line.find("held 12k", at + 1))
      ++held;
  }
  EXPECT_EQ(held, results.size() * properties::guarantees().size());
}

TEST(JsonLines, ASummaryHasExactlyTheseKeysInThisOrder) {
  CampaignResult result = result_of("model/swap");
  result.violated = {violated("serial", Standing::failure, 40)};
  Finding finding;
  finding.campaign = &result;
  finding.violated = &result.violated.front();
  finding.file = "corpus/found/model-swap.serial.scenario";
  const auto json = nlohmann::ordered_json::parse(summary_of(result, 7, {finding}, 1.5));
  std::vector<std::string> keys;
  for (const auto& [key, value] : json.items()) keys.push_back(key);
  EXPECT_EQ(keys,
            (std::vector<std::string>{"type", "subject", "seed", "runs", "turns", "digest",
                                      "violated", "exercised", "shapes", "probes", "seconds"}));
  EXPECT_EQ(json["type"], "summary");
  EXPECT_EQ(json["digest"], result.digest.hex());
  EXPECT_EQ(json["exercised"]["activation"], 12'345);
  ASSERT_EQ(json["violated"].size(), 1U);
  EXPECT_EQ(json["violated"][0]["guarantee"], "serial");
  EXPECT_EQ(json["violated"][0]["claimed"], true);
  EXPECT_EQ(json["violated"][0]["first_run"], 40);
  EXPECT_EQ(json["violated"][0]["scenario"], finding.file);
  EXPECT_EQ(json["violated"][0].size(), 4U);
}

TEST(JsonLines, AFindingHasEveryKeyOfHypothesissObservations) {
  CampaignResult result = result_of("model/swap");
  result.violated = {violated("serial", Standing::failure, 40),
                     violated("fresh", Standing::expected, 3)};
  Finding finding;
  finding.campaign = &result;
  finding.violated = &result.violated[0];
  finding.violation = finding.violated->violation;
  const auto json = nlohmann::json::parse(observation_of(finding, 7, "random"));
  for (const char* const key :
       {"type", "run_start", "property", "status", "status_reason", "representation", "arguments",
        "how_generated", "features", "coverage", "timing", "metadata"})
    EXPECT_TRUE(json.contains(key)) << key;
  EXPECT_EQ(json["type"], "test_case");
  EXPECT_EQ(json["status"], "failed");
  EXPECT_EQ(json["metadata"]["expected"], "shop.f of version 2");
  finding.violated = &result.violated[1];
  EXPECT_EQ(nlohmann::json::parse(observation_of(finding, 7, "random"))["status"], "passed");
}

TEST(Gates, ACampaignLargeEnoughHasToReachEveryProbe) {
  const auto subject = make_subject("model/swap");
  CampaignResult result = result_of("model/swap");
  for (const properties::Claim& claim : properties::claims()) {
    if (properties::claim_on(result.subject, result.granularity, claim.guarantee) == &claim &&
        claim.promise != properties::Promise::holds)
      result.violated.push_back(violated(claim.guarantee, Standing::expected, 1));
  }
  result.runs = 1'000'000;
  EXPECT_THAT(missed(result, subject->capabilities()), IsEmpty());
  result.probes[0] = 0;
  EXPECT_THAT(missed(result, subject->capabilities()),
              ::testing::ElementsAre(HasSubstr(std::string(properties::probes()[0].name))));
  result.runs = properties::probes()[0].runs_max - 1;
  EXPECT_THAT(missed(result, subject->capabilities()), IsEmpty());
  // A subject that does not give the events is not held to it.
  result.runs = 1'000'000;
  EXPECT_THAT(missed(result, model::Capabilities{}), IsEmpty());
}

// Its runs end where freed code is used.
TEST(Gates, ASubjectThatGivesUpNoUseAfterFreeIsNotHeldToProbes) {
  const auto subject = make_subject("model/swap+immediate");
  CampaignResult result = result_of("model/swap+immediate");
  result.runs = 1'000'000;
  result.probes.assign(result.probes.size(), 0);
  EXPECT_THAT(missed(result, subject->capabilities()),
              Not(::testing::Contains(HasSubstr("the probe"))));
}

TEST(Gates, WhatIsGivenUpByDesignHasToBeFoundExceptInAMutant) {
  const auto subject = make_subject("model/in-place");
  CampaignResult result = result_of("model/in-place");
  const properties::Claim* claim =
      properties::claim_on(result.subject, result.granularity, "method-behaviour");
  ASSERT_NE(claim, nullptr);
  ASSERT_EQ(claim->promise, properties::Promise::given_up);
  result.runs = claim->runs_max;
  EXPECT_THAT(missed(result, subject->capabilities()),
              ::testing::Contains(HasSubstr("method-behaviour")));
  result.violated = {violated("method-behaviour", Standing::expected, 1)};
  EXPECT_THAT(missed(result, subject->capabilities()),
              Not(::testing::Contains(HasSubstr("method-behaviour"))));
  result.violated.clear();
  result.subject = "mutant/M9";
  EXPECT_THAT(missed(result, subject->capabilities()),
              Not(::testing::Contains(HasSubstr("method-behaviour"))));
}

}  // namespace
}  // namespace midstride::cli
