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


def main(name, run):
    """The command line of a study: run(quick) -> results (plain data), with one thread, saved under `name`.

    `--quick` measures a little of everything and prints it instead of saving.
    """
    import argparse

    import torch

    parser = argparse.ArgumentParser(description=f"Measure the figures of {name}.json")
    parser.add_argument("--quick", action="store_true", help="a few steps of one seed, printed, not saved")
    quick = parser.parse_args().quick
    torch.set_num_threads(1)  # the same bits again on the same machine
    begin = time.perf_counter()
    results = rounded(run(quick=quick))
    study = {
        "command": f"python studies/{name}.py",
        "versions": {"python": platform.python_version(), "torch": torch.__version__},
        "seconds": round(time.perf_counter() - begin),
        "results": results,
    }
    print(json.dumps(study)) if quick else save(name, study)


def save(name, study):
    """Write helpers/studies/NAME.json in one move, so that an interrupt leaves the old figures whole."""
    file = Path(__file__).parent / f"{name}.json"
    part = file.with_suffix(".part")
    part.write_text(json.dumps(study, indent=1) + "\n", encoding="utf-8")
    os.replace(part, file)


def rounded(x):
    """Plain data with every float rounded to four decimals."""
    if isinstance(x, dict):
        return {key: rounded(value) for key, value in x.items()}
    if isinstance(x, (list, tuple)):
        return [rounded(value) for value in x]
    return round(x, 4) if isinstance(x, float) else x
