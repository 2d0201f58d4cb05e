#include "properties/generator.hpp"

#include "properties/shapes/builder.hpp"
#include "properties/shapes/table.hpp"

namespace midstride::properties {

namespace {

const Shape& draw_shape(sim::Choices& choices) {
  static const std::uint32_t total = [] {
    std::uint32_t sum = 0;
    for (const Shape& shape : shapes()) sum += shape.weight;
    return sum;
  }();
  std::uint32_t drawn = choices.below(total);
  for (const Shape& shape : shapes()) {
    if (drawn < shape.weight) return shape;
    drawn -= shape.weight;
  }
  return shapes().front();
}

void write_shape(const Shape& shape, Builder& builder) {
  std::uint32_t module = builder.module();
  if (builder.has(module, shape.taken)) module = builder.other_module(module);
  if (!builder.has(module, shape.taken)) shape.write(builder, module);
}

}  // namespace

struct Generator::State {
  Builder::Memory building;
  model::NamesMemory naming;
};

Generator::Generator() : state_(std::make_unique<State>()) {}
Generator::~Generator() = default;

void Generator::generate(sim::Choices& choices, const GeneratorOptions& options,
                         model::Scenario& out) {
  Builder builder(choices, options, state_->building);
  for (std::uint32_t count = 1 + choices.below(options.shapes_max); count > 0; --count)
    write_shape(draw_shape(choices), builder);
  builder.finish(out);
  out.story.clear();
  out.subject = options.subject;
  out.granularity = options.granularity;
  out.turn_budget = model::Scenario{}.turn_budget;
  out.decisions.clear();
  out.policy = options.policy;
  out.seed = options.seed;
  out.expectation.reset();
  normalise(out, state_->naming);
}

void generate(sim::Choices& choices, const GeneratorOptions& options, model::Scenario& out) {
  Generator().generate(choices, options, out);
}

}  // namespace midstride::properties
