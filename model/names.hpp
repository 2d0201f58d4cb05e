// What a name, a word, a subject and a line of story may look like, and which names are keywords:
// the only place that knows. Keywords are those of Python, because scenarios are run as Python too,
// and those of our own statements.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace midstride::model {

enum class NameForm : std::uint8_t {
  name,     // [A-Za-z_][A-Za-z0-9_]*, at most name_bytes_max long and no keyword
  keyword,  // looks like a name, but is taken
  word,     // names joined by single dashes: round-robin. At most name_bytes_max long in all
  repeat,   // a name, a dot and a number from 2 on: w.2
  other,    // none of them
};
NameForm form_of(std::string_view text);

// A word in the widest sense: name, keyword or word.
constexpr bool is_word(NameForm form) { return form <= NameForm::word; }
inline constexpr std::string_view tasklet_form = "a tasklet's name, such as w or w.2";
// The part of a repeat before its dot.
std::string_view base_of(std::string_view repeat);

// Letters, digits and ./_+- : model/swap+quiescence.
bool is_subject(std::string_view text);
inline constexpr std::string_view subject_form = "a subject of letters, digits and ./_+-";

// What is wrong with a line of a story, and where, in words. It is UTF-8 without a blank at its end
// and without what makes a terminal do or show something else: control characters and those that
// change the direction of text.
std::optional<std::string> story_fault(std::string_view line);

constexpr bool is_name_start(char letter) {
  return (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') || letter == '_';
}
constexpr bool is_digit(char letter) { return letter >= '0' && letter <= '9'; }
constexpr bool is_name_part(char letter) { return is_name_start(letter) || is_digit(letter); }
constexpr bool is_subject_part(char letter) {
  return is_name_part(letter) || letter == '.' || letter == '/' || letter == '+' || letter == '-';
}

// " (did you mean 'x'?)" for the candidate that is fewest edits away, or nothing when none is near.
std::string hint(std::string_view text, std::span<const std::string_view> candidates);

// 'text', cut where it is long, with a ? for every byte that is not printable ASCII.
std::string in_quotes(std::string_view text);

}  // namespace midstride::model
