// The model runtime: an interpreter of the scenario language whose frames are plain values, with
// real reclamation of old code. It is the reference against which real runtimes are compared, and
// it can be broken on purpose (mutants).
//
// Four files implement it: interpreter.cpp runs ops, reload.cpp runs an attempt's steps,
// migration.cpp is about the fields of instances, runtime.cpp is the rest. walker.cpp is the
// harness's own look at who still holds freed code; it shares nothing with the counting.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "model/run.hpp"
#include "model/runtime/heap.hpp"
#include "model/runtime/strategy.hpp"
#include "model/spare.hpp"
#include "model/subject.hpp"

namespace midstride::model::runtime {

inline constexpr std::size_t frames_max = 200;  // of one stack

struct Binding {
  Value value{};
  std::uint32_t load = no_load;  // the attempt that made it; no_load: program code did
  bool operator==(const Binding&) const = default;
};
struct Namespace {
  std::uint32_t module = 0;
  std::uint32_t begin = 0;  // of its slots in Runtime::places, one per name slot of the module
  std::uint32_t count = 0;
  std::uint32_t load = no_load;  // the attempt whose body ran in it last
  std::uint32_t pins = 0;        // stacks that see it whatever is current
  bool let_go = false;           // dropped as soon as nobody is pinned to it
};
// To be called at the end (`atexit`): of a tasklet, or of a load.
struct Hook {
  Value callable{};  // counted
  sim::TaskId task{};
  std::uint32_t load = no_load;  // no_load: the tasklet's
  std::uint32_t number = 0;
  bool has_run = false;  // and is kept nevertheless (HookRegistrations::never_dropped)
};
// What was there before a change, for undo.
struct Undo {
  enum class Kind : std::uint8_t { binding, code, method, base, cell, fields, layout, instance };
  Kind kind = Kind::binding;
  std::uint32_t owner = 0;  // namespace, function's, class's or cell's index; instance: the layout
                            // that it was given
  // binding: name slot; method: NameId; fields: the first; layout: itself; instance: its first
  // value, counted as all of them.
  std::uint32_t slot = 0;
  Binding binding{};       // binding, method, base, cell; instance: itself; all counted
  std::uint32_t code = 0;  // code: counted; fields: the end; instance: its layout
};

struct ModuleState {
  std::uint32_t namespace_ = 0;  // the pointer through which functions reach their globals
  std::uint32_t version = 0;
  std::uint32_t load = no_load;      // the last committed attempt
  std::uint32_t previous = no_load;  // and the one before it
  std::vector<std::uint32_t> open;   // attempts begun and not ended
  std::uint32_t waiting = no_load;   // the open attempt that waits for frames of the module to go
  bool reversed = false;             // and was told to go back
  std::vector<Undo> undo_log;        // of the attempt that installs; a mutant keeps it longer
};
// One load of one version; index: AttemptId.
struct Load {
  std::uint32_t codes_begin = 0, codes_end = 0;
  std::uint32_t namespace_ = 0;        // in which its body ran
  std::uint32_t frames = 0;            // that run its code now
  std::uint32_t retired_by = no_load;  // the attempt that retired it; no_load: it is current
};
// What an inspector sees of a local, where its copy is kept.
struct Copy {
  Value value{};  // counted
  bool poked = false;
};
struct Snapshot {
  std::uint32_t frame = 0;   // its id
  std::uint32_t copies = 0;  // of its first local in Stack::copies
};
// The frames of one tasklet or of one reload's body, innermost last.
struct Stack {
  std::vector<Frame> frames;
  std::vector<Value> values;
  std::vector<std::uint32_t>
      looked;  // beside values, for CallRule::code_of_look_up: the code at the look-up, counted
  std::vector<Completion> completions;
  std::vector<Loop> loops;
  std::vector<Value> cells;         // of the frames' closures, then their own; counted
  std::vector<Snapshot> snapshots;  // of some of the frames, innermost last
  std::vector<Copy> copies;
  std::uint32_t own_namespace = 0;  // of a module body: where its own names are
  std::uint32_t load = no_load;     // of a module body, or of a hook of that load
  sim::TaskId task{};               // whose it is
  std::vector<std::uint32_t> pins;  // by module: the load whose names it sees, or no_load for the
                                    // current ones; may be empty
  bool threw = false;               // an error left the outermost frame
  std::uint32_t error = no_error;
};
// A look-up that is remembered (LookupRule); all counted.
struct Remembered {
  Value class_{};
  NameId name{};
  Value function{};
};
// A place that is remembered (PlaceRule).
struct RememberedPlace {
  std::uint32_t frame = 0;
  std::uint32_t class_ = 0;
  NameId name{};
  std::uint32_t layout = 0;
  std::uint32_t place = 0;
};
struct Spawned {
  Value callee{};
  std::array<Value, 3> arguments{};
  std::uint8_t argc = 0;
  bool waiting = true;
  sim::TaskId task{};
  std::vector<std::uint32_t> pins{};  // that it will have
};

inline constexpr std::size_t tags_max = 16;
struct WalkMemory {  // the walker's, kept from walk to walk
  std::vector<Event> told;
  std::array<std::vector<std::uint32_t>, tags_max>
      seen;  // by tag: from which root it was seen last
};

// One attempt on its way through the steps.
struct Reloading {
  Runtime& runtime;
  Run& run;
  std::uint32_t attempt;
  std::uint32_t module;
  std::uint32_t from = 0;     // version number
  std::uint32_t staging = 0;  // namespace of the body; the live one if the strategy has no stage
  std::uint32_t retired_namespace = no_namespace;
  std::uint32_t error = no_error;
  RejectWhy why = RejectWhy::own_body;     // for admit to say
  std::uint32_t admitted_after = no_load;  // the last load of the module by then
  std::span<Reloading> batch{};            // all of its batch, itself included
  bool joins = false;                      // its next step goes on with one of another in its batch
  static constexpr std::uint32_t no_namespace = 0xffff'ffff;

  void step_begins(Step step);
  void step_ends(Step step);
};

class Runtime final : public Subject {
 public:
  Runtime(std::string name, const Strategy& strategy, const Reclamation& reclamation,
          const Locals& locals, InstancePolicy instances,
          sim::Planted planted = sim::Planted::none);

  std::string_view name() const override { return name_; }
  const Capabilities& capabilities() const override { return capabilities_; }
  void begin(Run& run) override;
  void load(Run& run, std::uint32_t attempt) override;
  void script(Run& run, std::uint32_t task) override;
  void spawned(Run& run, std::uint64_t payload) override;
  void forget(Run& run, std::uint64_t payload) override;
  void inspect(Run& run, const Inspection& inspection) override;
  void collect(Run& run) override;
  void end(Run& run) override;

  // For strategies, reclamation policies and mutants.
  Run& run() { return *run_; }
  const Program& program() const { return run_->program(); }
  Binding& binding(std::uint32_t namespace_, std::uint32_t slot) {
    return bindings[places[namespaces[namespace_].begin + slot]];
  }
  // Persistent state is one binding in several namespaces. The slot of `namespace_`, where nothing
  // is yet, becomes the one of `of`.
  void share(std::uint32_t namespace_, std::uint32_t slot, std::uint32_t of);
  bool shares(std::uint32_t namespace_, std::uint32_t slot, std::uint32_t of) const {
    return places[namespaces[namespace_].begin + slot] == places[namespaces[of].begin + slot];
  }
  std::uint32_t new_namespace(std::uint32_t module);
  // Takes over the count of the value; tells of the store. The old binding is dropped.
  void store(std::uint32_t namespace_, std::uint32_t slot, Binding made,
             StoreHow how = StoreHow::namespace_);
  void point_module_at(std::uint32_t module, std::uint32_t namespace_);
  // Drops its bindings, now or when the last pin goes.
  void let_go_of(std::uint32_t namespace_);
  void set_class_method(Value class_, NameId name,
                        Value function);          // takes over the count; tells of the store
  void set_class_base(Value class_, Value base);  // likewise
  // Each class whose fields, or those of its bases, have other names or another order than its
  // layout gets a new layout; calls changed(class) then.
  template <class Changed>
  void renew_layouts(const Changed& changed);
  void take_back_layout(Value class_);
  // Those that an instance had, of an undo of that kind; else none.
  std::span<Value> values_of(const Undo& undo);
  // Migrates a stale instance by one layout, and gives it to the migrator, if there is one: the
  // function, and as a {} what the instance had; both counted. `keep`: so are the values that it
  // had, for undo.
  struct Migration {
    Value migrator{}, old{};
  };
  Migration migrate(Value instance, MigrateHow how, bool keep);
  // The instance has these values under that layout again.
  void migrate_back(Value instance, std::uint32_t layout, std::uint32_t values);
  // Runs a migrator for a reload, as its body. False, with its error, if it raises.
  bool run_migrator(Reloading& reloading, Value instance, const Migration& migration);
  void retire_load(std::uint32_t load, std::uint32_t by);
  void free_code(std::uint32_t code);
  // Calls the hooks of the loads that the attempt has retired, last first, as its body; none is
  // left. Others may come in, as in any code that an attempt runs. Whether there were any.
  bool run_hooks(Reloading& reloading);
  void reclaim(Reloading& reloading);  // frees what this attempt has retired, as far as may be
  // What a stack sees of a module: the names of its own pin, else the current ones.
  void pin(std::vector<std::uint32_t>& pins, std::uint32_t module, std::uint32_t load);
  void unpin(std::vector<std::uint32_t>& pins, std::uint32_t module);
  std::uint32_t load_seen(const Stack& stack, std::uint32_t module) const;
  // Frames that run code of the module, of any load but that one; of one stack, by looking at each.
  std::uint32_t frames_of(std::uint32_t module, std::uint32_t but_load) const;
  bool runs_code_of(const Stack& stack, std::uint32_t module) const;
  std::span<const std::unique_ptr<Stack>> stacks() const { return {stacks_.data(), stacks_used_}; }
  // Takes all frames off, whatever handlers they have, and drops the tasklet's hooks.
  void unwind(Stack& stack);
  // Whether the attempt, or another one of its batch, is under way on the module.
  bool is_open(const ModuleState& module, std::uint32_t attempt) const;
  // The stack of a task that has one: a tasklet's, or that of a reload's body.
  Stack* stack_of(sim::TaskId task);
  // An inspector's copy of the innermost frame's locals: made where there is none.
  bool has_snapshot(const Stack& stack) const;
  std::span<Copy> snapshot_of(Stack& stack);
  void drop_snapshot(Stack& stack);
  // Writes a local of the innermost frame, for an inspector; takes over the count.
  void flush(Stack& stack, std::uint16_t local, Value value);
  void settle();  // what the counts have brought about since the last op or step; then the walker
  template <class Visit>
  void each_root(Run& run, const Visit& visit);  // roots.hpp

  Heap heap;
  std::vector<ModuleState> modules;  // this run's, and perhaps more of earlier ones
  std::vector<Namespace> namespaces;
  std::vector<std::uint32_t> places;  // of the namespaces' slots: indexes into bindings
  std::vector<Binding> bindings;
  std::vector<std::uint32_t> sharers;  // beside bindings: how many slots have it beside the first
  std::vector<Hook> hooks;             // in the order of their numbers
  std::vector<Load> loads;
  std::vector<Spawned> spawned_tasks;
  std::vector<Remembered> remembered;
  std::vector<RememberedPlace> remembered_places;

 private:
  friend void walk(Runtime& runtime, Run& run, const std::vector<std::uint32_t>& codes);

  Stack& new_stack(sim::TaskId task);
  // interpreter.cpp: execute() leaves the stack empty; Stack::threw says how. throw_new and raise
  // go on at the innermost handler.
  void execute(Stack& stack);
  void run_silently(Stack& stack, const Op& op);
  void step(Stack& stack, const Op& op);
  // The function is the one that was called, or absent for a body or a script.
  void push_frame(Stack& stack, std::uint32_t code, std::uint32_t signature, EnterHow how,
                  std::uint16_t result, Value function);
  void pass_arguments(Stack& stack, const std::array<Value, 4>& arguments, std::size_t count);
  void pop_frame(Stack& stack, ExitHow how);
  // A frame of that code is gone, or with its generator off the stack.
  void frame_gone(Stack& stack, std::uint32_t code);
  void throw_new(Stack& stack, std::uint32_t error, std::uint32_t signature = no_code);
  void raise(Stack& stack, std::uint32_t error);
  void give_back(Stack& stack, Value value);
  void jump_out(Stack& stack, std::uint32_t target);
  void next_round(Stack& stack, const Op& op);
  // Of the innermost frame, from that depth on.
  void end_loops(Stack& stack, std::size_t depth);
  Value new_generator(Value function, std::uint32_t code, std::uint32_t signature,
                      std::span<const Value> arguments);
  void begin_each(Stack& stack, const Op& op);
  // What it gives goes to dst; when it has ended, the caller goes on there (see Frame::after).
  void resume(Stack& stack, Value generator, std::uint16_t dst, std::uint32_t after);
  void enter_generator(Stack& stack, Value generator, std::uint16_t dst);
  void unpark(Stack& stack, Generator& generator);
  void park(Stack& stack, Generator& generator);
  void yield_value(Stack& stack, Value value);
  void generator_ended(Stack& stack, std::uint32_t after);
  void go_to_handler(Stack& stack, const Handler& handler, const Completion& completion);
  void drop_generators();
  bool operands_bound(Stack& stack, const Op& op);
  Value take(Stack& stack, std::uint16_t operand);
  void put(Stack& stack, std::uint16_t dst, Value value);
  void tell_bound(const Stack& stack, std::uint32_t slot, Value value);  // if it can be called
  void put_looked_up(Stack& stack, std::uint16_t dst, Value value);
  void resolve(Stack& stack, const Op& op);
  void look(Stack& stack, const Op& op);
  void super_look(Stack& stack, const Op& op);
  void compare(Stack& stack, const Op& op);
  void match(Stack& stack, const Op& op);
  void call(Stack& stack, const Op& op);
  void store_attribute(Stack& stack, const Op& op);
  bool migrate_first(Stack& stack, std::uint16_t operand);
  void enter_migrator(Stack& stack, Value instance, const Migration& migration);
  struct Place {
    std::uint32_t layout = 0, place = Heap::no_place;
  };
  Place place_of_field(const Stack& stack, Value instance, NameId name);
  Value* field_at(Value instance, const Place& place);
  Value convert(Value instance, std::uint32_t layout, MigrateHow how, bool keep, bool tell_old);
  void find_fields(Value class_);
  bool has_found_layout(Value class_);
  void take_found_layout(Value class_);
  void tell_layout(Value class_);
  Value make_migrator(Value class_);
  Value new_object();
  void send(Stack& stack, const Op& op);
  void receive(Stack& stack, const Op& op);
  void spawn(Stack& stack, const Op& op);
  void release_pins(std::vector<std::uint32_t>& pins);
  Value define_function(const Stack& stack, std::uint32_t function,
                        std::span<const Value> cells = {});
  Value new_function(std::uint32_t code, std::span<const Value> cells);
  void define_inner(Stack& stack, const Op& op);
  void once(Stack& stack, const Op& op);
  void store_own(const Stack& stack, const Op& op, Value value);
  void register_hook(Stack& stack, const Op& op);
  Value cell(const Stack& stack, std::uint16_t number) const;
  void write_cell(Value cell, NameId variable, Value value);
  Value read_cell(Value cell, NameId variable);
  void load_cell(Stack& stack, const Op& op);
  void tell_closure(Value function, const FunctionCode& code, ClosureHow how);
  Value define_class(const Stack& stack, std::uint32_t index, Value base);
  bool is_instance(Value value, Value class_) const;
  Value find_method(Value class_, NameId name);
  void forget_lookups(Value class_);
  std::uint32_t namespace_seen(const Stack& stack, std::uint32_t module) const;
  std::uint32_t code_seen(const Stack& stack, std::uint32_t code) const;
  std::uint32_t code_of(const Stack& stack, Value callable) const;
  std::uint32_t handle_of(Value callable);
  void remember_look(Stack& stack, std::size_t at, Value value);
  void release_slot(Stack& stack, std::size_t at);
  // runtime.cpp
  void drop(Spawned& spawned);
  void unshare(std::uint32_t namespace_, std::uint32_t slot);
  void tell_hook(const Hook& hook, HookHow how);
  bool has_hooks(std::uint32_t load) const;
  bool take_hook(const Stack& stack, Hook& taken);
  bool forgotten(const Hook& hook) const;
  // Calls what the stack's tasklet or load has registered, last first.
  void run_hooks(Stack& stack);
  bool begin_call(Stack& stack, Value callee, std::span<Value> given, EnterHow how);
  void end_tasklet(Stack& stack);
  // reload.cpp
  void make_codes(std::uint32_t attempt, const VersionCode& version, std::uint32_t module);
  std::uint32_t new_code(std::uint32_t function, std::uint32_t load, std::uint32_t module,
                         Op* block);
  void load_batch(std::span<Reloading> batch, bool first);
  bool admit(std::span<Reloading> batch);
  void begin(Reloading& reloading);
  void stage(Reloading& reloading, bool first);
  bool run_body(Reloading& reloading);
  bool install(std::span<Reloading> batch);
  void commit(std::span<Reloading> batch, bool first);
  void retire(Reloading& reloading);
  void fail(std::span<Reloading> batch);
  void close(
      const Reloading& reloading);  // right before the attempt ends: others may begin from here on

  std::string name_;
  const Strategy& strategy_;
  const Reclamation& reclamation_;
  const Locals& locals_;
  Capabilities capabilities_;
  Run* run_ = nullptr;
  std::vector<std::unique_ptr<Stack>> stacks_;  // pool
  std::vector<std::uint32_t> stack_of_task_;    // by TaskId: index into stacks_ + 1
  std::size_t stacks_used_ = 0;
  Spare<Spawned> spare_spawned_;
  std::uint32_t hooks_registered_ = 0;
  CodeArena arena_;
  std::vector<std::uint32_t> script_codes_;  // by task
  std::vector<std::uint32_t> freed_;         // since the walker last went
  WalkMemory walk_memory_;
  std::vector<Value> closure_;                    // of the function that is being made
  Stack nobodys_;                                 // of generators that go while they are parked
  std::array<std::vector<bool>, tags_max> seen_;  // of a collection, by tag
  std::vector<Value> reached_;                    // likewise
  std::vector<std::uint32_t> kept_;               // likewise: codes that are retired and not freed
  struct {
    NameId class_{}, function{}, self{}, migrate{};
  } names_;  // of a method's attributes and of migrators, none where the scenario does not name
             // them
  std::vector<FieldCode> fresh_fields_;  // of a class
  static constexpr std::uint64_t forgotten_bit = std::uint64_t{1} << 32;
};

template <class Changed>
void Runtime::renew_layouts(const Changed& changed) {
  if (program().fields.empty()) return;
  for (std::uint32_t at = 0; at < heap.classes.size(); ++at) {
    const Value class_ = Value::of(Tag::class_, at);
    if (heap.classes[at].count == 0) continue;
    fresh_fields_.clear();
    find_fields(class_);
    if (has_found_layout(class_)) continue;
    take_found_layout(class_);
    changed(class_);
  }
}

// Looks for holders of these codes, from the roots, and tells of each (Live): after each step that
// frees, of what was freed; after a collect, of what is retired and not freed. No strategy and no
// mutant can replace it, and it does not trust the counts.
void walk(Runtime& runtime, Run& run, const std::vector<std::uint32_t>& codes);

}  // namespace midstride::model::runtime
