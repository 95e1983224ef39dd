"""Figures over several seeds, measured by the scripts of the folder studies/ and drawn by the chapters."""

import json
import os
import platform
import time
from importlib import resources
from pathlib import Path


def load(name):
    """What a study measured: {"command", "versions", "seconds", "results"}.

    name: "masked_descent" for helpers/studies/masked_descent.json. Raises ValueError for a name that has no figures.
    """
    folder = resources.files(__name__)
    file = folder / f"{name}.json"
    if not file.is_file():
        known = sorted(f.name.removesuffix(".json") for f in folder.iterdir() if f.name.endswith(".json"))
        raise ValueError(f"no figures of a study {name!r}; there are {known}; `python studies/{name}.py` measures them")
    return json.loads(file.read_text(encoding="utf-8"))


def save(name, results, seconds):
    """Write helpers/studies/NAME.json in one move: what was measured, by which command, with what, in how long.

    results: plain data, floats are rounded to four decimals.
    """
    file = Path(__file__).parent / f"{name}.json"
    part = file.with_suffix(".part")
    part.write_text(json.dumps(describe(name, results, seconds), indent=1) + "\n", encoding="utf-8")
    os.replace(part, file)


def describe(name, results, seconds):
    import torch

    return {
        "command": f"python studies/{name}.py",
        "versions": {"python": platform.python_version(), "torch": torch.__version__},
        "seconds": round(seconds),
        "results": rounded(results),
    }


def main(name, run):
    """The command line of a study: run(quick) -> results, with one thread, saved under `name`.

    `--quick` measures a little of everything and prints it instead of saving.
    """
    import argparse

    import torch

    parser = argparse.ArgumentParser(description=f"Measure the figures of {name}.json")
    parser.add_argument("--quick", action="store_true", help="a few steps of one seed, printed, not saved")
    quick = parser.parse_args().quick
    torch.set_num_threads(1)  # the same bits again on the same machine
    begin = time.perf_counter()
    results = run(quick=quick)
    seconds = time.perf_counter() - begin
    if quick:
        print(json.dumps(describe(name, results, seconds)))
    else:
        save(name, results, seconds)


def rounded(x):
    """Plain data with every float rounded to four decimals."""
    if isinstance(x, dict):
        return {key: rounded(value) for key, value in x.items()}
    if isinstance(x, (list, tuple)):
        return [rounded(value) for value in x]
    return round(x, 4) if isinstance(x, float) else x
