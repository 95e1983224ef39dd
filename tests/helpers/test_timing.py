"""What the benchmarks measure with: code that measures is tested, too."""

import importlib.util
import time
from pathlib import Path

import numpy as np
import pytest


@pytest.fixture(scope="module")
def timing():
    path = Path(__file__).parents[2] / "benchmarks" / "timing.py"
    spec = importlib.util.spec_from_file_location("timing", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def work(seconds):
    end = time.thread_time() + seconds
    while time.thread_time() < end:
        pass


def test_work_is_measured_per_call_and_sleep_is_not(timing):
    times = timing.interleave(
        {"works": lambda: work(2e-3), "sleeps": lambda: time.sleep(2e-3)}, rounds=7, calls=2, warmup=1
    )
    assert times["works"].shape == (7,) and 1.9e-3 < np.median(times["works"]) < 4e-3
    assert np.median(times["sleeps"]) < 5e-4


def test_every_method_gets_its_rounds_and_the_order_changes(timing):
    calls = []
    timing.interleave({name: lambda name=name: calls.append(name) for name in "abc"}, rounds=20, calls=1, warmup=2)
    rounds = ["".join(calls[i : i + 3]) for i in range(0, len(calls), 3)]
    assert len(rounds) == 22 and all(sorted(r) == list("abc") for r in rounds) and len(set(rounds)) > 1


def test_a_ratio_is_taken_round_by_round(timing):
    fast = np.array([1.0, 2.0, 4.0])  # the machine slows down: both do
    assert timing.ratio(3 * fast, fast) == (3.0, 3.0, 3.0)
    line = timing.row("claim", {"ours": fast * 1e-3, "peer": fast * 3e-3, "limit": fast * 5e-4})
    assert line == "| claim | 2.000 (1.000) | 6.000 (3.000) | 1.000 (0.500) | 3.0 (3.0-3.0) | 2.00 |"
