"""What this machine has, what it will be able to do, and what to do about what is missing.

`findings()` is the list behind the report in chapter 00 and behind `course doctor`.
"""

import importlib.metadata
import importlib.util
import os
import shutil
import sys
from dataclasses import dataclass


@dataclass(frozen=True)
class Finding:
    """One line of the report: whether it is fine, what was found, and what to do when it is not."""

    ok: bool
    what: str
    advice: str = ""

    def __str__(self):
        return f"{'✓' if self.ok else '✗'} {self.what}" + (f"\n    {self.advice}" if self.advice else "")


def findings():
    """What was found, most basic first: Python, torch, its enemies, the device, cores, disk."""
    found = [_python(), _torch()]
    found += [finding for name in ("torchvision", "torchaudio") if (finding := _companion(name))]
    if found[1].ok:
        found.append(_device())
    found += [_cores(), _disk()]
    return found


def report():
    """Print the findings, one a line, each problem with its remedy."""
    for finding in findings():
        print(finding)


def _python():
    version = ".".join(map(str, sys.version_info[:3]))
    if (3, 11) <= sys.version_info < (3, 14):
        return Finding(True, f"Python {version}")
    return Finding(False, f"Python {version}",
                   "The course needs Python 3.11 to 3.13: install one, delete .venv, set up again.")


def _torch():
    if importlib.util.find_spec("torch") is None:
        return Finding(False, "PyTorch is not installed",
                       "Set the course up again: `make lab`, or the two commands in README.md.")
    return Finding(True, f"PyTorch {importlib.metadata.version('torch')}")


def _companion(name):
    """A torchvision or torchaudio that does not load breaks `transformers` too, though the course needs neither."""
    if importlib.util.find_spec(name) is None:
        return None
    try:
        importlib.import_module(name)
    except Exception as error:
        return Finding(False, f"{name} is installed but does not load ({type(error).__name__})",
                       f"It does not fit this PyTorch and the course does not need it: pip uninstall {name}")
    return Finding(True, f"{name} {importlib.metadata.version(name)} (not needed)")


def _device():
    import torch

    if torch.cuda.is_available():
        properties = torch.cuda.get_device_properties(0)
        count = torch.cuda.device_count()
        memory = properties.total_memory / 2**30
        return Finding(True, f"{count} GPU{'s' if count > 1 else ''}: {properties.name}, {memory:.0f} GiB each. "
                             "Everything runs, the cells marked 'on a GPU' too.")
    return Finding(True, "no GPU, and none is needed: every chapter runs on the CPU. "
                         "The cells marked 'on a GPU' explain how to run them on Colab.")


def _cores():
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    if cores >= 2:
        return Finding(True, f"{cores} processor cores")
    return Finding(True, "1 processor core: the times stated in the chapters assume two, expect about twice as long")


def _disk():
    free = shutil.disk_usage(os.getcwd()).free / 2**30
    if free >= 1:
        return Finding(True, "at least 1 GiB free on this disk")  # no figure: a stored report stays the same
    return Finding(False, f"{free:.1f} GiB free on this disk", "Free at least 1 GiB: caches and checkpoints need it.")
