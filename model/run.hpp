// One scenario, one subject, one run: the only place where runs are made and where verdicts come
// from, whoever asks.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "model/event.hpp"
#include "model/monitor.hpp"
#include "model/program.hpp"
#include "model/scenario.hpp"
#include "model/subject.hpp"
#include "sim/scheduler.hpp"

namespace midstride::model {

struct Found {
  std::uint32_t guarantee;  // index into the table that the runner was given
  Violation violation;
  bool operator==(const Found&) const = default;
};
struct Verdict {
  VerdictKind kind = VerdictKind::held;
  std::vector<Found> found;  // the first violation of each guarantee, in the order of their events
  std::string why;  // deadlock: who waits on what; out of budget: of what; crash: the words
};

// What was decided at one switch point and what it really did.
struct Taken {
  enum class Kind : std::uint8_t { run, reload, inspect, collect, skipped };
  Kind kind = Kind::run;
  std::uint32_t index = 0;  // run: TaskId; reload: attempt; inspect: index of the inspection;
                            // skipped: index of the decision
  std::uint32_t turns = 0;  // really begun
  // What was begun last, if turns > 0: an op of the program, or a step of a reload's machinery.
  OpCode op = OpCode::pass;
  std::optional<Step> step{};  // then it is no op
  NameId object{};             // what that op acted on, if it has a name
  bool operator==(const Taken&) const = default;
};
// The word for what was begun last, as in a recorded decision: "receive", "swap".
std::string_view name_of_last(const Taken& taken);

struct Outcome {
  Verdict verdict;
  sim::Digest digest;
  std::uint64_t turns = 0;
  std::uint64_t exercised = 0;  // by guarantee index, a bit each
  std::uint64_t judged = 0;     // the subject gives every event that the guarantee needs
  std::vector<Taken> taken;     // by decisions and, after them, by the policy
  std::uint32_t skipped = 0;    // decisions that did not apply
  // Replaying a recorded decision that ran something else than it says: its index + 1, else 0.
  std::uint32_t diverged_at = 0;
};

struct RunOptions {
  bool judge = true;            // feed the monitors
  bool watch_scheduler = true;  // digest sim's state around each machinery step
  bool walk = true;             // look for holders of freed code, and at the end of retired code
};

// How an attempt ended, as the frame that asked for it sees it.
enum class AttemptEnd : std::uint8_t { open, committed, failed, rejected };

class Runner;

// What a subject sees of its run. Valid between Subject::begin and Subject::end.
class Run {
 public:
  const Scenario& scenario() const { return *scenario_; }
  const Program& program() const { return program_; }
  const RunOptions& options() const { return options_; }
  sim::Scheduler& scheduler() { return scheduler_; }
  Trace& trace() { return trace_; }
  const Trace& trace() const { return trace_; }
  Tables& tables() { return tables_; }
  const Tables& tables() const { return tables_; }

  // Whoever acts now: the tasklet that runs, or the reload's machinery or body.
  Actor actor() const { return actor_; }
  bool first_load() const {
    return loading_;
  }  // before any tasklet: nothing can wait, and no turn is a switch point
  void event(EventKind kind, std::uint32_t a = 0, std::uint32_t b = 0, std::uint32_t c = 0,
             std::uint8_t how = 0) {
    trace_.add(kind, actor_, a, b, c, how);
  }

  // [task] Before each op of the program (the caller adds the op event), and before each machinery
  // step.
  sim::Wake turn(sim::Point point, OpCode op, NameId object = {});
  // [task] On a channel (its index in the scenario). The low half of `word` is the Value that the
  // trace shows; the high half is the subject's own. During a first load: error,
  // Refusal::would_block.
  sim::Wake send(std::uint32_t channel, std::uint64_t word);
  sim::Wake receive(std::uint32_t channel);
  sim::Wake yield();
  sim::Wake kill(NameId tasklet);
  sim::Wake kill(sim::TaskId victim);
  sim::TaskId spawn(NameId name, std::uint64_t payload, std::uint32_t handle);
  // The error ends the tasklet, whose script() or spawned() returns now.
  void uncaught(std::uint32_t error);
  void emit(Value value) { event(EventKind::emit, value.word); }

  // [task] A frame asks for a declared reload and waits until the attempt has ended. `word` of the
  // Wake is its AttemptEnd; the error that ended it is attempt_error().
  sim::Wake reload(std::uint32_t reload);
  std::uint32_t last_attempt_error() const { return requested_error_; }

  // [task] For Subject::load, in this order: begin, then commit, fail or reject; or reject alone.
  // After begin the module body runs between enter_body and leave_body, where the actor is the
  // body. Each call is for one module of a batch; load() was called with the first.
  void begin(std::uint32_t attempt, std::uint32_t from_version);
  void enter_body(std::uint32_t attempt);
  void leave_body(std::uint32_t attempt);
  void commit(std::uint32_t attempt);
  void fail(std::uint32_t attempt, std::uint32_t error);
  void reject(std::uint32_t attempt, RejectWhy why);
  // Waits until `other` has ended. A killed reload does not exist, so this always comes back. For
  // itself: until wake().
  void wait_for(std::uint32_t attempt, std::uint32_t other);
  void wake(std::uint32_t attempt);  // goes on if it waits
  // A named step of the machinery, around which sim's state is watched. The first is a turn, and
  // what goes on with the step of another module of the batch is none.
  sim::Wake step_begins(std::uint32_t attempt, Step step);
  void step_goes_on(std::uint32_t attempt, Step step);
  void step_ends(std::uint32_t attempt, Step step);
  AttemptEnd end_of(std::uint32_t attempt) const { return attempts_[attempt].end; }
  bool in_batch(std::uint32_t attempt, std::uint32_t first) const;
  // The attempt whose module body asked for this one, or no_attempt.
  static constexpr std::uint32_t no_attempt = 0xffff'ffff;
  std::uint32_t asked_by(std::uint32_t attempt) const;

  std::uint32_t error(ErrorKind kind, Value value = {}, NameId name = {}, std::string text = {});
  // A new frame or slot number.
  std::uint32_t new_frame() { return next_frame_++; }
  std::uint32_t new_slots(std::uint32_t count) {
    const std::uint32_t first = next_slot_;
    next_slot_ += count;
    return first;
  }
  // Freed code was used: the run is over. Does not return on a task that is StopBy::dropping.
  void touch(std::uint32_t code, std::uint32_t frame);
  // The run has used up something else than turns, such as frames.
  void over_budget(std::string_view of_what);

  // The task of a tasklet's name, or none if it was not spawned (yet).
  sim::TaskId task_named(NameId name) const;

 private:
  friend class Runner;
  friend class RunObserver;
  friend class DecisionPolicy;
  friend Scenario explicit_decisions(const Scenario&, const Runner&, const Outcome&);
  struct TaskRow {
    enum class Kind : std::uint8_t { loader, script, spawned, attempt };
    Kind kind = Kind::script;
    std::uint32_t index = 0;  // script: task number; attempt: AttemptId
    NameId base{};
    std::uint32_t repeat = 1;
    std::uint64_t payload = 0;
    Actor actor{};
    OpCode op = OpCode::pass;  // begun last; see Taken
    std::optional<Step> step{};
    NameId object{};
  };
  struct AttemptState {
    sim::TaskId task{};
    AttemptEnd end = AttemptEnd::open;
    std::uint32_t error = no_error;
    sim::TaskId requester{};  // parked until the attempt ends
  };
  struct Wait {
    std::uint32_t for_attempt;
    sim::TaskId task;  // of another attempt, parked likewise
  };
  sim::Wake back(sim::TaskId self, sim::Wake wake) {
    actor_ = tasks_[self.value].actor;
    return wake;
  }
  static void task_entry(void* self, sim::TaskId task);
  static sim::TaskId action_entry(void* self, sim::ActionId action);
  void start(const Scenario& scenario, Subject& subject, const RunOptions& options);
  std::uint32_t new_attempt(const AttemptRow& row);
  std::uint32_t request(std::uint32_t reload, sim::TaskId requester);
  void end_attempt(std::uint32_t attempt, AttemptEnd end);
  void machinery_acts(std::uint32_t attempt);
  sim::TaskId spawn_task(const TaskRow& row, sim::Place place, std::string_view name);
  void load_first_versions();
  bool ended_normally(sim::Ending::Kind ending) const;
  void collect();
  void last_chance();  // of what is garbage to be freed: the end of a run collects
  std::uint32_t watched_state(std::uint32_t attempt) const;

  const Scenario* scenario_ = nullptr;
  Subject* subject_ = nullptr;
  RunOptions options_;
  Program program_;
  sim::Scheduler scheduler_;
  Trace trace_;
  Tables tables_;
  Actor actor_;
  bool loading_ = false;
  std::vector<TaskRow> tasks_;
  std::vector<AttemptState> attempts_;
  std::vector<Wait> waits_;                     // in the order in which they began
  std::vector<std::uint32_t> reload_attempts_;  // by reload: how many attempts it has had
  std::vector<std::uint8_t>
      reload_in_code_;  // by reload: some statement asks for it, so no policy places it
  std::vector<sim::ActionId>
      reload_actions_;  // by reload: none where no policy places it (any more)
  std::vector<sim::ActionId> inspection_actions_;
  class DecisionPolicy* decisions_ = nullptr;
  bool touched_ = false;
  std::uint32_t next_frame_ = 1;
  std::uint32_t next_slot_ = 0;
  std::uint32_t requested_error_ = no_error;
  std::string over_budget_;
};

// Makes runs, one after the other, keeping all memory between them: after a warm-up a run on the
// model runtime allocates nothing. One thread.
class Runner {
 public:
  // The guarantees are judged in every run, as far as the subject gives the events they need. At
  // most 64.
  explicit Runner(std::span<const Guarantee> guarantees = {});
  ~Runner();
  Runner(const Runner&) = delete;
  Runner& operator=(const Runner&) = delete;

  // The scenario must be well formed, and must stay alive while the outcome or the run are looked
  // at. Its `subject` and `expectation` are not read.
  const Outcome& run(const Scenario& scenario, Subject& subject, const RunOptions& options = {});

  // The last run: its trace and side tables.
  const Run& last() const;
  const Trace& trace() const;
  const Tables& tables() const;
  std::span<const Guarantee> guarantees() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// Whether this build has the policy that a scenario names; `stop` is one that ends the run.
bool known_policy(std::string_view name);

// The same scenario with the decisions that a run took, by name, each with what it ran, and nothing
// left to a policy (`stop`).
Scenario explicit_decisions(const Scenario& scenario, const Runner& runner, const Outcome& outcome);
// What to keep of that run so that it can be made again and shrunk: explicit decisions; but under
// `stackless`, where the ring decides and nothing is drawn, the scenario as it is, since
// channel-rules asks of the ring only there what it asks.
Scenario kept(const Scenario& scenario, const Runner& runner, const Outcome& outcome);

}  // namespace midstride::model
