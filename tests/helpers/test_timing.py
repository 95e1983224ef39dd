"""What the benchmarks measure with: code that measures is tested, too."""

import numpy as np


def test_a_ratio_is_taken_round_by_round(script):
    timing = script("benchmarks/timing.py")
    fast = np.array([1.0, 2.0, 4.0])  # the machine slows down: both do
    assert timing.ratio(3 * fast, fast) == (3.0, 3.0, 3.0)
    line = timing.row("claim", {"ours": fast * 1e-3, "peer": fast * 3e-3, "limit": fast * 5e-4})
    assert line == "| claim | 2.000 (1.000) | 6.000 (3.000) | 1.000 (0.500) | 3.0 (3.0-3.0) | 2.00 |"
