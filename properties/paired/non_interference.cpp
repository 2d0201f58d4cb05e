// non-interference: who has nothing to do with what is reloaded sees what it would without the
// reloads.
//
// A task has to do with a module by resolving a name of it or running its code, with a reload by
// asking for it, and with whoever uses a channel that it uses, spawned it or killed it; with a
// reload, if that one's body does so. Who does none of this in either run is a bystander. Exercised
// by a bystander that emits, receives or has something thrown in it.
#include <algorithm>

#include "properties/guarantees/all.hpp"
#include "properties/paired/compare.hpp"

namespace midstride::properties {

using namespace model;

namespace {

class Involved {
 public:
  Involved(const Trace& trace, const Tables& tables, const std::vector<bool>& reloaded)
      : tables_(tables),
        tasks_(tables.tasks.size(), false),
        channels_(tables.scenario->channels.size(), false),
        modules_(reloaded) {
    for (const AttemptRow& attempt : tables.attempts) {
      if (attempt.reload != no_reload && attempt.requester != no_task)
        tasks_[attempt.requester] = true;
    }
    for (bool more = true; more;) {
      more_ = false;
      for (const Event& event : trace.events()) look_at(event);
      more = more_;
    }
  }

  std::vector<std::string> bystanders() {
    tasks_.flip();
    return tasks_named(tables_, tasks_);
  }

 private:
  void involve(std::vector<bool>& those, std::uint32_t one) {
    if (one >= those.size() || those[one]) return;
    those[one] = true;
    more_ = true;
  }

  void look_at(const Event& event) {
    const bool tasklet = event.actor().kind() == ActorKind::tasklet;
    const std::uint32_t task = event.actor().index();
    const bool is_involved = !tasklet || tasks_[task];
    switch (event.kind()) {
      case EventKind::resolve:
        if (tasklet && modules_[event.a >> 16]) involve(tasks_, task);
        break;
      case EventKind::enter: {
        const std::uint32_t module = tables_.codes[event.b].module;
        if (tasklet && module != no_module && modules_[module]) involve(tasks_, task);
        break;
      }
      case EventKind::generator: {
        const std::uint32_t module = tables_.codes[event.c].module;
        if (tasklet && module != no_module && modules_[module]) involve(tasks_, task);
        break;
      }
      case EventKind::spawn:
      case EventKind::kill:
        if (is_involved) involve(tasks_, event.a);
        break;
      case EventKind::send:
      case EventKind::receive:
      case EventKind::block:
        if (event.a >= channels_.size()) break;
        if (is_involved) involve(channels_, event.a);
        if (tasklet && channels_[event.a]) involve(tasks_, task);
        break;
      default: break;
    }
  }

  const Tables& tables_;
  std::vector<bool> tasks_, channels_;
  const std::vector<bool>& modules_;
  bool more_ = false;
};

}  // namespace

bool has_bystanders(const Scenario& scenario) {
  return scenario.tasks.size() > 1 && !scenario.reloads.empty();
}

PairedJudgement judge_non_interference(Runner& runner, Subject& subject, const Scenario& scenario,
                                       const Outcome& outcome, const RunOptions& options) {
  if (cut_short(runner.trace())) return {};
  if (runner.tables().attempts.size() == runner.tables().program->modules.size()) return {};
  std::vector<bool> reloaded(runner.tables().program->modules.size(), false);
  for (const AttemptRow& attempt : runner.tables().attempts) {
    if (attempt.reload != no_reload) reloaded[attempt.module] = true;
  }
  auto names = Involved(runner.trace(), runner.tables(), reloaded).bystanders();
  if (only(observe(runner.trace(), runner.tables()), names).empty()) return {};
  const Observations all = observe(runner.trace(), runner.tables());
  const Scenario other = without_reloads(explicit_decisions(scenario, runner, outcome));
  // Nor may it meet anybody in the other run.
  RunOptions unjudged = options;
  unjudged.judge = false;
  runner.run(other, subject, unjudged);
  const auto there = Involved(runner.trace(), runner.tables(), reloaded).bystanders();
  std::erase_if(names, [&](const std::string& name) {
    return std::ranges::find(there, name) == there.end();
  });
  return compare(runner, subject, other, options, only(all, names), names,
                 "as without the reloads");
}

Guarantee non_interference() {
  return {.name = "non-interference",
          .statement =
              "Who has nothing to do with a reloaded module, nor with anybody who has, sees no "
              "difference.",
          .antecedent =
              "a task that neither uses a reloaded module nor meets anybody who does emits, "
              "receives or has something thrown in it",
          .needs = mask_of(EventKind::emit, EventKind::throw_, EventKind::send, EventKind::receive,
                           EventKind::resolve, EventKind::enter),
          .sees = 0,
          .make = nullptr};
}

}  // namespace midstride::properties
