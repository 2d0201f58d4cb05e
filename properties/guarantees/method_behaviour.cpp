// method-behaviour: what is held goes on doing what it did.
//
//   bind(S, H, C) < call(S, _, C'), no write(_, S, _) in between  =>  C' = C
//
// For methods and plain functions that a named local holds. Exercised: such a call after a commit
// that came after the bind and whose version of C's module has other code, or none, under the name
// of C's function.
#include <fmt/format.h>

#include <algorithm>
#include <span>

#include "properties/by_id.hpp"
#include "properties/guarantees/all.hpp"
#include "properties/guarantees/run_monitor.hpp"

namespace midstride::properties {

using namespace model;

namespace {

bool same_handler(const Handler& left, const Handler& right) {
  return left.begin == right.begin && left.end == right.end && left.target == right.target &&
         left.catches == right.catches;
}

bool same_text(const Program& program, const FunctionCode& left, const FunctionCode& right) {
  const std::span<const Op> left_ops = program.ops_of(left), right_ops = program.ops_of(right);
  const auto handlers = program.handlers.begin();
  return left.parameters == right.parameters &&
         std::equal(left_ops.begin() + 1, left_ops.end(), right_ops.begin() + 1, right_ops.end()) &&
         std::equal(handlers + left.handlers_begin, handlers + left.handlers_end,
                    handlers + right.handlers_begin, handlers + right.handlers_end, same_handler);
}

// Whether that version has other code than this function, or none, under the function's name. The
// last definition counts.
bool changed_by(const Program& program, const FunctionCode& function,
                std::uint32_t version_number) {
  const VersionCode& version = *program.version(function.module, version_number);
  for (std::uint32_t at = version.functions_end; at-- > version.functions_begin;) {
    const FunctionCode& candidate = program.functions[at];
    const bool namesake = candidate.kind == function.kind && candidate.name == function.name &&
                          candidate.class_name == function.class_name;
    if (namesake) return !same_text(program, function, candidate);
  }
  return true;
}

class MethodBehaviour final : public RunMonitor {
 public:
  void on(std::uint32_t index, const Event& event) override {
    switch (event.kind()) {
      case EventKind::write: slots_[event.b] = {}; break;
      case EventKind::bind: slots_[event.a] = {event.c, commits_}; break;
      case EventKind::call: call(index, event); break;
      case EventKind::reload_commit:
        if (is_reload(event.a))
          modules_[attempt(event.a).module] = {attempt(event.a).to, ++commits_};
        break;
      default: break;
    }
  }

 private:
  struct Slot {
    std::uint32_t code = no_code;  // no_code: nothing is held
    std::uint32_t commits = 0;     // that came before the bind
  };
  struct Module {
    std::uint32_t version = 0;
    std::uint32_t commit = 0;  // the number of its last one
  };

  void forget() override {
    slots_.clear();
    modules_.clear();
    compared_.clear();
    commits_ = 0;
  }

  void call(std::uint32_t index, const Event& event) {
    const Slot slot = slots_.get(event.a);
    if (slot.code == no_code) return;
    if (slot.commits != commits_ && !exercised()) compare(slot);
    if (event.c == slot.code) return;
    violate(index, 0,
            fmt::format("the call enters {}, which was bound", tables().show_code(slot.code)),
            fmt::format("it enters {}", tables().show_code(event.c)));
  }

  // Once for each code and commit.
  void compare(const Slot& slot) {
    const CodeRow& row = tables().codes[slot.code];
    if (row.module == no_module) return;
    const Module module = modules_.get(row.module);
    if (module.commit <= slot.commits || compared_[slot.code] == module.commit) return;
    compared_[slot.code] = module.commit;
    const Program& program = *tables().program;
    if (changed_by(program, program.functions[row.function], module.version)) exercise();
  }

  ById<Slot> slots_;
  ById<Module> modules_;
  ById<std::uint32_t> compared_;  // by code: the commit it was last compared after
  std::uint32_t commits_ = 0;
};

}  // namespace

Guarantee method_behaviour() {
  constexpr EventMask needs = mask_of(EventKind::bind, EventKind::call, EventKind::reload_commit);
  return {.name = "method-behaviour",
          .statement = "A call of a held method or function enters the code that was bound.",
          .antecedent = "a held method or function is called after a commit that changed its code",
          .needs = needs,
          .sees = needs | mask_of(EventKind::write),
          .make = make<MethodBehaviour>};
}

}  // namespace midstride::properties
