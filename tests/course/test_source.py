"""A malformed chapter is refused before anything runs, with the line to look at."""

import pytest
from tiny import EXERCISE, HEAD, TESTS

from course.source import read

WHOLE = EXERCISE + TESTS


def problems(chapter, body):
    return read(chapter(body), "01_tiny").problems


def test_a_sound_chapter_has_no_problems(chapter):
    assert problems(chapter, WHOLE) == []


@pytest.mark.parametrize("old, new, line_with, says", [
    ("### BEGIN HIDDEN TESTS", "### BEGIN HIDEN TESTS", "HIDEN", "did you mean '### BEGIN HIDDEN TESTS'"),
    ("### BEGIN HIDDEN TESTS", "### BEGN HIDDEN TESTS", "BEGN", "looks like a marker"),
    ("### BEGIN HIDDEN TESTS", "# BEGIN HIDDEN TESTS", "# BEGIN HIDDEN", "looks like a marker"),
    ("### BEGIN SOLUTION", "### Begin solution", "Begin", "looks like a marker"),
    ("    ### END SOLUTION\n", "", ":exercise:", "has no END"),
    ("### END HIDDEN TESTS", "### END SOLUTION", "### END SOLUTION", "END SOLUTION without its BEGIN"),
    ("### BEGIN HIDDEN TESTS", "### BEGIN SOLUTION", "BEGIN SOLUTION", "a solution belongs in a cell"),
    ("    ### BEGIN SOLUTION\n    return x + x\n    ### END SOLUTION", "    return x + x", ":exercise:",
     "shows its solution"),
    (":points: 2\n", "", ":tests:", "needs points"),
    (":points: 2", ":points: two", ":tests:", "needs points"),
    (":points: 2", ":points: 0", ":tests:", "needs points"),
    (":exercise: double", ":exercise: double\n:points: 2", ":exercise:", "points belong to a tests cell"),
    (":points: 2", ":point: 2", ":point:", "did you mean 'points'"),
    (":points: 2", ":points: 2\n:tags: [nbval-ignore-outputs]", ":tests:", "did you mean 'nbval-ignore-output'"),
    (":points: 2", ":points: 2\n:forbids: torch.no_such_thing", ":tests:", "'torch.no_such_thing'"),
    (":tests: double", ":tests: triple", ":tests: triple", "no exercise of that name"),
    (":tests: double", ":tests: triple", ":exercise:", "has no tests cell"),
    (":exercise: double", ":exercise: dubble", ":exercise: dubble", "defines no function"),
    (":exercise: double", ":exercise: double\n:setup:", ":exercise:", "one cell cannot be"),
    ('@check("two', 'check = Check("double", points=3)\n@check("two', "Check(", "points and forbids stand in the opt"),
    ("return x + x", "return x +", "return x +", "not Python"),
    ("@check(", "@chek(", ":tests:", "at least one @check"),
    (":points: 2", ":points: .inf", ":tests:", "needs points"),
    (":points: 2", ":points: 2\n:tags: nbval-skip", "nbval-skip", "is not of type 'array'"),
    (":exercise: double", ":exercise: [double]", ":exercise:", "needs a name"),
])
def test_it_is_refused_with_its_line(chapter, old, new, line_with, says):
    body = WHOLE.replace(old, new)
    found = problems(chapter, body)
    matching = [problem for problem in found if says in problem]
    assert matching, found
    line = int(matching[0].split(":")[1])
    lines = (HEAD + body).split("\n")
    # a cell as a whole is named by the first line inside its fence
    assert any(line_with in text for text in lines[line - 1:line + 3]), matching[0]


@pytest.mark.parametrize("prose, says", [
    ("- a list\n\n  ```{code-cell}\n  1 + 1\n  ```", "has become prose"),
    ("```{note}\nmind\n```", "cannot show this directive"),
    (":::{note}\nmind\n:::", "cannot show this directive"),
    ("see {ref}`there`", "cannot show this role"),
    ("![](https://example.org/a.png)", "needs alternative text"),
    ('<img src="https://example.org/a.png">', "needs alternative text"),
    ("[next](../02_gone/02_gone.ipynb)", "broken link"),
    ("[here](#No-such-heading)", "no such heading"),
    ("<!-- BEGIN SOLUTION -->\nx\n<!-- END SOLUTION -->", "a solution belongs in a cell"),
    ('+++ {"answer": "why"}\n\n<!-- BEGIN SOLUTION -->\nx\n<!-- END SOLUTION -->', "needs points"),
    ('+++ {"answer": "why", "points": 1}\n\nx', "shows its solution"),
    ('+++ {"answer": "double", "points": 1}\n\n<!-- BEGIN SOLUTION -->\nx\n<!-- END SOLUTION -->', "is taken"),
    ('+++ {"answer": "why"', "could not be read"),
    ('+++ {"exercise": "more"}\n\n<!-- BEGIN SOLUTION -->\nx\n<!-- END SOLUTION -->', "belongs to a code cell"),
])
def test_prose_is_refused(chapter, prose, says):
    found = problems(chapter, WHOLE + "\n" + prose + "\n")
    assert any(says in problem for problem in found), found


@pytest.mark.parametrize("prose", [
    "`![](x.png)` and `{ref}` in code", "```python\n# see [this](gone.md)\n```", "[here](#Tiny)", "[out](https://a.b)",
    "[up](../01_tiny/01_tiny.ipynb#Tiny)", "![a cat](https://example.org/a.png)", "<!-- a plain remark -->",
])
def test_good_prose_is_not(chapter, prose):
    assert problems(chapter, WHOLE + "\n" + prose + "\n") == []


def test_problems_are_reported_together(chapter):
    body = WHOLE.replace(":points: 2", ":point: 2").replace("HIDDEN TESTS", "HIDEN TESTS")
    assert len(problems(chapter, body)) >= 4


def test_a_chapter_without_front_matter_or_title(chapter):
    course = chapter()
    course.source("01_tiny").write_text("no title\n", encoding="utf-8")
    found = read(course, "01_tiny").problems
    assert len(found) == 2 and all(problem.startswith("solutions/01_tiny.md:1:") for problem in found)


def test_text_that_is_not_utf8_is_named_and_a_byte_order_mark_is_not_text(chapter):
    course = chapter(WHOLE)
    path = course.source("01_tiny")
    whole = path.read_bytes()
    path.write_bytes(b"\xef\xbb\xbf" + whole)
    assert read(course, "01_tiny").problems == []
    path.write_bytes(whole.replace(b"Prose.", "Prosé.".encode("latin-1")))
    [problem] = read(course, "01_tiny").problems
    line = 1 + whole.decode().split("\n").index("Prose.")
    assert problem.startswith(f"solutions/01_tiny.md:{line}: not UTF-8")
