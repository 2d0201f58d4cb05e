// A run as a program that needs nothing but Python 3.11: the scenario's modules and scripts in
// readable form, threads of which only the one that holds the baton runs, and the schedule that the
// run took. It prints what the run emitted and what an inspector saw, in the same order.
#pragma once

#include <string>

#include "model/scenario.hpp"

namespace midstride::runtimes {

// `scenario` is what model::explicit_decisions gave for the run; its subject says which reloader
// the program uses (a name that is not one of CPython's: importlib).
std::string stand_alone_program(const model::Scenario& scenario);

}  // namespace midstride::runtimes
