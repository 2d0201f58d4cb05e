#include "model/run.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <optional>
#include <utility>

#include "model/sim_events.hpp"
#include "sim/check.hpp"
#include "sim/policies.hpp"

namespace midstride::model {

namespace {

constexpr std::size_t attempts_max = 100;
constexpr std::size_t tasks_max = 1000;
constexpr std::uint32_t until_it_stops = std::numeric_limits<std::uint32_t>::max();
// Pending from the start, never picked by a policy: it keeps the scheduler asking as long as there
// are decisions.
constexpr sim::ActionId decisions_action{0};

std::uint32_t word_or_none(sim::TaskId task) { return task.valid() ? task.value : no_task; }

}  // namespace

// Turns what sim tells into events of the trace.
class RunObserver : public sim::Observer {
 public:
  explicit RunObserver(Run& run) : run_(run) {}

  void on(const sim::SimEvent& event) override {
    const Actor hub = Actor::of(ActorKind::inspector, 0);
    const Actor actor = event.task.valid() ? run_.tasks_[event.task.value].actor : hub;
    add(run_.trace_, event, actor, run_.actor_);
  }

 private:
  Run& run_;
};

// First the first loads, then the scenario's decisions, then the policy that it names.
class DecisionPolicy : public sim::Policy {
 public:
  DecisionPolicy(Run& run, Outcome& outcome) : run_(run), outcome_(outcome) {}

  std::string_view name() const override { return "decisions"; }

  void begin(std::uint64_t seed, std::uint64_t turns_expected) override {
    next_ = 0;
    open_ = false;
    told_ = false;
    const std::string& wanted = run_.scenario_->policy;
    if (wanted == "stop") {
      then_ = nullptr;
      return;
    }
    then_ = nullptr;
    for (const auto& known : made_) {
      if (known->name() == wanted) then_ = known.get();
    }
    if (then_ == nullptr) {
      made_.push_back(sim::make_policy(wanted));
      then_ = made_.back().get();
    }
    MIDSTRIDE_CHECK(then_ != nullptr, "a scenario whose policy this build has (see known_policy)");
    then_->begin(seed, turns_expected);
  }

  sim::Pick pick(const sim::View& view) override {
    finish_record();
    if (run_.loading_) return {sim::Pick::Kind::task, 0, until_it_stops};
    const auto& decisions = run_.scenario_->decisions;
    while (next_ < decisions.size()) {
      const sim::Pick pick = decide(decisions[next_++]);
      if (pick.kind != sim::Pick::Kind::stop) return pick;
    }
    sim::View rest = view;
    rest.actions = rest.actions.subspan(1);
    const bool nothing_left = rest.ring.empty() && rest.aside.empty() && rest.actions.empty();
    if (then_ == nullptr || nothing_left) return {};
    if (!told_ && then_->name() == "stackless") tell_that_the_ring_decides(view);
    const sim::Pick pick = then_->pick(rest);
    if (pick.kind == sim::Pick::Kind::task) open_record(pick.id, no_decision);
    return pick;
  }

  // After the run, too.
  void finish_record() {
    if (!open_) return;
    open_ = false;
    Taken& taken = outcome_.taken.back();
    const Run::TaskRow& row = run_.tasks_[recorded_task_];
    taken.turns = run_.scheduler_.picks().back().turns;
    if (taken.turns > 0) {
      taken.op = row.op;
      taken.step = row.step;
      taken.object = row.object;
    }
    if (decision_ != no_decision) compare(run_.scenario_->decisions[decision_], taken);
  }

  // A reload or an inspection that a policy or a decision set off on the hub.
  void record_action(Taken::Kind kind, std::uint32_t index, sim::TaskId task) {
    if (task.valid()) {
      open_record(task.value, decision_of_action_);
    } else {
      outcome_.taken.push_back({.kind = kind, .index = index});
    }
    decision_of_action_ = no_decision;
  }

 private:
  static constexpr std::uint32_t no_decision = std::numeric_limits<std::uint32_t>::max();

  sim::Pick decide(const Decision& decision) {
    const std::uint32_t index = next_ - 1;
    switch (decision.kind) {
      case Decision::Kind::run: {
        const sim::TaskId task = run_.task_named(decision.name);
        if (!can_run(task)) return skip(index);
        open_record(task.value, index);
        return {sim::Pick::Kind::task, task.value, std::max(decision.count, 1U)};
      }
      case Decision::Kind::reload: {
        const std::uint32_t turns = decision.count == 0 ? until_it_stops : decision.count;
        const sim::TaskId task = attempt_task(decision.name);
        if (!can_run(task)) return skip(index);
        open_record(task.value, index);
        return {sim::Pick::Kind::task, task.value, turns};
      }
      case Decision::Kind::inspect:
        for (std::uint32_t at = 0; at < run_.scenario_->inspections.size(); ++at) {
          if (run_.scenario_->inspections[at].name == decision.name &&
              run_.inspection_actions_[at].valid()) {
            return {sim::Pick::Kind::action, run_.inspection_actions_[at].value, 1};
          }
        }
        return skip(index);
      case Decision::Kind::collect: {
        run_.collect();
        outcome_.taken.push_back({.kind = Taken::Kind::collect});
        return {};
      }
    }
    return {};
  }

  bool can_run(sim::TaskId task) const { return task.valid() && run_.scheduler_.can_run(task); }

  void tell_that_the_ring_decides(const sim::View& view) {
    told_ = true;
    const std::uint32_t current = view.ring.empty() ? no_task : view.ring[view.current].value;
    run_.trace_.add(EventKind::ring, Actor::of(ActorKind::inspector, 0), current, 0, 0,
                    static_cast<std::uint8_t>(ring_decides));
  }

  // The task of the attempt that `name` means: asks for the reload if nobody has yet.
  sim::TaskId attempt_task(NameId name) {
    const Repeat wanted = run_.program_.repeats[name.value];
    for (std::uint32_t at = 0; at < run_.attempts_.size(); ++at) {
      const AttemptRow& row = run_.tables_.attempts[at];
      if (row.reload == no_reload || row.repeat != wanted.number) continue;
      if (run_.scenario_->reloads[row.reload].name == wanted.base) return run_.attempts_[at].task;
    }
    for (std::uint32_t at = 0; at < run_.scenario_->reloads.size(); ++at) {
      if (run_.scenario_->reloads[at].name != wanted.base || wanted.number != 1) continue;
      if (run_.reload_actions_[at].valid()) run_.scheduler_.withdraw(run_.reload_actions_[at]);
      run_.reload_actions_[at] = sim::ActionId::none();
      return run_.attempts_[run_.request(at, sim::TaskId::none())].task;
    }
    return sim::TaskId::none();
  }

  sim::Pick skip(std::uint32_t index) {
    outcome_.taken.push_back({.kind = Taken::Kind::skipped, .index = index});
    ++outcome_.skipped;
    const bool recorded = run_.scenario_->decisions[index].ran_op.valid();
    if (recorded && outcome_.diverged_at == 0) outcome_.diverged_at = index + 1;
    return {};
  }

  void open_record(std::uint32_t task, std::uint32_t decision) {
    const Run::TaskRow& row = run_.tasks_[task];
    const bool attempt = row.kind == Run::TaskRow::Kind::attempt;
    outcome_.taken.push_back({.kind = attempt ? Taken::Kind::reload : Taken::Kind::run,
                              .index = attempt ? row.index : task});
    recorded_task_ = task;
    decision_ = decision;
    open_ = true;
  }

  void compare(const Decision& decision, const Taken& taken) {
    if (!decision.ran_op.valid() || outcome_.diverged_at != 0) return;
    const bool same = taken.turns > 0 &&
                      run_.scenario_->text(decision.ran_op) == name_of_last(taken) &&
                      decision.ran_object == taken.object;
    if (!same) outcome_.diverged_at = decision_ + 1;
  }

  Run& run_;
  Outcome& outcome_;
  sim::Policy* then_ = nullptr;
  std::vector<std::unique_ptr<sim::Policy>> made_;
  std::uint32_t next_ = 0;
  std::uint32_t recorded_task_ = 0;
  std::uint32_t decision_ = no_decision;
  std::uint32_t decision_of_action_ = no_decision;
  bool open_ = false;
  bool told_ = false;  // that the ring decides
};

sim::Wake Run::turn(sim::Point point, OpCode op, NameId object) {
  if (loading_) return {};
  const sim::TaskId self = scheduler_.current();
  const sim::Wake wake = back(self, scheduler_.turn(point));
  TaskRow& row = tasks_[self.value];
  row.op = op;
  row.step.reset();
  row.object = object;
  return wake;
}

sim::Wake Run::send(std::uint32_t channel, std::uint64_t word) {
  if (loading_)
    return {sim::WakeKind::error, static_cast<std::uint64_t>(sim::Refusal::would_block)};
  return back(scheduler_.current(), scheduler_.send(sim::ChannelId{channel}, word));
}

sim::Wake Run::receive(std::uint32_t channel) {
  if (loading_)
    return {sim::WakeKind::error, static_cast<std::uint64_t>(sim::Refusal::would_block)};
  return back(scheduler_.current(), scheduler_.receive(sim::ChannelId{channel}));
}

sim::Wake Run::yield() {
  if (loading_) return {};
  return back(scheduler_.current(), scheduler_.yield());
}

sim::Wake Run::kill(NameId tasklet) {
  const sim::TaskId victim = loading_ ? sim::TaskId::none() : task_named(tasklet);
  return victim.valid() ? kill(victim) : sim::Wake{};
}

sim::Wake Run::kill(sim::TaskId victim) {
  const bool began = scheduler_.state(victim) != sim::TaskState::fresh;
  const sim::Wake wake = back(scheduler_.current(), scheduler_.kill(victim));
  TaskRow& row = tasks_[victim.value];
  if (!began && row.kind == TaskRow::Kind::spawned) subject_->forget(*this, row.payload);
  return wake;
}

void Run::uncaught(std::uint32_t error) {
  if (tables_.errors[error].kind != ErrorKind::task_exit) scheduler_.uncaught(error);
}

sim::TaskId Run::spawn(NameId name, std::uint64_t payload, std::uint32_t handle) {
  if (tasks_.size() >= tasks_max) over_budget("tasklets: more than 1000");
  std::uint32_t repeat = 1;
  for (const TaskRow& row : tasks_) {
    if (row.base == name) ++repeat;
  }
  const sim::TaskId child = spawn_task(
      {.kind = TaskRow::Kind::spawned, .base = name, .repeat = repeat, .payload = payload},
      sim::Place::ring, scenario_->text(name));
  event(EventKind::spawn, child.value, handle);
  return child;
}

sim::Wake Run::reload(std::uint32_t reload) {
  if (loading_) {
    requested_error_ = error(ErrorKind::reload_rejected);
    return {sim::WakeKind::value, static_cast<std::uint64_t>(AttemptEnd::rejected)};
  }
  const sim::TaskId self = scheduler_.current();
  const std::uint32_t attempt = request(reload, self);
  sim::Wake wake = back(self, scheduler_.park(attempt));
  attempts_[attempt].requester = sim::TaskId::none();
  if (wake.kind != sim::WakeKind::value) return wake;
  // Of a batch, what went wrong first; where nothing did, all have committed.
  std::uint32_t shown = attempt;
  for (std::uint32_t one = attempt; in_batch(one, attempt); ++one) {
    if (attempts_[shown].end == AttemptEnd::committed) shown = one;
  }
  requested_error_ = attempts_[shown].error;
  wake.word = static_cast<std::uint64_t>(attempts_[shown].end);
  return wake;
}

void Run::machinery_acts(std::uint32_t attempt) {
  actor_ = tasks_[attempts_[attempt].task.value].actor = Actor::of(ActorKind::machinery, attempt);
}

void Run::begin(std::uint32_t attempt, std::uint32_t from_version) {
  machinery_acts(attempt);
  const AttemptRow& row = tables_.attempts[attempt];
  event(EventKind::reload_begin, attempt);
  event(EventKind::reload_item, attempt, row.module, from_version << 16 | row.to);
}

void Run::enter_body(std::uint32_t attempt) {
  actor_ = tasks_[attempts_[attempt].task.value].actor = Actor::of(ActorKind::body, attempt);
}

void Run::leave_body(std::uint32_t attempt) { machinery_acts(attempt); }

void Run::commit(std::uint32_t attempt) {
  machinery_acts(attempt);
  event(EventKind::reload_commit, attempt);
  end_attempt(attempt, AttemptEnd::committed);
}

void Run::fail(std::uint32_t attempt, std::uint32_t error) {
  machinery_acts(attempt);
  event(EventKind::reload_fail, attempt, error);
  attempts_[attempt].error = error;
  end_attempt(attempt, AttemptEnd::failed);
}

void Run::reject(std::uint32_t attempt, RejectWhy why) {
  machinery_acts(attempt);
  event(EventKind::reload_reject, attempt, static_cast<std::uint32_t>(why));
  attempts_[attempt].error = error(ErrorKind::reload_rejected);
  end_attempt(attempt, AttemptEnd::rejected);
}

void Run::end_attempt(std::uint32_t attempt, AttemptEnd end) {
  AttemptState& state = attempts_[attempt];
  state.end = end;
  if (loading_) return;
  const auto is_over = [&](const Wait& wait) { return wait.for_attempt == attempt; };
  for (const Wait& wait : waits_)
    if (is_over(wait)) scheduler_.wake(wait.task, 0);
  std::erase_if(waits_, is_over);
  const std::uint32_t first = tables_.attempts[attempt].batch;
  for (std::uint32_t one = first; in_batch(one, first); ++one) {
    if (attempts_[one].end == AttemptEnd::open) return;
  }
  const sim::TaskId requester = attempts_[first].requester;
  const bool asked = requester.valid() && scheduler_.state(requester) == sim::TaskState::parked;
  if (asked) scheduler_.wake(requester, 0);
}

bool Run::in_batch(std::uint32_t attempt, std::uint32_t first) const {
  return attempt < attempts_.size() && tables_.attempts[attempt].batch == first;
}

void Run::wait_for(std::uint32_t attempt, std::uint32_t other) {
  if (attempts_[other].end != AttemptEnd::open) return;
  event(EventKind::reload_wait, attempt, other);
  const sim::TaskId self = scheduler_.current();
  if (other != attempt) waits_.push_back({other, self});
  back(self, scheduler_.park(other));
}

void Run::wake(std::uint32_t attempt) {
  const sim::TaskId task = attempts_[attempt].task;
  if (scheduler_.state(task) == sim::TaskState::parked) scheduler_.wake(task, 0);
}

std::uint32_t Run::asked_by(std::uint32_t attempt) const {
  const std::uint32_t requester = tables_.attempts[attempt].requester;
  if (requester == no_task || tasks_[requester].kind != TaskRow::Kind::attempt) return no_attempt;
  return tasks_[requester].index;
}

std::uint32_t Run::watched_state(std::uint32_t attempt) const {
  if (!options_.watch_scheduler || loading_) return 0;
  const std::uint32_t first = tables_.attempts[attempt].batch;
  return static_cast<std::uint32_t>(scheduler_.state_digest(attempts_[first].requester));
}

sim::Wake Run::step_begins(std::uint32_t attempt, Step step) {
  const sim::Wake wake = turn(sim::Point::safepoint, OpCode::pass);
  step_goes_on(attempt, step);
  return wake;
}

void Run::step_goes_on(std::uint32_t attempt, Step step) {
  machinery_acts(attempt);
  if (!loading_) tasks_[scheduler_.current().value].step = step;
  event(EventKind::reload_step, attempt, static_cast<std::uint32_t>(step), watched_state(attempt),
        0);
}

void Run::step_ends(std::uint32_t attempt, Step step) {
  event(EventKind::reload_step, attempt, static_cast<std::uint32_t>(step), watched_state(attempt),
        1);
}

std::uint32_t Run::error(ErrorKind kind, Value value, NameId name, std::string text) {
  trace_.define(static_cast<std::uint64_t>(kind) << 32 | value.word, name.value);
  for (const char letter : text) trace_.define(static_cast<unsigned char>(letter), 0);
  tables_.errors.push_back({kind, value, name, std::move(text)});
  return static_cast<std::uint32_t>(tables_.errors.size() - 1);
}

void Run::touch(std::uint32_t code, std::uint32_t frame) {
  event(EventKind::touch, code, frame);
  touched_ = true;
  scheduler_.stop();
}

void Run::over_budget(std::string_view of_what) {
  if (over_budget_.empty()) over_budget_ = of_what;
  scheduler_.stop();
}

bool Run::ended_normally(sim::Ending::Kind ending) const {
  return !touched_ && over_budget_.empty() && ending != sim::Ending::Kind::out_of_budget;
}

void Run::collect() {
  const Actor actor = actor_;
  actor_ = Actor::of(ActorKind::inspector, 0);
  event(EventKind::collect);
  subject_->collect(*this);
  actor_ = actor;
}

void Run::last_chance() {
  const bool reloaded = tables_.attempts.size() > program_.modules.size();
  const bool tells = (subject_->capabilities().gives & mask_of(EventKind::live)) != 0;
  if (!reloaded || !tells) return;
  actor_ = Actor::of(ActorKind::inspector, 0);
  event(EventKind::collect, 0, 0, 0, 1);
  subject_->collect(*this);
}

sim::TaskId Run::task_named(NameId name) const {
  const Repeat wanted = program_.repeats[name.value];
  for (std::uint32_t at = 0; at < tasks_.size(); ++at) {
    if (tasks_[at].base.valid() && tasks_[at].base == wanted.base &&
        tasks_[at].repeat == wanted.number)
      return sim::TaskId{at};
  }
  return sim::TaskId::none();
}

std::uint32_t Run::new_attempt(const AttemptRow& row) {
  const auto attempt = static_cast<std::uint32_t>(tables_.attempts.size());
  tables_.attempts.push_back(row);
  attempts_.push_back({});
  trace_.define(static_cast<std::uint64_t>(row.module) << 32 | row.to, row.reload);
  trace_.add(EventKind::reload_request, Actor::of(ActorKind::machinery, attempt), attempt,
             row.requester);
  return attempt;
}

std::uint32_t Run::request(std::uint32_t reload, sim::TaskId requester) {
  // A body that asks for its own module's reload could go on for ever.
  if (attempts_.size() >= attempts_max) over_budget("reloads: more than 100 attempts");
  const Reload& declared = scenario_->reloads[reload];
  const auto first = static_cast<std::uint32_t>(attempts_.size());
  ++reload_attempts_[reload];
  for (const Target& target : declared.targets) {
    new_attempt({.reload = reload,
                 .repeat = reload_attempts_[reload],
                 .module = program_.module_index(target.module),
                 .to = target.version,
                 .requester = word_or_none(requester),
                 .batch = first});
  }
  attempts_[first].requester = requester;
  const sim::TaskId task = spawn_task({.kind = TaskRow::Kind::attempt, .index = first},
                                      sim::Place::aside, scenario_->text(declared.name));
  for (std::uint32_t one = first; one < attempts_.size(); ++one) attempts_[one].task = task;
  return first;
}

sim::TaskId Run::spawn_task(const TaskRow& row, sim::Place place, std::string_view name) {
  const sim::TaskId expected{static_cast<std::uint32_t>(tasks_.size())};
  tasks_.push_back(row);
  tables_.tasks.push_back({row.base, row.repeat});
  tasks_.back().actor = row.kind == TaskRow::Kind::attempt
                            ? Actor::of(ActorKind::machinery, row.index)
                            : Actor::of(ActorKind::tasklet, expected.value);
  const Capabilities& capabilities = subject_->capabilities();
  const sim::TaskId task = scheduler_.spawn(&Run::task_entry, this,
                                            {.name = name,
                                             .place = place,
                                             .stop_by = capabilities.stop_by,
                                             .stack_bytes = capabilities.stack_bytes});
  MIDSTRIDE_CHECK(task == expected, "task ids that count up from 0");
  return task;
}

void Run::task_entry(void* self, sim::TaskId task) {
  Run& run = *static_cast<Run*>(self);
  run.actor_ = run.tasks_[task.value].actor;
  const TaskRow row = run.tasks_[task.value];
  switch (row.kind) {
    case TaskRow::Kind::loader: run.load_first_versions(); break;
    case TaskRow::Kind::script: run.subject_->script(run, row.index); break;
    case TaskRow::Kind::spawned: run.subject_->spawned(run, row.payload); break;
    case TaskRow::Kind::attempt: run.subject_->load(run, row.index); break;
  }
}

void Run::load_first_versions() {
  for (std::uint32_t m = 0; m < program_.modules.size(); ++m) {
    const std::uint32_t attempt = new_attempt({.reload = no_reload,
                                               .repeat = 1,
                                               .module = m,
                                               .to = program_.modules[m].versions.front().number,
                                               .requester = no_task,
                                               .batch = m});
    attempts_[attempt].task = sim::TaskId{0};
    leave_body(attempt);
    subject_->load(*this, attempt);
  }
  loading_ = false;
  for (std::uint32_t at = 0; at < scenario_->tasks.size(); ++at) {
    const NameId name = scenario_->tasks[at].name;
    spawn_task({.kind = TaskRow::Kind::script, .index = at, .base = name}, sim::Place::ring,
               scenario_->text(name));
  }
}

sim::TaskId Run::action_entry(void* self, sim::ActionId action) {
  Run& run = *static_cast<Run*>(self);
  MIDSTRIDE_CHECK(action != decisions_action,
                  "no policy to pick what only keeps the decisions alive");
  for (std::uint32_t at = 0; at < run.reload_actions_.size(); ++at) {
    if (run.reload_actions_[at] != action) continue;
    run.reload_actions_[at] = sim::ActionId::none();
    const std::uint32_t attempt = run.request(at, sim::TaskId::none());
    run.decisions_->record_action(Taken::Kind::reload, attempt, run.attempts_[attempt].task);
    return run.attempts_[attempt].task;
  }
  for (std::uint32_t at = 0; at < run.inspection_actions_.size(); ++at) {
    if (run.inspection_actions_[at] != action) continue;
    run.inspection_actions_[at] = sim::ActionId::none();
    run.decisions_->record_action(Taken::Kind::inspect, at, sim::TaskId::none());
    const Actor actor = run.actor_;
    run.actor_ = Actor::of(ActorKind::inspector, 0);
    run.subject_->inspect(run, run.scenario_->inspections[at]);
    run.actor_ = actor;
  }
  return sim::TaskId::none();
}

void Run::start(const Scenario& scenario, Subject& subject, const RunOptions& options) {
  scenario_ = &scenario;
  subject_ = &subject;
  options_ = options;
  program_.compile(scenario);
  trace_.clear();
  tables_.clear();
  tables_.scenario = &scenario;
  tables_.program = &program_;
  tasks_.clear();
  attempts_.clear();
  waits_.clear();
  next_frame_ = 1;
  next_slot_ = 0;
  requested_error_ = no_error;
  over_budget_.clear();
  touched_ = false;
  reload_attempts_.assign(scenario.reloads.size(), 0);
  reload_in_code_.assign(scenario.reloads.size(), 0);
  for (const Op& op : program_.ops) {
    if (op.code == OpCode::reload) reload_in_code_[op.x] = 1;
  }
}

struct Runner::State {
  explicit State(std::span<const Guarantee> table)
      : guarantees(table), policy(run, outcome), observer(run) {
    MIDSTRIDE_CHECK(table.size() <= 64, "at most 64 guarantees");
    for (const Guarantee& guarantee : table)
      monitors.push_back(guarantee.make == nullptr ? nullptr : guarantee.make());
  }

  void choose_monitors(EventMask gives);
  void judge(const Capabilities& capabilities, sim::Ending::Kind ending);
  void conclude(const sim::Ending& ending);

  std::span<const Guarantee> guarantees;
  std::vector<std::unique_ptr<Monitor>> monitors;
  // Those that a subject which gives these events can be judged by.
  std::optional<EventMask> chosen_for;
  std::uint64_t chosen = 0;  // by guarantee index, a bit each
  std::array<std::vector<Monitor*>, event_kind_count> by_kind;
  Run run;
  Outcome outcome;
  DecisionPolicy policy;
  RunObserver observer;
};

Runner::Runner(std::span<const Guarantee> guarantees)
    : state_(std::make_unique<State>(guarantees)) {}
Runner::~Runner() = default;

const Outcome& Runner::run(const Scenario& scenario, Subject& subject, const RunOptions& options) {
  Run& run = state_->run;
  Outcome& outcome = state_->outcome;
  const Capabilities& capabilities = subject.capabilities();
  outcome.verdict.kind = VerdictKind::held;
  outcome.verdict.found.clear();
  outcome.verdict.why.clear();
  outcome.taken.clear();
  outcome.exercised = outcome.judged = 0;
  outcome.skipped = outcome.diverged_at = 0;

  run.start(scenario, subject, options);
  run.decisions_ = &state_->policy;
  run.scheduler_.begin({.granularity = scenario.granularity,
                        .turn_budget = scenario.turn_budget,
                        .stack_bytes = capabilities.stack_bytes,
                        .guard_pages = capabilities.guard_pages,
                        .planted = capabilities.planted},
                       &state_->observer);
  for (const Channel& channel : scenario.channels) {
    run.scheduler_.channel({.name = scenario.text(channel.name),
                            .preference = channel.preference,
                            .schedule_all = channel.schedule_all});
  }
  const auto action = [&](std::string_view name) {
    return run.scheduler_.action(&Run::action_entry, &run, name);
  };
  MIDSTRIDE_CHECK(action("decisions") == decisions_action, "action ids that count up from 0");
  run.reload_actions_.clear();
  for (std::uint32_t at = 0; at < scenario.reloads.size(); ++at) {
    const bool placed = run.reload_in_code_[at] == 0;
    run.reload_actions_.push_back(placed ? action(scenario.text(scenario.reloads[at].name))
                                         : sim::ActionId::none());
  }
  run.inspection_actions_.clear();
  for (const Inspection& inspection : scenario.inspections)
    run.inspection_actions_.push_back(action(scenario.text(inspection.name)));

  run.loading_ = true;
  subject.begin(run);
  run.spawn_task({.kind = Run::TaskRow::Kind::loader}, sim::Place::aside, "first loads");
  state_->policy.begin(scenario.seed, run.program_.turns_expected);
  const sim::Ending ending = run.scheduler_.run(state_->policy);
  state_->policy.finish_record();
  if (options.walk && run.ended_normally(ending.kind)) run.last_chance();
  subject.end(run);

  outcome.digest = run.trace_.digest();
  outcome.turns = run.scheduler_.turns();
  if (options.judge) state_->judge(capabilities, ending.kind);
  state_->conclude(ending);
  return outcome;
}

void Runner::State::choose_monitors(EventMask gives) {
  if (chosen_for == gives) return;
  chosen_for = gives;
  chosen = 0;
  for (auto& list : by_kind) list.clear();
  for (std::size_t at = 0; at < monitors.size(); ++at) {
    if (monitors[at] == nullptr || (guarantees[at].needs & ~gives) != 0) continue;
    chosen |= std::uint64_t{1} << at;
    for (std::size_t kind = 0; kind < event_kind_count; ++kind)
      if ((guarantees[at].sees >> kind & 1) != 0) by_kind[kind].push_back(monitors[at].get());
  }
}

void Runner::State::judge(const Capabilities& capabilities, sim::Ending::Kind ending) {
  RunFacts facts{.tables = &run.tables_,
                 .locals = capabilities.locals,
                 .removed_names = capabilities.removed_names,
                 .versions_max = capabilities.versions_max};
  facts.ended_normally = run.ended_normally(ending);
  choose_monitors(capabilities.gives);
  outcome.judged = chosen;
  for (std::size_t at = 0; at < monitors.size(); ++at)
    if ((chosen >> at & 1) != 0) monitors[at]->begin(facts);
  const std::span<const Event> events = run.trace_.events();
  for (std::uint32_t at = 0; at < events.size(); ++at) {
    for (Monitor* monitor : by_kind[static_cast<std::size_t>(events[at].kind())])
      monitor->on(at, events[at]);
  }
  for (std::size_t at = 0; at < monitors.size(); ++at) {
    if ((chosen >> at & 1) == 0) continue;
    monitors[at]->finish();
    if (monitors[at]->exercised()) outcome.exercised |= std::uint64_t{1} << at;
    if (monitors[at]->violation())
      outcome.verdict.found.push_back({static_cast<std::uint32_t>(at), *monitors[at]->violation()});
  }
  std::sort(outcome.verdict.found.begin(), outcome.verdict.found.end(),
            [](const Found& left, const Found& right) {
              return std::pair(left.violation.event, left.guarantee) <
                     std::pair(right.violation.event, right.guarantee);
            });
}

void Runner::State::conclude(const sim::Ending& ending) {
  Verdict& verdict = outcome.verdict;
  if (!verdict.found.empty()) {
    verdict.kind = VerdictKind::violated;
  } else if (!run.over_budget_.empty()) {
    verdict.kind = VerdictKind::out_of_budget;
    verdict.why = run.over_budget_;
  } else if (ending.kind == sim::Ending::Kind::out_of_budget) {
    verdict.kind = VerdictKind::out_of_budget;
    verdict.why = "turns";
  } else if (ending.kind == sim::Ending::Kind::deadlock) {
    verdict.kind = VerdictKind::deadlock;
    // Parked for a reload, by the number of its attempt: who asked for it, or another one; or
    // itself, for the frames of its module.
    verdict.why = sim::describe(ending, run.scheduler_, [&](const sim::Waiter& waiter) {
      if (run.attempts_[waiter.reason].task == waiter.task)
        return std::string("waits for frames of its module to end");
      return "waits for " + run.tables_.show_attempt(waiter.reason);
    });
  }
}

const Run& Runner::last() const { return state_->run; }
const Trace& Runner::trace() const { return state_->run.trace_; }
const Tables& Runner::tables() const { return state_->run.tables_; }
std::span<const Guarantee> Runner::guarantees() const { return state_->guarantees; }

std::string_view name_of_last(const Taken& taken) {
  return taken.step ? name_of(*taken.step) : name_of(taken.op);
}

Scenario kept(const Scenario& scenario, const Runner& runner, const Outcome& outcome) {
  return scenario.policy == "stackless" ? scenario : explicit_decisions(scenario, runner, outcome);
}

bool known_policy(std::string_view name) {
  return name == "stop" || sim::make_policy(name) != nullptr;
}

Scenario explicit_decisions(const Scenario& scenario, const Runner& runner,
                            const Outcome& outcome) {
  const Run& run = runner.last();
  Scenario result = scenario;
  result.decisions.clear();
  const auto repeated = [](std::string_view name, std::uint32_t repeat) {
    return repeat == 1 ? std::string(name) : std::string(name) + "." + std::to_string(repeat);
  };
  for (const Taken& taken : outcome.taken) {
    Decision decision;
    decision.count = std::max(taken.turns, 1U);
    switch (taken.kind) {
      case Taken::Kind::skipped: continue;
      case Taken::Kind::collect: decision = {.kind = Decision::Kind::collect}; break;
      case Taken::Kind::inspect:
        decision = {.kind = Decision::Kind::inspect,
                    .name = scenario.inspections[taken.index].name};
        break;
      case Taken::Kind::run: {
        const Run::TaskRow& row = run.tasks_[taken.index];
        decision.kind = Decision::Kind::run;
        decision.name = result.intern(repeated(scenario.text(row.base), row.repeat));
        break;
      }
      case Taken::Kind::reload: {
        const AttemptRow& row = run.tables_.attempts[taken.index];
        decision.kind = Decision::Kind::reload;
        decision.name =
            result.intern(repeated(scenario.text(scenario.reloads[row.reload].name), row.repeat));
        break;
      }
    }
    if (taken.turns > 0) {
      decision.ran_op = result.intern(name_of_last(taken));
      decision.ran_object = taken.object;
    }
    Decision* last = result.decisions.empty() ? nullptr : &result.decisions.back();
    const bool goes_on = last != nullptr && last->kind == decision.kind &&
                         last->name == decision.name && taken.turns > 0;
    if (!goes_on) {
      result.decisions.push_back(decision);
      continue;
    }
    last->count += taken.turns;
    if (taken.turns > 0) {
      last->ran_op = decision.ran_op;
      last->ran_object = decision.ran_object;
    }
  }
  result.policy = "stop";
  result.seed = 0;
  normalise(result);
  return result;
}

}  // namespace midstride::model
