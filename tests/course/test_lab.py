"""A learner's copies: new chapters are added, a file that they changed is never touched."""

import pytest
from tiny import lay_out

from course import lab

NAMES = ("01_tiny", "02_more")


@pytest.fixture
def course(tmp_path):
    for name in NAMES:
        course = lay_out(tmp_path, name)
        course.chapter(name).parent.mkdir(parents=True)
        course.chapter(name).write_text(f"{name} as released")
    return course


def copy(course, name):
    return course.root / "work" / name / f"{name}.ipynb"


def test_every_chapter_is_copied_once(course):
    assert lab.lay_out(course) == [f"{name}: added to work/" for name in NAMES]
    assert all(copy(course, name).read_bytes() == course.chapter(name).read_bytes() for name in NAMES)
    assert lab.lay_out(course) == []


def test_a_learners_own_file_is_never_overwritten(course):
    lab.lay_out(course)
    copy(course, "01_tiny").write_text("my answers")
    assert lab.lay_out(course) == []
    course.chapter("01_tiny").write_text("a new edition")
    said = lab.lay_out(course)
    assert copy(course, "01_tiny").read_text() == "my answers"
    assert len(said) == 1 and "your file is kept" in said[0]


def test_an_unchanged_copy_follows_the_course(course):
    lab.lay_out(course)
    course.chapter("01_tiny").write_text("a new edition")
    assert lab.lay_out(course) == ["01_tiny: brought up to date; you had not changed it"]
    assert copy(course, "01_tiny").read_text() == "a new edition"


@pytest.mark.parametrize("lost", ["not json", "[]", "5"])
def test_an_unchanged_copy_follows_the_course_also_when_the_record_was_lost(course, lost):
    lab.lay_out(course)
    (course.root / "work" / lab.ORIGINS).write_text(lost)
    assert lab.lay_out(course) == []
    course.chapter("01_tiny").write_text("a new edition")
    assert lab.lay_out(course) == ["01_tiny: brought up to date; you had not changed it"]


def test_a_file_of_unknown_origin_is_kept(course):
    copy(course, "01_tiny").parent.mkdir(parents=True)
    copy(course, "01_tiny").write_text("from somewhere")
    (course.root / "work" / lab.ORIGINS).write_text("not json")
    lab.lay_out(course)
    assert copy(course, "01_tiny").read_text() == "from somewhere"


def test_the_lab_starts_in_the_root_on_the_first_chapter(course, monkeypatch):
    started = []
    monkeypatch.setattr("jupyterlab.labapp.main", started.append)
    monkeypatch.chdir(course.root / "solutions")
    lab.start(course, ["--no-browser"])
    assert f"--ServerApp.root_dir={course.root}" in started[0] and started[0][-1] == "--no-browser"
    page = "work/01_tiny/01_tiny.ipynb"
    assert f"--LabApp.default_url=/lab/tree/{page}" in started[0]
