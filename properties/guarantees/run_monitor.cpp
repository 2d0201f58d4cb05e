// Words, and the one question about a text that monitors ask off the hot path.
#include "properties/guarantees/run_monitor.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <span>
#include <string_view>

namespace midstride::properties {

using namespace model;

std::string show_name(const Tables& tables, std::uint32_t module_and_slot) {
  const ModuleCode& module = tables.program->modules[module_and_slot >> 16];
  const NameId slot = module.slots[module_and_slot & 0xffff];
  return fmt::format("{}.{}", tables.scenario->text(module.name), tables.scenario->text(slot));
}

std::string show_load(const Tables& tables, std::uint32_t load) {
  if (load == no_load) return "what program code stored";
  const AttemptRow& row = tables.attempts[load];
  const std::string_view module = tables.scenario->text(tables.program->modules[row.module].name);
  return fmt::format("version {} of {} ({})", row.to, module, tables.show_attempt(load));
}

std::string show_handle(const Tables& tables, std::uint32_t handle) {
  const Value value{handle};
  if (value.tag() != Tag::method) return tables.show(value);
  const HandleRow& row = tables.handles[value.index()];
  const std::string of =
      row.self == Value::absent() ? "unbound" : "bound to " + tables.show(row.self);
  return fmt::format("method of {}, {}, {}", tables.show(row.class_), tables.show(row.function),
                     of);
}

std::string show_found(const Tables& tables, Value expected, Value found) {
  const std::string text = tables.show(found);
  const bool alike = expected != found && text == tables.show(expected);
  return alike ? text + ", but another one" : text;
}

const Op& op_begun(const Tables& tables, const Event& op) {
  const FunctionCode& code = tables.program->functions[tables.codes[op.b].function];
  const std::span<const Op> ops = tables.program->ops_of(code);
  return ops[std::min<std::size_t>(op.c + 1, ops.size() - 1)];
}

bool always_defines(const Tables& tables, std::uint32_t module, std::uint32_t version,
                    std::uint32_t slot) {
  const NameId name = tables.program->modules[module].slots[slot];
  for (const Version& candidate : tables.scenario->modules[module].versions) {
    if (candidate.number != version) continue;
    const std::vector<Line>& lines = candidate.lines;
    for (std::size_t at = 0; at < lines.size(); ++at) {
      const LineKind kind = lines[at].kind;
      const bool definition = kind == LineKind::def_ || kind == LineKind::class_;
      if (binds_name(kind) && lines[at].name == name) return true;
      if (definition || kind == LineKind::try_) at = block_end(lines, at);
    }
  }
  return false;
}

}  // namespace midstride::properties
