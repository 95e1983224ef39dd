"""Grade an answer in this process, with the worked notebook's tests cell, hidden tests included."""

import functools
import linecache
import re
from dataclasses import dataclass
from pathlib import Path

import nbformat
from IPython.core.inputtransformer2 import TransformerManager

from course import Course
from helpers import checks

COURSE = Course.find(Path(__file__).parent)
NAMES = COURSE.names()
BUILT = [name for name in NAMES if COURSE.solution(name).is_file()]  # that all are is for test_chapters.py to say
MUTANTS = Path(__file__).parent / "mutants"


@dataclass(frozen=True)
class Mutant:
    """One answer of tests/notebooks/mutants/CHAPTER/EXERCISE.py; `right` or not, and what its message must say."""

    chapter: str
    exercise: str
    right: bool
    title: str
    fragment: str
    code: str

    def __str__(self):
        return f"{self.chapter}/{self.exercise}: {'right' if self.right else 'wrong'}: {self.title}"


@functools.cache
def worked(name):
    return nbformat.read(COURSE.solution(name), 4)


def exercises(name):
    """The autograded exercises of a chapter, in order."""
    return [cell.metadata.nbgrader.grade_id for cell in worked(name).cells if role(cell) == "exercise"]


def role(cell):
    return cell.metadata.get("course", {}).get("role")


@functools.cache
def mutants(name):
    """All answers kept for a chapter's exercises."""
    found = []
    for path in sorted((MUTANTS / name).glob("*.py")):
        for part in re.split(r"^# %% ", path.read_text(encoding="utf-8"), flags=re.M)[1:]:
            header, _, code = part.partition("\n")
            kind, _, rest = header.partition(":")
            if kind not in ("wrong", "right"):
                raise ValueError(f"{path}: '# %% {header}' should start with 'wrong:' or 'right:'")
            title, _, fragment = rest.partition("|")
            found.append(Mutant(name, path.stem, kind == "right", title.strip(), fragment.strip(), code))
    return found


def run(code, namespace, filename):
    """Run a cell's code the way a notebook does, its lines known to error messages."""
    code = TransformerManager().transform_cell(code)
    linecache.cache[filename] = (len(code), None, code.splitlines(keepends=True), filename)
    exec(compile(code, filename, "exec"), namespace)


@functools.cache
def before(name, exercise):
    """What a learner has when they reach `exercise`: the set-up cells and the earlier exercises, solved."""
    cells = [cell for cell in worked(name).cells if role(cell) in ("setup", "exercise")]
    stop = next(index for index, cell in enumerate(cells)
                if cell.metadata.get("nbgrader", {}).get("grade_id") == exercise)
    namespace = {"__name__": "__main__"}
    for index, cell in enumerate([*cells[:stop], *(cell for cell in cells[stop:] if role(cell) == "setup")]):
        run(cell.source, namespace, f"<{name} cell {index}>")
    return namespace


@functools.cache
def grade(mutant):
    """(points earned, points, the report) of one answer."""
    answers = dict(before(mutant.chapter, mutant.exercise))
    run(mutant.code, answers, f"<answer {mutant}>")
    tests = next(cell for cell in worked(mutant.chapter).cells if cell.id == f"test_{mutant.exercise}")
    namespace = {"__name__": "__main__"}
    report = ""
    with checks.answers(answers):
        try:
            run(tests.source, namespace, f"<tests of {mutant.exercise}>")
        except checks.Failed as failed:
            report = str(failed)
    return namespace["check"].earned, namespace["check"].points, report
