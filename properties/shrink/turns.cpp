#include "properties/shrink/turns.hpp"

#include <algorithm>
#include <span>

namespace midstride::properties {

using model::ActorKind;
using model::Event;
using model::EventKind;
using model::FunctionCode;
using model::Op;
using model::Taken;

namespace {

// An op of the program, or a step of a reload's machinery: what a turn began.
bool is_turn(const Event& event) {
  return event.kind() == EventKind::op ||
         (event.kind() == EventKind::reload_step && event.how() == 0);
}

bool of_first_load(const Event& event, const model::Tables& tables) {
  if (event.actor().kind() == ActorKind::tasklet) return false;
  const std::uint32_t attempt = event.actor().index();
  return attempt < tables.attempts.size() && tables.attempts[attempt].reload == model::no_reload;
}

bool same_actor(const Event& event, const Taken& taken) {
  const bool tasklet = event.actor().kind() == ActorKind::tasklet;
  return tasklet == (taken.kind == Taken::Kind::run) && event.actor().index() == taken.index;
}

// One whose place in the source is the same.
const FunctionCode* counterpart(const FunctionCode& function, const model::Program& old,
                                const model::Program& fresh) {
  const auto module = [](const model::Program& program, const FunctionCode& of) {
    return of.module == model::no_module ? model::NameId::none() : program.modules[of.module].name;
  };
  const auto found = std::ranges::find_if(fresh.functions, [&](const FunctionCode& other) {
    return other.kind == function.kind && other.name == function.name &&
           other.class_name == function.class_name && other.version == function.version &&
           module(fresh, other) == module(old, function);
  });
  return found == fresh.functions.end() ? nullptr : &*found;
}

bool alike(const Op& left, const Op& right) {
  return left.code == right.code && left.argc == right.argc;
}

}  // namespace

void TurnRecord::record(const model::Run& run, const model::Outcome& outcome) {
  program_ = run.program();
  ops_.clear();
  const std::span<const Event> events = run.trace().events();
  std::size_t at = 0;
  const auto next = [&]() -> const Event* {
    while (at < events.size() && (!is_turn(events[at]) || of_first_load(events[at], run.tables())))
      ++at;
    return at < events.size() ? &events[at] : nullptr;
  };
  const std::size_t decisions = run.scenario().decisions.size();
  for (std::uint32_t index = 0; index < std::min(decisions, outcome.taken.size()); ++index) {
    const Taken& taken = outcome.taken[index];
    for (std::uint32_t turn = 0; turn < taken.turns; ++turn) {
      const Event* event = next();
      if (event == nullptr || !same_actor(*event, taken)) break;
      ++at;
      if (event->kind() == EventKind::op && event->b < run.tables().codes.size())
        ops_.push_back({index, run.tables().codes[event->b].function, event->c});
    }
  }
}

TurnRecord::Gone TurnRecord::gone(std::uint32_t function) const {
  const std::span<const Op> old = program_.ops_of(program_.functions[function]);
  const FunctionCode* other = counterpart(program_.functions[function], program_, changed_);
  const auto size = static_cast<std::uint32_t>(old.size());
  if (other == nullptr) return {0, size};
  const std::span<const Op> fresh = changed_.ops_of(*other);
  if (fresh.size() >= old.size()) return {};
  const auto missing = static_cast<std::uint32_t>(old.size() - fresh.size());
  const auto differs = std::ranges::mismatch(old, fresh, alike);
  // The header is in front of pc 0.
  const auto begin = static_cast<std::uint32_t>(differs.in1 - old.begin());
  return {begin - std::min(begin, 1U), begin - std::min(begin, 1U) + missing};
}

bool TurnRecord::map(const model::Scenario& changed, std::vector<model::Decision>& decisions) {
  if (ops_.empty()) return false;
  changed_.compile(changed);
  gone_.clear();
  for (std::uint32_t at = 0; at < program_.functions.size(); ++at) gone_.push_back(gone(at));
  lost_.assign(decisions.size(), 0);
  kept_.assign(decisions.size(), 0);
  bool any = false;
  for (const OpRun& op : ops_) {
    const Gone& range = gone_[op.function];
    const bool lost = op.pc >= range.begin && op.pc < range.end;
    ++(lost ? lost_ : kept_)[op.decision];
    any = any || lost;
  }
  if (!any) return false;
  std::size_t kept = 0;
  for (std::size_t at = 0; at < decisions.size(); ++at) {
    model::Decision& decision = decisions[at];
    if (lost_[at] > 0 && kept_[at] == 0 && decision.kind == model::Decision::Kind::run) continue;
    if (decision.count > lost_[at])
      decision.count -= lost_[at];
    else if (decision.count > 0)
      decision.count = 1;
    decisions[kept++] = decision;
  }
  decisions.resize(kept);
  return true;
}

}  // namespace midstride::properties
