// locals: nobody but the frame changes its locals.
//
//   read(F, S, V)  =>  V is the value of the last own write to S
//   write(F, S, _) by X, enter(F, _, _), or its generator resumed, by Y last  =>  X = Y
//
//   flush(F, S, V)     =>  V was poked into S, or is what S has
//
// An own write is a write by the actor that entered F (arguments are such writes, right after
// enter) or, under the locals policy `write-through`, an applied poke, or under `snapshot-flush`
// the flush of what was poked. Under `snapshot` a poke that was applied is no excuse. Only the
// binding is judged: the object that a local refers to may change. Exercised: a read by F after a
// reload began or committed, or a poke of F came, while F was active and so suspended.
#include <fmt/format.h>

#include "properties/by_id.hpp"
#include "properties/guarantees/all.hpp"
#include "properties/guarantees/run_monitor.hpp"

namespace midstride::properties {

using namespace model;

namespace {

class Locals final : public RunMonitor {
  enum Bug : std::uint32_t { read_something_else, written_by_another, read_a_poke, flushed };

 public:
  void on(std::uint32_t index, const Event& event) override {
    switch (event.kind()) {
      case EventKind::enter:
        frames_[event.a] = {event.actor(), event.b, disturbances_, true};
        break;
      case EventKind::generator:
        if (event.how() == static_cast<std::uint8_t>(GeneratorHow::resumed) && event.b != 0)
          frames_[event.b].actor = event.actor();
        break;
      case EventKind::write: write(index, event); break;
      case EventKind::read: read(index, event); break;
      case EventKind::poke: poke(event); break;
      case EventKind::flush: flush(index, event); break;
      case EventKind::reload_begin:
      case EventKind::reload_commit: disturbances_ += is_reload(event.a) ? 1U : 0U; break;
      default: break;
    }
  }

 private:
  static constexpr std::uint32_t poked = 0xffff'ffff;
  struct Frame {
    Actor actor{};
    std::uint32_t code = no_code;
    std::uint32_t disturbances = 0;  // that came before it, or `poked`
    bool entered = false;
  };
  struct Slot {
    Value written{};
    Value poke_lost{};  // by the policy, not by what became of it
    Value kept{};       // poked, and to be flushed
  };

  void forget() override {
    frames_.clear();
    slots_.clear();
    disturbances_ = 0;
  }

  void write(std::uint32_t index, const Event& event) {
    slots_[event.b] = {Value{event.c}, {}, slots_.get(event.b).kept};
    const Frame frame = frames_.get(event.a);
    if (!frame.entered || frame.actor == event.actor()) return;
    violate(index, written_by_another,
            fmt::format("only {} writes the locals of {}", tables().show_actor(frame.actor),
                        tables().show_code(frame.code)),
            fmt::format("{} wrote {} there", tables().show_actor(event.actor()),
                        tables().show(Value{event.c})));
  }

  void poke(const Event& event) {
    frames_[event.a].disturbances = poked;
    if (facts().locals == LocalsPolicy::snapshot) {
      slots_[event.b].poke_lost = Value{event.c};
    } else if (facts().locals == LocalsPolicy::snapshot_flush) {
      slots_[event.b].kept = Value{event.c};
    } else if (event.how() == static_cast<std::uint8_t>(PokeHow::applied)) {
      slots_[event.b].written = Value{event.c};
    }
  }

  void flush(std::uint32_t index, const Event& event) {
    frames_[event.a].disturbances = poked;
    Slot& slot = slots_[event.b];
    const Value flushed_value{event.c};
    if (flushed_value == slot.kept) {
      slot.written = flushed_value;
      slot.kept = {};
    }
    if (flushed_value == slot.written) return;
    violate(index, flushed,
            fmt::format("a flush leaves {} alone in {}, since nobody poked it",
                        tables().show(slot.written), tables().show_code(frames_.get(event.a).code)),
            fmt::format("it writes {} over it", show_found(tables(), slot.written, flushed_value)));
  }

  void read(std::uint32_t index, const Event& event) {
    const Frame frame = frames_.get(event.a);
    if (frame.entered && frame.disturbances != disturbances_) exercise();
    const Slot slot = slots_.get(event.b);
    const Value found{event.c};
    if (found == slot.written) return;
    violate(index,
            found == slot.poke_lost || found == slot.kept ? read_a_poke : read_something_else,
            fmt::format("{} reads {}, its own last write", tables().show_code(frame.code),
                        tables().show(slot.written)),
            fmt::format("it reads {}", show_found(tables(), slot.written, found)));
  }

  ById<Frame> frames_;
  ById<Slot> slots_;
  std::uint32_t disturbances_ = 0;
};

}  // namespace

Guarantee locals() {
  constexpr EventMask needs = mask_of(EventKind::enter, EventKind::write, EventKind::read);
  return {
      .name = "locals",
      .statement = "Each read of a local sees the frame's own last write to it.",
      .antecedent = "a frame reads a local after a reload or a poke came while it was suspended",
      .needs = needs,
      .sees = needs | mask_of(EventKind::generator, EventKind::poke, EventKind::flush,
                              EventKind::reload_begin, EventKind::reload_commit),
      .make = make<Locals>};
}

}  // namespace midstride::properties
