import time

import numpy as np
import pytest
import torch

from helpers.grammar import CLS, MASK, PAD, SPECIALS, Grammar, floor, language
from helpers.markov import draw, forward_backward, longest_walk
from helpers.masking import IGNORE, mask_tokens
from helpers.phrases import ORDER, WORDS, Rules, State

EXACT = {"rtol": 0, "atol": 1e-10}
SMALL = Rules(
    words=WORDS
    | {
        "determiner": "the/the a/some",
        "adjective": "small",
        "noun": {"man": "king/kings", "animal": "dog/dogs", "text": "book/books", "food": "cake/cakes"},
        "preposition": "near",
        "adverb": "often",
        "verb": {"literary": "reads/read", "hungry": "eats/eat", "resting": "smiles/smile"},
        "conjunction": "because",
    },
    likes={"man": {"literary": 0.6, "hungry": 0.4}, "animal": {"hungry": 1.0}},
)


def generator(seed=0):
    return torch.Generator().manual_seed(seed)


@pytest.fixture(scope="module")
def small():
    """A language of 3,456 sentences, and all of them by brute force: (grammar, ids (N, L), probabilities (N,))."""
    grammar, found = Grammar(SMALL), {}

    def go_on(state, words, probability):  # walks the rules themselves, not the matrices made from them
        for word, p in SMALL.spoken(state).items():
            if state.role == "dot":
                row = (*words, grammar.ids[word])
                row += (PAD,) * (grammar.max_length - len(row))
                found[row] = found.get(row, 0) + probability * p
                continue
            for q, after in SMALL.following(state):
                go_on(after, (*words, grammar.ids[word]), probability * p * q)

    go_on(State("[CLS]"), (), 1.0)
    return grammar, torch.tensor(list(found)), torch.tensor(list(found.values()), dtype=torch.float64)


def by_enumeration(sentences, chance, weight):
    """P(word at i) for every i, from the weight (N, L) of all N sentences when place i is to be predicted."""
    L = sentences.shape[1]
    table = torch.zeros(L, chance, dtype=torch.float64)
    for i in range(L):
        table[i].index_add_(0, sentences[:, i], weight[:, i])
    return table / table.sum(-1, keepdim=True)


def with_some_hidden(ids, share, seed):
    return ids.masked_fill((torch.rand(ids.shape, generator=generator(seed)) < share) & (ids > MASK), MASK)


# The language


def test_sentences_have_6_to_14_words_between_cls_and_padding():
    grammar = language()
    ids, states = grammar.sample(20_000, generator())
    words = (ids >= len(SPECIALS)).sum(1)
    assert ids.shape == states.shape == (20_000, grammar.max_length) == (20_000, 15)
    assert ids.dtype == states.dtype == torch.int64
    assert words.min() == 6 and words.max() == 14
    assert (ids[:, 0] == CLS).all() and ((ids == PAD).sum(1) == 14 - words).all()
    assert (ids[torch.arange(len(ids)), words] == grammar.ids["."]).all()


def test_the_vocabulary_has_between_60_and_110_words_and_begins_with_the_specials():
    grammar = language()
    assert grammar.vocab[:5] == SPECIALS and len(set(grammar.vocab)) == len(grammar.vocab)
    assert len(grammar.vocab) - 5 == 76  # the number that language() states
    assert grammar is language()


def test_a_hundred_thousand_sentences_take_a_moment():
    begin = time.perf_counter()
    language().sample(100_000, generator())
    assert time.perf_counter() - begin < 10


@pytest.mark.parametrize(
    ("text", "good"),
    [
        ("the king reads a book .", True),
        ("the small king near the dogs often reads a book because he smiles .", True),
        ("these dogs beside the queen chase some foxes while they sleep .", True),
        ("the king near the dogs read a book .", False),  # agrees with the distractor
        ("the king reads a pear .", False),  # books are read, pears are eaten
        ("the dog drives a bus .", False),  # no animal drives
        ("the queen reads a book because he smiles .", False),  # gender
        ("the queens read a book because she smiles .", False),  # number of the pronoun
        ("the queens read a book because they smiles .", False),
        ("a kings read a book .", False),
        ("the king reads a book", False),  # no end
        ("the king [MASK] a book .", False),  # [MASK] is no word of a sentence
        ("the king reads a book . .", False),
    ],
)
def test_what_is_grammatical(text, good):
    grammar = language()
    assert grammar.is_grammatical(grammar.encode(text)[None]).tolist() == [good]


def test_all_that_is_sampled_is_grammatical_and_has_one_derivation():
    ids, states = language().sample(2000, generator())
    assert language().is_grammatical(ids).all()
    assert torch.equal(language().states_of(ids), states)


def test_encode_and_decode_are_inverse():
    grammar = language()
    for row in grammar.sample(50, generator())[0]:
        assert torch.equal(grammar.encode(grammar.decode(row)), row)
    assert grammar.decode(grammar.encode("the king [MASK] a book.")) == "the king [MASK] a book ."


def test_parse_finds_the_words_that_agree():
    grammar = language()
    text = ["the small king near the dogs often reads a book .", "some queens eat the cake because they sleep ."]
    states = grammar.states_of(torch.stack([grammar.encode(t) for t in text]))
    parse = grammar.parse(states)
    assert parse.subject.tolist() == [3, 2] and parse.verb.tolist() == [8, 3]
    assert parse.distractor.tolist() == [6, -1] and parse.distractor_number.tolist() == [1, -1]
    assert parse.subject_number.tolist() == [0, 1]
    assert grammar.word_class(states)[1].tolist() == (
        ["[CLS]", "determiner", "noun", "verb", "determiner", "noun", "conjunction", "pronoun", "verb", "dot"]
        + ["[PAD]"] * 5
    )


def test_sentences_come_with_the_probabilities_of_the_rules(small):
    grammar, sentences, probability = small
    assert len(sentences) == 3456
    torch.testing.assert_close(probability.sum(), torch.tensor(1.0, dtype=torch.float64))
    n = 200_000
    rows = {tuple(row): i for i, row in enumerate(sentences.tolist())}
    ids, _ = grammar.sample(n, generator())
    counts = np.bincount([rows[tuple(row)] for row in ids.tolist()], minlength=len(rows))
    expected = n * probability.numpy()
    chi_square = ((counts - expected) ** 2 / expected).sum()
    assert abs(chi_square - len(rows)) < 6 * np.sqrt(2 * len(rows))


def test_sampling_repeats_with_its_generator():
    assert torch.equal(language().sample(20, generator(3))[0], language().sample(20, generator(3))[0])
    assert not torch.equal(language().sample(20, generator(3))[0], language().sample(20, generator(4))[0])
    assert language().sample(0)[0].shape == (0, 15)


# The agreement task


def test_half_of_the_agreement_task_is_intact_and_the_rest_differs_in_the_verb_only():
    grammar = language()
    ids, labels = grammar.agreement(1001, generator())
    assert labels.sum() == 500 and labels.dtype == torch.int64
    assert torch.equal(grammar.is_grammatical(ids), labels.bool())
    broken = ids[labels == 0]
    candidates = torch.stack([grammar.flip_number(broken, torch.full((len(broken),), i)) for i in range(3, 9)], 1)
    repaired = grammar.is_grammatical(candidates.flatten(0, 1)).reshape(len(broken), -1)  # (n, places)
    verbs = [grammar.ids[form] for row in WORDS["verb"].values() for form in row.replace("/", " ").split()]
    assert ((repaired & torch.isin(broken[:, 3:9], torch.tensor(verbs))).sum(1) == 1).all()


@pytest.mark.parametrize("share", [0.0, 0.25, 1.0])
def test_a_stated_share_of_the_agreement_task_is_misleading(share):
    grammar = language()
    ids, labels = grammar.agreement(400, generator(), distractors=share)
    ids = ids[labels == 1]
    parse = grammar.parse(grammar.states_of(ids))
    misled = (parse.distractor >= 0) & (parse.distractor_number != parse.subject_number)
    assert abs(misled.double().mean() - share) < 0.15  # exact over all 400, drawn among the 200 intact ones


def test_flipping_a_number_twice_changes_nothing_and_once_breaks_agreement():
    grammar = language()
    ids, states = grammar.sample(500, generator())
    parse = grammar.parse(states)
    for position in (parse.verb, parse.subject):
        flipped = grammar.flip_number(ids, position)
        assert ((flipped != ids).sum(1) == 1).all() and not grammar.is_grammatical(flipped).any()
        assert torch.equal(grammar.flip_number(flipped, position), ids)


# Exact predictions


def test_next_word_equals_enumeration(small):
    grammar, sentences, probability = small
    ids = with_some_hidden(sentences[torch.randperm(3456, generator=generator())[:30]], 0.2, seed=1)
    for row, got in zip(ids, grammar.next_word(ids), strict=True):
        agrees = torch.where(row == MASK, sentences > MASK, sentences == row)  # (N, L)
        before = torch.cat([torch.ones(len(sentences), 1), agrees[:, :-1].double().cumprod(1)], 1)
        want = by_enumeration(sentences, len(grammar.vocab), probability[:, None] * before)
        torch.testing.assert_close(got, want, **EXACT)


@pytest.mark.parametrize("hidden", [0.0, 0.3, 0.8])
def test_fill_in_equals_enumeration(small, hidden):
    grammar, sentences, probability = small
    ids = with_some_hidden(sentences[torch.randperm(3456, generator=generator())[:30]], hidden, seed=2)
    for row, got in zip(ids, grammar.fill_in(ids), strict=True):
        same_length = ((sentences > MASK) == (row >= MASK)).all(1).double()
        agrees = torch.where(row == MASK, True, sentences == row).double()  # (N, L)
        others = torch.stack([torch.cat([agrees[:, :i], agrees[:, i + 1 :]], 1).prod(1) for i in range(len(row))], 1)
        want = by_enumeration(sentences, len(grammar.vocab), (probability * same_length)[:, None] * others)
        torch.testing.assert_close(got, want, **EXACT)


@pytest.mark.parametrize(
    ("rate", "mask", "swap"),
    [(0.15, 0.8, 0.1), (0.6, 0.5, 0.5), (0.3, 1.0, 0.0), (1.0, 1.0, 0.0), (0.2, 0.0, 1.0), (0.2, 0.0, 0.0)],
)
def test_posterior_equals_enumeration(small, rate, mask, swap):
    grammar, sentences, probability = small
    V, words = len(grammar.vocab), range(len(SPECIALS), len(grammar.vocab))
    chosen = torch.zeros(V, V, dtype=torch.float64)  # [shown, word]: the corruption, told word by word
    for word in words:
        chosen[MASK, word] += mask
        chosen[word, word] += 1 - mask - swap
        for other in words:
            chosen[other, word] += swap / len(words)
    either = (1 - rate) * torch.eye(V, dtype=torch.float64) + rate * chosen
    either[:, [CLS, PAD]] = torch.eye(V, dtype=torch.float64)[:, [CLS, PAD]]

    ids = sentences[torch.randperm(3456, generator=generator())[:20]]
    inputs, _ = mask_tokens(ids, vocab_size=V, rate=rate, mask=mask, swap=swap, generator=generator(5))
    for row, got in zip(inputs, grammar.posterior(inputs, rate, mask, swap), strict=True):
        each = either[row[None], sentences]  # (N, L)
        for i in (row >= MASK).nonzero()[:, 0]:
            others = torch.cat([each[:, :i], each[:, i + 1 :]], 1).prod(1)
            weight = probability * others * chosen[row[i], sentences[:, i]]
            want = torch.zeros(V, dtype=torch.float64).index_add_(0, sentences[:, i], weight)
            if want.sum() == 0:  # cannot have been chosen: the word itself, by convention
                want[row[i]] = 1
            torch.testing.assert_close(got[i], want / want.sum(), **EXACT)


def test_hiding_one_word_is_the_limit_of_a_vanishing_rate():
    grammar = language()
    ids = with_some_hidden(grammar.sample(200, generator())[0], 0.1, seed=3)
    got, want = grammar.posterior(ids, rate=1e-9, mask=1.0, swap=0.0), grammar.fill_in(ids)
    torch.testing.assert_close(got[ids == MASK], want[ids == MASK], rtol=0, atol=1e-7)


def test_after_the_dot_comes_padding_and_nothing_else():
    ids, _ = language().sample(100, generator())
    probabilities = language().next_word(ids)
    assert torch.equal(probabilities[ids == PAD][:, PAD], torch.ones(int((ids == PAD).sum()), dtype=torch.float64))
    torch.testing.assert_close(probabilities.sum(-1), torch.ones(100, 15, dtype=torch.float64))


def test_the_verb_follows_the_subject_not_the_distractor():
    grammar = language()
    ids = grammar.encode("the king near the dogs [MASK] a book .")[None]
    best = grammar.fill_in(ids)[0, 6]
    assert grammar.vocab[int(best.argmax())] == "reads"
    assert best[grammar.ids["read"]] == 0


def test_unigram_equals_enumeration(small):
    grammar, sentences, probability = small
    counts = torch.zeros(len(grammar.vocab), dtype=torch.float64)
    counts.index_add_(0, sentences.flatten(), probability[:, None].expand(sentences.shape).flatten())
    counts[: len(SPECIALS)] = 0
    torch.testing.assert_close(grammar.unigram(), counts / counts.sum(), **EXACT)


def test_the_causal_floor_is_the_entropy_of_a_sentence_per_word(small):
    grammar, sentences, probability = small
    entropy = -(probability * probability.log()).sum() / (probability * (sentences > MASK).sum(1)).sum()
    ids, _ = grammar.sample(20_000, generator())
    nats, error = floor(grammar.next_word(ids), ids)
    assert abs(nats - entropy) < 5 * error and 0 < error < 0.01


def test_floor_scores_labels_only_and_its_error_shrinks():
    grammar = language()
    ids, _ = grammar.sample(4000, generator())
    inputs, labels = mask_tokens(ids, vocab_size=len(grammar.vocab), generator=generator())
    probabilities = grammar.posterior(inputs)
    nats, error = floor(probabilities, labels)
    scored = labels != IGNORE
    want = -probabilities[scored].gather(1, labels[scored][:, None]).log().mean()
    assert nats == pytest.approx(float(want), abs=1e-12)
    few = floor(probabilities[:400], labels[:400])[1]
    assert 2 < few / error < 5  # square root of ten
    with pytest.raises(ValueError, match="no ordinary word"):
        floor(probabilities, torch.full_like(labels, IGNORE))


def test_more_context_never_hurts():
    ids, _ = language().sample(3000, generator())
    causal, both = floor(language().next_word(ids), ids)[0], floor(language().fill_in(ids), ids)[0]
    unigram = language().unigram()
    assert both < causal < -(unigram[unigram > 0] * unigram[unigram > 0].log()).sum()


# Hidden Markov models


def test_forward_backward_on_a_two_state_chain_worked_by_hand():
    start, transition = torch.tensor([1.0, 0.0]), torch.tensor([[0.5, 0.5], [0.0, 1.0]])
    seen = torch.tensor([[[1.0, 1.0], [0.2, 0.6], [1.0, 1.0]]])  # only the middle place tells anything
    forward, backward = forward_backward(start, transition, seen)
    torch.testing.assert_close(forward[0], torch.tensor([[1.0, 0.0], [0.5, 0.5], [0.125, 0.875]]))
    torch.testing.assert_close(backward[0, 0] / backward[0, 0, 1], torch.tensor([0.4 / 0.6, 1.0]))


def test_draw_follows_the_table():
    table = torch.tensor([[0.25, 0.0, 0.75], [0.0, 1.0, 0.0]], dtype=torch.float64)
    drawn = draw(table, torch.tensor([0, 1]).repeat(20_000), generator())
    assert (drawn[1::2] == 1).all() and (drawn[::2] != 1).all()
    assert abs((drawn[::2] == 2).double().mean() - 0.75) < 0.02


def test_a_walk_in_a_circle_has_no_longest_length():
    with pytest.raises(ValueError, match="cut the circle"):
        longest_walk(torch.tensor([1.0, 0.0]), torch.tensor([[0.0, 1.0], [1.0, 0.0]]))


# Bad input


def test_unknown_words_are_named_with_their_neighbors():
    with pytest.raises(ValueError, match=r"'kingg' is not a word.*'king'"):
        language().encode("the kingg reads a book .")
    with pytest.raises(ValueError, match=r"'The'.*'the'"):
        language().encode("The king reads a book .")
    with pytest.raises(ValueError, match="at most 14 words, got 15"):
        language().encode("the " * 15)


@pytest.mark.parametrize("method", ["next_word", "fill_in", "posterior", "is_grammatical", "states_of"])
def test_ids_must_be_rows_of_the_vocabulary(method):
    call = getattr(language(), method)
    ids = language().sample(2, generator())[0]
    with pytest.raises(TypeError, match="tensor of signed integers, got torch.float32"):
        call(ids.float())
    with pytest.raises(TypeError, match="got list"):
        call(ids.tolist())
    with pytest.raises(ValueError, match=r"0\.\.80.*got 0\.\.81"):
        call(ids.masked_fill(ids == ids.max(), 81))
    with pytest.raises(ValueError, match="-100"):
        call(ids.masked_fill(ids == PAD, IGNORE))
    for wrong in (ids[0], ids[:, :-1], ids[None]):
        with pytest.raises(ValueError, match="rows of 15"):
            call(wrong)


@pytest.mark.parametrize("method", ["next_word", "fill_in", "states_of"])
def test_an_impossible_sentence_is_refused_with_its_words(method):
    ids = language().encode("the king read a book .")[None]
    with pytest.raises(ValueError, match=r"row 0, 'the king read a book \.', cannot come from this language"):
        getattr(language(), method)(ids)


def test_shares_outside_0_to_1_are_refused():
    ids = language().sample(2, generator())[0]
    for wrong in ({"rate": 1.5}, {"mask": -0.1}, {"swap": 2}, {"mask": 0.8, "swap": 0.3}):
        with pytest.raises(ValueError, match=next(iter(wrong))):
            language().posterior(ids, **wrong)
    with pytest.raises(ValueError, match="distractors"):
        language().agreement(10, distractors=1.1)
    with pytest.raises(ValueError, match="at least 0"):
        language().sample(-1)


def test_rules_whose_probabilities_do_not_sum_to_one_are_refused():
    with pytest.raises(ValueError, match=r"'object noun' must have probabilities that sum to 1, got 0\.9"):
        Grammar(Rules(order=ORDER | {"object noun": {"dot": 0.9}}))
    with pytest.raises(ValueError, match="role 'interjection'"):
        Grammar(Rules(order=ORDER | {"dot": {"interjection": 1.0}}))


def test_no_sentences_give_no_predictions():
    assert language().fill_in(torch.empty(0, 15, dtype=torch.long)).shape == (0, 15, 81)
