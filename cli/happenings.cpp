#include "cli/happenings.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>
#include <utility>

#include "cli/locals.hpp"
#include "cli/source.hpp"

namespace midstride::cli {

namespace {

using model::Actor;
using model::ActorKind;
using model::Event;
using model::EventKind;
using model::NameId;
using model::OpCode;
using model::Value;

Who who_of(Actor actor) {
  switch (actor.kind()) {
    case ActorKind::tasklet: return {Who::Kind::tasklet, actor.index()};
    case ActorKind::machinery:
    case ActorKind::body: return {Who::Kind::reload, actor.index()};
    case ActorKind::inspector: return {Who::Kind::inspector, 0};
  }
  return {};
}

class Teller {
 public:
  explicit Teller(const model::Runner& runner)
      : run_(runner.last()),
        tables_(runner.tables()),
        texts_(texts_of_ops(run_.program(), run_.scenario())),
        locals_(tables_) {}

  void on(std::uint32_t index, const Event& event) {
    at_ = index;
    who_ = who_of(event.actor());
    locals_.on(event);
    if (pending_ && *pending_ != who_ && is_visible(event.kind())) tell_pending();
    switch (event.kind()) {
      case EventKind::op: return op(event);
      case EventKind::enter: return enter(event);
      case EventKind::exit: return exit(event);
      case EventKind::write:
        if (event.a == now().frame && now().has_target) came_out(Value{event.c});
        return;
      case EventKind::store:
        if (now().code == OpCode::store && event.actor().kind() != ActorKind::machinery &&
            model::Owner{event.a}.kind() == model::Owner::Kind::namespace_)
          came_out(Value{event.c});
        return;
      case EventKind::cell_write:
        if (now().code == OpCode::store_cell) came_out(Value{event.b});
        return;
      case EventKind::cell_read: return found(tables_.show(Value{event.b}));
      case EventKind::generator: return generator(event);
      case EventKind::emit: return came_out(Value{event.a});
      case EventKind::resolve: return found(tables_.show(Value{event.b}));
      case EventKind::is_a:
        if (event.how() == static_cast<std::uint8_t>(model::IsAHow::caught)) return;
        return found(tables_.show(Value::integer(static_cast<std::int32_t>(event.c))));
      case EventKind::look: return found(locals_.show_handle(event.b));
      case EventKind::throw_:
        if (pending_ == who_) pending_.reset();  // the error says what it was about
        return add(tables_.show_error(event.b), Happening::Kind::error);
      case EventKind::catch_: return add("caught");
      case EventKind::block:
        if (who_.kind == Who::Kind::tasklet || event.actor().kind() == ActorKind::body) {
          now().waited = true;
          append("  waits");
        }
        return;
      case EventKind::send:
        if (event.c == model::no_task) return;
        states_[task(event.c)].received = Value{event.b};
        return append("  to " + name_of(task(event.c), tables_));
      case EventKind::receive:
        if (event.c == model::no_task) return;
        append("  from " + name_of(task(event.c), tables_));
        now().received = Value{event.b};
        return;
      case EventKind::reload_begin: return add("begins");
      case EventKind::reload_item:
        if (told_.empty() || told_.back().who != who_ || hidden()) return;
        told_.back().text = fmt::format("{} {} -> {} {}", module(event.b), event.c >> 16,
                                        event.c & 0xffff, told_.back().text);
        return;
      case EventKind::reload_step: return step(event);
      case EventKind::reload_commit: return add("commits");
      case EventKind::reload_fail:
        return add("fails: " + tables_.show_error(event.b), Happening::Kind::error);
      case EventKind::reload_reject:
        return add(fmt::format("is rejected: {}", name_of(static_cast<model::RejectWhy>(event.b))),
                   Happening::Kind::error);
      case EventKind::reload_wait:
        if (event.a == event.b) return add("waits for frames of its module to end");
        return add("waits for " + tables_.show_attempt(event.b));
      case EventKind::free:
        if (std::exchange(ended_, false)) add("gc.collect()  # the run is over");
        freed_codes_.push_back(event.a);
        return list("frees ", tables_.show_code(event.a));
      case EventKind::live:  // that what is retired is still held is no news
        if (std::find(freed_codes_.begin(), freed_codes_.end(), event.a) == freed_codes_.end())
          return;
        return add(fmt::format("{} is freed but held: {}", tables_.show_code(event.a),
                               name_of(static_cast<model::HolderKind>(event.b))),
                   Happening::Kind::error);
      case EventKind::touch:
        return add(tables_.show_code(event.a) + " is used after it was freed",
                   Happening::Kind::error);
      case EventKind::migrate:
        return add(fmt::format("{} goes from {} to {}", tables_.show(model::Value{event.a}),
                               tables_.show_layout(event.b), tables_.show_layout(event.c)));
      case EventKind::peek: return peek(event);
      case EventKind::poke: return poke(event);
      case EventKind::flush:
        return add(fmt::format(">>> flush({}.frame)  # {} = {}", locals_.task_of(event.a),
                               locals_.name(event.a, event.b), locals_.show(Value{event.c})));
      case EventKind::collect:  // the one at the end of a run was nobody's decision
        if (event.how() == 0) add("gc.collect()");
        ended_ = event.how() != 0;
        return;
      case EventKind::read:
      case EventKind::bind:
      case EventKind::call:
      case EventKind::assign_read_only:
      case EventKind::create:
      case EventKind::field:
      case EventKind::closure:
      case EventKind::hook:
      case EventKind::reload_request:
      case EventKind::retire:
      case EventKind::wake:
      case EventKind::kill:
      case EventKind::spawn:
      case EventKind::end:
      case EventKind::close:
      case EventKind::ring:
      case EventKind::channel:
      case EventKind::trap:
      case EventKind::refuse:
      case EventKind::idle: return;
      case EventKind::switch_: tasks_[event.a] = who_; return;
    }
  }

  // The guarantee broke at the event that was told last.
  void violated(std::uint32_t guarantee, const Event& event) {
    if (pending_ == who_) tell_pending();
    const auto own = std::find_if(told_.rbegin(), told_.rend(),
                                  [&](const Happening& line) { return line.who == who_; });
    const bool same_turn = own != told_.rend() && own->event >= now().event;
    if (same_turn) return own->violated.push_back(guarantee);
    const std::string all = model::show(event, tables_);
    const bool was_hidden = std::exchange(always_, true);
    add(all.substr(std::min(all.find(": ") + 2, all.size())));
    always_ = was_hidden;
    told_.back().violated.push_back(guarantee);
  }

  std::vector<Happening> finish() && { return std::move(told_); }

 private:
  // What one actor is at: its frames, and the op that it began last.
  struct State {
    std::vector<std::uint32_t> frames;
    std::uint32_t frame = 0;  // of the op
    std::uint32_t event = 0;  // of the op or step
    OpCode code = OpCode::pass;
    const OpText* text = nullptr;
    bool has_target = false;  // the op's value goes to a local
    bool told = false;        // it has a line
    bool waited = false;
    std::optional<Value> received;
    std::string value;  // of a look-up
  };

  State& now() { return states_[who_]; }
  // A task of the scheduler's is a tasklet, or runs a reload.
  Who task(std::uint32_t task) const {
    const auto known = tasks_.find(task);
    return known != tasks_.end() ? known->second : Who{Who::Kind::tasklet, task};
  }
  std::string module(std::uint32_t module) const {
    return std::string(run_.scenario().text(run_.program().modules[module].name));
  }

  // Events after which it matters what somebody else had only looked up.
  static bool is_visible(EventKind kind) {
    return kind == EventKind::op || kind == EventKind::reload_step || kind == EventKind::poke ||
           kind == EventKind::flush || kind == EventKind::reload_commit;
  }

  void op(const Event& event) {
    State& state = now();
    // A value that was waited for, and that no local takes.
    if (state.waited && state.received && state.text != nullptr && !state.text->statement)
      came_out(*state.received);
    const model::CodeRow& row = tables_.codes[event.b];
    const std::uint32_t at = run_.program().functions[row.function].ops_begin + 1 + event.c;
    const model::Op& began = run_.program().ops[at];
    state.frame = event.a;
    state.event = at_;
    state.code = began.code;
    state.text = &texts_[at];
    state.has_target = began.dst < run_.program().functions[row.function].locals;
    state.told = state.waited = false;
    state.received.reset();
    state.value.clear();
    const bool talks = began.code == OpCode::send || began.code == OpCode::receive;
    pending_.reset();
    if (began.code == OpCode::pass) return;
    if (state.text->statement || talks) return tell_op();
    pending_ = who_;
  }

  void enter(const Event& event) {
    State& state = now();
    const auto how = static_cast<model::EnterHow>(event.how());
    state.frames.push_back(event.a);
    std::string enters = "enters " + tables_.show_code(event.b);
    if (event.b != event.c) enters += ", checked as " + tables_.show_code(event.c);
    switch (how) {
      case model::EnterHow::by_name:
      case model::EnterHow::held:
      case model::EnterHow::generator:
        state.frames.pop_back();
        if (!state.told && state.text != nullptr) tell_op();
        append("  " + enters);
        state.frames.push_back(event.a);
        pending_.reset();
        return;
      case model::EnterHow::spawn:
      case model::EnterHow::migrator: return add(std::move(enters));
      case model::EnterHow::finaliser: return add("at exit " + enters);
      case model::EnterHow::body:
      case model::EnterHow::script: return;
    }
  }

  void exit(const Event& event) {
    State& state = now();
    if (!state.frames.empty()) state.frames.pop_back();
    const bool threw = static_cast<model::ExitHow>(event.how()) == model::ExitHow::threw;
    if (threw && state.frames.empty() && who_.kind == Who::Kind::tasklet)
      add("nobody catches it: the tasklet ends");
  }

  // A generator's frame comes and goes with it; whom it gives a value goes on with its own op.
  void generator(const Event& event) {
    State& state = now();
    switch (static_cast<model::GeneratorHow>(event.how())) {
      case model::GeneratorHow::resumed:
        if (event.b == 0) return;
        if (!state.told && state.text != nullptr) tell_op();
        append("  resumes " + tables_.show_code(event.c));
        state.frames.push_back(event.b);
        pending_.reset();
        return;
      case model::GeneratorHow::suspended:
        if (!state.frames.empty()) state.frames.pop_back();
        return;
      case model::GeneratorHow::made:
      case model::GeneratorHow::dropped: return;
    }
  }

  void step(const Event& event) {
    if (event.how() != 0) return;
    now().event = at_;
    const std::string step(name_of(static_cast<model::Step>(event.b)));
    if (!told_.empty() && steps_ == told_.size() && told_.back().who == who_) {
      if (!told_.back().text.ends_with(step)) told_.back().text += ", " + step;
      return;
    }
    add(step, Happening::Kind::bookkeeping);
    steps_ = told_.size();
  }

  // One line for all that is freed at once.
  void list(std::string_view verb, const std::string& what) {
    if (!told_.empty() && freed_ == told_.size() && told_.back().who == who_) {
      told_.back().text += ", " + what;
      return;
    }
    add(std::string(verb) + what, Happening::Kind::bookkeeping);
    freed_ = told_.size();
  }

  void peek(const Event& event) {
    const bool goes_on = peeked_ == told_.size() && event.b > last_peeked_ && !told_.empty();
    if (!goes_on) {
      add(fmt::format(">>> {}.frame.f_locals\n{{}}", locals_.task_of(event.a)));
      peeked_ = told_.size();
    }
    last_peeked_ = event.b;
    std::string& text = told_.back().text;
    text.pop_back();
    text += fmt::format("{}'{}': {}}}", text.back() == '{' ? "" : ", ",
                        locals_.name(event.a, event.b), locals_.show(Value{event.c}));
  }

  void poke(const Event& event) {
    constexpr std::string_view what_becomes[] = {"lost: f_locals is a copy",
                                                 "the frame will see it", "kept until a flush"};
    add(fmt::format(">>> {}.frame.f_locals['{}'] = {}  # {}", locals_.task_of(event.a),
                    locals_.name(event.a, event.b), locals_.show(Value{event.c}),
                    what_becomes[event.how()]));
  }

  // What the look-up that was begun last gave. A statement that is nothing else shows it at once.
  void found(std::string value) {
    State& state = now();
    state.value = std::move(value);
    const bool alone = state.text != nullptr && state.text->statement && !state.has_target;
    if (alone && (state.code == OpCode::resolve || state.code == OpCode::look))
      append("  -> " + state.value);
  }

  // The value of the op that was begun last.
  void came_out(Value value) {
    State& state = now();
    if (state.text == nullptr || !state.text->shows_value) return;
    const std::string shown = "  -> " + locals_.show(value);
    const bool nobody_came_in = state.told && told_.back().who == who_ && own_line(state);
    if (nobody_came_in) {
      append(shown);
    } else {
      add(state.text->text + shown);
    }
    state.told = true;
  }
  // Whether the last line is the one that the op began.
  bool own_line(const State& state) const {
    return told_.back().event == state.event && told_.back().who == who_;
  }

  void tell_op() {
    const std::uint32_t here = std::exchange(at_, now().event);
    const bool looks = now().code == OpCode::resolve || now().code == OpCode::look;
    add((looks && !now().text->statement ? "looks up " : "") + now().text->text);
    now().told = !hidden();
    at_ = here;
  }

  void tell_pending() {
    const Who here = std::exchange(who_, *pending_);
    pending_.reset();
    tell_op();
    if (!now().value.empty()) append("  -> " + now().value);
    who_ = here;
  }

  void append(std::string_view what) {
    if (told_.empty() || told_.back().who != who_ || hidden()) return;
    told_.back().text += what;
  }

  void add(std::string text, Happening::Kind kind = Happening::Kind::plain) {
    if (hidden() && kind != Happening::Kind::error) return;
    const auto calls = static_cast<std::uint32_t>(now().frames.size());
    // A reload's own lines stand at the margin, the statements of its body below them.
    const std::uint32_t depth = who_.kind == Who::Kind::tasklet && calls > 0 ? calls - 1 : calls;
    told_.push_back({who_, kind, depth, std::move(text), at_, {}});
  }

  // First loads are no news, unless they fail or say something.
  bool hidden() {
    if (always_ || who_.kind != Who::Kind::reload) return false;
    if (tables_.attempts[who_.index].reload != model::no_reload) return false;
    return now().code != OpCode::emit;
  }

  const model::Run& run_;
  const model::Tables& tables_;
  std::vector<std::uint32_t> freed_codes_;
  const std::vector<OpText> texts_;
  Locals locals_;
  std::map<Who, State> states_;
  std::map<std::uint32_t, Who> tasks_;
  std::vector<Happening> told_;
  std::optional<Who> pending_;  // who has begun a part of a statement that has no line yet
  Who who_;
  std::uint32_t at_ = 0;
  bool always_ = false;
  // Lines that may still grow: told_.size() right after they were added.
  std::size_t steps_ = 0, freed_ = 0, peeked_ = 0;
  std::uint32_t last_peeked_ = 0;
  bool ended_ = false;  // and nothing was freed by that yet
};

}  // namespace

std::vector<Happening> happenings(const model::Runner& runner, const model::Verdict& verdict) {
  Teller teller(runner);
  const std::span<const Event> events = runner.trace().events();
  for (std::uint32_t at = 0; at < events.size(); ++at) {
    teller.on(at, events[at]);
    for (const model::Found& found : verdict.found) {
      const bool here = found.violation.event == at ||
                        (found.violation.event >= events.size() && at + 1 == events.size());
      if (here) teller.violated(found.guarantee, events[at]);
    }
  }
  return std::move(teller).finish();
}

std::string name_of(const Who& who, const model::Tables& tables) {
  switch (who.kind) {
    case Who::Kind::tasklet: return tables.show_actor(Actor::of(ActorKind::tasklet, who.index));
    case Who::Kind::reload: return tables.show_attempt(who.index);
    case Who::Kind::inspector: return "inspector";
  }
  return {};
}

}  // namespace midstride::cli
