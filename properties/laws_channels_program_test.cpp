#include "properties/laws_channels_program.hpp"

#include <fmt/format.h>

#include <charconv>
#include <functional>
#include <iterator>
#include <memory>
#include <optional>
#include <utility>

#include "model/monitor.hpp"
#include "model/sim_events.hpp"
#include "properties/guarantees/all.hpp"
#include "sim/policies.hpp"
#include "sim/tasklet.hpp"

namespace midstride::properties {

namespace {

constexpr std::string_view word_of[] = {
    "send",    "receive",    "send_exception", "iterate",  "close",           "open",
    "destroy", "preference", "schedule_all",   "schedule", "schedule_remove", "run",
    "refuse",  "spawn",      "trap",           "insert",   "remove",          "run",
    "switch",  "kill",       "kill_pending",   "throw",    "throw_pending"};
static_assert(std::size(word_of) == do_count);

bool on_channel(Do what) { return what <= Do::schedule_all; }
bool on_tasklet(Do what) { return what >= Do::spawn; }
bool has_value(Do what) {
  return what == Do::send || what == Do::send_exception || what == Do::preference ||
         what == Do::schedule_all || what == Do::trap || what >= Do::throw_now;
}

// Channel actions are the half of it: nothing else meets anybody.
Do draw_what(sim::Prng& prng, std::uint32_t kinds) {
  for (;;) {
    const std::uint32_t number = prng.below(2 * do_count);
    const Do what =
        number < do_count ? static_cast<Do>(number) : (number % 2 == 0 ? Do::send : Do::receive);
    if (kinds == 0 || (kinds >> static_cast<unsigned>(what) & 1) != 0) return what;
  }
}

}  // namespace

ChannelProgram draw_program(sim::Prng& prng, std::uint32_t kinds) {
  ChannelProgram program;
  const std::uint32_t channels = 1 + prng.below(2);
  for (std::uint32_t c = 0; c < channels; ++c) {
    const auto preference = static_cast<std::int8_t>(static_cast<int>(prng.below(3)) - 1);
    program.channels.push_back({preference, prng.below(4) == 0});
  }
  const std::uint32_t tasklets = 2 + prng.below(4);
  const bool may_be_late = kinds == 0;
  for (std::uint32_t t = 0; t < tasklets; ++t) {
    TaskletShape& tasklet = program.tasklets.emplace_back();
    tasklet.late = t > 0 && may_be_late && prng.below(5) == 0;
    const std::uint32_t steps = 1 + prng.below(5);
    for (std::uint32_t s = 0; s < steps; ++s) {
      const Do what = draw_what(prng, kinds);
      Step step{.what = what};
      if (on_channel(what)) step.on = static_cast<std::uint8_t>(prng.below(channels));
      if (on_tasklet(what)) step.on = static_cast<std::uint8_t>(prng.below(tasklets));
      if (has_value(what)) step.value = static_cast<std::uint8_t>(prng.below(3));
      step.guarded = prng.below(2) == 0;
      tasklet.steps.push_back(step);
    }
    if (t == 0) tasklet.steps.push_back({.what = Do::run, .guarded = true});
  }
  return program;
}

std::string text(const ChannelProgram& program) {
  std::string line = "channels";
  for (const ChannelShape& channel : program.channels)
    line += fmt::format(" {}{}", channel.preference, channel.schedule_all ? "*" : "");
  for (std::size_t t = 0; t < program.tasklets.size(); ++t) {
    const TaskletShape& tasklet = program.tasklets[t];
    line += t == 0 ? " | main:" : fmt::format(" | t{}{}:", t, tasklet.late ? "+" : "");
    for (std::size_t s = 0; s < tasklet.steps.size(); ++s) {
      const Step& step = tasklet.steps[s];
      line += s == 0 ? " " : ", ";
      if (on_channel(step.what)) line += fmt::format("c{}.", step.on);
      if (on_tasklet(step.what)) line += fmt::format("t{}.", step.on);
      line += word_of[static_cast<std::size_t>(step.what)];
      if (has_value(step.what)) line += fmt::format(" {}", step.value);
      if (step.guarded) line += "?";
    }
  }
  return line;
}

namespace {

// What is left of a line, from which words are taken at the front.
struct Rest {
  std::string_view line;

  bool take(std::string_view word) {
    if (!line.starts_with(word)) return false;
    line.remove_prefix(word.size());
    return true;
  }
  template <class Number>
  bool take_number(Number& number) {
    int value = 0;
    const auto [end, error] = std::from_chars(line.data(), line.data() + line.size(), value);
    if (error != std::errc()) return false;
    line.remove_prefix(static_cast<std::size_t>(end - line.data()));
    number = static_cast<Number>(value);
    return true;
  }
  // Of the steps that begin so the longest: "kill" begins "kill_pending".
  std::optional<Do> take_what(bool of_channel, bool of_tasklet) {
    std::optional<Do> longest;
    for (std::uint32_t at = 0; at < do_count; ++at) {
      const Do what = static_cast<Do>(at);
      const bool fits = on_channel(what) == of_channel && on_tasklet(what) == of_tasklet;
      const bool longer =
          !longest || word_of[at].size() > word_of[static_cast<std::size_t>(*longest)].size();
      if (fits && longer && line.starts_with(word_of[at])) longest = what;
    }
    if (longest) take(word_of[static_cast<std::size_t>(*longest)]);
    return longest;
  }
};

std::optional<Step> step_from(Rest& rest) {
  Step step;
  const bool of_channel = rest.take("c") && rest.take_number(step.on) && rest.take(".");
  const bool of_tasklet =
      !of_channel && rest.take("t") && rest.take_number(step.on) && rest.take(".");
  const std::optional<Do> what = rest.take_what(of_channel, of_tasklet);
  if (!what) return std::nullopt;
  step.what = *what;
  if (has_value(step.what) && !(rest.take(" ") && rest.take_number(step.value)))
    return std::nullopt;
  step.guarded = rest.take("?");
  return step;
}

}  // namespace

std::optional<ChannelProgram> program_from(std::string_view line) {
  Rest rest{line};
  ChannelProgram program;
  if (!rest.take("channels")) return std::nullopt;
  while (rest.take(" ") && !rest.take("|")) {
    ChannelShape& channel = program.channels.emplace_back();
    if (!rest.take_number(channel.preference)) return std::nullopt;
    channel.schedule_all = rest.take("*");
  }
  do {
    TaskletShape& tasklet = program.tasklets.emplace_back();
    const std::string name =
        program.tasklets.size() == 1 ? " main" : fmt::format(" t{}", program.tasklets.size() - 1);
    if (!rest.take(name)) return std::nullopt;
    tasklet.late = rest.take("+");
    if (!rest.take(":")) return std::nullopt;
    if (rest.line.starts_with(" |") || rest.line.empty()) continue;
    do {
      if (!rest.take(" ")) return std::nullopt;
      const std::optional<Step> step = step_from(rest);
      if (!step) return std::nullopt;
      tasklet.steps.push_back(*step);
    } while (rest.take(","));
  } while (rest.take(" |"));
  if (!rest.line.empty()) return std::nullopt;
  return program;
}

std::string text(const Log& log) {
  static constexpr std::string_view names[] = {"begin",    "done",    "end", "channel",
                                               "switched", "balance", "left"};
  std::string line;
  for (const Entry& entry : log)
    line += fmt::format("{} {} {} {}; ", names[static_cast<std::size_t>(entry.note)], entry.who,
                        entry.what, entry.result);
  return line;
}

namespace {

struct Thrown {
  std::uint8_t value;
};

// One program on one World.
class Performance final : public sim::Observer {
 public:
  Performance(const ChannelProgram& program, sim::World& world, sim::Scheduler& scheduler, Log& log,
              model::Trace& trace)
      : program_(program), world_(world), scheduler_(scheduler), log_(log), trace_(trace) {}

  void run() {
    world_.set_observer(this);
    for (const ChannelShape& shape : program_.channels) {
      const std::string name = "c" + std::to_string(channels_.size());
      channels_.push_back(&world_.channel<int>(name, shape.preference, shape.schedule_all));
    }
    tasks_.resize(program_.tasklets.size());
    world_.set_channel_callback(
        [this](sim::AnyChannel& channel, sim::TaskId task, bool sending, bool will_block) {
          const auto what = static_cast<std::int16_t>((channel.name() == "c0" ? 0 : 4) +
                                                      (sending ? 2 : 0) + (will_block ? 1 : 0));
          note({Note::channel, number(task), what, static_cast<std::int16_t>(channel.balance())});
        });
    world_.set_schedule_callback([this](sim::TaskId previous, sim::TaskId next) {
      if (std::exchange(fails_next_, false)) throw Thrown{switch_failed - thrown};
      note({Note::switched, number(previous), number(next)});
    });
    try {
      world_.main([this] {
        tasks_[0] = world_.getcurrent();
        for (std::size_t t = 1; t < tasks_.size(); ++t)
          if (!program_.tasklets[t].late) spawn(t);
        play(0);
      });
    } catch (const Thrown& left) {
      note({Note::left, 0, 0, static_cast<std::int16_t>(thrown + left.value)});
    } catch (const std::runtime_error& left) {
      note({Note::left, 0, 0, code_of(left)});
    }
    world_.set_observer(nullptr);
    for (std::size_t c = 0; c < channels_.size(); ++c)
      note({Note::balance, static_cast<std::int16_t>(c), 0,
            static_cast<std::int16_t>(channels_[c]->balance())});
  }

 private:
  void note(const Entry& entry) { log_.push_back(entry); }
  std::int16_t number(sim::TaskId task) const {
    for (std::size_t t = 0; t < tasks_.size(); ++t)
      if (tasks_[t] == task) return static_cast<std::int16_t>(t);
    return 0;  // main, before it knows itself
  }

  void on(const sim::SimEvent& event) override {
    using model::Actor;
    using model::ActorKind;
    const auto actor = [](sim::TaskId task) {
      return task.valid() ? Actor::of(ActorKind::tasklet, task.value)
                          : Actor::of(ActorKind::inspector, 0);
    };
    model::add(trace_, event, actor(event.task), actor(scheduler_.current()));
  }

  void spawn(std::size_t t) {
    if (tasks_[t].valid()) return;
    tasks_[t] = world_.spawn("t" + std::to_string(t), [this, t] { play(t); });
  }

  void play(std::size_t t) {
    const auto who = static_cast<std::int16_t>(t);
    const std::vector<Step>& steps = program_.tasklets[t].steps;
    for (std::size_t s = 0; s < steps.size(); ++s) {
      const auto at = static_cast<std::int16_t>(s);
      note({Note::begin, who, at});
      std::int16_t result = fine;
      std::exception_ptr raised;
      try {
        result = perform(steps[s]);
      } catch (const sim::TaskletExit&) {
        result = exited;
        raised = std::current_exception();
      } catch (const Thrown& what) {
        result = static_cast<std::int16_t>(thrown + what.value);
        raised = std::current_exception();
      } catch (const std::runtime_error& error) {
        result = code_of(error);
        raised = std::current_exception();
      }
      note({Note::done, who, at, result});
      if (raised && !steps[s].guarded) std::rethrow_exception(raised);
    }
    note({Note::end, who});
  }

  std::int16_t perform(const Step& step) {
    if (on_tasklet(step.what)) return perform_on_tasklet(step);
    sim::Channel<int>& c = *channels_[on_channel(step.what) ? step.on : 0];
    switch (step.what) {
      case Do::send: c.send(step.value); break;
      case Do::receive: return static_cast<std::int16_t>(received + c.receive());
      case Do::send_exception: c.send_exception(error(step.value)); break;
      case Do::iterate: {
        auto at = c.begin();
        return at == c.end() ? std::int16_t{iterated} : static_cast<std::int16_t>(received + *at);
      }
      case Do::close: c.close(); break;
      case Do::open: c.open(); break;
      case Do::destroy: world_.destroy(c); break;
      case Do::preference: c.set_preference(static_cast<std::int8_t>(step.value - 1)); break;
      case Do::schedule_all: c.set_schedule_all(step.value == 1); break;
      case Do::schedule: world_.schedule(); break;
      case Do::schedule_remove: world_.schedule_remove(); break;
      case Do::run: world_.run(); break;
      case Do::refuse: fails_next_ = true; break;
      default: break;
    }
    return fine;
  }

  std::int16_t perform_on_tasklet(const Step& step) {
    if (step.what == Do::spawn) {
      if (step.on != 0) spawn(step.on);
      return fine;
    }
    const sim::TaskId task = tasks_[step.on];
    if (!task.valid()) return fine;
    switch (step.what) {
      case Do::trap: world_.set_block_trap(task, step.value == 1); break;
      case Do::insert: world_.insert(task); break;
      case Do::remove: world_.remove(task); break;
      case Do::run_task: world_.run(task); break;
      case Do::switch_to: world_.switch_to(task); break;
      case Do::kill: world_.kill(task); break;
      case Do::kill_pending: world_.kill(task, sim::When::pending); break;
      case Do::throw_now: world_.raise_exception(task, error(step.value)); break;
      case Do::throw_pending:
        world_.raise_exception(task, error(step.value), sim::When::pending);
        break;
      default: break;
    }
    return fine;
  }

  static std::exception_ptr error(std::uint8_t value) {
    return std::make_exception_ptr(Thrown{value});
  }
  static std::int16_t code_of(const std::runtime_error& error) {
    static constexpr std::pair<std::string_view, Ended> codes[] = {
        {"Send/receive operation on a closed channel", channel_closed},
        {"this tasklet does not like to be blocked.", does_not_like},
        {"Deadlock: the last runnable tasklet cannot be blocked.", deadlocked},
        {"the main tasklet is receiving without a sender available.", no_sender},
        {"the main tasklet is sending without a receiver available.", no_receiver},
        {"You cannot run a blocked tasklet", run_blocked},
        {"You cannot run an unbound(dead) tasklet", run_dead},
        {"The current tasklet cannot be removed.", remove_current},
        {"You cannot remove a blocked tasklet.", remove_blocked},
        {"You cannot throw to a dead tasklet", throw_dead}};
    for (const auto& [said, code] : codes)
      if (said == error.what()) return code;
    return -1;
  }

  const ChannelProgram& program_;
  sim::World& world_;
  sim::Scheduler& scheduler_;
  Log& log_;
  model::Trace& trace_;
  std::vector<sim::Channel<int>*> channels_;
  std::vector<sim::TaskId> tasks_;
  bool fails_next_ = false;  // the schedule callback will raise
};

}  // namespace

const Log& ProgramRunner::run(const ChannelProgram& program, const ProgramOptions& options) {
  log_.clear();
  trace_.clear();
  if (options.policy == "stackless") {
    trace_.add(model::EventKind::ring, model::Actor::of(model::ActorKind::inspector, 0),
               model::no_task, 0, 0, static_cast<std::uint8_t>(model::ring_decides));
  }
  const std::unique_ptr<sim::Policy> policy = sim::make_policy(options.policy);
  Log during;
  {
    sim::World world({.policy = options.policy, .seed = options.seed, .planted = options.planted},
                     *policy, scheduler_);
    Performance performance(program, world, scheduler_, during, trace_);
    performance.run();
    log_ = during;  // what follows is the end of the world
  }
  return log_;
}

std::string ProgramRunner::judge() const {
  const model::Guarantee guarantee = channel_rules();
  const std::unique_ptr<model::Monitor> monitor = guarantee.make();
  const model::Tables tables;
  const model::RunFacts facts{.tables = &tables, .ended_normally = true};
  monitor->begin(facts);
  const std::span<const model::Event> events = trace_.events();
  for (std::uint32_t at = 0; at < events.size(); ++at) {
    if ((guarantee.sees & mask_of(events[at].kind())) != 0) monitor->on(at, events[at]);
  }
  monitor->finish();
  if (!monitor->violation()) return {};
  return "event " + std::to_string(monitor->violation()->event) + ": expected " +
         monitor->violation()->expected + "; found " + monitor->violation()->found;
}

}  // namespace midstride::properties
