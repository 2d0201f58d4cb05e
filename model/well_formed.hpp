// Which values are scenarios: every rule of scenario.hpp, checked on the value, so that the reader
// of the text form and everybody who makes scenarios another way obey the same ones. A fault says
// where in the value it is; the reader turns that into a line and a column.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "model/scenario.hpp"

namespace midstride::model {

// A place in a Scenario. Fields that a part does not use are 0.
struct Where {
  enum class Part : std::uint8_t {
    scenario,  // its subject, granularity, budget, policy, name table
    story,
    module,
    version,
    module_line,
    channel,
    task,
    task_line,
    reload,
    inspection,
    decision,
    expectation,
  };
  Part part = Part::scenario;
  std::uint32_t index = 0;    // into the scenario's list
  std::uint32_t version = 0;  // index into its module's list
  std::uint32_t line = 0;     // index into the version's or task's lines
  std::uint32_t spot = 0;     // one of below

  static constexpr std::uint32_t whole = 0;  // what the line or declaration starts with
  static constexpr std::uint32_t name = 1;
  static constexpr std::uint32_t object = 2;      // a line's module, an inspection's task
  static constexpr std::uint32_t detail = 3;      // an inspection's local
  static constexpr std::uint32_t first_item = 4;  // a line's nodes, an expectation's guarantees, a
                                                  // reload's modules, each with its version

  Where at(std::size_t where) const {
    Where copy = *this;
    copy.spot = static_cast<std::uint32_t>(where);
    return copy;
  }
  auto operator<=>(const Where&) const = default;
};

// What is limited, in the words of both who check it.
inline constexpr std::string_view lines_limit = "lines in all modules and tasks";
inline constexpr std::string_view nodes_limit = "names, values and calls in all";
inline constexpr std::string_view line_nodes_limit = "names, values and calls in one line";

struct Fault {
  Where where;
  std::string expected;
  std::string found;
};

// The first rule that the scenario breaks: declarations first, then bodies, then decisions. Takes
// time linear in its size (times a logarithm of the number of names).
std::optional<Fault> first_fault(const Scenario& scenario);

}  // namespace midstride::model
