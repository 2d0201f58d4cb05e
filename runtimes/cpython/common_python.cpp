#include "runtimes/cpython/common_python.hpp"

namespace midstride::runtimes::cpython {

const char* const common_python = R"python(
import types


class TaskletExit(BaseException):
    """Ends a tasklet. As in Stackless, `except Exception` does not catch it."""


class Raised(Exception):
    """What a scenario's `raise` raises."""


class WouldBlock(Exception):
    """A channel operation where there is nobody to wait for."""


class KindChanged(TypeError):
    """A function has become a class, or the like: there is nothing to assign __code__ to."""


class Root:
    """The base of a class without one, where a reloader may give it one."""
    __slots__ = ()


class Object:
    """A mutable {}: its fields are attributes."""
    __slots__ = ('__dict__',)

    def __repr__(self):
        return repr(self.__dict__)


class Record(Root):
    """The base of a class without one, where classes have fields: an instance has those of its classes
    when it is made, and no others later."""
    __slots__ = ('__dict__',)
    _fields = {}

    def __init__(self):
        for cls in reversed(type(self).__mro__):
            for name, value in vars(cls).get('_fields', {}).items():
                self.__dict__[name] = Object() if value is Object else value

    def __setattr__(self, name, value):
        if name not in self.__dict__:
            raise AttributeError(f"'{type(self).__name__}' object has no attribute '{name}'")
        self.__dict__[name] = value


# The reloader code-swap: `live` is the module's namespace, `scratch` the one that the new source ran
# in, `loaded` what the last load had bound to which name. `undo` gets what would put all back.

def swap_name(live, scratch, names, name, loaded, undo):
    """True when the name has something new now; functions and classes keep their identity."""
    absent = object()
    kept = lambda value: kept_for(value, live, scratch, names)
    old, new = live.get(name, absent), scratch.get(name, absent)
    if new is absent:
        # Removed, unless somebody else has bound it since.
        if old is not absent and loaded.get(name, absent) is old:
            undo.append((live.__setitem__, name, old))
            del live[name]
        return False
    if old is absent or not isinstance(old, kinds) and not isinstance(new, kinds):
        undo.append((live.pop, name) if old is absent else (live.__setitem__, name, old))
        live[name] = kept(new)
        if live[name] is new and isinstance(new, type) and new.__module__ == live['__name__']:
            swap_base(name, new, new, kept, undo)
        return True
    if isinstance(old, types.FunctionType) and isinstance(new, types.FunctionType):
        swap_code(name, old, new, undo)
    elif isinstance(old, type) and isinstance(new, type):
        swap_class(name, old, new, undo)
        swap_base(name, old, new, kept, undo)
    else:
        raise KindChanged(name)
    return True


kinds = types.FunctionType, type


def kept_for(value, live, scratch, names):
    """The function or class that goes on under the name that the new source gave this one."""
    if isinstance(value, kinds):
        for name in names:
            if scratch.get(name) is value and type(live.get(name)) is type(value):
                return live[name]
    return value


def swap_code(name, old, new, undo):
    if len(old.__code__.co_freevars) != len(new.__code__.co_freevars):
        raise KindChanged(name)
    undo.append((setattr, old, '__code__', old.__code__))
    old.__code__ = new.__code__


def swap_class(name, old, new, undo):
    for attribute, value in vars(new).items():
        known = vars(old).get(attribute)
        if isinstance(known, types.FunctionType) and isinstance(value, types.FunctionType):
            swap_code(name, known, value, undo)
        elif not attribute.startswith('__') and attribute != '_fields':
            own_class(value, old, undo)
            undo.append((delattr, old, attribute) if known is None
                        else (setattr, old, attribute, known))
            setattr(old, attribute, value)
    for attribute, value in list(vars(old).items()):
        if attribute not in vars(new):
            undo.append((setattr, old, attribute, value))
            delattr(old, attribute)


def swap_fields(live, scratch, names):
    """When all names are done; nothing can fail any more."""
    for name in names:
        old, new = live.get(name), scratch.get(name)
        if isinstance(old, type) and isinstance(new, type) and '_fields' in vars(new):
            old._fields = new._fields


def own_class(function, cls, undo):
    """A method that is taken over says super() of the class that is kept."""
    for cell in getattr(function, '__closure__', None) or ():
        if cell.cell_contents is not cls:
            undo.append((setattr, cell, 'cell_contents', cell.cell_contents))
            cell.cell_contents = cls


def swap_base(name, old, new, kept, undo):
    base = kept(new.__bases__[0])
    if base is old.__bases__[0]:
        return
    if old in base.__mro__:
        raise KindChanged(name)
    undo.append((setattr, old, '__bases__', old.__bases__))
    old.__bases__ = (base,)
)python";

}  // namespace midstride::runtimes::cpython
