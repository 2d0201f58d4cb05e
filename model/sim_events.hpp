// What sim tells, as an event of a trace. In the header, since every switch and message of a run
// goes through here.
#pragma once

#include "model/event.hpp"
#include "sim/scheduler.hpp"

namespace midstride::model {

// `actor` is who acts by the event (the hub: the inspector), `by` whoever runs. A spawn becomes a
// tasklet's joining the ring: what it runs is the subject's to tell.
inline void add(Trace& trace, const sim::SimEvent& event, Actor actor, Actor by) {
  using sim::SimEventKind;
  const std::uint32_t task = event.task.value;
  const std::uint32_t other = event.other.value;  // none() is no_task
  const std::uint32_t channel = event.channel.value;
  const auto word = static_cast<std::uint32_t>(event.word);
  const auto balance = static_cast<std::uint32_t>(event.balance);
  const auto balance_bits = static_cast<std::uint8_t>(balance & 15);
  switch (event.kind) {
    case SimEventKind::spawn:
      if (event.how != static_cast<std::uint8_t>(sim::Place::ring)) return;
      return trace.add(EventKind::ring, by, task, 0, 0, static_cast<std::uint8_t>(ring_joined));
    case SimEventKind::end: return trace.add(EventKind::end, actor, task, 0, 0, event.how);
    case SimEventKind::block:
      return trace.add(EventKind::block, actor, channel, word, balance, event.how);
    case SimEventKind::sleep:
      return trace.add(EventKind::block, actor, no_channel, word, 0,
                       static_cast<std::uint8_t>(BlockHow::sleep));
    case SimEventKind::wake: return trace.add(EventKind::wake, by, task);
    case SimEventKind::send:
      return trace.add(EventKind::send, actor, channel, word, other, balance_bits);
    case SimEventKind::receive:
      return trace.add(EventKind::receive, actor, channel, word, other, balance_bits);
    case SimEventKind::kill: return trace.add(EventKind::kill, by, task, 0, 0, event.how);
    case SimEventKind::switch_to: return trace.add(EventKind::switch_, actor, task, word);
    case SimEventKind::close: return trace.add(EventKind::close, actor, channel, word);
    case SimEventKind::ring: return trace.add(EventKind::ring, actor, other, 0, 0, event.how);
    case SimEventKind::channel: return trace.add(EventKind::channel, actor, channel, word);
    case SimEventKind::trap: return trace.add(EventKind::trap, by, task, word);
    case SimEventKind::refuse: return trace.add(EventKind::refuse, actor, channel, word, other);
    case SimEventKind::idle: return trace.add(EventKind::idle, actor);
  }
}

}  // namespace midstride::model
