// midstride list: what this build has, a line each, the name first.
#include <string_view>

#include "cli/commands.hpp"
#include "cli/subjects.hpp"
#include "cli/terminal.hpp"
#include "model/subjects.hpp"
#include "properties/coverage.hpp"
#include "properties/guarantees.hpp"
#include "sim/policies.hpp"

namespace midstride::cli {

namespace {

template <class Row>
std::string joined(std::span<const Row> rows) {
  std::string names;
  for (const Row& row : rows) {
    if constexpr (std::is_pointer_v<Row>) {
      names += " " + std::string(row->name);
    } else {
      names += " " + std::string(row.name);
    }
  }
  return names;
}

void list_subjects(const Terminal& terminal) {
  for (const SubjectRow& row : all_subjects()) terminal.out("{:<28}  {}\n", row.name, row.does);
  terminal.out(
      "\n`all` means these. Others are put together: "
      "model/<strategy>[+<reclamation>][+<instances>][+<locals>], mutant/<id>.\n"
      "  strategies: {}\n  reclamation:{}\n  instances:  {}\n  locals:     {}\n",
      joined(model::strategies()), joined(model::reclamations()),
      joined(model::instance_policies()), joined(model::locals_policies()));
}

}  // namespace

ExitCode list(const ListOptions& options) {
  const Terminal terminal = Terminal::standard();
  if (options.what == "subjects") list_subjects(terminal);
  if (options.what == "guarantees") {
    for (const model::Guarantee& guarantee : properties::guarantees())
      terminal.out("{:<20}  {}\n", guarantee.name, guarantee.statement);
  }
  if (options.what == "mutants") {
    for (const model::Mutant* mutant : model::mutants())
      terminal.out("{:<4}  {:<28}  {:<18}  {:<20}  {}\n", mutant->id, mutant->title, mutant->base,
                   mutant->guarantee, mutant->bug);
  }
  if (options.what == "policies") {
    for (const sim::PolicyRow& policy : sim::policies())
      terminal.out("{:<12}  {}\n", policy.name, policy.description);
  }
  if (options.what == "probes") {
    for (const properties::Probe& probe : properties::probes())
      terminal.out("{:<24}  within {:>5} runs  {}\n", probe.name, probe.runs_max,
                   probe.description);
  }
  return ExitCode::as_expected;
}

}  // namespace midstride::cli
