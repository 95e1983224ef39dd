"""What several tests of the helpers need: scripts that are no modules, one thread, an environment without switches."""

import importlib.util
from pathlib import Path

import pytest
import torch

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def script():
    """A function that loads a program of the repository as a module: script("studies/optimization.py")."""

    def load(path):
        spec = importlib.util.spec_from_file_location(Path(path).stem, ROOT / path)
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        return module

    return load


@pytest.fixture
def one_thread():
    """The same bits again, as studies have them."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture
def plain_environment(monkeypatch):
    """No quick, static or grading mode, whatever this suite runs in."""
    for name in ("COURSE_QUICK", "COURSE_STATIC", "NBGRADER_EXECUTION"):
        monkeypatch.delenv(name, raising=False)
