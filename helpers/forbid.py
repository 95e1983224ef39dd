"""What an exercise asks the learner to write may not be called while their answer runs.

`forbidden` makes the library's own versions raise inside a block, and says afterwards which ones were called,
so that an answer that only hands the work on is told so and earns nothing.
"""

import contextlib
import contextvars
import importlib
import types

_used = contextvars.ContextVar("used", default=None)            # the list that the running block fills


class Forbidden(Exception):
    """The running code called a function that it was to write itself."""


def resolve(path):
    """The object that holds a dotted path's last part, and that part: "torch.nn.Linear" -> (torch.nn, "Linear").

    Raises ValueError when the path does not exist.
    """
    *parents, name = path.split(".")
    for cut in range(len(parents), 0, -1):
        try:
            holder = importlib.import_module(".".join(parents[:cut]))
        except ModuleNotFoundError:
            continue
        for part in parents[cut:]:
            holder = getattr(holder, part, None)
        if hasattr(holder, name):
            return holder, name
        break
    raise ValueError(f"forbids={path!r} does not exist: give the full path of a function, such as torch.log_softmax")


@contextlib.contextmanager
def forbidden(paths, namespace):
    """Make the functions at `paths` raise `Forbidden` inside the block, however the learner reaches them.

    Yields a list that fills with the paths that were called, also when the learner's code catches the error.
    A function written in Python has its code replaced, so that aliases taken earlier raise too. A built-in one
    is replaced where it lives and under every name of `namespace` that refers to it.
    """
    used = []
    with contextlib.ExitStack() as restore:
        restore.callback(_used.reset, _used.set(used))
        for path in paths:
            holder, name = resolve(path)
            original = getattr(holder, name)
            if isinstance(original, types.FunctionType) and not original.__closure__:
                restore.callback(setattr, original, "__code__", original.__code__)
                original.__code__ = _stub(path).__code__
                continue
            stub = _stub(path)
            if name in vars(holder):
                restore.callback(setattr, holder, name, vars(holder)[name])
            else:
                restore.callback(delattr, holder, name)         # inherited, as torch.Tensor's methods are
            setattr(holder, name, stub)
            for alias in [key for key, value in namespace.items() if value is original]:
                restore.callback(namespace.__setitem__, alias, original)
                namespace[alias] = stub
        yield used


def _stub(path):
    # The path is a constant of the code itself: a function whose code is replaced keeps its own globals.
    scope = {}
    exec(f"def stub(*args, **kwargs):\n    import helpers.forbid\n    helpers.forbid._report_use({path!r})", scope)
    return scope["stub"]


def _report_use(path):
    if _used.get() is not None:
        _used.get().append(path)
    raise Forbidden(f"{path} is what this exercise asks you to write yourself")
