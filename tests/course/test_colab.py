"""On Colab a chapter installs the helpers and changes none of Colab's packages; elsewhere its first cell is idle."""

import ast
import importlib.metadata
import re
import sys
import tomllib

import pytest
from IPython.core.inputtransformer2 import TransformerManager
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from tiny import ROOT

from course import colab

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
LIST = (ROOT / "tests" / "colab-pip-freeze.txt").read_text()
COLAB = {name.lower(): version for name, version in re.findall(r"^([\w.-]+)==(\S+)$", LIST, re.M)}
SETTINGS = {"repository": "someone/their-fork", "branch": "trunk"}


def imported():
    """The distributions that helpers/*.py import, at the top or inside functions."""
    modules = set()
    for path in (ROOT / "helpers").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                modules |= {alias.name.split(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and not node.level:
                modules.add(node.module.split(".")[0])
    distributions = importlib.metadata.packages_distributions()
    return {distributions[module][0].lower() for module in modules - sys.stdlib_module_names - {"helpers"}}


def test_helpers_import_only_what_the_project_asks_for():
    assert imported() <= {Requirement(line).name.lower() for line in PROJECT["dependencies"]}


@pytest.mark.parametrize("name", sorted(imported()))
def test_colab_has_it_new_enough_or_the_cell_installs_it(name):
    bound = next(Requirement(line) for line in PROJECT["dependencies"] if Requirement(line).name.lower() == name)
    lacking = {Requirement(line).name.lower(): Requirement(line) for line in colab.LACKS}
    if name in lacking:
        assert name not in COLAB, "installing it would change Colab's own"
        assert all(bound.specifier.contains(pin.version) for pin in lacking[name].specifier)
    else:
        assert bound.specifier.contains(COLAB[name]), f"Colab has {name} {COLAB[name]}"


@pytest.mark.parametrize("line", colab.LACKS)
def test_colab_has_what_the_packages_it_lacks_need(line):
    needs = importlib.metadata.requires(Requirement(line).name) or []
    for need in map(Requirement, needs):
        if need.marker is None or need.marker.evaluate({"extra": ""}):
            assert need.specifier.contains(COLAB[need.name.lower()]), need


def test_colabs_python_is_one_of_ours():
    assert SpecifierSet(PROJECT["requires-python"]).contains(re.search(r"Python ([\d.]+)", LIST)[1].rstrip("."))


def run_install_cell():
    """Run the cell and return the magics it called."""
    called = []

    class Shell:
        def run_line_magic(self, magic, line):
            called.append((magic, line))
    code = TransformerManager().transform_cell(colab.install_cell(SETTINGS))
    exec(code, {"get_ipython": Shell})
    return called


def test_elsewhere_the_cell_does_nothing():
    assert run_install_cell() == []


def test_on_colab_it_installs_this_distribution_alone_from_the_fork(monkeypatch):
    monkeypatch.setitem(sys.modules, "google.colab", object())
    [(magic, line)] = run_install_cell()
    assert magic == "pip" and line.startswith("install -q --no-deps ")
    assert line.split()[3:] == [*colab.LACKS, "https://github.com/someone/their-fork/archive/refs/heads/trunk.zip"]


def test_the_badge_opens_the_chapter_of_the_fork():
    badge = colab.badge(SETTINGS, "01_tiny")
    assert "/github/someone/their-fork/blob/trunk/chapters/01_tiny/01_tiny.ipynb)" in badge
    assert badge.startswith("[![Open in Colab]")
