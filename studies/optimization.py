"""Chapter 05: what rate, batch, regularization, averaging and search are worth, over three seeds.

One tiny causal Transformer on the course's language, whose lowest possible loss is known. Every run differs from the
chapter's recipe in the setting that its table names. All losses are in nats per word on sentences that no run trains
on. About 5 minutes on one CPU core.
"""

import math

import torch

from helpers import evaluate, objectives, studies
from helpers.encoder import TextModel
from helpers.grammar import PAD, floor, language
from helpers.train import Config, fit, seed_everything

SEEDS = (0, 1, 2)
RATES = (3e-4, 1e-3, 3e-3, 1e-2, 3e-2, 1e-1)
FEW = 200  # sentences, where a run is to overfit
REGULARIZATION = {
    "none": {},
    "weight decay 0.1": {"weight_decay": 0.1},
    "weight decay 1": {"weight_decay": 1.0},
    "dropout 0.1": {"dropout": 0.1},
    "dropout 0.3": {"dropout": 0.3},
    "10x the sentences": {"sentences": 10 * FEW},
}


def sentences(n, seed):
    return language().sample(n, torch.Generator().manual_seed(seed))[0]


def build(seed, dropout=0.0, causal=True):
    seed_everything(seed)
    return TextModel(len(language().vocab), language().max_length, dim=32, depth=1, causal=causal, dropout=dropout)


def train(seed, steps, *, data, held_out, dropout=0.0, causal=True, looks=1, **settings):
    """One run: the model and its curve [[step, training loss, held-out loss], ...]."""
    model = build(seed, dropout, causal)
    every = max(1, steps // looks)
    config = Config(
        **{"steps": steps, "lr": 1e-2, "seed": seed, "log_every": every, "evaluate_every": every} | settings
    )

    def look(model):
        return evaluate.mean_loss(model, objectives.causal, held_out)

    try:
        records = fit(model, objectives.causal, data, config, evaluate=look, progress=False)
    except FloatingPointError:
        return model, [[steps, math.inf, math.inf]]
    return model, [[r["step"], r["loss"], r["validation"]] for r in records if "validation" in r]


def ensemble(models, ids):
    """Held-out loss of the mean of the models' probabilities."""
    with torch.no_grad():
        p = torch.stack([m.logits(m(ids[:, :-1])).softmax(-1) for m in models]).mean(0)  # (B, L-1, V)
    asked = ids[:, 1:] != PAD
    return -p[asked].gather(1, ids[:, 1:][asked][:, None]).log().mean().item()


def rates(many, held_out, steps, seeds):
    """Final loss by highest rate, with and without warmup."""
    return {
        f"warmup {warmup}": {
            f"{lr:g}": [train(s, steps, data=many, held_out=held_out, lr=lr, warmup=warmup)[1][-1][2] for s in seeds]
            for lr in RATES
        }
        for warmup in (0.0, 0.1)
    }


def batches(many, held_out, read, seeds):
    """Final loss by batch size and rate when every run reads the same number of sentences."""
    return {
        str(size): {
            f"{lr:g}": [
                train(s, read // size, data=many, held_out=held_out, lr=lr, batch_size=size)[1][-1][2] for s in seeds
            ]
            for lr in RATES[1:]
        }
        for size in (8, 32, 128, 512)
    }


def regularize(held_out, steps, seeds):
    """Few sentences, many epochs: the curve of each remedy, and what a mean of the seeds' predictions makes of it."""
    results = {}
    for name, settings in REGULARIZATION.items():
        settings = {"sentences": FEW} | settings
        data = sentences(settings.pop("sentences"), 5)
        runs = [train(s, steps, data=data, held_out=held_out, looks=20, **settings) for s in seeds]
        results[name] = {
            "curves": [curve for _, curve in runs],
            "ensemble": ensemble([model for model, _ in runs], held_out),
        }
    return results


def average(many, held_out, steps, seeds):
    """A constant rate, the same with a moving average of the weights, and a decaying rate."""
    kinds = {
        "constant": {"schedule": "constant"},
        "constant, averaged": {"schedule": "constant", "ema": 0.98},
        "cosine": {},
    }
    return {
        name: [train(s, steps, data=many, held_out=held_out, looks=15, **kind)[1] for s in seeds]
        for name, kind in kinds.items()
    }


def search(many, steps, trials, seeds):
    """Random search: settings drawn, scored on the validation split; the test split is read once, for the winner."""
    validation, test = sentences(300, 3), sentences(5000, 4)
    found = []
    for seed in seeds:
        draw = torch.Generator().manual_seed(100 + seed)
        runs = []
        for _ in range(trials):
            u = torch.rand(3, generator=draw).tolist()
            setting = {
                "lr": 10 ** (-3.5 + 2.5 * u[0]),
                "weight_decay": 10 ** (-3 + 3 * u[1]),
                "dropout": 0.3 * u[2],
            }
            model, curve = train(seed, steps, data=many, held_out=validation, **setting)
            runs.append((curve[-1][2], setting, model))
        best = min(runs, key=lambda run: run[0])
        found.append(
            {
                "trials": [setting | {"validation": loss} for loss, setting, _ in runs],
                "best": best[1]
                | {"validation": best[0], "test": evaluate.mean_loss(best[2], objectives.causal, test)},
            }  # fmt: skip
        )
    return found


def sick(many, held_out, steps):
    """Curves to diagnose: [[step, training loss, held-out loss], ...], one seed each."""
    kinds = {
        "A": {"lr": 0.5, "warmup": 0.0},
        "B": {"data": sentences(FEW, 5)},
        "C": {"causal": False},
        "D": {"lr": 3e-4, "schedule": "constant"},
        "healthy": {},
    }
    return {
        name: train(0, steps, held_out=held_out, looks=30, **{"data": many} | kind)[1] for name, kind in kinds.items()
    }


def run(quick=False):
    seeds, steps = (SEEDS[:1], 3) if quick else (SEEDS, 200)
    many, held_out = sentences(600 if quick else 20_000, 0), sentences(50 if quick else 500, 1)
    exact = language().next_word(held_out)[:, 1:]
    return {
        "floor": floor(exact, held_out[:, 1:].masked_fill(held_out[:, 1:] == PAD, -100))[0],
        "unigram": -torch.xlogy(language().unigram(), language().unigram()).sum().item(),
        "rates": rates(many, held_out, steps, seeds),
        "batches": batches(many, held_out, 32 * steps if not quick else 512, seeds),
        "regularization": regularize(held_out, 2 * steps, seeds),
        "average": average(many, held_out, steps, seeds),
        "search": search(many, steps, 2 if quick else 16, seeds),
        "sick": sick(many, held_out, 2 * steps),
    }


if __name__ == "__main__":
    studies.main("optimization", run)
