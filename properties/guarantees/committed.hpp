// What each module's last committed attempt is, and which names its version defines.
#pragma once

#include "model/event.hpp"
#include "model/program.hpp"
#include "properties/by_id.hpp"
#include "properties/guarantees/run_monitor.hpp"

namespace midstride::properties {

inline bool defines(const model::VersionCode& version, std::uint32_t slot) {
  return slot < version.defines.size() && version.defines[slot];
}

class Committed {
 public:
  struct Row {
    std::uint32_t load = model::no_load;  // no_load: nothing was committed yet
    const model::VersionCode* version = nullptr;
    std::uint32_t reloads = 0;  // commits, the first load's not counted
  };

  void clear() {
    rows_.clear();
    raised_.clear();
  }
  void commit(const model::Tables& tables, std::uint32_t attempt) {
    const model::AttemptRow& row = tables.attempts[attempt];
    Row& module = rows_[row.module];
    module.load = attempt;
    module.version = tables.program->version(row.module, row.to);
    module.reloads += row.reload != model::no_reload ? 1U : 0U;
  }
  // A first load commits even if its body raised; it then has the names that it had got by then.
  void exit(const model::Tables& tables, const model::Event& event) {
    const model::Actor actor = event.actor();
    if (actor.kind() != model::ActorKind::body) return;
    const bool threw = event.how() == static_cast<std::uint8_t>(model::ExitHow::threw);
    const model::AttemptRow& row = tables.attempts[actor.index()];
    if (threw && row.reload == model::no_reload) raised_[row.module].yes = true;
  }

  bool raised(std::uint32_t module) const { return raised_.get(module).yes; }

  Row operator[](std::uint32_t module) const { return rows_.get(module); }
  bool defines(std::uint32_t module, std::uint32_t slot) const {
    const Row row = rows_.get(module);
    return row.version != nullptr && properties::defines(*row.version, slot);
  }
  // Whether the name must be there: see always_defines() in run_monitor.hpp.
  bool always_defines(const model::Tables& tables, std::uint32_t module, std::uint32_t slot) const {
    const Row row = rows_.get(module);
    if (row.version == nullptr || (row.reloads == 0 && raised_.get(module).yes)) return false;
    return properties::always_defines(tables, module, row.version->number, slot);
  }

 private:
  struct Raised {
    bool yes = false;
  };

  ById<Row> rows_;
  ById<Raised> raised_;
};

}  // namespace midstride::properties
