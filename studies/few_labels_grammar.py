"""Chapter 01: does reading unlabeled sentences help to judge verb agreement from 50, 200 or 1,000 labels?

Same network, same labels, same steps; only the starting parameters differ. Two simpler baselines: word counts, and a
linear probe on the frozen network. Then: how many unlabeled sentences does pre-training need before it overfits?
About four minutes on one CPU core.
"""

import copy

import torch
from torch.utils.data import TensorDataset

from helpers import evaluate, objectives, studies
from helpers.encoder import Classifier, TextModel
from helpers.grammar import language
from helpers.masking import mask_tokens
from helpers.train import Config, fit, seed_everything

SEEDS = (0, 1, 2)
LABELS = (50, 200, 1000)
UNLABELED = (200, 1000, 50_000)
LANGUAGE = language()
V = len(LANGUAGE.vocab)


def masked_words(model, ids):
    return objectives.mlm(model, *mask_tokens(ids, vocab_size=V, rate=0.3))


def draw(seed):
    return torch.Generator().manual_seed(seed)


def pretrain(seed, sentences, steps):
    """(untrained, pre-trained): the same network before and after `steps` batches of 32 masked sentences."""
    seed_everything(seed)
    untrained = TextModel(V, LANGUAGE.max_length)
    body = copy.deepcopy(untrained)
    fit(body, masked_words, sentences, Config(steps=steps, batch_size=32, lr=3e-3, seed=seed))
    return untrained, body


def fine_tune(seed, body, x, y, steps):
    """A new head on a copy of `body`, everything trained on the labels."""
    seed_everything(seed)
    model = Classifier(copy.deepcopy(body), 64, 2)
    fit(model, objectives.classify, TensorDataset(x, y), Config(steps=steps, batch_size=32, lr=3e-3, seed=seed))
    return model


def word_counts(ids):
    """(N, L) ids -> (N, V): how often each word occurs."""
    return torch.nn.functional.one_hot(ids, V).sum(1).float()


def one_seed(seed, steps, tuning_steps):
    """One seed: {method: {labels: accuracy}} and, for each amount of unlabeled text, what pre-training came to."""
    sentences, _ = LANGUAGE.sample(max(UNLABELED), draw(1 + 100 * seed))
    new, _ = LANGUAGE.sample(1000, draw(5))
    train_x, train_y = LANGUAGE.agreement(max(LABELS), draw(11 + 100 * seed))
    test_x, test_y = LANGUAGE.agreement(2000, draw(12))
    amounts, bodies = {}, {}
    for n in UNLABELED:
        untrained, bodies[n] = pretrain(seed, sentences[:n], steps)
        tuned = fine_tune(seed, bodies[n], train_x[:200], train_y[:200], tuning_steps)
        amounts[str(n)] = {
            "train": evaluate.mean_loss(bodies[n], masked_words, sentences[:n][:1000]),
            "new": evaluate.mean_loss(bodies[n], masked_words, new),
            "accuracy": evaluate.accuracy(tuned, test_x, test_y),
        }
    frozen = [evaluate.features(bodies[max(UNLABELED)], x) for x in (train_x, test_x)]
    counts = [word_counts(x) for x in (train_x, test_x)]
    methods = ("pre-trained, fine-tuned", "pre-trained, linear probe", "from scratch", "word counts")
    table = {name: {} for name in methods}
    for n in LABELS:
        x, y = train_x[:n], train_y[:n]
        for name, body in {"pre-trained, fine-tuned": bodies[max(UNLABELED)], "from scratch": untrained}.items():
            table[name][str(n)] = evaluate.accuracy(fine_tune(seed, body, x, y, tuning_steps), test_x, test_y)
        for name, (a, b) in {"pre-trained, linear probe": frozen, "word counts": counts}.items():
            table[name][str(n)] = evaluate.linear_probe(a[:n], y, b, test_y)
    return table, amounts


def run(quick=False):
    """{"accuracy": {method: {labels: [one per seed]}}, "pre-training": {unlabeled sentences: [one per seed]}}."""
    seeds = [one_seed(seed, *((3, 3) if quick else (1000, 200))) for seed in (SEEDS[:1] if quick else SEEDS)]
    tables, amounts = zip(*seeds, strict=True)
    return {
        "accuracy": {m: {n: [t[m][n] for t in tables] for n in tables[0][m]} for m in tables[0]},
        "pre-training": {n: [a[n] for a in amounts] for n in amounts[0]},
    }


if __name__ == "__main__":
    studies.main("few_labels_grammar", run)
