"""Masking a batch of 64 rows of 128 tokens: `helpers.masking` against the collator of transformers.

    OMP_NUM_THREADS=1 python benchmarks/masking.py

Peer: DataCollatorForLanguageModeling as documented, with the special_tokens_mask in the rows (its fastest way).
Limit: the least that such a method can do, one uniform draw per token and one `where`; from rows, reading them, too.
Nothing is timed before both are shown to choose, hide, replace and keep tokens equally often.
"""

import os

os.environ["OMP_NUM_THREADS"] = "1"  # before torch is imported

import warnings

import datasets
import torch
from timing import HEADER, machine, row
from transformers import DataCollatorForLanguageModeling

from helpers import text
from helpers.masking import IGNORE, mask_exactly, mask_tokens, word_index
from helpers.measure import interleaved

ROWS, LENGTH = 64, 128
ROUNDS = {"rounds": 41, "calls": 10, "warmup": 5}


def main():
    torch.set_num_threads(1)
    corpus = text.corpus("package")
    tokenizer = text.train_tokenizer(corpus.train, 8000)
    packed = text.pack(tokenizer, corpus.train, LENGTH)
    known, is_subword = text.masking_ids(tokenizer), text.is_subword(tokenizer)
    print(f"{ROWS} x {LENGTH} tokens, {len(packed):,} rows of the Wikipedia excerpt, {len(tokenizer):,} pieces")
    print(machine("torch", "transformers", "datasets", "numpy"))

    # The same rows as the peer takes them: Python lists with the masks and offsets that it wants.
    words = word_index(packed[:], is_subword)
    lists = [as_lists(ids, word, known["special_ids"]) for ids, word in zip(packed[:], words, strict=True)]
    plain = [{key: row[key] for key in ("input_ids", "special_tokens_mask")} for row in lists]
    stored = datasets.Dataset.from_list(plain)
    collate = DataCollatorForLanguageModeling(tokenizer)
    with warnings.catch_warnings(action="ignore"):
        collate_words = DataCollatorForLanguageModeling(tokenizer, whole_word_mask=True)

    where = torch.randint(len(packed), (ROWS,), generator=torch.Generator().manual_seed(0))
    ids, batch, batch_words = packed[where], [plain[i] for i in where], [lists[i] for i in where]
    special = torch.isin(ids, torch.tensor(known["special_ids"]))

    def whole_words(ids):
        return mask_tokens(ids, **known, groups=word_index(ids, is_subword))

    def theirs(collated):
        return collated["input_ids"], collated["labels"]

    def hide(ids):
        return torch.where(torch.rand(ids.shape) < 0.15, known["mask_id"], ids)

    same_shares(
        ids, special, tokenizer,
        ours=lambda: mask_tokens(ids, **known),
        peer=lambda: theirs(collate(batch)),
        exactly=lambda: as_labels(ids, *mask_exactly(ids, 19, **known)),
    )  # fmt: skip
    same_words(ids, special, word_index(ids, is_subword), lambda: whole_words(ids),
               lambda: theirs(collate_words(batch_words)))

    print(HEADER)
    for claim, methods in {
        "mask, from rows": dict(
            ours=lambda: mask_tokens(packed[where], **known), peer=lambda: collate(batch),
            limit=lambda: hide(packed[where]),
        ),
        "mask, from a tensor": dict(
            ours=lambda: mask_tokens(ids, **known),
            peer=lambda: collate.torch_mask_tokens(ids.clone(), special),  # it writes into what it is given
            limit=lambda: hide(ids),
        ),
        "mask whole words, from rows": dict(
            ours=lambda: whole_words(packed[where]), peer=lambda: collate_words(batch_words),
            limit=lambda: hide(packed[where]),
        ),
        "mask exactly 19 of each row, from a tensor (peer: about 19)": dict(
            ours=lambda: mask_exactly(ids, 19, **known), peer=lambda: collate.torch_mask_tokens(ids.clone(), special),
            limit=lambda: hide(ids),
        ),
    }.items():  # fmt: skip
        print(row(claim, interleaved(methods, **ROUNDS)), flush=True)

    draws = iter(torch.randint(len(packed), (10_000, ROWS)))
    print(row("data path: random rows from disk to a masked batch (peer: `datasets`, collator)", interleaved(dict(
        ours=lambda: mask_tokens(packed[next(draws)], **known),
        peer=lambda: collate(stored.__getitems__(next(draws).tolist())),
        limit=lambda: hide(packed[next(draws)]),
    ), **ROUNDS)))  # fmt: skip


def as_lists(ids, words, special_ids):
    """A row as a tokenizer would hand it out. Offsets: pieces of a word touch, words are one apart."""
    start = torch.arange(len(ids)) + words
    return {
        "input_ids": ids.tolist(),
        "special_tokens_mask": [int(i in special_ids) for i in ids.tolist()],
        "offset_mapping": torch.stack([start, start + 1], 1).tolist(),
    }


def as_labels(ids, inputs, positions, targets):
    return inputs, torch.full_like(ids, IGNORE).scatter(1, positions, targets)


def same_shares(ids, special, tokenizer, **methods):
    """All methods choose 15% of the ordinary tokens and hide 80%, replace 10% and keep 10% of those: or raise."""
    n = 200
    print(f"gate: {n} batches each, share of ordinary tokens chosen; of those hidden, replaced, kept")
    for name, method in methods.items():
        counts = torch.zeros(4)
        for _ in range(n):
            inputs, labels = method()
            chosen = labels != IGNORE
            assert not (chosen & special).any() and torch.equal(inputs[~chosen], ids[~chosen])
            hidden, same = inputs == tokenizer.mask_token_id, inputs == ids
            counts += torch.tensor([(chosen & what).sum() for what in (chosen, hidden, ~hidden & ~same, same)])
        rate, shares = counts[0] / n / (~special).sum(), counts[1:] / counts[0]
        print(f"  {name:8} {rate:.4f}; {', '.join(f'{share:.4f}' for share in shares)}")
        wanted = 19 / (LENGTH - 2) if name == "exactly" else 0.15
        # 5 standard errors; a random word may be the word itself: 1 / V of 10%
        assert abs(rate - wanted) < 5 * (0.15 * 0.85 / n / (~special).sum()) ** 0.5
        assert ((shares - torch.tensor([0.8, 0.1, 0.1])).abs() < 5 * (0.16 / counts[0]) ** 0.5 + 1e-4).all()


def same_words(ids, special, words, ours, peer):
    """Both choose 15% of the words and split none. (The peer then always shows [MASK], ours keeps 80/10/10.)"""
    n, starts = 200, words.diff(dim=1, prepend=words[:, :1] - 1) != 0
    first = (starts | special.roll(1, 1)) & ~special  # the rest of a word after [CLS] counts as one
    for name, method in {"ours": ours, "peer": peer}.items():
        count = 0
        for _ in range(n):
            chosen = method()[1] != IGNORE
            assert not (chosen & special).any()
            inside = ~first & ~special
            assert torch.equal(chosen[inside], chosen.roll(1, 1)[inside]), "a word was split"
            count += int((chosen & first).sum())
        rate = count / n / int(first.sum())
        print(f"  {name:8} {rate:.4f} of the words")
        assert abs(rate - 0.15) < 5 * (0.15 * 0.85 / n / int(first.sum())) ** 0.5


if __name__ == "__main__":
    main()
