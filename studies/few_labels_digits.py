"""Chapter 01: what do features learned from unlabeled digits give a probe that sees 10, 20, 50, 100 or 1,000 labels?

Four sets of features by training (contrastive, rotation, two views without negatives, none) and the raw pixels. A
result is the mean over 20 draws of the labeled images, the same draws for every method and seed. About three minutes on
one CPU core.
"""

import copy

import torch
import torch.nn.functional as F

from helpers import evaluate, images, objectives, studies
from helpers.augment import affine, noise
from helpers.encoder import Classifier, ConvEncoder
from helpers.train import Config, fit, seed_everything

SEEDS = (0, 1, 2)
PER_CLASS = (1, 2, 5, 10)


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


def train(model, objective, x, seed, steps):
    seed_everything(seed)
    records = fit(model, objective, x, Config(steps=steps, batch_size=128, lr=2e-3, seed=seed))
    return records[-1]["loss"]


def similarity(z):
    """Mean cosine similarity of different rows: 1 when all embeddings have collapsed to one point."""
    z = F.normalize(z, dim=1)
    return float(((z @ z.T).sum() - len(z)) / (len(z) * (len(z) - 1)))


def one_seed(seed, steps, draws):
    """One seed: {features: {labels: accuracy}}, and loss and similarity of the contrastive and the collapsed run."""
    (x, y), (test_x, test_y) = images.digits("train"), images.digits("test")
    seed_everything(seed)
    untrained = ConvEncoder(1)
    contrastive, no_negatives, turned = (copy.deepcopy(untrained) for _ in range(3))
    losses = {"contrastive": train(contrastive, two_views, x, seed, steps)}
    losses["no negatives"] = train(no_negatives, agree, x, seed, steps)
    seed_everything(seed)
    train(Classifier(turned, 64, 4), rotation, x, seed, steps)
    models = {"contrastive": contrastive, "untrained": untrained, "rotation": turned, "no negatives": no_negatives}
    spaces = {"raw pixels": (x.flatten(1), test_x.flatten(1))}
    spaces |= {name: (evaluate.features(model, x), evaluate.features(model, test_x)) for name, model in models.items()}
    table = {name: {} for name in spaces}
    for per_class in PER_CLASS:
        chosen = [evaluate.few_labels(y, per_class, torch.Generator().manual_seed(d)) for d in range(draws)]
        for name, (a, b) in spaces.items():
            scores = [evaluate.linear_probe(a[rows], y[rows], b, test_y) for rows in chosen]
            table[name][str(10 * per_class)] = sum(scores) / draws
    for name, (a, b) in spaces.items():
        table[name][str(len(y))] = evaluate.linear_probe(a, y, b, test_y)
    watched = {n: {"loss": losses[n], "similarity": similarity(spaces[n][0])} for n in losses}
    watched["untrained"] = {"similarity": similarity(spaces["untrained"][0])}
    return table, watched


def run(quick=False):
    """{"accuracy": {features: {labels: [one per seed]}}, "collapse": {training: [{"loss", "similarity"} per seed]}}."""
    seeds = [one_seed(seed, *((3, 2) if quick else (150, 20))) for seed in (SEEDS[:1] if quick else SEEDS)]
    tables, watched = zip(*seeds, strict=True)
    return {
        "accuracy": {m: {n: [t[m][n] for t in tables] for n in tables[0][m]} for m in tables[0]},
        "collapse": {name: [w[name] for w in watched] for name in watched[0]},
    }


if __name__ == "__main__":
    studies.main("few_labels_digits", run)
