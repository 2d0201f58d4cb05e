// The program behind ./do bench. Every row has the columns that mean something for it and no others
// (docs/benchmarks.md says what they mean); the options are those of Google Benchmark.
#include <benchmark/benchmark.h>

#include <cstdio>
#include <string>
#include <vector>

#include "bench/bench.hpp"

namespace {

class Table final : public benchmark::BenchmarkReporter {
 public:
  bool ReportContext(const Context& context) override {
    const std::vector<double>& load = context.cpu_info.load_avg;
    std::printf("%d processors, load %.1f\n", context.cpu_info.num_cpus,
                load.empty() ? 0.0 : load.front());
    return true;
  }

  void ReportRuns(const std::vector<Run>& runs) override {
    for (const Run& run : runs) {
      std::string columns;
      for (const auto& [name, counter] : run.counters) columns += cell("%12s", name.c_str());
      if (columns != columns_) std::printf("\n%-36s%s\n", "", columns.c_str());
      columns_ = columns;
      const std::string name = run.run_name.function_name + " " + run.aggregate_name;
      std::printf("%-36s", name.c_str());
      for (const auto& [_, counter] : run.counters) {
        const double value = counter.value;
        std::printf("%s", cell(value < 1000 ? "%12.4g" : "%12.0f", value).c_str());
      }
      std::printf("%s\n", run.error_message.c_str());
      std::fflush(stdout);
    }
  }

 private:
  template <class Value>
  static std::string cell(const char* format, Value value) {
    char text[32];
    std::snprintf(text, sizeof text, format, value);
    return text;
  }

  std::string columns_;
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
