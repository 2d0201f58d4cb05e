// Reload latency on the model runtime: how long a request takes to the commit and to the first call
// of the new version, what retiring the old one costs, and how soon its last code is freed once the
// last frame has left it; for modules of several sizes, with frames suspended in old code.
//
// One run makes many reloads, in a schedule of explicit decisions. Between them stand `collect`
// decisions, which the model would run on the hub: here the subject looks at the clock instead. So
// a figure is the time of exactly the decisions between two marks: with the switches to a tasklet
// and back, one look at the clock and the writing of events, without the judging and watching that
// a campaign adds. The trace of the first run has to show that the marks stand where they should.
//
// K frames are suspended in code of the first version, which every reload leaves older: in up to
// 2,500 tasklets, four calls deep where that is not enough (a scenario has at most 4,096 names).
#include <algorithm>
#include <chrono>
#include <iterator>
#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include <fmt/format.h>

#include "bench/bench.hpp"
#include "model/run.hpp"
#include "model/subjects.hpp"
#include "model/text.hpp"
#include "sim/check.hpp"

namespace midstride::bench {

namespace {

using Clock = std::chrono::steady_clock;

// The marks of one reload, in order.
enum Mark { asked, visible, committed, called, returned, retired, released, freed, mark_count };
// What the trace shows between them: enter, commit, free (see check_marks).
constexpr std::string_view marks_shown = "EMMCMEMMFMMFM";
constexpr std::size_t reloads = 20;

struct Interval {
  const char* name;
  Mark from, to;
};
constexpr Interval intervals[] = {{"call", asked, called},
                                  {"commit", visible, committed},
                                  {"retire", returned, retired},
                                  {"free", released, freed}};
constexpr std::size_t commit = 1;

struct Strategy {
  const char* name;
  // Turns of an attempt on a module of n functions: before anything of the new version can be seen
  // by others, and from there to the commit.
  std::size_t (*unseen)(std::size_t n);
  std::size_t (*seen)(std::size_t n);
};
constexpr Strategy strategies[] = {
    // Stages, then runs the body in the live namespace.
    {"overwrite", [](std::size_t) -> std::size_t { return 1; }, [](std::size_t n) { return n; }},
    // Stages, runs the body apart, swaps the pointer.
    {"swap", [](std::size_t n) { return 1 + n; }, [](std::size_t) -> std::size_t { return 1; }},
    // Stages, runs the body apart, patches name by name.
    {"in-place", [](std::size_t n) { return 1 + n; }, [](std::size_t n) { return n; }},
};

model::Scenario scenario(const Strategy& strategy, std::size_t functions, std::size_t frames) {
  std::string text = "midstride 1\nbudget 1000000\nmodule shop\n";
  const auto add = [&](std::string_view line, std::size_t a, std::size_t b = 0) {
    fmt::format_to(std::back_inserter(text), fmt::runtime(line), a, b);
  };
  for (const std::size_t version : {1U, 2U}) {
    add("  version {}\n", version);
    for (std::size_t at = 0; at < 3; ++at) add("    def h{}():\n      h{}()\n", at, at + 1);
    text += "    def h3():\n      forever.receive()\n    def last():\n      gate.receive()\n";
    for (std::size_t at = 5; at < functions; ++at)
      add("    def f{}():\n      return {}\n", at, version);
  }
  text += "channel forever\nchannel gate\n";
  const std::size_t tasklets = std::min<std::size_t>(frames, 2'500);
  text += "task caller:\n";
  for (std::size_t at = 0; at < reloads; ++at) text += "  shop.f5()\n";
  text += "task opener:\n";
  for (std::size_t at = 0; at < reloads; ++at) text += "  gate.send(0)\n";
  for (std::size_t at = 0; at < reloads; ++at) add("task l{}: shop.last()\n", at);
  for (std::size_t at = 0; at < tasklets; ++at)
    add("task t{}: shop.h{}()\n", at, 4 - frames / tasklets);
  for (std::size_t at = 0; at < reloads; ++at) add("reload r{}: shop -> {}\n", at, 2 - at % 2);
  text += "do\n";
  for (std::size_t at = 0; at < tasklets; ++at) add("  run t{} 99\n", at);
  for (std::size_t at = 0; at < reloads; ++at) {
    add("  run l{} 99\n  collect\n", at);
    add("  reload r{} {}\n  collect\n", at, strategy.unseen(functions));
    add("  reload r{} {}\n  collect\n", at, strategy.seen(functions));
    text += "  run caller 2\n  collect\n  run caller 1\n  collect\n";
    add("  reload r{}\n  collect\n", at);
    add("  run opener 1\n  collect\n  run l{} 1\n  collect\n", at);
  }
  text += "then stop\n";
  return std::get<model::Scenario>(model::read(text, "reload"));
}

// The model runtime, with a clock where it would trace cycles.
class Timed final : public model::Subject {
 public:
  explicit Timed(std::string_view subject) : subject_(model::make_subject(subject)) {}

  std::string_view name() const override { return subject_->name(); }
  const model::Capabilities& capabilities() const override { return subject_->capabilities(); }
  void begin(model::Run& run) override {
    marks.clear();
    subject_->begin(run);
  }
  void load(model::Run& run, std::uint32_t attempt) override { subject_->load(run, attempt); }
  void script(model::Run& run, std::uint32_t task) override { subject_->script(run, task); }
  void spawned(model::Run& run, std::uint64_t payload) override { subject_->spawned(run, payload); }
  void forget(model::Run& run, std::uint64_t payload) override { subject_->forget(run, payload); }
  void inspect(model::Run& run, const model::Inspection& inspection) override {
    subject_->inspect(run, inspection);
  }
  void collect(model::Run&) override { marks.push_back(Clock::now()); }
  void end(model::Run& run) override { subject_->end(run); }

  std::vector<Clock::time_point> marks;

 private:
  std::unique_ptr<model::Subject> subject_;
};

// Letters for what happened: M a mark, C a commit, E calls by name of the version committed last, F
// code freed.
void check_marks(const model::Runner& runner) {
  std::string shown, expected;
  std::uint32_t current = model::no_load;
  for (const model::Event& event : runner.trace().events()) {
    char letter = 0;
    if (event.kind() == model::EventKind::collect) letter = 'M';
    if (event.kind() == model::EventKind::free) letter = 'F';
    if (event.kind() == model::EventKind::reload_commit) {
      letter = 'C';
      current = event.a;
    }
    const bool called = event.kind() == model::EventKind::enter &&
                        event.how() == static_cast<std::uint8_t>(model::EnterHow::by_name);
    if (called) letter = runner.tables().codes[event.b].load == current ? 'E' : '?';
    const bool again = !shown.empty() && shown.back() == letter && letter != 'M';
    if (letter != 0 && !again) shown += letter;
  }
  for (std::size_t at = 0; at < reloads; ++at) expected += marks_shown;
  MIDSTRIDE_CHECK(shown.ends_with(expected), "marks right before and after what is timed");
}

// Runs of one scenario, and what they took.
class Series {
 public:
  Series(const Strategy& strategy, std::size_t functions, std::size_t frames)
      : subject_(std::string("model/") + strategy.name),
        scenario_(scenario(strategy, functions, frames)) {
    run();
    check_marks(runner_);
  }
  void run() {
    runner_.run(scenario_, subject_, {.judge = false, .watch_scheduler = false, .walk = false});
  }
  void keep() {
    for (std::size_t at = 1; at < reloads; ++at) {  // the first finds everything cold
      for (std::size_t i = 0; i < std::size(intervals); ++i) {
        const Clock::time_point* const marks = &subject_.marks[at * mark_count];
        const auto passed = marks[intervals[i].to] - marks[intervals[i].from];
        samples_[i].push_back(std::chrono::duration<double, std::nano>(passed).count());
      }
    }
  }
  double median_ns(std::size_t interval) {
    std::vector<double>& all = samples_[interval];
    const auto middle = all.begin() + static_cast<std::ptrdiff_t>(all.size() / 2);
    std::nth_element(all.begin(), middle, all.end());
    return *middle;
  }

 private:
  Timed subject_;
  model::Scenario scenario_;
  model::Runner runner_;
  std::vector<double> samples_[std::size(intervals)];
};

// Beside each run one without suspended frames, for the ratio: a machine's speed drifts.
void reload(benchmark::State& state, const Strategy& strategy, std::size_t functions,
            std::size_t frames) {
  Series series(strategy, functions, frames), without(strategy, functions, 0);
  for (auto _ : state) {
    series.run();
    series.keep();
    without.run();
    without.keep();
  }
  for (std::size_t i = 0; i < std::size(intervals); ++i)
    state.counters[intervals[i].name] = series.median_ns(i);
  state.counters["commit x K=0"] = series.median_ns(commit) / without.median_ns(commit);
}

}  // namespace

void register_reloads() {
  for (const Strategy& strategy : strategies) {
    for (const std::size_t functions : {10U, 100U, 1'000U}) {
      for (const std::size_t frames : {0U, 10U, 1'000U, 10'000U}) {
        const std::string name =
            fmt::format("{}, {} functions, K={}", strategy.name, functions, frames);
        benchmark::RegisterBenchmark(name.c_str(), reload, strategy, functions, frames)
            ->Iterations(5)
            ->Repetitions(5);
      }
    }
  }
}

}  // namespace midstride::bench
