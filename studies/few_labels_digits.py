"""Chapter 01: what do features learned from unlabeled digits give a probe that sees 10, 20, 50, 100 or 1,000 labels?

    OMP_NUM_THREADS=1 python studies/few_labels_digits.py       # three seeds, one to two minutes on one core

Four sets of features by training (contrastive, rotation, two views without negatives, none) and the raw pixels. A
result is the mean over 20 draws of the labeled images, the same draws for every method and seed.
"""

import copy
import time

import torch
import torch.nn.functional as F

from helpers import evaluate, images, objectives, studies
from helpers.augment import affine, noise
from helpers.encoder import Classifier, ConvEncoder
from helpers.train import Config, fit, seed_everything

SEEDS = (0, 1, 2)
PER_CLASS = (1, 2, 5, 10)
DRAWS = 20
STEPS = 150


def view(x):
    return noise(affine(x))


def two_views(model, x):
    return objectives.nt_xent(model(view(x)), model(view(x)), temperature=0.5)


def agree(model, x):
    """The two views' squared distance on the unit sphere: nothing pushes different images apart."""
    a, b = F.normalize(model(view(x)), dim=1), F.normalize(model(view(x)), dim=1)
    return (a - b).pow(2).sum(), len(x)


def rotation(model, x):
    """Which way up? (Gidaris et al. 2018): all four orientations of each image."""
    turned = torch.cat([torch.rot90(x, k, (2, 3)) for k in range(4)])
    return objectives.classify(model, (turned, torch.arange(4).repeat_interleave(len(x))))


def train(model, objective, x, seed):
    seed_everything(seed)
    records = fit(model, objective, x, Config(steps=STEPS, batch_size=128, lr=2e-3, seed=seed))
    return records[-1]["loss"]


def similarity(z):
    """Mean cosine similarity of different rows: 1 when all embeddings have collapsed to one point."""
    z = F.normalize(z, dim=1)
    return float(((z @ z.T).sum() - len(z)) / (len(z) * (len(z) - 1)))


def run(seed):
    """One seed: {features: {labels: accuracy}}, and loss and similarity of the contrastive and the collapsed run."""
    (x, y), (test_x, test_y) = images.digits("train"), images.digits("test")
    seed_everything(seed)
    untrained = ConvEncoder(1)
    contrastive, no_negatives, turned = (copy.deepcopy(untrained) for _ in range(3))
    losses = {"contrastive": train(contrastive, two_views, x, seed), "no negatives": train(no_negatives, agree, x, seed)}
    seed_everything(seed)
    train(Classifier(turned, 64, 4), rotation, x, seed)
    models = {"contrastive": contrastive, "untrained": untrained, "rotation": turned, "no negatives": no_negatives}
    spaces = {"raw pixels": (x.flatten(1), test_x.flatten(1))}
    spaces |= {name: (evaluate.features(model, x), evaluate.features(model, test_x)) for name, model in models.items()}
    table = {name: {} for name in spaces}
    for per_class in PER_CLASS:
        draws = [evaluate.few_labels(y, per_class, torch.Generator().manual_seed(d)) for d in range(DRAWS)]
        for name, (a, b) in spaces.items():
            scores = [evaluate.linear_probe(a[rows], y[rows], b, test_y) for rows in draws]
            table[name][str(10 * per_class)] = round(sum(scores) / DRAWS, 3)
    for name, (a, b) in spaces.items():
        table[name][str(len(y))] = round(evaluate.linear_probe(a, y, b, test_y), 3)
    watched = {n: {"loss": round(losses[n], 4), "similarity": round(similarity(spaces[n][0]), 3)} for n in losses}
    watched["untrained"] = {"similarity": round(similarity(spaces["untrained"][0]), 3)}
    return table, watched


def main():
    began = time.perf_counter()
    torch.set_num_threads(1)
    tables, watched = zip(*map(run, SEEDS), strict=True)
    results = {
        "accuracy": {m: {n: [t[m][n] for t in tables] for n in tables[0][m]} for m in tables[0]},
        "collapse": {name: [w[name] for w in watched] for name in watched[0]},
    }
    studies.save("few_labels_digits", results, time.perf_counter() - began)


if __name__ == "__main__":
    main()
