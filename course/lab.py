"""`course lab`: a learner's own copies of the chapters in work/, opened in JupyterLab.

New chapters are added; a file that the learner has changed is never touched.
"""

import hashlib
import json
import os
import shutil
import sys

from course import CourseError

ORIGINS = ".origins.json"  # in work/: chapter -> hash of the course's chapter that the copy was made from


def _digest(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


def lay_out(course):
    """Bring work/ up to date; returns a line for each thing that the learner should know."""
    work = course.root / "work"
    names = [name for name in course.names() if course.chapter(name).is_file()]
    if not names:
        raise CourseError("chapters/ holds no notebook yet: run `course build`")
    work.mkdir(exist_ok=True)
    record = work / ORIGINS
    try:
        origins = dict(json.loads(record.read_text(encoding="utf-8")))
    except (FileNotFoundError, ValueError, TypeError):
        origins = {}
    said = []
    for name in names:
        original, mine = course.chapter(name), course.copy(name)
        digest = _digest(original)
        if not mine.exists():
            said.append(f"{name}: added to work/")
        elif origins.get(name) == digest:
            continue
        elif _digest(mine) == digest:
            pass  # only the record was lost; without it the next edition would be kept from this copy
        elif origins.get(name) == _digest(mine):
            said.append(f"{name}: brought up to date; you had not changed it")
        else:
            said.append(f"{name}: the course's chapter has changed since you began; your file is kept. "
                        f"To begin anew, rename work/{name} and start again.")
            continue
        mine.parent.mkdir(exist_ok=True)
        _replace(mine, original.read_bytes())
        origins[name] = digest
        _replace(record, json.dumps(origins, indent=1).encode())
    return said


def _replace(path, content):
    """Write `content` so that `path` is never half-written."""
    draft = path.with_name(path.name + ".part")
    draft.write_bytes(content)
    os.replace(draft, path)


def start(course, options=()):
    """Run JupyterLab in the course's root, where nbgrader finds its settings, on the first chapter."""
    from jupyterlab.labapp import main

    if shutil.which("nbgrader") is None:  # started by path, without activating the environment
        os.environ["PATH"] = os.pathsep.join([os.path.dirname(sys.executable), os.environ.get("PATH", "")])
    os.chdir(course.root)
    page = course.copy(course.names()[0]).relative_to(course.root).as_posix()
    main([f"--ServerApp.root_dir={course.root}", f"--LabApp.default_url=/lab/tree/{page}", *options])
