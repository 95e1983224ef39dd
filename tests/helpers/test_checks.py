"""What a learner is told, and what no answer gets away with."""

import linecache
import random
import subprocess
import sys
import warnings

import numpy as np
import pytest
import torch

from helpers.checks import Check, Failed, answers, fallback, plain
from helpers.expect import Wrong, digest, expect_choice, expect_close
from helpers.forbid import Forbidden, forbidden, resolve


def learner(source):
    """The names that a learner's cell defines, with its lines known to `linecache` as IPython does."""
    linecache.cache["<cell>"] = (len(source), None, source.splitlines(True), "<cell>")
    namespace = {"torch": torch, "F": torch.nn.functional, "np": np}
    exec(compile(source, "<cell>", "exec"), namespace)
    return namespace


def double_check(source, forbids=()):
    """A `Check` of `double`, scored on a learner's cell."""
    check = Check("double", points=4, forbids=forbids)

    @check("three becomes six")
    def _(double):
        expect_close(double(3), 6, "double(3) should be 6", suspects={"you squared it": 9})

    @check("a tensor becomes twice the tensor", hidden=True)
    def _(double):
        expect_close(double(torch.tensor([17.0])), torch.tensor([34.0]), "tensors should be doubled, too")

    with answers(learner(source)):
        try:
            check.score()
        except Failed as report:
            assert str(report) == check.report()
    return check


def kinds(check):
    return [outcome.outcome for outcome in check.outcomes]


def test_a_right_answer_is_correct_and_earns_all():
    check = double_check("def double(x): return x + x")
    assert kinds(check) == ["correct", "correct"] and check.earned == 4
    assert check.report().startswith("✓")


def test_a_wrong_answer_is_told_its_known_mistake():
    check = double_check("def double(x): return x * x")
    assert kinds(check) == ["wrong", "wrong"] and check.earned == 0
    assert "you squared it" in check.report()


def test_half_right_earns_half():
    assert double_check("def double(x): return 6").earned == 2


def test_a_stub_is_not_attempted():
    check = double_check('def double(x): raise NotImplementedError("replace this line")')
    assert kinds(check) == ["not attempted"] * 2 and check.earned == 0
    assert "not attempted yet" in check.report()


def test_an_answer_whose_cell_never_ran_is_not_attempted():
    assert "run its cell first" in double_check("x = 1").report()


def test_a_crash_shows_the_learners_own_line():
    report = double_check("def double(x):\n    y = [x]\n    return y[5]").report()
    assert "IndexError" in report and "your line 3: return y[5]" in report


def test_a_crash_inside_a_library_still_shows_the_learners_own_line():
    report = double_check("def double(x):\n    return torch.zeros(2) @ torch.zeros(3)").report()
    assert "your line 2" in report


def test_exit_is_a_crash_not_the_end():
    assert kinds(double_check("import sys\ndef double(x): sys.exit()")) == ["crashed", "crashed"]


def test_none_asks_for_the_return():
    assert "is a `return` missing?" in double_check("def double(x): x + x").report()


def test_a_result_the_check_cannot_use_is_wrong_not_an_error_of_the_course():
    check = Check("f", points=1)

    @check("its sum")
    def _(f):
        expect_close(f().sum(), 1, "should sum to 1")

    with answers(learner("def f(): return 'text'")), pytest.raises(Failed, match="f returned a str"):
        check.score()


def test_an_error_of_the_check_itself_is_not_blamed_on_the_learner():
    check = Check("f", points=1)

    @check("broken check")
    def _(f):
        raise KeyError("the author's mistake")

    with answers(learner("def f(): return 1")), pytest.raises(KeyError):
        check.score()


def test_hidden_checks_show_neither_data_nor_error_texts():
    report = double_check("def double(x):\n    if x != 3: raise ValueError(str(x))\n    return 6").report()
    assert "17" not in report and "ValueError" in report
    assert "34" not in double_check("def double(x): return x * 1.5 if x != 3 else 6").report()


def test_warnings_and_stderr_cost_nothing(capsys):
    check = double_check("import sys, warnings\ndef double(x):\n    warnings.warn('careful')\n"
                         "    print('note', file=sys.stderr)\n    return 2 * x")
    assert check.earned == 4
    assert capsys.readouterr().err == ""


def test_autograding_returns_partial_credit_instead_of_raising(monkeypatch, capsys):
    monkeypatch.setenv("NBGRADER_EXECUTION", "autograde")
    check = Check("f", points=3)
    check("f() is 1")(lambda f: expect_close(f(), 1, "no"))
    check("f() is 2")(lambda f: expect_close(f(), 2, "no"))
    with answers(learner("def f(): return 1")):
        assert check.score() == 1.5
    assert "1 of 2 checks passed" in capsys.readouterr().out


def test_a_notebook_shows_the_report_without_a_traceback():
    assert Failed("a\nb")._render_traceback_() == ["a", "b"]


def test_checks_find_the_answer_in_the_calling_notebook():
    scope = learner("def double(x): return 2 * x")
    exec("from helpers.checks import Check, expect\ncheck = Check('double', points=1)\n"
         "@check('ok')\ndef _(double):\n    expect(double(1) == 2, 'no')\ncheck.score()", scope)
    assert scope["check"].earned == 1


def test_checks_are_seeded_and_leave_the_notebooks_generators_alone():
    seen = []
    check = Check("f", points=1)
    check("draws")(lambda f: seen.append((f(), torch.rand(1).item())))
    torch.manual_seed(5)
    random.seed(5)
    before = torch.get_rng_state(), random.getstate()
    with answers(learner("def f(): return float(torch.rand(1))")), warnings.catch_warnings():
        check.score()
        check.score()
    assert seen[0] == seen[1]
    assert torch.equal(before[0], torch.get_rng_state()) and before[1] == random.getstate()


# --- plain data --------------------------------------------------------------------------------------------

def test_an_answer_gets_copies_so_that_it_cannot_change_the_checks_data():
    data = torch.ones(2)
    check = Check("f", points=1)

    @check("input")
    def _(f):
        f(data)
        expect_close(data, torch.ones(2), "changed")

    with answers(learner("def f(x):\n    x.zero_()\n    return 1")):
        check.score()


def test_no_graph_crosses():
    check = Check("f", points=1)

    @check("grad")
    def _(f):
        assert not f(torch.ones(2, requires_grad=True)).requires_grad

    with answers(learner("def f(x): return x * 2")):
        check.score()


@pytest.mark.parametrize("value", [None, True, 3, 2.5, "text", [1, (2, "x")], {"a": [1.0]}])
def test_plain_values_are_copied(value):
    assert plain(value) == value


def test_numpy_scalars_become_python_numbers():
    assert type(plain(np.float64(2.5))) is float


@pytest.mark.parametrize("value", [object(), {1, 2}, (x for x in "ab"), len, torch.nn.Linear(1, 1)])
def test_other_values_do_not_cross(value):
    with pytest.raises(TypeError, match="plain data"):
        plain(value)


def test_an_object_that_equals_everything_earns_nothing():
    check = double_check("class Liar(float):\n    __eq__ = lambda *a: True\n    __hash__ = None\n"
                         "def double(x): return Liar(0)")
    assert check.earned == 0 and "returned a Liar" in check.report()


# --- forbidden references ----------------------------------------------------------------------------------

@pytest.mark.parametrize("path, source", [
    ("torch.nn.functional.log_softmax", "def double(x): return F.log_softmax(x, -1)"),
    ("torch.nn.functional.log_softmax", "mine = F.log_softmax\ndef double(x): return mine(x, -1)"),
    ("torch.nn.functional.log_softmax", "def double(x, f=F.log_softmax): return f(x, -1)"),
    ("torch.nn.functional.log_softmax", "double = lambda x: F.log_softmax(x, -1)"),
    ("torch.log_softmax", "mine = torch.log_softmax\ndef double(x): return mine(x, -1)"),
    ("torch.Tensor.log_softmax", "def double(x): return torch.as_tensor(x).log_softmax(-1)"),
    ("helpers.masking.mask_tokens", "from helpers.masking import mask_tokens as double"),
])
def test_calling_the_forbidden_version_earns_nothing_and_says_why(path, source):
    check = double_check(source, forbids=[path])
    assert check.earned == 0
    assert f"calls {path}, which is what this exercise asks you to write yourself" in check.report()


def test_catching_the_refusal_does_not_help():
    check = double_check("def double(x):\n    try: F.log_softmax(x, -1)\n    except Exception: pass\n    return 2 * x",
                         forbids=["torch.nn.functional.log_softmax"])
    assert check.earned == 0


def test_forbidden_functions_work_again_afterwards():
    paths = ["torch.log_softmax", "torch.nn.functional.log_softmax", "torch.Tensor.log_softmax"]
    with forbidden(paths, {}), pytest.raises(Forbidden):
        torch.log_softmax(torch.zeros(2), 0)
    for function in (torch.log_softmax, torch.nn.functional.log_softmax, torch.Tensor.log_softmax):
        assert function(torch.zeros(2), 0).sum() < 0
    assert "log_softmax" not in vars(torch.Tensor)


@pytest.mark.parametrize("path", ["torch.no_such_function", "nowhere.f", "torch"])
def test_a_forbidden_path_that_does_not_exist_is_refused(path):
    with pytest.raises(ValueError, match="does not exist"):
        resolve(path)


# --- comparing ---------------------------------------------------------------------------------------------

@pytest.mark.parametrize("got, want, message", [
    (torch.ones(3), torch.ones(4), "shape is"),
    (torch.ones(2, dtype=torch.long), torch.ones(2), "dtype is"),
    (torch.tensor([float("nan")]), torch.ones(1), "contains nan"),
    (torch.tensor([float("inf")]), torch.ones(1), "contains an infinity"),
    ([1.0, 2.0], torch.ones(2), "yours is a list of 2"),
    ("text", 1.0, "yours is a str"),
    (2.0, 3.0, "yours: 2, expected: 3"),
    ([1, 2], [1, 3], "yours: [1, 2]"),
    (["a"], ["b"], "expected a list of 1"),
    ([torch.ones(2), torch.ones(3)], [torch.ones(2), torch.zeros(3)], "expected a list of 2"),
    ([torch.ones(2)], [torch.ones(2), torch.ones(2)], "yours is a list of 1"),
    (torch.ones(1), [1.0], "yours is a tensor of shape (1,)"),
])
def test_the_first_difference_is_named(got, want, message):
    with pytest.raises(Wrong) as error:
        expect_close(got, want, "look here")
    assert str(error.value).startswith("look here") and message in str(error.value)


@pytest.mark.parametrize("got, want", [
    (torch.ones(2) + 1e-9, torch.ones(2)), (1, 1.0), (torch.tensor(2.0), 2), (np.ones(2), np.ones(2)),
    (torch.ones(2), np.ones(2)), (["a", "b"], ["a", "b"]), ({"a": 1}, {"a": 1}), (float("nan"), float("nan")),
    ([torch.ones(2), torch.ones(3)], [torch.ones(2) + 1e-9, torch.ones(3)]), ([["a"], 1], [["a"], 1.0]),
])
def test_equal_values_pass(got, want):
    expect_close(got, want, "no")


def test_a_quiz_compares_digests():
    expect_choice({"1": "B "}, 1, digest(1, "b"), "no")
    expect_choice({1: "b"}, "1", digest("1", "b"), "no")
    for answer in ({"1": "a"}, {}, {"1": None}, "b"):
        with pytest.raises(Wrong):
            expect_choice(answer, 1, digest(1, "b"), "no")


def test_the_digest_of_an_answer_can_be_printed():
    printed = subprocess.check_output([sys.executable, "-m", "helpers.expect", "1", "b"], text=True)
    assert printed.strip() == digest("1", "b")


# --- going on without a solution ---------------------------------------------------------------------------

def unsolved(x):
    raise NotImplementedError


def solved(x):
    return x + 1


def crashing(x):
    return x.nothing


def forgetful(x):
    x + 1


def leaving(x):
    raise SystemExit


@pytest.mark.parametrize("name, says", [
    ("unsolved", "is not solved yet"), ("missing", "is not defined"), ("crashing", "crashes (AttributeError"),
    ("forgetful", "returns None"), ("leaving", "crashes (SystemExit"),
])
def test_fallback_goes_on_with_the_courses_version_and_says_so(name, says, capsys):
    assert fallback(name, max, 3) is max
    assert says in capsys.readouterr().out


def test_fallback_prefers_the_learners_version(capsys):
    assert fallback("solved", max, 3) is solved
    assert capsys.readouterr().out == ""
