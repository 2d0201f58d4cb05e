#include "runtimes/cpython/prelude.hpp"

namespace midstride::runtimes::cpython {

const char* const prelude_source = R"python(
import importlib
import importlib.machinery
import importlib.util
import sys
import types


class TaskletExit(BaseException):
    """Ends a tasklet. As in Stackless, `except Exception` does not catch it."""


class Abandoned(BaseException):
    """The run is over: whatever a tasklet is in the midst of is unwound."""


class Raised(Exception):
    """What a scenario's `raise` raises."""


class WouldBlock(Exception):
    """A channel operation where there is nobody to wait for."""


class KindChanged(TypeError):
    """A function has become a class, or the like: there is nothing to assign __code__ to."""


class Object:
    """A mutable {}: its fields are attributes."""
    __slots__ = ('__dict__',)

    def __repr__(self):
        return repr(self.__dict__)


# Modules. One that is called like a module of the standard library must not hide it.

def real_name(name):
    return 'n_' + name if name in sys.stdlib_module_names else name


class Loader(importlib.machinery.SourceFileLoader):
    def get_code(self, fullname):
        return _code()


class Finder:
    modules = {}

    @classmethod
    def find_spec(cls, name, path=None, target=None):
        return module_spec(name) if name in cls.modules else None


sys.meta_path.insert(0, Finder)


def module_spec(name):
    origin = name + '.py'
    return importlib.machinery.ModuleSpec(name, Loader(name, origin), origin=origin)


def make_module(name, builtins):
    """An empty module that importlib can find and reload."""
    name = real_name(name)
    module = importlib.util.module_from_spec(module_spec(name))
    module.__builtins__ = builtins
    Finder.modules[name] = sys.modules[name] = module
    return module


def drop_modules():
    for name, module in Finder.modules.items():
        sys.modules.pop(name, None)
        vars(module).clear()
    Finder.modules.clear()
    bound.clear()


def load_first(module, names):
    try:
        module.__spec__.loader.exec_module(module)
    finally:
        remember(module, names, vars(module))


# Reloaders: (module, the names that the scenario knows in it).

def reload_by_importlib(module, names):
    importlib.reload(module)


# By module: what its last load bound to which name.
bound = {}


def remember(module, names, namespace):
    bound[module] = {name: namespace[name] for name in names if name in namespace}


def reload_by_code_swap(module, names):
    live, scratch, undo = vars(module), {}, []
    try:
        code = _code(scratch)
        try:
            exec(code, live, scratch)
        finally:
            _body_over()
        for name in names:
            _migrate()
            swap_name(live, scratch, name, bound[module], undo)
            _step_over()
    except BaseException:
        _undo()
        while undo:
            function, *arguments = undo.pop()
            function(*arguments)
        _step_over()
        raise
    remember(module, [name for name in names if name in scratch], live)


def swap_name(live, scratch, name, loaded, undo):
    absent = object()
    old, new = live.get(name, absent), scratch.get(name, absent)
    if new is absent:
        # Removed, unless somebody else has bound it since.
        if old is not absent and loaded.get(name, absent) is old:
            undo.append((live.__setitem__, name, old))
            del live[name]
        return
    kinds = types.FunctionType, type
    same_kind = [kind for kind in kinds if isinstance(old, kind) and isinstance(new, kind)]
    if old is absent or not isinstance(old, kinds) and not isinstance(new, kinds):
        undo.append((live.pop, name) if old is absent else (live.__setitem__, name, old))
        live[name] = new
    elif not same_kind:
        raise KindChanged(name)
    elif isinstance(old, types.FunctionType):
        swap_code(old, new, undo)
    else:
        swap_class(old, new, undo)


def swap_code(old, new, undo):
    undo.append((setattr, old, '__code__', old.__code__))
    old.__code__ = new.__code__


def swap_class(old, new, undo):
    for name, value in vars(new).items():
        known = vars(old).get(name)
        if isinstance(known, types.FunctionType) and isinstance(value, types.FunctionType):
            swap_code(known, value, undo)
        elif isinstance(value, types.FunctionType):
            undo.append((delattr, old, name))
            setattr(old, name, value)
    for name, value in list(vars(old).items()):
        if isinstance(value, types.FunctionType) and name not in vars(new):
            undo.append((setattr, old, name, value))
            delattr(old, name)
    undo.append((setattr, old, '_k', old._k))
    old._k = new._k
)python";

}  // namespace midstride::runtimes::cpython
