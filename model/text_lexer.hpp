// Cuts a scenario's text into lines and those into tokens, on demand and without copying. Blank
// lines and comments are no lines here; indentation is a number of spaces, and a tab is a token
// that no rule wants. Anything else that is out of place is a token too: it is the reader who
// complains.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace midstride::model {

struct Token {
  enum class Kind : std::uint8_t {
    end,     // of the line, or of the text
    name,    // or keyword
    number,  // digits
    symbol,  // one of ( ) { } . , : = - or ->
    other,   // one byte that begins nothing
  };
  Kind kind = Kind::end;
  std::string_view text;
};

class Lexer {
 public:
  // The text must outlive the lexer. It begins before the first line.
  explicit Lexer(std::string_view text) : text_(text) {}

  // Goes to the next line that has a token, and to that token; at the end of the text, to its end.
  void next_line();
  // The text after # if the very next line is a comment, and goes past it.
  std::optional<std::string_view> next_comment();
  // Ends the text here: from now on there are no more lines and tokens.
  void stop();

  bool at_end() const { return at_end_; }
  // Leading spaces of the current line; 0 at the end of the text.
  std::uint32_t indentation() const { return indentation_; }
  // Of the current token, from 1. The column counts bytes.
  std::uint32_t line() const { return line_number_; }
  std::uint32_t column() const { return static_cast<std::uint32_t>(begin_ + 1); }

  const Token& token() const { return token_; }
  void advance();
  // The current token, lengthened by what also belongs to a word (round-robin), a repeat (w.2) or a
  // subject (model/in-place). The token after it is current then.
  std::string_view take_word();
  std::string_view take_subject();

 private:
  std::string_view peek_line();
  void begin_line(std::string_view line);
  std::string_view take_until(std::size_t end);

  std::string_view text_;
  std::size_t next_ = 0;  // where in text_ the line after the current one begins
  std::string_view line_;
  std::size_t begin_ = 0;  // of the current token in line_
  std::uint32_t line_number_ = 0;
  std::uint32_t indentation_ = 0;
  bool at_end_ = false;
  Token token_;
};

}  // namespace midstride::model
