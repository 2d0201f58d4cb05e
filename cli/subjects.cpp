#include "cli/subjects.hpp"

#include <fmt/format.h>

#include "model/names.hpp"
#include "model/subjects.hpp"
#ifdef MIDSTRIDE_HAVE_CPYTHON
#include "runtimes/cpython/cpython.hpp"
#endif

namespace midstride::cli {

namespace {

std::vector<std::string_view> cpython_names() {
#ifdef MIDSTRIDE_HAVE_CPYTHON
  return runtimes::cpython_subjects();
#else
  return {};
#endif
}

std::unique_ptr<model::Subject> make_cpython(std::string_view name) {
#ifdef MIDSTRIDE_HAVE_CPYTHON
  return runtimes::make_cpython_subject(name);
#else
  (void)name;
  return nullptr;
#endif
}

constexpr std::string_view default_reclamation = "reachability";
constexpr std::string_view never_frees = "leak";

}  // namespace

std::vector<SubjectRow> all_subjects() {
  std::vector<SubjectRow> rows;
  for (const model::runtime::Strategy* strategy : model::strategies()) {
    for (const model::runtime::Reclamation* reclamation : model::reclamations()) {
      if (reclamation->name == never_frees) continue;
      const std::string suffix = reclamation->name == default_reclamation
                                     ? std::string()
                                     : fmt::format("+{}", reclamation->name);
      rows.push_back({fmt::format("model/{}{}", strategy->name, suffix),
                      fmt::format("{}; {}", strategy->does, reclamation->does)});
    }
  }
  rows.push_back({"model/swap+write-through", "as model/swap; an inspector's writes are seen"});
  for (const std::string_view name : cpython_names())
    rows.push_back({std::string(name), "the real CPython 3.11"});
  return rows;
}

std::unique_ptr<model::Subject> make_subject(std::string_view name) {
  if (std::unique_ptr<model::Subject> subject = model::make_subject(name)) return subject;
  return make_cpython(name);
}

Said unknown_subject(std::string_view name) {
  return wrong(fmt::format("expected a subject of this build, found {}{}", model::in_quotes(name),
                           subject_hint(name)),
               "midstride list subjects");
}

std::string subject_hint(std::string_view name) {
  std::vector<std::string> names;
  for (const SubjectRow& row : all_subjects()) names.push_back(row.name);
  for (const model::Mutant* mutant : model::mutants())
    names.push_back(fmt::format("mutant/{}", mutant->id));
  const std::vector<std::string_view> views(names.begin(), names.end());
  return model::hint(name, views);
}

}  // namespace midstride::cli
