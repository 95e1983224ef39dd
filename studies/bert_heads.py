"""Chapter 04: is the head that looks at the subject the one that agreement needs?

Three seeds of the chapter's BERT (1,000 steps, 30% hidden). For each of the eight heads: how much the masked verb's
place looks at the subject, and how often the verb's form is still right when the head's output is removed.
About 2 minutes on one CPU core.
"""

import copy

import torch
from bert_grammar import LANGUAGE, build, draw, hide, looks, misled, prefers

from helpers import studies
from helpers.train import Config, fit


@torch.no_grad()
def without(model, heads):
    """A copy of the model in which the given (layer, head) add nothing to the stream."""
    model = copy.deepcopy(model)
    for layer, head in heads:
        out = model.bert.encoder.layer[layer].attention.output.dense
        width = out.in_features // model.config.num_attention_heads
        out.weight[:, head * width : (head + 1) * width] = 0
    return model


def one(seed, steps, train, ids, parse):
    model = build("masked", seed)
    fit(model, hide(0.3), train, Config(steps=steps, batch_size=32, lr=3e-3, seed=seed), progress=False)

    def right(heads):
        return prefers("masked", without(model, heads), ids, parse.verb).double().mean().item()

    attention = looks(model, ids, parse)["subject"]
    seeing = [(layer, head) for layer in (0, 1) for head in range(4) if attention[layer][head] > 0.3]
    return {
        "seed": seed,
        "attention": attention,
        "right": right([]),
        "right without": [[right([(layer, head)]) for head in range(4)] for layer in (0, 1)],
        "seeing": seeing,
        "right without all that see": right(seeing),
        "right without all others": right([(i, j) for i in (0, 1) for j in range(4) if (i, j) not in seeing]),
    }


def run(quick=False, seeds=(0, 1, 2)):
    """{"seeds": [one dict per seed]}; "right": share of sentences whose verb gets the subject's number."""
    train, _ = LANGUAGE.sample(1000 if quick else 100_000, draw(0))
    ids, parse = misled(20 if quick else 1000)
    steps = 3 if quick else 1000
    return {"seeds": [one(seed, steps, train, ids, parse) for seed in (seeds[:1] if quick else seeds)]}


if __name__ == "__main__":
    studies.main("bert_heads", run)
