"""How notebooks run under pytest: without network, without widgets and progress bars, on one thread.

The worked notebooks in solutions/ run whole and nbval compares their outputs. The students' notebooks in chapters/
run quickly, and besides nbval's rule (a cell fails only where it is tagged) the reverse is demanded here: a tagged
cell that passes would give points to an untouched exercise.
"""

import os
from pathlib import Path

import pytest
from nbval.plugin import IPyNbCell

os.environ.setdefault("OMP_NUM_THREADS", "1")  # before torch is imported: two workers share the cores

ROOT = Path(__file__).parent
OFFLINE = ROOT / "tests" / "notebooks" / "offline"  # its sitecustomize.py forbids connections off this machine

KERNEL = {"COURSE_STATIC": "1", "OMP_NUM_THREADS": "1", "PYTHONHASHSEED": "0",
          "PYTHONPATH": os.pathsep.join([str(OFFLINE), str(ROOT)])}


@pytest.fixture(scope="session")
def kernel_environment():
    """The environment in which every notebook of the suite runs."""
    return {**os.environ, **KERNEL}


def _unsolved(item):
    return ROOT / "chapters" in item.path.parents


@pytest.hookimpl(wrapper=True)
def pytest_runtest_setup(item):
    """Start a notebook's kernel in the environment above; with its first cell, nbval starts the kernel."""
    if not isinstance(item, IPyNbCell):
        return (yield)
    with pytest.MonkeyPatch.context() as patch:
        for key, value in {**KERNEL, **({"COURSE_QUICK": "1"} if _unsolved(item) else {})}.items():
            patch.setenv(key, value)
        return (yield)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item):
    """What nbval lets pass: a tagged cell that passes, and warnings, which a learner takes for their own mistake."""
    result = yield
    if not isinstance(item, IPyNbCell):
        return result
    if _unsolved(item) and "raises-exception" in item.cell.metadata.get("tags", []):
        if not any(out.output_type == "error" for out in item.test_outputs):
            pytest.fail("this cell is tagged raises-exception and passes in the unsolved chapter")
    warned = [out.text for out in item.test_outputs if out.output_type == "stream" and out.name == "stderr"]
    if warned:
        pytest.fail("this cell writes to stderr:\n" + "".join(warned)[:1000])
    return result
