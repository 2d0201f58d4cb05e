#include "model/scenario.hpp"

#include <gtest/gtest.h>

#include "model/scenario_of_test.hpp"
#include "model/text.hpp"

namespace midstride::model {
namespace {

TEST(Scenario, ANameIsInternedOnce) {
  Scenario scenario;
  const NameId a = scenario.intern("a");
  const NameId b = scenario.intern("b");
  EXPECT_EQ(scenario.intern("a"), a);
  EXPECT_NE(a, b);
  EXPECT_EQ(scenario.find("b"), b);
  EXPECT_EQ(scenario.find("c"), NameId::none());
  EXPECT_EQ(scenario.text(b), "b");
}

TEST(Scenario, NormalFormHasTheNamesThatOccurInTheOrderOfTheFields) {
  Scenario scenario;
  scenario.intern("unused");
  const NameId x = scenario.intern("x");
  const NameId t = scenario.intern("t");
  scenario.tasks.push_back({t, {{.kind = LineKind::kill, .name = x}}});
  scenario.decisions.push_back({.name = t});
  normalise(scenario);
  EXPECT_EQ(scenario.names, (std::vector<std::string>{"t", "x"}));
  EXPECT_EQ(scenario.text(scenario.tasks[0].name), "t");
  EXPECT_EQ(scenario.text(scenario.tasks[0].lines[0].name), "x");
  EXPECT_EQ(scenario.text(scenario.decisions[0].name), "t");
  EXPECT_EQ(scenario, scenario_of("task t: kill x\ndo\n  run t\n"));
}

TEST(Scenario, NormalFormKeepsNamesWhereverTheyOccur) {
  const Scenario scenario = scenario_of(R"(module m
  version 1
    def f(p):
      n.a.b = p
module n
  version 1
    pass
channel c
task t: m.g = c.receive()
reload r: m -> 1
poke q: u.l = {}
do
  run v -> call w
expect violated x
)");
  const std::vector<std::string> names{"m", "f", "p", "b", "n", "a",    "c", "t", "g",
                                       "r", "q", "u", "l", "v", "call", "w", "x"};
  EXPECT_EQ(scenario.names, names);
}

// The expression of the only task's only line.
std::vector<Node> nodes_of(const std::string& expression) {
  return scenario_of("channel c\ntask t: " + expression + "\n").tasks[0].lines[0].nodes;
}

TEST(Scenario, ASubexpressionBeginsAtItsFirstNode) {
  // Postfix: f g 1 call(1) X call(0) .f 2 call(3)
  const std::vector<Node> nodes = nodes_of("f(g(1), X().f, 2)");
  ASSERT_EQ(nodes.size(), 9u);
  const std::vector<std::size_t> begins{0, 1, 2, 1, 4, 4, 4, 7, 0};
  for (std::size_t last = 0; last < nodes.size(); ++last)
    EXPECT_EQ(subexpression_begin(nodes, last), begins[last]) << last;
}

TEST(Scenario, ANodeTakesItsOperands) {
  const auto operands = [](const std::string& expression) {
    return operand_count(nodes_of(expression).back());
  };
  EXPECT_EQ(operands("None"), 0u);
  EXPECT_EQ(operands("{}"), 0u);
  EXPECT_EQ(operands("1"), 0u);
  EXPECT_EQ(operands("x"), 0u);
  EXPECT_EQ(operands("x.y"), 1u);
  EXPECT_EQ(operands("f()"), 1u);
  EXPECT_EQ(operands("f(1, 2, 3)"), 4u);
  EXPECT_EQ(operands("c.receive()"), 0u);
  EXPECT_EQ(operands("c.send(1)"), 1u);
}

TEST(Scenario, ABlockEndsAtItsOwnEnd) {
  const Scenario scenario = scenario_of(R"(module m
  version 1
    class X:
      def f(self):
        try:
          pass
        except:
          pass
      def g(self):
        pass
    pass
)");
  // class def try pass except pass end end def pass end end pass
  const std::vector<Line>& lines = scenario.modules[0].versions[0].lines;
  ASSERT_EQ(lines.size(), 13u);
  EXPECT_EQ(block_end(lines, 0), 11u);
  EXPECT_EQ(block_end(lines, 1), 7u);
  EXPECT_EQ(block_end(lines, 2), 6u);
  EXPECT_EQ(block_end(lines, 8), 10u);
}

TEST(Scenario, KindsHaveTheirNamesInTheText) {
  EXPECT_EQ(name_of(VerdictKind::held), "held");
  EXPECT_EQ(name_of(VerdictKind::out_of_budget), "out-of-budget");
  EXPECT_EQ(name_of(VerdictKind::unavailable), "unavailable");
  EXPECT_EQ(name_of(Granularity::yields), "yields");
  EXPECT_EQ(name_of(Granularity::ops), "ops");
}

TEST(ScenarioDeathTest, ANormalFormNeedsIdsThatAreInTheTable) {
  Scenario scenario;
  scenario.tasks.push_back({NameId{7}, {}});
  EXPECT_DEATH(normalise(scenario), "a name id is none or in the table");
}

}  // namespace
}  // namespace midstride::model
