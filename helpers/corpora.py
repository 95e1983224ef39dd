"""Where text comes from: sentences to learn from and to test on, from one `source` argument."""

import re
from dataclasses import dataclass

import torch

from helpers import cache, wikipedia
from helpers.grammar import language

WIKITEXT = ("Salesforce/wikitext", "wikitext-103-raw-v1")


@dataclass(frozen=True)
class Corpus:
    """Sentences to learn from and to test on, where they come from, and whom to thank for them."""

    train: list
    test: list
    source: str
    attribution: str

    def __repr__(self):
        counts = f"{len(self.train):,} sentences to learn from, {len(self.test):,} to test on"
        return f"{self.source}: {counts} ({self.attribution})"


def corpus(source="auto", *, name=None, config=None, column="text", seed=0):
    """Sentences of English, split so that test text is new text.

    source: "package", 101 Wikipedia articles that come with gensim, no article on both sides of the split;
            "generated", sentences of `helpers.grammar`, whose best possible predictor is known;
            "hub", a data set of the Hugging Face hub or a local folder in its format, `name` (with `config`, if it
            has several) and the `column` that holds the text; WikiText-103 unless named;
            "auto", the package if it is there, else generated; prints one line that says which.
    seed: of the split into train and test, and of what is generated.
    Returns a Corpus. Raises FileNotFoundError where the source can't be had (how to get it is in the message),
    ValueError for an unknown source, a name or config that it has no use for, and a data set without text.
    """
    if source not in ("auto", "generated", "package", "hub"):
        raise ValueError(f'source={source!r} is unknown: choose "auto", "generated", "package" or "hub"')
    if name is not None and source != "hub":
        raise ValueError(f'name={name!r} names a data set of the hub, but source={source!r}: give source="hub" too')
    if config is not None and name is None:
        raise ValueError(f"config={config!r} chooses within a data set of the hub: give its name too")
    if source == "auto":
        try:
            taken = _package(seed)
        except (FileNotFoundError, ValueError) as error:
            print(error)
            taken = _generated(seed)
        print(taken)
        return taken
    if source == "hub":
        return _hub(*(WIKITEXT if name is None else (name, config)), column, seed)
    return _package(seed) if source == "package" else _generated(seed)


def _package(seed):
    articles = list(wikipedia.articles().values())
    train, test = split(articles, seed)
    return Corpus(train, test, "Wikipedia", wikipedia.attribution())


def _generated(seed):
    grammar, generator = language(), torch.Generator().manual_seed(seed)
    ids, _ = grammar.sample(22_000, generator)
    sentences = [grammar.decode(row) for row in ids]
    return Corpus(sentences[:20_000], sentences[20_000:], "grammar", "helpers.grammar, free of any license")


def split(documents, seed, share=0.1):
    """Whole documents to either side: sentences of one document share their names and subject."""
    order = torch.randperm(len(documents), generator=torch.Generator().manual_seed(seed)).tolist()
    held = set(order[: max(1, round(len(documents) * share))])
    train = [s for i, document in enumerate(documents) if i not in held for s in document]
    test = [s for i in sorted(held) for s in documents[i]]
    return train, test


def _hub(name, config, column, seed):
    import datasets

    what = f"source='hub', name={name!r}" + (f", config={config!r}" if config else "")
    try:
        found = datasets.load_dataset(name, config, cache_dir=str(cache.folder() / "datasets"))
    except ValueError as error:  # no such config, files of no known format
        raise ValueError(f"{what} can't be read: {error}") from error
    except Exception as error:  # each layer below has its own kinds for "not there" and "no network"
        raise FileNotFoundError(
            f"{what} can't be had ({type(error).__name__}): check the name on huggingface.co/datasets and the network; "
            'offline, give a local folder of data files as name, or choose source="package"'
        ) from error
    for part, rows in found.items():
        if column not in rows.column_names:
            raise ValueError(f"{what} has no column={column!r} in its split {part!r}: choose from {rows.column_names}")
        kind = getattr(rows.features[column], "dtype", "parts")
        if kind not in ("string", "large_string"):
            raise ValueError(f"{what}: column={column!r} holds {kind}, not text; name another")
    parts = {part: [_prose(row) for row in rows[column]] for part, rows in found.items()}
    train = parts.get("train") or next(iter(parts.values()))
    test = parts.get("test") or parts.get("validation")
    if test is None or test is train:  # one part only, whatever its name
        train, test = split(train, seed)
    else:
        train, test = ([s for row in part for s in row] for part in (train, test))
    if not train or not test:
        raise ValueError(f"{what}: column={column!r} holds no sentence of 4 words: name the one with the text")
    license = next(iter(found.values())).info.license or f"license: see huggingface.co/datasets/{name}"
    return Corpus(train, test, f"{name} ({config})" if config else name, license)


def _prose(row):
    """The text of one row -> its sentences, without WikiText's headings, " = Title = ", and its "@-@" for a hyphen."""
    lines = (line.strip() for line in re.sub(r" @(\S)@ ", r"\1", row or "").split("\n"))
    return [s for line in lines if not line.startswith("= ") for s in wikipedia.sentences(line)]
