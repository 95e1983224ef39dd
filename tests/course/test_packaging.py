"""One set of requirements, said in three files and kept in agreement; clean code; links that lead somewhere."""

import importlib.metadata
import re
import subprocess
import sys
import tomllib

import pytest
import yaml
from packaging.requirements import Requirement
from tiny import ROOT

from course.source import outside_code

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
DEPENDENCIES = PROJECT["project"]["dependencies"]
EXTRAS = [line for extra in PROJECT["project"]["optional-dependencies"].values() for line in extra]
DOCS = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]


def test_environment_yml_asks_for_the_same():
    *conda, pip = yaml.safe_load((ROOT / "environment.yml").read_text())["dependencies"]
    assert conda == [f"python{PROJECT['project']['requires-python']}", "pip"]
    assert set(pip["pip"]) == {*DEPENDENCIES, *EXTRAS, "-c constraints.txt", "-e ."}


def test_the_pinned_versions_satisfy_the_bounds():
    lines = (ROOT / "constraints.txt").read_text().splitlines()
    pins = {Requirement(line).name.lower(): line.split("==")[1] for line in lines if line and line[0] != "#"}
    for requirement in map(Requirement, [*DEPENDENCIES, *EXTRAS]):
        assert requirement.specifier.contains(pins[requirement.name.lower()]), requirement


def test_nothing_asks_for_torchvision_or_torchaudio():
    # Their wheels do not load on a torch of another build, and transformers then fails to import.
    names = [Requirement(line).name for line in [*DEPENDENCIES, *EXTRAS]]
    assert not {"torchvision", "torchaudio"} & set(names)


def test_every_package_folder_is_distributed():
    folders = {".".join(path.parent.relative_to(ROOT).parts)
               for top in ("helpers", "course") for path in (ROOT / top).rglob("__init__.py")}
    assert folders == set(PROJECT["tool"]["setuptools"]["packages"])
    assert importlib.metadata.version("fill-in-the-blank") == PROJECT["project"]["version"]


def test_ruff_has_nothing_to_say():
    done = subprocess.run([sys.executable, "-m", "ruff", "check", "--no-cache", "."], cwd=ROOT, capture_output=True,
                          text=True)
    assert done.returncode == 0, done.stdout


def anchors(path):
    """The anchors that a host of Markdown files makes of the headings."""
    headings = re.findall(r"^#+ (.*)$", path.read_text(encoding="utf-8"), re.M)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("path", DOCS, ids=lambda path: path.name)
def test_links_lead_somewhere_and_pictures_have_alt_text(path):
    for _, line in outside_code(path.read_text(encoding="utf-8")):
        assert not re.search(r"!\[\s*\]\(|<img(?![^>]*\balt=[\"'][^\"'])", line), f"no alt text: {line}"
        for target in re.findall(r"\]\(([^()\s]+)\)", line) + re.findall(r"(?:href|src)=[\"']([^\"']+)", line):
            if not re.match(r"[a-z]+:", target):
                file, _, anchor = target.partition("#")
                there = (path.parent / file).resolve() if file else path
                assert there.exists(), f"broken link: {target}"
                assert not anchor or there.suffix != ".md" or anchor in anchors(there), f"no such heading: {target}"
