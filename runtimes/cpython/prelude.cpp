#include "runtimes/cpython/prelude.hpp"

namespace midstride::runtimes::cpython {

const char* const prelude_source = R"python(
import importlib
import importlib.machinery
import importlib.util
import sys


class Abandoned(BaseException):
    """The run is over: whatever a tasklet is in the midst of is unwound."""


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


def import_module(name, *arguments):
    return __import__(real_name(name), *arguments)


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
        remember(module, names, vars(module), _persistent())


# Reloaders: (module, the names that the scenario knows in it).

def reload_by_importlib(module, names):
    importlib.reload(module)


# By module: what its last load bound to which name, persistent state apart.
bound = {}


def remember(module, names, namespace, persistent):
    bound[module] = {name: namespace[name] for name in names
                     if name in namespace and name not in persistent}


def reload_by_code_swap(module, names):
    live, scratch, undo = vars(module), {}, []
    try:
        code = _code(scratch)
        try:
            exec(code, live, scratch)
        finally:
            _body_over()
        kept = [name for name in _persistent() if name not in scratch]
        for slot, name in enumerate(names):
            _migrate()
            if name not in kept and swap_name(live, scratch, names, name, bound[module], undo):
                _stored(slot)
            _step_over()
    except BaseException:
        _undo()
        while undo:
            function, *arguments = undo.pop()
            function(*arguments)
        _step_over()
        raise
    swap_fields(live, scratch, names)
    remember(module, [name for name in names if name in scratch], live, _persistent())
)python";

}  // namespace midstride::runtimes::cpython
