// Cutting and mending: how a scenario is made smaller and well formed again. A cut takes out what
// it is told to, mend() then takes out what referred to it and fills what became empty.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "model/scenario.hpp"

namespace midstride::properties {

// One list of lines: a version's, or a task's.
struct Body {
  static constexpr std::uint32_t task = 0xffff'ffff;
  std::uint32_t module = task;
  std::uint32_t index = 0;  // of the version in its module, or of the task
  bool operator==(const Body&) const = default;
};
// Tasks first: what nobody calls is easier to cut after what called it.
std::vector<Body> bodies(const model::Scenario& scenario);
std::vector<model::Line>& lines_of(model::Scenario& scenario, Body body);
const std::vector<model::Line>& lines_of(const model::Scenario& scenario, Body body);

// Lines from begin to before end: a statement, with its block if it opens one.
struct Range {
  std::size_t begin = 0;
  std::size_t end = 0;
};
// Every statement, those in blocks too, in the order of their first lines.
std::vector<Range> statements(const std::vector<model::Line>& lines);
// The lines of a try at `open`: where each of its parts begins, and its end.
std::vector<std::size_t> parts_of_try(const std::vector<model::Line>& lines, std::size_t open);

// Where the same line is in the module's other versions: in the function of the same name, at the
// same distance from its def, or at the same place of the top level; and alike but for its
// integers. Itself first.
struct Place {
  Body body;
  std::size_t line = 0;
};
std::vector<Place> siblings(const model::Scenario& scenario, Place place);

// Takes out the marked lines.
void cut(std::vector<model::Line>& lines, const std::vector<bool>& marked);
void cut(std::vector<model::Line>& lines, Range range);

// Makes the scenario well formed again after something was taken out. Reloads go with their module
// or version; lines that name a module or reload that is gone go too; receiving from a channel that
// is gone gives None, sending to it the value; inspections and decisions go with whom they name; an
// empty block gets a `pass`.
void mend(model::Scenario& scenario);

}  // namespace midstride::properties
