"""How many words should be hidden? Targets against context, exactly, on the course's grammar; nothing is trained.

A higher rate asks more questions per sentence and leaves less to answer them from. For each rate, and for the mixture
80% [MASK] / 10% random word / 10% kept as well as for [MASK] alone: the targets per sentence, the floor per target, and
what there is to learn in a sentence, in nats: `gained` = targets * (loss of the unigram - floor) counts everything,
`from_context` = targets * (floor with every word hidden - floor) only what the visible words tell, beyond the place of
the word and the length of the sentence. The first grows with the rate, the second has its best rate inside.
About a minute on one CPU core.
"""

import torch

from helpers import studies
from helpers.grammar import MASK, floor, language
from helpers.masking import IGNORE, mask_tokens

RATES = (0.05, 0.10, 0.15, 0.20, 0.30, 0.40, 0.50, 0.60, 0.70, 0.80, 0.90)
CORRUPTIONS = {"80/10/10": {"mask": 0.8, "swap": 0.1}, "mask only": {"mask": 1.0, "swap": 0.0}}


def hidden(ids):
    """(N, L, V): what can be said of each word when every word is unknown, from its place and the length alone."""
    return language().fill_in(ids.masked_fill(ids > MASK, MASK))


def trade(ids, no_context, rate, corruption):
    """One row of the table, for sentences ids (N, L) and what is known of them without context."""
    grammar = language()
    unigram = grammar.unigram()
    generator = torch.Generator().manual_seed(round(1000 * rate))
    inputs, labels = mask_tokens(ids, vocab_size=len(grammar.vocab), rate=rate, generator=generator, **corruption)
    exact = grammar.posterior(inputs, rate, **corruption)  # (N, L, V)
    nats, error = floor(exact, labels)
    asked = labels != IGNORE
    blind = -unigram[labels[asked]].log().mean().item()  # the three losses are of the same targets
    alone, _ = floor(no_context, labels)
    targets = asked.sum().item() / len(ids)
    right = (exact[asked].argmax(-1) == labels[asked]).double().mean().item()
    return {"rate": rate, "targets": targets, "floor": nats, "floor_error": error, "accuracy": right,
            "unigram": blind, "gained": targets * (blind - nats),
            "no_context": alone, "from_context": targets * (alone - nats)}  # fmt: skip


def run(quick=False):
    """{"causal": {...}, "single": {...}, "80/10/10": [a row per rate], "mask only": [a row per rate]}."""
    grammar = language()
    ids, _ = grammar.sample(200 if quick else 20_000, torch.Generator().manual_seed(0))
    unigram, words = grammar.unigram(), (ids > MASK).sum().item() / len(ids)
    blind = -torch.xlogy(unigram, unigram).sum().item()
    results = {"words": words, "unigram": blind}
    for name, exact in {"causal": grammar.next_word, "single": grammar.fill_in}.items():
        nats, error = floor(exact(ids), ids)
        results[name] = {"floor": nats, "floor_error": error}
    results["causal"] |= {"targets": words, "gained": words * (blind - results["causal"]["floor"])}
    rates = RATES[2::4] if quick else RATES
    alone = hidden(ids)
    return results | {name: [trade(ids, alone, rate, how) for rate in rates] for name, how in CORRUPTIONS.items()}


if __name__ == "__main__":
    studies.main("masking_rate", run)
