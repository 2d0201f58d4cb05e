#include "properties/coverage.hpp"

#include <array>

#include "properties/shapes/facts.hpp"
#include "properties/shapes/table.hpp"

namespace midstride::properties {

using model::Actor;
using model::ActorKind;
using model::Event;
using model::EventKind;
using model::mask_of;
using model::Tag;
using model::Value;

namespace {

enum class Hit : std::uint8_t {
  outlived_one,
  outlived_two,
  held_called,
  handle_crossed,
  handle_parked,
  object_read,
  look_and_call,
  call_refused,
  failed_half_way,
  overlapped,
  body_interrupted,
  own_reload,
  went_back,
  two_modules,
  name_missing,
  freed,
  killed_blocked_again,
  exit_caught,
  read_only_assigned,
  spawned_before,
  poked_read,
  captured_read,
  count,
};

constexpr std::array<Probe, static_cast<std::size_t>(Hit::count)> probe_table = {{
    // One waits for frames to leave; others make another module, or move task by task.
    {"frame-outlived-reload",
     "a frame went on after a reload of its module",
     mask_of(EventKind::enter, EventKind::op),
     80,
     {"model/safe-point*"}},
    {"frame-outlived-two",
     "a frame went on after two reloads of its module",
     mask_of(EventKind::enter, EventKind::op),
     400,
     {"model/safe-point*", "model/purge*", "model/per-task*"}},
    {"held-handle-called", "a method or function in a local was called after a reload",
     mask_of(EventKind::bind, EventKind::call), 1000},
    {"handle-crossed-channel", "a method or function went through a channel",
     mask_of(EventKind::send, EventKind::receive), 130},
    {"handle-parked", "a method or function waited in a blocked sender during a reload",
     mask_of(EventKind::receive, EventKind::block), 4000},
    {"held-object-read", "a local with a class, an instance or a {} was read after a reload",
     mask_of(EventKind::write, EventKind::read), 250},
    {"reload-before-call", "a reload came between the look-up and the entry of a call",
     mask_of(EventKind::look, EventKind::call), 4000},
    // Who is pinned to a world sees callers and called of one version.
    {"call-refused",
     "a call was refused because of the number of its arguments",
     mask_of(EventKind::throw_),
     2000,
     {"model/world*"}},
    {"reload-failed-half-way", "a reload failed after it had bound a name",
     mask_of(EventKind::store, EventKind::reload_fail), 190},
    {"reloads-overlapped", "a reload was asked for while another of the same module was open",
     mask_of(EventKind::reload_request, EventKind::reload_begin), 500},
    {"body-interrupted", "others ran in the middle of a module body", mask_of(EventKind::op), 500},
    {"own-reload", "a frame asked for the reload of its own module",
     mask_of(EventKind::reload_request, EventKind::op), 90},
    {"version-went-back", "a reload to an older version was committed",
     mask_of(EventKind::reload_item, EventKind::reload_commit), 100},
    {"two-modules-reloaded", "two modules were reloaded in one run",
     mask_of(EventKind::reload_commit), 160},
    {"name-missing", "a global was looked up and was not there", mask_of(EventKind::resolve), 140},
    {"code-freed", "old code was freed", mask_of(EventKind::free), 20},
    {"killed-blocked-again", "a killed tasklet blocked again before it ended",
     mask_of(EventKind::kill, EventKind::block), 6000},
    {"exit-caught", "a TaskletExit was caught", mask_of(EventKind::catch_), 3000},
    {"read-only-assigned", "the class, function or self of a method was assigned after a reload",
     mask_of(EventKind::assign_read_only), 5000},
    {"spawned-before-reload", "a tasklet was spawned before a reload and first ran after it",
     mask_of(EventKind::spawn, EventKind::enter), 5000},
    {"poked-local-read", "a frame read a local that an inspector had written",
     mask_of(EventKind::poke, EventKind::read), 2000},
    {"captured-read", "a captured variable was read after a reload",
     mask_of(EventKind::closure, EventKind::cell_read), 700},
}};

constexpr ProbeMask bit(Hit hit) { return ProbeMask{1} << static_cast<unsigned>(hit); }

bool is_handle(std::uint32_t word) {
  const Tag tag = Value{word}.tag();
  return tag == Tag::function || tag == Tag::method;
}
bool is_object(std::uint32_t word) {
  const Tag tag = Value{word}.tag();
  return tag == Tag::object || tag == Tag::instance || tag == Tag::class_;
}

}  // namespace

ShapeMask shapes_of(const model::Scenario& scenario) {
  const Facts found = facts_of(scenario);
  ShapeMask mask = 0;
  for (std::size_t at = 0; at < shapes().size(); ++at) {
    const Facts wanted = shapes()[at].shown_by;
    if ((found & wanted) == wanted) mask |= ShapeMask{1} << at;
  }
  return mask;
}

std::span<const Probe> probes() { return probe_table; }

// Whatever a broken subject names: the list grows to it.
template <class T>
T& ProbeFinder::at(std::vector<T>& list, std::uint32_t index) {
  if (index >= list.size()) list.resize(index + 1);
  return list[index];
}

ProbeMask ProbeFinder::look_at(std::span<const Event> events, const model::Tables& tables) {
  tables_ = &tables;
  hit_ = 0;
  ++run_;
  commits_ = 0;
  last_actor_ = {};
  frames_.clear();
  tasks_.clear();
  modules_.clear();
  attempts_.clear();
  for (const Event& event : events) on(event);
  return hit_;
}

void ProbeFinder::on(const Event& event) {
  switch (event.kind()) {
    case EventKind::enter: {
      FrameState& frame = at(frames_, event.a);
      frame.module =
          event.b < tables_->codes.size() ? tables_->codes[event.b].module : model::no_module;
      if (frame.module != model::no_module) frame.commits = at(modules_, frame.module).commits;
      if (event.actor().kind() == ActorKind::tasklet &&
          static_cast<model::EnterHow>(event.how()) == model::EnterHow::spawn &&
          passed(at(tasks_, event.actor().index()).spawned))
        hit_ |= bit(Hit::spawned_before);
      break;
    }
    case EventKind::op: on_op(event); break;
    case EventKind::write:
      if (is_object(event.c))
        at(written_, event.b) = now();
      else if (event.b < written_.size())
        written_[event.b] = {};
      break;
    case EventKind::read:
      if (event.b < written_.size() && passed(written_[event.b])) hit_ |= bit(Hit::object_read);
      if (event.b < poked_.size() && poked_[event.b].run == run_) hit_ |= bit(Hit::poked_read);
      break;
    case EventKind::bind: at(bound_, event.a) = now(); break;
    case EventKind::look: at(looked_, event.a) = now(); break;
    case EventKind::call:
      if (event.a < bound_.size() && passed(bound_[event.a])) hit_ |= bit(Hit::held_called);
      if (event.a < looked_.size() && passed(looked_[event.a])) hit_ |= bit(Hit::look_and_call);
      break;
    case EventKind::assign_read_only:
      if (commits_ > 0) hit_ |= bit(Hit::read_only_assigned);
      break;
    case EventKind::resolve:
      if (Value{event.b} == Value::absent()) hit_ |= bit(Hit::name_missing);
      break;
    case EventKind::throw_:
      if (event.c != model::no_code) hit_ |= bit(Hit::call_refused);
      break;
    case EventKind::catch_:
      if (event.b < tables_->errors.size() &&
          tables_->errors[event.b].kind == model::ErrorKind::task_exit)
        hit_ |= bit(Hit::exit_caught);
      break;
    case EventKind::store:
      if (event.actor().kind() == ActorKind::machinery || event.actor().kind() == ActorKind::body)
        at(attempts_, event.actor().index()).stored = true;
      break;
    case EventKind::free: hit_ |= bit(Hit::freed); break;
    case EventKind::poke: at(poked_, event.b) = now(); break;
    case EventKind::closure:
      if (event.how() == static_cast<std::uint8_t>(model::ClosureHow::made))
        at(captured_, Value{event.b}.index()) = now();
      break;
    case EventKind::cell_read: {
      const std::uint32_t cell = Value{event.a}.index();
      if (cell < captured_.size() && passed(captured_[cell])) hit_ |= bit(Hit::captured_read);
      break;
    }
    case EventKind::reload_request:
    case EventKind::reload_begin:
    case EventKind::reload_item:
    case EventKind::reload_commit:
    case EventKind::reload_fail: on_reload_event(event); break;
    case EventKind::send:
    case EventKind::receive:
    case EventKind::block:
    case EventKind::kill:
    case EventKind::spawn: on_task_event(event); break;
    default: break;
  }
}

void ProbeFinder::on_op(const Event& event) {
  const Actor actor = event.actor();
  if (actor.kind() == ActorKind::tasklet) at(tasks_, actor.index()).frame = event.a;
  if (actor.kind() == ActorKind::body) {
    AttemptState& attempt = at(attempts_, actor.index());
    if (attempt.interrupted) hit_ |= bit(Hit::body_interrupted);
    attempt.body_ran = true;
  }
  if (actor != last_actor_ && last_actor_.kind() == ActorKind::body) {
    AttemptState& attempt = at(attempts_, last_actor_.index());
    attempt.interrupted = attempt.body_ran;
  }
  last_actor_ = actor;
  if (event.a >= frames_.size()) return;
  const FrameState& frame = frames_[event.a];
  if (frame.module == model::no_module) return;
  const std::uint32_t outlived = modules_[frame.module].commits - frame.commits;
  if (outlived > 0) hit_ |= bit(Hit::outlived_one);
  if (outlived > 1) hit_ |= bit(Hit::outlived_two);
}

void ProbeFinder::on_task_event(const Event& event) {
  const bool tasklet = event.actor().kind() == ActorKind::tasklet;
  switch (event.kind()) {
    case EventKind::send:
      if (is_handle(event.b)) hit_ |= bit(Hit::handle_crossed);
      break;
    case EventKind::receive:
      if (!is_handle(event.b)) break;
      hit_ |= bit(Hit::handle_crossed);
      if (event.c < tasks_.size() && passed(tasks_[event.c].blocked))
        hit_ |= bit(Hit::handle_parked);
      break;
    case EventKind::block: {
      if (!tasklet) break;
      TaskState& task = at(tasks_, event.actor().index());
      if (task.killed) hit_ |= bit(Hit::killed_blocked_again);
      task.blocked = now();
      break;
    }
    case EventKind::kill:
      if ((event.how() & sim::kill_in_vain) == 0) at(tasks_, event.a).killed = true;
      break;
    case EventKind::spawn: at(tasks_, event.a).spawned = now(); break;
    default: break;
  }
}

void ProbeFinder::on_reload_event(const Event& event) {
  if (event.a >= tables_->attempts.size()) return;
  const model::AttemptRow& row = tables_->attempts[event.a];
  if (row.reload == model::no_reload) return;
  ModuleState& module = at(modules_, row.module);
  AttemptState& attempt = at(attempts_, event.a);
  switch (event.kind()) {
    case EventKind::reload_request: {
      if (module.open > 0) hit_ |= bit(Hit::overlapped);
      if (event.b >= tasks_.size() || tasks_[event.b].frame >= frames_.size()) break;
      if (frames_[tasks_[event.b].frame].module == row.module) hit_ |= bit(Hit::own_reload);
      break;
    }
    case EventKind::reload_begin:
      attempt.open = true;
      ++module.open;
      break;
    case EventKind::reload_item: attempt.backwards = (event.c & 0xffff) < event.c >> 16; break;
    case EventKind::reload_commit:
      ++commits_;
      ++module.commits;
      if (attempt.backwards) hit_ |= bit(Hit::went_back);
      for (const ModuleState& other : modules_)
        if (&other != &module && other.commits > 0) hit_ |= bit(Hit::two_modules);
      break;
    case EventKind::reload_fail:
      if (attempt.stored) hit_ |= bit(Hit::failed_half_way);
      break;
    default: break;
  }
  const bool ends =
      event.kind() == EventKind::reload_commit || event.kind() == EventKind::reload_fail;
  if (!ends || !attempt.open) return;
  attempt.open = false;
  --module.open;
}

}  // namespace midstride::properties
