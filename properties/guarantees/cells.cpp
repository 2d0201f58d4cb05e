// cells: functions and frames share what they captured.
//
//   closure(F, C, x, made)  =>  C stands for one variable V(C), whoever has captured C
//   closure(F, C', x, entered), F captured C under that name  =>  C' stands for V(C) too
//   cell_read(C, v)  =>  v is the value of the last cell_write by program code to a cell of V(C),
//   or
//       nothing if there is none
//   two uses of one variable, with no commit and no step of a machinery between them  =>  they name
//       one cell
//
// Program code is whatever a tasklet or a module body runs. A use is a read, a write or an entered
// closure. So a reloader may give functions another cell, as long as it gives it to everybody who
// shares the variable, with the value. Exercised: a captured variable is read after a reload
// committed that came after it was captured.
#include <fmt/format.h>

#include <string>

#include "properties/by_id.hpp"
#include "properties/guarantees/all.hpp"
#include "properties/guarantees/run_monitor.hpp"
#include "properties/pair_ids.hpp"

namespace midstride::properties {

using namespace model;

namespace {

class Cells final : public RunMonitor {
  enum Bug : std::uint32_t { read_something_else, split };

 public:
  void on(std::uint32_t index, const Event& event) override {
    switch (event.kind()) {
      case EventKind::closure:
        if (event.how() == static_cast<std::uint8_t>(ClosureHow::made)) {
          captured_[ids_(event.a, event.c)] = event.b;
          Variable& variable = variables_[of(event.b)];
          if (!variable.captured) variable.commits = commits_;
          variable.captured = true;
        } else {
          entered(index, event);
        }
        break;
      case EventKind::cell_write:
        if (event.actor().kind() != ActorKind::tasklet && event.actor().kind() != ActorKind::body)
          break;
        variables_[of(event.a)].written = Value{event.b};
        use(index, event.a, event.c);
        break;
      case EventKind::cell_read: read(index, event); break;
      case EventKind::reload_step: ++epoch_; break;
      case EventKind::reload_commit:
        ++epoch_;
        commits_ += is_reload(event.a) ? 1U : 0U;
        break;
      default: break;
    }
  }

 private:
  // By the index of the first cell that stood for it.
  struct Variable {
    Value written{};
    std::uint32_t cell = 0;     // of the last use: its word
    std::uint32_t used_in = 0;  // the epoch of that, plus one
    std::uint32_t commits = 0;  // that came before it was captured
    bool captured = false;
  };
  struct Alias {
    std::uint32_t variable = 0;  // plus one; 0: the cell's own
  };

  void forget() override {
    ids_.clear();
    captured_.clear();
    aliases_.clear();
    variables_.clear();
    epoch_ = commits_ = 0;
  }

  std::uint32_t of(std::uint32_t cell) const {
    const std::uint32_t index = Value{cell}.index();
    const std::uint32_t alias = aliases_.get(index).variable;
    return alias == 0 ? index : alias - 1;
  }

  // A cell that the function was given goes on as the one that it captured.
  void entered(std::uint32_t index, const Event& event) {
    const std::uint32_t made = captured_.get(ids_(event.a, event.c));
    if (made == 0) return;
    if (made != event.b) aliases_[Value{event.b}.index()] = {of(made) + 1};
    use(index, event.b, event.c);
  }

  void read(std::uint32_t index, const Event& event) {
    use(index, event.a, event.c);
    const Variable variable = variables_.get(of(event.a));
    if (variable.captured && variable.commits != commits_) exercise();
    const Value found{event.b};
    if (found == variable.written) return;
    violate(index, read_something_else,
            fmt::format("{} is {}, as it was written last", name(event.c),
                        tables().show(variable.written)),
            fmt::format("it is {}", show_found(tables(), variable.written, found)));
  }

  void use(std::uint32_t index, std::uint32_t cell, std::uint32_t variable_name) {
    Variable& variable = variables_[of(cell)];
    const bool other = variable.used_in == epoch_ + 1 && variable.cell != cell;
    variable.cell = cell;
    variable.used_in = epoch_ + 1;
    if (!other) return;
    violate(index, split,
            fmt::format("everybody who captured {} shares one cell", name(variable_name)),
            "it is another one than that of the last use");
  }

  std::string name(std::uint32_t id) const {
    return std::string(tables().scenario->text(NameId{id}));
  }

  PairIds ids_;                   // of (function, variable's name)
  ById<std::uint32_t> captured_;  // by that: the cell's word
  ById<Alias> aliases_;           // by cell
  ById<Variable> variables_;
  std::uint32_t epoch_ = 0;
  std::uint32_t commits_ = 0;
};

}  // namespace

Guarantee cells() {
  constexpr EventMask needs = mask_of(EventKind::closure, EventKind::cell_write,
                                      EventKind::cell_read, EventKind::reload_commit);
  return {
      .name = "cells",
      .statement =
          "A captured variable is what program code wrote to it last, and whoever "
          "captured it shares it.",
      .antecedent = "a captured variable is read after a commit that came after it was captured",
      .needs = needs,
      .sees = needs | mask_of(EventKind::reload_step),
      .make = make<Cells>};
}

}  // namespace midstride::properties
