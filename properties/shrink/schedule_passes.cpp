// Passes over decisions, the policy and what else is not program.
#include <algorithm>
#include <vector>

#include "properties/shrink/passes.hpp"

namespace midstride::properties {

using model::Decision;
using model::Scenario;

namespace {

using Decisions = std::vector<Decision>;

bool same_task(const Decision& left, const Decision& right) {
  return left.kind == right.kind && left.name == right.name &&
         (left.kind == Decision::Kind::run || left.kind == Decision::Kind::reload);
}

// Of two decisions that come one after the other. For a reload 0 means until it blocks or ends, for
// a tasklet 1.
std::uint32_t joined_count(const Decision& left, const Decision& right) {
  if (left.kind == Decision::Kind::run) return std::max(left.count, 1U) + std::max(right.count, 1U);
  return left.count == 0 || right.count == 0 ? 0 : left.count + right.count;
}

void join(Decisions& decisions, std::size_t into, std::size_t from) {
  decisions[into].count = into < from ? joined_count(decisions[into], decisions[from])
                                      : joined_count(decisions[from], decisions[into]);
  decisions.erase(decisions.begin() + static_cast<std::ptrdiff_t>(from));
}

template <class Change>
bool attempt(Search& search, Change change) {
  Scenario candidate = search.best();
  change(candidate);
  return search.attempt(std::move(candidate), Changes::schedule);
}

}  // namespace

void cut_decisions(Search& search) {
  search.cut_units(
      Changes::schedule, [](const Scenario& scenario) { return scenario.decisions.size(); },
      [](Scenario& scenario, std::size_t begin, std::size_t end) {
        scenario.decisions.erase(scenario.decisions.begin() + static_cast<std::ptrdiff_t>(begin),
                                 scenario.decisions.begin() + static_cast<std::ptrdiff_t>(end));
      });
}

void join_decisions(Search& search) {
  for (std::size_t at = 0; at + 1 < search.best().decisions.size() && !search.stopped();) {
    const Decisions& decisions = search.best().decisions;
    std::size_t next = at + 1;
    while (next < decisions.size() && !same_task(decisions[at], decisions[next])) ++next;
    const bool joined =
        next < decisions.size() &&
        (attempt(search, [&](Scenario& scenario) { join(scenario.decisions, at, next); }) ||
         attempt(search, [&](Scenario& scenario) { join(scenario.decisions, next, at); }));
    if (!joined) ++at;
  }
}

void lower_counts(Search& search) {
  for (std::size_t at = search.best().decisions.size(); at-- > 0 && !search.stopped();) {
    const auto to = [&](std::uint32_t count) {
      return attempt(search, [&](Scenario& scenario) { scenario.decisions[at].count = count; });
    };
    while (at < search.best().decisions.size()) {
      const std::uint32_t count = search.best().decisions[at].count;
      if (count == 0) break;
      if (!to(0) && !to(count / 2) && !to(count - 1)) break;
    }
  }
}

void simplify_policy(Search& search) {
  attempt(search, [](Scenario& scenario) {
    scenario.policy = "stop";
    scenario.seed = 0;
  });
  // Round-robin instead of the last decisions, as many as it can stand for.
  for (std::size_t kept = 0; kept < search.best().decisions.size() && !search.stopped(); ++kept) {
    const bool stands = attempt(search, [&](Scenario& scenario) {
      scenario.policy = "round-robin";
      scenario.seed = 0;
      scenario.decisions.resize(kept);
    });
    if (stands) break;
  }
  attempt(search, [](Scenario& scenario) { scenario.policy = "round-robin"; });
  attempt(search, [](Scenario& scenario) { scenario.seed = 0; });
}

void simplify_options(Search& search) {
  for (const model::Granularity granularity :
       {model::Granularity::yields, model::Granularity::safepoints}) {
    attempt(search, [&](Scenario& scenario) {
      if (granularity < scenario.granularity) scenario.granularity = granularity;
    });
  }
  for (std::size_t at = 0; at < search.best().channels.size(); ++at) {
    attempt(search, [&](Scenario& scenario) { scenario.channels[at].preference = -1; });
    attempt(search, [&](Scenario& scenario) { scenario.channels[at].schedule_all = false; });
  }
  attempt(search, [](Scenario& scenario) { scenario.turn_budget = Scenario{}.turn_budget; });
  attempt(search, [](Scenario& scenario) {
    for (model::Module& module : scenario.modules) {
      std::uint32_t number = 0;
      for (model::Version& version : module.versions) {
        ++number;
        for (model::Reload& reload : scenario.reloads) {
          for (model::Target& target : reload.targets) {
            const bool here = target.module == module.name && target.version == version.number;
            if (here) target.version = number;
          }
        }
        version.number = number;
      }
    }
  });
}

}  // namespace midstride::properties
