"""A small language whose best possible predictor is known exactly.

The rules are the tables of `helpers.phrases`; here a sentence is drawn, and predicted. What is still to come depends
on the present state alone (a hidden Markov model), so one forward-backward pass (`helpers.markov`) gives the exact
probability of every word in every place: from the left, from both sides, or through a corrupted copy.
No model can have a lower mean loss than these probabilities: they are the `floor` of every training curve.
"""

import difflib
from functools import lru_cache
from typing import NamedTuple

import numpy as np
import torch

from helpers.markov import draw, forward_backward, longest_walk
from helpers.masking import check_corruption, check_ids
from helpers.phrases import Rules

PAD, UNK, CLS, SEP, MASK = range(5)
SPECIALS = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]")


class Parse(NamedTuple):
    """Where the words that agree stand in each sentence, and their numbers: (n,) int64 each, -1 where there is none.
    Positions count from [CLS] = 0; a number is 0 (singular) or 1 (plural)."""

    subject: torch.Tensor
    verb: torch.Tensor
    distractor: torch.Tensor
    subject_number: torch.Tensor
    distractor_number: torch.Tensor


class Grammar:
    """A probabilistic language of finite memory, with its exact predictors (float64, on the CPU).

    A row of ids is [CLS] w1 ... wn [PAD] ..., `max_length` long (B sentences: (B, L) int64).
    vocab: V words, the five specials first; ids: word -> id; states: S State tuples;
    start (S,), transition (S, S), emission (S, V): probabilities, float64.

    Ids outside the vocabulary, rows of another length and impossible sentences raise ValueError; ids that are no
    integer tensor raise TypeError.
    """

    def __init__(self, rules=None):
        rules = Rules() if rules is None else rules
        self.states, self.vocab, self.transition, self.emission = rules.tables(SPECIALS)
        self.start = torch.zeros(len(self.states), dtype=torch.float64)
        self.start[0] = 1  # every sentence begins with [CLS]
        self.max_length = longest_walk(self.start, self.transition)
        self.ids = {word: i for i, word in enumerate(self.vocab)}
        self._eye = torch.eye(len(self.vocab), dtype=torch.float64)
        self._ordinary = (torch.arange(len(self.vocab)) >= len(SPECIALS)).double()  # (V,)
        self._role = np.array([state.role for state in self.states])  # (S,)
        self._number = torch.tensor([-1 if s.number is None else s.number for s in self.states])  # (S,)
        self._other_number = torch.arange(len(self.vocab))  # (V,): reads <-> read, king <-> kings
        for pair in " ".join((*rules.words["noun"].values(), *rules.words["verb"].values())).split():
            forms = [self.ids[form] for form in pair.split("/") if form in self.ids]
            self._other_number[forms] = torch.tensor(forms[::-1])

    # Sentences

    def sample(self, n, generator=None):
        """Draw n sentences: (ids (n, L) int64, states (n, L) int64 indices into `states`)."""
        if n < 0:
            raise ValueError(f"n counts sentences and must be at least 0, got {n}")
        ids, states = [], [torch.zeros(n, dtype=torch.long)]
        for _ in range(self.max_length):
            ids.append(draw(self.emission, states[-1], generator))
            states.append(draw(self.transition, states[-1], generator))
        return torch.stack(ids, 1), torch.stack(states[:-1], 1)

    def encode(self, text):
        """Words separated by spaces -> one row of ids (L,) int64; "[MASK]" stands for an unknown word."""
        words = text.replace(".", " . ").split()
        for word in words:
            if word not in self.ids:
                near = difflib.get_close_matches(word, self.vocab, n=3)
                hint = f"did you mean {' or '.join(map(repr, near))}?" if near else "`vocab` lists the words it has"
                raise ValueError(f"{word!r} is not a word of this language; {hint}")
        if len(words) >= self.max_length:
            raise ValueError(f"a sentence has at most {self.max_length - 1} words, got {len(words)}: {text!r}")
        row = [CLS] + [self.ids[word] for word in words]
        return torch.tensor(row + [PAD] * (self.max_length - len(row)))

    def decode(self, ids):
        """One row of ids -> its words, without [CLS] and [PAD]."""
        ids = torch.as_tensor(ids)
        check_ids(ids, len(self.vocab))
        if ids.dim() != 1:
            raise ValueError(f"decode takes one row of ids, (L,), got the shape {tuple(ids.shape)}; loop over the rows")
        return " ".join(self.vocab[i] for i in ids.tolist() if i not in (PAD, CLS))

    def is_grammatical(self, ids):
        """(B, L) ids -> (B,) bool: whether the language can write this sentence. [MASK] is no word of a sentence."""
        ids = self._check(ids)
        forward, _, seen = self._messages(self._eye[ids])
        return (forward[:, -1] * seen[:, -1]).sum(-1) > 0

    def states_of(self, ids):
        """(B, L) ids of grammatical sentences -> (B, L) their states; each sentence has only one derivation."""
        ids = self._check(ids)
        forward, backward, seen = self._messages(self._eye[ids])
        posterior = forward * backward * seen  # (B, L, S)
        self._refuse_impossible(ids, posterior.sum(-1))
        return posterior.argmax(-1)

    def word_class(self, states):
        """(B, L) states -> (B, L) numpy array of names: "noun", "verb", ..., "dot", "[CLS]", "[PAD]"."""
        return np.array([role.split()[-1] for role in self._role])[states.numpy()]

    def parse(self, states):
        """(B, L) states -> Parse: positions of subject, verb and distractor, and their numbers."""

        def find(role):
            here = torch.as_tensor(self._role == role)[states]  # (B, L)
            position = torch.where(here.any(1), here.int().argmax(1), -1)
            number = self._number[states].gather(1, position.clamp_min(0)[:, None])[:, 0]
            return position, torch.where(position < 0, -1, number)

        (subject, number), (verb, _), (distractor, other) = map(find, ("subject noun", "verb", "distractor noun"))
        return Parse(subject, verb, distractor, number, other)

    def flip_number(self, ids, position):
        """(B, L) ids with the noun or verb at position (B,) put into the other number: "king" <-> "kings"."""
        rows = torch.arange(len(ids))
        flipped = ids.clone()
        flipped[rows, position] = self._other_number[ids[rows, position]]
        return flipped

    def agreement(self, n, generator=None, *, distractors=0.5):
        """A task with labels: does the verb agree with its subject?

        Returns (ids (n, L), labels (n,) int64): 1 for an intact sentence, 0 for one whose verb has the other number;
        n // 2 are intact. A share `distractors` has a noun of the other number between subject and verb, the rest
        none. Raises ValueError for a negative n or a share outside [0, 1].
        """
        if n < 0 or not 0 <= distractors <= 1:
            raise ValueError(f"n must be at least 0 and distractors in [0, 1], got {n} and {distractors}")
        ids, states = self.sample(8 * n + 200, generator)
        parse = self.parse(states)
        misled = (parse.distractor >= 0) & (parse.distractor_number != parse.subject_number)
        many, few = misled.nonzero()[:, 0], (~misled).nonzero()[:, 0]
        rows = torch.cat([many[: round(n * distractors)], few[: n - round(n * distractors)]])
        if len(rows) < n:
            raise ValueError(f"this language holds too few such sentences for distractors={distractors}")
        rows = rows[torch.randperm(n, generator=generator)]
        intact = torch.randperm(n, generator=generator) < n // 2
        ids, flipped = ids[rows], self.flip_number(ids[rows], parse.verb[rows])
        return torch.where(intact[:, None], ids, flipped), intact.long()

    # Exact predictions

    def next_word(self, ids):
        """(B, L) ids -> (B, L, V): P(word at i | the words before i); [MASK] is an unknown word.

        Place i holds the prediction OF x_i, which a causal model makes at i - 1. After the final dot comes [PAD].
        """
        return self._exact(ids, self._visible, left_only=True)

    def fill_in(self, ids):
        """(B, L) ids -> (B, L, V): P(word at i | all other words, and the length); [MASK] is an unknown word."""
        return self._exact(ids, self._visible, own=lambda block: self._visible(block.masked_fill(block > MASK, MASK)))

    def posterior(self, inputs, rate=0.15, mask=0.8, swap=0.1):
        """(B, L) corrupted ids -> (B, L, V): P(original word at i | all inputs, i was chosen), the best possible
        answer to `mask_tokens` with the same rate, mask and swap. Where nothing can have been chosen: the word itself.
        """
        check_corruption(rate, mask, swap)
        keep = max(0.0, 1 - mask - swap)
        random = self._ordinary / self._ordinary.sum()  # (V,)

        def shown(block, masked, swapped, same):  # likelihood of what is shown, for each original word: (B, L, V)
            word = same * self._eye[block] + swapped * random
            word = torch.where((block > MASK)[..., None], word, self._eye[block])  # specials are shown as they are
            return torch.where((block == MASK)[..., None], masked * self._ordinary, word)

        same = keep if keep + swap > 0 else 1.0  # 100% [MASK]: a word that is seen cannot have been chosen
        return self._exact(
            inputs,
            lambda block: shown(block, rate * mask, rate * swap, 1 - rate + rate * keep),
            own=lambda block: shown(block, mask, swap, same),
        )

    def unigram(self):
        """(V,): how often each ordinary word is written, as a share of all words; the best guess without context."""
        state, visits = self.start, torch.zeros_like(self.start)
        for _ in range(self.max_length):
            visits, state = visits + state, state @ self.transition
        words = (visits @ self.emission) * self._ordinary
        return words / words.sum()

    def _exact(self, ids, likelihood, own=None, left_only=False):
        ids = self._check(ids)
        blocks = []
        for block in ids.split(512):  # bounds the memory: a block's messages take 512 L S numbers
            forward, backward, _ = self._messages(likelihood(block))
            words = (forward if left_only else forward * backward) @ self.emission  # (B, L, V)
            words = words if own is None else words * own(block)
            total = words.sum(-1, keepdim=True)
            self._refuse_impossible(block, total)
            blocks.append(words / total)
        return torch.cat(blocks) if blocks else torch.zeros(*ids.shape, len(self.vocab), dtype=torch.float64)

    def _messages(self, likelihood):
        """likelihood (B, L, V) of what is observed, for each word that may stand there -> forward, backward, seen."""
        seen = likelihood @ self.emission.T  # (B, L, S)
        return *forward_backward(self.start, self.transition, seen), seen

    def _visible(self, ids):
        """(B, L) -> (B, L, V) likelihood: [MASK] may be any ordinary word, everything else is what it is."""
        return torch.where((ids == MASK)[..., None], self._ordinary, self._eye[ids])

    def _check(self, ids):
        check_ids(ids, len(self.vocab))
        if ids.dim() != 2 or ids.shape[1] != self.max_length:
            raise ValueError(f"ids must be rows of {self.max_length}, (B, {self.max_length}), got the shape "
                             f"{tuple(ids.shape)}; `encode` makes such a row, ids[None] a batch of one")
        return ids.cpu().long()

    def _refuse_impossible(self, ids, total):
        bad = ~(total.flatten(1) > 0).all(1)
        if bad.any():
            row = int(bad.nonzero()[0])
            raise ValueError(f"row {row}, {self.decode(ids[row])!r}, cannot come from this language (so "
                             "corrupted); check with is_grammatical, or hide the wrong word with [MASK]")


def floor(probabilities, labels):
    """The mean loss of exact probabilities: what no model can beat on these sentences.

    probabilities: (B, L, V) from next_word, fill_in or posterior. labels: (B, L) ids; negative and special ones are
    skipped, so `floor(grammar.next_word(ids), ids)` scores every word.
    Returns (nats per target, its standard error over sentences: words of one sentence are not independent).
    """
    scored = labels >= len(SPECIALS)  # (B, L)
    if not scored.any():
        raise ValueError("labels hold no ordinary word to score")
    surprise = -probabilities.gather(2, labels.clamp_min(0)[..., None])[..., 0].log()  # (B, L)
    sums, counts = surprise.masked_fill(~scored, 0).sum(1), scored.sum(1)
    mean = sums.sum() / counts.sum()
    spread = (sums - mean * counts).square().sum() * len(sums) / max(1, len(sums) - 1)
    return float(mean), float(spread.sqrt() / counts.sum())


@lru_cache(maxsize=1)
def language():
    """The course's Grammar (76 words and 5 specials, 6 to 14 words a sentence), built once."""
    return Grammar()
