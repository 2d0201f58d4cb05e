#include "properties/observation.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <span>
#include <string_view>
#include <utility>

#include "properties/by_id.hpp"
#include "properties/pair_ids.hpp"

namespace midstride::properties {

using namespace model;

namespace {

class Observer {
 public:
  explicit Observer(const Tables& tables) : tables_(tables) {}

  void on(std::uint32_t index, const Event& event) {
    const Actor actor = event.actor();
    const bool tasklet = actor.kind() == ActorKind::tasklet;
    switch (event.kind()) {
      case EventKind::emit:
        if (tasklet)
          see(actor.index(),
              {.kind = Observation::Kind::emit, .value = Value{event.a}, .event = index});
        break;
      case EventKind::throw_:
        if (tasklet) see(actor.index(), thrown(tables_.errors[event.b], index));
        break;
      case EventKind::receive:
        if (tasklet) see(actor.index(), received(event, index));
        break;
      case EventKind::send:  // to one who waited: nothing else tells that it has received
        if (event.c != no_task) see(event.c, received(event, index));
        break;
      default: break;
    }
  }

  Observations take() { return std::move(all_); }

 private:
  struct Named {
    std::uint32_t number = 0;  // 0: not seen yet
  };
  struct Tasklet {
    std::uint32_t place = 0;                // in all_, + 1
    std::array<std::uint32_t, 16> named{};  // by tag: how many have a number
  };

  static Observation received(const Event& event, std::uint32_t index) {
    return {.kind = Observation::Kind::receive,
            .channel = event.a,
            .value = Value{event.b},
            .event = index};
  }
  static Observation thrown(const ErrorRow& error, std::uint32_t index) {
    const Value value = error.kind == ErrorKind::raised ? error.value : Value{};
    return {.kind = Observation::Kind::throw_, .error = error.kind, .value = value, .event = index};
  }

  void see(std::uint32_t task, Observation observation) {
    const bool of_the_harness = task >= tables_.tasks.size() || !tables_.tasks[task].name.valid();
    if (of_the_harness) return;
    Tasklet& tasklet = tasklets_[task];
    if (tasklet.place == 0) {
      all_.push_back({tables_.show_task(task), {}});
      tasklet.place = static_cast<std::uint32_t>(all_.size());
    }
    if (observation.value.on_heap()) observation.value = renamed(task, tasklet, observation.value);
    all_[tasklet.place - 1].seen.push_back(observation);
  }

  Value renamed(std::uint32_t task, Tasklet& tasklet, Value value) {
    std::uint32_t& number = names_[pairs_(task, value.word)].number;
    if (number == 0) number = ++tasklet.named[static_cast<std::size_t>(value.tag())];
    return Value::of(value.tag(), number);
  }

  const Tables& tables_;
  Observations all_;
  ById<Tasklet> tasklets_;
  PairIds pairs_;
  ById<Named> names_;
};

std::string show_renamed(Value value) {
  constexpr std::string_view kinds[] = {"nothing", "None",     "",       "{}",   "instance",
                                        "class",   "function", "method", "cell", "generator"};
  const auto tag = static_cast<std::size_t>(value.tag());
  if (value.tag() == Tag::integer) return std::to_string(value.number());
  if (!value.on_heap()) return std::string(kinds[tag]);
  return fmt::format("{} {}", kinds[tag], value.index());
}

std::optional<Difference> first_difference(const TaskletObservations& left,
                                           const TaskletObservations& right) {
  const std::size_t both = std::min(left.seen.size(), right.seen.size());
  std::size_t at = 0;
  while (at < both && left.seen[at] == right.seen[at]) ++at;
  if (at == left.seen.size() && at == right.seen.size()) return std::nullopt;
  const auto words = [at](const TaskletObservations& of) {
    return at < of.seen.size() ? show(of.seen[at]) : std::string("nothing more");
  };
  const auto event = [at](const TaskletObservations& of) {
    return of.seen.empty() ? 0 : of.seen[std::min(at, of.seen.size() - 1)].event;
  };
  return Difference{left.name, at, words(left), words(right), event(left), event(right)};
}

const TaskletObservations* find(const Observations& all, std::string_view name) {
  for (const TaskletObservations& tasklet : all) {
    if (tasklet.name == name) return &tasklet;
  }
  return nullptr;
}

}  // namespace

Observations observe(const Trace& trace, const Tables& tables) {
  Observer observer(tables);
  const std::span<const Event> events = trace.events();
  for (std::uint32_t at = 0; at < events.size(); ++at) observer.on(at, events[at]);
  return observer.take();
}

std::optional<Difference> difference(const Observations& left, const Observations& right) {
  for (const TaskletObservations& tasklet : left) {
    const TaskletObservations* other = find(right, tasklet.name);
    const auto differs = first_difference(
        tasklet, other != nullptr ? *other : TaskletObservations{tasklet.name, {}});
    if (differs) return differs;
  }
  for (const TaskletObservations& tasklet : right) {
    if (find(left, tasklet.name) == nullptr) return first_difference({tasklet.name, {}}, tasklet);
  }
  return std::nullopt;
}

std::string show(const Observation& observation) {
  const std::string value = show_renamed(observation.value);
  switch (observation.kind) {
    case Observation::Kind::emit: return "emit " + value;
    case Observation::Kind::receive:
      return fmt::format("receive {} on channel {}", value, observation.channel);
    case Observation::Kind::throw_: {
      const std::string_view error = name_of(observation.error);
      return observation.error == ErrorKind::raised ? fmt::format("throw {} {}", error, value)
                                                    : fmt::format("throw {}", error);
    }
  }
  return {};
}

}  // namespace midstride::properties
