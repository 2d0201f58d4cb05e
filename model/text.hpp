// The text form of a scenario: docs/text-form.md has its grammar and meaning. Two laws hold:
// read(write(s)) is s for every well-formed scenario in normal form, and write(read(t)) is t for
// every text that write gave. Comments after the first, and layout, are not kept.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

#include "model/scenario.hpp"

namespace midstride::model {

inline constexpr std::uint32_t text_format_version = 1;

// Limits of a text, beside those of the scenario in it.
inline constexpr std::size_t text_bytes_max = 64 << 20;
inline constexpr std::size_t text_line_bytes_max = 16 << 10;

// The first place at which a text is no scenario. Line and column count from 1; columns count
// bytes.
struct TextError {
  std::string file;
  std::uint32_t line = 1;
  std::uint32_t column = 1;
  std::string expected;
  std::string found;
  bool operator==(const TextError&) const = default;
};
// In one line: `file:line:column: expected X, found Y`.
std::string describe(const TextError& error);

// Any bytes are a text. The scenario is well formed and in normal form; the file name is for errors
// only. Takes time linear in the text's length (times a logarithm of the number of names).
std::variant<Scenario, TextError> read(std::string_view text, std::string_view file_name);

// The canonical text. The scenario must be well formed.
std::string write(const Scenario& scenario);

}  // namespace midstride::model
