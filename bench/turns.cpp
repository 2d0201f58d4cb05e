// What a turn costs: of sim alone, and of whole scenarios. Everything is as in a campaign: trace
// and digest on, the memory of the run before used again.
#include <cstdint>
#include <memory>
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
#include "sim/policies.hpp"
#include "sim/scheduler.hpp"

namespace midstride::bench {

namespace {

// Clerks and customers over two channels, and a reload of the clerks' module in their midst.
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
      paid.send(Till().price(k))
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
  orders.send(2)
  b = paid.receive()
  emit a
  emit b
task bob:
  orders.send(3)
  a = paid.receive()
  orders.send(4)
  b = paid.receive()
  emit a
  emit b
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

void sim_turn(benchmark::State& state) {
  Two two;
  for (auto _ : state) two.run(sim::Granularity::ops, Two::only_turns, Two::only_turns);
  report(state, turns_max, floors().turn_ns);
}

void sim_message(benchmark::State& state) {
  Two two;
  for (auto _ : state) two.run(sim::Granularity::yields, Two::sends, Two::receives);
  report(state, turns_max / 2, floors().message_ns);
}

void report_scenarios(benchmark::State& state, double hand_ns, double turns) {
  report(state, 1, hand_ns);
  state.counters["per second"] =
      benchmark::Counter(1, benchmark::Counter::kIsIterationInvariantRate);
  if (turns != 0) {
    state.counters["ns a turn"] = benchmark::Counter(
        turns * 1e-9, benchmark::Counter::kIsIterationInvariantRate | benchmark::Counter::kInvert);
  }
}

std::unique_ptr<model::Subject> subject() { return model::make_subject("model/overwrite"); }

void replay(benchmark::State& state, const model::RunOptions& options) {
  const auto under_test = subject();
  model::Runner runner(properties::guarantees());
  const auto read = model::read(shop, "shop");
  const auto& scenario = std::get<model::Scenario>(read);
  const model::Scenario recorded =
      model::explicit_decisions(scenario, runner, runner.run(scenario, *under_test));
  const std::uint64_t turns = runner.run(recorded, *under_test).turns;
  for (auto _ : state) benchmark::DoNotOptimize(runner.run(recorded, *under_test, options));
  report_scenarios(state, floors().scenario_ns, static_cast<double>(turns));
}

void replay_bare(benchmark::State& state) {
  replay(state, {.judge = false, .watch_scheduler = false, .walk = false});
}
void replay_judged(benchmark::State& state) { replay(state, {}); }

void generate(std::uint64_t run, model::Scenario& scenario) {
  const std::uint64_t seed = properties::run_seed(1, run);
  sim::Choices choices = sim::Choices::from(sim::Prng(seed));
  properties::generate(choices, {.seed = seed}, scenario);
}

void generate_only(benchmark::State& state) {
  model::Scenario scenario;
  std::uint64_t run = 0;
  for (auto _ : state) generate(++run, scenario);
  report_scenarios(state, 0, 0);
}

void generate_run_judge(benchmark::State& state) {
  const auto under_test = subject();
  properties::Judge judge;
  model::Scenario scenario;
  std::uint64_t run = 0, turns = 0;
  for (auto _ : state) {
    generate(++run, scenario);
    turns += judge.run(scenario, *under_test).turns;
  }
  report_scenarios(state, 0, static_cast<double>(turns) / static_cast<double>(run));
}

void campaign(benchmark::State& state) {
  const auto under_test = subject();
  properties::Campaign campaign(*under_test, {.seed = 1});
  for (auto _ : state) campaign.step();
  const properties::CampaignResult& result = campaign.result();
  report_scenarios(state, 0, static_cast<double>(result.turns) / static_cast<double>(result.runs));
}

}  // namespace

void register_turns() {
  benchmark::RegisterBenchmark("sim: turn", sim_turn);
  benchmark::RegisterBenchmark("sim: message", sim_message);
  benchmark::RegisterBenchmark("replay: run", replay_bare);
  benchmark::RegisterBenchmark("replay: run, judge", replay_judged);
  benchmark::RegisterBenchmark("generate", generate_only);
  benchmark::RegisterBenchmark("generate, run, judge", generate_run_judge);
  benchmark::RegisterBenchmark("campaign step", campaign);
}

}  // namespace midstride::bench
