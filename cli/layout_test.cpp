// How a run looks, as a session and in columns: pictures, beside the scenarios that they show.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <sstream>
#include <string>
#include <variant>

#include "cli/columns.hpp"
#include "cli/happenings.hpp"
#include "cli/session.hpp"
#include "cli/subjects.hpp"
#include "cli/words.hpp"
#include "model/text.hpp"
#include "properties/judge.hpp"

namespace midstride::cli {
namespace {

using ::testing::HasSubstr;

enum class Layout { session, columns };

std::string shown(std::string_view text, Layout layout, std::size_t width = columns_width) {
  auto read = model::read(text, "t");
  if (const auto* error = std::get_if<model::TextError>(&read)) return model::describe(*error);
  const auto& scenario = std::get<model::Scenario>(read);
  const auto subject = make_subject(scenario.subject);
  properties::Judge judge;
  const model::Outcome& outcome = judge.run(scenario, *subject);
  const auto lines = happenings(judge.runner(), outcome.verdict);
  return layout == Layout::session ? session(lines, judge.runner(), {})
                                   : columns(lines, judge.runner(), {}, width);
}

constexpr std::string_view locals = R"(midstride 1
subject model/overwrite
module m
  version 1
    def f():
      a = 1
      b = {}
      c.receive()
      emit a
channel c
task t: m.f()
task u: c.send(0)
peek before: t
poke it: t.a = 2
peek after: t
do
  run t 9
  peek before
  poke it
  peek after
  run u 2
  run t 9
then stop
)";

TEST(Session, LocalsAreSeenFromOutsideAndAWriteToThemIsLost) {
  EXPECT_EQ(shown(locals, Layout::session),
            R"(t          m.f()  enters m.f of version 1
t            a = 1
t            b = {}
t            c.receive()  waits
inspector  >>> t.frame.f_locals
           {'a': 1, 'b': {}}
inspector  >>> t.frame.f_locals['a'] = 2  # lost: f_locals is a copy
inspector  >>> t.frame.f_locals
           {'a': 1, 'b': {}}
u          c.send(0)  to t
t            emit a  -> 1
)");
}

TEST(Session, UnderWriteThroughTheFrameSeesIt) {
  std::string text(locals);
  text.replace(text.find("model/overwrite"), 15, "model/overwrite+write-through");
  EXPECT_THAT(shown(text, Layout::session), HasSubstr("emit a  -> 2"));
  EXPECT_THAT(shown(text, Layout::session), HasSubstr("# the frame will see it"));
}

constexpr std::string_view flushed = R"(midstride 1
subject model/swap+snapshot-flush
module m
  version 1
    def f():
      a = 1
      b = 2
      yield
      a = 3
      b = 4
      yield
      emit a
      emit b
task t: m.f()
peek before: t
poke it: t.a = 7
peek after: t
flush back: t
flush again: t
do
  run t 5
  peek before
  poke it
  run t 3
  peek after
  flush back
  flush again
  run t 9
then stop
expect held
)";

TEST(Session, UnderSnapshotFlushAFlushBringsWhatWasPokedAndNothingElse) {
  EXPECT_EQ(shown(flushed, Layout::session),
            R"(t          m.f()  enters m.f of version 1
t            a = 1
t            b = 2
t            yield
inspector  >>> t.frame.f_locals
           {'a': 1, 'b': 2}
inspector  >>> t.frame.f_locals['a'] = 7  # kept until a flush
t            a = 3
t            b = 4
t            yield
inspector  >>> t.frame.f_locals
           {'a': 7, 'b': 2}
inspector  >>> flush(t.frame)  # a = 7
t            emit a  -> 7
t            emit b  -> 4
)");
}

TEST(Session, WhereNothingIsKeptAFlushDoesNothing) {
  for (const char* subject : {"model/swap", "model/swap+write-through"}) {
    std::string text(flushed);
    text.replace(text.find("model/swap+snapshot-flush"), 25, subject);
    EXPECT_THAT(shown(text, Layout::session), testing::Not(HasSubstr("flush("))) << subject;
    EXPECT_THAT(shown(text, Layout::session), HasSubstr("emit a  -> 3")) << subject;
  }
}

TEST(Session, AnObjectIsShownWithItsFieldsEvenIfItHoldsItself) {
  EXPECT_THAT(shown(R"(midstride 1
subject model/overwrite
module m
  version 1
    def f():
      b = {}
      b.x = 1
      b.me = b
      c.receive()
channel c
task t: m.f()
peek p: t
do
  run t 9
  peek p
then stop
)",
                    Layout::session),
              HasSubstr("{'b': {'x': 1, 'me': {...}}}"));
}

TEST(Session, ALookUpHasALineOnlyWhereSomebodyCameInBeforeTheCall) {
  constexpr std::string_view text = R"(midstride 1
subject model/overwrite
module m
  version 1
    def f():
      return 1
task t: emit m.f()
task u: emit 5
do
  run t TURNS
  run u
then round-robin
)";
  std::string interrupted(text), whole(text);
  interrupted.replace(interrupted.find("TURNS"), 5, "1");
  whole.replace(whole.find("TURNS"), 5, "9");
  EXPECT_THAT(shown(interrupted, Layout::session), HasSubstr("looks up m.f"));
  EXPECT_THAT(shown(whole, Layout::session), ::testing::Not(HasSubstr("looks up")));
}

TEST(Session, WhatABodyBindsLastIsShownOnce) {
  EXPECT_THAT(shown(R"(midstride 1
subject model/overwrite
module m
  version 1
    def f():
      return 1
    a = f()
task t: pass
reload r: m -> 1
do
  reload r
then stop
)",
                    Layout::session),
              HasSubstr("a = f()  -> 1\n"));
}

TEST(Session, AnImportIsShownAsOne) {
  EXPECT_THAT(shown(R"(midstride 1
subject model/overwrite
module m
  version 1
    a = 3
task t:
  from m import a
  emit a
do
  run t 2
then stop
)",
                    Layout::session),
              HasSubstr("from m import a  -> 3\n"));
}

// The value of a captured variable is shown where it is assigned, as that of a local is.
TEST(Session, ACapturedVariableIsShownAsALocalIs) {
  EXPECT_THAT(shown(R"(midstride 1
subject model/overwrite
module m
  version 1
    def f(a):
      def g():
        nonlocal a
        a = m.h()
        return a
      return g
    def h():
      return 7
task t: emit m.f(1)()
)",
                    Layout::session),
              HasSubstr("a = h()  -> 7\n"));
}

TEST(Session, ErrorsAreToldWhereTheyAreThrownAndWhereTheyAreCaught) {
  EXPECT_EQ(shown(R"(midstride 1
subject model/overwrite
module m
  version 1
    class X:
      def f(self):
        pass
    def g():
      k = X.f
      k.class = X
task t:
  try:
    m.g()
  except:
    emit 7
  raise 3
then round-robin
)",
                  Layout::session),
            R"(t  m.g()  enters m.g of version 1
t    k = X.f  -> <unbound method m.X.f of version 1>
t    k.class = X
t    TypeError: readonly attribute
t  caught
t  emit 7
t  raise 3
t  Raised: 3
t  nobody catches it: the tasklet ends
)");
}

constexpr std::string_view holding = R"(midstride 1
subject model/in-place
module shop
  version 1
    class X:
      def f(self):
        return 1
    def hold():
      m = X().f
      c.receive()
      emit m()
  version 2
    class X:
      def f(self):
        return 2
channel c
task t: shop.hold()
task u: c.send(0)
reload r: shop -> 2
do
  run t 9
  reload r
  run u
then round-robin
)";

TEST(Session, TheViolationIsMarkedWhereItHappened) {
  EXPECT_THAT(shown(holding, Layout::session), HasSubstr(R"(
t    m()  enters shop.X.f of version 2
     ^ violates method-behaviour
)"));
}

TEST(Columns, EachTaskletAndTheReloadHaveTheirOwnAndTheViolationIsMarked) {
  const std::string text = shown(holding, Layout::columns);
  std::istringstream lines(text);
  std::string head;
  std::getline(lines, head);
  EXPECT_EQ(head.substr(0, 1), "t");
  const std::size_t u = head.find('u'), r = head.find('r');
  ASSERT_NE(u, std::string::npos);
  ASSERT_NE(r, std::string::npos);
  EXPECT_THAT(text, HasSubstr("\n" + std::string(r, ' ') + "shop 1 -> 2 begins\n"));
  EXPECT_THAT(text, HasSubstr("\n" + std::string(u, ' ') + "c.send(0)  to t\n"));
  EXPECT_THAT(text, HasSubstr("\n  ^ violates method-behaviour\n"));
}

TEST(Columns, TheyFitTheWidthAndLoseNoWord) {
  constexpr std::size_t width = 60;
  const std::string wide = shown(holding, Layout::columns, 200);
  const std::string narrow = shown(holding, Layout::columns, width);
  std::istringstream lines(narrow);
  for (std::string line; std::getline(lines, line);) EXPECT_LE(line.size(), width) << line;
  const auto letters = [](std::string text) {
    text.erase(0, text.find('\n', text.find('\n') + 1));
    std::erase_if(text, [](char letter) { return letter == ' ' || letter == '\n'; });
    return text;
  };
  EXPECT_EQ(letters(narrow), letters(wide));
}

TEST(Words, NumbersForPeople) {
  EXPECT_EQ(grouped(0), "0");
  EXPECT_EQ(grouped(1234567), "1,234,567");
  EXPECT_EQ(rounded(999), "999");
  EXPECT_EQ(rounded(1000), "1.0k");
  EXPECT_EQ(rounded(45678), "45k");
  EXPECT_EQ(rounded(3100000), "3.1M");
  EXPECT_EQ(counted(1, "run"), "1 run");
  EXPECT_EQ(counted(2000, "run"), "2,000 runs");
}

}  // namespace
}  // namespace midstride::cli
