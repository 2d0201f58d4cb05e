// What happened in a run, in order: 16-byte events, a rolling digest over them, and side tables for
// what does not fit. A monitor sees nothing else. Ids follow first use, and each definition enters
// the digest when it is made, so a digest speaks for the whole trace.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "model/scenario.hpp"
#include "model/value.hpp"
#include "sim/digest.hpp"

namespace midstride::model {

// The words a, b, c of each kind. A `slot` is one local or hidden temporary of one frame, numbered
// through the run. A `handle` is the word of a function Value, or of a method Value whose index is
// a HandleId. A `load` is the AttemptId that brought a binding in.
enum class EventKind : std::uint8_t {
  enter,  // frame, code, signature code. how: EnterHow
  op,     // frame, code that the program counter points into, pc
  exit,   // frame, -, -. how: ExitHow
  write,  // frame, slot, value. Named locals only; arguments are writes right after enter
  read,   // frame, slot, value. Named locals only
  bind,   // slot, handle, its code now: a callable was written to a named local
  look,  // slot, handle, its code now: a callable was resolved or looked up into a hidden temporary
  call,  // slot it was called through (none: no_slot), handle, code entered. The callee's enter or
         // a throw follows
  assign_read_only,  // frame, handle, ErrorId or no_error if it went through
  resolve,           // module << 16 | name slot, value (absent: not there), load. how: ResolveHow
  store,             // owner (see Owner), slot in it, value. how: StoreHow
  create,            // value, class or 0, LayoutId of an instance: an object or instance came to be
  field,             // object, NameId or (of an instance) field_word, value. how: FieldHow
  throw_,            // frame, ErrorId, signature code when a call was refused, else no_code
  catch_,            // frame, ErrorId, -
  reload_request,    // attempt, requesting TaskId or no_task, -
  reload_begin,      // attempt, -, -
  reload_item,       // attempt, module, from << 16 | to (version numbers; from 0: first load)
  reload_step,  // attempt, Step, low word of sim's state digest. how: 0 before the step, 1 after it
  reload_commit,  // attempt
  reload_fail,    // attempt, ErrorId
  reload_reject,  // attempt, RejectWhy
  reload_wait,    // attempt, the attempt it waits for; itself: until frames of its module are gone
  retire,         // code, -, -: no longer what its name means
  free,           // code
  live,           // code, HolderKind, holder's id: the walker found a holder of freed code
  touch,          // code, frame or 0: freed code was used. Ends the run
  send,           // channel, value, partner TaskId or no_task. how: balance before it, modulo 16
  receive,        // the same
  block,          // channel or no_channel, value that is sent, balance before it. how: BlockHow
  wake,           // TaskId woken, -, -
  kill,           // TaskId. how: bits of sim::KillHow
  spawn,          // TaskId of the child, handle or 0, -
  end,            // TaskId: the tasklet is over. how: 0 normally, 1 by an uncaught error
  switch_,        // TaskId that goes on, the ring's current or no_task, -
  close,          // channel, 1 or 0 when it was opened again
  ring,           // TaskId that it is done to, or of whom the ring turns to. how: RingHow
  channel,        // channel, preference + 1 and 4 more for schedule_all: it was made or changed
  trap,           // TaskId, 1 or 0: its block trap
  refuse,         // channel or no_channel, sim::Refusal, TaskId or no_task: a call was refused
  idle,           // nobody is left to run
  peek,           // frame, slot, value: an inspector saw this local
  poke,           // frame, slot, value: an inspector wrote it. how: PokeHow
  collect,        // -. how: 0 by a decision, 1 at the end of a run
  emit,           // value
  is_a,           // value, value that it was compared with, 1 or 0. how: IsAHow
  closure,        // function, cell of its closure, NameId of the variable. how: ClosureHow
  cell_write,     // cell, value, NameId of the variable
  cell_read,      // cell, value (absent: not bound yet), NameId of the variable
  migrate,        // instance, its LayoutId before, and now. how: MigrateHow
  hook,  // number, handle, the load that it is for or no_load: the actor's tasklet's. how: HookHow
  generator,  // generator, its frame (0: not begun; made: signature code), code. how:
              // GeneratorHow
  flush,      // frame, slot, value: what an inspector's copy has came into the frame
};
inline constexpr std::size_t event_kind_count = static_cast<std::size_t>(EventKind::flush) + 1;
std::string_view name_of(EventKind kind);

// migrator: nobody called it, an instance is being migrated. generator: the one that was resumed
// right before.
enum class EnterHow : std::uint8_t {
  by_name,
  held,
  spawn,
  body,
  script,
  migrator,
  finaliser,
  generator
};
enum class ExitHow : std::uint8_t { returned, threw };
// program: a namespace slot, by an assignment to module.name (whoever runs it); namespace_: by a
// module's own top level or by machinery. base: a class's base, in slot base_slot. layout: the
// LayoutId of what will be instances of a class, in slot layout_slot.
enum class StoreHow : std::uint8_t {
  namespace_,
  class_,
  pointer,
  version,
  in_progress,
  program,
  base,
  layout
};
inline constexpr std::uint32_t base_slot = 0xffff'ffff;
inline constexpr std::uint32_t layout_slot = 0xffff'fffe;
// of_object: of a {}, by its name. of_instance: at a place of the layout that was used.
enum class FieldHow : std::uint8_t {
  read_of_object,
  write_of_object,
  read_of_instance,
  write_of_instance
};
constexpr bool of_instance(FieldHow how) { return how >= FieldHow::read_of_instance; }
constexpr bool writes(FieldHow how) {
  return how == FieldHow::write_of_object || how == FieldHow::write_of_instance;
}
// The layout and the place in it, in one word.
constexpr std::uint32_t field_word(std::uint32_t layout, std::uint32_t place) {
  return layout << 12 | (place & 0xfff);
}
// at_once: by a reload, before it commits. at_access: by whoever uses it first. undone: by a reload
// that failed.
enum class MigrateHow : std::uint8_t { at_once, at_access, undone };
// caught: whether what was raised is of the class that a handler is for.
enum class IsAHow : std::uint8_t { instance, same, caught };
// made: the function captures it. entered: a call has it, right after the enter.
enum class ClosureHow : std::uint8_t { made, entered };
// registered: by `atexit`; numbers are given in that order. run: it is called next. dropped: with
// the frames of a tasklet that is killed beyond any handler.
enum class HookHow : std::uint8_t { registered, run, dropped };
// made: by a call, instead of an enter. resumed: on the actor's stack, from here on, or entered
// next if it has no frame yet. suspended: off it. dropped: it is gone and was not over (its frame
// exits).
enum class GeneratorHow : std::uint8_t { made, resumed, suspended, dropped };
// pinned: in another namespace than the module's current one, because of who asks.
enum class ResolveHow : std::uint8_t { current, pinned };
enum class BlockHow : std::uint8_t { receive, send, park, sleep };
// What was done to the ring, by sim::RingHow, and two facts that sim does not tell.
using sim::RingHow;
inline constexpr auto ring_joined = static_cast<RingHow>(8);   // a new tasklet is in it
inline constexpr auto ring_decides = static_cast<RingHow>(9);  // who goes on, from now on
// kept: in a copy, from which a flush writes it back.
enum class PokeHow : std::uint8_t { lost, applied, kept };
enum class RejectWhy : std::uint8_t { own_body, in_progress, own_frame, old_code };
enum class HolderKind : std::uint8_t {
  frame,
  local,
  temporary,
  channel,
  namespace_,
  class_,
  object,
  spawn,
  old_namespace,  // one that its module does not point at
  cell,
  hook,       // waits for its tasklet to end, or its load to be retired
  generator,  // by a frame that it is the generator of, or with its own frame between two values
  copy        // an inspector's, of a local
};
std::string_view name_of(HolderKind kind);
std::string_view name_of(RejectWhy why);

// The named steps of a reload. Strategies are rows of these.
enum class Step : std::uint8_t {
  admit,
  stage,
  validate,
  scan,
  swap,
  migrate,
  retire,
  reclaim,
  undo
};
std::string_view name_of(Step step);

inline constexpr std::uint32_t no_slot = 0xffff'ffff;
inline constexpr std::uint32_t no_code = 0xffff'ffff;
inline constexpr std::uint32_t no_error = 0xffff'ffff;
inline constexpr std::uint32_t no_task = 0xffff'ffff;
inline constexpr std::uint32_t no_channel = 0xffff'ffff;
inline constexpr std::uint32_t no_load =
    0xffff'ffff;  // a binding made by program code, or of unknown origin

// Who did it: the kind in two bits, the index in twenty.
enum class ActorKind : std::uint8_t {
  tasklet,    // index: TaskId
  machinery,  // of a reload; index: AttemptId
  body,       // module code that a reload runs; index: AttemptId
  inspector,  // index 0
};
struct Actor {
  std::uint32_t bits = 0;

  static constexpr Actor of(ActorKind kind, std::uint32_t index) {
    return {static_cast<std::uint32_t>(kind) << 20 | (index & 0xf'ffff)};
  }
  constexpr ActorKind kind() const { return static_cast<ActorKind>(bits >> 20); }
  constexpr std::uint32_t index() const { return bits & 0xf'ffff; }
  auto operator<=>(const Actor&) const = default;
};

struct Event {
  std::uint32_t head = 0;  // kind 6 bits, how 4, actor 22
  std::uint32_t a = 0, b = 0, c = 0;

  constexpr EventKind kind() const { return static_cast<EventKind>(head >> 26); }
  constexpr std::uint8_t how() const { return static_cast<std::uint8_t>(head >> 22 & 0xf); }
  constexpr Actor actor() const { return {head & 0x3f'ffff}; }
  auto operator<=>(const Event&) const = default;
};
static_assert(sizeof(Event) == 16);

// A set of event kinds: what a subject gives, what a guarantee needs.
using EventMask = std::uint64_t;
constexpr EventMask mask_of(EventKind kind) { return EventMask{1} << static_cast<unsigned>(kind); }
template <class... Kinds>
constexpr EventMask mask_of(EventKind first, Kinds... rest) {
  return (mask_of(first) | ... | mask_of(rest));
}

// The owner of a stored slot, in one word: what it is in four bits, its index.
struct Owner {
  enum class Kind : std::uint8_t {
    namespace_,  // index: NamespaceId; slot: the module's name slot
    class_,      // index: class Value's index; slot: NameId, or base_slot
    module,      // index: module; slot 0: pointer to its namespace (StoreHow::pointer), 1: version
                 // counter, 2: in progress
  };
  std::uint32_t word = 0;

  static constexpr Owner of(Kind kind, std::uint32_t index) {
    return {static_cast<std::uint32_t>(kind) << 28 | (index & 0x0fff'ffff)};
  }
  constexpr Kind kind() const { return static_cast<Kind>(word >> 28); }
  constexpr std::uint32_t index() const { return word & 0x0fff'ffff; }
  auto operator<=>(const Owner&) const = default;
};

enum class ErrorKind : std::uint8_t {
  name,           // a global that is not there
  unbound_local,  // a local that was not assigned yet
  attribute,      // no such attribute
  not_callable,
  arity,
  read_only,        // assignment to class, function or self of a method
  raised,           // by `raise`
  task_exit,        // the tasklet was killed
  reload_failed,    // a reload that this frame asked for failed
  reload_rejected,  // or was refused
  would_block,      // a first load has nobody to wait for
  kind_changed,     // a reload that keeps identity found a function where a class was, or the like;
                    // `name` says which
  not_a_class,      // a base, or what isinstance or a handler compares with
  no_super,         // super() where no class is known, or of an object that is none of it
  foreign,          // anything else that a real runtime raised
  not_iterable,     // next() or a loop over what is no generator
  running,          // next() of a generator that is at it, perhaps for another tasklet
  stop_iteration,   // next() of a generator that has ended
  generator_stop,   // a stop_iteration that left a generator, whose own end it is not
};
std::string_view name_of(ErrorKind kind);

// Side tables of one run.
struct CodeRow {           // one function body as brought in by one load
  std::uint32_t module;    // index into Program::modules, or no_module for a task's script
  std::uint32_t load;      // AttemptId, or no_load for a script
  std::uint32_t function;  // index into Program::functions
};
inline constexpr std::uint32_t no_module = 0xffff'ffff;
struct HandleRow {  // a method as it was seen: define it anew if one of the three ever differs
  Value object;     // the method itself
  Value class_, function, self;
  bool operator==(const HandleRow&) const = default;
};
struct ErrorRow {
  ErrorKind kind;
  Value value;       // raised: what was raised
  NameId name;       // name, unbound_local, attribute: which
  std::string text;  // a real runtime's own words; empty: message() makes them
};
// One attempt to bring one module to one version. A batch has one for each of its modules, with
// consecutive numbers; they begin, commit and fail together.
struct AttemptRow {
  std::uint32_t reload;     // index into Scenario::reloads, or no_reload for a first load
  std::uint32_t repeat;     // 1 for the first attempt of that reload, then 2, ...
  std::uint32_t module;     // index into Program::modules
  std::uint32_t to;         // version number
  std::uint32_t requester;  // TaskId of the frame that asked, or no_task
  std::uint32_t batch;      // AttemptId of the first of its batch
};
inline constexpr std::uint32_t no_reload = 0xffff'ffff;
struct TaskletRow {          // a tasklet by its name
  NameId name{};             // none for tasks of the harness
  std::uint32_t repeat = 1;  // w is 1, then w.2, ...
};
// Functions and classes of a run, for printing values; index: the Value's index.
struct EntityRow {
  std::uint32_t module;
  std::uint32_t
      function_or_class;  // index into Program::functions or ::classes of the version that made it
  std::uint32_t load;
};

// The fields that an instance has, in order. The first row is that of none at all; every other one
// belongs to one class.
struct LayoutRow {
  Value class_{};
  std::uint32_t fields_begin = 0, fields_end = 0;  // in Tables::layout_fields
};

struct Program;
struct Tables {
  const Scenario* scenario = nullptr;
  const Program* program = nullptr;
  std::vector<CodeRow> codes;
  std::vector<HandleRow> handles;
  std::vector<ErrorRow> errors;
  std::vector<AttemptRow> attempts;
  std::vector<EntityRow> functions;
  std::vector<EntityRow> classes;
  std::vector<std::uint32_t> instance_classes;  // index: instance; the class Value's index
  std::vector<LayoutRow> layouts;               // index: LayoutId
  std::vector<NameId> layout_fields;
  std::vector<std::uint32_t> generators;  // index: generator; its code
  std::vector<TaskletRow> tasks;          // index: TaskId

  void clear();
  // For people. All of them accept any value that can occur in an event.
  std::string show(Value value)
      const;  // 3, None, {}, <function shop.f of version 1>, <bound method shop.X.f ...>
  std::string show_code(std::uint32_t code) const;        // shop.X.f of version 1
  std::string show_error(std::uint32_t error) const;      // TypeError: readonly attribute
  std::string show_attempt(std::uint32_t attempt) const;  // r, r.2, first load of shop
  std::string show_actor(Actor actor) const;
  std::string show_task(std::uint32_t task) const;      // w.2; empty for a task of the harness
  std::string show_layout(std::uint32_t layout) const;  // (a, b)
  // What a field event's field is called; none where a planted bug goes beyond the layout.
  NameId field_name(const Event& event) const;
};
std::string show(const Event& event, const Tables& tables);

// The events of a run and their digest. The storage is kept from run to run.
class Trace {
 public:
  void clear() {
    events_.clear();
    digest_ = {};
  }
  void add(EventKind kind, Actor actor, std::uint32_t a = 0, std::uint32_t b = 0,
           std::uint32_t c = 0, std::uint8_t how = 0) {
    const Event event{
        static_cast<std::uint32_t>(kind) << 26 | static_cast<std::uint32_t>(how) << 22 | actor.bits,
        a, b, c};
    events_.push_back(event);
    digest_.add(static_cast<std::uint64_t>(event.head) << 32 | a);
    digest_.add(static_cast<std::uint64_t>(b) << 32 | c);
  }
  // A definition in a side table: enters the digest only.
  void define(std::uint64_t first, std::uint64_t second) {
    digest_.add(~first);
    digest_.add(second);
  }
  std::span<const Event> events() const { return events_; }
  const sim::Digest& digest() const { return digest_; }

 private:
  std::vector<Event> events_;
  sim::Digest digest_;
};

}  // namespace midstride::model
