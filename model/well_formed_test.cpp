// Rules that a text cannot break, because its grammar does not let it: values made some other way
// can. The other rules are shown in text_test.cpp.
#include "model/well_formed.hpp"

#include <gtest/gtest.h>

#include <functional>

#include "model/text.hpp"

namespace midstride::model {
namespace {

// One of everything.
Scenario whole() {
  return std::get<Scenario>(read(R"(midstride 1
# A story.
module m
  version 1
    def f(a):
      return a.b
  version 2
    try:
      x = 1
    finally:
      pass
channel c
task t: m.f(c.send(1))
task u:
  m.x = 1
  kill t
reload r: m -> 2
peek p: t
poke q: t.a = 1
do
  run t 1 -> emit x
  collect
expect violated locals
)",
                                 "t"));
}

struct Broken {
  std::function<void(Scenario&)> by;
  std::string problem;
};

TEST(WellFormed, AScenarioThatKeepsTheRulesHasNoProblem) {
  EXPECT_EQ(problem(whole()), std::nullopt);
  EXPECT_EQ(problem(Scenario{}), std::nullopt);
}

TEST(WellFormed, EachRuleIsNamedWhenItIsBroken) {
  const auto lines = [](Scenario& s) -> std::vector<Line>& {
    return s.modules[0].versions[0].lines;
  };
  const auto tried = [](Scenario& s) -> std::vector<Line>& {
    return s.modules[0].versions[1].lines;
  };
  const auto nodes = [](Scenario& s) -> std::vector<Node>& { return s.tasks[0].lines[0].nodes; };
  const std::vector<Broken> table = {
      // Names.
      {[](Scenario& s) { s.names.push_back("a b"); }, "scenario: expected a name, found 'a b'"},
      {[](Scenario& s) { s.names.push_back("m"); },
       "scenario: expected different names, found 'm' twice"},
      {[](Scenario& s) { s.tasks[0].name = NameId::none(); },
       "task 1: expected a name that is not taken yet, found no name"},
      {[](Scenario& s) { s.tasks[0].name = NameId{99}; },
       "task 1: expected a name that is not taken yet, found no name"},
      {[](Scenario& s) { s.tasks[0].name = s.intern("w.2"); },
       "task 1: expected a name that is not taken yet, found 'w.2'"},
      {[](Scenario& s) { s.tasks[0].name = s.intern("round-robin"); },
       "task 1: expected a name that is not taken yet, found 'round-robin'"},
      {[](Scenario& s) { s.tasks[1].lines[1].name = NameId{99}; },
       "task 2, line 2: expected a tasklet's name, such as w or w.2, found no name"},
      {[](Scenario& s) { s.decisions[0].name = s.intern("c.2"); },
       "decision 1: expected a tasklet's name, such as w or w.2, found the channel 'c'"},
      // The heading.
      {[](Scenario& s) { s.story.push_back("two\nlines"); },
       "story line 2: expected a story in UTF-8 without control characters, at most 1000 bytes a "
       "line, found U+000a after 'two'"},
      {[](Scenario& s) { s.subject = ""; },
       "scenario: expected a subject of letters, digits and ./_+-, found ''"},
      {[](Scenario& s) { s.policy = "1"; }, "scenario: expected a policy's name, found '1'"},
      {[](Scenario& s) { s.turn_budget = 0; },
       "scenario: expected a budget from 1 to 1000000 turns, found 0"},
      {[](Scenario& s) { s.channels[0].preference = 2; },
       "channel 1: expected a preference of -1, 0 or 1, found 2"},
      {[](Scenario& s) { s.modules[0].versions.clear(); },
       "module 1: expected at least one version, found none"},
      {[](Scenario& s) { std::swap(s.modules[0].versions[0], s.modules[0].versions[1]); },
       "module 1, version 2: expected a version above 2, found '1'"},
      {[](Scenario& s) { s.modules[0].versions[1].number = 65'536; },
       "module 1, version 2: expected at most 65535 as a version, found more"},
      // Blocks.
      {[](Scenario& s) { s.tasks[0].lines.clear(); },
       "task 1, line 1: expected a statement, found an empty body"},
      {[&](Scenario& s) { lines(s).pop_back(); },
       "module 1, version 1, line 2: expected the end of every block, found an open one"},
      {[&](Scenario& s) { lines(s).push_back({.kind = LineKind::end}); },
       "module 1, version 1, line 4: expected a statement, found 'end'"},
      {[&](Scenario& s) { lines(s)[1] = {.kind = LineKind::finally_}; },
       "module 1, version 1, line 2: expected a statement, such as 'pass', found an empty block"},
      {[&](Scenario& s) { lines(s).insert(lines(s).begin() + 2, {.kind = LineKind::finally_}); },
       "module 1, version 1, line 3: expected a statement, found 'finally'"},
      {[&](Scenario& s) { lines(s).erase(lines(s).begin() + 1); },
       "module 1, version 1, line 2: expected a statement, such as 'pass', found an empty block"},
      {[&](Scenario& s) { tried(s).erase(tried(s).begin() + 3); },
       "module 1, version 2, line 4: expected a statement, such as 'pass', found an empty block"},
      {[&](Scenario& s) { tried(s).erase(tried(s).begin() + 2); },
       "module 1, version 2, line 4: expected 'except', 'except TaskletExit' or 'finally', found "
       "none after 'try'"},
      // Fields that a kind does not use.
      {[&](Scenario& s) { tried(s)[0].name = s.intern("m"); },
       "module 1, version 2, line 1: expected only the fields that a line of its kind uses, found "
       "others"},
      {[&](Scenario& s) { tried(s)[1].module = s.intern("m"); },
       "module 1, version 2, line 2: expected only the fields that a line of its kind uses, found "
       "others"},
      {[&](Scenario& s) { tried(s)[3].nodes = nodes(s); },
       "module 1, version 2, line 4: expected only the fields that a line of its kind uses, found "
       "others"},
      {[&](Scenario& s) { nodes(s)[0].argc = 1; },
       "task 1, line 1: expected only the fields that a node uses, found others"},
      {[&](Scenario& s) { nodes(s)[1].name = s.intern("m"); },
       "task 1, line 1: expected only the fields that a node uses, found others"},
      {[](Scenario& s) { s.inspections[0].local = s.intern("a"); },
       "inspection 1: expected only a task, found more"},
      {[](Scenario& s) { s.decisions[1].name = s.intern("t"); },
       "decision 2: expected no name, found the task 't'"},
      {[](Scenario& s) { s.decisions[1].count = 1; }, "decision 2: expected no count, found 1"},
      // Expressions: m.f 1 c.send call(1).
      {[&](Scenario& s) { nodes(s).clear(); },
       "task 1, line 1: expected an expression, found 0 values"},
      {[&](Scenario& s) { nodes(s).pop_back(); },
       "task 1, line 1: expected an expression, found 2 values"},
      {[&](Scenario& s) { nodes(s)[3].argc = 2; },
       "task 1, line 1: expected operands before the node, found too few"},
      {[&](Scenario& s) { nodes(s)[3].argc = 4; },
       "task 1, line 1: expected operands before the node, found too few"},
      {[&](Scenario& s) { nodes(s)[1].value = -100'000'000; },
       "task 1, line 1: expected a number of at most 8 digits, found -100000000"},
      {[&](Scenario& s) { nodes(s)[0].module = s.intern("c"); },
       "task 1, line 1: expected a module, found the channel 'c'"},
      {[&](Scenario& s) { nodes(s)[2].name = s.intern("m"); },
       "task 1, line 1: expected a channel, found the module 'm'"},
      {[&](Scenario& s) { s.tasks[1].lines[0].module = s.intern("c"); },
       "task 2, line 1: expected a module, found the channel 'c'"},
      {[&](Scenario& s) { lines(s)[0].nodes[0] = {.kind = NodeKind::integer}; },
       "module 1, version 1, line 1: expected a parameter's name, found another node"},
      // What comes after the bodies.
      {[](Scenario& s) { s.reloads[0].targets.clear(); },
       "reload 1: expected 1 to 8 modules to reload, found 0"},
      {[](Scenario& s) { s.inspections[1].value = {.kind = NodeKind::name}; },
       "inspection 2: expected None, a number or {}, found another node"},
      {[](Scenario& s) { s.inspections[1].value.value = 100'000'000; },
       "inspection 2: expected a number of at most 8 digits, found 100000000"},
      {[](Scenario& s) { s.decisions[0].ran_op = NameId::none(); },
       "decision 1: expected an op before what it acted on, found 'x'"},
      {[](Scenario& s) { s.decisions[0].ran_op = s.intern("w.2"); },
       "decision 1: expected an op's name, found 'w.2'"},
      {[](Scenario& s) { s.decisions[1].kind = Decision::Kind::inspect; },
       "decision 2: expected a declared peek, poke or flush, found no name"},
      {[](Scenario& s) { s.expectation->verdict = VerdictKind::held; },
       "expectation: expected guarantees after 'violated' and only there, found 1"},
      {[](Scenario& s) { s.expectation->guarantees.clear(); },
       "expectation: expected guarantees after 'violated' and only there, found 0"},
  };
  for (const Broken& row : table) {
    Scenario scenario = whole();
    row.by(scenario);
    EXPECT_EQ(problem(scenario).value_or("none"), row.problem);
  }
}

TEST(WellFormedDeathTest, WhatIsNotWellFormedIsNotWritten) {
  Scenario scenario = whole();
  scenario.reloads.clear();
  scenario.policy.clear();
  EXPECT_DEATH(write(scenario), "expected a policy's name");
}

}  // namespace
}  // namespace midstride::model
