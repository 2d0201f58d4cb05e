// Every place from which a running program can get at a value: what the walker and the cycle
// collector start from. It looks at frames, channels and namespaces themselves and trusts no count.
#pragma once

#include "model/runtime/runtime.hpp"

namespace midstride::model::runtime {

// Calls visit(HolderKind, id, Value) for each value held by a root. ids: slot, channel, task,
// hook or namespace number.
template <class Visit>
void Runtime::each_root(Run& run, const Visit& visit) {
  const sim::Scheduler& scheduler = run.scheduler();
  for (std::size_t s = 0; s < stacks_used_; ++s) {
    const Stack& stack = *stacks_[s];
    for (const Frame& frame : stack.frames) {
      for (std::uint16_t at = 0; at < frame.size; ++at) {
        const HolderKind kind = at < frame.locals ? HolderKind::local : HolderKind::temporary;
        visit(kind, frame.slots + at, stack.values[frame.values + at]);
      }
      visit(HolderKind::generator, frame.id, frame.generator);
    }
    for (const Copy& copy : stack.copies) visit(HolderKind::copy, no_slot, copy.value);
    for (const Value cell : stack.cells) visit(HolderKind::cell, no_slot, cell);
    for (const Completion& completion : stack.completions)
      visit(HolderKind::temporary, no_slot, completion.value);
    for (const Loop& loop : stack.loops) visit(HolderKind::temporary, no_slot, loop.generator);
  }
  for (std::uint32_t channel = 0; channel < scheduler.channel_count(); ++channel) {
    if (scheduler.balance(sim::ChannelId{channel}) <= 0) continue;
    for (const sim::Waiting& waiting : scheduler.queue(sim::ChannelId{channel})) {
      visit(HolderKind::channel, channel, Value{static_cast<std::uint32_t>(waiting.word)});
    }
  }
  for (std::uint32_t task = 0; task < scheduler.task_count(); ++task) {
    visit(HolderKind::channel, task,
          Value{static_cast<std::uint32_t>(scheduler.delivered(sim::TaskId{task}))});
  }
  for (std::uint32_t at = 0; at < spawned_tasks.size(); ++at) {
    if (!spawned_tasks[at].waiting) continue;
    visit(HolderKind::spawn, at, spawned_tasks[at].callee);
    for (const Value argument : spawned_tasks[at].arguments) visit(HolderKind::spawn, at, argument);
  }
  for (const Hook& hook : hooks)
    if (!hook.has_run) visit(HolderKind::hook, hook.number, hook.callable);
  for (const Remembered& known : remembered) {
    visit(HolderKind::class_, known.class_.index(), known.class_);
    visit(HolderKind::class_, known.class_.index(), known.function);
  }
  for (std::uint32_t at = 0; at < namespaces.size(); ++at) {
    const bool current = modules[namespaces[at].module].namespace_ == at;
    const HolderKind kind = current ? HolderKind::namespace_ : HolderKind::old_namespace;
    for (std::uint32_t slot = 0; slot < namespaces[at].count; ++slot)
      visit(kind, at, binding(at, slot).value);
  }
}

}  // namespace midstride::model::runtime
