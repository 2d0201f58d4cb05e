#include "cli/table.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>

#include "cli/words.hpp"
#include "properties/guarantees.hpp"

namespace midstride::cli {

namespace {

using properties::CampaignResult;
using properties::Standing;
using properties::Violated;

enum class Kind : std::uint8_t { held, found, open, failed, idle, not_judged };
struct Cell {
  Kind kind = Kind::not_judged;
  std::string text;
};

Cell cell_of(const CampaignResult& campaign, std::uint32_t guarantee) {
  if (const Violated* worst = worst_of(campaign, guarantee)) {
    const std::string run = rounded(worst->first_run);
    switch (worst->standing) {
      case Standing::unclaimed: return {Kind::open, "open " + run};
      case Standing::expected: return {Kind::found, "found " + run};
      case Standing::failure: return {Kind::failed, "FAIL " + run};
    }
  }
  if (campaign.judged[guarantee] == 0) return {Kind::not_judged, "-"};
  const std::uint64_t exercised = campaign.exercised[guarantee];
  if (exercised == 0) return {Kind::idle, "idle"};
  return {Kind::held, "held " + rounded(exercised)};
}

std::string painted(const Cell& cell, std::size_t width, Paint paint) {
  const std::string text = fmt::format("{:<{}}", cell.text, width);
  switch (cell.kind) {
    case Kind::held: return paint.good(text);
    case Kind::found:
    case Kind::open: return paint.expected(text);
    case Kind::failed: return paint.bad(text);
    case Kind::idle:
    case Kind::not_judged: return paint.quiet(text);
  }
  return text;
}

constexpr std::array<std::pair<Kind, std::string_view>, 6> legend = {{
    {Kind::held, "held N: not violated; N runs exercised it"},
    {Kind::found, "found N: violated in run N, as expected: given up by design"},
    {Kind::open, "open N: violated in run N; nobody promised anything"},
    {Kind::failed, "FAIL N: violated in run N though promised"},
    {Kind::idle, "idle: judged, but no run exercised it"},
    {Kind::not_judged, "-: not judged"},
}};

// A subject's name in lines: model/, in-place, +quiescence.
std::vector<std::string> heading(const std::string& subject) {
  std::vector<std::string> lines(1);
  for (const char letter : subject) {
    if (letter == '+') lines.emplace_back();
    lines.back() += letter;
    if (letter == '/') lines.emplace_back();
  }
  return lines;
}

struct Column {
  const CampaignResult* campaign;
  std::vector<std::string> heading;
  std::vector<Cell> cells;
  std::size_t width = 0;
};

Column column_of(const CampaignResult& campaign) {
  Column column{&campaign, heading(campaign.subject), {}, 0};
  for (std::uint32_t at = 0; at < properties::guarantees().size(); ++at)
    column.cells.push_back(cell_of(campaign, at));
  for (const std::string& line : column.heading) column.width = std::max(column.width, line.size());
  for (const Cell& cell : column.cells) column.width = std::max(column.width, cell.text.size());
  return column;
}

std::string trimmed(std::string line) {
  line.erase(line.find_last_not_of(' ') + 1);
  return line + "\n";
}

}  // namespace

const Violated* worst_of(const CampaignResult& campaign, std::uint32_t guarantee) {
  const Violated* worst = nullptr;
  for (const Violated& violated : campaign.violated) {
    if (violated.guarantee != guarantee) continue;
    if (worst == nullptr || violated.standing > worst->standing) worst = &violated;
  }
  return worst;
}

std::string table(const std::vector<const CampaignResult*>& campaigns, Paint paint,
                  std::size_t width) {
  std::size_t margin = 0;
  for (const model::Guarantee& guarantee : properties::guarantees())
    margin = std::max(margin, guarantee.name.size());
  std::vector<Column> columns;
  for (const CampaignResult* campaign : campaigns) columns.push_back(column_of(*campaign));

  std::string text;
  for (std::size_t first = 0; first < columns.size();) {
    std::size_t last = first;
    std::size_t used = margin;
    std::size_t heads = 0;
    while (last < columns.size() && (last == first || used + 2 + columns[last].width <= width)) {
      used += 2 + columns[last].width;
      heads = std::max(heads, columns[last].heading.size());
      ++last;
    }
    for (std::size_t head = 0; head < heads; ++head) {
      std::string line(margin, ' ');
      for (std::size_t at = first; at < last; ++at) {
        const auto& lines = columns[at].heading;
        line += fmt::format("  {:<{}}", head < lines.size() ? lines[head] : "", columns[at].width);
      }
      text += paint.strong(trimmed(line));
    }
    for (std::size_t row = 0; row < properties::guarantees().size(); ++row) {
      std::string line = fmt::format("{:<{}}", properties::guarantees()[row].name, margin);
      for (std::size_t at = first; at < last; ++at)
        line += "  " + painted(columns[at].cells[row], columns[at].width, paint);
      text += trimmed(line);
    }
    text += "\n";
    first = last;
  }
  for (const auto& [kind, meaning] : legend) {
    const bool occurs = std::any_of(columns.begin(), columns.end(), [&](const Column& column) {
      return std::any_of(column.cells.begin(), column.cells.end(),
                         [&](const Cell& cell) { return cell.kind == kind; });
    });
    if (occurs) text += fmt::format("  {}\n", meaning);
  }
  return text;
}

}  // namespace midstride::cli
