#include "properties/shrinker.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "model/run.hpp"
#include "model/scenario_of_test.hpp"
#include "model/subjects.hpp"
#include "model/text.hpp"
#include "properties/generator.hpp"
#include "properties/guarantees.hpp"
#include "properties/same_bug.hpp"
#include "properties/shapes/facts.hpp"
#include "properties/shrink/edit.hpp"
#include "properties/shrink/turns.hpp"
#include "properties/single_cuts_test.hpp"

namespace midstride::properties {
namespace {

using model::Decision;
using model::Line;
using model::LineKind;
using model::Scenario;
using model::scenario_of;

Scenario drawn(std::uint64_t seed) {
  sim::Choices choices = sim::Choices::from(sim::Prng::stream(seed, "shrinker test"));
  Scenario result;
  generate(choices, {.seed = seed}, result);
  return result;
}

bool has(const Scenario& scenario, Fact fact) { return (facts_of(scenario) & facts(fact)) != 0; }

TEST(Size, CountsWhatAReaderTakesIn) {
  EXPECT_EQ(size_of(scenario_of(R"(
module shop              # 1
  version 1              # 2
    class X:             # 3
      def f(self):       # 4
        try:             # 5
          return 1       # 6
        finally:         # 7
          pass           # 8
  version 2              # 9
    pass                 # 10
channel c                # 11
task t: c.send(shop.X)   # 12, 13
reload r: shop -> 2      # 14
peek p: t                # 15
do
  run t 3                # 16
  reload r               # 17
then round-robin
)")),
            17U);
}

// What a predicate alone decides.

TEST(Shrinker, LeavesWhatTheBugNeeds) {
  const auto fails = [](const Scenario& candidate) {
    return has(candidate, Fact::held_handle_called) && !candidate.reloads.empty() &&
           candidate.tasks.size() >= 2;
  };
  const Scenario start = scenario_of(R"(
module shop
  version 1
    a = 7
    class X:
      def f(self, x):
        return x
    def hold(y):
      try:
        k = X()
        m = k.f
        c.receive()
        emit m(add(y, 3))
      finally:
        emit 8
    def add(x, y):
      return x
  version 2
    a = 8
  version 3
    a = 9
module bank
  version 1
    def pay():
      emit shop.a
channel c
channel d
task t: shop.hold(5)
task u:
  bank.pay()
  c.send(d.receive())
task v: d.send(0)
reload r1: shop -> 2
reload r2: shop -> 3
reload r3: bank -> 1
poke p: t.m = 4
do
  run t 9
  reload r1
  poke p
  run v
  run t
then random seed 5
)");
  const Shrunk shrunk = shrink(start, fails);
  EXPECT_TRUE(shrunk.one_minimal);
  EXPECT_EQ(model::write(shrunk.scenario), R"(midstride 1
subject model/overwrite
granularity yields
module shop
  version 1
    def f():
      x = y
      yield
      x()
task t: pass
task u: pass
reload r: shop -> 1
then stop
)");
}

TEST(Shrinker, KeepsStoryAndExpectation) {
  Scenario start = scenario_of("# Told once.\ntask t: emit 5\ntask u: pass\nexpect held\n");
  const Shrunk shrunk =
      shrink(start, [](const Scenario& candidate) { return !candidate.tasks.empty(); });
  EXPECT_EQ(model::write(shrunk.scenario),
            "midstride 1\n# Told once.\nsubject model/overwrite\ngranularity yields\ntask t: pass\n"
            "then stop\nexpect held\n");
}

TEST(Shrinker, GivesTheSameResultForTheSameInput) {
  const auto fails = [](const Scenario& candidate) { return has(candidate, Fact::kind_changes); };
  for (std::uint64_t seed = 0, shrinks = 0; shrinks < 5; ++seed) {
    const Scenario start = drawn(seed);
    if (!fails(start)) continue;
    ++shrinks;
    const Shrunk once = shrink(start, fails);
    const Shrunk again = shrink(start, fails);
    EXPECT_EQ(once.scenario, again.scenario);
    EXPECT_EQ(once.runs, again.runs);
  }
}

TEST(Shrinker, TriesNoScenarioTwiceAndNoneThatIsNotWellFormed) {
  std::vector<std::string> seen;
  const auto fails = [&](const Scenario& candidate) {
    EXPECT_EQ(model::problem(candidate), std::nullopt);
    seen.push_back(model::write(candidate));
    return has(candidate, Fact::arity_changes) || has(candidate, Fact::kill);
  };
  std::uint64_t seed = 0;
  while (!has(drawn(seed), Fact::arity_changes) || !has(drawn(seed), Fact::kill)) ++seed;
  const Shrunk shrunk = shrink(drawn(seed), fails);
  seen.pop_back();  // the last look, at what the decisions ran
  std::ranges::sort(seen);
  EXPECT_EQ(std::ranges::adjacent_find(seen), seen.end()) << *std::ranges::adjacent_find(seen);
  EXPECT_EQ(shrunk.runs, seen.size() + 1);
}

TEST(Shrinker, StopsAtItsBudgetWithWhatItHas) {
  const auto fails = [](const Scenario& candidate) { return has(candidate, Fact::kill); };
  std::uint64_t seed = 0;
  while (!fails(drawn(seed))) ++seed;
  const Shrunk whole = shrink(drawn(seed), fails);
  ASSERT_GT(whole.runs, 12U);
  const Shrunk cut = shrink(drawn(seed), fails, {.runs_max = 10});
  EXPECT_FALSE(cut.one_minimal);
  EXPECT_EQ(cut.runs, 11U);  // and the look at what the decisions ran
  EXPECT_TRUE(fails(cut.scenario));
  EXPECT_EQ(model::problem(cut.scenario), std::nullopt);
  EXPECT_LT(size_of(cut.scenario), size_of(drawn(seed)));
  EXPECT_GE(size_of(cut.scenario), size_of(whole.scenario));
}

TEST(Shrinker, TellsOfItsProgressAndStopsWhenTold) {
  const auto fails = [](const Scenario& candidate) { return has(candidate, Fact::kill); };
  std::uint64_t seed = 0;
  while (!fails(drawn(seed))) ++seed;
  std::vector<std::size_t> sizes;
  const Shrunk shrunk = shrink(drawn(seed), fails,
                               {.progress =
                                    [&](const ShrinkProgress& progress) {
                                      sizes.push_back(progress.size);
                                      return sizes.size() < 3;
                                    },
                                .progress_every = 4});
  EXPECT_EQ(sizes.size(), 3U);
  EXPECT_TRUE(std::ranges::is_sorted(sizes, std::greater{}));
  EXPECT_EQ(shrunk.runs, 13U);
  EXPECT_FALSE(shrunk.one_minimal);
}

void expect_one_minimal(const Shrunk& shrunk, const Fails& fails) {
  EXPECT_TRUE(shrunk.one_minimal) << shrunk.runs;
  EXPECT_EQ(model::problem(shrunk.scenario), std::nullopt);
  EXPECT_TRUE(fails(shrunk.scenario).fails) << model::write(shrunk.scenario);
  for (const Scenario& smaller : single_cuts(shrunk.scenario)) {
    EXPECT_FALSE(fails(smaller).fails) << model::write(shrunk.scenario) << "still fails as\n"
                                       << model::write(smaller);
  }
}

TEST(Shrinker, EndsWhereNothingSingleCanGo) {
  for (std::uint64_t seed = 0; seed < 60; ++seed) {
    const Scenario start = drawn(seed);
    const Facts wanted = facts_of(start);
    const Fails fails = [wanted](const Scenario& candidate) {
      return (facts_of(candidate) & wanted) == wanted;
    };
    const Shrunk shrunk = shrink(start, fails);
    expect_one_minimal(shrunk, fails);
    EXPECT_LE(size_of(shrunk.scenario), size_of(start));
  }
}

// With runs.

class WithRuns : public testing::Test {
 protected:
  // The first generated run of the subject that breaks the guarantee, with explicit decisions.
  Scenario failing(std::string_view guarantee, std::uint64_t first_seed = 0) {
    for (std::uint64_t seed = first_seed;; ++seed) {
      const Scenario start = drawn(seed);
      const model::Outcome& outcome = judge.run(start, *subject);
      for (const model::Found& found : outcome.verdict.found) {
        if (found.guarantee != *guarantee_index(guarantee)) continue;
        bug = bug_of(found, judge.runner().last());
        return explicit_decisions(start, judge.runner(), outcome);
      }
    }
  }

  std::unique_ptr<model::Subject> subject = model::make_subject("model/overwrite");
  Judge judge;
  Bug bug;
};

TEST_F(WithRuns, EndsWhereNothingSingleCanGo) {
  for (std::uint64_t seed = 0; seed < 10; ++seed) {
    const Scenario start = failing("version-consistent", seed * 100);
    const SameBug same(bug, *subject, judge);
    expect_one_minimal(shrink(start, same), same);
  }
}

TEST_F(WithRuns, SaysWhatTheDecisionsRan) {
  const Scenario start = failing("failed-reload");
  const SameBug same(bug, *subject, judge);
  const Shrunk shrunk = shrink(start, same);
  const model::Outcome& outcome = judge.run(shrunk.scenario, *subject);
  EXPECT_EQ(outcome.diverged_at, 0U) << model::write(shrunk.scenario);
  EXPECT_EQ(outcome.skipped, 0U);
  for (const Decision& decision : shrunk.scenario.decisions)
    EXPECT_EQ(decision.ran_op.valid(),
              decision.kind == Decision::Kind::run || decision.kind == Decision::Kind::reload);
}

TEST_F(WithRuns, DoesNotTakeOneBugForAnother) {
  const Scenario start = failing("version-consistent");
  const auto fails = [&](const Bug& other) { return SameBug(other, *subject, judge)(start).fails; };
  EXPECT_TRUE(fails(bug));
  EXPECT_FALSE(fails({bug.guarantee, bug.bug + 1, bug.standing}));
  EXPECT_FALSE(fails({bug.guarantee + 1, bug.bug, bug.standing}));
  EXPECT_FALSE(fails({bug.guarantee, bug.bug, Standing::failure})) << "it was to be expected";
}

TEST_F(WithRuns, NamesTheStepThatAReloadTook) {
  const Scenario start = scenario_of(R"(
subject model/swap
module shop
  version 1
    a = 1
task t: emit 1
reload r: shop -> 1
do
  reload r 1
  reload r 1
  reload r 1
  reload r
then stop
)");
  const auto swap = model::make_subject("model/swap");
  model::Scenario recorded = start;
  recorded.decisions.clear();
  for (const model::Taken& taken : judge.run(start, *swap).taken)
    recorded.story.push_back(std::string(name_of_last(taken)));
  EXPECT_EQ(recorded.story, (std::vector<std::string>{"stage", "store", "swap", "reclaim"}));
}

// The turns that a cut takes away are taken from the decisions that ran them.
TEST_F(WithRuns, MapsTurnCounts) {
  const Scenario start = scenario_of(R"(
module shop
  version 1
    def f():
      x = 1
      y = 2
      z = 3
      emit x
      c.receive()
      emit y
channel c
task t: shop.f()
task u:
  yield
  c.send(0)
do
  run t 3
  run u 1
  run t 4
  run u 1
  run t 1
then stop
)");
  const model::Outcome& outcome = judge.run(start, *subject);
  ASSERT_EQ(outcome.skipped, 0U);
  TurnRecord turns;
  turns.record(judge.runner().last(), outcome);
  const auto counts = [&](std::string_view gone) {
    Scenario changed = start;
    for (const Body body : bodies(changed)) {
      std::vector<Line>& lines = lines_of(changed, body);
      for (const Range& statement : statements(lines)) {
        const model::NameId name = lines[statement.begin].name;
        if (!name.valid() || changed.text(name) != gone) continue;
        cut(lines, statement);
        break;
      }
    }
    mend(changed);
    std::vector<Decision> decisions = start.decisions;
    const bool any = turns.map(changed, decisions);
    std::string result = any ? "" : "as before:";
    for (const Decision& decision : decisions)
      result += " " + std::string(start.text(decision.name)) + std::to_string(decision.count);
    return result;
  };
  EXPECT_EQ(counts("z"), " t3 u1 t3 u1 t1") << "nobody reads it";
  EXPECT_EQ(counts("x"), " t2 u1 t5 u1 t1") << "emit x looks a global up then";
  EXPECT_EQ(counts("y"), " t3 u1 t3 u1 t2");
  EXPECT_EQ(counts("nothing"), "as before: t3 u1 t4 u1 t1");
  EXPECT_EQ(counts("f"), " t2 u1 u1") << "with the function, all that ran in it";
}

// mend.

std::string mended(std::string_view text, auto cut_out) {
  Scenario made = scenario_of(text);
  cut_out(made);
  mend(made);
  EXPECT_EQ(model::problem(made), std::nullopt);
  normalise(made);
  const std::string written = model::write(made);
  return written.substr(written.find("overwrite\n") + 10);
}

TEST(Mend, TakesOutWhatReferredToAModule) {
  EXPECT_EQ(mended(R"(
module shop
  version 1
    def f():
      bank.a = 1
    def g():
      emit bank.a
      reload r
      emit 1
module bank
  version 1
    a = 1
task t: emit shop.f(bank.a)
reload r: bank -> 1
do
  reload r.2
  run t
)",
                   [](Scenario& of) { of.modules.pop_back(); }),
            R"(module shop
  version 1
    def f():
      pass
    def g():
      emit 1
task t: pass
do
  run t
then round-robin
)");
}

TEST(Mend, TakesOutWhatReferredToATask) {
  EXPECT_EQ(mended(R"(
task t: spawn w = f()
task u: kill t
peek p: t
peek q: w
do
  run t
  run w.2
  run u
  peek p
  peek q
)",
                   [](Scenario& of) { of.tasks.erase(of.tasks.begin()); }),
            R"(task u: kill t
do
  run u
then round-robin
)");
}

TEST(Mend, LeavesTheValueOfASendToNoChannel) {
  EXPECT_EQ(mended("channel c\ntask t: emit f(c.send(g(1)), c.receive())\n",
                   [](Scenario& of) { of.channels.clear(); }),
            "task t: emit f(g(1), None)\nthen round-robin\n");
}

TEST(Mend, FillsWhatIsEmpty) {
  EXPECT_EQ(mended(R"(
module shop
  version 1
    a = 1
task t:
  try:
    emit 1
  except:
    emit 1
  finally:
    emit 1
)",
                   [](Scenario& of) {
                     for (const Body body : bodies(of))
                       std::erase_if(lines_of(of, body), [](const Line& line) {
                         return line.kind == LineKind::emit || line.kind == LineKind::assign;
                       });
                   }),
            R"(module shop
  version 1
    pass
task t:
  try:
    pass
  except:
    pass
  finally:
    pass
then round-robin
)");
}

TEST(Mend, TakesOutANonlocalOfWhatIsBoundNoMore) {
  EXPECT_EQ(mended(R"(
module shop
  version 1
    def f(x):
      y = 1
      def g():
        nonlocal x
        nonlocal y
        nonlocal g
        y
)",
                   [](Scenario& of) {
                     std::erase_if(lines_of(of, {0, 0}),
                                   [](const Line& line) { return line.kind == LineKind::assign; });
                   }),
            R"(module shop
  version 1
    def f(x):
      def g():
        nonlocal x
        nonlocal g
        y
then round-robin
)");
}

TEST(Mend, TakesOutWhatLeavesALoopThatIsGone) {
  EXPECT_EQ(mended(R"(
task t:
  for i in range(3):
    try:
      break
    except:
      continue
)",
                   [](Scenario& of) {
                     std::vector<Line>& lines = lines_of(of, {Body::task, 0});
                     lines.erase(lines.begin());
                     lines.pop_back();
                   }),
            R"(task t:
  try:
    pass
  except:
    pass
then round-robin
)");
}

TEST(Siblings, AreTheSameLineOfOtherVersions) {
  const Scenario made = scenario_of(R"(
module shop
  version 1
    a = 1
    def f():
      emit 1
      emit b
  version 2
    def g():
      emit 1
    a = 2
    def f():
      emit 2
      emit c
)");
  const auto lines = [&](std::size_t line) {
    std::string result;
    for (const Place& place : siblings(made, {{0, 0}, line}))
      result += " " + std::to_string(place.body.index + 1) + ":" + std::to_string(place.line);
    return result;
  };
  EXPECT_EQ(lines(0), " 1:0 2:3") << "an assignment at the top level";
  EXPECT_EQ(lines(2), " 1:2 2:5") << "in the same function, alike but for the number";
  EXPECT_EQ(lines(3), " 1:3") << "not alike";
}

}  // namespace
}  // namespace midstride::properties
