#include "runtimes/cpython/script_harness.hpp"

namespace midstride::runtimes::cpython {

const char* const script_harness = R"python(

# From here on: how the threads take turns. Only the one that holds the baton runs.

import builtins
import gc
import importlib
import importlib.machinery
import importlib.util
import os
import sys
import threading


printed = False  # whether anything was


def say(text):
    global printed
    printed = True
    print(text)


def show(value):
    kind = type(value)
    if kind is types.FunctionType:
        name = value.__qualname__.replace('.<locals>', '')
        return f'<function {value.__module__}.{name}>'
    if kind is types.MethodType:
        return f'<bound method {value.__module__}.{value.__qualname__}>'
    if kind is type:
        return f'<class {value.__module__}.{value.__qualname__}>'
    if kind is types.GeneratorType:
        return f'<generator {value.__qualname__}>'
    if value is None or kind in (int, Object):
        return repr(value)
    return f'<{kind.__module__}.{kind.__qualname__} object>'


# Tasklets.

main = threading.Semaphore(0)
tasks = []
current = None


class Task:
    def __init__(self, name, label, work):
        self.name, self.label, self.work = name, label, work
        self.baton = threading.Semaphore(0)
        self.state = 'fresh'
        self.turns = self.begun = 0
        self.killed = False
        self.hooks = []
        self.thread = threading.Thread(target=self.run, daemon=True)

    def run(self):
        self.baton.acquire()
        failed, work = None, self.work
        while work is not None:
            try:
                work()
            except TaskletExit:
                pass
            except Exception as error:
                failed = failed or error
            work = self.hooks.pop() if self.hooks else None
        if failed is not None:
            say(f'{self.label}: {type(failed).__name__}: {failed}')
        self.state = 'ended'
        main.release()


def resume(task, turns):
    global current
    if task.state == 'fresh':
        task.thread.start()
    current, task.state = task, 'runnable'
    task.turns, task.begun = turns, 0
    task.baton.release()
    main.acquire()
    current = None


def pause(state='runnable'):
    me = current
    me.state = state
    main.release()
    me.baton.acquire()
    if me.killed:
        me.killed = False
        raise TaskletExit


def hand_over():
    if current.begun >= current.turns:
        pause()


def named(name):
    return next((task for task in tasks if task.name == name), None)


def numbered(name, before):
    return name if before == 0 else f'{name}.{before + 1}'


# The ops that are not Python's own.

def _op(frame=None):
    if current is not None:
        if current.begun >= current.turns:
            pause()
        current.begun += 1
    frame = frame or sys._getframe(1)
    name = frame.f_code.co_filename
    if '--trace' in sys.argv and name in sources:
        statement = sources[name].splitlines()[frame.f_lineno].strip()
        say(f'{current.label if current else loading}: {name} {statement}')


def _rounds(count):
    for number in range(count):
        _op(sys._getframe(1))
        yield number
    _op(sys._getframe(1))


def _each(generator):
    return rounds_of(iter(generator))


def rounds_of(generator):
    while True:
        _op(sys._getframe(1))
        try:
            value = next(generator)
        except StopIteration:
            return
        yield value


sources = {}  # by the name that code compiled from it has


def compiled(source, name):
    sources[name] = source
    return compile(source, name, 'exec')


def _emit(value):
    say(f'{current.label if current else loading}: emit {show(value)}')


class Channel:
    def __init__(self, preference, schedule_all):
        self.preference, self.schedule_all = preference, schedule_all
        self.waiting = []  # [task, value], all of one direction
        self.direction = 0

    def act(self, direction, value):
        if current is None:
            raise WouldBlock
        if not self.waiting or self.direction == direction:
            self.direction = direction
            current.parcel = [current, value]
            self.waiting.append(current.parcel)
            parcel = current.parcel
            current.channel = self
            pause('blocked')
            return parcel[1]
        parcel = self.waiting.pop(0)
        received, parcel[1] = parcel[1], value
        parcel[0].state = 'runnable'
        if self.schedule_all or self.preference == -direction:
            hand_over()
        return received


def _send(name, value):
    channels[name].act(+1, value)


def _receive(name):
    return channels[name].act(-1, None)


def _yield():
    if current is not None:
        hand_over()


def _spawn(name, callee, *arguments):
    if not isinstance(callee, (types.FunctionType, types.MethodType)):
        raise TypeError(f'{type(callee).__name__!r} object cannot be spawned')
    before = sum(task.name.partition('.')[0] == name for task in tasks)
    name = numbered(name, before)
    tasks.append(Task(name, name, lambda: callee(*arguments)))


def _kill(name):
    victim = named(name)
    if current is None or victim is None or victim.state == 'ended':
        return
    if victim is current:
        raise TaskletExit
    if victim.state == 'fresh':
        victim.state = 'ended'
        return
    if victim.state == 'blocked':
        victim.channel.waiting.remove(victim.parcel)
    victim.state, victim.killed = 'runnable', True
    hand_over()


persistent = {}  # by module: the names that a body has said to be initialised once


def _once(name, namespace, own):
    persistent.setdefault(namespace['__name__'], set()).add(name)
    return name not in own and name not in namespace


def _atexit(callee):
    if not isinstance(callee, (types.FunctionType, types.MethodType)):
        raise TypeError(f'{type(callee).__name__!r} object cannot be called')
    if current is not None and not isinstance(current, Attempt):  # nothing retires a load
        current.hooks.append(callee)


def _matches(cls):
    """Whether what is being handled was raised with an instance of the class."""
    if not isinstance(cls, type):
        raise TypeError('catching what is not a class')
    error = sys.exc_info()[1]
    return isinstance(error, Raised) and isinstance(error.args[0], cls)


# Reloads.

attempts = []


class Attempt(Task):
    def __init__(self, name, requester):
        before = sum(attempt.reload == name for attempt in attempts)
        attempts.append(self)
        self.reload, self.requester, self.error = name, requester, None
        self.module_name, self.version = RELOADS[name][0]
        name = numbered(name, before)
        super().__init__(name, 'body of ' + name, self.attempt)

    def attempt(self):
        for self.module_name, self.version in RELOADS[self.reload]:
            try:
                reloaders[RELOADER](self)
            except BaseException as error:
                self.error = self.error or error
        self.state = 'ended'
        for waiting in [attempt for attempt in attempts if attempt.state == self]:
            waiting.state = 'runnable'
        if self.requester is not None and self.requester.state == self:
            self.requester.state = 'runnable'


def _reload(name):
    if current is None:
        return
    attempt = Attempt(name, current)
    pause(attempt)
    if attempt.error is not None:
        raise attempt.error


class Loader(importlib.machinery.SourceFileLoader):
    def get_code(self, name):
        number = min(MODULES[name]) if current is None else current.version
        _op()
        return compiled(MODULES[name][number], f'<{name} version {number}>')


class Finder:
    @staticmethod
    def find_spec(name, path=None, target=None):
        if name in MODULES:
            return importlib.machinery.ModuleSpec(name, Loader(name, name), origin=name)


def by_importlib(attempt):
    importlib.reload(modules[attempt.module_name])


bound = {}  # by module: what its last load bound to which name, persistent state apart
open_attempts = {}


def remember(name, namespace, names):
    bound[name] = {known: namespace[known] for known in names
                   if known in namespace and known not in persistent.get(name, ())}


def by_code_swap(attempt):
    name = attempt.module_name
    waiting = open_attempts.setdefault(name, [])
    asking = attempt.requester
    while isinstance(asking, Attempt):
        if asking in waiting:
            return
        asking = asking.requester
    while waiting:
        pause(waiting[0])
    waiting.append(attempt)
    try:
        swap(name)
    finally:
        waiting.remove(attempt)


def swap(name):
    live, scratch, undo = vars(modules[name]), {}, []
    try:
        exec(Loader(name, name).get_code(name), live, scratch)
        kept = persistent.get(name, set()) - scratch.keys()
        for known in NAMES[name]:
            _op()
            if known not in kept:
                swap_name(live, scratch, NAMES[name], known, bound[name], undo)
    except BaseException:
        _op()
        while undo:
            function, *arguments = undo.pop()
            function(*arguments)
        raise
    swap_fields(live, scratch, NAMES[name])
    remember(name, live, [known for known in NAMES[name] if known in scratch])


reloaders = {'importlib': by_importlib, 'code-swap': by_code_swap}


# Inspectors.

def inspect(name):
    if name not in INSPECTIONS:  # a flush: f_locals keeps nothing
        return
    task_name, *poke = INSPECTIONS[name]
    task = named(task_name)
    if task is None or task.state in ('fresh', 'ended'):
        return
    frame = sys._current_frames()[task.thread.ident]
    while not frame.f_code.co_filename.startswith('<'):
        frame = frame.f_back
    seen = lambda: {key: value for key, value in frame.f_locals.items() if key[0] != '_'}
    say(f'{task_name}.f_locals: {seen()}')
    if poke:
        frame.f_locals[poke[0]] = eval(poke[1])
        say(f'{task_name}.f_locals: {seen()} after f_locals[{poke[0]!r}] = {poke[1]}')


# The run.

_Object, _Raised, _Record, _Root = Object, Raised, Record, Root
names = {name: globals()[name] for name in (
    '_op', '_emit', '_send', '_receive', '_yield', '_spawn', '_kill', '_reload', '_Object',
    '_Raised', '_Record', '_Root', '_matches', '_once', '_atexit', '_rounds', '_each',
    'TaskletExit')}
names |= {name: vars(builtins)[name]
          for name in ('Exception', '__build_class__', '__import__', 'globals', 'isinstance', 'locals',
                       'next',
                       'super')}
channels = {name: Channel(*options) for name, options in CHANNELS.items()}
modules = {}
loading = None


def first_loads():
    global loading
    for name in MODULES:
        modules[name] = importlib.util.module_from_spec(Finder.find_spec(name))
        modules[name].__builtins__ = names
        names[name] = sys.modules[name] = modules[name]
    for name, module in modules.items():
        loading = f'body of first load of {name}'
        try:
            module.__spec__.loader.exec_module(module)
        except Exception as error:
            say(f'{loading}: {type(error).__name__}: {error}')
        remember(name, vars(module), NAMES[name])


def script(name):
    namespace = {'__builtins__': names}
    exec(compiled(TASKS[name], f'<task {name}>'), namespace)
    return namespace['_script']


sys.meta_path.insert(0, Finder)
first_loads()
for name in TASKS:
    tasks.append(Task(name, name, script(name)))
for kind, *what in SCHEDULE:
    if kind == 'collect':
        gc.collect()
    elif kind == 'inspect':
        inspect(*what)
    else:
        name, turns = what
        if kind == 'run':
            task = named(name)
        else:
            task = next((attempt for attempt in attempts if attempt.name == name), None)
            if task is None and name in RELOADS:
                task = Attempt(name, None)
        if task is not None and task.state in ('fresh', 'runnable'):
            resume(task, turns)
if not printed:
    print('# nothing was emitted; --trace shows every statement')
sys.stdout.flush()
os._exit(0)  # whoever waits still is left where it stands
)python";

}  // namespace midstride::runtimes::cpython
