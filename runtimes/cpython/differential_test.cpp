// The same scenario with the same decisions, on the model and on CPython: every tasklet must emit,
// throw and receive the same.
#include <gtest/gtest.h>

#include <algorithm>

#include "properties/generator.hpp"
#include "properties/observation.hpp"
#include "runtimes/cpython/runs_test.hpp"
#include "sim/choices.hpp"

namespace midstride::runtimes {
namespace {

constexpr std::uint64_t scenarios = 500;  // of each of four combinations

struct Pair {
  std::string_view real;
  std::string_view model;
};

bool some_request_was_dropped(const model::Runner& runner) {
  const auto events = runner.trace().events();
  return std::any_of(events.begin(), events.end(), [](const model::Event& event) {
    const auto why = static_cast<std::uint32_t>(model::RejectWhy::in_progress);
    return event.kind() == model::EventKind::reload_reject && event.b == why;
  });
}

bool some_reload_committed(const model::Runner& runner) {
  const auto events = runner.trace().events();
  return std::any_of(events.begin(), events.end(), [&](const model::Event& event) {
    return event.kind() == model::EventKind::reload_commit &&
           runner.tables().attempts[event.a].reload != model::no_reload;
  });
}

struct Compared {
  std::uint64_t runs = 0;
  std::uint64_t with_reload = 0;  // one that committed
  std::uint64_t left_out = 0;
  std::uint64_t different = 0;
};

// Leaves out the runs in which importlib dropped a request (what docs/cpython.md calls overlap).
Compared compare(const Pair& pair, model::Granularity granularity) {
  Compared compared;
  const auto real = make_cpython_subject(pair.real);
  const auto model = model::make_subject(pair.model);
  model::Runner on_real;
  model::Runner on_model;
  for (std::uint64_t seed = 0; seed < scenarios; ++seed) {
    auto choices = sim::Choices::from(sim::Prng::stream(seed, "differential"));
    model::Scenario scenario;
    properties::generate(choices, {.subject = pair.model, .granularity = granularity, .seed = seed},
                         scenario);
    const model::Outcome& outcome = on_model.run(scenario, *model, {.judge = false});
    const model::Scenario decided = explicit_decisions(scenario, on_model, outcome);
    on_real.run(decided, *real, {.judge = false});
    if (some_request_was_dropped(on_real)) {
      ++compared.left_out;
      continue;
    }
    ++compared.runs;
    if (some_reload_committed(on_real)) ++compared.with_reload;
    const auto difference =
        properties::difference(properties::observe(on_model.trace(), on_model.tables()),
                               properties::observe(on_real.trace(), on_real.tables()));
    if (!difference) continue;
    if (++compared.different > 3) continue;
    ADD_FAILURE() << "seed " << seed << ": " << difference->tasklet << " at " << difference->at
                  << ": " << pair.model << " has " << difference->left << ", " << pair.real
                  << " has " << difference->right << "\n"
                  << write(decided);
  }
  return compared;
}

void expect_equal(const Pair& pair, model::Granularity granularity) {
  const Compared compared = compare(pair, granularity);
  EXPECT_EQ(compared.different, 0);
  EXPECT_GE(compared.runs, scenarios * 3 / 4) << compared.left_out << " left out";
  EXPECT_GE(compared.with_reload, compared.runs / 2);
}

constexpr Pair by_importlib{importlib, "model/overwrite"};
constexpr Pair by_code_swap{code_swap, "model/in-place"};

TEST(CpythonAndTheModel, AgreeOnReloadByImportlibAtSafepoints) {
  expect_equal(by_importlib, model::Granularity::safepoints);
}
TEST(CpythonAndTheModel, AgreeOnReloadByImportlibAtOps) {
  expect_equal(by_importlib, model::Granularity::ops);
}
TEST(CpythonAndTheModel, AgreeOnReloadByCodeSwapAtSafepoints) {
  expect_equal(by_code_swap, model::Granularity::safepoints);
}
TEST(CpythonAndTheModel, AgreeOnReloadByCodeSwapAtOps) {
  expect_equal(by_code_swap, model::Granularity::ops);
}

}  // namespace
}  // namespace midstride::runtimes
