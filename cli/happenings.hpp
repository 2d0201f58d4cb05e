// What happened in a run, for people: one line for each statement that ran, each step of a reload
// and each look of the inspector, in order, in the words of the scenario. session.hpp and
// columns.hpp lay these lines out; nothing else reads traces to print them.
//
// A part of a statement (a look-up, say) gets a line only where it matters: where somebody else
// came in before the rest of the statement, or where a guarantee broke.
#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <vector>

#include "model/run.hpp"

namespace midstride::cli {

// Whose line it is; the body that a reload runs belongs to the reload.
struct Who {
  enum class Kind : std::uint8_t { tasklet, reload, inspector };
  Kind kind = Kind::tasklet;
  std::uint32_t index = 0;  // TaskId, AttemptId, 0
  auto operator<=>(const Who&) const = default;
};

struct Happening {
  enum class Kind : std::uint8_t { plain, error, bookkeeping };
  Who who;
  Kind kind = Kind::plain;
  std::uint32_t depth = 0;  // of calls
  std::string text;         // may have several lines
  std::uint32_t event = 0;  // index of the first event that it tells of
  std::vector<std::uint32_t>
      violated;  // guarantees that broke here: indices into the runner's table
};

// Of the runner's last run, whose verdict is given.
std::vector<Happening> happenings(const model::Runner& runner, const model::Verdict& verdict);

// t, r, r.2, inspector.
std::string name_of(const Who& who, const model::Tables& tables);

}  // namespace midstride::cli
