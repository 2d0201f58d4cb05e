// Any bytes as a scenario's text: they are refused at a place that they have, or read as a scenario
// that is well formed, in normal form, and the same again once it is written and read.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "model/text.hpp"
#include "sim/check.hpp"

using namespace midstride;

namespace {

void check_error(const model::TextError& error, std::string_view text) {
  const auto lines = static_cast<std::size_t>(std::ranges::count(text, '\n')) + 1;
  MIDSTRIDE_CHECK(error.line >= 1 && error.line <= lines, "the line is one of the text's");
  MIDSTRIDE_CHECK(error.column >= 1, "columns count from 1");
  const std::string words = model::describe(error);
  MIDSTRIDE_CHECK(std::ranges::all_of(words, [](char c) { return c >= ' ' && c <= '~'; }),
                  "the words are printable and on one line");
}

void check_scenario(const model::Scenario& scenario) {
  model::Scenario normal = scenario;
  normalise(normal);
  MIDSTRIDE_CHECK(normal == scenario, "what is read is in normal form");
  const std::string text = write(scenario);  // checks that it is well formed
  const auto again = model::read(text, "again");
  const auto* same = std::get_if<model::Scenario>(&again);
  MIDSTRIDE_CHECK(same != nullptr, "what is written can be read");
  MIDSTRIDE_CHECK(*same == scenario, "what is written is read as the same");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(bytes), size);
  const auto result = model::read(text, "fuzz");
  if (const auto* error = std::get_if<model::TextError>(&result)) {
    check_error(*error, text);
  } else {
    check_scenario(std::get<model::Scenario>(result));
  }
  return 0;
}
