// docs/guarantees.md says what the table says, and every scenario in it, and the one in
// docs/text-form.md, breaks exactly the guarantees that it names, by the decisions that it says.
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <sstream>
#include <string>
#include <variant>
#include <vector>

#include "model/run.hpp"
#include "model/subjects.hpp"
#include "model/text.hpp"
#include "properties/guarantees.hpp"
#include "properties/paired.hpp"

namespace midstride::properties {
namespace {

using namespace model;

std::string page(const std::string& name) {
  std::ifstream file(MIDSTRIDE_SOURCE_DIR "/docs/" + name);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

// The paragraphs of a text, each with its lines joined.
std::string unwrapped(std::string text) {
  for (std::size_t at = text.find('\n'); at != std::string::npos; at = text.find('\n', at + 1)) {
    const bool in_a_paragraph =
        at + 1 < text.size() && text[at + 1] != '\n' && at > 0 && text[at - 1] != '\n';
    if (in_a_paragraph) text[at] = ' ';
  }
  return text;
}

TEST(GuaranteeReference, HasASectionForEachThatBeginsWithItsStatement) {
  const std::string text = unwrapped(page("guarantees.md"));
  std::size_t last = 0;
  for (const Guarantee& guarantee : guarantees()) {
    const std::string section =
        "### `" + std::string(guarantee.name) + "`\n\n" + std::string(guarantee.statement) + "\n";
    const std::size_t at = text.find(section);
    ASSERT_NE(at, std::string::npos) << section;
    EXPECT_GT(at, last) << guarantee.name << " is not in the order of the table";
    last = at;
  }
}

TEST(GuaranteeReference, NamesTheEventsThatAreNeeded) {
  const std::string text = unwrapped(page("guarantees.md"));
  for (const Guarantee& guarantee : guarantees()) {
    if (guarantee.make == nullptr) continue;
    const std::size_t section = text.find("### `" + std::string(guarantee.name) + "`");
    const std::size_t begin = text.find("* Needs ", section) + 8;
    const std::string said = text.substr(begin, text.find('.', begin) - begin);
    EventMask needs = 0;
    for (std::size_t kind = 0; kind < event_kind_count; ++kind) {
      const auto event = static_cast<EventKind>(kind);
      if (said.find("`" + std::string(name_of(event)) + "`") != std::string::npos)
        needs |= mask_of(event);
    }
    EXPECT_EQ(needs, guarantee.needs) << guarantee.name << " needs " << said;
  }
}

// What the scenario breaks, as its expect line would say it: in the order of the table.
std::vector<std::string> broken(const Scenario& scenario) {
  const std::unique_ptr<Subject> subject = make_subject(scenario.subject);
  if (subject == nullptr) return {"no subject " + scenario.subject};
  Runner runner(guarantees());
  const Outcome& outcome = runner.run(scenario, *subject);
  EXPECT_EQ(outcome.diverged_at, 0U);
  std::vector<bool> violated(guarantees().size(), false);
  for (const Found& found : outcome.verdict.found) violated[found.guarantee] = true;
  for (const PairedGuarantee& guarantee : paired_guarantees()) {
    if (!guarantee.applies(scenario)) continue;
    if (guarantee.judge(runner, *subject, scenario, outcome, {}).violation)
      violated[*guarantee_index(guarantee.name)] = true;
    runner.run(scenario, *subject);
  }
  std::vector<std::string> names;
  for (std::size_t at = 0; at < violated.size(); ++at) {
    if (violated[at]) names.emplace_back(guarantees()[at].name);
  }
  return names;
}

TEST(GuaranteeReference, EveryScenarioBreaksWhatItSays) {
  const std::string text = page("guarantees.md") + page("text-form.md");
  constexpr std::string_view opening = "```scenario\n";
  std::size_t scenarios = 0;
  for (std::size_t at = text.find(opening); at != std::string::npos; at = text.find(opening, at)) {
    at += opening.size();
    const std::string block = text.substr(at, text.find("```", at) - at);
    const auto read = model::read(block, "docs");
    ASSERT_TRUE(std::holds_alternative<Scenario>(read))
        << describe(std::get<TextError>(read)) << "\n"
        << block;
    const Scenario& scenario = std::get<Scenario>(read);
    std::vector<std::string> expected;
    for (const NameId name : scenario.expectation->guarantees)
      expected.emplace_back(scenario.text(name));
    std::vector<std::string> found = broken(scenario);
    std::ranges::sort(expected);
    std::ranges::sort(found);
    EXPECT_EQ(found, expected) << block;
    ++scenarios;
  }
  EXPECT_GE(scenarios, 14U);
}

}  // namespace
}  // namespace midstride::properties
