// After a warm-up a scenario is generated, run and judged without an allocation: every operator new
// of this program is counted. A violation and a deadlock are told in words, which may allocate; so
// only runs in which everything held are counted.
#include <gtest/gtest.h>

#include <cstdint>
#include <cstdlib>
#include <memory>
#include <new>
#include <string_view>

#include "model/subjects.hpp"
#include "properties/generator.hpp"
#include "properties/judge.hpp"

namespace {
std::size_t allocations_count = 0;
}

// Not inlined, so that the compiler does not take free() for the wrong partner.
[[gnu::noinline]] void* operator new(std::size_t bytes) {
  ++allocations_count;
  if (void* const memory = std::malloc(bytes == 0 ? 1 : bytes)) return memory;
  throw std::bad_alloc();
}
[[gnu::noinline]] void operator delete(void* memory) noexcept { std::free(memory); }
[[gnu::noinline]] void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }

namespace midstride::properties {
namespace {

constexpr std::uint64_t scenarios = 300;

struct Tally {
  std::size_t generating = 0;
  std::size_t held = 0;  // runs
  std::size_t in_held = 0;
};

class Campaigner {
 public:
  explicit Campaigner(std::string_view subject) : subject_(model::make_subject(subject)) {}

  Tally all(model::Granularity granularity) {
    Tally tally;
    for (std::uint64_t seed = 0; seed < scenarios; ++seed) {
      const std::size_t before = allocations_count;
      sim::Choices choices = sim::Choices::from(sim::Prng(seed));
      generator_.generate(choices, {.granularity = granularity, .seed = seed}, scenario_);
      const std::size_t generated = allocations_count;
      // A guarantee over two runs makes a second scenario.
      const model::Outcome& outcome = judge_.run(scenario_, *subject_, {.paired = false});
      tally.generating += generated - before;
      if (outcome.verdict.kind != model::VerdictKind::held) continue;
      ++tally.held;
      tally.in_held += allocations_count - generated;
    }
    return tally;
  }

 private:
  std::unique_ptr<model::Subject> subject_;
  Generator generator_;
  Judge judge_;
  model::Scenario scenario_;
};

class AllocationOf : public testing::TestWithParam<std::string_view> {};

TEST_P(AllocationOf, AScenarioIsNoneAfterWarmUp) {
  for (const model::Granularity granularity :
       {model::Granularity::yields, model::Granularity::safepoints, model::Granularity::ops}) {
    Campaigner campaigner(GetParam());
    EXPECT_GT(campaigner.all(granularity).in_held, 0U) << "allocations are counted";
    // What is put away comes back in another order, so it takes a few rounds until all has room.
    for (int round = 0; round < 3; ++round) campaigner.all(granularity);
    const Tally tally = campaigner.all(granularity);
    EXPECT_EQ(tally.generating, 0U) << model::name_of(granularity);
    EXPECT_EQ(tally.in_held, 0U) << model::name_of(granularity);
    EXPECT_GT(tally.held, scenarios / 4) << model::name_of(granularity);
  }
}

INSTANTIATE_TEST_SUITE_P(Subjects, AllocationOf,
                         testing::Values("model/overwrite", "model/swap", "model/in-place",
                                         "model/overwrite+quiescence", "model/swap+immediate",
                                         "model/in-place+leak+write-through",
                                         "model/swap+snapshot-flush"));

}  // namespace
}  // namespace midstride::properties
