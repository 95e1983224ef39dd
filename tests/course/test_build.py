"""`course build`: the same text gives the same bytes, and whatever goes wrong leaves the old notebooks whole."""

import errno
import os
import shutil
import signal
import subprocess
import sys
import time

import nbformat
import pytest
from tiny import EXERCISE, TESTS, lay_out
from typer.testing import CliRunner

from course import Course, CourseError
from course import build as builder
from course.cli import app
from course.source import read

NAME = "01_tiny"
FIGURE = """
```{code-cell}
import matplotlib.pyplot as plt
plt.plot([1, 2]);
```
"""


def quiet(*_):
    pass


@pytest.fixture(scope="module")
def original(tmp_path_factory):
    """A course with one built chapter."""
    course = lay_out(tmp_path_factory.mktemp("course"), NAME)
    builder.build(course, [NAME], report=quiet)
    return course


@pytest.fixture
def built(original, tmp_path):
    """A copy of it, and the bytes of its two notebooks."""
    course = Course(shutil.copytree(original.root, tmp_path / "copy"))
    return course, contents(course)


def contents(course):
    return [path.read_bytes() for path in (course.solution(NAME), course.chapter(NAME))]


def edit(course, old, new):
    path = course.source(NAME)
    path.write_text(path.read_text().replace(old, new))


def clean(course):
    return not list(course.root.glob(".build-*"))


def test_the_same_text_gives_the_same_bytes(built):
    course, before = built
    builder.build(course, [NAME], report=quiet)
    assert contents(course) == before and clean(course)


def test_a_fresh_build_passes_the_check_and_an_edit_does_not(built):
    course, before = built
    builder.check(course, [NAME], report=quiet)
    edit(course, "Prose.", "Better prose.")
    with pytest.raises(CourseError) as stale:
        builder.check(course, [NAME], report=quiet)
    assert f"solutions/{NAME}/{NAME}.ipynb: differs" in str(stale.value)
    assert f"chapters/{NAME}/{NAME}.ipynb: differs" in str(stale.value)
    assert contents(course) == before and clean(course)


def test_the_check_sees_a_hand_made_change_of_a_chapter(built):
    course, _ = built
    course.chapter(NAME).write_bytes(course.chapter(NAME).read_bytes().replace(b"Prose.", b"Other."))
    with pytest.raises(CourseError, match="chapters/01_tiny/01_tiny.ipynb: differs"):
        builder.check(course, [NAME], report=quiet)


@pytest.mark.parametrize("damage", [b"<<<<<<< HEAD\n{}", b"", b"\xff"], ids=["unsolved merge", "empty", "no text"])
def test_the_check_names_a_file_that_is_no_notebook(built, damage):
    course, _ = built
    course.solution(NAME).write_bytes(damage)
    with pytest.raises(CourseError, match="01_tiny.ipynb: no notebook .*run `course build 01_tiny`"):
        builder.check(course, [NAME], report=quiet)


def test_the_check_ignores_outputs_but_not_what_is_wrong_with_them(built):
    course, _ = built
    nb = nbformat.read(course.solution(NAME), 4)
    tests = next(cell for cell in nb.cells if cell.id == "test_double")
    tests.outputs = [nbformat.v4.new_output("stream", name="stdout", text="2 of 2, on another machine\n")]
    course.solution(NAME).write_text(builder.text(nb))
    builder.check(course, [NAME], report=quiet)
    tests.outputs = [nbformat.v4.new_output("error", ename="Failed", evalue="1 of 2", traceback=[])]
    course.solution(NAME).write_text(builder.text(nb))
    with pytest.raises(CourseError, match="full marks"):
        builder.check(course, [NAME], report=quiet)


def test_every_cell_says_what_it_is(chapter):
    course = chapter("\n```{code-cell}\n:setup:\n\nx = 1\n```\n" + EXERCISE + TESTS + "\n```{code-cell}\nx\n```\n")
    nb = builder.expand(read(course, NAME), course.settings(), NAME)
    roles = [cell.metadata.course.role for cell in nb.cells if cell.cell_type == "code"]
    assert roles == ["setup", "setup", "exercise", "tests", "demo"]
    tests = next(cell for cell in nb.cells if cell.id == "test_double").source.split("\n")
    assert tests[0] == "# Check double: run this cell (2 points)"  # all that shows while the cell is folded
    assert tests[1:4] == ["from helpers.checks import Check, expect", "", 'check = Check("double", points=2)']
    assert tests[-1] == "check.score()"


def test_ids_stay_when_a_cell_is_inserted(chapter):
    old = builder.expand(read(chapter(), NAME), {"repository": "a/b", "branch": "main"}, NAME)
    new = builder.expand(read(chapter("\n+++\n\nMore.\n" + EXERCISE + TESTS), NAME),
                         {"repository": "a/b", "branch": "main"}, NAME)
    assert {cell.id for cell in old.cells} < {cell.id for cell in new.cells}
    twice = builder.expand(read(chapter("\n+++\n\nMore.\n\n+++\n\nMore.\n"), NAME),
                           {"repository": "a/b", "branch": "main"}, NAME)
    assert len({cell.id for cell in twice.cells}) == len(twice.cells)


def test_a_solution_that_does_not_get_full_marks_is_refused_by_check(built):
    course, before = built
    edit(course, "return x + x", "return abs(x) + abs(x)")
    with pytest.raises(CourseError) as refused:
        builder.build(course, [NAME], report=quiet)
    assert "full marks" in str(refused.value) and "negative numbers too" in str(refused.value)
    assert str(refused.value).startswith("solutions/01_tiny.md:2")
    assert contents(course) == before and clean(course)


def test_a_figure_without_alt_text_is_refused(chapter):
    course = chapter(EXERCISE + TESTS + FIGURE)
    with pytest.raises(CourseError, match="without alt text"):
        builder.build(course, [NAME], report=quiet)
    assert not course.solution(NAME).exists() and clean(course)


def test_a_cell_that_fails_is_named_and_the_other_chapters_are_built(chapter):
    chapter()
    course = chapter(EXERCISE + TESTS + "\n```{code-cell}\n1 / 0\n```\n", name="02_broken")
    said = []
    with pytest.raises(CourseError, match="solutions/02_broken.md:3.: ZeroDivisionError"):
        builder.build(course, ["02_broken", NAME], report=said.append)
    assert course.chapter(NAME).is_file() and not course.chapter("02_broken").exists()
    assert len(said) == 3 and "NOT built" in said[0] and said[1].startswith("01_tiny: built")


def test_a_full_disk_leaves_the_old_notebooks_whole(built, monkeypatch):
    course, before = built
    edit(course, "Prose.", "Better prose.")

    def full(*_):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    monkeypatch.setattr(builder, "execute", quiet)
    monkeypatch.setattr(builder.os, "replace", full)
    with pytest.raises(OSError, match="No space left"):
        builder.build(course, [NAME], report=quiet)
    assert contents(course) == before and clean(course)


def test_an_interrupt_leaves_the_old_notebooks_whole(built, monkeypatch):
    course, before = built
    edit(course, "Prose.", "Better prose.")

    def interrupt(*_):
        raise KeyboardInterrupt
    monkeypatch.setattr(builder, "execute", interrupt)
    with pytest.raises(KeyboardInterrupt):
        builder.build(course, [NAME], report=quiet)
    assert contents(course) == before and clean(course)


def test_an_interrupt_while_a_cell_runs_ends_the_kernel_too(built):
    course, before = built
    edit(course, "Prose.", "Prose.\n\n```{code-cell}\nopen('running', 'w').close()\nwhile True: pass\n```")
    process = subprocess.Popen([sys.executable, "-m", "course.cli", "build"], cwd=course.root, text=True,
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                               env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)})
    while not list(course.root.glob(".build-*/solutions/*/running")):
        assert process.poll() is None, process.communicate()
        time.sleep(0.1)
    process.send_signal(signal.SIGTERM)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 1 and err == "interrupted; what was not finished is as it was before\n"
    assert contents(course) == before and clean(course)


def test_a_missing_kernel_is_said_in_one_line(built, monkeypatch):
    course, before = built
    monkeypatch.setattr(builder, "KERNEL", "no-such-kernel")
    with pytest.raises(CourseError, match="ipykernel install"):
        builder.build(course, [NAME], report=quiet)
    assert contents(course) == before and clean(course)


@pytest.fixture
def command(monkeypatch):
    """A function that runs `course` with the given arguments in a folder."""
    def run(folder, *arguments):
        monkeypatch.chdir(folder)
        return CliRunner(env={"COLUMNS": "200", "NO_COLOR": "1"}).invoke(app, arguments)
    return run


@pytest.mark.parametrize("arguments, says", [
    (["build"], "solutions/01_tiny.md:13: exercise 'double' has no tests cell"),
    (["build", "--check"], "has no tests cell"),
    (["build", "99"], "no chapter '99' in solutions/; there are: 01_tiny"),
    (["build", "--chek"], "--check"),
    (["biuld"], "build"),
    (["lab"], "run `course build`"),
])
def test_the_command_line_says_what_is_wrong_without_a_traceback(chapter, command, arguments, says):
    done = command(chapter(EXERCISE).root, *arguments)
    assert isinstance(done.exception, SystemExit) and done.exit_code != 0 and says in done.stderr


@pytest.mark.parametrize("error, says", [
    (KeyboardInterrupt(), "interrupted"),
    (OSError(errno.ENOSPC, "No space left on device", "x.ipynb"), "No space left on device: x.ipynb"),
])
def test_an_interrupt_and_a_full_disk_are_one_line(chapter, command, monkeypatch, error, says):
    def fail(*_, **__):
        raise error
    monkeypatch.setattr(builder, "build", fail)
    done = command(chapter().root, "build")
    assert done.exit_code == 1 and says in done.stderr and done.stderr.count("\n") == 1


def test_help_names_the_commands(tmp_path, command):
    done = command(tmp_path, "--help")
    assert done.exit_code == 0
    assert all(name in done.stdout for name in ("build", "doctor", "lab"))
