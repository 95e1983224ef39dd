"""Baselines answer the Transformer's own question, and count as one would by hand."""

import math

import pytest
import torch

from helpers import baselines, evaluate, objectives
from helpers.grammar import MASK, floor, language
from helpers.masking import mask_tokens
from helpers.train import Config, fit

V = 9
TEXT = torch.tensor([[2, 5, 6, 5, 6, 0], [2, 5, 6, 7, 0, 0]])


def probabilities(model, ids):
    return model.logits(model(ids)).softmax(-1)


def test_a_unigram_is_the_share_of_each_ordinary_word_whatever_stands_around():
    p = probabilities(baselines.Unigram(TEXT, V, smoothing=0.0), TEXT)
    assert p.shape == (2, 6, V)
    torch.testing.assert_close(p[1, 3], torch.tensor([0, 0, 0, 0, 0, 3, 3, 1, 0]) / 7)
    unseen = probabilities(baselines.Unigram(TEXT, V), TEXT)[0, 0]
    assert unseen[8] == pytest.approx(0.5 / (7 + 4 * 0.5)) and (unseen[:5] == 0).all()


def test_a_bigram_weighs_both_neighbors():
    model = baselines.Bigram(TEXT, V, prior=1e-6)
    row = torch.tensor([[2, MASK, 6, MASK, 0, 0]])
    p = probabilities(model, row)[0]
    assert p[1, 5] == pytest.approx(1, abs=1e-3)  # only 5 stands between [CLS] and 6
    # After 6 come 5 and 7, once each; before [PAD] stand 6 and 7: only 7 fits both.
    assert p[3, 7] == pytest.approx(1, abs=1e-3)


def test_a_hidden_neighbor_says_nothing():
    model = baselines.Bigram(TEXT, V, prior=1e-6)
    unigram = probabilities(baselines.Unigram(TEXT, V), TEXT)[0, 0]
    torch.testing.assert_close(probabilities(model, torch.full((1, 3), MASK))[0, 1], unigram, rtol=0, atol=1e-4)


def test_two_sided_bigrams_are_exact_for_a_text_in_which_words_depend_on_the_one_before():
    generator = torch.Generator().manual_seed(0)
    walk = torch.rand(5, 5, generator=generator) ** 3
    walk = walk / walk.sum(1, keepdim=True)
    ids = torch.randint(5, 10, (20_000, 8), generator=generator)
    for i in range(1, 8):
        ids[:, i] = 5 + torch.multinomial(walk[ids[:, i - 1] - 5], 1, generator=generator)[:, 0]
    model = baselines.Bigram(ids, 10, prior=1.0)
    found = probabilities(model, torch.tensor([[6, 7, MASK, 9, 5]]))[0, 2, 5:]
    exact = walk[2] * walk[:, 4]
    torch.testing.assert_close(found, exact / exact.sum(), rtol=0, atol=0.02)


def masked_words(model, ids):
    return objectives.mlm(model, *mask_tokens(ids, vocab_size=len(language().vocab)))


def test_on_the_grammar_they_line_up_between_chance_and_the_floor():
    grammar = language()
    size = len(grammar.vocab)
    train, _ = grammar.sample(4000, torch.Generator().manual_seed(0))
    test, _ = grammar.sample(500, torch.Generator().manual_seed(1))
    torch.manual_seed(0)
    lstm = baselines.LSTM(size, 32)
    fit(lstm, masked_words, train, Config(steps=200, batch_size=32, lr=1e-2), progress=False)
    models = {
        "bigram": baselines.Bigram(train, size),
        "lstm": lstm,
        "word2vec": baselines.Word2Vec(train, size, epochs=10),
        "unigram": baselines.Unigram(train, size),
    }
    loss = {name: evaluate.mean_loss(model, masked_words, test) for name, model in models.items()}
    inputs, _ = mask_tokens(test, vocab_size=size, generator=torch.Generator().manual_seed(2))
    best, _ = floor(grammar.posterior(inputs), test)
    assert best < loss["bigram"] < loss["word2vec"] < loss["unigram"] < math.log(size)
    assert best < loss["lstm"] < loss["unigram"]


def test_word2vec_does_not_see_the_word_it_is_asked_for_and_repeats_itself():
    a, b = (baselines.Word2Vec(TEXT.repeat(20, 1), V, dim=8, seed=1) for _ in range(2))
    assert torch.equal(a.vectors, b.vectors)
    changed = TEXT.clone()
    changed[0, 2] = 8
    assert torch.equal(a(changed)[0, 2], a(TEXT)[0, 2])
    context = (a.vectors[5] + a.vectors[5] + a.vectors[6]) / 3  # [CLS] is no word
    torch.testing.assert_close(a(TEXT)[0, 2], context)


def test_a_causal_lstm_does_not_look_ahead_and_one_from_both_sides_does():
    changed = TEXT.clone()
    changed[:, 4] = 8
    for causal in (True, False):
        torch.manual_seed(0)
        model = baselines.LSTM(V, 8, causal=causal)
        assert torch.equal(model(TEXT)[:, :4], model(changed)[:, :4]) == causal
        assert model.logits(model(TEXT)).shape == (2, 6, V)


def test_misunderstandings_are_named():
    with pytest.raises(ValueError, match="data is empty"):
        baselines.Unigram(TEXT[:0], V)
    with pytest.raises(ValueError, match="vocab_size=6"):
        baselines.Unigram(TEXT, 6)
    with pytest.raises(ValueError, match="vocab_size=30522: a table of all pairs"):
        baselines.Bigram(TEXT, 30_522)
    with pytest.raises(ValueError, match="dim=7 should be even"):
        baselines.LSTM(V, 7)
