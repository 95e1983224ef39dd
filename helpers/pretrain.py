"""BERT pre-training from the command line: `python -m helpers.train`, with the functions the chapters use.

A corpus, a tokenizer trained on it, packed rows, masked words, `fit`; then the held-out loss beside what counting words
reaches. The options of `fit` are the fields of Config, and their help is the comment beside each field.
`accelerate launch -m helpers.train` runs it on several GPUs.
"""

import argparse
import inspect
import os
import re
import shutil
from dataclasses import fields
from typing import get_args

import torch

from helpers import baselines, bert, evaluate, measure, objectives, text
from helpers.config import Config
from helpers.masking import mask_exactly
from helpers.train import fit, processes, quick, seed_everything

# What suits each preset, unless told otherwise. The big one: BERT's batch of 256 rows of 128 (Devlin et al. 2019, A.2).
DEFAULTS = {
    "tiny": dict(source="auto", vocab_size=4000, length=64, steps=1000, batch_size=32, lr=2e-3),
    "bert-base": dict(source="hub", vocab_size=30_000, length=128, steps=20_000, batch_size=256, lr=2e-4),
}
OWN = {
    "source": (str, "where the text comes from: auto, generated, package or hub"),
    "name": (str, "the hub's data set or a local folder in its format"),
    "vocab_size": (int, "pieces of the tokenizer that is trained on the text"),
    "length": (int, "tokens in a row, [CLS] and [SEP] included"),
    "output": (str, "a new folder for model and tokenizer, in transformers' format"),
}


def arguments(given=None):
    """The command line as (preset, own settings, Config)."""
    suits = "; ".join(f"{preset}: " + ", ".join(f"{k}={v}" for k, v in d.items()) for preset, d in DEFAULTS.items())
    parser = argparse.ArgumentParser(
        "python -m helpers.train", description="Pre-train BERT on masked words.", epilog=f"Defaults by preset. {suits}",
        argument_default=argparse.SUPPRESS,
    )  # fmt: skip
    parser.add_argument("--preset", choices=list(DEFAULTS), default="tiny", help="the size of the model")
    for name, (kind, meaning) in OWN.items():
        parser.add_argument(option(name), type=kind, help=meaning)
    meanings = dict(re.findall(r"^    (\w+): .*?  # (.*)$", inspect.getsource(Config), re.MULTILINE))
    for field in fields(Config):
        kind = (get_args(field.type) or [field.type])[0]  # of "float | None": float
        how = {bool: {"action": "store_true"}, tuple: {"type": float, "nargs": 2}}.get(kind, {"type": kind})
        parser.add_argument(option(field.name), help=meanings[field.name].replace("%", "%%"), **how)
    found = vars(parser.parse_args(given))
    preset = found.pop("preset")
    found = DEFAULTS[preset] | found
    own = {name: found.pop(name, None) for name in OWN}
    if "betas" in found:
        found["betas"] = tuple(found["betas"])
    try:
        return preset, own, Config(**found)
    except ValueError as error:
        parser.error(str(error))


def option(name):
    return "--" + name.replace("_", "-")


def main(given=None):
    """Pre-train, evaluate, save. `given`: the command line's words; None: those of this process."""
    preset, own, config = arguments(given)
    if own["output"] and os.path.exists(own["output"]):
        raise SystemExit(f"--output {own['output']} exists already: name another folder, or remove it")
    state = processes()
    first = state.is_main_process
    say = print if first else lambda *words: None

    with state.main_process_first():  # the others then find the rows in the cache
        corpus = text.corpus(own["source"], name=own["name"], seed=config.seed)
        tokenizer = text.train_tokenizer(corpus.train, own["vocab_size"])
        rows, held_out = (text.pack(tokenizer, part, own["length"]) for part in (corpus.train, corpus.test))
    ids, k = text.masking_ids(tokenizer), max(1, round(0.15 * (own["length"] - 2)))

    def masked_words(model, batch):
        return objectives.mlm_at(model, *mask_exactly(batch, k, **ids))

    seed_everything(config.seed)
    # Packed rows hold no padding. To say so saves a look at every batch.
    positions = max(own["length"], bert.PRESETS[preset]["max_position_embeddings"])
    model = bert.model(ids["vocab_size"], preset, pad_token_id=None, max_position_embeddings=positions)
    config.flops = config.flops or measure.flops_per_token(model, own["length"])
    say(f"{preset}: {model.num_parameters():,} parameters, {len(rows):,} rows of {own['length']} tokens from {corpus}")
    some = held_out[torch.arange(min(len(held_out), 20 if quick() else 1000))]

    def score(model):
        return evaluate.mean_loss(model, masked_words, some, batch_size=64)

    fit(model, masked_words, rows, config, evaluate=score if config.evaluate_every or config.patience else None)

    if not first:
        return
    models = {"unigram": baselines.Unigram(rows, ids["vocab_size"], special_ids=ids["special_ids"]), "model": model}
    for name, scored in models.items():
        nats = score(scored)
        say(f"held-out loss, {name}: {nats:.3f} nats per masked word, perplexity {evaluate.perplexity(nats):,.0f}")
    if own["output"]:
        save(model, tokenizer, own["output"])
        say(f"model and tokenizer are in {own['output']}")


def save(model, tokenizer, folder):
    """Write both in transformers' format, whole or not at all."""
    model.config.pad_token_id = tokenizer.pad_token_id  # whoever loads it may pad
    partial = folder.rstrip("/\\") + ".partial"
    shutil.rmtree(partial, ignore_errors=True)
    model.save_pretrained(partial)
    tokenizer.save_pretrained(partial)
    os.replace(partial, folder)
