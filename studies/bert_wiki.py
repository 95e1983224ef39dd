"""Chapter 04: how much of real text does a small model predict after a few hundred steps?

The Wikipedia excerpt (packaged with gensim), WordPiece of 4,000, packed rows of 32. The same masked words for everyone:
unigram and bigram counts, word2vec (three seeds), and three networks of nearly equal size trained for the same steps at
the same batch: BERT and a bidirectional LSTM on masked words, a causal Transformer on next words.
About 7 minutes on one CPU core.
"""

import torch
from torch.utils.data import TensorDataset

from helpers import baselines, bert, evaluate, objectives, studies, text
from helpers.encoder import TextModel
from helpers.masking import IGNORE, mask_tokens
from helpers.train import Config, fit, seed_everything

LENGTH, STEPS, RATE = 32, 500, 0.3
NETWORKS = ("BERT", "LSTM", "causal Transformer")


def next_word_score(model, ids, labels):
    """(nats, accuracy) of a causal model on the masked words: it reads the true words before each, none after it."""
    loss, hits = 0.0, 0
    for row, y in zip(ids.split(64), labels.split(64), strict=True):
        asked = y[:, 1:] != IGNORE
        scores, y = model.logits(model(row[:, :-1])[asked]), y[:, 1:][asked]  # the output at i - 1 answers for i
        loss += torch.nn.functional.cross_entropy(scores, y, reduction="sum").item()
        hits += (scores.argmax(-1) == y).sum().item()
    count = (labels != IGNORE).sum().item()
    return loss / count, hits / count


def score(model, ids, inputs, labels):
    """(nats per masked word, accuracy) of any model on the same questions."""
    if isinstance(model, TextModel):
        with evaluate.evaluating(model):
            return next_word_score(model, ids, labels)
    questions = TensorDataset(inputs, labels)
    loss = evaluate.mean_loss(model, lambda m, batch: objectives.mlm(m, *batch), questions, batch_size=64)
    return loss, evaluate.masked_accuracy(model, inputs, labels, batch_size=64)


def build(name, size, seed):
    seed_everything(seed)
    if name == "BERT":
        return bert.model(size, max_position_embeddings=LENGTH, pad_token_id=None)
    if name == "LSTM":
        return baselines.LSTM(size, dim=128, depth=2)
    return TextModel(size, LENGTH, dim=128, depth=2, heads=2, causal=True, init=0.05)


def run(quick=False, seeds=(0, 1, 2)):
    """{"data", "methods": {name: [{"loss", "accuracy", "curve"?, "parameters"?} per seed]}}, nats per masked word."""
    corpus = text.corpus("package")
    tokenizer = text.train_tokenizer(corpus.train, 4000)
    train, test = (text.pack(tokenizer, part, LENGTH) for part in (corpus.train, corpus.test))
    known = text.masking_ids(tokenizer)
    size = known["vocab_size"]
    ids = test[torch.arange(100 if quick else 1000)]
    train = train[torch.arange(500)] if quick else train
    inputs, labels = mask_tokens(ids, **known, generator=torch.Generator().manual_seed(2))

    def hidden_words(model, rows):
        return objectives.mlm(model, *mask_tokens(rows, **known, rate=RATE))

    counted = {"unigram": baselines.Unigram(train, size), "bigram": baselines.Bigram(train, size)}
    methods = {name: [score(model, ids, inputs, labels)] for name, model in counted.items()}
    seeds, epochs = (seeds[:1], 1) if quick else (seeds, 5)
    vectors = [baselines.Word2Vec(train, size, seed=seed, epochs=epochs) for seed in seeds]
    methods["word2vec"] = [score(model, ids, inputs, labels) for model in vectors]
    methods = {name: [{"loss": a, "accuracy": b} for a, b in found] for name, found in methods.items()}
    for name in NETWORKS:
        methods[name] = []
        for seed in seeds:
            model, steps = build(name, size, seed), 3 if quick else STEPS
            config = Config(steps=steps, lr=3e-3, seed=seed, evaluate_every=max(1, steps // 10))
            objective = objectives.causal if name == "causal Transformer" else hidden_words
            first = score(model, ids, inputs, labels)[0]
            records = fit(model, objective, train, config, progress=False,
                          evaluate=lambda m: score(m, ids, inputs, labels)[0])  # fmt: skip
            loss, accuracy = score(model, ids, inputs, labels)
            curve = [[0, first]] + [[r["step"], r["validation"]] for r in records if "validation" in r]
            size_of = sum(p.numel() for p in model.parameters())
            methods[name].append({"loss": loss, "accuracy": accuracy, "curve": curve, "parameters": size_of})
    data = {"attribution": corpus.attribution, "train rows": len(train), "test rows": len(ids), "vocabulary": size,
            "masked words": int((labels != IGNORE).sum()), "steps": STEPS, "batch": 32, "rate": RATE}  # fmt: skip
    return {"data": data, "methods": methods}


if __name__ == "__main__":
    studies.main("bert_wiki", run)
