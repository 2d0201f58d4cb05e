// Guarantees over two runs, on the model runtime.
#include "properties/paired.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <variant>

#include "model/scenario_of_test.hpp"
#include "model/subjects.hpp"
#include "model/text.hpp"

namespace midstride::properties {
namespace {

using namespace model;

// A subject that is not: what it does for the second time differs by one event, or by one
// definition.
class Forgetful final : public Subject {
 public:
  enum class By : std::uint8_t { event, definition, nothing };
  explicit Forgetful(By by) : under_(make_subject("model/overwrite")), by_(by) {}

  std::string_view name() const override { return under_->name(); }
  const Capabilities& capabilities() const override { return under_->capabilities(); }
  void begin(Run& run) override {
    under_->begin(run);
    ++runs_;
  }
  void load(Run& run, std::uint32_t attempt) override { under_->load(run, attempt); }
  void script(Run& run, std::uint32_t task) override {
    if (runs_ > 1 && by_ == By::event) run.emit(Value::integer(99));
    if (runs_ > 1 && by_ == By::definition) run.trace().define(1, 2);
    under_->script(run, task);
  }
  void spawned(Run& run, std::uint64_t payload) override { under_->spawned(run, payload); }
  void forget(Run& run, std::uint64_t payload) override { under_->forget(run, payload); }
  void inspect(Run& run, const Inspection& inspection) override {
    under_->inspect(run, inspection);
  }
  void collect(Run& run) override { under_->collect(run); }
  void end(Run& run) override { under_->end(run); }

 private:
  std::unique_ptr<Subject> under_;
  By by_;
  std::uint32_t runs_ = 0;
};

constexpr std::string_view one_task = R"(module shop
  version 1
    x = 1
task t:
  emit shop.x
)";

PairedJudgement twice(Forgetful::By by) {
  const Scenario scenario = scenario_of(one_task);
  Forgetful subject(by);
  Runner runner;
  const Outcome& outcome = runner.run(scenario, subject);
  return judge_deterministic(runner, subject, scenario, outcome);
}

TEST(Deterministic, HoldsWhereBothRunsAreTheSame) {
  const PairedJudgement judgement = twice(Forgetful::By::nothing);
  EXPECT_TRUE(judgement.exercised);
  EXPECT_EQ(judgement.violation, std::nullopt);
}

TEST(Deterministic, IsViolatedAtTheFirstEventThatDiffers) {
  const PairedJudgement judgement = twice(Forgetful::By::event);
  ASSERT_TRUE(judgement.violation);
  EXPECT_EQ(judgement.violation->expected, "t: enter frame 2: task t, script");
  EXPECT_EQ(judgement.violation->found, "made once more: t: emit 99");
}

TEST(Deterministic, IsViolatedByADefinitionAlone) {
  const PairedJudgement judgement = twice(Forgetful::By::definition);
  ASSERT_TRUE(judgement.violation);
  EXPECT_EQ(judgement.violation->expected, "the same events, with other definitions");
}

class NoOp : public testing::Test {
 protected:
  PairedJudgement judge(std::string_view subject_name, std::string_view text) {
    const Scenario scenario = scenario_of(text);
    const std::unique_ptr<Subject> subject = make_subject(subject_name);
    const Outcome& outcome = runner_.run(scenario, *subject);
    return judge_no_op(runner_, *subject, scenario, outcome);
  }

  Runner runner_;
};

// The function's identity is what overwriting changes, and updating in place does not.
constexpr std::string_view identity = R"(module shop
  version 1
    def f():
      return 1
  version 2
    def f():
      return 1
channel c
task t:
  emit shop.f
  c.receive()
  emit shop.f
  emit shop.f()
task u:
  c.send(0)
reload r: shop -> 2
do
  run t 5
  reload r
  run u 9
then round-robin
)";

TEST_F(NoOp, HoldsInPlace) {
  const PairedJudgement judgement = judge("model/in-place", identity);
  EXPECT_TRUE(judgement.exercised);
  EXPECT_EQ(judgement.violation, std::nullopt);
}

TEST_F(NoOp, IsViolatedByANewIdentity) {
  const PairedJudgement judgement = judge("model/overwrite", identity);
  EXPECT_TRUE(judgement.exercised);
  ASSERT_TRUE(judgement.violation);
  EXPECT_EQ(judgement.violation->expected, "t: emit function 1, as without the reloads");
  EXPECT_EQ(judgement.violation->found, "emit function 2");
}

// The frame that asks for the reload takes as many turns without it, and others come in at the same
// places.
constexpr std::string_view one_statement = R"(granularity GRANULARITY
module shop
  version 1
    def f():
      return 1
  version 2
    def f():
      return 1
channel c
task t:
  emit shop.f()
  reload r
  emit 2
  c.send(3)
  emit shop.f()
task u:
  emit 7
  emit c.receive()
  yield
  emit 8
reload r: shop -> 2
then random seed 3
)";

TEST_F(NoOp, HoldsWhereAFrameAsksForTheReload) {
  for (const std::string_view granularity : {"ops", "safepoints", "yields"}) {
    std::string text(one_statement);
    text.replace(text.find("GRANULARITY"), std::string_view("GRANULARITY").size(), granularity);
    for (const std::string_view subject : {"model/in-place", "model/swap", "model/overwrite"}) {
      const PairedJudgement judgement = judge(subject, text);
      EXPECT_TRUE(judgement.exercised) << subject << " " << granularity;
      EXPECT_EQ(judgement.violation, std::nullopt) << subject << " " << granularity;
    }
  }
}

TEST_F(NoOp, SaysNothingWhereNoReloadCommits) {
  std::string text(identity);
  text.erase(text.find("  reload r\n"), std::string_view("  reload r\n").size());
  text.replace(text.find("round-robin"), std::string_view("round-robin").size(), "stop");
  const PairedJudgement judgement = judge("model/overwrite", text);
  EXPECT_FALSE(judgement.exercised);
  EXPECT_EQ(judgement.violation, std::nullopt);
}

TEST_F(NoOp, SaysNothingWhereTheTextChanges) {
  std::string text(identity);
  text.replace(text.rfind("return 1"), std::string_view("return 1").size(), "return 2");
  EXPECT_FALSE(judge("model/overwrite", text).exercised);
}

TEST(OnlyNoOpReloads, MeansTheSameTextThatOnlyDefines) {
  const auto with = [](std::string_view first, std::string_view second, std::string_view reloads) {
    return only_no_op_reloads(scenario_of("module m\n  version 1\n" + std::string(first) +
                                          "  version 2\n" + std::string(second) +
                                          "task t:\n  pass\n" + std::string(reloads)));
  };
  constexpr std::string_view defines = "    def f():\n      return 1\n    pass\n";
  constexpr std::string_view other = "    def f():\n      return 2\n    pass\n";
  constexpr std::string_view assigns = "    x = 1\n";
  EXPECT_TRUE(with(defines, defines, "reload r: m -> 2\n"));
  EXPECT_TRUE(with(defines, other, "reload r: m -> 1\n"));
  EXPECT_FALSE(with(defines, other, "reload r: m -> 2\n"));
  EXPECT_FALSE(with(defines, other, "reload s: m -> 1\nreload r: m -> 2\n")) << "one of two";
  EXPECT_FALSE(with(assigns, assigns, "reload r: m -> 2\n")) << "its body does more than define";
  EXPECT_FALSE(with(defines, defines, "")) << "there is none";
}

TEST(WithoutReloads, StatementsYieldAndDecisionsAreGone) {
  const Scenario with = scenario_of(R"(module m
  version 1
    def f():
      reload r
      return 1
task t:
  reload r
reload r: m -> 1
do
  run t 1
  reload r
  run t 2
)");
  const Scenario without = without_reloads(with);
  EXPECT_EQ(problem(without), std::nullopt);
  EXPECT_EQ(without.tasks[0].lines, std::vector<Line>{{.kind = LineKind::yield}});
  EXPECT_EQ(without.modules[0].versions[0].lines[1].kind, LineKind::yield);
  ASSERT_EQ(without.decisions.size(), 2U);
  EXPECT_EQ(without.decisions[1], with.decisions[2]);
}

}  // namespace
}  // namespace midstride::properties
