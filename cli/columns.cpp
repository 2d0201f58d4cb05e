#include "cli/columns.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "cli/words.hpp"

namespace midstride::cli {

namespace {

constexpr std::size_t least_width = 14;
constexpr std::size_t gap = 2;

struct Cell {
  Happening::Kind kind = Happening::Kind::plain;
  bool marked = false;  // tells of a violation
  std::string text;
};
struct Column {
  Who who;
  std::string name;
  std::size_t width = 0;
};

std::vector<Cell> cells_of(const Happening& line, const model::Runner& runner, std::size_t width) {
  std::vector<Cell> cells;
  const std::size_t indent = std::min<std::size_t>(2 * line.depth, width / 4);
  const auto add = [&](const std::string& text, bool marked) {
    for (std::string& one : wrapped(text, width, indent))
      cells.push_back({line.kind, marked, std::move(one)});
  };
  for (std::size_t from = 0; from <= line.text.size();) {
    const std::size_t to = std::min(line.text.find('\n', from), line.text.size());
    add(line.text.substr(from, to - from), false);
    from = to + 1;
  }
  for (const std::uint32_t guarantee : line.violated)
    add(fmt::format("^ violates {}", runner.guarantees()[guarantee].name), true);
  return cells;
}

// What each column would like, cut down, widest first, until all of them fit.
void set_widths(std::vector<Column>& all, const std::vector<Happening>& lines,
                const model::Runner& runner, std::size_t width) {
  for (Column& column : all) {
    column.width = column.name.size();
    for (const Happening& line : lines) {
      if (line.who != column.who) continue;
      for (const Cell& cell : cells_of(line, runner, std::string::npos / 2))
        column.width = std::max(column.width, cell.text.size());
    }
  }
  const auto total = [&] {
    std::size_t sum = all.empty() ? 0 : gap * (all.size() - 1);
    for (const Column& column : all) sum += column.width;
    return sum;
  };
  while (total() > width) {
    Column& widest = *std::max_element(
        all.begin(), all.end(),
        [](const Column& left, const Column& right) { return left.width < right.width; });
    if (widest.width <= least_width) return;
    --widest.width;
  }
}

}  // namespace

std::string columns(const std::vector<Happening>& lines, const model::Runner& runner, Paint paint,
                    std::size_t width) {
  std::vector<Column> all;
  for (const Happening& line : lines) {
    const bool known = std::any_of(all.begin(), all.end(),
                                   [&](const Column& column) { return column.who == line.who; });
    if (!known) all.push_back({line.who, name_of(line.who, runner.tables()), 0});
  }
  std::sort(all.begin(), all.end(),
            [](const Column& left, const Column& right) { return left.who < right.who; });
  set_widths(all, lines, runner, width);

  std::string names, rules;
  for (const Column& column : all) {
    names += fmt::format("{:<{}}", column.name, column.width + gap);
    rules += fmt::format("{:-<{}}{:{}}", "", column.width, "", gap);
  }
  for (std::string* head : {&names, &rules}) head->erase(head->find_last_not_of(' ') + 1);
  std::string text = paint.strong(names) + "\n" + paint.quiet(rules) + "\n";
  for (const Happening& line : lines) {
    std::size_t before = 0;
    auto own = all.begin();
    for (; own->who != line.who; ++own) before += own->width + gap;
    for (const Cell& cell : cells_of(line, runner, own->width)) {
      const std::string shown =
          cell.marked ? paint.bad(cell.text) : painted(cell.kind, cell.text, paint);
      text += std::string(before, ' ') + shown + "\n";
    }
  }
  return text;
}

}  // namespace midstride::cli
