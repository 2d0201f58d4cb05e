#include "sim/find_failure.hpp"

#include <charconv>
#include <exception>
#include <memory>

#include "sim/policies.hpp"
#include "sim/policy_list.hpp"

namespace midstride::sim {
namespace {

std::string words_of(const std::exception_ptr& error) {
  try {
    std::rethrow_exception(error);
  } catch (const std::exception& known) {
    return known.what();
  } catch (...) {
    return "an exception that is not a std::exception";
  }
}

// What left the test, null when it passed. The schedule stays in the scheduler.
std::exception_ptr run_test(const WorldOptions& options, Policy& policy, Scheduler& scheduler,
                            const WorldTest& test) {
  try {
    World world(options, policy, scheduler);
    test(world);
  } catch (...) {
    return std::current_exception();
  }
  return nullptr;
}

Failure failure_of(const std::exception_ptr& error, const WorldOptions& options,
                   std::uint64_t run_count, const Scheduler& scheduler) {
  const std::span<const Pick> picks = scheduler.picks();
  return {options.seed, run_count, words_of(error), {picks.begin(), picks.end()}};
}

}  // namespace

std::optional<Failure> find_failure(const WorldOptions& options, std::uint64_t runs,
                                    const WorldTest& test) {
  Scheduler scheduler;
  const std::unique_ptr<Policy> policy = make_policy(options.policy);
  if (policy == nullptr) throw UnknownPolicy(options.policy);
  WorldOptions seeded = options;
  for (std::uint64_t run = 1; run <= runs; ++run, ++seeded.seed) {
    const std::exception_ptr error = run_test(seeded, *policy, scheduler, test);
    if (error) return failure_of(error, seeded, run, scheduler);
  }
  return std::nullopt;
}

std::optional<Failure> replay(const WorldOptions& options, std::span<const Pick> picks,
                              const WorldTest& test) {
  Scheduler scheduler;
  const std::unique_ptr<Policy> then = make_stackless();
  ListPolicy policy(picks, then.get());
  const std::exception_ptr error = run_test(options, policy, scheduler, test);
  if (!error) return std::nullopt;
  return failure_of(error, options, 1, scheduler);
}

std::string schedule_text(std::span<const Pick> picks) {
  std::string text;
  for (const Pick& pick : picks) {
    if (!text.empty()) text += ' ';
    if (pick.kind == Pick::Kind::action) text += 'a';
    text += std::to_string(pick.id);
    if (pick.turns != 1) text.append("*").append(std::to_string(pick.turns));
  }
  return text;
}

std::optional<std::vector<Pick>> schedule_from(std::string_view text) {
  std::vector<Pick> picks;
  const char* at = text.data();
  const char* const end = at + text.size();
  const auto number = [&](std::uint32_t& value) {
    const auto [next, error] = std::from_chars(at, end, value);
    at = next;
    return error == std::errc();
  };
  while (at != end) {
    if (*at == ' ') {
      ++at;
      continue;
    }
    Pick pick{.kind = *at == 'a' ? Pick::Kind::action : Pick::Kind::task};
    if (*at == 'a') ++at;
    if (!number(pick.id)) return std::nullopt;
    if (at != end && *at == '*') {
      ++at;
      if (!number(pick.turns) || pick.turns == 0) return std::nullopt;
    }
    if (at != end && *at != ' ') return std::nullopt;
    picks.push_back(pick);
  }
  return picks;
}

}  // namespace midstride::sim
