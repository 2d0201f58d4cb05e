#include "model/subjects.hpp"

#include <array>
#include <string>

#include "model/locals/policies.hpp"
#include "model/mutants/mutants.hpp"
#include "model/reclamation/policies.hpp"
#include "model/runtime/runtime.hpp"
#include "model/strategies/strategies.hpp"

namespace midstride::model {

namespace {

constexpr std::array strategy_table{&runtime::overwrite, &runtime::swap,       &runtime::in_place,
                                    &runtime::handle,    &runtime::purge,      &runtime::purge_soft,
                                    &runtime::world,     &runtime::safe_point, &runtime::per_task};

constexpr std::array reclamation_table{&runtime::reachability, &runtime::quiescence,
                                       &runtime::immediate, &runtime::leak};

constexpr std::array<runtime::InstancesRow, 3> instances_table{{
    {"none", InstancePolicy::none},
    {"eager", InstancePolicy::eager},
    {"lazy", InstancePolicy::lazy},
}};

constexpr std::array locals_table{&runtime::snapshot, &runtime::snapshot_flush,
                                  &runtime::write_through};

constexpr std::array mutant_table{
    &runtime::m1,  &runtime::m2,  &runtime::m3,  &runtime::m6,  &runtime::m7,  &runtime::m8,
    &runtime::m9,  &runtime::m10, &runtime::m13, &runtime::m14, &runtime::m15, &runtime::m16,
    &runtime::m17, &runtime::m18, &runtime::m21, &runtime::m22, &runtime::m23, &runtime::m24,
    &runtime::m25, &runtime::m26, &runtime::m27, &runtime::m28, &runtime::m29, &runtime::m30,
    &runtime::m32, &runtime::m33, &runtime::m36, &runtime::m37, &runtime::m38, &runtime::m39,
    &runtime::z1,  &runtime::z2,  &runtime::z3,  &runtime::z4,  &runtime::z5,  &runtime::z6,
    &runtime::z7,  &runtime::z8,  &runtime::z9,  &runtime::z10,
};

template <class Table>
auto find(const Table& table, std::string_view name) -> decltype(&**table.begin()) {
  for (const auto* row : table) {
    if (row->name == name) return row;
  }
  return nullptr;
}

const runtime::Locals& or_snapshot(const runtime::Locals* locals) {
  return locals == nullptr ? runtime::snapshot : *locals;
}

}  // namespace

std::span<const runtime::Strategy* const> strategies() { return strategy_table; }
std::span<const runtime::Reclamation* const> reclamations() { return reclamation_table; }
std::span<const runtime::InstancesRow> instance_policies() { return instances_table; }
std::span<const runtime::Locals* const> locals_policies() { return locals_table; }
std::span<const Mutant* const> mutants() { return mutant_table; }

const Mutant* find_mutant(std::string_view id) {
  for (const Mutant* mutant : mutant_table) {
    if (mutant->id == id) return mutant;
  }
  return nullptr;
}

std::unique_ptr<Subject> make_subject(std::string_view name) {
  constexpr std::string_view of_mutant = "mutant/";
  constexpr std::string_view of_model = "model/";
  if (name.starts_with(of_mutant)) {
    const Mutant* mutant = find_mutant(name.substr(of_mutant.size()));
    if (mutant == nullptr) return nullptr;
    return std::make_unique<runtime::Runtime>(std::string(name), *mutant->strategy,
                                              *mutant->reclamation, or_snapshot(mutant->locals),
                                              mutant->strategy->instances, mutant->planted);
  }
  if (!name.starts_with(of_model)) return nullptr;

  const runtime::Strategy* strategy = nullptr;
  const runtime::Reclamation* reclamation = nullptr;
  const runtime::InstancesRow* instances = nullptr;
  const runtime::Locals* locals = nullptr;
  std::string_view rest = name.substr(of_model.size());
  for (bool more = true; more;) {
    const std::size_t plus = rest.find('+');
    const std::string_view part = rest.substr(0, plus);
    more = plus != std::string_view::npos;
    if (more) rest.remove_prefix(plus + 1);
    if (strategy == nullptr) {
      strategy = find(strategy_table, part);
      if (strategy == nullptr) return nullptr;
      continue;
    }
    bool known = false;
    if (const auto* row = find(reclamation_table, part); row != nullptr && reclamation == nullptr) {
      reclamation = row;
      known = true;
    }
    for (const runtime::InstancesRow& row : instances_table) {
      if (row.name != part || instances != nullptr || !goes_with(*strategy, row.policy)) continue;
      instances = &row;
      known = true;
    }
    if (const auto* row = find(locals_table, part); row != nullptr && locals == nullptr) {
      locals = row;
      known = true;
    }
    if (!known) return nullptr;
  }
  return std::make_unique<runtime::Runtime>(
      std::string(name), *strategy, reclamation == nullptr ? runtime::reachability : *reclamation,
      or_snapshot(locals), instances == nullptr ? strategy->instances : instances->policy);
}

}  // namespace midstride::model
