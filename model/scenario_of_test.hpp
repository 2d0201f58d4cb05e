// For tests: the scenario of a text.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include "model/scenario.hpp"
#include "model/text.hpp"

namespace midstride::model {

// `text` is what follows the first line. A failure of the test, and an empty scenario, if it cannot
// be read.
inline Scenario scenario_of(std::string_view text) {
  auto result = read("midstride 1\n" + std::string(text), "test");
  if (const auto* error = std::get_if<TextError>(&result)) {
    ADD_FAILURE() << describe(*error);
    return {};
  }
  return std::get<Scenario>(std::move(result));
}

}  // namespace midstride::model
