// CPython 3.11 as a subject: the scenario's modules as real Python modules, reloaded by a real
// reloader.
//   cpython/importlib  importlib.reload
//   cpython/code-swap  runs the new source apart, then assigns __code__ of the existing functions
// docs/cpython.md says what they give, what they cannot, and where they differ from the model.
#pragma once

#include <memory>
#include <string_view>
#include <vector>

#include "model/subject.hpp"

namespace midstride::runtimes {

// Their names, in a fixed order.
std::vector<std::string_view> cpython_subjects();

// Null when there is no subject of that name. The interpreter is made at the first run, and there
// is one for the process: runs of these subjects must not overlap.
std::unique_ptr<model::Subject> make_cpython_subject(std::string_view name);

}  // namespace midstride::runtimes
