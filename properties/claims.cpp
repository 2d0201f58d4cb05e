#include "properties/claims.hpp"

#include <algorithm>
#include <array>
#include <vector>

#include "model/subjects.hpp"
#include "properties/by_id.hpp"
#include "properties/pair_ids.hpp"

namespace midstride::properties {

namespace {

using model::EventKind;
using model::Granularity;

// The modules of a batch are reloaded as one.
bool reloads_neither_failed_nor_overlapped(const model::Run& run) {
  const model::Tables& tables = run.tables();
  std::uint32_t open = 0;
  for (const model::Event& event : run.trace().events()) {
    const bool reload =
        event.kind() >= EventKind::reload_begin && event.kind() <= EventKind::reload_reject;
    if (!reload || tables.attempts[event.a].reload == model::no_reload) continue;
    if (event.kind() != EventKind::reload_fail && tables.attempts[event.a].batch != event.a)
      continue;
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
  // The names that a version defines, functions and methods by qualified name, in order.
  const auto defined = [](const model::Version& version) {
    std::vector<std::array<std::uint32_t, 3>> names;
    std::uint32_t class_name = model::NameId::no_value;
    std::uint32_t depth = 0;
    for (const model::Line& line : version.lines) {
      if (line.kind == model::LineKind::def_ || line.kind == model::LineKind::class_) {
        names.push_back({class_name, line.name.value, static_cast<std::uint32_t>(line.kind)});
      }
      if (line.kind == model::LineKind::class_) class_name = line.name.value;
      const bool opens = line.kind == model::LineKind::def_ ||
                         line.kind == model::LineKind::class_ || line.kind == model::LineKind::try_;
      if (opens) ++depth;
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

// A frame of no module, or of another one, that uses two versions of a module.
bool outsiders_used_one_version(const model::Run& run) {
  const model::Tables& tables = run.tables();
  std::vector<std::vector<std::uint32_t>> frames;  // by tasklet, innermost last
  ById<std::uint32_t> code_of;                     // by frame
  PairIds ids;                                     // of (frame, module)
  ById<std::uint32_t> version_of;                  // version number, 0: it used none yet
  for (const model::Event& event : run.trace().events()) {
    if (event.actor().kind() != model::ActorKind::tasklet) continue;
    const std::uint32_t tasklet = event.actor().index();
    if (frames.size() <= tasklet) frames.resize(tasklet + 1);
    if (event.kind() == EventKind::enter) {
      frames[tasklet].push_back(event.a);
      code_of[event.a] = event.b;
    }
    if (frames[tasklet].empty()) continue;
    if (event.kind() == EventKind::exit) frames[tasklet].pop_back();
    if (event.kind() != EventKind::resolve || event.c == model::no_load) continue;
    const std::uint32_t module = event.a >> 16;
    const std::uint32_t frame = frames[tasklet].back();
    const bool outside = tables.codes[code_of.get(frame)].module != module;
    if (!outside || model::Value{event.b} == model::Value::absent()) continue;
    std::uint32_t& version = version_of[ids(frame, module)];
    if (version != 0 && version != tables.attempts[event.c].to) return false;
    version = tables.attempts[event.c].to;
  }
  return true;
}

bool outsiders_used_one_version_of_the_same_definitions(const model::Run& run) {
  return nothing_held_could_lose_its_name(run) && outsiders_used_one_version(run);
}

constexpr std::array<Predicate, 4> predicate_table{{
    {"no-failed-or-overlapping-reload", "no reload failed, and no two were under way at one time",
     reloads_neither_failed_nor_overlapped},
    {"same-definitions",
     "every version of a module defines the same functions, classes and methods, and does nothing "
     "else",
     nothing_held_could_lose_its_name},
    {"outsiders-use-one-version", "no frame used two versions of a module that is not its own",
     outsiders_used_one_version},
    {"same-definitions-and-outsiders-use-one-version", "both",
     outsiders_used_one_version_of_the_same_definitions},
}};
constexpr const Predicate* no_failed_or_overlapping = &predicate_table[0];
constexpr const Predicate* same_definitions = &predicate_table[1];
constexpr const Predicate* outsiders_one_version = &predicate_table[2];
constexpr const Predicate* same_and_outsiders_one_version = &predicate_table[3];

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
    given_up("model/purge", "scheduler", 1000),
    given_up("model/purge+*", "scheduler", 1000),
    holds("*", "scheduler"),
    holds("*", "whole-call"),
    holds("*", "deterministic"),

    // A held method or function goes on running what it was taken from.
    given_up("model/in-place*", "method-behaviour", 500),
    given_up("model/handle*", "method-behaviour", 500),
    given_up("model/safe-point*", "method-behaviour", 500),
    given_up("model/per-task*", "method-behaviour", 500),
    given_up("cpython/code-swap", "method-behaviour", 500),
    holds("*", "method-behaviour"),

    // Old code, by reclamation policy. What purge gives up nobody holds any more, but a value that
    // was
    // on its way to somebody whom it killed.
    given_up("model/purge+immediate*", "no-early-free", 3000),
    given_up("model/purge+quiescence*", "no-early-free", 3000),
    holds("model/purge*", "no-early-free"),
    holds("model/purge*", "no-use-after-free"),
    holds_if(same_definitions, "model/safe-point+immediate*", "no-early-free", 3000),
    holds_if(same_definitions, "model/safe-point+immediate*", "no-use-after-free", 10000),
    holds_if(same_definitions, "model/safe-point+quiescence*", "no-early-free", 3000),
    holds_if(same_definitions, "model/safe-point+quiescence*", "no-use-after-free", 10000),
    given_up("model/*+immediate*", "no-early-free", 200),
    given_up("model/per-task+immediate*", "no-use-after-free", 10000),
    given_up("model/*+immediate*", "no-use-after-free", 200),
    holds_if(same_definitions, "model/in-place+quiescence*", "no-early-free", 2000),
    holds_if(same_definitions, "model/in-place+quiescence*", "no-use-after-free", 8000),
    holds_if(same_definitions, "model/handle+quiescence*", "no-early-free", 2000),
    holds_if(same_definitions, "model/handle+quiescence*", "no-use-after-free", 8000),
    given_up("model/per-task+quiescence*", "no-use-after-free", 10000),
    given_up("model/*+quiescence*", "no-early-free", 200),
    given_up("model/*+quiescence*", "no-use-after-free", 1000),
    holds("model/*", "no-early-free"),
    holds("model/*", "no-use-after-free"),

    // Code that nobody can get at. A world keeps a whole version for whoever is pinned to it, and
    // quiescence keeps all code of a load while one frame runs any of it.
    given_up("model/*+leak*", "reclaimed", 200),
    holds("model/world+immediate*", "reclaimed"),
    given_up("model/world*", "reclaimed", 1000),
    given_up("model/overwrite+quiescence*", "reclaimed", 1000),
    given_up("model/swap+quiescence*", "reclaimed", 1000),
    given_up("model/in-place+quiescence*", "reclaimed", 1000),
    given_up("model/handle+quiescence*", "reclaimed", 1000),
    holds("model/*", "reclaimed"),

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
    holds("model/handle*", "isolation"),
    holds("model/purge*", "isolation"),
    holds("model/world*", "isolation"),
    holds("model/safe-point*", "isolation"),
    given_up("model/per-task*", "isolation", 8000),

    given_up("model/overwrite*", "batch", 3000),
    holds_at("model/in-place*", yields, "batch"),
    given_up_at("model/in-place*", safepoints, "batch", 3000),
    given_up_at("model/in-place*", ops, "batch", 3000),
    holds("model/*", "batch"),

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
    holds("model/handle*", "fresh"),
    holds("model/purge*", "fresh"),
    holds("model/world*", "fresh"),
    holds("model/safe-point*", "fresh"),
    holds("model/per-task*", "fresh"),
    holds("model/handle*", "monotone"),
    holds("model/world*", "monotone"),
    holds("model/safe-point*", "monotone"),
    given_up_at("model/per-task*", yields, "monotone", 8000),
    given_up_at("model/per-task*", safepoints, "monotone", 8000),
    holds("model/handle*", "serial"),
    holds("model/purge*", "serial"),
    holds("model/world*", "serial"),
    holds("model/safe-point*", "serial"),
    holds("model/per-task*", "serial"),

    // Consistency.
    holds_if(outsiders_one_version, "model/purge*", "version-consistent", 500),
    holds("model/world*", "version-consistent"),
    holds_if(same_and_outsiders_one_version, "model/safe-point*", "version-consistent", 500),
    holds_if(outsiders_one_version, "model/per-task*", "version-consistent", 500),
    given_up("*", "version-consistent", 500),

    holds("*", "removed-names"),
    holds("*", "progress"),

    // Over two runs.
    given_up("model/overwrite*", "no-op", 3000),
    given_up("model/swap*", "no-op", 3000),
    holds("model/in-place*", "no-op"),
    holds("model/handle*", "no-op"),
    given_up("model/purge*", "no-op", 3000),
    holds("model/safe-point*", "no-op"),
    given_up("model/per-task*", "no-op", 3000),
    given_up("cpython/importlib", "no-op", 1000),
    holds("model/swap*", "revert"),
    holds("model/in-place*", "revert"),
    holds("model/handle*", "revert"),
    holds("model/purge*", "revert"),
    holds("model/world*", "revert"),
    holds("model/safe-point*", "revert"),
    holds("model/per-task*", "revert"),
    holds("model/*", "commute"),
    holds("*", "non-interference"),
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
