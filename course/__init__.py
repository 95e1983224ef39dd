"""What instructors and maintainers run: build the chapters, open the lab, look over a machine.

`helpers` never imports this package, and no notebook does.
"""

import tomllib
from dataclasses import dataclass
from pathlib import Path


class CourseError(Exception):
    """Something the reader can put right; each line of the text names one place and what to do."""


@dataclass(frozen=True)
class Course:
    """Where the parts of a course lie, below its root (the folder of pyproject.toml and solutions/)."""

    root: Path

    @classmethod
    def find(cls, start=None):
        """The course around `start` (default: the current folder), else the one this package lies in."""
        start = Path(start or Path.cwd()).resolve()
        for root in (start, *start.parents, Path(__file__).resolve().parent.parent):
            if (root / "solutions").is_dir() and (root / "nbgrader_config.py").is_file():
                return cls(root)
        raise CourseError(f"{start} is not inside a course: no folder above it has solutions/ and nbgrader_config.py")

    def source(self, name):
        """The text that a person edits."""
        return self.root / "solutions" / f"{name}.md"

    def solution(self, name):
        """The worked solution, built from the text and executed."""
        return self.root / "solutions" / name / f"{name}.ipynb"

    def chapter(self, name):
        """What students open, built from the worked solution."""
        return self.root / "chapters" / name / f"{name}.ipynb"

    def copy(self, name):
        """A learner's own copy of a chapter, made by `course lab` and never published."""
        return self.root / "work" / name / f"{name}.ipynb"

    def names(self, chosen=()):
        """All chapters in order, or the `chosen` ones; accepts `01`, `01_concepts` and `solutions/01_concepts.md`."""
        every = sorted(path.stem for path in (self.root / "solutions").glob("[0-9][0-9]_*.md"))
        if not chosen:
            return every
        found = []
        for wanted in chosen:
            stem = Path(wanted).stem
            matches = [name for name in every if stem in (name, name.split("_")[0])]
            if not matches:
                raise CourseError(f"no chapter {wanted!r} in solutions/; there are: {', '.join(every) or 'none'}")
            found += matches
        return sorted(set(found))

    def settings(self):
        """`[tool.course]` of pyproject.toml."""
        return self.project()["tool"]["course"]

    def project(self):
        """pyproject.toml, as a dict."""
        return tomllib.loads((self.root / "pyproject.toml").read_text(encoding="utf-8"))
