"""The notebooks in the repository: fresh, fully solved, and nothing of the solutions in what students open."""

import nbformat
import pytest
from inprocess import BUILT, COURSE, NAMES, role, worked
from nbgrader.utils import determine_grade, is_grade

from course.build import stale
from course.release import leaks


@pytest.mark.parametrize("name", NAMES)
def test_the_notebooks_are_what_their_text_gives(name, tmp_path):
    assert stale(COURSE, name, tmp_path) == []


@pytest.mark.parametrize("name", BUILT)
def test_nothing_of_the_solution_is_published(name):
    assert leaks(worked(name), nbformat.read(COURSE.chapter(name), 4)) == []


@pytest.mark.parametrize("name", BUILT)
def test_the_worked_solution_gets_full_marks(name):
    for cell in worked(name).cells:
        if is_grade(cell) and role(cell) == "tests":
            points = cell.metadata.nbgrader.points
            assert determine_grade(cell) == (points, points), cell.id


@pytest.mark.parametrize("name", BUILT)
def test_the_notebooks_open_everywhere(name):
    for path in (COURSE.solution(name), COURSE.chapter(name)):
        nb = nbformat.read(path, 4)
        nbformat.validate(nb)
        assert nb.nbformat_minor == 5 and set(nb.metadata) == {"kernelspec", "language_info"}
        assert nb.metadata.kernelspec.name == "python3"


def test_chapters_holds_nothing_but_chapters():
    files = {path for path in (COURSE.root / "chapters").rglob("*")
             if path.is_file() and ".ipynb_checkpoints" not in path.parts}
    assert files == {COURSE.chapter(name) for name in NAMES}
