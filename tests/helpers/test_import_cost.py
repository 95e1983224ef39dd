"""A notebook that imports the course's helpers should not wait for libraries it may never use."""

import subprocess
import sys

HEAVY = ["accelerate", "datasets", "IPython", "ipywidgets", "matplotlib.pyplot", "nbgrader", "pandas", "scipy"]
HEAVY += ["sklearn", "tqdm", "transformers"]


def loaded(imports, names):
    code = f"import sys, {imports}; print(*[name for name in {names!r} if name in sys.modules])"
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()


def test_importing_the_package_imports_nothing():
    assert loaded("helpers", ["torch", "numpy", *HEAVY]) == []


def test_the_core_imports_torch_and_nothing_heavier():
    core = ["augment", "encoder", "evaluate", "grammar", "images", "masking", "objectives", "text", "train"]
    by_torch = loaded("torch", HEAVY)
    assert loaded(", ".join(f"helpers.{name}" for name in core), HEAVY) == by_torch
