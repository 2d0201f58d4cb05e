// batch: nobody sees some modules of a batch new and others old. Of a batch of attempts A1 .. An,
// between the first begin and the last end:
//
//   1. resolve(m.x) gives Ai's load, then resolve(n.y) of another module n of the batch gives a
//      load that began before the batch  =>  not both versions of n define y
//   2. Ai commits  =>  each Aj does
//
// Inside one module this is the business of `isolation`, and so is who is judged: everybody but the
// bodies of reloads of the module, pinned resolves excepted. Exercised: a name that both versions
// define is resolved while a batch is open.
#include <fmt/format.h>

#include <vector>

#include "properties/by_id.hpp"
#include "properties/guarantees/all.hpp"
#include "properties/guarantees/committed.hpp"
#include "properties/guarantees/run_monitor.hpp"

namespace midstride::properties {

using namespace model;

namespace {

class Batch final : public RunMonitor {
  enum Bug : std::uint32_t { older_elsewhere, torn };

 public:
  void on(std::uint32_t index, const Event& event) override {
    switch (event.kind()) {
      case EventKind::resolve: resolve(index, event); break;
      case EventKind::exit: committed_.exit(tables(), event); break;
      case EventKind::reload_begin: began(event.a); break;
      case EventKind::reload_commit:
        ended(index, event.a, true);
        committed_.commit(tables(), event.a);
        break;
      case EventKind::reload_fail:
      case EventKind::reload_reject: ended(index, event.a, false); break;
      default: break;
    }
  }

 private:
  struct Attempt {
    std::uint32_t order = 0;  // of the begins, from 1
  };
  struct Row {  // of a batch
    std::uint32_t begun = 0, committed = 0, failed = 0;
    std::uint32_t order = 0;       // of the first begin
    std::uint32_t seen_by = none;  // the attempt whose load somebody resolved a name to first
    std::uint32_t seen_name = 0;   // and this name
  };

  void forget() override {
    attempts_.clear();
    rows_.clear();
    open_.clear();
    committed_.clear();
    begins_ = 0;
  }

  std::uint32_t size_of(std::uint32_t first) const {
    std::uint32_t end = first;
    while (end < tables().attempts.size() && attempt(end).batch == first) ++end;
    return end - first;
  }

  void began(std::uint32_t id) {
    attempts_[id].order = ++begins_;
    const std::uint32_t first = attempt(id).batch;
    if (!is_reload(id) || size_of(first) < 2) return;
    if (rows_[first].begun++ != 0) return;
    rows_[first].order = begins_;
    open_.push_back(first);
  }

  void ended(std::uint32_t index, std::uint32_t id, bool commits) {
    const std::uint32_t first = attempt(id).batch;
    Row& row = rows_[first];
    if (row.begun == 0) return;
    ++(commits ? row.committed : row.failed);
    if (row.committed + row.failed < size_of(first)) return;
    std::erase(open_, first);
    if (row.committed != 0 && row.failed != 0)
      violate(index, torn, fmt::format("all of {} commits, or nothing", reload_of(first)),
              fmt::format("{} of {} modules did", row.committed, size_of(first)));
  }

  void resolve(std::uint32_t index, const Event& event) {
    if (open_.empty() || event.how() == static_cast<std::uint8_t>(ResolveHow::pinned)) return;
    const std::uint32_t module = event.a >> 16;
    if (is_body_of(event.actor(), module) || Value{event.b} == Value::absent()) return;
    for (const std::uint32_t first : open_) {
      for (std::uint32_t id = first; id < first + size_of(first); ++id) {
        if (attempt(id).module == module) see(index, event, id);
      }
    }
  }

  void see(std::uint32_t index, const Event& event, std::uint32_t id) {
    Row& row = rows_[attempt(id).batch];
    const std::uint32_t module = event.a >> 16, slot = event.a & 0xffff;
    const VersionCode& version = *tables().program->version(module, attempt(id).to);
    const bool both = defines(version, slot) && committed_.defines(module, slot);
    if (both) exercise();
    if (event.c == id) {
      if (row.seen_by == none) row.seen_name = event.a;
      if (row.seen_by == none) row.seen_by = id;
      return;
    }
    const bool older = event.c != no_load && attempts_.get(event.c).order < row.order;
    const bool elsewhere = row.seen_by != none && attempt(row.seen_by).module != module;
    if (!older || !elsewhere || !both) return;
    const bool certain = committed_.always_defines(tables(), module, slot) &&
                         always_defines(tables(), module, attempt(id).to, slot);
    if (!certain) return;
    violate(index, older_elsewhere,
            fmt::format("nothing older, since {} came from {}", show_name(tables(), row.seen_name),
                        show_load(tables(), row.seen_by)),
            fmt::format("{} comes from {}", show_name(tables(), event.a),
                        show_load(tables(), event.c)));
  }

  std::string reload_of(std::uint32_t first) const {
    const Scenario& scenario = *tables().scenario;
    return std::string(scenario.text(scenario.reloads[attempt(first).reload].name));
  }

  ById<Attempt> attempts_;
  ById<Row> rows_;  // by the first attempt of a batch
  std::vector<std::uint32_t> open_;
  Committed committed_;
  std::uint32_t begins_ = 0;
};

}  // namespace

Guarantee batch() {
  constexpr EventMask needs =
      mask_of(EventKind::resolve, EventKind::reload_begin, EventKind::reload_commit);
  return {
      .name = "batch",
      .statement =
          "Nobody sees one module of a batch new and then another one old, and either all of "
          "them commit or none.",
      .antecedent = "a name is resolved between the begin and the end of a batch",
      .needs = needs,
      .sees = needs | mask_of(EventKind::reload_fail, EventKind::reload_reject, EventKind::exit),
      .make = make<Batch>};
}

}  // namespace midstride::properties
