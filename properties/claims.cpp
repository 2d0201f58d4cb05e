#include "properties/claims.hpp"

#include <algorithm>
#include <array>
#include <vector>

#include "model/subjects.hpp"
#include "properties/by_id.hpp"
#include "properties/guarantees.hpp"
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

// An attempt patches from its first step of that kind until it ends.
bool nobody_ran_while_names_were_patched(const model::Run& run) {
  std::vector<std::uint32_t> patching;  // attempts
  for (const model::Event& event : run.trace().events()) {
    switch (event.kind()) {
      case EventKind::reload_step: {
        const bool known = std::find(patching.begin(), patching.end(), event.a) != patching.end();
        if (static_cast<model::Step>(event.b) == model::Step::migrate && !known)
          patching.push_back(event.a);
        break;
      }
      case EventKind::reload_commit:
      case EventKind::reload_fail: std::erase(patching, event.a); break;
      case EventKind::op:
        if (!patching.empty()) return false;
        break;
      default: break;
    }
  }
  return true;
}

// What one makes has no name under which a reload could find it.
bool no_function_makes_another(const model::Run& run) {
  const auto& functions = run.program().functions;
  return std::none_of(functions.begin(), functions.end(),
                      [](const model::FunctionCode& function) { return function.captures(); });
}

bool nothing_held_could_lose_its_name(const model::Run& run) {
  if (!no_function_makes_another(run)) return false;
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
    if (event.kind() == EventKind::generator && event.b != 0) {
      const auto how = static_cast<model::GeneratorHow>(event.how());
      if (how == model::GeneratorHow::resumed) frames[tasklet].push_back(event.b);
      if (how == model::GeneratorHow::suspended) frames[tasklet].pop_back();
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

bool no_super_names_its_class(const model::Run& run) {
  const auto names_it = [](const model::Op& op) {
    return op.code == model::OpCode::super_ && op.argc == 2;
  };
  return std::none_of(run.program().ops.begin(), run.program().ops.end(), names_it);
}

constexpr std::array<Predicate, 6> predicate_table{{
    {"no-failed-or-overlapping-reload", "no reload failed, and no two were under way at one time",
     reloads_neither_failed_nor_overlapped},
    {"same-definitions",
     "every version of a module defines the same functions, classes with their bases and methods, "
     "and does nothing else; no function makes another one",
     nothing_held_could_lose_its_name},
    {"outsiders-use-one-version", "no frame used two versions of a module that is not its own",
     outsiders_used_one_version},
    {"same-definitions-and-outsiders-use-one-version",
     "as same-definitions, and no frame used two versions of a module that is not its own",
     outsiders_used_one_version_of_the_same_definitions},
    {"no-turn-while-patching", "nobody ran between a reload's first patch and its end",
     nobody_ran_while_names_were_patched},
    {"super-without-names", "no code says super(X, self), in which X is looked up by its name",
     no_super_names_its_class},
}};
constexpr const Predicate* no_failed_or_overlapping = &predicate_table[0];
constexpr const Predicate* same_definitions = &predicate_table[1];
constexpr const Predicate* outsiders_one_version = &predicate_table[2];
constexpr const Predicate* same_and_outsiders_one_version = &predicate_table[3];
constexpr const Predicate* no_turn_while_patching = &predicate_table[4];
constexpr const Predicate* super_without_names = &predicate_table[5];

constexpr auto at_yields = Granularity::yields;
constexpr auto at_safepoints = Granularity::safepoints;
constexpr auto at_ops = Granularity::ops;

// By granularity. Ten times and more what it takes on the average the subject, of those that the
// pattern stands for, that takes longest; laws_claims_test.cpp measures it again.
struct Within {
  std::uint32_t yields, safepoints, ops;
};
using One = std::array<Claim, 1>;
using Three = std::array<Claim, 3>;  // one for each granularity

constexpr One holds(std::string_view subject, std::string_view guarantee) {
  return {{{subject, std::nullopt, guarantee, Promise::holds, 0, nullptr}}};
}
constexpr One holds_at(std::string_view subject, Granularity granularity,
                       std::string_view guarantee) {
  return {{{subject, granularity, guarantee, Promise::holds, 0, nullptr}}};
}
constexpr Three given_up(std::string_view subject, std::string_view guarantee, Within within) {
  return {{{subject, at_yields, guarantee, Promise::given_up, within.yields, nullptr},
           {subject, at_safepoints, guarantee, Promise::given_up, within.safepoints, nullptr},
           {subject, at_ops, guarantee, Promise::given_up, within.ops, nullptr}}};
}
constexpr One seldom_violated(std::string_view subject, std::string_view guarantee) {
  return {{{subject, std::nullopt, guarantee, Promise::seldom, 0, nullptr}}};
}
constexpr One seldom_violated_at(std::string_view subject, Granularity granularity,
                                 std::string_view guarantee) {
  return {{{subject, granularity, guarantee, Promise::seldom, 0, nullptr}}};
}
constexpr One given_up_at(std::string_view subject, Granularity granularity,
                          std::string_view guarantee, std::uint32_t runs_max) {
  return {{{subject, granularity, guarantee, Promise::given_up, runs_max, nullptr}}};
}
constexpr One holds_at_if(const Predicate* predicate, std::string_view subject,
                          Granularity granularity, std::string_view guarantee,
                          std::uint32_t runs_max) {
  return {{{subject, granularity, guarantee, Promise::conditional, runs_max, predicate}}};
}
constexpr Three holds_if(const Predicate* predicate, std::string_view subject,
                         std::string_view guarantee, Within within) {
  return {{{subject, at_yields, guarantee, Promise::conditional, within.yields, predicate},
           {subject, at_safepoints, guarantee, Promise::conditional, within.safepoints, predicate},
           {subject, at_ops, guarantee, Promise::conditional, within.ops, predicate}}};
}

template <std::size_t... sizes>
constexpr auto table_of(const std::array<Claim, sizes>&... rows) {
  std::array<Claim, (sizes + ...)> table{};
  std::size_t at = 0;
  const auto add = [&](const auto& row) {
    for (const Claim& claim : row) table[at++] = claim;
  };
  (add(rows), ...);
  return table;
}

// More particular patterns first: the first match counts. One row a line.
// clang-format off
constexpr auto claim_table = table_of(
    // What nobody may break.
    holds("*", "activation"),
    holds("*", "locals"),
    holds("model/*", "cells"),
    holds("*", "method-identity"),
    given_up("model/purge", "scheduler", {1000, 1000, 1000}),
    given_up("model/purge+*", "scheduler", {250, 290, 210}),
    holds("*", "scheduler"),
    holds("*", "channel-rules"),
    holds("*", "whole-call"),
    holds("*", "deterministic"),
    seldom_violated("model/*+none*", "migration"),
    holds("model/*", "migration"),
    holds("model/*", "layout"),

    // A held method or function goes on running what it was taken from.
    given_up("model/in-place+immediate*", "method-behaviour", {2000, 670, 570}),
    given_up("model/in-place*", "method-behaviour", {310, 580, 420}),
    given_up("model/handle*", "method-behaviour", {2200, 780, 760}),
    given_up("model/safe-point*", "method-behaviour", {2200, 4400, 2500}),
    given_up("model/per-task*", "method-behaviour", {1900, 2900, 2200}),
    given_up("cpython/code-swap", "method-behaviour", {1000, 1000, 1000}),
    holds("*", "method-behaviour"),

    // Old code, by reclamation policy. What purge gives up nobody holds any more, but a value that
    // was on its way to somebody whom it killed.
    given_up("model/purge+immediate*", "no-early-free", {19000, 12000, 18000}),
    given_up("model/purge+quiescence*", "no-early-free", {19000, 12000, 18000}),
    holds("model/purge*", "no-early-free"),
    holds("model/purge*", "no-use-after-free"),
    holds_if(same_definitions, "model/safe-point+immediate*", "no-early-free", {1100, 2500, 1000}),
    holds_if(same_definitions, "model/safe-point+immediate*", "no-use-after-free",
             {1500, 4000, 1700}),
    holds_if(same_definitions, "model/safe-point+quiescence*", "no-early-free",
             {1100, 2200, 1000}),
    holds_if(same_definitions, "model/safe-point+quiescence*", "no-use-after-free",
             {1500, 7500, 4500}),
    given_up("model/*+immediate*", "no-early-free", {390, 530, 350}),
    given_up("model/per-task+immediate*", "no-use-after-free", {1500, 2900, 1600}),
    given_up("model/*+immediate*", "no-use-after-free", {40, 120, 70}),
    holds_if(same_definitions, "model/in-place+quiescence*", "no-early-free", {680, 1300, 950}),
    holds_if(same_definitions, "model/in-place+quiescence*", "no-use-after-free",
             {850, 5400, 4700}),
    holds_if(same_definitions, "model/handle+quiescence*", "no-early-free", {670, 910, 660}),
    holds_if(same_definitions, "model/handle+quiescence*", "no-use-after-free",
             {850, 2900, 1600}),
    given_up("model/per-task+quiescence*", "no-use-after-free", {1500, 10000, 4100}),
    given_up("model/*+quiescence*", "no-early-free", {320, 520, 310}),
    given_up("model/*+quiescence*", "no-use-after-free", {420, 1600, 600}),
    holds("model/*", "no-early-free"),
    holds("model/*", "no-use-after-free"),

    // Code that nobody can get at. A world keeps a whole version for whoever is pinned to it, and
    // quiescence keeps all code of a load while one frame runs any of it.
    holds("model/*+leak*", "reclaimed"),  // not judged
    holds("model/world+immediate*", "reclaimed"),
    given_up("model/world*", "reclaimed", {350, 300, 300}),
    given_up("model/overwrite+quiescence*", "reclaimed", {330, 300, 300}),
    given_up("model/swap+quiescence*", "reclaimed", {340, 290, 300}),
    given_up("model/in-place+quiescence*", "reclaimed", {370, 310, 310}),
    given_up("model/handle+quiescence*", "reclaimed", {340, 290, 300}),
    holds("model/*", "reclaimed"),

    // Atomicity.
    given_up("model/overwrite*", "failed-reload", {210, 210, 220}),
    given_up("cpython/importlib", "failed-reload", {500, 500, 500}),
    holds("*", "failed-reload"),
    given_up("model/overwrite*", "isolation", {2000, 950, 390}),
    holds_at("model/in-place*+lazy*", at_yields, "isolation"),
    holds_at("model/in-place*+none*", at_yields, "isolation"),
    seldom_violated_at("model/in-place*", at_yields, "isolation"),
    holds_at_if(no_turn_while_patching, "model/in-place*", at_safepoints, "isolation", 480),
    holds_at_if(no_turn_while_patching, "model/in-place*", at_ops, "isolation", 950),
    given_up("cpython/importlib", "isolation", {4000, 4000, 4000}),
    holds_at("cpython/code-swap", at_yields, "isolation"),
    given_up_at("cpython/code-swap", at_safepoints, "isolation", 1000),
    given_up_at("cpython/code-swap", at_ops, "isolation", 1000),
    holds("model/swap*", "isolation"),
    holds("model/handle*", "isolation"),
    holds("model/purge*", "isolation"),
    holds("model/world*", "isolation"),
    holds("model/safe-point*", "isolation"),
    given_up("model/per-task*", "isolation", {1600, 3700, 8000}),

    given_up("model/overwrite*", "batch", {19000, 10000, 6900}),
    holds_at("model/in-place*", at_yields, "batch"),
    given_up_at("model/in-place*", at_safepoints, "batch", 30000),
    given_up_at("model/in-place*", at_ops, "batch", 70000),
    seldom_violated("model/per-task*", "batch"),
    holds("model/*", "batch"),
    // Neither of CPython's reloaders knows of batches.
    given_up("cpython/*", "batch", {1000, 1000, 1000}),

    // Freshness and order.
    holds_if(no_failed_or_overlapping, "model/overwrite*", "fresh", {450, 1000, 850}),
    holds_if(no_failed_or_overlapping, "cpython/importlib", "fresh", {1000, 1000, 1000}),
    holds("model/swap*", "fresh"),
    holds("model/in-place*", "fresh"),
    holds("cpython/code-swap", "fresh"),
    given_up("model/overwrite*", "monotone", {17000, 24000, 4000}),
    holds_at("model/in-place*+lazy*", at_yields, "monotone"),
    holds_at("model/in-place*+none*", at_yields, "monotone"),
    seldom_violated_at("model/in-place*", at_yields, "monotone"),
    holds_at_if(no_turn_while_patching, "model/in-place*", at_safepoints, "monotone", 13000),
    holds_at_if(no_turn_while_patching, "model/in-place*", at_ops, "monotone", 8000),
    holds("model/swap*", "monotone"),
    given_up("cpython/importlib", "monotone", {30'000, 30'000, 30'000}),
    holds_at("cpython/code-swap", at_yields, "monotone"),
    given_up_at("cpython/code-swap", at_safepoints, "monotone", 10'000),
    given_up_at("cpython/code-swap", at_ops, "monotone", 10'000),
    given_up("model/overwrite*", "serial", {290, 90, 80}),
    holds("model/swap*", "serial"),
    holds("model/in-place*", "serial"),
    holds("cpython/*", "serial"),
    holds("model/handle*", "fresh"),
    holds("model/purge*", "fresh"),
    holds("model/world*", "fresh"),
    holds("model/safe-point*", "fresh"),
    holds("model/per-task*", "fresh"),
    holds("model/handle*", "monotone"),
    seldom_violated("model/purge*", "monotone"),
    holds("model/world*", "monotone"),
    holds("model/safe-point*", "monotone"),
    given_up_at("model/per-task*", at_yields, "monotone", 30000),
    given_up_at("model/per-task*", at_safepoints, "monotone", 40000),
    seldom_violated("model/per-task*", "monotone"),
    holds("model/handle*", "serial"),
    holds("model/purge*", "serial"),
    holds("model/world*", "serial"),
    holds("model/safe-point*", "serial"),
    holds("model/per-task*", "serial"),

    // Consistency.
    holds_if(outsiders_one_version, "model/purge*", "version-consistent", {130, 190, 150}),
    holds("model/world*", "version-consistent"),
    holds_if(same_and_outsiders_one_version, "model/safe-point*", "version-consistent",
             {200, 500, 190}),
    holds_if(same_and_outsiders_one_version, "model/per-task*", "version-consistent",
             {140, 190, 140}),
    given_up("model/*+immediate*", "version-consistent", {310, 110, 120}),
    given_up("*", "version-consistent", {80, 90, 90}),

    holds("*", "removed-names"),
    holds("*", "progress"),

    // Classes and their instances.
    given_up("model/overwrite*", "dependants", {1100, 980, 500}),
    given_up("cpython/importlib", "dependants", {500, 500, 500}),
    holds("*", "dependants"),
    given_up("model/overwrite*", "identity", {3500, 500, 1600}),
    given_up("model/swap*", "identity", {3700, 900, 1500}),
    given_up("model/purge*", "identity", {2500, 3000, 3900}),
    given_up("model/per-task*", "identity", {2700, 4700, 2800}),
    given_up("cpython/importlib", "identity", {500, 500, 500}),
    holds("*", "identity"),
    // What is running when a reload commits does not get as far: its code is gone. Unless it is the
    // code of another reload, which has not ended.
    seldom_violated_at("model/overwrite+immediate*", at_yields, "super"),
    holds_at("model/*+immediate*", at_yields, "super"),
    holds_if(super_without_names, "model/overwrite*", "super", {780, 1400, 2000}),
    holds_if(super_without_names, "model/swap*", "super", {780, 2000, 2000}),
    holds_if(same_definitions, "model/in-place*", "super", {1300, 3000, 3000}),
    holds_if(same_definitions, "model/handle*", "super", {1200, 3000, 3000}),
    holds_if(super_without_names, "cpython/importlib", "super", {2000, 2000, 2000}),
    holds_if(same_definitions, "cpython/code-swap", "super", {1500, 1500, 1500}),
    seldom_violated("model/per-task*", "super"),
    holds("model/*", "super"),

    holds("*", "state"),

    // Over two runs.
    given_up("model/overwrite+immediate*", "no-op", {8900, 3600, 5000}),
    given_up("model/swap+immediate*", "no-op", {8300, 5200, 10000}),
    given_up("model/overwrite*", "no-op", {1300, 2300, 2500}),
    given_up("model/swap*", "no-op", {1300, 6000, 3200}),
    holds("model/in-place*", "no-op"),
    holds("model/handle*", "no-op"),
    seldom_violated("model/world*", "no-op"),
    given_up("model/purge*", "no-op", {7300, 36000, 16000}),
    holds("model/safe-point*", "no-op"),
    given_up("model/per-task*", "no-op", {7100, 15000, 16000}),
    given_up("cpython/importlib", "no-op", {6000, 6000, 6000}),
    holds("cpython/code-swap", "no-op"),
    given_up("model/overwrite*", "revert", {1800, 7800, 12000}),
    holds("model/swap*", "revert"),
    holds("model/in-place*", "revert"),
    holds("model/handle*", "revert"),
    holds("model/purge*", "revert"),
    holds("model/world*", "revert"),
    holds("model/safe-point*", "revert"),
    holds("model/per-task*", "revert"),
    given_up("cpython/importlib", "revert", {1800, 7800, 7000}),
    holds("cpython/code-swap", "revert"),
    holds("*", "commute"),
    holds("*", "non-interference"));
// clang-format on

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

Standing standing_of(const model::Found& found, const model::Run& run) {
  const model::Scenario& scenario = run.scenario();
  const Claim* claim =
      claim_on(scenario.subject, scenario.granularity, guarantees()[found.guarantee].name);
  if (claim == nullptr) return Standing::unclaimed;
  switch (claim->promise) {
    case Promise::holds: return Standing::failure;
    case Promise::given_up:
    case Promise::seldom: return Standing::expected;
    case Promise::conditional:
      return claim->predicate->holds(run) ? Standing::failure : Standing::expected;
  }
  return Standing::failure;
}

}  // namespace midstride::properties
