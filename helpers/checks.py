"""Feedback on exercises: one engine for the notebook, nbgrader, Colab and the course's grader.

A tests cell names what it checks and asks for the score:

    check = Check("double", points=2)

    @check("two becomes four")
    def _(double):                       # the parameter's name is the learner's answer
        expect_close(double(2), 4, "double(2) should be 4")

    check.score()

Every check ends in one of four outcomes: correct, wrong (with a diagnosis), not attempted, crashed (with the
learner's own line). Only plain data passes between a check and an answer: numbers, strings, lists, tuples,
dicts, tensors and arrays, as copies. So the same checks also work when the answer runs in another process,
and an answer cannot patch what tests it.
"""

import contextlib
import contextvars
import inspect
import io
import linecache
import os
import sys
import warnings
from dataclasses import dataclass

from helpers.expect import Wrong, describe, expect, expect_choice, expect_close, hidden_check  # noqa: F401
from helpers.forbid import forbidden

MARKS = {"correct": "✓", "wrong": "✗", "not attempted": "–", "crashed": "!"}

_answers = contextvars.ContextVar("answers", default=None)      # a mapping that replaces the notebook's globals


class Failed(AssertionError):
    """What `Check.score` raises in a notebook: its text is the whole report, shown without a traceback."""

    def _render_traceback_(self):
        return str(self).split("\n")


class NotAttempted(Exception):
    """The exercise still holds its stub."""


class Crashed(Exception):
    """The learner's own code raised; the message names the error and their line."""


@dataclass
class Outcome:
    """One check's result: its label, one of the four outcomes, and the message ("" when correct)."""

    label: str
    outcome: str
    message: str = ""
    hidden: bool = False


class Check:
    """The checks of one exercise, worth `points` in equal parts.

    `name` is the exercise. `forbids` lists dotted paths (`"torch.log_softmax"`) that raise while the answer
    runs, because the exercise is to write them. After `score()`, `outcomes` and `earned` hold the result.
    """

    def __init__(self, name, points, forbids=()):
        self.name, self.points, self.forbids = name, points, tuple(forbids)
        self.checks, self.outcomes, self.earned = [], [], 0.0

    def __call__(self, label, hidden=False):
        """Register the decorated function, whose parameters are named after the answers it tests."""

        def register(function):
            self.checks.append((label, function, hidden))
            return function

        return register

    def score(self):
        """Run every check and report.

        Under `nbgrader autograde` this prints the report and returns the points earned as a float (partial
        credit). Elsewhere it prints the report when all is correct and raises `Failed` when it is not.
        """
        if not self.checks:
            raise ValueError(f"Check({self.name!r}) has no checks: decorate at least one function with @check(label)")
        answers = _answers.get()
        if answers is None:
            answers = sys._getframe(1).f_globals
        self.outcomes = [self._run(answers, *check) for check in self.checks]
        passed = sum(outcome.outcome == "correct" for outcome in self.outcomes)
        self.earned = round(float(self.points * passed / len(self.outcomes)), 2)
        report = self.report()
        if os.environ.get("NBGRADER_EXECUTION") == "autograde":
            print(report)
            return self.earned
        if passed < len(self.outcomes):
            raise Failed(report)
        print(report)

    def report(self):
        """The outcomes as text, one line a check, with what to look at under each that did not pass."""
        kinds = {outcome.outcome for outcome in self.outcomes}
        if kinds == {"not attempted"}:
            return f"– {self.name}: not attempted yet. {self.outcomes[0].message}"
        passed = sum(outcome.outcome == "correct" for outcome in self.outcomes)
        mark = "✓" if kinds == {"correct"} else "✗"
        lines = [f"{mark} {self.name}: {passed} of {len(self.outcomes)} checks passed, "
                 f"{self.earned:g} of {self.points:g} points"]
        said = set()                    # one mistake fails many checks: explain it once
        for outcome in self.outcomes:
            lines.append(f"  {MARKS[outcome.outcome]} {outcome.label}")
            message = "(same as above)" if outcome.message in said else outcome.message
            lines += [f"      {line}" for line in message.split("\n") if line]
            said |= {outcome.message} - {""}
        return "\n".join(lines)

    def _run(self, answers, label, function, hidden):
        token = hidden_check.set(hidden)
        handed = [_Answer(name, answers, self.forbids) for name in inspect.signature(function).parameters]
        try:
            with _seeded(), warnings.catch_warnings():
                warnings.simplefilter("ignore")
                function(*handed)
        except Wrong as error:
            return Outcome(label, "wrong", str(error), hidden)
        except NotAttempted as error:
            return Outcome(label, "not attempted", str(error), hidden)
        except Crashed as error:
            return Outcome(label, "crashed", str(error), hidden)
        except Exception as error:
            # The check itself tripped over what the answer returned: say what it was.
            last = next((a for a in handed if a.returned is not None), None)
            if last is None:
                raise
            seen = f"{last.name} returned {describe(last.returned)}, which this check could not use"
            return Outcome(label, "wrong", seen if hidden else f"{seen} ({type(error).__name__}: {error})", hidden)
        finally:
            hidden_check.reset(token)
        return Outcome(label, "correct", "", hidden)


class _Answer:
    """The learner's function as a check sees it: plain data in, plain data out, failures told apart."""

    def __init__(self, name, answers, forbids):
        self.name, self.answers, self.forbids, self.returned = name, answers, forbids, None

    def __call__(self, *args, **kwargs):
        if self.name not in self.answers:
            raise NotAttempted(f"`{self.name}` is not defined: run its cell first, "
                               "and if that cell shows an error, start there.")
        function = self.answers[self.name]
        if not callable(function):
            raise Wrong(f"`{self.name}` should be a function, but it is {describe(function)}")
        args, kwargs = plain(args), plain(kwargs)       # outside the try: a mistake here is the check's own
        output = io.StringIO() if hidden_check.get() else sys.stdout
        failure, result = None, None
        try:
            with forbidden(self.forbids, self.answers) as used, \
                    contextlib.redirect_stderr(io.StringIO()), contextlib.redirect_stdout(output):
                result = function(*args, **kwargs)
        except NotImplementedError:
            failure = NotAttempted(f"Replace the line that raises NotImplementedError in `{self.name}`.")
        except (Exception, SystemExit) as error:
            failure = Crashed(_own_line(error, function))
        if used:
            raise Wrong(f"`{self.name}` calls {used[0]}, which is what this exercise asks you to write yourself")
        if failure is not None:
            raise failure
        if result is None:
            raise Wrong(f"`{self.name}` returned None: is a `return` missing?")
        try:
            self.returned = plain(result, detach=True)
        except (TypeError, RecursionError):  # of another kind, or a list that holds itself
            raise Wrong(f"`{self.name}` returned {describe(result)}, expected plain data: "
                        "numbers, strings, lists, dicts or tensors") from None
        return self.returned


def plain(value, detach=False):
    """A deep copy of plain data; TypeError for anything else.

    Plain are None, bool, int, float, str, list, tuple, dict, `torch.Tensor` (copied to the CPU, `requires_grad`
    kept unless `detach`), numpy arrays and numpy scalars (which become Python numbers).
    """
    if value is None or type(value) in (bool, int, float, str):         # not a subclass, which may lie
        return value
    if isinstance(value, (list, tuple)):
        return (list if isinstance(value, list) else tuple)(plain(item, detach) for item in value)
    if isinstance(value, dict):
        return {plain(key): plain(item, detach) for key, item in value.items()}
    torch, numpy = sys.modules.get("torch"), sys.modules.get("numpy")   # not loaded: the value cannot be theirs
    if torch and isinstance(value, torch.Tensor):
        copy = value.detach().cpu().clone()
        return copy if detach else copy.requires_grad_(value.requires_grad)
    if numpy and isinstance(value, numpy.generic):
        return value.item()
    if numpy and isinstance(value, numpy.ndarray) and value.dtype != object:
        return value.copy()
    raise TypeError(f"{describe(value)} is not plain data: pass numbers, strings, lists, dicts or tensors")


# --- what a chapter calls ----------------------------------------------------------------------------------

def fallback(name, course_version, *probe):
    """The learner's function `name` if it runs on the arguments `probe`, else `course_version`, saying which.

    Bind the result to a new name, so that an untouched exercise never scores by it.
    """
    function = sys._getframe(1).f_globals.get(name)
    if function is None:
        reason = "is not defined"
    else:
        try:
            with contextlib.redirect_stdout(io.StringIO()):
                result = function(*plain(probe))
            reason = "returns None" if result is None else None
        except NotImplementedError:
            reason = "is not solved yet"
        except (Exception, SystemExit) as error:
            reason = f"crashes ({_own_line(error, function)})"
    if reason is None:
        return function
    print(f"{name} {reason}: going on with the course's own version.")
    return course_version


@contextlib.contextmanager
def answers(mapping):
    """Look answers up in `mapping` (name to function) instead of the calling notebook's globals."""
    token = _answers.set(mapping)
    try:
        yield
    finally:
        _answers.reset(token)


# --- small things ------------------------------------------------------------------------------------------

@contextlib.contextmanager
def _seeded():
    """Seed every generator inside the block and put the notebook's own state back afterwards."""
    import random

    import numpy
    import torch

    python, array = random.getstate(), numpy.random.get_state()  # noqa: NPY002 (a learner may use the old one)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        numpy.random.seed(0)  # noqa: NPY002
        random.seed(0)
        try:
            yield
        finally:
            random.setstate(python)
            numpy.random.set_state(array)  # noqa: NPY002


def _own_line(error, function):
    """'IndexError: ... / your line 3: y = x[9]': the deepest frame that runs the learner's own code."""
    text = type(error).__name__
    if str(error) and not hidden_check.get():
        text += f": {str(error).splitlines()[0][:200]}"
    mine = getattr(function, "__globals__", None)
    frame, trace = None, error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_globals is mine:
            frame = trace
        trace = trace.tb_next
    if frame is not None:
        code = linecache.getline(frame.tb_frame.f_code.co_filename, frame.tb_lineno).strip()
        text += f"\nyour line {frame.tb_lineno}: {code}" if code else f"\nyour line {frame.tb_lineno}"
    return text
