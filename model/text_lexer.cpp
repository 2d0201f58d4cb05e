#include "model/text_lexer.hpp"

#include <algorithm>

#include "model/names.hpp"

namespace midstride::model {

namespace {

bool is_blank(char letter) { return letter == ' ' || letter == '\t' || letter == '\r'; }

std::string_view without_blanks_at_end(std::string_view line) {
  while (!line.empty() && is_blank(line.back())) line.remove_suffix(1);
  return line;
}

// The first index from `at` on whose letter does not fit.
template <class Fits>
std::size_t skip(std::string_view text, std::size_t at, Fits fits) {
  while (at < text.size() && fits(text[at])) ++at;
  return at;
}

}  // namespace

// The line that begins at next_, without its end.
std::string_view Lexer::peek_line() {
  return text_.substr(next_, std::min(text_.find('\n', next_), text_.size()) - next_);
}

void Lexer::begin_line(std::string_view line) {
  next_ = std::min(next_ + line.size() + 1, text_.size());
  ++line_number_;
  line_ = without_blanks_at_end(line);
  begin_ = skip(line_, 0, [](char letter) { return letter == ' '; });
  indentation_ = static_cast<std::uint32_t>(begin_);
  token_ = {};
  advance();
}

void Lexer::next_line() {
  while (next_ < text_.size()) {
    begin_line(peek_line());
    if (token_.kind != Token::Kind::end) return;
  }
  stop();
  if (text_.empty() || text_.ends_with('\n')) {
    ++line_number_;
    begin_ = 0;
  }
}

void Lexer::stop() {
  next_ = text_.size();
  at_end_ = true;
  indentation_ = 0;
  line_ = line_.substr(0, begin_);
  token_ = {};
}

std::optional<std::string_view> Lexer::next_comment() {
  if (next_ >= text_.size()) return std::nullopt;
  const std::string_view line = peek_line();
  const std::size_t begin = skip(line, 0, [](char letter) { return letter == ' '; });
  if (begin == line.size() || line[begin] != '#') return std::nullopt;
  begin_line(line);
  return line_.substr(begin + 1);
}

void Lexer::advance() {
  begin_ = skip(line_, begin_ + token_.text.size(), [](char letter) { return letter == ' '; });
  if (begin_ == line_.size() || line_[begin_] == '#') {
    token_ = {};
    return;
  }
  const char first = line_[begin_];
  std::size_t end = begin_ + 1;
  Token::Kind kind = Token::Kind::other;
  if (is_name_start(first)) {
    kind = Token::Kind::name;
    end = skip(line_, end, is_name_part);
  } else if (is_digit(first)) {
    kind = Token::Kind::number;
    end = skip(line_, end, is_digit);
  } else if (std::string_view("(){}.,:=-").find(first) != std::string_view::npos) {
    kind = Token::Kind::symbol;
    if (line_.substr(begin_).starts_with("->")) ++end;
  }
  token_ = {kind, line_.substr(begin_, end - begin_)};
}

std::string_view Lexer::take_until(std::size_t end) {
  const std::string_view taken = line_.substr(begin_, end - begin_);
  token_.text = taken;
  advance();
  return taken;
}

std::string_view Lexer::take_word() {
  std::size_t end = begin_ + token_.text.size();
  const auto goes_on = [&] {
    const char next = end + 1 < line_.size() ? line_[end + 1] : ' ';
    return (line_[end] == '-' && is_name_part(next)) || (line_[end] == '.' && is_digit(next));
  };
  while (end < line_.size() && goes_on()) end = skip(line_, end + 1, is_name_part);
  return take_until(end);
}

std::string_view Lexer::take_subject() { return take_until(skip(line_, begin_, is_subject_part)); }

}  // namespace midstride::model
