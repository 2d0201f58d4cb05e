#include "model/text_reading.hpp"

#include <algorithm>
#include <charconv>

namespace midstride::model {

void Reading::glance() {
  if (text_.size() > text_bytes_max)
    return fail({}, "a text of at most " + std::to_string(text_bytes_max) + " bytes",
                std::to_string(text_.size()));
  std::uint32_t line = 1;
  for (std::size_t begin = 0; begin < text_.size(); ++line) {
    const std::size_t end = std::min(text_.find('\n', begin), text_.size());
    if (end - begin > text_line_bytes_max)
      return fail({line, static_cast<std::uint32_t>(text_line_bytes_max + 1)},
                  "a line of at most " + std::to_string(text_line_bytes_max) + " bytes", "more");
    glance_at(text_.substr(begin, end - begin));
    begin = end + 1;
  }
}

void Reading::glance_at(std::string_view line) {
  constexpr std::pair<std::string_view, Role> declarations[] = {{"module ", Role::module},
                                                                {"channel ", Role::channel},
                                                                {"peek ", Role::peek},
                                                                {"poke ", Role::poke},
                                                                {"flush ", Role::flush}};
  for (const auto& [word, role] : declarations) {
    if (!line.starts_with(word)) continue;
    Lexer rest(line.substr(word.size()));
    rest.next_line();
    if (rest.token().kind == Token::Kind::name) known(rest.token().text).role = role;
  }
}

void Reading::fail(TextPlace place, std::string_view expected, std::string_view found) {
  if (error_) return;
  error_ = TextError{{}, place.line, place.column, std::string(expected), std::string(found)};
  lexer_.stop();
}

void Reading::fail_here(std::string_view expected, std::string_view remark) {
  if (!error_) fail(here(), expected, found().append(remark));
}

void Reading::fail_when_more(std::size_t count, std::size_t max, std::string_view what) {
  if (count > max) fail(here(), "at most " + std::to_string(max) + " " + std::string(what), "more");
}

std::string Reading::found() const {
  const std::string_view text = lexer_.token().text;
  switch (lexer_.token().kind) {
    case Token::Kind::end: return lexer_.at_end() ? "the end of the text" : "the end of the line";
    case Token::Kind::name:
      return (form_of(text) == NameForm::keyword ? "the keyword " : "") + in_quotes(text);
    case Token::Kind::number:
    case Token::Kind::symbol: return in_quotes(text);
    case Token::Kind::other: break;
  }
  const auto byte = static_cast<unsigned char>(text[0]);
  if (byte == '\t') return "a tab (indentation and gaps are spaces)";
  if (byte > ' ' && byte <= '~') return in_quotes(text);
  constexpr std::string_view digits = "0123456789abcdef";
  return {'b', 'y', 't', 'e', ' ', '0', 'x', digits[byte >> 4], digits[byte & 15]};
}

bool Reading::accept(std::string_view token) {
  if (!at(token)) return false;
  lexer_.advance();
  return true;
}

void Reading::expect(std::string_view token) {
  if (!accept(token)) fail_here(in_quotes(token));
}

void Reading::end_line() {
  if (!at(Token::Kind::end)) return fail_here("the end of the line");
  lexer_.next_line();
}

Reading::Name& Reading::known(std::string_view text) {
  const auto [entry, is_new] = known_.try_emplace(text);
  Name& name = entry->second;
  if (is_new) {
    name.id = {static_cast<std::uint32_t>(names_.size())};
    name.form = form_of(text);
    names_.emplace_back(text);
    fail_when_more(names_.size(), names_max, "different names");
  }
  return name;
}

Reading::Name Reading::name(std::string_view expected) {
  if (!at(Token::Kind::name)) return fail_here(expected), Name{};
  const std::string_view text = lexer_.token().text;
  const Name found = known(text);
  if (found.form == NameForm::other) fail_length(here(), text);
  if (found.form != NameForm::name) return fail_here(expected), Name{};
  lexer_.advance();
  return found;
}

void Reading::fail_length(TextPlace place, std::string_view text) {
  fail(place, "a name of at most " + std::to_string(name_bytes_max) + " characters",
       "one of " + std::to_string(text.size()));
}

NameId Reading::attribute() {
  if (!at("class")) return name("an attribute's name").id;
  lexer_.advance();
  return known("class").id;
}

NameId Reading::word(std::string_view expected) { return taken(expected, is_word); }

NameId Reading::repeat(std::string_view expected) {
  return taken(expected,
               [](NameForm form) { return form == NameForm::name || form == NameForm::repeat; });
}

NameId Reading::anything(std::string_view expected) {
  return taken(expected, [](NameForm form) { return form != NameForm::other; });
}

NameId Reading::taken(std::string_view expected, bool (*allowed)(NameForm)) {
  if (!at(Token::Kind::name)) return fail_here(expected), NameId::none();
  const TextPlace place = here();
  const std::string_view text = lexer_.take_word();
  const Name found = known(text);
  if (allowed(found.form)) return found.id;
  if (text.size() > name_bytes_max) fail_length(place, text);
  fail(place, expected, (found.form == NameForm::keyword ? "the keyword " : "") + in_quotes(text));
  return NameId::none();
}

std::uint64_t Reading::number(std::string_view expected, std::uint64_t max) {
  if (!at(Token::Kind::number)) return fail_here(expected), 0;
  const std::string_view text = lexer_.token().text;
  std::uint64_t value = 0;
  const auto result = std::from_chars(text.data(), text.data() + text.size(), value);
  if (result.ec != std::errc{} || value > max)
    fail_here("a number of at most " + std::to_string(max));
  lexer_.advance();
  return value;
}

TextPlace Reading::place_of(Where where) const {
  const auto marked = [&](Where wanted) {
    return std::find_if(marks_.rbegin(), marks_.rend(),
                        [&](const auto& mark) { return mark.first == wanted; });
  };
  auto found = marked(where);
  if (found == marks_.rend()) found = marked(where.at(Where::whole));
  return found == marks_.rend() ? TextPlace{} : found->second;
}

}  // namespace midstride::model
