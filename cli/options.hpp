// What was asked for on the command line, as plain values.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "cli/said.hpp"
#include "model/scenario.hpp"

namespace midstride::cli {

struct FuzzOptions {
  std::string file;     // empty: generated programs
  std::string subject;  // empty: the file's, or all
  std::optional<std::uint64_t> runs;
  std::optional<double> seconds;
  std::optional<std::uint64_t> seed;  // none: a random one
  std::string policy = "random";
  std::optional<model::Granularity> granularity;
  bool keep_going = false;
  std::string corpus = "corpus/found";
  std::string json;  // empty: none
};
struct MatrixOptions {
  std::uint64_t runs = 10'000;
  std::uint64_t seed = 1;  // stated, so that the table is the same everywhere
  std::optional<model::Granularity> granularity;
  std::string corpus = "corpus/known";
  std::string json;  // empty: none
};
struct ReplayOptions {
  std::vector<std::string> files;
  std::optional<std::uint64_t> seed;  // of a run, instead of files
  std::string subject;
  std::string policy = "random";                  // of the run with that seed
  std::optional<model::Granularity> granularity;  // likewise
  bool columns = false;
  std::string script;
  std::string json;
};
struct ShrinkOptions {
  std::string file;
  std::string out;  // empty: the file's name and .shrunk
};
struct ExplainOptions {
  std::string what;
};
struct ListOptions {
  std::string what;  // subjects, guarantees, mutants, policies or probes
};
using Options = std::variant<FuzzOptions, MatrixOptions, ReplayOptions, ShrinkOptions,
                             ExplainOptions, ListOptions, Said>;

Options options_of(int argc, const char* const* argv);

// A decimal or 0x-hexadecimal number of 64 bits, or the 40 hexadecimal digits of a commit.
std::optional<std::uint64_t> seed_of(std::string_view text);
// 30s, 500ms, 5m, 1h, 30. In seconds.
std::optional<double> duration_of(std::string_view text);

}  // namespace midstride::cli
