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


class Object:
    """A mutable {}: its fields are attributes."""
    __slots__ = ('__dict__',)

    def __repr__(self):
        return repr(self.__dict__)


# The reloader code-swap: `live` is the module's namespace, `scratch` the one that the new source ran
# in, `loaded` what the last load had bound to which name. `undo` gets what would put all back.

def swap_name(live, scratch, name, loaded, undo):
    """True when the name has something new now; functions and classes keep their identity."""
    absent = object()
    old, new = live.get(name, absent), scratch.get(name, absent)
    kinds = types.FunctionType, type
    if new is absent:
        # Removed, unless somebody else has bound it since.
        if old is not absent and loaded.get(name, absent) is old:
            undo.append((live.__setitem__, name, old))
            del live[name]
        return False
    if old is absent or not isinstance(old, kinds) and not isinstance(new, kinds):
        undo.append((live.pop, name) if old is absent else (live.__setitem__, name, old))
        live[name] = new
        return True
    if isinstance(old, types.FunctionType) and isinstance(new, types.FunctionType):
        swap_code(old, new, undo)
    elif isinstance(old, type) and isinstance(new, type):
        swap_class(old, new, undo)
    else:
        raise KindChanged(name)
    return True


def swap_code(old, new, undo):
    undo.append((setattr, old, '__code__', old.__code__))
    old.__code__ = new.__code__


def swap_class(old, new, undo):
    for name, value in vars(new).items():
        known = vars(old).get(name)
        if isinstance(known, types.FunctionType) and isinstance(value, types.FunctionType):
            swap_code(known, value, undo)
        elif not name.startswith('__'):
            undo.append((delattr, old, name) if known is None else (setattr, old, name, known))
            setattr(old, name, value)
    for name, value in list(vars(old).items()):
        if name not in vars(new):
            undo.append((setattr, old, name, value))
            delattr(old, name)
)python";

}  // namespace midstride::runtimes::cpython
