"""Several processes share one run: `torchrun --nproc_per_node 2 script.py` takes the same steps as one process."""

import os
import runpy
import subprocess
import sys
from pathlib import Path

import torch

SCRIPT = """
import sys
import torch
from accelerate import PartialState
from helpers import objectives
from helpers.encoder import TextModel
from helpers.train import Config, fit

torch.manual_seed(0)
ids = torch.randint(5, 20, (40, 8))
ids = ids.masked_fill(torch.arange(8) >= torch.randint(2, 9, (40, 1)), 0)  # so that counts differ
model = TextModel(20, 8, dim=16, depth=1, heads=2, causal=True).double()
config = Config(steps=6, batch_size=int(sys.argv[2]), accumulate=2, lr=1e-2, log_every=2)
records = fit(model, objectives.causal, ids, config, progress=False)
if PartialState().is_main_process:
    torch.save({"weights": model.state_dict(), "records": records}, sys.argv[1])
"""


def test_two_processes_train_like_one(tmp_path, monkeypatch):
    script, one, two = tmp_path / "script.py", tmp_path / "one", tmp_path / "two"
    script.write_text(SCRIPT)
    monkeypatch.setattr(sys, "argv", [str(script), str(one), "8"])
    runpy.run_path(str(script))

    launch = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc_per_node=2"]
    root = str(Path(__file__).parents[2])
    environment = os.environ | {"PYTHONPATH": root, "OMP_NUM_THREADS": "1", "ACCELERATE_USE_CPU": "true"}
    done = subprocess.run([*launch, script, two, "4"], env=environment, cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr

    one, two = (torch.load(path, map_location="cpu", weights_only=True) for path in (one, two))
    for a, b in zip(one["records"], two["records"], strict=True):
        assert all(abs(a[name] - b[name]) < 1e-10 for name in a)
    for name, weight in one["weights"].items():
        torch.testing.assert_close(two["weights"][name], weight, rtol=0, atol=1e-10)
