"""`course build`: solutions/NN_name.md -> executed solutions/NN_name/*.ipynb -> chapters/NN_name/*.ipynb.

Everything is made in a temporary folder beside the old notebooks and moved over them at the end, so that an
error, an interrupt or a full disk leaves the old ones whole. The same text gives the same bytes.
"""

import contextlib
import hashlib
import os
import re
import shutil
import sys
import tempfile
import time
from pathlib import Path

import nbformat
from jupyter_client.kernelspec import NoSuchKernel
from nbclient import NotebookClient
from nbclient.exceptions import CellTimeoutError, DeadKernelError
from nbformat.v4 import new_code_cell

from course import CourseError, colab
from course.release import leaks, release
from course.source import forbidden, grade_id, read

KERNEL = "python3"
METADATA = {"kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": KERNEL},
            "language_info": {"name": "python"}}
NBGRADER = {  # kind of cell -> solution, grade, locked
    "exercise": (True, False, False),
    "tests": (False, True, True),
    "answer": (True, True, False),
    "readonly": (False, False, True),
}
FOLDED = {"jupyter": {"source_hidden": True}}  # JupyterLab shows the first line; a click unfolds the rest
CELL_SECONDS = 300  # a cell that takes longer is broken


def expand(source, settings, name):
    """The worked notebook, not yet executed, of a `Source` without problems."""
    cells = [_cell(cell) for cell in source.nb.cells]
    title, *rest = cells[0].source.split("\n")
    cells[0].source = "\n".join([title, "", colab.badge(settings, name), *rest])
    install = new_code_cell(colab.install_cell(settings), metadata={"course": {"role": "setup"}, **FOLDED})
    nb = nbformat.v4.new_notebook(cells=[cells[0], install, *cells[1:]])
    nb.metadata = nbformat.from_dict(METADATA)
    _identify(nb)
    return nb


def _cell(cell):
    """One cell with the options written out as metadata, and the first and last lines of a tests cell."""
    meta, source = cell.metadata, cell.source
    kind = next((kind for kind in NBGRADER if kind in meta), None)
    new = {}
    if meta.get("tags") or "needs-solution" in meta:
        new["tags"] = [*meta.get("tags", []), *(["needs-solution"] if "needs-solution" in meta else [])]
    if kind or cell.cell_type == "code":
        new["course"] = {"role": kind or ("setup" if "setup" in meta else "demo")}
    if kind:
        solution, grade, locked = NBGRADER[kind]
        new["nbgrader"] = {"grade_id": grade_id(cell), "solution": solution, "grade": grade, "locked": locked,
                           "schema_version": 3, "task": False}
        if grade:
            new["nbgrader"]["points"] = meta["points"]
    if kind == "tests":
        uses = ["Check", *(word for word in ("expect", "expect_choice", "expect_close")
                           if re.search(rf"\b{word}\(", source))]
        forbids = "".join(f'    "{path}",\n' for path in forbidden(cell))
        forbids = f", forbids=[\n{forbids}]" if forbids else ""
        new |= FOLDED
        source = (f"# Check {meta['tests']}: run this cell ({meta['points']:g} point{'s' * (meta['points'] != 1)})\n"
                  f"from helpers.checks import {', '.join(uses)}\n\n"
                  f'check = Check("{meta["tests"]}", points={meta["points"]}{forbids})\n\n'
                  f"{source.strip()}\n\ncheck.score()")
    make = nbformat.v4.new_code_cell if cell.cell_type == "code" else nbformat.v4.new_markdown_cell
    return make(source, metadata=new)


def _identify(nb):
    """Stable cell ids: nbgrader's name where there is one, else a hash of the content, numbered when repeated."""
    seen = {}
    for cell in nb.cells:
        digest = hashlib.sha1(f"{cell.cell_type}\0{cell.source}".encode()).hexdigest()[:10]
        base = cell.metadata.get("nbgrader", {}).get("grade_id", digest)
        seen[base] = seen.get(base, -1) + 1
        cell.id = f"{base}-{seen[base]}" if seen[base] else base


def kernel_environment(root):
    """Environment of a kernel whose outputs are stored: no progress bars, no widgets, one thread, a fixed hash."""
    inherited = {key: value for key, value in os.environ.items() if key not in ("COURSE_QUICK", "NBGRADER_EXECUTION")}
    return {**inherited, "COURSE_STATIC": "1", "OMP_NUM_THREADS": "1", "PYTHONHASHSEED": "0",
            "PYTHONPATH": os.pathsep.join([str(root), *filter(None, [os.environ.get("PYTHONPATH")])])}


def execute(nb, root, folder):
    """Run all cells of `nb` in place, going on past errors, which stay in the outputs."""
    client = NotebookClient(nb, timeout=CELL_SECONDS, kernel_name=KERNEL, allow_errors=True, record_timing=False,
                            coalesce_streams=True, store_widget_state=True,
                            extra_arguments=["--IPKernelApp.log_level=50"],  # its own log is not for the reader
                            resources={"metadata": {"path": str(folder)}})
    try:
        client.execute(env=kernel_environment(root))
    finally:
        # On SIGINT and SIGTERM nbclient itself ends the kernel, and then stumbles over that in one way or another.
        if hasattr(client, "_async_cleanup_kernel_future"):
            raise KeyboardInterrupt
    nb.metadata = nbformat.from_dict(METADATA)


def output_problems(nb, source):
    """What is wrong with the outputs of an executed worked notebook."""
    lines = _lines(nb, source)
    failed = [cell for cell in nb.cells if any(out.output_type == "error" for out in cell.get("outputs", []))
              and "raises-exception" not in cell.metadata.get("tags", [])]
    for cell in failed[:5]:
        error = next(out for out in cell.outputs if out.output_type == "error")
        if cell.metadata.course.role == "tests":
            what = "the solution does not get full marks:\n    " + error.evalue.strip().replace("\n", "\n    ")
        else:
            what = f"{error.ename}: {error.evalue}"
        yield f"{lines[cell.id]}: {what}"
    if len(failed) > 5:
        yield f"{source.label}: {len(failed) - 5} more cells fail"
    for cell in nb.cells:
        for out in cell.get("outputs", []):
            data, about = out.get("data", {}), out.get("metadata", {})
            if any(mime.startswith("image/") and not about.get(mime, {}).get("alt", "").strip() for mime in data):
                yield f"{lines[cell.id]}: a figure without alt text; show it with helpers.plots.show(figure, alt=...)"
            if any("widget" in mime for mime in data):
                yield f"{lines[cell.id]}: a stored widget shows nothing; use helpers.widgets.explore"
            if re.search(r"\b0x[0-9a-f]{8,}", str(data.get("text/plain", "")) + out.get("text", "")):
                yield f"{lines[cell.id]}: a memory address in the output changes with every run"


def _lines(nb, source):
    """Cell id -> "file:line", for a notebook made by `expand`."""
    written = iter(source.nb.cells)
    return {cell.id: f"{source.label}:{1 if index == 1 else next(written).metadata['line']}"
            for index, cell in enumerate(nb.cells)}


def text(nb, outputs=True):
    """The bytes of a notebook file, as text; without outputs, what two machines must agree on."""
    if not outputs:
        nb = nbformat.from_dict(nb)
        for cell in nb.cells:
            if cell.cell_type == "code":
                cell.outputs, cell.execution_count = [], None
    return nbformat.writes(nb) + "\n"


def build_one(course, name, scratch):
    """Build chapter `name` in the folder `scratch`; returns its problems and the seconds its cells took."""
    source = read(course, name)
    if source.problems:
        return source.problems, 0.0
    nb = expand(source, course.settings(), name)
    folder = scratch / "solutions" / name
    folder.mkdir(parents=True)
    start = time.perf_counter()
    try:
        execute(nb, course.root, folder)
    except (CellTimeoutError, DeadKernelError) as error:
        return [f"{source.label}: {str(error).strip().splitlines()[0]}"], time.perf_counter() - start
    except NoSuchKernel:
        raise CourseError(f"no Jupyter kernel named {KERNEL}; install it: "
                          f"{sys.executable} -m ipykernel install --sys-prefix --name {KERNEL}") from None
    seconds = time.perf_counter() - start
    problems = list(output_problems(nb, source))
    if not problems:
        (folder / f"{name}.ipynb").write_text(text(nb), encoding="utf-8")
        released = release(course.root, scratch / "solutions", scratch / "chapters", name)
        problems = [f"{source.label}: {leak}" for leak in leaks(nb, nbformat.read(released, 4))]
    return problems, seconds


def build(course, names, report=print):
    """Build the chapters `names`; those that are in order are moved into place even where others are not."""
    problems, total = [], 0.0
    with _scratch(course) as scratch:
        for name in names:
            try:
                found, seconds = build_one(course, name, scratch)
            except CourseError as error:  # of this chapter; the others may be in order
                found, seconds = [str(error)], 0.0
            problems += found
            total += seconds
            report(f"{name}: {'NOT built' if found else 'built'}, {seconds:.1f} s of compute")
            if not found:
                for place in (course.solution(name), course.chapter(name)):
                    place.parent.mkdir(parents=True, exist_ok=True)
                    os.replace(scratch / place.relative_to(course.root), place)
    report(f"{len(names)} chapters, {total:.1f} s of compute")
    if problems:
        raise CourseError("\n".join(problems))


def check(course, names, report=print):
    """Say which notebooks differ from what their text gives, in anything but outputs; runs no cell."""
    problems = []
    with _scratch(course) as scratch:
        for name in names:
            found = stale(course, name, scratch)
            report(f"{name}: {'NOT fresh' if found else 'fresh'}")
            problems += found
    if problems:
        raise CourseError("\n".join(problems))


def stale(course, name, scratch):
    """The problems of one chapter as it lies in the repository."""
    source = read(course, name)
    if source.problems:
        return source.problems
    solution, chapter = course.solution(name), course.chapter(name)
    missing = [path for path in (solution, chapter) if not path.is_file()]
    if missing:
        return [f"{path.relative_to(course.root)}: not built; run `course build {name}`" for path in missing]
    extra = [path for folder in (solution.parent, chapter.parent) for path in folder.iterdir()
             if path not in (solution, chapter) and path.name != ".ipynb_checkpoints"]
    problems = [f"{path.relative_to(course.root)}: a chapter is one notebook; nothing else lies in its folder"
                for path in extra]
    fresh = expand(source, course.settings(), name)
    try:
        stored = nbformat.read(solution, 4)
    except ValueError as error:  # an unsolved merge, say
        return [f"{solution.relative_to(course.root)}: no notebook ({type(error).__name__}); run `course build {name}`"]
    folder = scratch / "solutions" / name
    folder.mkdir(parents=True)
    (folder / solution.name).write_text(text(fresh), encoding="utf-8")
    if text(stored, outputs=False) != text(fresh) or solution.read_text(encoding="utf-8") != text(stored):
        problems.append(f"{solution.relative_to(course.root)}: differs from {source.label}; run `course build {name}`")
    else:
        problems += output_problems(stored, source)
    released = release(course.root, scratch / "solutions", scratch / "chapters", name)
    if released.read_bytes() != chapter.read_bytes():
        problems.append(f"{chapter.relative_to(course.root)}: differs from {source.label}; run `course build {name}`")
    return problems


@contextlib.contextmanager
def _scratch(course):
    """A temporary folder on the course's own disk, so that moving out of it is atomic."""
    folder = Path(tempfile.mkdtemp(prefix=".build-", dir=course.root))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
