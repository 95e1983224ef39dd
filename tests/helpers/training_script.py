"""What test_processes.py starts as programs of their own: a run that is killed, and a run in several processes."""

import os
import signal
import sys

import torch
from torch.optim.optimizer import register_optimizer_step_pre_hook

from helpers import objectives
from helpers.encoder import TextModel
from helpers.masking import mask_tokens
from helpers.train import Config, fit

V, L = 20, 8


def sentences(n=40):
    """Rows of 2 to 8 words, so that batches, and processes, differ in their number of targets."""
    generator = torch.Generator().manual_seed(0)
    ids = torch.randint(5, V, (n, L), generator=generator)
    return ids.masked_fill(torch.arange(L) >= torch.randint(2, L + 1, (n, 1), generator=generator), 0)


def text_model(seed=0, **settings):
    torch.manual_seed(seed)
    return TextModel(V, L, dim=16, depth=1, heads=2, **settings).double()


def masked_words(model, ids):
    return objectives.mlm(model, *mask_tokens(ids, vocab_size=V, rate=0.3))


def resumable(path, *, seed=0, each_step=lambda model: 0.0):
    """A run with dropout, masks and an average, saved at every step. Returns (model, records)."""
    model = text_model(seed, dropout=0.2)
    config = Config(steps=60, batch_size=8, ema=0.9, checkpoint=str(path), checkpoint_every=1, evaluate_every=1)
    return model, fit(model, masked_words, sentences(), config, evaluate=each_step, progress=False)


def half_written(at):
    """Make the `at`-th checkpoint end in the middle of its file, with the process."""
    write, calls = torch.save, []

    def save(saved, path):
        calls.append(path)
        write(saved, path)
        if len(calls) == at:
            os.truncate(path, os.path.getsize(path) // 2)
            os.kill(os.getpid(), signal.SIGKILL)

    torch.save = save


def shared(path, processes):
    """A run whose batches are dealt out to `processes`. Saves its first gradient, weights and records."""
    model, gradients = text_model(causal=True), []

    def spy(optimizer, args, kwargs):
        if not gradients:
            gradients.extend(p.grad.clone() for p in model.parameters())

    hook = register_optimizer_step_pre_hook(spy)
    config = Config(steps=12, batch_size=8 // processes, accumulate=2, lr=1e-2, log_every=3, checkpoint=f"{path}.run")
    records = fit(model, objectives.causal, sentences(), config, progress=False)
    hook.remove()
    found = {"gradients": gradients, "weights": [p.detach() for p in model.parameters()], "records": records}
    torch.save(found, f"{path}.{os.environ.get('RANK', 0)}")


def divided(path, processes):
    """A run whose processes judge it differently: each alone would stop at another step. Saves its records."""
    rank = int(os.environ.get("RANK", 0))
    values = iter([[4.0, 3.0, 5.0, 6.0, 7.0, 8.0], [4.0, 3.0, 2.0, 1.0, 0.0, 9.0]][rank])
    config = Config(steps=6, batch_size=4, evaluate_every=1, patience=2)
    model = text_model(causal=True)
    records = fit(model, objectives.causal, sentences(), config, evaluate=lambda model: next(values), progress=False)
    torch.save(records, f"{path}.{rank}")


if __name__ == "__main__":
    torch.set_num_threads(1)
    what, path, number = sys.argv[1], sys.argv[2], int(sys.argv[3])
    if what in ("shared", "divided"):
        {"shared": shared, "divided": divided}[what](path, number)
    else:
        if what == "half":
            half_written(number)
        resumable(path, each_step=lambda model: print("step", flush=True) or 0.0)
