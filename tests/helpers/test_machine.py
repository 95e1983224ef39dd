"""The environment report says what is there, and what to do about what is not."""

from collections import namedtuple

from helpers import machine


def test_this_machine_can_run_the_course(capsys):
    machine.report()
    assert "Python" in capsys.readouterr().out
    assert all(finding.ok for finding in machine.findings())


def test_every_problem_comes_with_advice(monkeypatch):
    monkeypatch.setattr(machine.sys, "version_info", namedtuple("V", "major minor micro")(3, 9, 1))
    monkeypatch.setattr(machine.importlib.util, "find_spec", lambda name: object() if name == "torchvision" else None)
    monkeypatch.setattr(machine.importlib, "import_module", lambda name: 1 / 0)
    monkeypatch.setattr(machine.shutil, "disk_usage", lambda path: namedtuple("U", "total used free")(1, 1, 0))
    problems = [finding for finding in machine.findings() if not finding.ok]
    assert [p.what.split()[0] for p in problems] == ["Python", "PyTorch", "torchvision", "0.0"]
    assert all(p.advice for p in problems)
