// A scenario's modules and scripts as Python source: every op is one statement, and before it comes
// a call to the harness, so that a turn is the same thing in Python as in the model. What an op
// does is done by Python itself: `def`, `class`, look-up, call, try, return and raise are the real
// ones.
//
// Names of the scenario stay as they are, unless Python would take them for something else (see
// python_name). Names that begin with one underscore belong to the harness.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "model/program.hpp"
#include "model/scenario.hpp"

namespace midstride::runtimes::cpython {

// How the source calls the harness.
//   watched  for a run. `_f = _enter(CODE, parameters)` on entry, `_op(_f, CODE, PC)` before an op,
//            `_catch(_f)` in a handler; values pass through `_v(_f, value)` when they are made,
//            `_c(object)` when they are called, looked into or compared with, and `_l(object)` when
//            they are compared. `_matches(_f, class)` asks whether what is being handled was raised
//            with an instance; a loop takes its rounds from `_rounds(_f, CODE, PC, N)` or
//            `_each(_f, CODE, PC, generator)`, which make each a turn; a generator says `yield
//            _suspends(_f, value)` and then `_resumes(_f)`. Ops that Python does not have are
//            `_send`, `_receive`, `_yield`,
//            `_spawn`, `_kill`, `_emit` and `_reload`.
//   plain    for people and for stand-alone programs. `_op()` before an op and nothing else around
//            Python's own statements; the other ops say what they name, as in `_send('c', value)`.
enum class Style : std::uint8_t { watched, plain };

// In watched source CODE is first_code plus the function's index in its version; a class carries
// `_k`, first_class plus the pc of the op that defines it. Whoever loads the code replaces both, so
// that what runs names the load it came from. No number of a scenario is as large.
inline constexpr std::uint32_t first_code = 1'000'000'000;
inline constexpr std::uint32_t first_class = 1'100'000'000;

// `version` is an index into ModuleCode::versions. The scenario is the one that the program was
// compiled from.
std::string python_module(const model::Scenario& scenario, const model::Program& program,
                          std::uint32_t module, std::uint32_t version, Style style);
// Defines one function, `_script`.
std::string python_script(const model::Scenario& scenario, const model::Program& program,
                          std::uint32_t task, Style style);

// What a global, local, module or class is called in Python: n_x for an x that means something to
// Python itself, that begins with an underscore or with n_; else the same.
std::string python_name(std::string_view name);
// The same for an attribute. A method's function and self are __func__ and __self__ there; its
// class has the name that it had in Python 2, im_class.
std::string python_attribute(std::string_view name);
// Their inverses.
std::string_view scenario_name(std::string_view python_name);
std::string_view scenario_attribute(std::string_view python_attribute);

}  // namespace midstride::runtimes::cpython
