// Runs an attempt, the first load of a module or a reload, through the steps of its strategy.
#include <algorithm>
#include <array>
#include <utility>

#include "model/runtime/runtime.hpp"
#include "sim/check.hpp"

namespace midstride::model::runtime {

void Reloading::step_begins(Step step) {
  if (std::exchange(joins, false)) return run.step_goes_on(attempt, step);
  run.step_begins(attempt, step);
}
void Reloading::step_ends(Step step) { run.step_ends(attempt, step); }

// The fiber may be dropped at any turn, so what lives on its stack must need no destructor.
void Runtime::load(Run& run, std::uint32_t attempt) {
  const auto make = [&]<std::size_t... at>(std::index_sequence<at...>) {
    return std::array{Reloading{.runtime = *this,
                                .run = run,
                                .attempt = attempt + static_cast<std::uint32_t>(at),
                                .module = 0}...};
  };
  std::array<Reloading, batch_max> made = make(std::make_index_sequence<batch_max>{});
  std::size_t count = 1;
  while (run.in_batch(attempt + static_cast<std::uint32_t>(count), attempt)) ++count;
  const std::span<Reloading> batch(made.data(), count);
  for (Reloading& reloading : batch) {
    reloading.module = run.tables().attempts[reloading.attempt].module;
    reloading.batch = batch;
  }
  if (loads.size() < attempt + count) loads.resize(attempt + count);
  load_batch(batch, run.tables().attempts[attempt].reload == no_reload);
  settle();
}

void Runtime::load_batch(std::span<Reloading> batch, bool first) {
  if (!first && !admit(batch)) return;
  for (Reloading& reloading : batch) begin(reloading);
  for (Reloading& reloading : batch) stage(reloading, first);
  bool good = true;
  for (Reloading& reloading : batch) {
    // A first load that raises leaves the module with the names that it had got by then.
    good = good && (run_body(reloading) || first);
  }
  if (!first) good = good && install(batch);
  if (good) {
    commit(batch, first);
  } else {
    fail(batch);
  }
}

bool Runtime::admit(std::span<Reloading> batch) {
  if (strategy_.admit == nullptr) return true;
  const auto taken = [&](const Reloading& one) {
    const ModuleState& module = modules[one.module];
    return !module.open.empty() || module.load != one.admitted_after;
  };
  do {
    for (Reloading& reloading : batch) {
      const bool good = strategy_.admit(reloading);
      reloading.admitted_after = modules[reloading.module].load;
      if (good) continue;
      for (const Reloading& one : batch) run_->reject(one.attempt, reloading.why);
      return false;
    }
    // While it waited for one module another one may have been taken, or reloaded.
  } while (std::any_of(batch.begin(), batch.end(), taken));
  return true;
}

void Runtime::begin(Reloading& reloading) {
  ModuleState& module = modules[reloading.module];
  module.open.push_back(reloading.attempt);
  reloading.from = module.version;
  run_->begin(reloading.attempt, reloading.from);
}

void Runtime::stage(Reloading& reloading, bool first) {
  const AttemptRow row = run_->tables().attempts[reloading.attempt];
  reloading.step_begins(Step::stage);
  make_codes(reloading.attempt, *program().version(row.module, row.to), row.module);
  reloading.staging = modules[reloading.module].namespace_;
  if (!first && strategy_.stage != nullptr) strategy_.stage(reloading);
  loads[reloading.attempt].namespace_ = reloading.staging;
  namespaces[reloading.staging].load = reloading.attempt;
  reloading.step_ends(Step::stage);
}

bool Runtime::install(std::span<Reloading> batch) {
  for (Reloading& reloading : batch) {
    if (strategy_.validate != nullptr && !strategy_.validate(reloading)) return false;
  }
  for (Reloading& reloading : batch) {
    reloading.joins = &reloading != batch.data();
    if (strategy_.install != nullptr && !strategy_.install(reloading)) return false;
    reloading.joins = false;
  }
  for (Reloading& reloading : batch) {
    const bool at_once = capabilities_.instances == InstancePolicy::eager;
    if (at_once && !strategy_.migrate(reloading)) return false;
  }
  return true;
}

bool Runtime::run_body(Reloading& reloading) {
  Stack& stack = new_stack(run_->scheduler().current());
  stack.own_namespace = reloading.staging;
  stack.load = reloading.attempt;
  if (seen_by_task(strategy_.calls)) pin(stack.pins, reloading.module, reloading.attempt);
  const std::uint32_t body = loads[reloading.attempt].codes_begin;
  run_->enter_body(reloading.attempt);
  push_frame(stack, body, body, EnterHow::body, Operand::nothing, Value::absent());
  execute(stack);
  release_pins(stack.pins);
  settle();
  run_->leave_body(reloading.attempt);
  reloading.error = stack.error;
  return !stack.threw;
}

// On a stack of its own. What a hook raises ends that hook alone: there is nobody to be told.
bool Runtime::run_hooks(Reloading& reloading) {
  bool any = false;
  for (std::uint32_t load = static_cast<std::uint32_t>(loads.size()); load-- > 0;) {
    if (loads[load].retired_by != reloading.attempt || !has_hooks(load)) continue;
    any = true;
    Stack& stack = new_stack(run_->scheduler().current());
    stack.load = load;
    run_->enter_body(reloading.attempt);
    run_hooks(stack);
    settle();
    run_->leave_body(reloading.attempt);
  }
  return any;
}

void Runtime::commit(std::span<Reloading> batch, bool first) {
  for (Reloading& reloading : batch) {
    if (!first && strategy_.settle != nullptr) strategy_.settle(reloading);
    ModuleState& module = modules[reloading.module];
    module.version = run_->tables().attempts[reloading.attempt].to;
    module.previous = std::exchange(module.load, reloading.attempt);
    run_->event(EventKind::store, Owner::of(Owner::Kind::module, reloading.module).word, 1,
                module.version, static_cast<std::uint8_t>(StoreHow::version));
    close(reloading);
  }
  for (const Reloading& reloading : batch) run_->commit(reloading.attempt);
  if (first) return;
  for (Reloading& reloading : batch) retire(reloading);
}

// Every other load of the module is old now, those that failed half-way included; but a body that
// is still running is not.
void Runtime::retire(Reloading& reloading) {
  const ModuleState& module = modules[reloading.module];
  reloading.step_begins(Step::retire);
  for (std::uint32_t load = 0; load < loads.size(); ++load) {
    const bool same = run_->tables().attempts[load].module == reloading.module;
    const bool made = loads[load].codes_begin != loads[load].codes_end;  // not one that still waits
    const bool over = load != module.load && !is_open(module, load);
    const bool kept = strategy_.keeps == Keeps::previous && load == module.previous;
    if (same && made && over && !kept) retire_load(load, reloading.attempt);
  }
  if (strategy_.retire != nullptr) strategy_.retire(reloading);
  reloading.step_ends(Step::retire);
  settle();
  run_hooks(reloading);
  reclaim(reloading);
}

// All fail for the same reason.
void Runtime::fail(std::span<Reloading> batch) {
  std::uint32_t error = no_error;
  for (const Reloading& reloading : batch) {
    if (error == no_error) error = reloading.error;
  }
  for (std::size_t at = batch.size(); at-- > 0;) {
    Reloading& reloading = batch[at];
    reloading.step_begins(Step::undo);
    if (strategy_.undo != nullptr) strategy_.undo(reloading);
    // Nothing but the staging namespace knew the new code; in the live namespace it stays.
    if (strategy_.stage != nullptr) retire_load(reloading.attempt, reloading.attempt);
    reloading.step_ends(Step::undo);
  }
  settle();
  for (const Reloading& reloading : batch) close(reloading);
  for (const Reloading& reloading : batch) run_->fail(reloading.attempt, error);
  for (Reloading& reloading : batch) {
    if (strategy_.stage == nullptr) continue;
    run_hooks(reloading);
    reclaim(reloading);
  }
}

void Runtime::close(const Reloading& reloading) {
  std::vector<std::uint32_t>& open = modules[reloading.module].open;
  open.erase(std::find(open.begin(), open.end(), reloading.attempt));
}

void Runtime::reclaim(Reloading& reloading) {
  reloading.step_begins(Step::reclaim);
  for (std::uint32_t load = 0; load < loads.size(); ++load) {
    const bool old = loads[load].retired_by == reloading.attempt;
    if (old && reclamation_.at_reclaim != nullptr) reclamation_.at_reclaim(*this, load);
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
  // Code refers to the code of the functions that it makes.
  for (std::uint32_t code = load.codes_begin; code < load.codes_end; ++code) {
    const FunctionCode& function = program().functions[heap.codes[code].function];
    if (function.captures()) heap.acquire_code(code);
  }
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
