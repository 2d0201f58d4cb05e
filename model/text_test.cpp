// The text form: what reads back as what, and what every wrong text is told.
#include "model/text.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <string>
#include <vector>

namespace midstride::model {
namespace {

using ::testing::HasSubstr;

std::string error_of(const std::string& text) {
  const auto result = read(text, "t");
  const auto* error = std::get_if<TextError>(&result);
  return error == nullptr ? "no error" : describe(*error);
}

// What a text is once it is read and written.
std::string written(const std::string& text) {
  const auto result = read(text, "t");
  if (const auto* error = std::get_if<TextError>(&result)) return describe(*error);
  return write(std::get<Scenario>(result));
}

std::string repeat(std::string_view text, std::size_t times) {
  std::string all;
  for (std::size_t at = 0; at < times; ++at) all += text;
  return all;
}

// Texts in canonical form. Together they show everything that can be said.

const char* const canonical_texts[] = {
    // Nothing but what must be there.
    R"(midstride 1
subject model/overwrite
then round-robin
)",
    // A story of several lines, with an empty one and one that is indented; not only ASCII.
    R"(midstride 1
# Two old friends meet
#
#   across a reload: café, 日本, 😀.
subject model/in-place+immediate
then stackless
)",
    R"(midstride 1
subject cpython/importlib
granularity yields
then random seed 18446744073709551615
expect unavailable
)",
    R"(midstride 1
subject mutant/M17
granularity safepoints
budget 1
then round-robin
expect out-of-budget
)",
    // The example of the documentation.
    R"(midstride 1
# A method held in a local goes on running the function it was taken from.
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
  run t 3
  reload r
  run u
then round-robin
expect violated method-behaviour
)",
    // Fields, in a module that calls other things so, too.
    R"(midstride 1
subject model/in-place+lazy
module shop
  version 1
    class X:
      field a = -1
      field field = None
      def migrate(self, old):
        self.field = old
      field b = {}
    field = 1
    field
then round-robin
)",
    // Classes with a base, what asks for a class, and brackets where `is` would bind too loosely.
    R"(midstride 1
subject model/in-place
module shop
  version 1
    class B:
      def f(self):
        return 1
    class X(B):
      def f(self, o):
        emit super().f() is o
        return super(X, self).class
    class Y(bank.B):
      pass
    def g(o):
      try:
        raise isinstance(o, X) is 1
      except bank.Y:
        emit isinstance(o.f(), bank.B)
      except:
        emit (o is X).f((o is X) is 1, o is X, None is (o is X))
      finally:
        (o is X).a = o is X
module bank
  version 1
    try:
      pass
    except B:
      pass
channel c
task t: c.send(c.receive() is None)
then round-robin
)",
    // Functions that functions and methods make, with what they share.
    R"(midstride 1
subject model/overwrite
module shop
  version 1
    def f(x):
      def g():
        nonlocal x
        nonlocal y
        x = y
        return g
      try:
        def h(x):
          y = x
          return y
      finally:
        y = h
      return g
    class X:
      def f(self):
        def g(o):
          emit self
          return super().f
        return g
task t: shop.f(1)()
then round-robin
)",
    // What another module has now gets its name here.
    R"(midstride 1
subject model/overwrite
module shop
  version 1
    from bank import f
    try:
      from shop import g
    finally:
      pass
    def g():
      from bank import f
      return f()
module bank
  version 1
    def f():
      return 1
task t:
  from shop import f
  emit f()
then round-robin
)",
    // State that outlives reloads, and what is called at the end.
    R"(midstride 1
subject model/overwrite
module shop
  version 1
    once a = {}
    try:
      once b = a is 1
    finally:
      atexit bank.f
    def f():
      atexit a.f
task t: atexit shop.f
then round-robin
)",
    // Versions need not be consecutive, and a module may do anything at its top level but return.
    R"(midstride 1
subject model/swap
module a
  version 1
    pass
  version 4
    x = 1
    b.y = {}
    emit x
    yield
    spawn w = f()
    kill w.2
    reload r
    raise None
  version 65535
    def f():
      pass
module b
  version 2
    y = None
reload r: a -> 4
then round-robin
)",
    // Functions and classes of every shape.
    R"(midstride 1
subject model/overwrite
module m
  version 1
    def none():
      return 0
    def one(a):
      return a
    def three(a, b, _c3):
      a = b
      return a
    class Empty:
      pass
    class Full:
      pass
      def f(self):
        self.x = 1
        return self.x
      def g(self, x):
        return x
then round-robin
)",
    // Expressions of every shape.
    R"(midstride 1
subject model/overwrite
module m
  version 1
    x = 0
channel c
task t:
  a = None
  a = -99999999
  a = 99999999
  a = {}
  a = b
  a = m.x
  a = a.b.class
  a = f(g(1, h()), X().f, c.receive())
  a = c.send(c.receive().x(m.x(-1)(2), {}).y)
  m.x = m.y
  a.x = 1
  a.b().c.class = f(a.x)
  m.x.y = m.x().z
  c.receive().x = c.send(1)
  f(1)(2)(3, 4, 5)
  None
  5.x
  -5(1)
then round-robin
)",
    // The blocks of a try, all of them and each alone, inside one another.
    R"(midstride 1
subject model/overwrite
module m
  version 1
    def f():
      try:
        try:
          raise 1
        finally:
          try:
            pass
          except TaskletExit:
            return 2
          pass
      except:
        pass
      except TaskletExit:
        yield
        yield
      finally:
        pass
    try:
      raise 1
    except:
      emit 0
    x = 1
task t:
  try:
    return 3
  finally:
    pass
then round-robin
)",
    // Every statement in a task, and tasks in one line.
    R"(midstride 1
subject model/overwrite
channel c
task a: emit 1
task b: return 1
task d: raise 1
task e: yield
task f: spawn w = run()
task g: kill w.4294967295
task h: pass
task i: c.receive()
task j: x = 1
task k:
  x = 1
  return x
then round-robin
)",
    // Channels of every kind.
    R"(midstride 1
subject model/overwrite
channel a
channel b preference 0
channel c preference 1
channel d preference 0 schedule-all
channel e schedule-all
then round-robin
)",
    // What an inspector does, to a task and to what is spawned.
    R"(midstride 1
subject model/overwrite+snapshot
peek p: t
poke q: t.a = -2
peek r: w.3
poke s: w.3.b = {}
poke u: nobody.x = None
flush v: t
do
  peek p
  flush v
  poke q
  peek r -> resolve
  poke s -> emit x
then round-robin
)",
    // Decisions of every kind, as written by hand and as recorded.
    R"(midstride 1
subject model/overwrite
module m
  version 1
    pass
task t: m.f()
reload r: m -> 1
reload back: m -> 1
do
  run t
  run t 1
  run t 4294967295 -> resolve f
  run w.2 3 -> store-attribute class
  run nobody -> return
  reload r
  reload r 2 -> pass
  reload r.2 -> def g
  reload back 1 -> spawn w.2
  collect
  collect -> yield
then stop
)",
    // Verdicts.
    "midstride 1\nsubject a\nthen random\nexpect held\n",
    "midstride 1\nsubject a\nthen random\nexpect violated activation locals no-use-after-free\n",
    "midstride 1\nsubject a\nthen random\nexpect deadlock\n",
    "midstride 1\nsubject a\nthen random\nexpect crash\n",
    "midstride 1\nsubject a\nthen random\nexpect nondeterministic\n",
    // Words of the grammar that are no keywords are names like any other.
    R"(midstride 1
subject model/overwrite
module module
  version 1
    subject = version
channel channel
task task: channel.send(send.receive)
reload run: module -> 1
peek peek: then
do
  run do 1 -> run run
  reload run
  peek peek
then seed seed 7
expect violated violated expect
)",
};

TEST(Text, CanonicalTextsComeBackByteForByte) {
  for (const char* text : canonical_texts) EXPECT_EQ(written(text), text);
}

TEST(Text, WhatIsReadIsWellFormedAndInNormalForm) {
  for (const char* text : canonical_texts) {
    const auto scenario = std::get<Scenario>(read(text, "t"));
    EXPECT_EQ(problem(scenario), std::nullopt);
    Scenario normal = scenario;
    normalise(normal);
    EXPECT_EQ(normal, scenario);
    EXPECT_EQ(std::get<Scenario>(read(write(scenario), "t")), scenario);
  }
}

// The examples of docs/text-form.md are canonical too.
TEST(Text, TheDocumentedExamplesAreRight) {
  std::ifstream file(MIDSTRIDE_SOURCE_DIR "/docs/text-form.md");
  std::string line;
  std::string example;
  std::size_t examples = 0;
  bool inside = false;
  while (std::getline(file, line)) {
    if (inside && line == "```") {
      EXPECT_EQ(written(example), example);
      ++examples;
    }
    if (line.starts_with("```")) {
      inside = line == "```scenario";
      example.clear();
    } else {
      example += line + "\n";
    }
  }
  EXPECT_EQ(examples, 1u);
}

// Every beginning of a text is read or refused at a place that it has.
TEST(Text, CutTextsAreReadOrRefusedInPlace) {
  for (const std::string whole : canonical_texts) {
    for (std::size_t length = 0; length < whole.size(); ++length) {
      const std::string text = whole.substr(0, length);
      const auto result = read(text, "t");
      const auto* error = std::get_if<TextError>(&result);
      if (error == nullptr) continue;
      const auto lines = static_cast<std::uint32_t>(std::count(text.begin(), text.end(), '\n') + 1);
      EXPECT_LE(error->line, lines) << text;
      EXPECT_GE(error->column, 1u) << text;
      EXPECT_FALSE(error->expected.empty() || error->found.empty()) << text;
    }
  }
}

TEST(Text, LayoutCommentsAndOrderAreFree) {
  const std::string free =
      "midstride   1  # said once\r\n"
      "#the story\t \r\n"
      "    # goes on\n"
      "\n"
      "# not part of it\xff\n"
      "expect held # as ever\n"
      "then random seed 007\n"
      "do\n"
      "        # nothing yet\n"
      "        run t 1->emit\n"
      "\n"
      "        reload r\n"
      "  \t\n"
      "channel c preference -1\n"
      "task t :\n"
      " x=f ( g(1) ,X ( ) . f )\n"
      " try :\n"
      "                 c . send( {  } )\n"
      "    # a comment may stand anywhere\n"
      " except   TaskletExit:# here too\n"
      "  m . x = - 1\n"
      "task u:pass\n"
      "reload r:m->1\n"
      "granularity ops\n"
      "budget 100000\n"
      "module m\n"
      "    version 1\n"
      "      pass\n"
      "subject a";
  EXPECT_EQ(written(free),
            "midstride 1\n"
            "# the story\n"
            "# goes on\n"
            "subject a\n"
            "module m\n"
            "  version 1\n"
            "    pass\n"
            "channel c\n"
            "task t:\n"
            "  x = f(g(1), X().f)\n"
            "  try:\n"
            "    c.send({})\n"
            "  except TaskletExit:\n"
            "    m.x = -1\n"
            "task u: pass\n"
            "reload r: m -> 1\n"
            "do\n"
            "  run t 1 -> emit\n"
            "  reload r\n"
            "then random seed 7\n"
            "expect held\n");
}

TEST(Text, EqualTextsGiveEqualScenariosHoweverTheyAreLaidOut) {
  const std::string one = "midstride 1\nchannel c\ntask t: c.send(1)\n";
  const std::string other = "midstride 1\ntask t:\n     c.send(1)\nchannel c\n";
  EXPECT_EQ(std::get<Scenario>(read(one, "a")), std::get<Scenario>(read(other, "b")));
}

TEST(Text, AnErrorNamesItsFileOnOneLine) {
  const auto error = std::get<TextError>(read("midstride 1\ntask t: emit\n", "a/b.scenario"));
  EXPECT_EQ(error, (TextError{"a/b.scenario", 2, 13, "an expression", "the end of the line"}));
  EXPECT_EQ(describe(error),
            "a/b.scenario:2:13: expected an expression, found the end of the line");
}

// Wrong texts, and what each is told. Every table has a frame that the text is put into.

struct Wrong {
  std::string text;
  std::string error;
};
void expect_errors(const std::vector<Wrong>& table, const std::string& before,
                   const std::string& after) {
  for (const Wrong& row : table)
    EXPECT_EQ(error_of(before + row.text + after), "t:" + row.error) << row.text;
}

TEST(TextErrors, OfTheFirstLineAndTheStory) {
  const std::vector<Wrong> table = {
      {"", "1:1: expected 'midstride', found the end of the text"},
      {"midstrid 1\n", "1:1: expected 'midstride', found 'midstrid'"},
      {"midstride", "1:10: expected the version of the format, found the end of the line"},
      {"midstride 2\n", "1:11: expected version 1 of the format, the only one, found '2'"},
      {"midstride one\n", "1:11: expected the version of the format, found 'one'"},
      {"midstride 1 x\n", "1:13: expected the end of the line, found 'x'"},
      {"# a\nmidstride 1\n",
       "1:1: expected 'midstride' at the very start, found a blank or a comment"},
      {" midstride 1\n", "1:1: expected 'midstride' at the very start, found a blank or a comment"},
      {"midstride 99999999999999999999999\n",
       "1:11: expected a number of at most 4294967295, found '99999999999999999999999'"},
      {"midstride 1\n# a\tb\n",
       "2:1: expected a story in UTF-8 without control characters, at most 1000 bytes a line, "
       "found U+0009 after 'a'"},
      {"midstride 1\n# \xff\n",
       "2:1: expected a story in UTF-8 without control characters, at most 1000 bytes a line, "
       "found byte 0xff at its start"},
      {"\xef\xbb\xbfmidstride 1\n", "1:1: expected 'midstride', found byte 0xef"},
  };
  expect_errors(table, "", "");
}

TEST(TextErrors, OfDeclarations) {
  const std::vector<Wrong> table = {
      {"subject", "2:8: expected a subject, such as model/overwrite, found the end of the line"},
      {"subject a b", "2:11: expected the end of the line, found 'b'"},
      {"subject model?", "2:14: expected the end of the line, found '?'"},
      {"subject a\nsubject b", "3:1: expected one such line, found 'subject' once more"},
      {"granularity op", "2:13: expected 'yields', 'safepoints' or 'ops', found 'op'"},
      {"granularity", "2:12: expected 'yields', 'safepoints' or 'ops', found the end of the line"},
      {"budget 0", "2:8: expected a number of turns from 1 on, found '0'"},
      {"budget 1000001", "2:8: expected a number of at most 1000000, found '1000001'"},
      {"budget -1", "2:8: expected a number of turns, found '-'"},
      {"modul m", "2:1: expected a declaration, found 'modul' (did you mean 'module'?)"},
      {"  module m", "2:3: expected a declaration at the start of the line, found 'module'"},
      {"module m", "3:1: expected an indented 'version', found the end of the text"},
      {"module m\n  pass", "3:3: expected 'version', found the keyword 'pass'"},
      {"module m\n  version 65536", "3:11: expected a number of at most 65535, found '65536'"},
      {"module m\n  version 0", "3:11: expected a version's number from 1 on, found '0'"},
      {"module m\n  version 1", "4:1: expected an indented block, found the end of the text"},
      {"module m\n  version 1\n    pass\n  version 1\n    pass",
       "5:11: expected a version above 1, found '1'"},
      {"module m from a.py",
       "2:10: expected the end of the line, found the keyword 'from' (modules in files are not in "
       "this version of the language yet)"},
      {"module class", "2:8: expected a module's name, found the keyword 'class'"},
      {"module m\n  version 1\n    pass\n   version 2\n     pass",
       "5:4: expected the indentation of a line before, such as 4 spaces, found 'version'"},
      {"module m\n  version 1\n    pass\nchannel m",
       "5:9: expected a name that is not taken yet, found the module 'm'"},
      {"channel c preference 2", "2:22: expected a number of at most 1, found '2'"},
      {"channel c schedule", "2:11: expected 'schedule-all', found 'schedule'"},
      {"channel c fast",
       "2:11: expected 'preference', 'schedule-all' or the end of the line, found 'fast'"},
      {"channel 1", "2:9: expected a channel's name, found '1'"},
      {"task t", "2:7: expected ':', found the end of the line"},
      {"task t:", "3:1: expected an indented block, found the end of the text"},
      {"task t: try:", "2:9: expected a statement that opens no block, found the keyword 'try'"},
      {"task t: return", "2:15: expected an expression, found the end of the line"},
      {"task t:\n\tpass",
       "3:1: expected an indented block, found a tab (indentation and gaps are spaces)"},
      {"task t:\n  pass\n\tpass",
       "4:1: expected a declaration, found a tab (indentation and gaps are spaces)"},
      {"task t:\n  pass\n    pass",
       "4:5: expected the indentation of a line before, such as 2 spaces, found the keyword "
       "'pass'"},
      {"task t:\n    pass\n  pass",
       "4:3: expected the indentation of a line before, such as 4 spaces, found the keyword "
       "'pass'"},
      {"task t: x =\tone",
       "2:12: expected an expression, found a tab (indentation and gaps are spaces)"},
      {"reload r: m -> 1", "2:11: expected a declared module, found 'm'"},
      {"reload r m", "2:10: expected ':', found 'm'"},
      {"module mod\n  version 1\n    pass\nreload r: mof -> 1",
       "5:11: expected a declared module, found 'mof' (did you mean 'mod'?)"},
      {"module m\n  version 1\n    pass\n  version 2\n    pass\nreload r: m -> 3",
       "7:16: expected a version of the module 'm', which has 1, 2, found '3'"},
      {"module m\n  version 1\n    pass\nreload r: m -> 1, m -> 1",
       "5:19: expected a module that the batch does not name yet, found the module 'm'"},
      {"module m\n  version 1\n    pass\nreload r: m -> 1,",
       "5:18: expected a declared module, found "
       "the end of the line"},
      {"peek p: c\nchannel c",
       "2:9: expected a tasklet's name, such as w or w.2, found the channel 'c'"},
      {"poke p: t = 1", "2:11: expected '.', found '='"},
      {"poke p: t.x = y", "2:15: expected None, a number or {}, found 'y'"},
      {"poke p: t.c = 1\nchannel c", "2:11: expected a local's name, found the channel 'c'"},
      {"poke p: w.1.x = 1", "2:9: expected a tasklet's name, such as w or w.2, found 'w.1'"},
      {"do\nthen random", "3:1: expected an indented decision, found 'then'"},
      {"do run t", "2:4: expected the end of the line, found 'run'"},
      {"then", "2:5: expected a policy's name, found the end of the line"},
      {"then random seed", "2:17: expected a number, found the end of the line"},
      {"then random seeds 3", "2:13: expected 'seed' or the end of the line, found 'seeds'"},
      {"then random seed 18446744073709551616",
       "2:18: expected a number of at most 18446744073709551615, found '18446744073709551616'"},
      {"then random\nthen random", "3:1: expected one such line, found 'then' once more"},
      {"expect",
       "2:7: expected a verdict, such as 'held' or 'violated', found the end of the line"},
      {"expect violated", "2:16: expected a guarantee's name, found the end of the line"},
      {"expect held activation", "2:13: expected the end of the line, found 'activation'"},
      {"expect viol", "2:8: expected a verdict, such as 'held' or 'violated', found 'viol'"},
      {"expect violated a a", "2:19: expected different guarantees, found 'a' twice"},
  };
  expect_errors(table, "midstride 1\n", "\n");
}

TEST(TextErrors, OfDecisions) {
  const std::vector<Wrong> table = {
      {"rum t", "12:3: expected a decision, found 'rum' (did you mean 'run'?)"},
      {"run", "12:6: expected a tasklet's name, such as w or w.2, found the end of the line"},
      {"run c", "12:7: expected a tasklet's name, such as w or w.2, found the channel 'c'"},
      {"run t -1", "12:9: expected a number, '->' or the end of the line, found '-'"},
      {"run t 1 ->", "12:13: expected the op that it ran, found the end of the line"},
      {"run w.1", "12:7: expected a tasklet's name, such as w or w.2, found 'w.1'"},
      {"run w.02", "12:7: expected a tasklet's name, such as w or w.2, found 'w.02'"},
      {"reload r", "12:10: expected a declared reload, found 'r' (did you mean 'r1'?)"},
      {"reload r1 2 3", "12:15: expected the end of the line, found '3'"},
      {"reload r1.2 1 -> store c\n  reload r2.2",
       "13:10: expected a declared reload, found 'r2.2'"},
      {"peek q", "12:8: expected a declared peek, found the poke 'q'"},
      {"flush q", "12:9: expected a declared flush, found the poke 'q'"},
      {"poke p", "12:8: expected a declared poke, found the peek 'p'"},
      {"peek z", "12:8: expected a declared peek, poke or flush, found 'z'"},
      {"collect 3", "12:11: expected the end of the line, found '3'"},
      {"flush t", "12:9: expected a declared peek, poke or flush, found 't'"},
      {"run t\n   run t", "13:4: expected the indentation of the decision before, found 'run'"},
      {"run t\n run t", "13:2: expected the indentation of the decision before, found 'run'"},
  };
  expect_errors(table, R"(midstride 1
module m
  version 1
    pass
  version 3
    pass
channel c
reload r1: m -> 3
peek p: t
poke q: t.x = 1
do
  )",
                "\n");
}

TEST(TextErrors, OfStatementsInATask) {
  const std::vector<Wrong> table = {
      {"retrun 1",
       "3:10: expected '=' or the end of the line, found '1' after 'retrun' (did you mean "
       "'return'?)"},
      {"emit", "3:7: expected an expression, found the end of the line"},
      {"emit 1 2", "3:10: expected the end of the line, found '2'"},
      {"emit 1 +", "3:10: expected the end of the line, found '+'"},
      {"x = ", "3:6: expected an expression, found the end of the line"},
      {"= 1", "3:3: expected a statement, found '='"},
      {"f() = 1",
       "3:3: expected a name, a module's global or an attribute before '=', found something that "
       "cannot be assigned to"},
      {"1 = 2",
       "3:3: expected a name, a module's global or an attribute before '=', found something that "
       "cannot be assigned to"},
      {"emit \"a\"", "3:8: expected an expression, found '\"'"},
      {"emit 1.5", "3:10: expected an attribute's name, found '5'"},
      {"emit 1e5", "3:9: expected the end of the line, found 'e5'"},
      {"emit 100000000", "3:8: expected a number of at most 99999999, found '100000000'"},
      {"emit - x", "3:10: expected a number after '-', found 'x'"},
      {"emit {1}", "3:9: expected '}', found '1'"},
      {"emit ()", "3:9: expected an expression, found ')'"},
      {"emit (1", "3:10: expected ')', found the end of the line"},
      {"emit x is y is z", "3:15: expected the end of the line, found the keyword 'is'"},
      {"emit x is", "3:12: expected an expression after 'is', found the end of the line"},
      {"emit isinstance(x)", "3:20: expected ',', found ')'"},
      {"emit super()", "3:15: expected '.', found the end of the line"},
      {"emit super(X).f", "3:15: expected ',', found ')'"},
      {"super = 1", "3:9: expected '(', found '='"},
      {"x is y = 1",
       "3:3: expected a name, a module's global or an attribute before '=', found something that "
       "cannot be assigned to"},
      {"emit x.1", "3:10: expected an attribute's name, found '1'"},
      {"emit f(1 2)", "3:12: expected ',' or ')', found '2'"},
      {"emit f(,)", "3:10: expected an argument or ')', found ','"},
      {"emit f(1,", "3:12: expected an argument, found the end of the line"},
      {"emit f(1,2,3,4)", "3:16: expected at most 3 arguments, found '4'"},
      {"emit f(1,)", "3:12: expected an argument, found ')'"},
      {"emit m",
       "3:8: expected a '.' and a global's name after the module, found the module 'm' alone"},
      {"emit c",
       "3:8: expected '.send(...)' or '.receive()' after the channel, found the channel 'c' alone"},
      {"emit t", "3:8: expected an expression, found the task 't'"},
      {"emit r", "3:8: expected an expression, found the reload 'r'"},
      {"emit m.c", "3:8: expected a global's name, found the channel 'c'"},
      {"m = 1", "3:3: expected a local or a global, found the module 'm'"},
      {"c = 1", "3:3: expected a local or a global, found the channel 'c'"},
      {"t = 1", "3:3: expected a local or a global, found the task 't'"},
      {"m.c = 1", "3:5: expected a global, found the channel 'c'"},
      {"m.x.y = 1\n  m.x().c = 2\n  z.class = 3\n  z.def = 3",
       "6:5: expected an attribute's name, found the keyword 'def'"},
      {"c.send()", "3:10: expected an expression to send, found ')'"},
      {"c.receive(1)", "3:13: expected ')', found '1'"},
      {"c.close()", "3:5: expected 'send' or 'receive' after a channel, found 'close'"},
      {"c.receive", "3:12: expected '(', found the end of the line"},
      {"class = 1", "3:9: expected a class's name, found '='"},
      {"x = lambda: 1",
       "3:7: expected an expression, found the keyword 'lambda' (lambdas are not in this version "
       "of the language yet)"},
      {"x = True", "3:7: expected an expression, found the keyword 'True'"},
      {"spawn w = f",
       "3:13: expected a call for the tasklet to run, as in f(1), found another expression"},
      {"spawn f()", "3:10: expected '=', found '('"},
      {"spawn c = f()",
       "3:9: expected a name for the tasklet that nothing else has, found the channel 'c'"},
      {"kill c", "3:8: expected a tasklet's name, such as w or w.2, found the channel 'c'"},
      {"kill 3", "3:8: expected a tasklet's name, such as w or w.2, found '3'"},
      {"kill w.2.3", "3:8: expected a tasklet's name, such as w or w.2, found 'w.2.3'"},
      {"reload m", "3:10: expected a declared reload, found the module 'm'"},
      {"reload q", "3:10: expected a declared reload, found 'q'"},
      {"reload r, r", "3:11: expected the end of the line, found ','"},
      {"yield 1", "3:3: expected a statement, found 'yield' with a value outside a def"},
      {"for x in :", "3:12: expected 'range' or a generator, found ':'"},
      {"emit next(x", "3:14: expected ')', found the end of the line"},
      {"emit next()", "3:13: expected a generator, found ')'"},
      {"for x in range(y):", "3:18: expected the number of rounds, found 'y'"},
      {"for x in range(100):\n    pass", "3:18: expected 0 to 99 rounds, found '100'"},
      {"for c in range(1):\n    pass", "3:7: expected a local or a global, found the channel 'c'"},
      {"for x in range(1)", "3:20: expected ':', found the end of the line"},
      {"for x in range(1):", "4:1: expected an indented block, found 'module'"},
      {"for x range(1):", "3:9: expected 'in', found the keyword 'range'"},
      {"break", "3:3: expected a statement, found 'break' outside a loop"},
      {"continue", "3:3: expected a statement, found 'continue' outside a loop"},
      {"try:\n    break\n  finally:\n    pass",
       "4:5: expected a statement, found 'break' outside a loop"},
      {"while 1:",
       "3:3: expected a statement, found the keyword 'while' (unbounded loops are not in this "
       "version of the language yet)"},
      {"if x:", "3:3: expected a statement, found the keyword 'if'"},
      {"import m",
       "3:3: expected a statement, found the keyword 'import' (imports of modules are not in this "
       "version of the language yet)"},
      {"once x = 1", "3:3: expected a statement, found 'once' in a task"},
      {"atexit", "3:9: expected an expression, found the end of the line"},
      {"from m", "3:9: expected 'import', found the end of the line"},
      {"from q import f", "3:8: expected a module, found 'q'"},
      {"from m import c", "3:17: expected a global's name, found the channel 'c'"},
      {"from m import f, g",
       "3:18: expected the end of the line, found ',' (imports of several names are not in this "
       "version of the language yet)"},
      {"from m import f as g", "3:19: expected the end of the line, found the keyword 'as'"},
      {"def f():\n    pass", "3:3: expected a statement, found 'def' in a task"},
      {"class X:\n    pass", "3:3: expected a statement, found 'class' in a task"},
      {"except:", "3:3: expected a statement, found the keyword 'except' without 'try' above it"},
      {"try:\n    pass",
       "5:1: expected 'except', 'except TaskletExit' or 'finally', found none after 'try'"},
      {"try:\n    pass\n  pass",
       "5:3: expected 'except', 'except TaskletExit' or 'finally', found none after 'try'"},
      {"try:\n  pass", "4:3: expected an indented block, found the keyword 'pass'"},
      {"try:\n    pass\n  except 3:\n    pass",
       "5:10: expected a class, 'TaskletExit' or ':', found '3'"},
      {"try:\n    pass\n  except m:\n    pass",
       "5:10: expected a '.' and a global's name after the module, found the module 'm' alone"},
      {"try:\n    pass\n  except X.y:\n    pass", "5:11: expected ':', found '.'"},
      {"try:\n    pass\n  except:\n    pass\n  except X:\n    pass",
       "7:3: expected 'except' with a class, 'except', 'except TaskletExit' and 'finally' in this "
       "order, once each, found 'except' with a class after 'except'"},
      {"try:\n    pass\n  except TaskletExit:\n    pass\n  except:\n    pass",
       "7:3: expected 'except' with a class, 'except', 'except TaskletExit' and 'finally' in this "
       "order, once each, found 'except' after 'except TaskletExit'"},
      {"try:\n    pass\n  except:\n    pass\n  except:\n    pass",
       "7:3: expected 'except' with a class, 'except', 'except TaskletExit' and 'finally' in this "
       "order, once each, found 'except' after 'except'"},
      {"try:\n    pass\n  finally:\n    pass\n  else:\n    pass",
       "7:3: expected a statement, found the keyword 'else'"},
      {"x = 1;y = 2", "3:8: expected the end of the line, found ';'"},
      {"x = \x01", "3:7: expected an expression, found byte 0x01"},
      {"pass pass", "3:8: expected the end of the line, found the keyword 'pass'"},
  };
  expect_errors(table, "midstride 1\ntask t:\n  ", R"(
module m
  version 1
    pass
channel c
reload r: m -> 1
peek p: t
)");
}

TEST(TextErrors, OfStatementsInAModule) {
  const std::vector<Wrong> table = {
      {"return 1", "4:5: expected a statement of a module's top level, found 'return'"},
      {"def f():\n      def g():\n        def h():\n          pass",
       "6:9: expected a statement, found 'def' inside a def inside a def (deeper ones are not in "
       "this version of the language yet)"},
      {"def f():\n      class X:\n        pass",
       "5:7: expected a statement, found 'class' inside a def (such classes are not in this "
       "version "
       "of the language yet)"},
      {"def f():\n      nonlocal x",
       "5:7: expected a statement, found 'nonlocal' outside a def inside a def"},
      {"nonlocal x", "4:5: expected a statement, found 'nonlocal' outside a def inside a def"},
      {"def f(x):\n      def g():\n        pass\n        nonlocal x",
       "7:9: expected a statement, found 'nonlocal' after the first statement of its def"},
      {"def f(x):\n      def g():\n        try:\n          nonlocal x\n        finally:\n          "
       "pass",
       "7:11: expected a statement, found 'nonlocal' after the first statement of its def"},
      {"def f(x):\n      def g():\n        nonlocal y",
       "6:18: expected a local of the function around this one, found 'y'"},
      {"def f(x):\n      def g(x):\n        nonlocal x",
       "6:18: expected a local of the function around this one, found 'x', a parameter of this "
       "one"},
      {"def f():\n      def g():\n        x = 1\n      def h():\n        nonlocal x",
       "8:18: expected a local of the function around this one, found 'x'"},
      {"def f(x):\n      def g():\n        nonlocal c",
       "6:18: expected a local of the function around this one, found the channel 'c'"},
      {"def f(x):\n      def g():\n        nonlocal x = 1",
       "6:20: expected the end of the line, found '='"},
      {"def f():\n      once x = 1", "5:7: expected a statement, found 'once' in a def"},
      {"once m = 1", "4:10: expected a global's name, found the module 'm'"},
      {"once x", "4:11: expected '=', found the end of the line"},
      {"once x.a = 1", "4:11: expected '=', found '.'"},
      {"class X:\n      once x = 1",
       "5:7: expected 'def', 'field' or 'pass' in a class, found 'once'"},
      {"class X(Y, Z):\n      pass",
       "4:14: expected ')', found ',' (classes with several bases are not in this version of the "
       "language yet)"},
      {"class X():\n      pass", "4:13: expected a base class, found ')'"},
      {"class X(3):\n      pass", "4:13: expected a base class, found '3'"},
      {"class X(Y.z):\n      pass", "4:14: expected ')', found '.'"},
      {"class X(c):\n      pass",
       "4:13: expected '.send(...)' or '.receive()' after the channel, found the channel 'c' "
       "alone"},
      {"class X:\n      x = 1",
       "5:7: expected 'def', 'field' or 'pass' in a class, found an assignment"},
      {"field a = 1", "4:5: expected a statement, found 'field' outside a class"},
      {"class X:\n      field a = 1\n      field a = 2",
       "6:13: expected different fields, found 'a' twice"},
      {"class X:\n      field a = b", "5:17: expected None, a number or {}, found 'b'"},
      {"class X:\n      field a", "5:14: expected '=', found the end of the line"},
      {"field = 1\n    field b", "5:12: expected '=', found the end of the line"},
      {"class X:\n      class Y:\n        pass",
       "5:7: expected a statement, found 'class' inside a class (nested classes are not in this "
       "version of the language yet)"},
      {"def f(a, a):\n      pass", "4:14: expected different parameters, found 'a' twice"},
      {"def f(a, b, d, e):\n      pass", "4:20: expected at most 3 parameters, found 'e'"},
      {"def f(c):\n      pass", "4:11: expected a parameter's name, found the channel 'c'"},
      {"def f(1):\n      pass", "4:11: expected a parameter's name or ')', found '1'"},
      {"def f(a=1):\n      pass", "4:12: expected ',' or ')', found '='"},
      {"def f:\n      pass", "4:10: expected '(', found ':'"},
      {"def f()\n      pass", "4:12: expected ':', found the end of the line"},
      {"def f():\n    pass", "5:5: expected an indented block, found the keyword 'pass'"},
      {"def f(): pass", "4:14: expected the end of the line, found the keyword 'pass'"},
      {"def f():", "5:1: expected an indented block, found 'module'"},
      {"def n():\n      pass", "4:9: expected a function's name, found the module 'n'"},
      {"class t:\n      pass", "4:11: expected a class's name, found the task 't'"},
      {"try:\n      def f():\n        pass\n    finally:\n      pass",
       "5:7: expected a statement, found 'def' inside 'try'"},
      {"try:\n      return 1\n    finally:\n      pass",
       "5:7: expected a statement of a module's top level, found 'return'"},
  };
  expect_errors(table, "midstride 1\nmodule m\n  version 1\n    ", R"(
module n
  version 2
    pass
channel c
task t: pass
reload r: m -> 1
peek p: t
poke q: t.x = 1
)");
}

// Every limit: the most that is taken, and what one more is told.

TEST(TextLimits, Names) {
  const std::string longest(name_bytes_max, 'a');
  const std::string head = "midstride 1\ntask t:\n  ";
  EXPECT_EQ(error_of(head + longest + ".x\n"), "no error");
  EXPECT_EQ(error_of(head + longest + "a.x\n"),
            "t:3:3: expected a name of at most 64 characters, found one of 65");
  EXPECT_EQ(error_of(head + "kill " + longest + "a.2\n"),
            "t:3:8: expected a name of at most 64 characters, found one of 67");
  EXPECT_EQ(error_of(head + "kill " + longest + ".4294967295\n"), "no error");
  EXPECT_EQ(error_of("midstride 1\nexpect violated " + longest + "-a\n"),
            "t:2:17: expected a name of at most 64 characters, found one of 66");
  EXPECT_EQ(error_of("midstride 1\nsubject " + std::string(129, 'a') + "\n").substr(0, 59),
            "t:2:9: expected a subject of letters, digits and ./_+-, fou");

  std::string many = "midstride 1\ntask t:\n";
  for (std::size_t at = 1; at < names_max; ++at) many += "  x" + std::to_string(at) + "\n";
  EXPECT_EQ(error_of(many), "no error");
  EXPECT_EQ(error_of(many + "  y\n"),
            "t:4098:3: expected at most 4096 different names, found more");
}

TEST(TextLimits, Lines) {
  const std::string head = "midstride 1\ntask t:\n";
  EXPECT_EQ(error_of(head + repeat("  pass\n", lines_max)), "no error");
  EXPECT_EQ(error_of(head + repeat("  pass\n", lines_max + 1)),
            "t:10003:3: expected at most 10000 lines in all modules and tasks, found more");
  EXPECT_EQ(error_of(head + repeat("  pass\n", lines_max) + "task u: pass\n"),
            "t:10003:9: expected at most 10000 lines in all modules and tasks, found more");
}

TEST(TextLimits, Blocks) {
  std::string deep = "midstride 1\ntask t:\n";
  std::string indentation = "  ";
  for (std::size_t at = 0; at < blocks_max; ++at) {
    deep += indentation + "try:\n";
    indentation += "  ";
  }
  const std::string ends = [] {
    std::string all;
    for (std::size_t at = blocks_max; at > 0; --at) {
      const std::string before(2 * at, ' ');
      all += before + "finally:\n" + before + "  pass\n";
    }
    return all;
  }();
  EXPECT_EQ(error_of(deep + indentation + "pass\n" + ends), "no error");
  EXPECT_EQ(error_of(deep + indentation + "try:\n" + indentation + "  pass\n"),
            "t:16:29: expected at most 12 blocks inside one another, found more");
}

TEST(TextLimits, Expressions) {
  const auto chain = [](std::size_t nodes) {
    return "midstride 1\ntask t: x" + repeat(".x", nodes - 1) + "\n";
  };
  EXPECT_EQ(error_of(chain(line_nodes_max)), "no error");
  EXPECT_EQ(error_of(chain(line_nodes_max + 1)),
            "t:2:138: expected at most 64 names, values and calls in one line, "
            "found more");
  const auto nested = [](std::string_view open, std::size_t depth) {
    return "midstride 1\nchannel c\ntask t: " + repeat(open, depth) + "1" + repeat(")", depth);
  };
  EXPECT_EQ(error_of(nested("f(", 31)), "no error");
  EXPECT_THAT(error_of(nested("f(", 2000)), HasSubstr("at most 64 names, values and calls"));
  EXPECT_EQ(error_of(nested("c.send(", 63)), "no error");
  EXPECT_THAT(error_of(nested("c.send(", 2000)), HasSubstr("at most 64 names, values and calls"));

  const std::string full = "  x" + repeat(".x", line_nodes_max - 1) + "\n";
  const std::string head = "midstride 1\ntask t:\n";
  EXPECT_EQ(error_of(head + repeat(full, nodes_max / line_nodes_max)), "no error");
  EXPECT_THAT(error_of(head + repeat(full, nodes_max / line_nodes_max + 1)),
              HasSubstr("t:471:100: expected at most 30000 names, values and calls in all"));
}

TEST(TextLimits, Decisions) {
  const std::string head = "midstride 1\ntask t: pass\ndo\n";
  const std::string most = head + repeat("  run t\n", decisions_max);
  EXPECT_EQ(error_of(most), "no error");
  EXPECT_EQ(error_of(most + "  collect\n"),
            "t:200004:3: expected at most 200000 decisions, found more");
}

TEST(TextLimits, Declarations) {
  std::string modules = "midstride 1\n";
  for (std::size_t at = 0; at < modules_max; ++at)
    modules += "module m" + std::to_string(at) + "\n  version 1\n    pass\n";
  EXPECT_EQ(error_of(modules), "no error");
  EXPECT_THAT(error_of(modules + "module m\n  version 1\n    pass\n"),
              HasSubstr("expected at most 64 modules, found more"));

  EXPECT_EQ(error_of("midstride 1\n" + repeat("channel c\n", names_max + 1)),
            "t:4098:9: expected at most 4096 declarations, found more");

  std::string expectation = "midstride 1\nexpect violated";
  for (std::size_t at = 0; at < guarantees_max; ++at) expectation += " g" + std::to_string(at);
  EXPECT_EQ(error_of(expectation), "no error");
  EXPECT_EQ(error_of(expectation + " h"), "t:2:135: expected at most 32 guarantees, found more");
}

TEST(TextLimits, Story) {
  const std::string longest = "# " + std::string(story_line_bytes_max, 'a') + "\n";
  EXPECT_EQ(error_of("midstride 1\n" + repeat(longest, story_lines_max)), "no error");
  EXPECT_EQ(error_of("midstride 1\n" + repeat("#\n", story_lines_max + 1)),
            "t:1002:1: expected at most 1000 lines of story, found more");
  EXPECT_EQ(error_of("midstride 1\n# b\n#" + longest),
            "t:3:1: expected a story in UTF-8 without control characters, at most 1000 bytes a "
            "line, found a line of 1002 bytes");
}

TEST(TextLimits, Bytes) {
  const std::string head = "midstride 1\n";
  EXPECT_EQ(error_of(head + "\n#" + std::string(text_line_bytes_max - 1, 'a')), "no error");
  EXPECT_EQ(error_of(head + "\n#" + std::string(text_line_bytes_max, 'a')),
            "t:3:16385: expected a line of at most 16384 bytes, found more");

  std::string longest = head + "\n" + std::string(text_bytes_max - head.size() - 1, '#');
  for (std::size_t at = 4'096; at < longest.size(); at += 4'096) longest[at] = '\n';
  EXPECT_EQ(error_of(longest), "no error");
  EXPECT_EQ(error_of(longest + "#"),
            "t:1:1: expected a text of at most 67108864 bytes, found 67108865");
}

}  // namespace
}  // namespace midstride::model
