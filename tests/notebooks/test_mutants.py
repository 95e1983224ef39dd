"""Every exercise tells plausible wrong answers from right ones, and says which mistake it sees."""

import ast
import re
from collections import Counter

import pytest
from inprocess import BUILT, Mutant, exercises, grade, mutants, worked

EVERY = [mutant for name in BUILT for mutant in mutants(name)]
EXERCISES = [(name, exercise) for name in BUILT for exercise in exercises(name)]


@pytest.mark.parametrize("mutant", [mutant for mutant in EVERY if not mutant.right], ids=str)
def test_a_wrong_answer_loses_points_and_is_told_why(mutant):
    earned, points, report = grade(mutant)
    assert earned < points, "keeps full points"
    assert mutant.fragment, "write after '|' what the message must say"
    assert mutant.fragment.lower() in report.lower(), report


@pytest.mark.parametrize("mutant", [mutant for mutant in EVERY if mutant.right], ids=str)
def test_another_right_answer_keeps_all_points(mutant):
    earned, points, report = grade(mutant)
    assert earned == points, report


@pytest.mark.parametrize("name, exercise", EXERCISES)
def test_an_exercise_has_five_wrong_and_two_right_answers_to_be_told_apart(name, exercise):
    own = [mutant for mutant in mutants(name) if mutant.exercise == exercise]
    kinds = Counter(mutant.right for mutant in own)
    assert kinds[False] >= 5 and kinds[True] >= 2, f"{kinds[False]} wrong, {kinds[True]} right"
    titles = {}
    for mutant in own:
        if not mutant.right:
            other = titles.setdefault(grade(mutant)[2], mutant.title)
            assert other == mutant.title, f"{other!r} and {mutant.title!r} get the same message"


def borrowed():
    """One answer for each forbidden function of the library: nothing but another name for it."""
    for name in BUILT:
        for cell in worked(name).cells:
            found = re.search(r'^check = Check\("(\w+)".*forbids=(\[.*?\])\)$', cell.source, re.M | re.S)
            for path in ast.literal_eval(found[2]) if found else []:
                module, _, function = path.rpartition(".")
                if module.startswith("helpers."):
                    code = f"from {module} import {function} as {found[1]}"
                    yield Mutant(name, found[1], False, f"only calls {path}", "asks you to write yourself", code)


@pytest.mark.parametrize("mutant", list(borrowed()), ids=str)
def test_handing_in_the_courses_own_version_earns_nothing_and_says_why(mutant):
    earned, _, report = grade(mutant)
    assert earned == 0 and mutant.fragment in report


def test_every_mutant_belongs_to_an_exercise():
    assert {(mutant.chapter, mutant.exercise) for mutant in EVERY} <= set(EXERCISES)
