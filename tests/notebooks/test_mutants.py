"""Every exercise tells plausible wrong answers from right ones, and says which mistake it sees."""

from collections import Counter

import pytest
from inprocess import BUILT, exercises, grade, mutants

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


def test_every_mutant_belongs_to_an_exercise():
    assert {(mutant.chapter, mutant.exercise) for mutant in EVERY} <= set(EXERCISES)
