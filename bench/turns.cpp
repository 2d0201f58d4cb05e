// What a turn costs: of sim alone, and of whole scenarios. Everything is as in a campaign: trace
// and digest on, the memory of the run before used again.
#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>
#include <variant>

#include "bench/bench.hpp"
#include "model/event.hpp"
#include "model/run.hpp"
#include "model/subjects.hpp"
#include "model/text.hpp"
#include "properties/campaign.hpp"
#include "properties/generator.hpp"
#include "properties/guarantees.hpp"
#include "properties/judge.hpp"
#include "sim/check.hpp"
#include "sim/fiber.hpp"
#include "sim/policies.hpp"
#include "sim/scheduler.hpp"

namespace midstride::bench {

namespace {

// Clerks and customers over two channels, and a reload of the clerks' module in their midst: 60
// turns, and nothing is violated.
constexpr std::string_view shop = R"(midstride 1
module shop
  version 1
    class Till:
      def price(self, n):
        return n
    def clerk():
      m = Till().price
      n = orders.receive()
      paid.send(m(n))
      k = orders.receive()
      paid.send(m(k))
      l = orders.receive()
      paid.send(m(l))
  version 2
    class Till:
      def price(self, n):
        return 7
    def clerk():
      pass
channel orders
channel paid
task first: shop.clerk()
task second: shop.clerk()
task ann:
  orders.send(1)
  a = paid.receive()
  emit a
  orders.send(2)
  b = paid.receive()
  emit b
  orders.send(5)
  paid.receive()
  yield
  emit 1
task bob:
  orders.send(3)
  a = paid.receive()
  emit a
  orders.send(4)
  b = paid.receive()
  emit b
  orders.send(6)
  paid.receive()
  yield
  emit 2
  emit 3
reload r: shop -> 2
then random seed 5
)";

constexpr std::uint64_t turns_max = 10'000;

// Two tasks under the policy random, with a trace.
class Two final : sim::Observer {
 public:
  void run(sim::Granularity granularity, sim::TaskEntry one, sim::TaskEntry other) {
    trace_.clear();
    scheduler_.begin({.granularity = granularity, .turn_budget = turns_max}, this);
    channel_ = scheduler_.channel({.name = "c"});
    scheduler_.spawn(one, this, {.name = "one"});
    scheduler_.spawn(other, this, {.name = "other"});
    random_->begin(1, turns_max);
    scheduler_.run(*random_);
  }

  static void only_turns(void* self, sim::TaskId) {
    for (;;) static_cast<Two*>(self)->scheduler_.turn(sim::Point::op);
  }
  static void sends(void* self, sim::TaskId) {
    Two& two = *static_cast<Two*>(self);
    for (;;) {
      two.scheduler_.turn(sim::Point::op);
      two.scheduler_.send(two.channel_, 1);
    }
  }
  static void receives(void* self, sim::TaskId) {
    Two& two = *static_cast<Two*>(self);
    for (;;) {
      two.scheduler_.turn(sim::Point::op);
      two.scheduler_.receive(two.channel_);
    }
  }

 private:
  void on(const sim::SimEvent& event) override {
    trace_.add(model::EventKind::switch_, {}, event.task.value, event.other.value,
               static_cast<std::uint32_t>(event.word), static_cast<std::uint8_t>(event.kind));
  }

  sim::Scheduler scheduler_;
  sim::ChannelId channel_{};
  std::unique_ptr<sim::Policy> random_ = sim::make_random();
  model::Trace trace_;
};

void come_back(void* fiber) {
  for (;;) static_cast<sim::Fiber*>(fiber)->suspend();
}

void sim_resume(benchmark::State& state) {
  sim::StackPool pool(0, sim::GuardPages::no);
  sim::Fiber* const fiber = pool.take();
  fiber->start(come_back, fiber);
  constexpr std::size_t jumps = 10'000;
  for (auto _ : state) {
    for (std::size_t at = 0; at < jumps; at += 2) fiber->resume();
  }
  pool.give_back(fiber);
  report(state, jumps);
}

void sim_turn(benchmark::State& state) {
  Two two;
  for (auto _ : state) two.run(sim::Granularity::ops, Two::only_turns, Two::only_turns);
  report(state, turns_max, &Floors::turn);
}

void sim_message(benchmark::State& state) {
  Two two;
  for (auto _ : state) two.run(sim::Granularity::yields, Two::sends, Two::receives);
  report(state, turns_max / 2, &Floors::message);
}

constexpr model::RunOptions bare{.judge = false, .watch_scheduler = false, .walk = false};

// How much longer all that a campaign adds to a run takes: monitors, the walker, sim's state
// digested around each step of a reload. Stretch by stretch beside bare runs.
template <class Run>
double times_bare(const Run& run) {
  return median_of_stretches([&] {
    const double judged_ns = ns_of([&] { run(model::RunOptions{}); });
    return judged_ns / ns_of([&] { run(bare); });
  });
}

class Replay {
 public:
  Replay() : read_(model::read(shop, "shop")) {
    const auto& scenario = std::get<model::Scenario>(read_);
    recorded_ = model::explicit_decisions(scenario, runner_, runner_.run(scenario, *subject_));
    const model::Outcome& outcome = runner_.run(recorded_, *subject_);
    MIDSTRIDE_CHECK(outcome.turns == 60 && outcome.verdict.kind == model::VerdictKind::held,
                    "60 turns in which everything holds");
  }
  void run(const model::RunOptions& options) { runner_.run(recorded_, *subject_, options); }

 private:
  std::unique_ptr<model::Subject> subject_ = model::make_subject("model/overwrite");
  model::Runner runner_{properties::guarantees()};
  std::variant<model::Scenario, model::TextError> read_;
  model::Scenario recorded_;
};

void replay_bare(benchmark::State& state) {
  Replay replay;
  for (auto _ : state) replay.run(bare);
  report_scenarios(state, 60, &Floors::scenario);
}
void replay_judged(benchmark::State& state) {
  Replay replay;
  for (auto _ : state) replay.run({});
  report_scenarios(state, 60, &Floors::scenario);
  state.counters["x bare"] = times_bare([&](const model::RunOptions& options) {
    for (int times = 0; times < 50; ++times) replay.run(options);
  });
}

class Source {
 public:
  const model::Scenario& next() {
    const std::uint64_t seed = properties::run_seed(1, ++run_);
    sim::Choices choices = sim::Choices::from(sim::Prng(seed));
    generator_.generate(choices, {.seed = seed}, scenario_);
    return scenario_;
  }

 private:
  std::uint64_t run_ = 0;
  properties::Generator generator_;
  model::Scenario scenario_;
};

void generate_only(benchmark::State& state) {
  Source source;
  for (auto _ : state) benchmark::DoNotOptimize(source.next());
  report_scenarios(state, 0);
}

// Many scenarios, generated beforehand.
class Generated {
 public:
  Generated() {
    Source source;
    for (model::Scenario& scenario : scenarios_) scenario = source.next();
  }
  void run(std::size_t number, const model::RunOptions& options) {
    turns_ += runner_.run(scenarios_[number % scenarios_.size()], *subject_, options).turns;
    ++runs_;
  }
  double turns() const { return static_cast<double>(turns_) / static_cast<double>(runs_); }

 private:
  std::unique_ptr<model::Subject> subject_ = model::make_subject("model/overwrite");
  model::Runner runner_{properties::guarantees()};
  std::array<model::Scenario, 1'000> scenarios_;
  std::uint64_t turns_ = 0, runs_ = 0;
};

void run_only(benchmark::State& state) {
  Generated generated;
  std::size_t number = 0;
  for (auto _ : state) generated.run(number++, bare);
  report_scenarios(state, generated.turns());
}

void run_judge(benchmark::State& state) {
  Generated generated;
  std::size_t number = 0;
  for (auto _ : state) generated.run(number++, {});
  report_scenarios(state, generated.turns());
  state.counters["x bare"] = times_bare([&](const model::RunOptions& options) {
    for (std::size_t at = 0; at < 500; ++at) generated.run(at, options);
  });
}

void generate_run_judge(benchmark::State& state) {
  const auto subject = model::make_subject("model/overwrite");
  properties::Judge judge;
  Source source;
  std::uint64_t runs = 0, turns = 0;
  for (auto _ : state) {
    turns += judge.run(source.next(), *subject).turns;
    ++runs;
  }
  report_scenarios(state, static_cast<double>(turns) / static_cast<double>(runs));
}

void campaign(benchmark::State& state) {
  const auto subject = model::make_subject("model/overwrite");
  properties::Campaign campaign(*subject, {.seed = 1});
  for (auto _ : state) campaign.step();
  const properties::CampaignResult& result = campaign.result();
  report_scenarios(state, static_cast<double>(result.turns) / static_cast<double>(result.runs));
}

}  // namespace

void register_turns() {
  const auto row = [](const char* name, void (*function)(benchmark::State&)) {
    benchmark::RegisterBenchmark(name, function)->MinTime(0.2)->Repetitions(5);
  };
  row("sim: resume or suspend", sim_resume);
  row("sim: turn", sim_turn);
  row("sim: message", sim_message);
  row("replay: run", replay_bare);
  row("replay: run, judge", replay_judged);
  row("generate", generate_only);
  row("generated: run", run_only);
  row("generated: run, judge", run_judge);
  row("generate, run, judge", generate_run_judge);
  row("campaign step", campaign);
}

}  // namespace midstride::bench
