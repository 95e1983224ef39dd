"""The smallest sound chapter, in parts that tests break one at a time."""

import shutil
from pathlib import Path

from course import Course

ROOT = Path(__file__).resolve().parents[2]

HEAD = """\
---
kernelspec:
  name: python3
  display_name: Python 3 (ipykernel)
  language: python
---

# Tiny

Prose.
"""

EXERCISE = """
```{code-cell}
:exercise: double

def double(x):
    ### BEGIN SOLUTION
    return x + x
    ### END SOLUTION
```
"""

TESTS = """
```{code-cell}
:tests: double
:points: 2

@check("two becomes four")
def _(double):
    expect(double(2) == 4, "double(2) should be 4")

### BEGIN HIDDEN TESTS
@check("negative numbers too", hidden=True)
def _(double):
    expect(double(-3) == -6, "look at the sign of your result")
### END HIDDEN TESTS
```
"""


def lay_out(folder, name, body=EXERCISE + TESTS):
    """Write the chapter `name` (its body, after the title) into a course at `folder`."""
    for part in ("nbgrader_config.py", "pyproject.toml"):
        shutil.copy(ROOT / part, folder)
    (folder / "solutions").mkdir(exist_ok=True)
    course = Course(folder)
    course.source(name).write_text(HEAD + body, encoding="utf-8")
    return course
