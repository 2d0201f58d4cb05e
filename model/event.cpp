// Events and side tables in words, for people: off the hot path, and total, since a monitor's text
// or a printed trace may name anything that an event can hold, a row that a broken subject never
// defined included.
#include "model/event.hpp"

#include <fmt/format.h>

#include <iterator>

#include "model/program.hpp"

namespace midstride::model {

namespace {

// clang-format off
constexpr std::string_view event_names[] = {
    "enter", "op", "exit", "write", "read", "bind", "look", "call", "assign-read-only", "resolve",
    "store", "create", "field", "throw", "catch", "reload-request", "reload-begin", "reload-item",
    "reload-step", "reload-commit", "reload-fail", "reload-reject", "reload-wait", "retire",
    "free", "live", "touch", "send", "receive", "block", "wake", "kill", "spawn", "end", "switch",
    "close", "ring", "channel", "trap", "refuse", "idle", "peek", "poke", "collect", "emit",
    "is-a", "closure", "cell-write", "cell-read", "migrate", "hook", "generator", "flush"};
// clang-format on
static_assert(std::size(event_names) == event_kind_count);
constexpr std::string_view enter_names[] = {"by name", "held",     "spawn",     "body",
                                            "script",  "migrator", "finaliser", "generator"};
constexpr std::string_view generator_names[] = {"made", "resumed", "suspended", "dropped"};
constexpr std::string_view exit_names[] = {"returned", "threw"};
constexpr std::string_view store_names[] = {"namespace",   "class",   "pointer", "version",
                                            "in progress", "program", "base",    "layout"};
constexpr std::string_view migrate_names[] = {"at once", "at access", "undone"};
constexpr std::string_view is_a_names[] = {"an instance of", "the same as", "caught as"};
constexpr std::string_view closure_names[] = {"made", "entered"};
constexpr std::string_view hook_names[] = {"registered", "run", "dropped"};
constexpr std::string_view block_names[] = {"receive", "send", "park", "sleep"};
constexpr std::string_view ring_names[] = {"schedule", "remove", "insert", "run",  "switch",
                                           "watch",    "main",   "?",      "join", "decides for"};
constexpr std::string_view refusal_names[] = {"?",        "closed",    "would-block",
                                              "deadlock", "no-sender", "no-receiver",
                                              "blocked",  "dead",      "current"};
constexpr std::string_view poke_names[] = {"lost", "applied", "kept"};
constexpr std::string_view reject_names[] = {"own-body", "in-progress", "own-frame", "old-code"};
constexpr std::string_view holder_names[] = {
    "frame", "local",         "temporary", "channel", "namespace", "class", "object",
    "spawn", "old namespace", "cell",      "hook",    "generator", "copy"};
constexpr std::string_view step_names[] = {"admit",   "stage",  "validate", "scan", "swap",
                                           "migrate", "retire", "reclaim",  "undo"};
constexpr std::string_view error_names[] = {
    "name",         "unbound-local", "attribute",      "not-callable",  "arity",
    "read-only",    "raised",        "task-exit",      "reload-failed", "reload-rejected",
    "would-block",  "kind-changed",  "not-a-class",    "no-super",      "foreign",
    "not-iterable", "running",       "stop-iteration", "generator-stop"};

// The word for a number that came out of an event's four bits.
template <std::size_t size>
std::string_view word(const std::string_view (&names)[size], std::size_t at) {
  return at < size ? names[at] : "?";
}
template <class Row>
const Row* row(const std::vector<Row>& rows, std::size_t at) {
  return at < rows.size() ? &rows[at] : nullptr;
}

// Names of one run's side tables.
class Words {
 public:
  explicit Words(const Tables& tables) : tables_(tables) {}

  std::string name(NameId id) const {
    const bool known =
        tables_.scenario != nullptr && row(tables_.scenario->names, id.value) != nullptr;
    return known ? std::string(tables_.scenario->text(id)) : "?";
  }
  std::string module(std::uint32_t module) const {
    const ModuleCode* known =
        tables_.program != nullptr ? row(tables_.program->modules, module) : nullptr;
    return known != nullptr ? name(known->name) : fmt::format("module {}", module);
  }
  // shop.f, of a resolve's first word.
  std::string global(std::uint32_t module_and_slot) const {
    return module(module_and_slot >> 16) + "." +
           slot(module_and_slot >> 16, module_and_slot & 0xffff);
  }
  std::string function(std::uint32_t index) const {
    const FunctionCode* known =
        tables_.program != nullptr ? row(tables_.program->functions, index) : nullptr;
    if (known == nullptr || tables_.scenario == nullptr) return fmt::format("function {}", index);
    const std::string qualified = tables_.program->qualified_name(*known, *tables_.scenario);
    if (known->kind == FunctionCode::Kind::script) return qualified;
    return fmt::format("{} of version {}", qualified, known->version);
  }
  // shop.X
  std::string class_name(std::uint32_t class_index) const {
    const EntityRow* made = row(tables_.classes, class_index);
    const ClassCode* code = made != nullptr && tables_.program != nullptr
                                ? row(tables_.program->classes, made->function_or_class)
                                : nullptr;
    return code != nullptr ? module(code->module) + "." + name(code->name) : "?";
  }
  // " of version 2"
  std::string class_version(std::uint32_t class_index) const {
    const EntityRow* made = row(tables_.classes, class_index);
    const AttemptRow* load = made != nullptr ? row(tables_.attempts, made->load) : nullptr;
    return load != nullptr ? fmt::format(" of version {}", load->to) : std::string();
  }
  std::string class_(std::uint32_t class_index) const {
    return class_name(class_index) + class_version(class_index);
  }
  std::string function_value(std::uint32_t function_index) const {
    const EntityRow* made = row(tables_.functions, function_index);
    return made != nullptr ? function(made->function_or_class)
                           : fmt::format("function {}", function_index);
  }
  // shop.X.f, of whatever was called.
  std::string callee(Value value) const {
    if (value.tag() == Tag::class_) return class_name(value.index());
    if (value.tag() == Tag::method) {
      const HandleRow* seen = latest(value);
      if (seen != nullptr) value = seen->function;
    }
    const EntityRow* made =
        value.tag() == Tag::function ? row(tables_.functions, value.index()) : nullptr;
    const FunctionCode* code = made != nullptr && tables_.program != nullptr
                                   ? row(tables_.program->functions, made->function_or_class)
                                   : nullptr;
    return code != nullptr && tables_.scenario != nullptr
               ? tables_.program->qualified_name(*code, *tables_.scenario)
               : "it";
  }
  // How a method was seen last; it may have been seen in more than one state.
  const HandleRow* latest(Value method) const {
    for (std::size_t at = tables_.handles.size(); at-- > 0;) {
      if (tables_.handles[at].object == method) return &tables_.handles[at];
    }
    return nullptr;
  }
  std::string method(const HandleRow& handle) const {
    const std::string_view bound = handle.self == Value::absent() ? "unbound" : "bound";
    return fmt::format("<{} method {}>", bound, function_value(handle.function.index()));
  }
  // A function's word, or that of a method whose index is a HandleId.
  std::string handle(std::uint32_t handle_word) const {
    const Value value{handle_word};
    if (value.tag() != Tag::method) return tables_.show(value);
    const HandleRow* seen = row(tables_.handles, value.index());
    return seen != nullptr ? method(*seen) : "<method>";
  }
  std::string task(std::uint32_t task) const {
    const std::string known = tables_.show_task(task);
    return known.empty() ? fmt::format("task {}", task) : known;
  }
  std::string channel(std::uint32_t channel) const {
    const bool known =
        tables_.scenario != nullptr && row(tables_.scenario->channels, channel) != nullptr;
    return known ? name(tables_.scenario->channels[channel].name)
                 : fmt::format("channel {}", channel);
  }
  // Python's word for the type of a value, as it stands in an AttributeError.
  std::string type(Value value) const {
    switch (value.tag()) {
      case Tag::absent: break;
      case Tag::none: return "'NoneType' object";
      case Tag::integer: return "'int' object";
      case Tag::object: return "'object' object";
      case Tag::instance: {
        const std::uint32_t* class_index = row(tables_.instance_classes, value.index());
        const std::string known = class_index != nullptr ? class_name(*class_index) : "object";
        return "'" + known.substr(known.rfind('.') + 1) + "' object";
      }
      case Tag::class_: {
        const std::string known = class_name(value.index());
        return "type object '" + known.substr(known.rfind('.') + 1) + "'";
      }
      case Tag::function: return "'function' object";
      case Tag::method: return "'method' object";
      case Tag::cell: return "'cell' object";
      case Tag::generator: return "'generator' object";
    }
    return "this";
  }
  std::string owner(std::uint32_t owner_word, std::uint32_t slot_word) const {
    const Owner owner{owner_word};
    switch (owner.kind()) {
      case Owner::Kind::namespace_:
        return fmt::format("slot {} of namespace {}", slot_word, owner.index());
      case Owner::Kind::class_:
        return slot_word >= layout_slot
                   ? class_(owner.index())
                   : class_name(owner.index()) + "." + name(NameId{slot_word}) +
                         class_version(owner.index());
      case Owner::Kind::module: return module(owner.index());
    }
    return "?";
  }
  static std::string cell(std::uint32_t cell_word) {
    return fmt::format("cell {}", Value{cell_word}.index());
  }
  std::string op(std::uint32_t code, std::uint32_t pc) const {
    const CodeRow* known = row(tables_.codes, code);
    const FunctionCode* function = known != nullptr && tables_.program != nullptr
                                       ? row(tables_.program->functions, known->function)
                                       : nullptr;
    if (function == nullptr) return "op";
    const std::span<const Op> ops = tables_.program->ops_of(*function);
    return std::string(pc + 1 < ops.size() ? name_of(ops[pc + 1].code) : "op");
  }

 private:
  std::string slot(std::uint32_t module, std::uint32_t slot) const {
    const ModuleCode* known =
        tables_.program != nullptr ? row(tables_.program->modules, module) : nullptr;
    const NameId* id = known != nullptr ? row(known->slots, slot) : nullptr;
    return id != nullptr ? name(*id) : fmt::format("slot {}", slot);
  }

  const Tables& tables_;
};

// What the three words of an event say, without its kind and its actor.
std::string details(const Event& event, const Tables& tables) {
  const Words words(tables);
  const std::uint32_t a = event.a, b = event.b, c = event.c;
  const std::size_t how = event.how();
  const auto value = [&](std::uint32_t word_of_value) { return tables.show(Value{word_of_value}); };
  const auto other = [&](std::uint32_t task, std::string_view preposition) {
    return task == no_task ? std::string() : fmt::format(" {} {}", preposition, words.task(task));
  };
  switch (event.kind()) {
    case EventKind::enter: {
      const std::string entered =
          fmt::format("frame {}: {}, {}", a, tables.show_code(b), word(enter_names, how));
      return b == c ? entered : entered + ", checked as " + tables.show_code(c);
    }
    case EventKind::op:
      return fmt::format("frame {} at {}: {} in {}", a, c, words.op(b, c), tables.show_code(b));
    case EventKind::exit: return fmt::format("frame {}: {}", a, word(exit_names, how));
    case EventKind::write:
    case EventKind::read:
    case EventKind::flush:
    case EventKind::peek: return fmt::format("frame {} slot {}: {}", a, b, value(c));
    case EventKind::poke:
      return fmt::format("frame {} slot {}: {}, {}", a, b, value(c), word(poke_names, how));
    case EventKind::bind:
    case EventKind::look:
      return fmt::format("slot {}: {}, runs {}", a, words.handle(b), tables.show_code(c));
    case EventKind::call: {
      const std::string through = a == no_slot ? std::string() : fmt::format(" through slot {}", a);
      return fmt::format("{}{} enters {}", words.handle(b), through, tables.show_code(c));
    }
    case EventKind::assign_read_only:
      return fmt::format("frame {}: {}: {}", a, words.handle(b),
                         c == no_error ? "went through" : tables.show_error(c));
    case EventKind::resolve: {
      const std::string by = c == no_load ? "program code" : tables.show_attempt(c);
      const std::string_view pinned =
          how == static_cast<std::size_t>(ResolveHow::pinned) ? ", pinned" : "";
      return fmt::format("{}: {}, from {}{}", words.global(a), value(b), by, pinned);
    }
    case EventKind::store: {
      if (how == static_cast<std::size_t>(StoreHow::layout))
        return fmt::format("layout {}: {}", words.owner(a, b), tables.show_layout(c));
      const bool plain = Owner{a}.kind() == Owner::Kind::module;  // an id, a number or a flag
      return fmt::format("{} {}: {}", word(store_names, how), words.owner(a, b),
                         plain ? std::to_string(c) : value(c));
    }
    case EventKind::create: return value(a);
    case EventKind::field:
      return fmt::format("{}.{} {} {}", value(a), words.name(tables.field_name(event)),
                         writes(static_cast<FieldHow>(how)) ? "=" : "is", value(c));
    case EventKind::migrate:
      return fmt::format("{} from {} to {}, {}", value(a), tables.show_layout(b),
                         tables.show_layout(c), word(migrate_names, how));
    case EventKind::throw_: {
      const std::string checked =
          c == no_code ? std::string() : ", checked as " + tables.show_code(c);
      return fmt::format("frame {}: {}{}", a, tables.show_error(b), checked);
    }
    case EventKind::catch_: return fmt::format("frame {}: {}", a, tables.show_error(b));
    case EventKind::reload_request: return tables.show_attempt(a) + other(b, "by");
    case EventKind::reload_begin:
    case EventKind::reload_commit: return tables.show_attempt(a);
    case EventKind::reload_item:
      return fmt::format("{}: {} {} -> {}", tables.show_attempt(a), words.module(b), c >> 16,
                         c & 0xffff);
    case EventKind::reload_step:
      return fmt::format("{}: {} {}", tables.show_attempt(a), how == 0 ? "before" : "after",
                         word(step_names, b));
    case EventKind::reload_fail:
      return fmt::format("{}: {}", tables.show_attempt(a), tables.show_error(b));
    case EventKind::reload_reject:
      return fmt::format("{}: {}", tables.show_attempt(a), word(reject_names, b));
    case EventKind::reload_wait:
      if (a == b) return fmt::format("{} for frames of its module", tables.show_attempt(a));
      return fmt::format("{} for {}", tables.show_attempt(a), tables.show_attempt(b));
    case EventKind::retire:
    case EventKind::free: return tables.show_code(a);
    case EventKind::live:
      return fmt::format("{}: held by {} {}", tables.show_code(a), word(holder_names, b), c);
    case EventKind::touch: return fmt::format("{} by frame {}", tables.show_code(a), b);
    case EventKind::send:
      return fmt::format("{}: {}{}", words.channel(a), value(b), other(c, "to"));
    case EventKind::receive:
      return fmt::format("{}: {}{}", words.channel(a), value(b), other(c, "from"));
    case EventKind::block: {
      const std::string on = a == no_channel ? std::string() : " on " + words.channel(a);
      return std::string(word(block_names, how)) + on;
    }
    case EventKind::wake:
    case EventKind::kill:
    case EventKind::switch_: return words.task(a);
    case EventKind::end: return words.task(a) + (how == 0 ? "" : " by an uncaught error");
    case EventKind::spawn: return words.task(a) + (b == 0 ? "" : " runs " + words.handle(b));
    case EventKind::close: return words.channel(a) + (b == 0 ? " is open again" : "");
    case EventKind::ring:
      return std::string(word(ring_names, how)) + (a == no_task ? "" : " " + words.task(a));
    case EventKind::channel:
      return fmt::format("{} preference {}{}", words.channel(a), static_cast<int>(b & 3) - 1,
                         (b & 4) != 0 ? " schedule-all" : "");
    case EventKind::trap: return words.task(a) + (b != 0 ? " on" : " off");
    case EventKind::refuse: return std::string(word(refusal_names, b));
    case EventKind::idle: return {};
    case EventKind::collect: return {};
    case EventKind::emit: return value(a);
    case EventKind::is_a:
      return fmt::format("{} {}{} {}", value(a), c == 0 ? "not " : "", word(is_a_names, how),
                         value(b));
    case EventKind::closure:
      return fmt::format("{} {}: {} in {}", value(a), word(closure_names, how),
                         words.name(NameId{c}), words.cell(b));
    case EventKind::hook: {
      const std::string of = c == no_load ? std::string() : " of " + tables.show_attempt(c);
      return fmt::format("{}{}: {}, {}", a, of, words.handle(b), word(hook_names, how));
    }
    case EventKind::cell_write:
    case EventKind::cell_read:
      return fmt::format("{} of {}: {}", words.name(NameId{c}), words.cell(a), value(b));
    case EventKind::generator: {
      const bool begun = b != 0 && how != static_cast<std::size_t>(GeneratorHow::made);
      return fmt::format("{} {}{}", value(a), word(generator_names, how),
                         begun ? fmt::format(", frame {}", b) : std::string());
    }
  }
  return {};
}

}  // namespace

std::string_view name_of(EventKind kind) {
  return word(event_names, static_cast<std::size_t>(kind));
}
std::string_view name_of(HolderKind kind) {
  return word(holder_names, static_cast<std::size_t>(kind));
}
std::string_view name_of(RejectWhy why) {
  return word(reject_names, static_cast<std::size_t>(why));
}
std::string_view name_of(Step step) { return word(step_names, static_cast<std::size_t>(step)); }
std::string_view name_of(ErrorKind kind) {
  return word(error_names, static_cast<std::size_t>(kind));
}

void Tables::clear() {
  scenario = nullptr;
  program = nullptr;
  codes.clear();
  handles.clear();
  errors.clear();
  attempts.clear();
  functions.clear();
  classes.clear();
  instance_classes.clear();
  layouts.clear();
  layout_fields.clear();
  generators.clear();
  tasks.clear();
}

std::string Tables::show(Value value) const {
  const Words words(*this);
  switch (value.tag()) {
    case Tag::absent: return "nothing";
    case Tag::none: return "None";
    case Tag::integer: return std::to_string(value.number());
    case Tag::object: return "{}";
    case Tag::instance: {
      const std::uint32_t* class_index = row(instance_classes, value.index());
      return class_index != nullptr ? fmt::format("<{} object>", words.class_(*class_index))
                                    : "<object>";
    }
    case Tag::class_: return fmt::format("<class {}>", words.class_(value.index()));
    case Tag::function: return fmt::format("<function {}>", words.function_value(value.index()));
    case Tag::method: {
      const HandleRow* seen = words.latest(value);
      return seen != nullptr ? words.method(*seen) : "<method>";
    }
    case Tag::cell: return "<cell>";
    case Tag::generator: {
      const std::uint32_t* code = row(generators, value.index());
      return code != nullptr ? fmt::format("<generator {}>", show_code(*code)) : "<generator>";
    }
  }
  return "?";
}

std::string Tables::show_code(std::uint32_t code) const {
  const CodeRow* known = row(codes, code);
  if (known == nullptr) return code == no_code ? "no code" : fmt::format("code {}", code);
  return Words(*this).function(known->function);
}

std::string Tables::show_error(std::uint32_t error) const {
  const ErrorRow* known = row(errors, error);
  if (known == nullptr) return error == no_error ? "no error" : fmt::format("error {}", error);
  if (!known->text.empty()) return known->text;
  const Words words(*this);
  switch (known->kind) {
    case ErrorKind::name:
      return fmt::format("NameError: name '{}' is not defined", words.name(known->name));
    case ErrorKind::unbound_local:
      return fmt::format(
          "UnboundLocalError: cannot access local variable '{}' where it is not associated with a "
          "value",
          words.name(known->name));
    case ErrorKind::attribute:
      return fmt::format("AttributeError: {} has no attribute '{}'", words.type(known->value),
                         words.name(known->name));
    case ErrorKind::not_callable:
      return fmt::format("TypeError: {} is not callable", words.type(known->value));
    case ErrorKind::arity:
      return fmt::format("TypeError: {}() does not take that number of arguments",
                         words.callee(known->value));
    case ErrorKind::read_only: return "TypeError: readonly attribute";
    case ErrorKind::raised: return fmt::format("Raised: {}", show(known->value));
    case ErrorKind::task_exit: return "TaskletExit";
    case ErrorKind::reload_failed: return "ReloadError: the reload failed";
    case ErrorKind::reload_rejected: return "ReloadError: the reload was rejected";
    case ErrorKind::would_block: return "RuntimeError: nobody is there to wait for";
    case ErrorKind::kind_changed:
      return fmt::format("ReloadError: '{}' is no longer the kind of thing that it was",
                         words.name(known->name));
    case ErrorKind::not_a_class:
      return fmt::format("TypeError: {} is not a class", words.type(known->value));
    case ErrorKind::no_super: return "TypeError: super() of an object that is not of the class";
    case ErrorKind::foreign: return "Error";
    case ErrorKind::not_iterable:
      return fmt::format("TypeError: {} is not an iterator", words.type(known->value));
    case ErrorKind::running: return "ValueError: generator already executing";
    case ErrorKind::stop_iteration: return "StopIteration";
    case ErrorKind::generator_stop: return "RuntimeError: generator raised StopIteration";
  }
  return "?";
}

std::string Tables::show_attempt(std::uint32_t attempt) const {
  const AttemptRow* known = row(attempts, attempt);
  if (known == nullptr) return fmt::format("attempt {}", attempt);
  const Words words(*this);
  if (known->reload == no_reload) return "first load of " + words.module(known->module);
  const Reload* declared = scenario != nullptr ? row(scenario->reloads, known->reload) : nullptr;
  std::string shown =
      declared != nullptr ? words.name(declared->name) : fmt::format("reload {}", known->reload);
  if (known->repeat != 1) shown += fmt::format(".{}", known->repeat);
  if (declared != nullptr && declared->targets.size() > 1)
    shown += " of " + words.module(known->module);
  return shown;
}

std::string Tables::show_layout(std::uint32_t layout) const {
  const LayoutRow* known = row(layouts, layout);
  if (known == nullptr) return "?";
  std::string shown = "(";
  for (std::uint32_t at = known->fields_begin; at < known->fields_end; ++at) {
    if (at != known->fields_begin) shown += ", ";
    shown += Words(*this).name(layout_fields[at]);
  }
  return shown + ")";
}

NameId Tables::field_name(const Event& event) const {
  if (!of_instance(static_cast<FieldHow>(event.how()))) return NameId{event.b};
  const LayoutRow* known = row(layouts, event.b >> 12);
  if (known == nullptr) return {};
  const std::uint32_t at = known->fields_begin + (event.b & 0xfff);
  return at < known->fields_end ? layout_fields[at] : NameId{};
}

std::string Tables::show_task(std::uint32_t task) const {
  const TaskletRow* known = row(tasks, task);
  if (known == nullptr || !known->name.valid()) return {};
  const std::string base = Words(*this).name(known->name);
  return known->repeat == 1 ? base : fmt::format("{}.{}", base, known->repeat);
}

std::string Tables::show_actor(Actor actor) const {
  switch (actor.kind()) {
    case ActorKind::tasklet: return Words(*this).task(actor.index());
    case ActorKind::machinery: return show_attempt(actor.index());
    case ActorKind::body: return "body of " + show_attempt(actor.index());
    case ActorKind::inspector: return "inspector";
  }
  return "?";
}

std::string show(const Event& event, const Tables& tables) {
  const std::string rest = details(event, tables);
  const std::string line =
      fmt::format("{}: {}", tables.show_actor(event.actor()), name_of(event.kind()));
  return rest.empty() ? line : line + " " + rest;
}

}  // namespace midstride::model
