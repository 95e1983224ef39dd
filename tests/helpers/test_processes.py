"""Training survives being killed, and several processes train as one: tried with processes, not with pretense."""

import os
import random
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest
import torch
import training_script as script

ROOT = Path(__file__).parents[2]
SCRIPT = str(Path(script.__file__))


@pytest.fixture(autouse=True)
def environment(plain_environment, monkeypatch):
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    monkeypatch.setenv("OMP_NUM_THREADS", "1")


def start(*words):
    return subprocess.Popen([sys.executable, SCRIPT, *map(str, words)], stdout=subprocess.PIPE, text=True)


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """The run that nobody interrupts: (weights, records)."""
    model, records = script.resumable(tmp_path_factory.mktemp("whole") / "run.pt")
    return list(model.parameters()), records


def resumed_equals(whole, path):
    weights, records = whole
    model, found = script.resumable(path, seed=5)  # other random weights: all that counts comes from the file
    return found == records and all(map(torch.equal, model.parameters(), weights))


def test_a_run_killed_at_a_random_step_ends_bit_for_bit_like_one_that_was_not(whole, tmp_path):
    path, stop = tmp_path / "run.pt", random.randint(2, 58)
    process = start("kill", path, 0)
    for _ in range(stop):
        process.stdout.readline()
    process.send_signal(signal.SIGKILL)
    assert process.wait() == -signal.SIGKILL
    reached = torch.load(path, weights_only=True)["state"]["step"]
    assert stop - 2 <= reached < 60, f"killed at step {stop}"
    assert resumed_equals(whole, path), f"killed at step {stop}, resumed at {reached}"


def test_a_checkpoint_half_written_when_the_process_dies_is_never_read(whole, tmp_path):
    path = tmp_path / "run.pt"
    assert start("half", path, 7).wait() == -signal.SIGKILL
    assert torch.load(path, weights_only=True)["state"]["step"] == 6
    assert resumed_equals(whole, path)
    assert os.listdir(tmp_path) == ["run.pt"]  # nothing half-written stays behind


def launch(monkeypatch, *words):
    """Run the script in two processes."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    # --multi_gpu stands for "in several processes"; accelerate's --cpu would start them through MPI only.
    options = "--multi_gpu --num_processes 2 --num_machines 1 --mixed_precision no --dynamo_backend no".split()
    monkeypatch.setenv("ACCELERATE_USE_CPU", "true")
    command = [sys.executable, "-m", "accelerate.commands.launch", *options, "--main_process_port", str(port)]
    done = subprocess.run([*command, SCRIPT, *words, "2"], capture_output=True, text=True, timeout=240)
    assert done.returncode == 0, done.stderr[-2000:]


def test_processes_that_judge_differently_stop_together(tmp_path, monkeypatch):
    """One that went on alone would wait for the others for ever."""
    launch(monkeypatch, "divided", tmp_path / "run")
    one, two = (torch.load(tmp_path / f"run.{rank}") for rank in (0, 1))
    assert one == two
    assert [r["validation"] for r in one] == [4.0, 3.0, 3.5, 3.5]  # the means; the second process alone would go on


def test_two_processes_compute_the_gradient_and_the_weights_of_one(tmp_path, monkeypatch):
    launch(monkeypatch, "shared", tmp_path / "two")
    script.shared(tmp_path / "one", 1)
    one = torch.load(tmp_path / "one.0")
    for rank in (0, 1):
        two = torch.load(tmp_path / f"two.{rank}")
        torch.testing.assert_close(two["gradients"], one["gradients"], rtol=0, atol=1e-14)
        torch.testing.assert_close(two["weights"], one["weights"], rtol=0, atol=1e-10)
        for a, b in zip(two["records"], one["records"], strict=True):
            assert a["loss"] == pytest.approx(b["loss"], abs=1e-10)
            assert a["grad_norm"] == pytest.approx(b["grad_norm"], abs=1e-10)
    assert (tmp_path / "two.run").exists()
