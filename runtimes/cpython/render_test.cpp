#include "runtimes/cpython/render.hpp"

#include "runtimes/cpython/runs_test.hpp"

namespace midstride::runtimes::cpython {
namespace {

std::string module_of(std::string_view text, Style style) {
  const model::Scenario scenario = scenario_of(text);
  model::Program program;
  program.compile(scenario);
  return python_module(scenario, program, 0, 0, style);
}

constexpr std::string_view everything = R"(
module shop
  version 1
    class X:
      def f(self, a):
        return a
    b = bank.X()
    def g(x):
      try:
        y = x.f(shop.b, c.receive())
      except:
        emit -1
      except TaskletExit:
        raise y
      finally:
        x.self = {}
        spawn w = g(None)
        kill w
      c.send(y)
      reload r
      yield
      bank.b = 1
      pass
module bank
  version 1
    pass
channel c
task t: shop.g(1)
reload r: shop -> 1
)";

TEST(Render, GivesPlainPythonWithATurnBeforeEachStatement) {
  EXPECT_EQ(module_of(everything, Style::plain), R"(_op()
class X:
    __slots__ = ()
    def f(self, a):
        _op()
        return a
_op()
_0 = bank.X
_op()
_0 = _0()
_op()
b = _0
_op()
def g(x):
    try:
        _op()
        _0 = x.f
        _op()
        _1 = shop.b
        _op()
        _2 = _receive('c')
        _op()
        y = _0(_1, _2)
    except Exception:
        _op()
        _emit(-1)
    except TaskletExit:
        _op()
        raise _Raised(y)
    finally:
        _op()
        _1 = _Object()
        _op()
        x.__self__ = _1
        _op()
        _0 = g
        _op()
        _spawn('w', _0, None)
        _op()
        _kill('w')
    _op()
    _send('c', y)
    _op()
    _reload('r')
    _op()
    _yield()
    _op()
    bank.b = 1
    _op()
    pass
)");
}

TEST(Render, LetsTheHarnessSeeWhatIsMadeCalledAndLookedInto) {
  constexpr std::string_view text = R"(
module shop
  version 1
    class X:
      def f(self, a):
        return a
    def g(x):
      try:
        y = x.f(1)
        x.b = y
      except:
        emit x
)";
  EXPECT_EQ(module_of(text, Style::watched), R"(_f = _enter(1000000000)
_op(_f, 1000000000, 0)
class X:
    __slots__ = ()
    _k = 1100000000
    def f(self, a):
        _f = _enter(1000000001, self, a)
        _op(_f, 1000000001, 0)
        return a
_op(_f, 1000000000, 1)
def g(x):
    _f = _enter(1000000002, x)
    try:
        _op(_f, 1000000002, 0)
        _0 = _v(_f, _c(x).f)
        _op(_f, 1000000002, 1)
        y = _v(_f, _c(_0)(1))
        _op(_f, 1000000002, 2)
        _c(x)
        x.b = y
    except Exception:
        _catch(_f)
        _op(_f, 1000000002, 4)
        _emit(x)
)");
}

TEST(Render, GivesClassesTheirBaseAndHandlersTheirClass) {
  constexpr std::string_view text = R"(
module shop
  version 1
    class B:
      def f(self):
        return 1
    class X(B):
      def f(self):
        return super().f
      def g(self):
        return super(X, self).f
    def h(o):
      try:
        emit isinstance(o, X) is 1
      except B:
        emit 1
      except:
        emit 2
  version 2
    class X:
      def f(self):
        return 1
)";
  EXPECT_EQ(module_of(text, Style::plain), R"(_op()
class B:
    __slots__ = ()
    def f(self):
        _op()
        return 1
_op()
_0 = B
_op()
class X(_0):
    __slots__ = ()
    def f(self):
        _op()
        _0 = super().f
        _op()
        return _0
    def g(self):
        _op()
        _0 = X
        _op()
        _0 = super(_0, self).f
        _op()
        return _0
_op()
def h(o):
    try:
        _op()
        _1 = X
        _op()
        _0 = +isinstance(o, _1)
        _op()
        _0 = +(_0 is 1)
        _op()
        _emit(_0)
    except Exception:
        _op()
        _0 = B
        _op()
        if _matches(_0):
            _op()
            _emit(1)
        else:
            _op()
            _emit(2)
)");
  const model::Scenario scenario = scenario_of(text);
  model::Program program;
  program.compile(scenario);
  EXPECT_EQ(python_module(scenario, program, 0, 1, Style::plain), R"(_op()
class X(_Root):
    __slots__ = ()
    def f(self):
        __class__
        _op()
        return 1
)");
}

TEST(PythonModule, ImportsNamesAsPythonDoes) {
  constexpr std::string_view text = R"(
module m
  version 1
    from shop import f
    def g():
      from shop import f
module shop
  version 1
    pass
)";
  EXPECT_EQ(module_of(text, Style::plain), R"(_op()
from shop import f as _0
_op()
f = _0
_op()
def g():
    _op()
    from shop import f
)");
  EXPECT_NE(module_of(text, Style::watched).find("    from shop import f\n    _v(_f, f)\n"),
            std::string::npos);
}

TEST(PythonModule, AsksForPersistentStateBeforeItIsInitialised) {
  constexpr std::string_view text = R"(
module m
  version 1
    once a = b
    atexit a
)";
  EXPECT_EQ(module_of(text, Style::plain), R"(_op()
if _once('a', globals(), locals()):
    _op()
    _0 = b
    _op()
    a = _0
_op()
_0 = a
_op()
_atexit(_0)
)");
}

TEST(PythonName, IsAnotherOneOnlyWhereItMeansSomethingToPython) {
  EXPECT_EQ(python_name("shop"), "shop");
  EXPECT_EQ(python_name("len"), "len");
  for (const std::string_view name :
       {"mro", "real", "globals", "Exception", "_op", "__class__", "n_mro", "n_"}) {
    EXPECT_EQ(python_name(name), "n_" + std::string(name));
    EXPECT_EQ(scenario_name(python_name(name)), name);
  }
}

TEST(PythonAttribute, OfAMethodIsThatOfPython) {
  EXPECT_EQ(python_attribute("function"), "__func__");
  EXPECT_EQ(python_attribute("self"), "__self__");
  EXPECT_EQ(python_attribute("class"), "im_class");
  EXPECT_EQ(python_attribute("im_class"), "n_im_class");
  for (const std::string_view name : {"function", "self", "class", "im_class", "a"})
    EXPECT_EQ(scenario_attribute(python_attribute(name)), name);
}

}  // namespace
}  // namespace midstride::runtimes::cpython
