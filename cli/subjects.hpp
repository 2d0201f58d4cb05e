// The subjects that this build has, from all runtimes: the one table that puts them together.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "cli/said.hpp"
#include "model/subject.hpp"

namespace midstride::cli {

struct SubjectRow {
  std::string name;
  std::string does;
};
// What `all` means: every strategy of the model with every reclamation policy that frees, one with
// write-through locals, and what real runtimes there are. No mutants.
std::vector<SubjectRow> all_subjects();

// Null when this build has no such subject.
std::unique_ptr<model::Subject> make_subject(std::string_view name);

// Says so, and what is near.
Said unknown_subject(std::string_view name);
// " (did you mean 'model/swap'?)", or nothing.
std::string subject_hint(std::string_view name);

}  // namespace midstride::cli
