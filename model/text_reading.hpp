// One reading of one text: its tokens, the names met so far, and the first error. What the
// functions that know the grammar share (text_statements.cpp, text_reader.cpp).
//
// The first error stays and ends the text for the lexer. So every loop over tokens ends and every
// function returns without asking; what it made is thrown away.
#pragma once

#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "model/names.hpp"
#include "model/scenario.hpp"
#include "model/text.hpp"
#include "model/text_lexer.hpp"
#include "model/well_formed.hpp"

namespace midstride::model {

struct TextPlace {
  std::uint32_t line = 1;
  std::uint32_t column = 1;
};

class Reading {
 public:
  // What the text declares a name as, where the grammar depends on it.
  enum class Role : std::uint8_t { none, module, channel, peek, poke, flush };
  struct Name {
    NameId id;
    NameForm form = NameForm::other;
    Role role = Role::none;
  };

  // The text must outlive the reading.
  explicit Reading(std::string_view text) : text_(text), lexer_(text) {}

  // To be called first. Checks the length of the text and of its lines, and finds out which names
  // are declared as what: they may be used before. (A declaration stands at the start of its line.)
  void glance();

  void fail(TextPlace place, std::string_view expected, std::string_view found);
  // The current token is what was found; the remark follows it.
  void fail_here(std::string_view expected, std::string_view remark = {});
  void fail_when_more(std::size_t count, std::size_t max, std::string_view what);
  // To be called before each is made, so that a hostile text does not fill the memory.
  void count_declaration() { fail_when_more(++declarations_, names_max, "declarations"); }
  void count_line() { fail_when_more(++lines_, lines_max, lines_limit); }
  void count_node() { fail_when_more(++nodes_, nodes_max, nodes_limit); }
  const std::optional<TextError>& error() const { return error_; }
  TextPlace here() const { return {lexer_.line(), lexer_.column()}; }

  Lexer& lexer() { return lexer_; }
  bool at_end() const { return lexer_.at_end(); }
  bool at(std::string_view token) const { return lexer_.token().text == token; }
  bool at(Token::Kind kind) const { return lexer_.token().kind == kind; }
  bool accept(std::string_view token);
  void expect(std::string_view token);
  // Nothing more on this line: goes to the next.
  void end_line();

  // Each takes what it is named for, or fails and gives the default. What a name may be where it
  // stands is checked later, on the value.
  Name name(std::string_view expected);
  NameId attribute();                          // a name or `class`
  NameId word(std::string_view expected);      // a name, a keyword or round-robin
  NameId repeat(std::string_view expected);    // a name or w.2
  NameId anything(std::string_view expected);  // any of these
  std::uint64_t number(std::string_view expected,
                       std::uint64_t max = std::numeric_limits<std::uint32_t>::max());

  Name& known(std::string_view text);
  const std::string& text_of(NameId id) const { return names_[id.value]; }
  std::vector<std::string> take_names() { return std::move(names_); }

  // Remembers where a part of the value was read, for errors that are found on the value. The last
  // place counts.
  void mark(Where where, TextPlace place) { marks_.emplace_back(where, place); }
  TextPlace place_of(Where where) const;

 private:
  void glance_at(std::string_view line);
  std::string found() const;
  void fail_length(TextPlace place, std::string_view text);
  NameId taken(std::string_view expected, bool (*allowed)(NameForm));

  std::string_view text_;
  Lexer lexer_;
  std::optional<TextError> error_;
  std::map<std::string_view, Name> known_;
  std::vector<std::string> names_;  // by NameId
  std::vector<std::pair<Where, TextPlace>> marks_;
  std::size_t declarations_ = 0;
  std::size_t lines_ = 0;
  std::size_t nodes_ = 0;
};

}  // namespace midstride::model
