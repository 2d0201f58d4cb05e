// The example program is built into this test, so what docs/scheduler.md shows is what is run here.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "sim/find_failure.hpp"

#define main worker_pool
#include "sim/example/main.cpp"
#undef main

namespace {

struct Ran {
  int exit_code;
  std::string out;
};

Ran run(std::vector<std::string> arguments) {
  std::vector<char*> argv;
  for (std::string& argument : arguments) argv.push_back(argument.data());
  testing::internal::CaptureStdout();
  const int exit_code = worker_pool(static_cast<int>(argv.size()), argv.data());
  return {exit_code, testing::internal::GetCapturedStdout()};
}

std::string text_of(const std::string& path) {
  std::ifstream file(std::string(MIDSTRIDE_SOURCE_DIR) + "/" + path);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

TEST(Example, finds_the_lost_job_and_the_line_that_it_prints_replays_it) {
  const Ran found = run({"./worker_pool"});
  EXPECT_EQ(found.exit_code, 1);
  EXPECT_THAT(found.out, testing::StartsWith("a job is lost: "));

  const std::size_t open = found.out.find('"');
  const std::string schedule = found.out.substr(open + 1, found.out.rfind('"') - open - 1);
  const Ran replayed = run({"./worker_pool", schedule});
  EXPECT_EQ(replayed.exit_code, 1);
  EXPECT_EQ(replayed.out, found.out);
}

TEST(Example, loses_nothing_in_the_order_of_stackless) {
  EXPECT_EQ(run({"./worker_pool", ""}).out, "every job is done\n");
}

TEST(Example, is_the_program_that_the_documentation_shows_with_its_output) {
  const std::string page = text_of("docs/scheduler.md");
  EXPECT_THAT(page, testing::HasSubstr("```cpp\n" + text_of("sim/example/main.cpp") + "```\n"));
  EXPECT_THAT(page, testing::HasSubstr("```\n" + run({"./worker_pool"}).out + "```\n"));
}

}  // namespace
