"""How close do a causal and a masked model come to the loss that nothing can beat?

Both are the same small Transformer on the same sentences of the course's grammar; they differ in what they see and
what they are asked. Three seeds: held-out loss along the way, final loss, floor, and the Kullback-Leibler divergence
from the exact predictor, overall and by word class. About 5 minutes on one CPU core.
"""

import time

import torch
from torch.utils.data import TensorDataset

from helpers import evaluate, objectives, studies
from helpers.encoder import TextModel
from helpers.grammar import PAD, floor, language
from helpers.masking import IGNORE, mask_tokens
from helpers.train import Config, fit, seed_everything

STEPS = {"causal": 750, "masked": 3000}


def masked_words(model, ids):
    return objectives.mlm(model, *mask_tokens(ids, vocab_size=len(language().vocab)))


OBJECTIVES = {"causal": objectives.causal, "masked": masked_words}


def questions(kind, ids, states):
    """What a model reads and is asked: (inputs (B, T), labels (B, T), exact answers (B, T, V), word classes (B, T))."""
    grammar = language()
    classes = grammar.word_class(states)
    if kind == "causal":  # the output at place i answers for i + 1
        labels = ids.masked_fill(ids == PAD, IGNORE)[:, 1:]
        return ids[:, :-1], labels, grammar.next_word(ids)[:, 1:], classes[:, 1:]
    inputs, labels = mask_tokens(ids, vocab_size=len(grammar.vocab), generator=torch.Generator().manual_seed(2))
    return inputs, labels, grammar.posterior(inputs), classes


@torch.no_grad()
def compare(model, inputs, labels, exact):
    """Per target: the model's loss and its divergence KL(exact || model), both (n,) in nats."""
    found = []
    for x, y, p in zip(inputs.split(500), labels.split(500), exact.split(500), strict=True):
        asked = y != IGNORE
        log_q, p = model.logits(model(x)[asked]).double().log_softmax(-1), p[asked]  # (n, V)
        kl = torch.xlogy(p, p) - p * log_q
        found.append(torch.stack([-log_q.gather(1, y[asked][:, None])[:, 0], kl.sum(-1)]))
    return torch.cat(found, 1)


def descent(kind, seed, steps, train, inputs, labels, exact, classes):
    """One model, trained and measured."""
    grammar = language()
    seed_everything(seed)
    model = TextModel(len(grammar.vocab), grammar.max_length, causal=kind == "causal")
    new = TensorDataset(inputs, labels)  # the same questions at every step

    def held_out(model):
        return evaluate.mean_loss(model, lambda model, batch: objectives.mlm(model, *batch), new)

    begin, first = time.perf_counter(), held_out(model)
    every = max(1, steps // 30)
    config = Config(steps=steps, batch_size=32, lr=3e-3, seed=seed, log_every=every, evaluate_every=every)
    records = fit(model, OBJECTIVES[kind], train, config, evaluate=held_out, progress=False)
    seconds = time.perf_counter() - begin
    loss, kl = compare(model, inputs, labels, exact)
    where = classes[(labels != IGNORE).numpy()]
    return {
        "seed": seed,
        "curve": [[0, first]] + [[r["step"], r["validation"]] for r in records if "validation" in r],
        "loss": loss.mean().item(),
        "kl": kl.mean().item(),
        "seconds": round(seconds),
        "classes": {name: {"loss": loss[where == name].mean().item(), "kl": kl[where == name].mean().item()}
                    for name in dict.fromkeys(where.tolist())},
    }  # fmt: skip


def run(quick=False, seeds=(0, 1, 2)):
    """{"unigram", "causal": {...}, "masked": {...}}: see the keys below. All losses in nats per target."""
    grammar = language()
    train, _ = grammar.sample(1000 if quick else 100_000, torch.Generator().manual_seed(0))
    ids, states = grammar.sample(200 if quick else 5000, torch.Generator().manual_seed(1))
    unigram = grammar.unigram()  # (V,)
    results = {"unigram": -torch.xlogy(unigram, unigram).sum().item()}
    for kind, steps in STEPS.items():
        inputs, labels, exact, classes = questions(kind, ids, states)
        asked, steps = labels != IGNORE, 6 if quick else steps
        nats, error = floor(exact, labels)
        surprise = -exact[asked].gather(1, labels[asked][:, None])[:, 0].log()  # (n,)
        where = classes[asked.numpy()]
        results[kind] = {
            "steps": steps,
            "targets": int(asked.sum()),
            "floor": nats,
            "floor_error": error,
            "classes": {name: {"floor": surprise[where == name].mean().item(), "targets": int((where == name).sum())}
                        for name in dict.fromkeys(where.tolist())},
            "seeds": [descent(kind, seed, steps, train, inputs, labels, exact, classes)
                      for seed in (seeds[:1] if quick else seeds)],
        }  # fmt: skip
    return results


if __name__ == "__main__":
    studies.main("masked_descent", run)
