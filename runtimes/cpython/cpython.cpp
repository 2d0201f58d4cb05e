#include "runtimes/cpython/cpython.hpp"

#include "runtimes/cpython/harness.hpp"

namespace midstride::runtimes {

namespace {

using cpython::Harness;
using model::EventKind;
using model::Run;

// CPython's own frames and its compiler's lie on these stacks; Python calls among rendered
// functions do not use them.
constexpr std::size_t stack_bytes = 256 << 10;

struct Row {
  std::string_view name;
  cpython::Reloader reloader;
  model::RemovedNames removed_names;
};
constexpr Row rows[] = {
    {"cpython/importlib",
     {"reload_by_importlib", cpython::Overlap::left_to_reloader},
     model::RemovedNames::stay},
    {"cpython/code-swap",
     {"reload_by_code_swap", cpython::Overlap::queued},
     model::RemovedNames::go},
};

model::Capabilities capabilities_of_cpython() {
  using enum EventKind;
  model::Capabilities capabilities;
  // Not retire, free, live and touch: when CPython lets go of code cannot be seen from outside. Nor
  // which cells there are, and its reloaders migrate nothing.
  capabilities.gives =
      ~model::mask_of(retire, free, live, touch, closure, cell_write, cell_read, migrate);
  capabilities.granularity = model::Granularity::safepoints;
  capabilities.locals = model::LocalsPolicy::snapshot;
  capabilities.stop_by = sim::StopBy::unwinding;
  capabilities.guard_pages = sim::GuardPages::yes;
  capabilities.stack_bytes = stack_bytes;
  return capabilities;
}

class Cpython final : public model::Subject {
 public:
  explicit Cpython(const Row& row) : row_(row) { capabilities_.removed_names = row.removed_names; }

  std::string_view name() const override { return row_.name; }
  const model::Capabilities& capabilities() const override { return capabilities_; }
  void begin(Run& run) override { Harness::the().begin(run); }
  void load(Run&, std::uint32_t attempt) override { Harness::the().load(attempt, row_.reloader); }
  void script(Run&, std::uint32_t task) override { Harness::the().script(task); }
  void spawned(Run&, std::uint64_t payload) override { Harness::the().spawned(payload); }
  // What it would have called is kept until the run is over.
  void forget(Run&, std::uint64_t) override {}
  void inspect(Run&, const model::Inspection& inspection) override {
    Harness::the().inspect(inspection);
  }
  void collect(Run&) override { Harness::the().collect(); }
  void end(Run&) override { Harness::the().end(); }

 private:
  const Row& row_;
  model::Capabilities capabilities_ = capabilities_of_cpython();
};

}  // namespace

std::vector<std::string_view> cpython_subjects() {
  std::vector<std::string_view> names;
  for (const Row& row : rows) names.push_back(row.name);
  return names;
}

std::unique_ptr<model::Subject> make_cpython_subject(std::string_view name) {
  for (const Row& row : rows) {
    if (row.name == name) return std::make_unique<Cpython>(row);
  }
  return nullptr;
}

}  // namespace midstride::runtimes
