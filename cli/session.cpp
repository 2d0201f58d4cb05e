#include "cli/session.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "cli/words.hpp"

namespace midstride::cli {

std::string session(const std::vector<Happening>& lines, const model::Runner& runner, Paint paint) {
  std::size_t width = 0;
  for (const Happening& line : lines)
    width = std::max(width, name_of(line.who, runner.tables()).size());
  std::string text;
  for (const Happening& line : lines) {
    const std::string margin(width + 2 + 2 * line.depth, ' ');
    std::string shown = line.text;
    for (std::size_t at = shown.find('\n'); at != std::string::npos; at = shown.find('\n', at + 1))
      shown.insert(at + 1, margin);
    const std::string name = name_of(line.who, runner.tables());
    text += paint.strong(fmt::format("{:<{}}", name, width)) + margin.substr(width) +
            painted(line.kind, shown, paint) + "\n";
    for (const std::uint32_t guarantee : line.violated) {
      text += margin +
              paint.bad(fmt::format("^ violates {}", runner.guarantees()[guarantee].name)) + "\n";
    }
  }
  return text;
}

}  // namespace midstride::cli
