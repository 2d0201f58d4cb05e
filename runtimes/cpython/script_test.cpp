#include "runtimes/cpython/script.hpp"

#include <array>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <regex>

#include "properties/generator.hpp"
#include "runtimes/cpython/runs_test.hpp"
#include "sim/choices.hpp"

namespace midstride::runtimes {
namespace {

using Told = std::vector<std::string>;

// What the program prints, line by line. It does not hang: a schedule is finite, but a wrong one
// may wait for a thread that waits.
Told printed_by(const std::string& program, const std::string& arguments = "") {
  const std::string path = testing::TempDir() + "midstride_script_test.py";
  std::ofstream(path) << program;
  std::FILE* const pipe =
      popen(("timeout 60 /usr/bin/python3.11 -I " + path + arguments + " 2>&1").c_str(), "r");
  Told lines;
  std::array<char, 4096> line{};
  while (std::fgets(line.data(), line.size(), pipe) != nullptr) {
    lines.emplace_back(line.data());
    lines.back().pop_back();
  }
  EXPECT_EQ(pclose(pipe), 0) << program;
  std::filesystem::remove(path);
  return lines;
}

bool python_is_there() { return std::filesystem::exists("/usr/bin/python3.11"); }

Told emits_of(const Told& lines) {
  Told emits;
  for (const std::string& line : lines) {
    if (line.find(": emit ") != std::string::npos) emits.push_back(line);
  }
  return emits;
}

// The emits of the run as the program has them: no versions.
Told emits_of(const Ran& ran) {
  Told emits;
  for (const std::string& line : ran.told({model::EventKind::emit}))
    emits.push_back(std::regex_replace(line, std::regex(" of version [0-9]+"), ""));
  return emits;
}

TEST(StandAloneProgram, ShowsAMethodThatGoesOnAfterAReload) {
  if (!python_is_there()) GTEST_SKIP() << "no /usr/bin/python3.11";
  constexpr std::string_view text = R"(# Held across a reload.
module shop
  version 1
    class X:
      def f(self):
        return 1
    def hold():
      m = X().f
      c.receive()
      emit m()
  version 2
    class X:
      def f(self):
        return 2
channel c
task t: shop.hold()
task u: c.send(0)
reload r: shop -> 2
peek seen: t
do
  run t 6
  reload r
  peek seen
  run u
then round-robin
)";
  for (const std::string_view subject : cpython_subjects()) {
    Ran ran(text, subject);
    ran.scenario.subject = subject;
    const std::string program =
        stand_alone_program(explicit_decisions(ran.scenario, ran.runner, ran.outcome));
    // Not in the first two lines, where Python would read "coding:" in it.
    EXPECT_TRUE(program.starts_with("#!/usr/bin/env python3\n# One schedule "));
    EXPECT_NE(program.find("\n# Held across a reload.\n"), std::string::npos);
    const Told lines = printed_by(program);
    ASSERT_EQ(lines.size(), 2) << program;
    EXPECT_TRUE(std::regex_match(
        lines[0],
        std::regex("t\\.f_locals: \\{'m': <bound method X.f of <shop.X object at .*>>\\}")))
        << lines[0];
    EXPECT_EQ(lines[1], subject == importlib ? "t: emit 1" : "t: emit 2");
    const Told traced = printed_by(program, " --trace");
    ASSERT_GE(traced.size(), 3);
    EXPECT_EQ(traced[traced.size() - 3], subject == importlib ? "t: <shop version 1> return 1"
                                                              : "t: <shop version 2> return 2");
  }
}

TEST(StandAloneProgram, ShowsThatAWriteToFLocalsIsLost) {
  if (!python_is_there()) GTEST_SKIP() << "no /usr/bin/python3.11";
  const Ran ran(R"(
module shop
  version 1
    def f():
      a = 1
      b = {}
      c.receive()
      emit a
channel c
task t: shop.f()
task u: c.send(0)
peek before: t
poke assign: t.a = 2
do
  run t 5
  peek before
  poke assign
then round-robin
)",
                importlib);
  EXPECT_EQ(
      printed_by(stand_alone_program(explicit_decisions(ran.scenario, ran.runner, ran.outcome))),
      (Told{"t.f_locals: {'a': 1, 'b': {}}", "t.f_locals: {'a': 1, 'b': {}}",
            "t.f_locals: {'a': 1, 'b': {}} after f_locals['a'] = 2", "t: emit 1"}));
}

TEST(StandAloneProgram, EmitsWhatTheRunEmitted) {
  if (!python_is_there()) GTEST_SKIP() << "no /usr/bin/python3.11";
  std::size_t emits = 0;
  for (std::uint64_t seed = 0; seed < 24; ++seed) {
    const std::string_view subject = seed % 2 == 0 ? importlib : code_swap;
    auto choices = sim::Choices::from(sim::Prng::stream(seed, "script"));
    model::Scenario scenario;
    properties::generate(
        choices,
        {.subject = subject,
         .granularity = seed % 4 < 2 ? model::Granularity::safepoints : model::Granularity::ops,
         .seed = seed},
        scenario);
    const Ran ran(scenario, subject);
    const std::string program =
        stand_alone_program(explicit_decisions(scenario, ran.runner, ran.outcome));
    Told printed = emits_of(printed_by(program));
    for (std::string& line : printed)  // the trace does not say what is in a {}
      line = std::regex_replace(line, std::regex("\\{.*\\}"), "{}");
    EXPECT_EQ(printed, emits_of(ran)) << "seed " << seed << "\n" << program;
    emits += printed.size();
  }
  EXPECT_GT(emits, 40);
}

}  // namespace
}  // namespace midstride::runtimes
