"""Read a chapter's text and refuse what would go wrong later, with file and line.

`read` returns a `Source`: the notebook as jupytext reads it, and the list of `problems` found in it.
"""

import ast
import difflib
import math
import re

import jupytext.myst
import nbformat
import yaml

from helpers.forbid import resolve

KINDS = ("exercise", "tests", "answer", "readonly", "setup")
OPTIONS = {*KINDS, "points", "forbids", "needs-solution", "tags"}
TAGS = {"nbval-ignore-output", "nbval-skip", "nbval-check-output", "raises-exception", "hide-input"}
REGIONS = ("SOLUTION", "HIDDEN TESTS")
MARKERS = {
    "code": {f"### {edge} {region}": (edge, region) for region in REGIONS for edge in ("BEGIN", "END")},
    "markdown": {f"<!-- {edge} SOLUTION -->": (edge, "SOLUTION") for edge in ("BEGIN", "END")},
}
# What looks as if it were meant to be a marker; everything that looks so must be one, to the letter.
LIKE_MARKER = {
    "code": re.compile(r"\s*(###|#.*\b(BEGIN|END|SOLUTION|HIDDEN)\b)"),
    "markdown": re.compile(r"\s*(###.*\b(BEGIN|END) [A-Z]|<!--\s*[A-Z ]+-->|<!--.*\b(BEGIN|END|SOLUTION)\b)"),
}


class Source:
    """One chapter's text: `.nb` as jupytext reads it, `.problems` as "file:line: what, and what to do"."""

    def __init__(self, path, label):
        self.label, self.problems, self.nb = label, [], None
        try:
            text = path.read_text(encoding="utf-8-sig")  # some editors begin a file with a byte order mark
        except UnicodeDecodeError as error:
            line = 1 + path.read_bytes().count(b"\n", 0, error.start)
            self.problem(line, f"not UTF-8 text ({error.reason}); save the file as UTF-8")
            return
        self.lines = text.split("\n")
        try:
            self.nb = jupytext.myst.myst_to_notebook(text, add_source_map=True)
        except (jupytext.myst.MystMetadataParsingError, yaml.YAMLError) as error:
            line = re.search(r"line (\d+)", str(error))
            self.problem(int(line[1]) if line else 1, " ".join(str(error).split()))
            return
        except nbformat.ValidationError as error:  # an option of the wrong kind: tags that are no list
            line = next((n for n, line in enumerate(self.lines, 1) if str(error.instance) in line), 1)
            self.problem(line, f"{'.'.join(map(str, error.path))}: {error.message}")
            return
        if "kernelspec" not in self.nb.metadata:
            self.problem(1, "the front matter (--- ... ---) names no kernelspec; copy that of another chapter")
        for cell, start in zip(self.nb.cells, self.nb.metadata.pop("source_map"), strict=True):
            cell.metadata["line"] = start + 1

    def problem(self, line, what):
        self.problems.append(f"{self.label}:{line}: {what}")

    def line_of(self, cell, text):
        """The line on which `text` (a whole line of `cell`) stands in the file."""
        start = cell.metadata["line"] - 1
        return next((n for n in range(start, len(self.lines)) if self.lines[n].strip() == text.strip()), start) + 1


def read(course, name):
    """Read solutions/`name`.md and look for everything that can be known without running it."""
    path = course.source(name)
    source = Source(path, path.relative_to(course.root).as_posix())
    if source.nb is not None:
        if not source.nb.cells or not source.nb.cells[0].source.startswith("# "):
            source.problem(1, "a chapter opens with its title, a markdown cell that starts with '# '")
        for cell in source.nb.cells:
            _options(source, cell)
            _markers(source, cell)
            (_code if cell.cell_type == "code" else _prose)(source, cell)
        _pairs(source)
        _links(source, course, name)
    return source


def _near(word, known):
    """', did you mean X?' where something known is close to `word`."""
    close = difflib.get_close_matches(word, known, n=1)
    return f", did you mean {close[0]!r}?" if close else ""


def _options(source, cell):
    meta, line = cell.metadata, cell.metadata["line"]
    for key in meta.keys() - OPTIONS - {"line"}:
        at = source.line_of(cell, f":{key}: {meta[key]}") if cell.cell_type == "code" else line - 1
        source.problem(at, f"unknown option {key!r}{_near(key, OPTIONS)}")
    for tag in set(meta.get("tags") or []) - TAGS:
        source.problem(line, f"unknown tag {tag!r}{_near(tag, TAGS)}")
    kinds = [kind for kind in KINDS if kind in meta]
    if len(kinds) > 1:
        source.problem(line, f"one cell cannot be {' and '.join(kinds)}; split it")
    for kind in kinds:
        if kind in ("exercise", "tests", "setup") and cell.cell_type != "code":
            source.problem(line, f"{kind} belongs to a code cell; what is answered in prose is an answer")
        name = meta[kind] if isinstance(meta[kind], str) else ""
        if kind != "setup" and not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]{0,50}", name):
            source.problem(line, f"{kind} needs a name of letters, digits and _, not {meta[kind]!r}")
    graded = "tests" in meta or "answer" in meta
    if graded and (type(meta.get("points")) not in (int, float) or not 0 < meta["points"] < math.inf):
        source.problem(line, f"{'tests' if 'tests' in meta else 'answer'} needs points, a number above 0")
    if "points" in meta and not graded:
        source.problem(line, "points belong to a tests cell or an answer graded by hand")
    if "forbids" in meta and "tests" not in meta:
        source.problem(line, "forbids belongs to the tests cell of the exercise")
    for path in forbidden(cell):
        try:
            resolve(path)
        except ValueError as error:
            source.problem(line, str(error))


def forbidden(cell):
    """The dotted paths of a tests cell's `forbids` option."""
    return [path.strip() for path in str(cell.metadata.get("forbids") or "").split(",") if path.strip()]


def _markers(source, cell):
    meta, known = cell.metadata, MARKERS.get(cell.cell_type, {})
    opened, seen = None, set()
    for text in cell.source.split("\n"):
        if not LIKE_MARKER.get(cell.cell_type, LIKE_MARKER["code"]).match(text):
            continue
        at = source.line_of(cell, text)
        if text.strip() not in known:
            source.problem(at, f"{text.strip()!r} looks like a marker and is none{_near(text.strip(), known)}")
            continue
        edge, region = known[text.strip()]
        if edge == "BEGIN" and opened:
            source.problem(at, f"BEGIN {region} inside the {opened} region; end that first")
        elif edge == "END" and opened != region:
            source.problem(at, f"END {region} without its BEGIN")
        if region == "HIDDEN TESTS" and "tests" not in meta:
            source.problem(at, "hidden tests belong in a tests cell")
        if region == "SOLUTION" and not ("exercise" in meta or "answer" in meta):
            source.problem(at, "a solution belongs in a cell with the option exercise (or answer)")
        opened = region if edge == "BEGIN" else None
        seen.add(region)
    if opened:
        source.problem(meta["line"], f"this cell's BEGIN {opened} has no END")
    if ("exercise" in meta or "answer" in meta) and "SOLUTION" not in seen:
        begin = next(iter(known))
        source.problem(meta["line"], f"the cell shows its solution to everyone: put it between {begin!r} and END")


def _code(source, cell):
    meta, line = cell.metadata, cell.metadata["line"]
    if "tests" in meta:
        for text in cell.source.split("\n"):
            if re.search(r"\bCheck\(|\bcheck\.score\(", text):
                source.problem(source.line_of(cell, text), "the builder writes Check(...) and check.score(); "
                                                           "points and forbids stand in the options")
        if not re.search(r"\bcheck\(", cell.source):
            source.problem(line, "a tests cell holds at least one @check(...)")
    plain = "\n".join(re.sub(r"^(\s*)[%!].*", r"\1pass", text) for text in cell.source.split("\n"))
    try:
        tree = ast.parse("" if cell.source.startswith("%%") else plain)
    except SyntaxError as error:
        text = cell.source.split("\n")[(error.lineno or 1) - 1]
        source.problem(source.line_of(cell, text), f"not Python: {error.msg}")
        return
    defined = {node.name for node in tree.body if isinstance(node, ast.FunctionDef | ast.ClassDef)}
    if "exercise" in meta and str(meta["exercise"]) not in defined:
        source.problem(line, f"exercise {meta['exercise']} defines no function or class of that name")


def outside_code(text):
    """The lines of a markdown cell that are not inside a fence, `code` blanked out."""
    fence = None
    for line in text.split("\n"):
        mark = re.match(r"\s*(```+|~~~+)", line)
        if mark and fence is None:
            fence = mark[1]
        elif mark and line.strip().startswith(fence):
            fence = None
        elif fence is None:
            yield line, re.sub(r"`[^`]*`", "``", line)


def _prose(source, cell):
    for text in cell.source.split("\n"):
        at = source.line_of(cell, text)
        if "{code-cell}" in text:
            source.problem(at, "this code cell has become prose: its fence must start in the first column")
        elif re.match(r"\s*(`{3,}|:{3,})\{", text):
            source.problem(at, "a notebook cannot show this directive; write plain Markdown")
    for text, bare in outside_code(cell.source):
        at = source.line_of(cell, text)
        if re.search(r"!\[\s*\]\(", bare) or re.search(r"<img(?![^>]*\balt=[\"'][^\"'])", bare):
            source.problem(at, "an image needs alternative text that says what it shows")
        if re.search(r"\{[a-z-]+\}``", bare):
            source.problem(at, "a notebook cannot show this role; write plain Markdown")


def _pairs(source):
    """Every exercise has its tests after it, every tests cell its exercise before it, and a name is used once."""
    named, waiting = {}, {}
    for cell in source.nb.cells:
        meta, name = cell.metadata, grade_id(cell)
        if not isinstance(name, str):  # none, or refused above
            continue
        if name in named:
            source.problem(meta["line"], f"the name {name!r} is taken by the cell at line {named[name]}")
            continue
        named[name] = meta["line"]
        if "exercise" in meta:
            waiting[name] = meta["line"]
        elif "tests" in meta and waiting.pop(name.removeprefix("test_"), None) is None:
            source.problem(meta["line"], f"tests for {meta['tests']!r}, and no exercise of that name before them")
    for name, line in waiting.items():
        source.problem(line, f"exercise {name!r} has no tests cell after it")


def grade_id(cell):
    """nbgrader's name of a cell, None for an ordinary one."""
    meta = cell.metadata
    if "tests" in meta:
        return f"test_{meta['tests']}"
    return next((meta[kind] for kind in ("exercise", "answer", "readonly") if kind in meta), None)


def headings(text):
    """The anchors that Jupyter makes of the headings in a chapter's text."""
    return {match[1].strip().replace(" ", "-") for match in re.finditer(r"^#{1,6} (.*)$", text, re.M)}


def _links(source, course, name):
    folder = course.chapter(name).parent
    for cell in source.nb.cells:
        if cell.cell_type != "markdown":
            continue
        for text, bare in outside_code(cell.source):
            for target in re.findall(r"\]\(([^()\s]+)\)", bare) + re.findall(r"(?:href|src)=[\"']([^\"']+)", bare):
                if re.match(r"[a-z]+:|attachment:", target):
                    continue
                path, _, anchor = target.partition("#")
                there = (folder / path).resolve() if path else course.chapter(name)
                chapter = course.source(there.stem) if there == course.chapter(there.stem) else None
                if not (chapter or there).exists():
                    source.problem(source.line_of(cell, text), f"broken link {target!r}: nothing is there")
                elif anchor and chapter and anchor not in headings(chapter.read_text(encoding="utf-8")):
                    source.problem(source.line_of(cell, text), f"broken link {target!r}: no such heading")
