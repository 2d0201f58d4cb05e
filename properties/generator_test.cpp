#include "properties/generator.hpp"

#include <gtest/gtest.h>

#include <array>
#include <vector>

#include "model/text.hpp"
#include "properties/shapes/table.hpp"
#include "sim/prng.hpp"

namespace midstride::properties {
namespace {

sim::Choices choices(std::uint64_t seed) {
  return sim::Choices::from(sim::Prng::stream(seed, "generator test"));
}

model::Scenario generated(std::uint64_t seed, const GeneratorOptions& options = {}) {
  model::Scenario scenario;
  sim::Choices source = choices(seed);
  generate(source, options, scenario);
  return scenario;
}

void expect_good(const model::Scenario& scenario) {
  ASSERT_EQ(model::problem(scenario), std::nullopt) << model::write(scenario);
  model::Scenario normal = scenario;
  normalise(normal);
  EXPECT_EQ(normal, scenario) << model::write(scenario);
}

TEST(Generator, MakesTheSimplestScenarioOfNoChoices) {
  sim::Choices none = sim::Choices::from_list({});
  model::Scenario scenario;
  generate(none, {}, scenario);
  EXPECT_EQ(model::write(scenario), R"(midstride 1
subject model/overwrite
module shop
  version 1
    def f():
      return 1
    def twice():
      emit f()
      yield
      emit f()
  version 2
    def f():
      return 2
    def twice():
      emit f()
      yield
      emit f()
task t: shop.twice()
reload r1: shop -> 2
then random
)");
}

TEST(Generator, MakesWellFormedScenariosInNormalForm) {
  for (std::uint64_t seed = 0; seed < 3000; ++seed) expect_good(generated(seed));
}

TEST(Generator, TakesAnyNumbersForChoices) {
  sim::Prng draw(1);
  for (int repeat = 0; repeat < 500; ++repeat) {
    std::vector<std::uint32_t> numbers(draw.below(80));
    std::vector<std::uint8_t> bytes(draw.below(80));
    for (std::uint32_t& number : numbers) number = static_cast<std::uint32_t>(draw.next());
    for (std::uint8_t& byte : bytes) byte = static_cast<std::uint8_t>(draw.next());
    for (sim::Choices source :
         {sim::Choices::from_list(numbers), sim::Choices::from_bytes(bytes)}) {
      model::Scenario scenario;
      generate(source, {}, scenario);
      expect_good(scenario);
    }
  }
}

TEST(Generator, ReadsNothingButItsChoicesAndOptions) {
  model::Scenario used;
  for (std::uint64_t seed = 0; seed < 300; ++seed) {
    sim::Choices source = choices(seed);
    generate(source, {}, used);  // over the one before it
    EXPECT_EQ(used, generated(seed));
  }
}

TEST(Generator, DoesWhatItsOptionsSay) {
  const GeneratorOptions options{.subject = "model/in-place",
                                 .granularity = model::Granularity::yields,
                                 .policy = "round-robin",
                                 .seed = 7,
                                 .shapes_max = 1,
                                 .modules_max = 1,
                                 .versions_max = 2,
                                 .tasks_max = 3};
  for (std::uint64_t seed = 0; seed < 500; ++seed) {
    const model::Scenario scenario = generated(seed, options);
    EXPECT_EQ(scenario.subject, "model/in-place");
    EXPECT_EQ(scenario.granularity, model::Granularity::yields);
    EXPECT_EQ(scenario.policy, "round-robin");
    EXPECT_EQ(scenario.seed, 7U);
    ASSERT_EQ(scenario.modules.size(), 1U);
    EXPECT_EQ(scenario.modules[0].versions.size(), 2U);
    EXPECT_LE(scenario.tasks.size(), 3U);
  }
}

TEST(Generator, AlwaysHasSomethingToRunAndToReload) {
  for (std::uint64_t seed = 0; seed < 1000; ++seed) {
    const model::Scenario scenario = generated(seed);
    EXPECT_GE(scenario.tasks.size(), 1U);
    EXPECT_LE(scenario.tasks.size(), 4U);
    EXPECT_GE(scenario.reloads.size(), 1U);
    for (const model::Module& module : scenario.modules) EXPECT_GE(module.versions.size(), 2U);
  }
}

// Alone, and after each other shape, as generate() writes them.
TEST(Generator, ShowsEachShapeThatItWrites) {
  const auto shows = [](const Shape* before, const Shape& shape, std::uint64_t seed) {
    sim::Choices source = choices(seed);
    const GeneratorOptions options;
    Builder::Memory memory;
    Builder builder(source, options, memory);
    if (before != nullptr) before->write(builder, 0);
    if (builder.has(0, shape.taken)) return;
    shape.write(builder, 0);
    model::Scenario scenario;
    builder.finish(scenario);
    normalise(scenario);
    expect_good(scenario);
    EXPECT_EQ(facts_of(scenario) & shape.shown_by, shape.shown_by)
        << shape.name << (before == nullptr ? "" : " after ")
        << (before == nullptr ? "" : before->name) << "\n"
        << model::write(scenario);
  };
  for (const Shape& shape : shapes()) {
    for (std::uint64_t seed = 0; seed < 200; ++seed) shows(nullptr, shape, seed);
    for (const Shape& before : shapes()) {
      for (std::uint64_t seed = 0; seed < 10; ++seed) shows(&before, shape, seed);
    }
  }
}

TEST(Generator, GivesEachShapeAFewPercent) {
  constexpr int runs = 4000;
  std::vector<int> seen(shapes().size());
  for (std::uint64_t seed = 0; seed < runs; ++seed) {
    const Facts found = facts_of(generated(seed));
    for (std::size_t at = 0; at < seen.size(); ++at)
      if ((found & shapes()[at].shown_by) == shapes()[at].shown_by) ++seen[at];
  }
  for (std::size_t at = 0; at < seen.size(); ++at)
    EXPECT_GE(seen[at], runs * 4 / 100) << shapes()[at].name;
}

TEST(Generator, StaysSmall) {
  constexpr std::size_t runs = 2000;
  std::size_t functions = 0;
  for (std::uint64_t seed = 0; seed < runs; ++seed) {
    const model::Scenario scenario = generated(seed);
    std::size_t here = 0;
    for (const model::Module& module : scenario.modules) {
      for (const model::Line& line : module.versions.front().lines)
        if (line.kind == model::LineKind::def_) ++here;
    }
    EXPECT_LE(here, 12U) << model::write(scenario);
    functions += here;
  }
  EXPECT_GE(functions, 2 * runs);
  EXPECT_LE(functions, 5 * runs);
}

}  // namespace
}  // namespace midstride::properties
