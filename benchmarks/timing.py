"""How every benchmark of this folder reports what `helpers.measure.interleaved` measured.

Methods take turns in rounds within one process, so that what slows the machine down slows all of them down. Medians
are over rounds, and a ratio is the median of the ratios within the rounds.
"""

import importlib.metadata
import os
import platform

import numpy as np


def machine(*packages):
    """One line: versions, processor, load. Without them a figure means nothing."""
    versions = ", ".join(f"{name} {importlib.metadata.version(name)}" for name in packages)
    load = os.getloadavg()[0] if hasattr(os, "getloadavg") else float("nan")
    return f"Python {platform.python_version()}, {versions}; {_processor()}, one thread, load {load:.1f}"


def ratio(slow, fast):
    """How many times faster, round by round: (median, lower quartile, upper quartile)."""
    low, middle, high = np.percentile(np.divide(slow, fast), [25, 50, 75])
    return middle, low, high


def row(claim, times):
    """A line of the table: ours, peer and limit (median and, in brackets, minimum, in ms), and what follows."""
    ours, peer, limit = (times[name] for name in ("ours", "peer", "limit"))
    cells = [f"{np.median(t) * 1e3:.3f} ({min(t) * 1e3:.3f})" for t in (ours, peer, limit)]
    middle, low, high = ratio(peer, ours)
    return f"| {claim} | {' | '.join(cells)} | {middle:.1f} ({low:.1f}-{high:.1f}) | {ratio(ours, limit)[0]:.2f} |"


HEADER = """\
| | ours, ms | peer, ms | limit, ms | peer / ours | ours / limit |
|---|---|---|---|---|---|"""


def _processor():
    try:
        with open("/proc/cpuinfo") as file:
            return next(line.split(":")[1].strip() for line in file if line.startswith("model name"))
    except (OSError, StopIteration):
        return platform.processor() or platform.machine()
