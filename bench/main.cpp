// The program behind ./do bench. Every row has the columns that mean something for it and no
// others; the options are those of Google Benchmark.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <cstdio>
#include <string>
#include <string_view>
#include <vector>

#include "bench/bench.hpp"

namespace {

// In the order in which they are printed.
constexpr std::string_view columns[] = {
    "ns",          "x jump", "x by hand", "x bare", "per second", "turns",       "ns a turn",
    "turn x jump", "call",   "commit",    "retire", "free",       "commit x K=0"};

constexpr const char* legend = R"(
Medians of five repetitions, each of at least 0.2 seconds; times in ns. `moved` is how far the ratio
(x jump; of a reload, commit x K=0) was from its smallest to its largest, in percent of the median.
  x jump, x by hand  in raw context jumps; in what the same costs in a hand-written loop without
                     fibers. Both are measured right after the row
  x bare             judged runs against runs without monitors, walker and watching of sim's state
  call               of a reload: from the request to the first call of the new version
  commit             from the first moment at which others see the new version to the commit
  retire             from the commit to the end of the reload: the old version is retired and freed
                     as far as nobody uses it
  free               from the exit of the last frame that runs a retired function to its freeing
  commit x K=0       commit against the same without the K frames suspended in old code, run by run
)";

class Table final : public benchmark::BenchmarkReporter {
 public:
  bool ReportContext(const Context& context) override {
    const std::vector<double>& load = context.cpu_info.load_avg;
    std::printf("%d processors, load %.1f\n%s", context.cpu_info.num_cpus,
                load.empty() ? 0.0 : load.front(), legend);
    return true;
  }

  // All repetitions of one row.
  void ReportRuns(const std::vector<Run>& runs) override {
    if (runs.front().run_type != Run::RT_Iteration) return;
    std::string head, cells;
    for (const std::string_view column : columns) {
      const std::vector<double> values = sorted(runs, column);
      if (values.empty()) continue;
      const double value = values[values.size() / 2];
      head += cell("%13s", std::string(column).c_str());
      cells += cell(value < 1000 ? "%13.4g" : "%13.0f", value);
    }
    if (head != head_) std::printf("\n%-36s%s%9s\n", "", head.c_str(), "moved");
    head_ = head;
    std::printf("%-36s%s%8.0f%%%s\n", runs.front().run_name.function_name.c_str(), cells.c_str(),
                moved(runs), runs.front().error_message.c_str());
    std::fflush(stdout);
  }

 private:
  // What the repetitions say, or nothing if the row has no such column.
  static std::vector<double> sorted(const std::vector<Run>& runs, std::string_view column) {
    std::vector<double> values;
    for (const Run& run : runs) {
      const auto counter = run.counters.find(std::string(column));
      if (counter != run.counters.end()) values.push_back(counter->second.value);
    }
    std::sort(values.begin(), values.end());
    return values;
  }
  static double moved(const std::vector<Run>& runs) {
    std::vector<double> ratios = sorted(runs, "x jump");
    if (ratios.empty()) ratios = sorted(runs, "commit x K=0");
    if (ratios.empty()) return 0;
    return 100 * (ratios.back() - ratios.front()) / ratios[ratios.size() / 2];
  }
  template <class Value>
  static std::string cell(const char* format, Value value) {
    char text[32];
    std::snprintf(text, sizeof text, format, value);
    return text;
  }

  std::string head_;
};

}  // namespace

int main(int argc, char** argv) {
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 2;
  midstride::bench::register_floors();
  midstride::bench::register_turns();
  midstride::bench::register_reloads();
  Table table;
  benchmark::RunSpecifiedBenchmarks(&table);
}
