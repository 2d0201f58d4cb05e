#include "properties/guarantees/story_test.hpp"

#include <gtest/gtest.h>

#include <variant>

#include "model/text.hpp"

namespace midstride::properties {

using namespace model;

namespace {

// Version 3 of shop has the f and the X of version 1.
constexpr std::string_view program_text = R"(midstride 1
module shop
  version 1
    x = 1
    old = 1
    class X:
      def f(self):
        return 1
    def f(a):
      return 1
    def g():
      return 7
    try:
      perhaps = 1
    except:
      pass
  version 2
    x = 2
    new = 2
    class X:
      def f(self):
        return 2
    def f(a):
      return 2
    def g():
      return 7
    try:
      perhaps = 2
    except:
      pass
  version 3
    x = 3
    class X:
      def f(self):
        return 1
    def f(a):
      return 1
module bank
  version 1
    y = 1
    def pay():
      return 1
    once z = 1
  version 2
    y = 2
    def pay():
      return 2
    once z = 2
channel c
task t:
  shop.f(0)
task u:
  shop.g()
reload r2: shop -> 2
reload r3: shop -> 3
reload back: shop -> 1
reload same: shop -> 1
reload b2: bank -> 2
reload both: shop -> 2, bank -> 2
)";

std::string once(Monitor& monitor, const Guarantee& guarantee, const Trace& trace,
                 const RunFacts& facts) {
  monitor.begin(facts);
  const std::span<const Event> events = trace.events();
  for (std::uint32_t at = 0; at < events.size(); ++at) {
    if ((guarantee.sees & mask_of(events[at].kind())) != 0) monitor.on(at, events[at]);
  }
  monitor.finish();
  const auto& violation = monitor.violation();
  if (!violation) return monitor.exercised() ? "held, exercised" : "held, not exercised";
  const bool at_the_end = violation->event + 1 == events.size();
  return (at_the_end ? "violated: " : "violated before the end: ") + violation->expected + "; " +
         violation->found;
}

}  // namespace

Story::Story(BeforeFirstLoads) {
  scenario_ = std::get<Scenario>(read(program_text, "story_test"));
  program_.compile(scenario_);
  fill_tables();
}

Story::Story() : Story(BeforeFirstLoads{}) {
  for (const std::uint32_t load : {shop1, bank1}) begin(load, 0).commit(load);
}

void Story::fill_tables() {
  tables_.scenario = &scenario_;
  tables_.program = &program_;
  tables_.layouts.push_back({});
  tables_.tasks = {{}, {.name = scenario_.find("t")}, {.name = scenario_.find("u")}};
  const auto attempt = [this](std::uint32_t reload, std::uint32_t module, std::uint32_t to,
                              std::uint32_t batch) {
    tables_.attempts.push_back({.reload = reload,
                                .repeat = 1,
                                .module = module,
                                .to = to,
                                .requester = no_task,
                                .batch = batch});
  };
  attempt(no_reload, 0, 1, shop1);
  attempt(no_reload, 1, 1, bank1);
  for (std::uint32_t reload = 0; reload < scenario_.reloads.size(); ++reload) {
    const auto first = static_cast<std::uint32_t>(tables_.attempts.size());
    for (const Target& target : scenario_.reloads[reload].targets)
      attempt(reload, program_.module_index(target.module), target.version, first);
  }
  for (std::uint32_t load = 0; load < tables_.attempts.size(); ++load) {
    const AttemptRow& row = tables_.attempts[load];
    const VersionCode& version = *program_.version(row.module, row.to);
    for (std::uint32_t function = version.functions_begin; function < version.functions_end;
         ++function) {
      tables_.codes.push_back({row.module, load, function});
      tables_.functions.push_back({row.module, function, load});  // function i runs code i
    }
  }
  for (const std::uint32_t script : program_.scripts)
    tables_.codes.push_back({no_module, no_load, script});
  // Class i: shop.X of load i, where that load is one of shop's first three.
  for (std::uint32_t load = 0; load < 2; ++load)
    tables_.classes.push_back({0, load, load == 0 ? shop1 : r2});
}

std::uint32_t Story::code(std::uint32_t load, std::string_view qualified_name) const {
  for (std::uint32_t at = 0; at < tables_.codes.size(); ++at) {
    const CodeRow& row = tables_.codes[at];
    if (row.load != load) continue;
    if (program_.qualified_name(program_.functions[row.function], scenario_) == qualified_name)
      return at;
  }
  ADD_FAILURE() << "no code is called " << qualified_name;
  return no_code;
}

std::uint32_t Story::name(std::string_view qualified_name) const {
  for (std::uint32_t module = 0; module < program_.modules.size(); ++module) {
    for (std::uint32_t slot = 0; slot < program_.modules[module].slots.size(); ++slot) {
      const std::string known = std::string(scenario_.text(program_.modules[module].name)) + "." +
                                std::string(scenario_.text(program_.modules[module].slots[slot]));
      if (known == qualified_name) return module << 16 | slot;
    }
  }
  ADD_FAILURE() << "no global is called " << qualified_name;
  return 0;
}

NameId Story::id(std::string_view name) const { return scenario_.find(name); }

std::uint32_t Story::method(Value class_, Value function, Value self) {
  const Value object = Value::of(Tag::method, static_cast<std::uint32_t>(tables_.handles.size()));
  tables_.handles.push_back({object, class_, function, self});
  return object.word;
}

std::uint32_t Story::seen_again(std::uint32_t handle, Value function) {
  HandleRow row = tables_.handles[Value{handle}.index()];
  row.function = function;
  tables_.handles.push_back(row);
  return Value::of(Tag::method, static_cast<std::uint32_t>(tables_.handles.size() - 1)).word;
}

std::uint32_t Story::layout(std::initializer_list<std::string_view> fields) {
  const auto begin = static_cast<std::uint32_t>(tables_.layout_fields.size());
  for (const std::string_view field : fields)
    tables_.layout_fields.push_back(scenario_.intern(field));
  const auto end = static_cast<std::uint32_t>(tables_.layout_fields.size());
  tables_.layouts.push_back({Value::of(Tag::class_, 0), begin, end});
  return static_cast<std::uint32_t>(tables_.layouts.size() - 1);
}

Value Story::instance() {
  tables_.instance_classes.push_back(0);
  return Value::of(Tag::instance, static_cast<std::uint32_t>(tables_.instance_classes.size() - 1));
}

std::uint32_t Story::error(ErrorKind kind, Value value) {
  tables_.errors.push_back({kind, value, {}, {}});
  return static_cast<std::uint32_t>(tables_.errors.size() - 1);
}

Story& Story::by(Actor actor) {
  actor_ = actor;
  return *this;
}

Story& Story::operator()(EventKind kind, std::uint32_t a, std::uint32_t b, std::uint32_t c,
                         std::uint8_t how) {
  trace_.add(kind, actor_, a, b, c, how);
  return *this;
}

Story& Story::enter(std::uint32_t frame, std::uint32_t code) {
  return (*this)(EventKind::enter, frame, code, code);
}
Story& Story::op(std::uint32_t frame, std::uint32_t code) {
  return (*this)(EventKind::op, frame, code);
}
Story& Story::exit(std::uint32_t frame) { return (*this)(EventKind::exit, frame); }
Story& Story::resolve(std::string_view qualified_name, Value value, std::uint32_t load) {
  return (*this)(EventKind::resolve, name(qualified_name), value.word, load);
}

Story& Story::of_machinery(std::uint32_t attempt, EventKind kind, std::uint32_t b,
                           std::uint32_t c) {
  trace_.add(kind, machinery(attempt), attempt, b, c);
  return *this;
}
Story& Story::request(std::uint32_t attempt) {
  return of_machinery(attempt, EventKind::reload_request, no_task);
}
Story& Story::begin(std::uint32_t attempt, std::uint32_t from) {
  const AttemptRow& row = tables_.attempts[attempt];
  of_machinery(attempt, EventKind::reload_begin);
  return of_machinery(attempt, EventKind::reload_item, row.module, from << 16 | row.to);
}
Story& Story::commit(std::uint32_t attempt) {
  return of_machinery(attempt, EventKind::reload_commit);
}
Story& Story::fail(std::uint32_t attempt) {
  return of_machinery(attempt, EventKind::reload_fail, error(ErrorKind::raised, number(9)));
}
Story& Story::reload(std::uint32_t attempt, std::uint32_t from) {
  return request(attempt).begin(attempt, from).commit(attempt);
}

std::string Story::judge(const Guarantee& guarantee) const {
  const RunFacts facts{.tables = &tables_,
                       .locals = locals,
                       .removed_names = removed_names,
                       .versions_max = versions_max,
                       .ended_normally = ended_normally};
  const std::unique_ptr<Monitor> monitor = guarantee.make();
  const std::string first = once(*monitor, guarantee, trace_, facts);
  EXPECT_EQ(once(*monitor, guarantee, trace_, facts), first)
      << "the monitor remembers its last run";
  return first;
}

}  // namespace midstride::properties
