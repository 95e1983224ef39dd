"""What a check says about an answer's result: `expect`, `expect_close` and `expect_choice`.

Each raises `Wrong` with a message that tells the learner what to look at. In a hidden check no message shows
the data that was used.
"""

import contextvars
import hashlib
import sys

hidden_check = contextvars.ContextVar("hidden_check", default=False)


class Wrong(AssertionError):
    """An answer's result is not what a check expects; the message says what to look at."""


def expect(condition, message):
    """Raise `Wrong(message)` unless `condition` is true."""
    if not condition:
        raise Wrong(message)


def expect_close(got, want, message, *, rtol=1e-5, atol=1e-6, suspects=None):
    """Compare an answer's result with the expected number, list, array or tensor.

    `suspects` maps a diagnosis to the value that a known mistake gives; when `got` equals one, its diagnosis is
    the message. Otherwise a difference in kind, shape or dtype is named first, then `message` is shown (with
    both values when they are short and the check is not hidden).
    """
    if _equal(got, want, rtol, atol):
        return
    for diagnosis, value in (suspects or {}).items():
        if _equal(got, value, rtol, atol, strict=False):
            raise Wrong(diagnosis)
    import torch

    if isinstance(want, torch.Tensor) != isinstance(got, torch.Tensor) and not _is_number(want):
        raise Wrong(f"{message}: expected {describe(want)}, but yours is {describe(got)}")
    try:
        mine, right = torch.as_tensor(got), torch.as_tensor(want)
    except (TypeError, ValueError, RuntimeError):
        raise Wrong(f"{message}: expected {describe(want)}, but yours is {describe(got)}") from None
    if mine.shape != right.shape:
        raise Wrong(f"{message}: your shape is {tuple(mine.shape)}, expected {tuple(right.shape)}")
    if right.is_floating_point() != mine.is_floating_point():
        raise Wrong(f"{message}: your dtype is {mine.dtype}, expected {right.dtype}")
    if mine.is_floating_point() and not mine.isfinite().all() and right.isfinite().all():
        raise Wrong(f"{message}: yours contains {'nan' if mine.isnan().any() else 'an infinity'}")
    if mine.numel() <= 6 and not hidden_check.get():
        message += f" (yours: {_short(mine)}, expected: {_short(right)})"
    raise Wrong(message)


def expect_choice(answer, question, digest_of_answer, message):
    """Check one question of a quiz whose answer is a dict of letters, such as `{"1": "b"}`.

    The released cell holds only `digest(question, letter)`, so that reading on does not give the answer away.
    """
    question = str(question)
    if not isinstance(answer, dict):
        raise Wrong(f'return a dictionary from question to letter, such as {{"1": "a"}}, not {describe(answer)}')
    letters = {str(key): value for key, value in answer.items()}
    if letters.get(question) in (None, "", ...):
        raise Wrong(f"question {question} has no answer yet")
    if digest(question, letters[question]) != digest_of_answer:
        raise Wrong(message)


def digest(question, answer):
    """Eight hex digits of a quiz answer; `python -m helpers.expect QUESTION ANSWER` prints them."""
    return hashlib.sha256(f"{question}:{str(answer).strip().lower()}".encode()).hexdigest()[:8]


def _is_number(value):
    return type(value) in (int, float)


def _equal(got, want, rtol, atol, strict=True):
    """Whether two plain values agree; `strict` also wants the same kind, shape and kind of dtype."""
    import numpy
    import torch

    if isinstance(want, (str, bool, dict, type(None))):
        return type(got) is type(want) and got == want
    if strict and not _is_number(want) and not (isinstance(want, numpy.ndarray) and isinstance(got, torch.Tensor)):
        if isinstance(want, (list, tuple)) != isinstance(got, (list, tuple)):
            return False
    if isinstance(got, (str, bool, dict, type(None))):
        return False
    try:
        mine, right = torch.as_tensor(got), torch.as_tensor(want)
    except (TypeError, ValueError, RuntimeError):               # lists of strings, of tensors, of unequal lists
        if type(got) is not type(want) or type(want) not in (list, tuple) or len(got) != len(want):
            return False
        return all(_equal(a, b, rtol, atol, strict) for a, b in zip(got, want, strict=True))
    if mine.shape != right.shape:
        return False
    if strict and right.is_floating_point() != mine.is_floating_point() and not _is_number(want):
        return False
    return torch.allclose(mine.double(), right.double(), rtol=rtol, atol=atol, equal_nan=True)


def describe(value):
    """'a list of 3', 'a tensor of shape (2, 3)', 'the number 5': what a value is, for a message."""
    shape = getattr(value, "shape", None)
    if isinstance(shape, tuple):
        return f"a{'n array' if type(value).__module__ == 'numpy' else ' tensor'} of shape {tuple(shape)}"
    if isinstance(value, (list, tuple, dict)):
        return f"a {type(value).__name__} of {len(value)}"
    if value is None or isinstance(value, bool):
        return repr(value)
    if _is_number(value):
        return "a number" if hidden_check.get() else f"the number {value:.4g}"
    return f"a {type(value).__name__}"


def _short(tensor):
    values = tensor.flatten().tolist()
    text = ", ".join(f"{value:.4g}" if isinstance(value, float) else str(value) for value in values)
    return text if tensor.dim() == 0 else f"[{text}]"


if __name__ == "__main__":
    if len(sys.argv) != 3:
        raise SystemExit("usage: python -m helpers.expect QUESTION ANSWER")
    print(digest(sys.argv[1], sys.argv[2]))
