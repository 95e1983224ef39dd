"""Stock nbgrader grades the course's notebooks: assign, autograde, feedback, export, on its own command line."""

import csv
import os
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from inprocess import BUILT, COURSE, grade, mutants, role, worked

NAME = BUILT[0]


def nbgrader(folder, environment, *arguments):
    """Run an nbgrader command; the PATH matters, for a new gradebook calls alembic by name."""
    path = os.pathsep.join([str(Path(sys.executable).parent), environment["PATH"]])
    done = subprocess.run([sys.executable, "-m", "nbgrader", *arguments], cwd=folder, capture_output=True, text=True,
                          env={**environment, "PATH": path, "COURSE_QUICK": "1"}, timeout=500)
    assert done.returncode == 0, done.stderr[-3000:]


def submit(folder, student, answers):
    """Hand in the chapter with `answers` (cell id -> source) filled in."""
    nb = nbformat.read(COURSE.chapter(NAME), 4)
    for cell in nb.cells:
        cell.source = answers.get(cell.id, cell.source)
    target = folder / "submitted" / student / NAME
    target.mkdir(parents=True)
    nbformat.write(nb, target / f"{NAME}.ipynb")


@pytest.fixture(scope="module")
def graded(tmp_path_factory, kernel_environment):
    """Three submissions taken through the whole cycle: their expected points, and the folder."""
    folder = tmp_path_factory.mktemp("course")
    for file in ("nbgrader_config.py", "pyproject.toml"):
        (folder / file).write_text((COURSE.root / file).read_text())
    (folder / "solutions" / NAME).mkdir(parents=True)
    nbformat.write(worked(NAME), folder / "solutions" / NAME / f"{NAME}.ipynb")

    solved = {cell.id: cell.source for cell in worked(NAME).cells if role(cell) in ("exercise", "answer")}
    points = {cell.metadata.nbgrader.grade_id.removeprefix("test_"): cell.metadata.nbgrader.points
              for cell in worked(NAME).cells if role(cell) == "tests"}
    wrong = next(mutant for mutant in mutants(NAME) if not mutant.right and grade(mutant)[0] > 0)
    undone = next(name for name in points if name != wrong.exercise)
    partly = {**solved, wrong.exercise: wrong.code}
    del partly[undone]
    expected = {
        "solved": sum(points.values()),
        "empty": 0,
        "partly": sum(points.values()) - points[undone] - points[wrong.exercise] + grade(wrong)[0],
    }
    submit(folder, "solved", solved)
    submit(folder, "empty", {})
    submit(folder, "partly", partly)
    nbgrader(folder, kernel_environment, "generate_assignment", NAME, "--force")
    nbgrader(folder, kernel_environment, "autograde", NAME)
    nbgrader(folder, kernel_environment, "generate_feedback", NAME)
    nbgrader(folder, kernel_environment, "export")
    return folder, expected


def test_the_release_is_the_committed_chapter(graded):
    folder, _ = graded
    assert (folder / "chapters" / NAME / f"{NAME}.ipynb").read_bytes() == COURSE.chapter(NAME).read_bytes()


def test_each_submission_gets_its_score(graded):
    folder, expected = graded
    with open(folder / "grades.csv", newline="") as file:
        scores = {row["student_id"]: float(row["score"]) for row in csv.DictReader(file)}
    assert scores == pytest.approx(expected)


def test_each_student_gets_feedback(graded):
    folder, expected = graded
    for student in expected:
        assert (folder / "feedback" / student / NAME / f"{NAME}.html").stat().st_size > 0
