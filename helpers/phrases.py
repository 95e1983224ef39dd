"""The rules of the course's small language, as tables, and the states a sentence walks through.

    the tired king near the dogs often reads a book because he smiles .

The verb agrees in number with the subject, whatever stands between them; it decides what kind of object follows; the
pronoun repeats the subject's number and gender. ORDER says which word may follow which, WORDS holds the words.
"""

from typing import NamedTuple

import torch

# Which word may follow which, and how often. The last word of a role is its word class.
ORDER = {
    "[CLS]": {"subject determiner": 1.0},
    "subject determiner": {"subject adjective": 0.15, "subject noun": 0.85},
    "subject adjective": {"subject noun": 1.0},
    "subject noun": {"preposition": 0.55, "adverb": 0.07, "verb": 0.38},
    "preposition": {"distractor determiner": 1.0},
    "distractor determiner": {"distractor noun": 1.0},
    "distractor noun": {"adverb": 0.15, "verb": 0.85},
    "adverb": {"verb": 1.0},
    "verb": {"object determiner": 1.0},
    "object determiner": {"object noun": 1.0},
    "object noun": {"conjunction": 0.6, "dot": 0.4},
    "conjunction": {"pronoun": 1.0},
    "pronoun": {"clause verb": 1.0},
    "clause verb": {"dot": 1.0},
    "dot": {"[PAD]": 1.0},
    "[PAD]": {"[PAD]": 1.0},
}

# The words of each class, the commonest first, as "singular/plural" where the number shows.
WORDS = {
    "[CLS]": "[CLS]",
    "determiner": "the/the a/some this/these",
    "adjective": "small tired red",
    "noun": {
        "man": "king/kings boy/boys monk/monks",
        "woman": "queen/queens girl/girls nun/nuns",
        "animal": "dog/dogs horse/horses fox/foxes",
        "text": "book/books letter/letters poem/poems",
        "food": "pear/pears cake/cakes carrot/carrots",
        "vehicle": "truck/trucks bus/buses wagon/wagons",
    },
    "preposition": "near behind beside",
    "adverb": "often never",
    "verb": {
        "literary": "reads/read writes/write",
        "hungry": "eats/eat steals/steal",
        "mechanical": "drives/drive repairs/repair",
        "hunting": "chases/chase bites/bite",
        "resting": "smiles/smile sleeps/sleep",
    },
    "conjunction": "because while",
    "pronoun": {"man": "he/they", "woman": "she/they", "animal": "it/they"},
    "dot": ".",
    "[PAD]": "[PAD]",
}

# What each kind of subject does, and to what kind of object.
LIKES = {
    "man": {"literary": 0.35, "hungry": 0.25, "mechanical": 0.40},
    "woman": {"literary": 0.45, "hungry": 0.30, "mechanical": 0.25},
    "animal": {"hungry": 0.45, "hunting": 0.55},
}
TAKES = {"literary": "text", "hungry": "food", "mechanical": "vehicle", "hunting": "animal"}


class State(NamedTuple):
    """All that the rest of a sentence depends on."""

    role: str
    kind: str | None = None  # which row of WORDS the word comes from
    number: int | None = None  # 0 singular, 1 plural
    subject: tuple | None = None  # the subject's (kind, number), until the last word that agrees with it


class Rules(NamedTuple):
    """The four tables. Hand in smaller ones to make a language small enough to enumerate."""

    order: dict = ORDER
    words: dict = WORDS
    likes: dict = LIKES
    takes: dict = TAKES

    def walk(self):
        """Every state a sentence can reach: {State: [(probability, next State)]}, the first one first."""
        first = State("[CLS]")
        ways, waiting = {}, [first]
        while waiting:
            state = waiting.pop(0)
            if state not in ways:
                ways[state] = self.following(state)
                waiting += [after for _, after in ways[state]]
        return ways

    def following(self, state):
        """The ways to go on after `state`: [(probability, State)]."""
        return [(p * q, after) for role, p in self.order[state.role].items() for q, after in self.enter(role, state)]

    def enter(self, role, before):
        """The ways to begin a word of `role` after the state `before`: [(probability, State)]."""
        subject, numbers = before.subject, (0, 1)
        anyone = [(0.5 / len(self.likes), kind, number) for kind in self.likes for number in numbers]
        match role:
            case "subject determiner":
                return [(p, State(role, kind, number, (kind, number))) for p, kind, number in anyone]
            case "distractor determiner":
                return [(p, State(role, kind, number, subject)) for p, kind, number in anyone]
            case "verb":
                return [(p, State(role, kind, subject[1], subject)) for kind, p in self.likes[subject[0]].items()]
            case "object determiner":
                return [(0.5, State(role, self.takes[before.kind], number, subject)) for number in numbers]
            case "subject adjective" | "subject noun" | "distractor noun" | "object noun":  # the same phrase goes on
                return [(1.0, State(role, before.kind, before.number, subject))]
            case "preposition" | "adverb" | "conjunction" | "pronoun":
                return [(1.0, State(role, *subject, subject))]
            case "clause verb":
                return [(1.0, State(role, "resting", subject[1]))]
            case "dot" | "[PAD]":
                return [(1.0, State(role))]
        raise ValueError(f"order names the role {role!r}, which this language does not know")

    def spoken(self, state):
        """The words a state may write: {word: probability}, falling as rank ** -0.7 (Zipf)."""
        row = self.words[state.role.split()[-1]]
        row = row[state.kind] if isinstance(row, dict) else row
        forms = [pair.split("/")[state.number] if "/" in pair else pair for pair in row.split()]
        weights = [rank**-0.7 for rank in range(1, len(forms) + 1)]
        return {form: weight / sum(weights) for form, weight in zip(forms, weights, strict=True)}

    def tables(self, specials):
        """(states, vocab, transition (S, S), emission (S, V)): the rules as matrices; vocab begins with `specials`."""
        ways = self.walk()
        spoken = {state: self.spoken(state) for state in ways}
        vocab = tuple(dict.fromkeys((*specials, *(word for words in spoken.values() for word in words))))
        row, column = ({item: i for i, item in enumerate(items)} for items in (ways, vocab))
        transition = torch.zeros(len(ways), len(ways), dtype=torch.float64)
        emission = torch.zeros(len(ways), len(vocab), dtype=torch.float64)
        for state in ways:
            for probability, after in ways[state]:
                transition[row[state], row[after]] += probability
            for word, probability in spoken[state].items():
                emission[row[state], column[word]] += probability
            if abs(transition[row[state]].sum() - 1) > 1e-9:
                raise ValueError(f"what follows {state.role!r} must have probabilities that sum to 1, "
                                 f"got {float(transition[row[state]].sum()):.6g}; check order and likes")
        return tuple(ways), vocab, transition, emission
