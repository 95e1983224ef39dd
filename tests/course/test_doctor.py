"""The doctor names what is wrong with a set-up and what to do about it."""

import importlib.metadata
import tempfile

import pytest
from jupyter_client.kernelspec import KernelSpecManager, NoSuchKernel
from tiny import lay_out
from typer.testing import CliRunner

from course import doctor
from course.cli import app


@pytest.fixture
def course(tmp_path):
    return lay_out(tmp_path, "01_tiny")


def problems(course):
    found = [finding for finding in doctor.examine(course) if not finding.ok]
    assert all(finding.advice for finding in found)
    return [finding.what for finding in found]


def test_the_environment_of_this_suite_is_sound(course):
    assert problems(course) == []


def test_old_and_missing_packages_are_named(course, monkeypatch):
    version = importlib.metadata.version

    def other(name):
        if name == "nbgrader":
            raise importlib.metadata.PackageNotFoundError(name)
        return "0.1" if name == "typer" else version(name)
    monkeypatch.setattr(importlib.metadata, "version", other)
    found = "; ".join(problems(course))
    assert "nbgrader>=" in found and "is not installed" in found and "typer 0.1 is installed" in found


def test_a_missing_kernel_is_named(course, monkeypatch):
    def missing(self, name):
        raise NoSuchKernel(name)
    monkeypatch.setattr(KernelSpecManager, "get_kernel_spec", missing)
    assert problems(course) == ["no Jupyter kernel named python3"]


def test_another_pythons_kernel_is_named(course, monkeypatch):
    spec = KernelSpecManager().get_kernel_spec("python3")
    spec.argv[0] = "/elsewhere/bin/python"
    monkeypatch.setattr(KernelSpecManager, "get_kernel_spec", lambda self, name: spec)
    assert "/elsewhere/bin/python" in problems(course)[0]


def test_a_folder_that_is_not_writable_is_named_and_the_exit_code_says_so(course, monkeypatch):
    def refuse(**_):
        raise PermissionError(13, "Permission denied")
    monkeypatch.setattr(tempfile, "TemporaryFile", refuse)
    assert "is not writable (Permission denied)" in problems(course)[0]
    monkeypatch.chdir(course.root)
    done = CliRunner().invoke(app, ["doctor"])
    assert done.exit_code == 1 and "a folder of your own" in done.stdout
