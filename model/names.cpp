#include "model/names.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <vector>

#include "model/scenario.hpp"

namespace midstride::model {

namespace {

constexpr std::string_view keywords[] = {
    "False",  "None",  "TaskletExit", "True",       "and",      "as",     "assert", "async",
    "atexit", "await", "break",       "class",      "continue", "def",    "del",    "elif",
    "else",   "emit",  "except",      "finally",    "for",      "from",   "global", "if",
    "import", "in",    "is",          "isinstance", "kill",     "lambda", "next",   "nonlocal",
    "not",    "once",  "or",          "pass",       "raise",    "range",  "reload", "return",
    "spawn",  "super", "try",         "while",      "with",     "yield",
};
static_assert(std::is_sorted(std::begin(keywords), std::end(keywords)));

// How many letters of `text` from `at` on are part of a name that starts there; 0 if none does.
std::size_t name_length(std::string_view text, std::size_t at) {
  if (at == text.size() || !is_name_start(text[at])) return 0;
  std::size_t end = at + 1;
  while (end < text.size() && is_name_part(text[end])) ++end;
  return end - at;
}

bool is_repeat_number(std::string_view digits) {
  std::uint32_t number = 0;
  const char* end = digits.data() + digits.size();
  const auto [stop, error] = std::from_chars(digits.data(), end, number);
  return error == std::errc{} && stop == end && digits[0] != '0' && number >= 2;
}

// The length of the well-formed UTF-8 sequence at the start of `bytes`, 0 if there is none
// (Unicode 15, table 3-7).
std::size_t sequence_length(std::string_view bytes) {
  const auto byte = [&](std::size_t at) { return static_cast<unsigned char>(bytes[at]); };
  const unsigned lead = byte(0);
  if (lead < 0x80) return 1;
  const std::size_t length = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
  if (lead < 0xc2 || lead > 0xf4 || bytes.size() < length) return 0;
  const unsigned low = lead == 0xe0 ? 0xa0 : lead == 0xf0 ? 0x90 : 0x80;
  const unsigned high = lead == 0xed ? 0x9f : lead == 0xf4 ? 0x8f : 0xbf;
  if (byte(1) < low || byte(1) > high) return 0;
  for (std::size_t at = 2; at < length; ++at)
    if ((byte(at) & 0xc0) != 0x80) return 0;
  return length;
}

// Of a well-formed sequence.
std::uint32_t code_point(std::string_view sequence) {
  const unsigned lead = static_cast<unsigned char>(sequence[0]);
  std::uint32_t code = sequence.size() == 1 ? lead : lead & (0x7fU >> sequence.size());
  for (const char part : sequence.substr(1))
    code = code << 6 | (static_cast<unsigned char>(part) & 0x3fU);
  return code;
}

// C0, DEL, C1, the marks, embeddings, overrides and isolates of bidirectional text, and the
// separators of lines and paragraphs.
bool is_control(std::uint32_t code) {
  const auto in = [&](std::uint32_t first, std::uint32_t last) {
    return code >= first && code <= last;
  };
  return in(0, 0x1f) || in(0x7f, 0x9f) || code == 0x61c || in(0x200e, 0x200f) ||
         in(0x2028, 0x202e) || in(0x2066, 0x2069);
}

std::string hex(std::uint32_t number, int digits) {
  std::string text;
  for (; number != 0 || digits > 0; number >>= 4, --digits)
    text.insert(text.begin(), "0123456789abcdef"[number & 0xf]);
  return text;
}

// Levenshtein's distance: insertions, deletions and replacements.
std::size_t distance(std::string_view from, std::string_view to) {
  std::vector<std::size_t> row(to.size() + 1);
  for (std::size_t at = 0; at < row.size(); ++at) row[at] = at;
  for (std::size_t line = 0; line < from.size(); ++line) {
    std::size_t diagonal = row[0]++;
    for (std::size_t at = 0; at < to.size(); ++at) {
      const std::size_t replaced = diagonal + (from[line] == to[at] ? 0 : 1);
      diagonal = row[at + 1];
      row[at + 1] = std::min({replaced, diagonal + 1, row[at] + 1});
    }
  }
  return row.back();
}

}  // namespace

NameForm form_of(std::string_view text) {
  std::size_t end = name_length(text, 0);
  if (end == 0 || end > name_bytes_max) return NameForm::other;
  if (end == text.size()) {
    const bool taken = std::binary_search(std::begin(keywords), std::end(keywords), text);
    return taken ? NameForm::keyword : NameForm::name;
  }
  if (text[end] == '.' && is_repeat_number(text.substr(end + 1))) {
    return form_of(text.substr(0, end)) == NameForm::name ? NameForm::repeat : NameForm::other;
  }
  while (end < text.size() && text[end] == '-') {
    std::size_t part = end + 1;
    while (part < text.size() && is_name_part(text[part])) ++part;
    if (part == end + 1) return NameForm::other;
    end = part;
  }
  return end == text.size() && end <= name_bytes_max ? NameForm::word : NameForm::other;
}

std::string_view base_of(std::string_view repeat) { return repeat.substr(0, repeat.find('.')); }

bool is_subject(std::string_view text) {
  return !text.empty() && text.size() <= subject_bytes_max &&
         std::all_of(text.begin(), text.end(), is_subject_part);
}

std::optional<std::string> story_fault(std::string_view line) {
  if (line.size() > story_line_bytes_max)
    return "a line of " + std::to_string(line.size()) + " bytes";
  for (std::string_view rest = line; !rest.empty();) {
    const std::size_t length = sequence_length(rest);
    const std::uint32_t code = length == 0 ? 0 : code_point(rest.substr(0, length));
    if (length == 0 || is_control(code)) {
      const std::string_view before = line.substr(0, line.size() - rest.size());
      return (length == 0 ? "byte 0x" + hex(static_cast<unsigned char>(rest[0]), 2)
                          : "U+" + hex(code, 4)) +
             (before.empty() ? " at its start" : " after " + in_quotes(before));
    }
    rest.remove_prefix(length);
  }
  if (line.ends_with(' ')) return "a blank at its end";
  return std::nullopt;
}

std::string hint(std::string_view text, std::span<const std::string_view> candidates) {
  if (text.size() > name_bytes_max) return {};
  std::size_t nearest = std::max<std::size_t>(text.size() / 3, 1) + 1;
  std::string found;
  for (const std::string_view candidate : candidates) {
    const std::size_t edits = distance(text, candidate);
    if (edits >= nearest || edits >= candidate.size()) continue;
    nearest = edits;
    found = " (did you mean " + in_quotes(candidate) + "?)";
  }
  return found;
}

std::string in_quotes(std::string_view text) {
  constexpr std::size_t shown_max = name_bytes_max + 16;
  std::string shown(text.substr(0, shown_max));
  for (char& letter : shown)
    if (letter < ' ' || letter > '~') letter = '?';
  return "'" + shown + (text.size() > shown_max ? "...'" : "'");
}

}  // namespace midstride::model
