#include "properties/claims.hpp"

#include <algorithm>
#include <array>
#include <vector>

#include "model/subjects.hpp"

namespace midstride::properties {

namespace {

using model::EventKind;
using model::Granularity;

bool reloads_neither_failed_nor_overlapped(const model::Run& run) {
  const model::Tables& tables = run.tables();
  std::uint32_t open = 0;
  for (const model::Event& event : run.trace().events()) {
    const bool reload =
        event.kind() >= EventKind::reload_begin && event.kind() <= EventKind::reload_reject;
    if (!reload || tables.attempts[event.a].reload == model::no_reload) continue;
    switch (event.kind()) {
      case EventKind::reload_begin:
        if (++open > 1) return false;
        break;
      case EventKind::reload_commit: --open; break;
      case EventKind::reload_fail: return false;
      default: break;
    }
  }
  return true;
}

bool nothing_held_could_lose_its_name(const model::Run& run) {
  const model::Scenario& scenario = run.scenario();
  // The names that a version defines, functions and methods by qualified name, classes with their
  // base, in order.
  const auto defined = [](const model::Version& version) {
    std::vector<std::array<std::uint32_t, 5>> names;
    std::uint32_t class_name = model::NameId::no_value;
    std::uint32_t depth = 0;
    for (const model::Line& line : version.lines) {
      if (line.kind == model::LineKind::def_ || line.kind == model::LineKind::class_) {
        const bool based = line.kind == model::LineKind::class_ && !line.nodes.empty();
        names.push_back({class_name, line.name.value, static_cast<std::uint32_t>(line.kind),
                         based ? line.nodes[0].module.value : model::NameId::no_value,
                         based ? line.nodes[0].name.value : model::NameId::no_value});
      }
      if (line.kind == model::LineKind::class_) class_name = line.name.value;
      if (model::opens_block(line.kind)) ++depth;
      if (line.kind == model::LineKind::end && --depth == 0) class_name = model::NameId::no_value;
    }
    std::sort(names.begin(), names.end());
    return names;
  };
  for (std::size_t m = 0; m < scenario.modules.size(); ++m) {
    const std::vector<model::Version>& versions = scenario.modules[m].versions;
    for (std::size_t v = 0; v < versions.size(); ++v) {
      if (!run.program().modules[m].versions[v].only_defines) return false;
      if (defined(versions[v]) != defined(versions.front())) return false;
    }
  }
  return true;
}

bool no_super_names_its_class(const model::Run& run) {
  const auto names_it = [](const model::Op& op) {
    return op.code == model::OpCode::super_ && op.argc == 2;
  };
  return std::none_of(run.program().ops.begin(), run.program().ops.end(), names_it);
}

constexpr std::array<Predicate, 3> predicate_table{{
    {"no-failed-or-overlapping-reload", "no reload failed, and no two were under way at one time",
     reloads_neither_failed_nor_overlapped},
    {"same-definitions",
     "every version of a module defines the same functions, classes with their bases and methods, "
     "and does nothing else",
     nothing_held_could_lose_its_name},
    {"super-without-names", "no code says super(X, self), in which X is looked up by its name",
     no_super_names_its_class},
}};
constexpr const Predicate* no_failed_or_overlapping = &predicate_table[0];
constexpr const Predicate* same_definitions = &predicate_table[1];
constexpr const Predicate* super_without_names = &predicate_table[2];

constexpr auto ops = Granularity::ops;
constexpr auto safepoints = Granularity::safepoints;
constexpr auto yields = Granularity::yields;

constexpr Claim holds(std::string_view subject, std::string_view guarantee) {
  return {subject, std::nullopt, guarantee, Promise::holds, 0, nullptr};
}
constexpr Claim holds_at(std::string_view subject, Granularity granularity,
                         std::string_view guarantee) {
  return {subject, granularity, guarantee, Promise::holds, 0, nullptr};
}
// Within so many runs, at every granularity.
constexpr Claim given_up(std::string_view subject, std::string_view guarantee,
                         std::uint32_t runs_max) {
  return {subject, std::nullopt, guarantee, Promise::given_up, runs_max, nullptr};
}
constexpr Claim given_up_at(std::string_view subject, Granularity granularity,
                            std::string_view guarantee, std::uint32_t runs_max) {
  return {subject, granularity, guarantee, Promise::given_up, runs_max, nullptr};
}
constexpr Claim holds_if(const Predicate* predicate, std::string_view subject,
                         std::string_view guarantee, std::uint32_t runs_max) {
  return {subject, std::nullopt, guarantee, Promise::conditional, runs_max, predicate};
}

// More particular patterns first: the first match counts.
constexpr std::array claim_table{
    // What nobody may break.
    holds("*", "activation"),
    holds("*", "locals"),
    holds("*", "method-identity"),
    holds("*", "scheduler"),
    holds("*", "whole-call"),
    holds("*", "deterministic"),

    // A held method or function goes on running what it was taken from.
    given_up("model/in-place*", "method-behaviour", 500),
    given_up("cpython/code-swap", "method-behaviour", 500),
    holds("*", "method-behaviour"),

    // Old code, by reclamation policy.
    given_up("model/*+immediate*", "no-early-free", 200),
    given_up("model/*+immediate*", "no-use-after-free", 200),
    holds_if(same_definitions, "model/in-place+quiescence*", "no-early-free", 8000),
    holds_if(same_definitions, "model/in-place+quiescence*", "no-use-after-free", 20000),
    given_up("model/*+quiescence*", "no-early-free", 200),
    given_up("model/*+quiescence*", "no-use-after-free", 1000),
    holds("model/*", "no-early-free"),
    holds("model/*", "no-use-after-free"),

    // Atomicity.
    given_up("model/overwrite*", "failed-reload", 500),
    given_up("cpython/importlib", "failed-reload", 500),
    holds("model/*", "failed-reload"),
    given_up("model/overwrite*", "isolation", 1000),
    holds_at("model/in-place*", yields, "isolation"),
    given_up_at("model/in-place*", safepoints, "isolation", 1000),
    given_up_at("model/in-place*", ops, "isolation", 1000),
    given_up("cpython/importlib", "isolation", 1000),
    given_up("cpython/code-swap", "isolation", 500),
    holds("model/swap*", "isolation"),

    // Freshness and order.
    holds_if(no_failed_or_overlapping, "model/overwrite*", "fresh", 500),
    holds_if(no_failed_or_overlapping, "cpython/importlib", "fresh", 500),
    holds("model/swap*", "fresh"),
    holds("model/in-place*", "fresh"),
    given_up("model/overwrite*", "monotone", 3000),
    holds_at("model/in-place*", yields, "monotone"),
    given_up_at("model/in-place*", safepoints, "monotone", 3000),
    given_up_at("model/in-place*", ops, "monotone", 3000),
    holds("model/swap*", "monotone"),
    given_up("model/overwrite*", "serial", 200),
    holds("model/swap*", "serial"),
    holds("model/in-place*", "serial"),

    // Consistency.
    given_up("*", "version-consistent", 500),

    holds("model/swap*", "dependants"),
    holds("model/in-place*", "dependants"),
    given_up("model/overwrite*", "dependants", 2000),

    // Classes and their instances.
    given_up("model/overwrite*", "identity", 500),
    given_up("model/swap*", "identity", 500),
    holds("model/in-place*", "identity"),
    given_up("cpython/importlib", "identity", 500),
    given_up("cpython/importlib", "dependants", 500),
    holds("cpython/code-swap", "dependants"),
    holds("cpython/code-swap", "identity"),
    // What is running when a reload commits does not get as far: its code is gone.
    holds_at("model/*+immediate*", yields, "super"),
    holds_if(super_without_names, "model/overwrite*", "super", 2000),
    holds_if(super_without_names, "model/swap*", "super", 2000),
    holds_if(same_definitions, "model/in-place*", "super", 3000),
    holds_if(super_without_names, "cpython/importlib", "super", 2000),

    // Over two runs.
    given_up("model/overwrite*", "no-op", 1000),
    given_up("model/swap*", "no-op", 3000),
    holds("model/in-place*", "no-op"),
    given_up("cpython/importlib", "no-op", 1000),
};

}  // namespace

std::span<const Predicate> predicates() { return predicate_table; }
std::span<const Claim> claims() { return claim_table; }

// Greedy from the left, falling back to the last star.
bool matches(std::string_view pattern, std::string_view name) {
  std::size_t p = 0;
  std::size_t n = 0;
  std::size_t star = std::string_view::npos;
  std::size_t resume = 0;
  while (n < name.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      resume = n;
    } else if (p < pattern.size() && pattern[p] == name[n]) {
      ++p;
      ++n;
    } else if (star != std::string_view::npos) {
      p = star + 1;
      n = ++resume;
    } else {
      return false;
    }
  }
  while (p < pattern.size() && pattern[p] == '*') ++p;
  return p == pattern.size();
}

const Claim* claim_on(std::string_view subject, Granularity granularity,
                      std::string_view guarantee) {
  constexpr std::string_view of_mutant = "mutant/";
  if (subject.starts_with(of_mutant)) {
    const model::Mutant* mutant = model::find_mutant(subject.substr(of_mutant.size()));
    if (mutant != nullptr) subject = mutant->base;
  }
  for (const Claim& claim : claim_table) {
    const bool here = !claim.granularity || *claim.granularity == granularity;
    if (here && claim.guarantee == guarantee && matches(claim.subject, subject)) return &claim;
  }
  return nullptr;
}

}  // namespace midstride::properties
