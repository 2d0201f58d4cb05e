// Runs an attempt, the first load of a module or a reload, through the steps of its strategy.
#include <algorithm>

#include "model/runtime/runtime.hpp"
#include "sim/check.hpp"

namespace midstride::model::runtime {

void Reloading::step_begins(Step step) { run.step_begins(attempt, step); }
void Reloading::step_ends(Step step) { run.step_ends(attempt, step); }

void Runtime::load(Run& run, std::uint32_t attempt) {
  const AttemptRow row = run.tables().attempts[attempt];
  if (loads.size() <= attempt) loads.resize(attempt + 1);
  Reloading reloading{.runtime = *this, .run = run, .attempt = attempt, .module = row.module};
  ModuleState& module = modules[row.module];
  const bool first = row.reload == no_reload;
  if (!first && strategy_.admit != nullptr && !strategy_.admit(reloading))
    return run.reject(attempt, RejectWhy::own_body);

  module.open.push_back(attempt);
  reloading.from = module.version;
  run.begin(attempt, reloading.from);
  reloading.step_begins(Step::stage);
  make_codes(attempt, *program().version(row.module, row.to), row.module);
  reloading.staging = module.namespace_;
  if (!first && strategy_.stage != nullptr) strategy_.stage(reloading);
  reloading.step_ends(Step::stage);

  // A first load that raises leaves the module with the names that it had got by then.
  bool good = run_body(reloading) || first;
  if (!first && good && strategy_.validate != nullptr) good = strategy_.validate(reloading);
  if (!first && good && strategy_.install != nullptr) good = strategy_.install(reloading);
  if (!good) {
    fail(reloading);
  } else {
    commit(reloading, first);
  }
  settle();
}

bool Runtime::run_body(Reloading& reloading) {
  Stack& stack = new_stack(run_->scheduler().current());
  stack.own_namespace = reloading.staging;
  stack.load = reloading.attempt;
  const std::uint32_t body = loads[reloading.attempt].codes_begin;
  run_->enter_body(reloading.attempt);
  push_frame(stack, body, body, EnterHow::body, Operand::nothing, Value::absent());
  execute(stack);
  run_->leave_body(reloading.attempt);
  reloading.error = stack.error;
  return !stack.threw;
}

void Runtime::commit(Reloading& reloading, bool first) {
  ModuleState& module = modules[reloading.module];
  module.version = run_->tables().attempts[reloading.attempt].to;
  module.load = reloading.attempt;
  run_->event(EventKind::store, Owner::of(Owner::Kind::module, reloading.module).word, 1,
              module.version, static_cast<std::uint8_t>(StoreHow::version));
  close(reloading);
  run_->commit(reloading.attempt);
  if (first) return;

  // Every other load of the module is old now, those that failed half-way included; but a body that
  // is still running is not.
  std::vector<std::uint32_t> old;
  reloading.step_begins(Step::retire);
  for (std::uint32_t load = 0; load < loads.size(); ++load) {
    const bool same = run_->tables().attempts[load].module == reloading.module;
    const bool made = loads[load].codes_begin != loads[load].codes_end;  // not one that still waits
    const bool over = load != module.load && !is_open(module, load);
    if (same && made && over && !loads[load].retired) old.push_back(load);
  }
  for (const std::uint32_t load : old) retire_load(load);
  if (strategy_.retire != nullptr) strategy_.retire(reloading);
  reloading.step_ends(Step::retire);
  settle();
  reclaim(reloading, old);
}

void Runtime::fail(Reloading& reloading) {
  reloading.step_begins(Step::undo);
  if (strategy_.undo != nullptr) strategy_.undo(reloading);
  // Nothing but the staging namespace knew the new code; in the live namespace it stays.
  if (strategy_.stage != nullptr) retire_load(reloading.attempt);
  reloading.step_ends(Step::undo);
  settle();
  close(reloading);
  run_->fail(reloading.attempt, reloading.error);
  if (strategy_.stage != nullptr) reclaim(reloading, {reloading.attempt});
}

void Runtime::close(const Reloading& reloading) {
  std::vector<std::uint32_t>& open = modules[reloading.module].open;
  open.erase(std::find(open.begin(), open.end(), reloading.attempt));
}

void Runtime::reclaim(Reloading& reloading, const std::vector<std::uint32_t>& old) {
  reloading.step_begins(Step::reclaim);
  for (const std::uint32_t load : old) {
    if (reclamation_.at_reclaim != nullptr) reclamation_.at_reclaim(*this, load);
  }
  reloading.step_ends(Step::reclaim);
  settle();
}

void Runtime::make_codes(std::uint32_t attempt, const VersionCode& version, std::uint32_t module) {
  Load& load = loads[attempt];
  load = {};
  load.codes_begin = static_cast<std::uint32_t>(heap.codes.size());
  Op* const block = arena_.allocate(version.ops_end - version.ops_begin);
  for (std::uint32_t function = version.functions_begin; function < version.functions_end;
       ++function) {
    new_code(function, attempt, module,
             block + (program().functions[function].ops_begin - version.ops_begin));
  }
  load.codes_end = static_cast<std::uint32_t>(heap.codes.size());
}

std::uint32_t Runtime::new_code(std::uint32_t function, std::uint32_t load, std::uint32_t module,
                                Op* block) {
  const auto code = static_cast<std::uint32_t>(heap.codes.size());
  const std::span<const Op> ops = program().ops_of(program().functions[function]);
  std::copy(ops.begin(), ops.end(), block);
  block->x = code;
  heap.codes.push_back({.block = block, .function = function, .load = load});
  run_->tables().codes.push_back({module, load, function});
  run_->trace().define(static_cast<std::uint64_t>(module) << 32 | load, function);
  return code;
}

}  // namespace midstride::model::runtime
