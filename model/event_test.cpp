// Events and side tables in words, on one small scenario whose rows are filled in by hand.
#include "model/event.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <variant>

#include "model/program.hpp"
#include "model/text.hpp"

namespace midstride::model {
namespace {

constexpr std::string_view program_text = R"(midstride 1
module shop
  version 1
    class X:
      def f(self):
        return 1
    def hold(a):
      m = a.f
      emit m()
  version 2
    class X:
      def f(self):
        return 2
channel c
task t:
  shop.hold(shop.X())
reload r: shop -> 2
)";

class EventInWords : public testing::Test {
 protected:
  EventInWords() {
    scenario_ = std::get<Scenario>(read(program_text, "event_test"));
    program_.compile(scenario_);
    tables_.scenario = &scenario_;
    tables_.program = &program_;
    tables_.attempts = {
        {.reload = no_reload, .repeat = 1, .module = 0, .to = 1, .requester = no_task, .batch = 0},
        {.reload = 0, .repeat = 1, .module = 0, .to = 2, .requester = no_task, .batch = 1},
        {.reload = 0, .repeat = 2, .module = 0, .to = 2, .requester = 1, .batch = 2}};
    for (std::uint32_t at = 0; at < program_.functions.size(); ++at) {
      const FunctionCode& function = program_.functions[at];
      const bool script = function.kind == FunctionCode::Kind::script;
      tables_.codes.push_back({.module = script ? no_module : 0,
                               .load = script ? no_load : function.version - 1,
                               .function = at});
    }
    tables_.tasks = {{}, {.name = scenario_.find("t")}, {}};
    tables_.classes = {{.module = 0, .function_or_class = 0, .load = 0},
                       {.module = 0, .function_or_class = 1, .load = 1}};
    tables_.functions = {
        {.module = 0, .function_or_class = code("shop.X.f of version 1"), .load = 0}};
    tables_.instance_classes = {0};
    tables_.handles = {
        {.object = method(0), .class_ = class_(0), .function = function(0), .self = instance(0)},
        {.object = method(1), .class_ = class_(0), .function = function(0), .self = {}}};
  }

  static Value class_(std::uint32_t index) { return Value::of(Tag::class_, index); }
  static Value function(std::uint32_t index) { return Value::of(Tag::function, index); }
  static Value instance(std::uint32_t index) { return Value::of(Tag::instance, index); }
  static Value method(std::uint32_t index) { return Value::of(Tag::method, index); }

  // The code, and here the function, of that name.
  std::uint32_t code(std::string_view name) const {
    for (std::uint32_t at = 0; at < tables_.codes.size(); ++at) {
      if (tables_.show_code(at) == name) return at;
    }
    ADD_FAILURE() << "no code is called " << name;
    return no_code;
  }
  NameId name(std::string_view known) const { return scenario_.find(known); }
  std::string show_error(const ErrorRow& error) {
    tables_.errors = {error};
    return tables_.show_error(0);
  }
  std::string line(EventKind kind, Actor actor, std::uint32_t a = 0, std::uint32_t b = 0,
                   std::uint32_t c = 0, std::uint8_t how = 0) {
    Trace trace;
    trace.add(kind, actor, a, b, c, how);
    return show(trace.events().front(), tables_);
  }

  static constexpr Actor t = Actor::of(ActorKind::tasklet, 1);
  static constexpr Actor r = Actor::of(ActorKind::machinery, 1);
  static constexpr Actor body = Actor::of(ActorKind::body, 1);

  Scenario scenario_;
  Program program_;
  Tables tables_;
};

TEST_F(EventInWords, ValuesLookAsInPython) {
  EXPECT_EQ(tables_.show(Value::absent()), "nothing");
  EXPECT_EQ(tables_.show(Value::none()), "None");
  EXPECT_EQ(tables_.show(Value::integer(-3)), "-3");
  EXPECT_EQ(tables_.show(Value::of(Tag::object, 4)), "{}");
  EXPECT_EQ(tables_.show(instance(0)), "<shop.X of version 1 object>");
  EXPECT_EQ(tables_.show(class_(1)), "<class shop.X of version 2>");
  EXPECT_EQ(tables_.show(function(0)), "<function shop.X.f of version 1>");
  EXPECT_EQ(tables_.show(method(0)), "<bound method shop.X.f of version 1>");
  EXPECT_EQ(tables_.show(method(1)), "<unbound method shop.X.f of version 1>");
}

TEST_F(EventInWords, CodeIsNamedByItsVersionAndAScriptByItsTask) {
  EXPECT_NE(code("shop of version 1"), code("shop of version 2"));
  EXPECT_NE(code("shop.hold of version 1"), no_code);
  EXPECT_NE(code("task t"), no_code);
  EXPECT_EQ(tables_.show_code(no_code), "no code");
}

TEST_F(EventInWords, ErrorsLookAsInCPython) {
  EXPECT_EQ(show_error({ErrorKind::name, {}, name("hold"), {}}),
            "NameError: name 'hold' is not defined");
  EXPECT_EQ(show_error({ErrorKind::unbound_local, {}, name("m"), {}}),
            "UnboundLocalError: cannot access local variable 'm' where it is not associated with a "
            "value");
  EXPECT_EQ(show_error({ErrorKind::attribute, instance(0), name("m"), {}}),
            "AttributeError: 'X' object has no attribute 'm'");
  EXPECT_EQ(show_error({ErrorKind::attribute, class_(0), name("m"), {}}),
            "AttributeError: type object 'X' has no attribute 'm'");
  EXPECT_EQ(show_error({ErrorKind::attribute, Value::integer(1), name("m"), {}}),
            "AttributeError: 'int' object has no attribute 'm'");
  EXPECT_EQ(show_error({ErrorKind::not_callable, Value::none(), {}, {}}),
            "TypeError: 'NoneType' object is not callable");
  EXPECT_EQ(show_error({ErrorKind::arity, method(0), {}, {}}),
            "TypeError: shop.X.f() does not take that number of arguments");
  EXPECT_EQ(show_error({ErrorKind::arity, class_(0), {}, {}}),
            "TypeError: shop.X() does not take that number of arguments");
  EXPECT_EQ(show_error({ErrorKind::read_only, {}, name("f"), {}}), "TypeError: readonly attribute");
  EXPECT_EQ(show_error({ErrorKind::raised, Value::integer(3), {}, {}}), "Raised: 3");
  EXPECT_EQ(show_error({ErrorKind::task_exit, {}, {}, {}}), "TaskletExit");
  EXPECT_EQ(show_error({ErrorKind::kind_changed, {}, name("hold"), {}}),
            "ReloadError: 'hold' is no longer the kind of thing that it was");
}

TEST_F(EventInWords, ARealRuntimesOwnWordsComeFirst) {
  EXPECT_EQ(show_error({ErrorKind::read_only, {}, {}, "AttributeError: readonly attribute"}),
            "AttributeError: readonly attribute");
}

TEST_F(EventInWords, AttemptsAndActorsAreNamedByTheirReloadAndTasklet) {
  EXPECT_EQ(tables_.show_attempt(0), "first load of shop");
  EXPECT_EQ(tables_.show_attempt(1), "r");
  EXPECT_EQ(tables_.show_attempt(2), "r.2");
  EXPECT_EQ(tables_.show_actor(t), "t");
  EXPECT_EQ(tables_.show_actor(r), "r");
  EXPECT_EQ(tables_.show_actor(body), "body of r");
  EXPECT_EQ(tables_.show_actor(Actor::of(ActorKind::inspector, 0)), "inspector");
}

TEST_F(EventInWords, AnEventIsOneLine) {
  const std::uint32_t hold = code("shop.hold of version 1");
  const std::uint32_t f1 = code("shop.X.f of version 1"), f2 = code("shop.X.f of version 2");
  const std::uint32_t handle = method(0).word;
  EXPECT_EQ(line(EventKind::enter, t, 3, hold, hold),
            "t: enter frame 3: shop.hold of version 1, by name");
  EXPECT_EQ(line(EventKind::enter, t, 3, f1, f2, static_cast<std::uint8_t>(EnterHow::held)),
            "t: enter frame 3: shop.X.f of version 1, held, checked as shop.X.f of version 2");
  EXPECT_EQ(line(EventKind::op, t, 3, hold, 0),
            "t: op frame 3 at 0: look in shop.hold of version 1");
  EXPECT_EQ(line(EventKind::write, t, 3, 12, Value::integer(1).word),
            "t: write frame 3 slot 12: 1");
  EXPECT_EQ(line(EventKind::bind, t, 12, handle, f1),
            "t: bind slot 12: <bound method shop.X.f of version 1>, runs shop.X.f of version 1");
  EXPECT_EQ(line(EventKind::call, t, no_slot, handle, f2),
            "t: call <bound method shop.X.f of version 1> enters shop.X.f of version 2");
  const auto slot_of_hold = static_cast<std::uint32_t>(
      std::find(program_.modules[0].slots.begin(), program_.modules[0].slots.end(), name("hold")) -
      program_.modules[0].slots.begin());
  EXPECT_EQ(line(EventKind::resolve, t, slot_of_hold, Value::absent().word, no_load),
            "t: resolve shop.hold: nothing, from program code");
  EXPECT_EQ(line(EventKind::store, r, Owner::of(Owner::Kind::module, 0).word, 1, 2,
                 static_cast<std::uint8_t>(StoreHow::version)),
            "r: store version shop: 2");
  EXPECT_EQ(line(EventKind::store, body, Owner::of(Owner::Kind::class_, 1).word, name("f").value,
                 function(0).word, static_cast<std::uint8_t>(StoreHow::class_)),
            "body of r: store class shop.X.f of version 2: <function shop.X.f of version 1>");
  EXPECT_EQ(line(EventKind::reload_item, r, 1, 0, 1U << 16 | 2), "r: reload-item r: shop 1 -> 2");
  EXPECT_EQ(line(EventKind::reload_step, r, 1, static_cast<std::uint32_t>(Step::swap), 0, 1),
            "r: reload-step r: after swap");
  EXPECT_EQ(line(EventKind::reload_reject, r, 2, static_cast<std::uint32_t>(RejectWhy::own_body)),
            "r: reload-reject r.2: own-body");
  EXPECT_EQ(line(EventKind::live, r, f1, static_cast<std::uint32_t>(HolderKind::channel), 0),
            "r: live shop.X.f of version 1: held by channel 0");
  EXPECT_EQ(line(EventKind::send, t, 0, Value::none().word, no_task), "t: send c: None");
  EXPECT_EQ(line(EventKind::receive, t, 0, Value::none().word, 1), "t: receive c: None from t");
  EXPECT_EQ(line(EventKind::block, t, no_channel, 0, 0, static_cast<std::uint8_t>(BlockHow::park)),
            "t: block park");
  EXPECT_EQ(line(EventKind::collect, Actor::of(ActorKind::inspector, 0)), "inspector: collect");
}

// A trace of a subject that is broken, or of other tables, still prints.
TEST_F(EventInWords, AnyEventPrintsWithAnyTables) {
  const Tables empty;
  for (const Tables* tables : {static_cast<const Tables*>(&tables_), &empty}) {
    for (std::uint32_t kind = 0; kind < 64; ++kind) {
      for (const std::uint32_t number : {0U, 1U, 0xffff'ffffU, 0x2000'0001U, 0x7000'0009U}) {
        const Event event{kind << 26 | 0xfU << 22 | (number & 0x3f'ffff), number, number, number};
        EXPECT_FALSE(show(event, *tables).empty());
      }
    }
  }
}

TEST_F(EventInWords, EveryKindHasAWordOfItsOwn) {
  std::set<std::string_view> words;
  for (std::size_t kind = 0; kind < event_kind_count; ++kind)
    words.insert(name_of(static_cast<EventKind>(kind)));
  EXPECT_EQ(words.size(), event_kind_count);
  EXPECT_EQ(name_of(EventKind::emit), "emit");
  EXPECT_EQ(name_of(EventKind::switch_), "switch");
  EXPECT_EQ(name_of(HolderKind::spawn), "spawn");
  EXPECT_EQ(name_of(RejectWhy::in_progress), "in-progress");
  EXPECT_EQ(name_of(Step::undo), "undo");
  EXPECT_EQ(name_of(ErrorKind::foreign), "foreign");
}

TEST_F(EventInWords, ClearForgetsEveryTable) {
  tables_.clear();
  EXPECT_EQ(tables_.scenario, nullptr);
  EXPECT_EQ(tables_.program, nullptr);
  EXPECT_EQ(tables_.show_code(0), "code 0");
  EXPECT_EQ(tables_.show_attempt(0), "attempt 0");
  EXPECT_EQ(tables_.show(class_(0)), "<class ?>");
}

TEST(Trace, DigestSpeaksForEventsAndDefinitions) {
  const Actor actor = Actor::of(ActorKind::tasklet, 1);
  Trace one, other;
  one.add(EventKind::emit, actor, 1);
  other.add(EventKind::emit, actor, 1);
  EXPECT_EQ(one.digest(), other.digest());
  other.define(1, 2);
  EXPECT_NE(one.digest(), other.digest());
  one.clear();
  EXPECT_TRUE(one.events().empty());
  EXPECT_EQ(one.digest(), Trace().digest());
}

TEST(Event, WordsComeBackAsTheyWentIn) {
  Trace trace;
  trace.add(EventKind::emit, Actor::of(ActorKind::inspector, 0xf'ffff), 1, 2, 3, 15);
  const Event event = trace.events().front();
  EXPECT_EQ(event.kind(), EventKind::emit);
  EXPECT_EQ(event.how(), 15);
  EXPECT_EQ(event.actor().kind(), ActorKind::inspector);
  EXPECT_EQ(event.actor().index(), 0xf'ffffU);
  EXPECT_EQ((Event{event.head, 1, 2, 3}), event);
}

}  // namespace
}  // namespace midstride::model
