#include "cli/words.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "cli/said.hpp"

namespace midstride::cli {

std::string painted(Happening::Kind kind, std::string_view text, Paint paint) {
  switch (kind) {
    case Happening::Kind::plain: break;
    case Happening::Kind::error: return paint.expected(text);
    case Happening::Kind::bookkeeping: return paint.quiet(text);
  }
  return std::string(text);
}

std::string grouped(std::uint64_t number) {
  std::string digits = std::to_string(number);
  for (std::size_t at = digits.size(); at > 3; at -= 3) digits.insert(at - 3, ",");
  return digits;
}

std::string rounded(std::uint64_t number) {
  constexpr std::string_view units = " kMGTPE";
  std::size_t unit = 0;
  std::uint64_t whole = number, tenths = 0;
  for (; whole >= 1000; whole /= 1000, ++unit) tenths = whole % 1000 / 100;
  if (unit == 0) return std::to_string(number);
  if (whole >= 10) return fmt::format("{}{}", whole, units[unit]);
  return fmt::format("{}.{}{}", whole, tenths, units[unit]);
}

std::string counted(std::uint64_t number, std::string_view noun) {
  return fmt::format("{} {}{}", grouped(number), noun, number == 1 ? "" : "s");
}

std::vector<std::string> wrapped(const std::string& text, std::size_t width, std::size_t indent) {
  std::vector<std::string> lines;
  std::string rest = std::string(indent, ' ') + text;
  while (rest.size() > width) {
    std::size_t cut = rest.rfind(' ', width);
    if (cut == std::string::npos || cut <= indent + 2) cut = width;
    lines.push_back(rest.substr(0, cut));
    const std::size_t next = std::min(rest.find_first_not_of(' ', cut), rest.size());
    rest = std::string(std::min(indent + 2, width / 2), ' ') + rest.substr(next);
  }
  lines.push_back(rest);
  return lines;
}

std::string events_of(model::EventMask mask) {
  std::string names;
  for (std::size_t kind = 0; kind < model::event_kind_count; ++kind) {
    if ((mask >> kind & 1) == 0) continue;
    names += (names.empty() ? "" : " ") + std::string(name_of(static_cast<model::EventKind>(kind)));
  }
  return names.empty() ? "none" : names;
}

std::string replay_prefix(std::string_view subject, std::string_view policy,
                          const std::optional<model::Granularity>& granularity) {
  std::string command = fmt::format("midstride replay --subject {}", subject);
  if (policy != "random") command += fmt::format(" --policy {}", policy);
  if (granularity) command += fmt::format(" --granularity {}", model::name_of(*granularity));
  return pasted(command + " --seed");
}

std::string replay_command(std::uint64_t run_seed, std::string_view subject,
                           std::string_view policy,
                           const std::optional<model::Granularity>& granularity) {
  return fmt::format("{} {}", replay_prefix(subject, policy, granularity), run_seed);
}

std::string fuzz_command(const properties::CampaignResult& campaign, std::uint64_t seed,
                         std::string_view policy,
                         const std::optional<model::Granularity>& granularity) {
  std::string command =
      fmt::format("midstride fuzz --subject {} --seed {} --runs {} --keep-going", campaign.subject,
                  seed, std::max<std::uint64_t>(campaign.runs, 1));
  if (policy != "random") command += fmt::format(" --policy {}", policy);
  if (granularity) command += fmt::format(" --granularity {}", model::name_of(*granularity));
  return pasted(command);
}

}  // namespace midstride::cli
