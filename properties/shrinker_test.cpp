#include "properties/shrinker.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "model/run.hpp"
#include "model/subjects.hpp"
#include "model/text.hpp"
#include "properties/generator.hpp"
#include "properties/guarantees.hpp"
#include "properties/shapes/facts.hpp"
#include "properties/shrink/edit.hpp"
#include "properties/shrink/turns.hpp"

namespace midstride::properties {
namespace {

using model::Decision;
using model::Line;
using model::LineKind;
using model::Scenario;

Scenario scenario(std::string_view text) {
  const auto read = model::read("midstride 1\n" + std::string(text), "test");
  if (const auto* error = std::get_if<model::TextError>(&read)) {
    ADD_FAILURE() << model::describe(*error);
    return {};
  }
  return std::get<Scenario>(read);
}

Scenario generated(std::uint64_t seed) {
  sim::Choices choices = sim::Choices::from(sim::Prng::stream(seed, "shrinker test"));
  Scenario result;
  generate(choices, {.seed = seed}, result);
  return result;
}

bool has(const Scenario& scenario, Fact fact) { return (facts_of(scenario) & facts(fact)) != 0; }

TEST(Size, CountsWhatAReaderTakesIn) {
  EXPECT_EQ(size_of(scenario(R"(
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

TEST(Shrinker, KeepsStoryAndExpectation) {
  Scenario start = scenario("# Told once.\ntask t: emit 5\ntask u: pass\nexpect held\n");
  const Shrunk shrunk =
      shrink(start, [](const Scenario& candidate) { return !candidate.tasks.empty(); });
  EXPECT_EQ(model::write(shrunk.scenario),
            "midstride 1\n# Told once.\nsubject model/overwrite\ngranularity yields\ntask t: pass\n"
            "then stop\nexpect held\n");
}

TEST(Shrinker, GivesTheSameResultForTheSameInput) {
  const auto fails = [](const Scenario& candidate) { return has(candidate, Fact::kind_changes); };
  for (std::uint64_t seed = 0, shrinks = 0; shrinks < 5; ++seed) {
    const Scenario start = generated(seed);
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
  while (!has(generated(seed), Fact::arity_changes) || !has(generated(seed), Fact::kill)) ++seed;
  const Shrunk shrunk = shrink(generated(seed), fails);
  seen.pop_back();  // the last look, at what the decisions ran
  std::ranges::sort(seen);
  EXPECT_EQ(std::ranges::adjacent_find(seen), seen.end()) << *std::ranges::adjacent_find(seen);
  EXPECT_EQ(shrunk.runs, seen.size() + 1);
}

TEST(Shrinker, StopsAtItsBudgetWithWhatItHas) {
  const auto fails = [](const Scenario& candidate) { return has(candidate, Fact::kill); };
  std::uint64_t seed = 0;
  while (!fails(generated(seed))) ++seed;
  const Shrunk whole = shrink(generated(seed), fails);
  ASSERT_GT(whole.runs, 12U);
  const Shrunk cut = shrink(generated(seed), fails, {.runs_max = 10});
  EXPECT_FALSE(cut.one_minimal);
  EXPECT_EQ(cut.runs, 11U);  // and the look at what the decisions ran
  EXPECT_TRUE(fails(cut.scenario));
  EXPECT_EQ(model::problem(cut.scenario), std::nullopt);
  EXPECT_LT(size_of(cut.scenario), size_of(generated(seed)));
  EXPECT_GE(size_of(cut.scenario), size_of(whole.scenario));
}

TEST(Shrinker, TellsOfItsProgressAndStopsWhenTold) {
  const auto fails = [](const Scenario& candidate) { return has(candidate, Fact::kill); };
  std::uint64_t seed = 0;
  while (!fails(generated(seed))) ++seed;
  std::vector<std::size_t> sizes;
  const Shrunk shrunk = shrink(generated(seed), fails,
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

// Whether any single cut still fails: made here without the shrinker's passes.
std::vector<Scenario> single_cuts(const Scenario& whole) {
  std::vector<Scenario> result;
  const auto without = [&](auto list, std::size_t count) {
    for (std::size_t at = 0; at < count; ++at) {
      Scenario cut_one = whole;
      auto& items = list(cut_one);
      items.erase(items.begin() + static_cast<std::ptrdiff_t>(at));
      result.push_back(cut_one);
    }
  };
  without(
      [](Scenario & of) -> auto& { return of.tasks; }, whole.tasks.size());
  without(
      [](Scenario & of) -> auto& { return of.modules; }, whole.modules.size());
  without(
      [](Scenario & of) -> auto& { return of.channels; }, whole.channels.size());
  without(
      [](Scenario & of) -> auto& { return of.reloads; }, whole.reloads.size());
  without(
      [](Scenario & of) -> auto& { return of.inspections; }, whole.inspections.size());
  without(
      [](Scenario & of) -> auto& { return of.decisions; }, whole.decisions.size());
  for (const Body body : bodies(whole)) {
    if (body.module != Body::task) {
      Scenario cut_one = whole;
      auto& versions = cut_one.modules[body.module].versions;
      versions.erase(versions.begin() + body.index);
      result.push_back(cut_one);
    }
    const std::vector<Line>& lines = lines_of(whole, body);
    for (std::size_t at = 0; at < lines.size(); ++at) {
      const LineKind kind = lines[at].kind;
      if (kind == LineKind::end || model::divides_try(kind) || kind == LineKind::pass) continue;
      const std::size_t last = model::opens_block(kind) ? model::block_end(lines, at) : at;
      Scenario cut_one = whole;
      std::vector<Line>& rest = lines_of(cut_one, body);
      rest.erase(rest.begin() + static_cast<std::ptrdiff_t>(at),
                 rest.begin() + static_cast<std::ptrdiff_t>(last) + 1);
      result.push_back(cut_one);
    }
  }
  for (std::size_t at = 0; at < whole.decisions.size(); ++at) {
    if (whole.decisions[at].count == 0) continue;
    Scenario lower = whole;
    --lower.decisions[at].count;
    result.push_back(lower);
  }
  return result;
}

void expect_one_minimal(const Shrunk& shrunk, const Fails& fails) {
  EXPECT_TRUE(shrunk.one_minimal) << shrunk.runs;
  EXPECT_EQ(model::problem(shrunk.scenario), std::nullopt);
  EXPECT_TRUE(fails(shrunk.scenario).fails) << model::write(shrunk.scenario);
  for (Scenario& smaller : single_cuts(shrunk.scenario)) {
    mend(smaller);
    if (model::problem(smaller)) continue;
    EXPECT_FALSE(fails(smaller).fails) << model::write(shrunk.scenario) << "still fails as\n"
                                       << model::write(smaller);
  }
}

TEST(Shrinker, EndsWhereNothingSingleCanGo) {
  for (std::uint64_t seed = 0; seed < 60; ++seed) {
    const Scenario start = generated(seed);
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
    index = *guarantee_index(guarantee);
    for (std::uint64_t seed = first_seed;; ++seed) {
      const Scenario start = generated(seed);
      const model::Outcome& outcome = runner.run(start, *subject);
      for (const model::Found& found : outcome.verdict.found) {
        if (found.guarantee != index) continue;
        bug = found.violation.bug;
        return explicit_decisions(start, runner, outcome);
      }
    }
  }

  std::unique_ptr<model::Subject> subject = model::make_subject("model/overwrite");
  model::Runner runner{guarantees()};
  std::uint32_t index = 0;
  std::uint32_t bug = 0;
};

TEST_F(WithRuns, EndsWhereNothingSingleCanGo) {
  for (std::uint64_t seed = 0; seed < 10; ++seed) {
    const Scenario start = failing("version-consistent", seed * 100);
    const SameBug same(runner, *subject, index, bug);
    expect_one_minimal(shrink(start, same), same);
  }
}

TEST_F(WithRuns, SaysWhatTheDecisionsRan) {
  const Scenario start = failing("failed-reload");
  const SameBug same(runner, *subject, index, bug);
  const Shrunk shrunk = shrink(start, same);
  const model::Outcome& outcome = runner.run(shrunk.scenario, *subject);
  EXPECT_EQ(outcome.diverged_at, 0U) << model::write(shrunk.scenario);
  EXPECT_EQ(outcome.skipped, 0U);
  for (const Decision& decision : shrunk.scenario.decisions)
    EXPECT_EQ(decision.ran_op.valid(),
              decision.kind == Decision::Kind::run || decision.kind == Decision::Kind::reload);
}

TEST_F(WithRuns, DoesNotTakeOneBugForAnother) {
  const Scenario start = failing("version-consistent");
  EXPECT_TRUE(SameBug(runner, *subject, index, bug)(start).fails);
  EXPECT_FALSE(SameBug(runner, *subject, index, bug + 1)(start).fails);
  EXPECT_FALSE(SameBug(runner, *subject, index + 1, bug)(start).fails);
}

// mend.

std::string mended(std::string_view text, auto cut_out) {
  Scenario made = scenario(text);
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

TEST(Siblings, AreTheSameLineOfOtherVersions) {
  const Scenario made = scenario(R"(
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
