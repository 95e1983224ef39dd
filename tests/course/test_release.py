"""What students get holds no solution, and runs from top to bottom while it is unsolved."""

import nbformat
import pytest
from tiny import EXERCISE, TESTS

from course import build as builder
from course.release import leaks, release
from course.source import read

NAME = "01_tiny"
ANSWER = """
+++ {"answer": "why", "points": 1}

<!-- BEGIN SOLUTION -->
Since adding a number to itself is what doubling means.
<!-- END SOLUTION -->
"""
DEMO = """
```{code-cell}
:needs-solution:

double(21)
```
"""


@pytest.fixture
def pair(chapter, tmp_path):
    """The worked notebook and the released one."""
    course = chapter(EXERCISE + TESTS + DEMO + ANSWER)
    worked = builder.expand(read(course, NAME), course.settings(), NAME)
    folder = tmp_path / "scratch" / "solutions" / NAME
    folder.mkdir(parents=True)
    nbformat.write(worked, folder / f"{NAME}.ipynb")
    released = release(course.root, tmp_path / "scratch" / "solutions", tmp_path / "scratch" / "chapters", NAME)
    return worked, nbformat.read(released, 4)


def cell(nb, name):
    return next(cell for cell in nb.cells if cell.id == name)


def test_a_release_holds_the_stubs_and_no_secret(pair):
    worked, released = pair
    assert leaks(worked, released) == []
    assert "raise NotImplementedError" in cell(released, "double").source
    assert "negative" not in cell(released, "test_double").source
    assert "adding" not in cell(released, "why").source


def test_exactly_the_cells_that_must_fail_are_tagged(pair):
    _, released = pair
    tagged = [cell for cell in released.cells if "raises-exception" in cell.metadata.get("tags", [])]
    assert [cell.id for cell in tagged][:1] == ["test_double"] and len(tagged) == 2
    assert tagged[1].source == "double(21)"


@pytest.mark.parametrize("name, text", [
    ("why", "For adding a number to itself is what doubling means, and\n"
            "Since adding a number to itself is what doubling means."),
    ("test_double", '    expect(double(-3) == -6, "look at the sign of your result")'),
    ("double", "def double(x):\n    return x + x"),  # shorter than 14 characters, so compared cell by cell
    ("double", "### BEGIN SOLUTION"),
])
def test_a_leak_is_found(pair, name, text):
    worked, released = pair
    cell(released, name).source = text
    assert leaks(worked, released)


def test_a_secret_is_found_in_outputs_and_other_cells(pair):
    worked, released = pair
    secret = "Since adding a number to itself is what doubling means."
    released.cells[0].source += f"\n\n{secret}"
    assert leaks(worked, released)
    released.cells[0].source = "# Tiny"
    cell(released, "test_double").outputs = [nbformat.v4.new_output("stream", text="2 of 2")]
    assert leaks(worked, released)


def test_a_chapter_without_any_secret_is_suspicious(pair):
    worked, released = pair
    worked.cells = [cell for cell in worked.cells if "nbgrader" not in cell.metadata]
    assert leaks(worked, released)
