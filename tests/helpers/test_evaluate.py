"""Measuring must not change what is measured, and must count every target once."""

import math

import numpy as np
import pytest
import torch
from torch import nn

from helpers import evaluate, objectives
from helpers.baselines import Unigram
from helpers.encoder import ConvEncoder, TextModel
from helpers.masking import IGNORE, mask_tokens

V, L = 20, 8


def text_model(**kw):
    torch.manual_seed(0)
    return TextModel(V, L, dim=16, depth=1, heads=2, **kw)


def sentences(n=50):
    generator = torch.Generator().manual_seed(0)
    ids = torch.randint(5, V, (n, L), generator=generator)
    return ids.masked_fill(torch.arange(L) >= torch.randint(2, L + 1, (n, 1), generator=generator), 0)


def masked_words(model, ids):
    return objectives.mlm(model, *mask_tokens(ids, vocab_size=V))


def test_the_mean_loss_is_per_target_whatever_the_batches():
    model, ids = text_model(causal=True), sentences()
    loss, count = objectives.causal(model, ids)
    for batch_size in (1, 7, 50, 1000):
        found = evaluate.mean_loss(model, objectives.causal, ids, batch_size=batch_size)
        assert found == pytest.approx(float(loss.detach()) / count, rel=1e-6)


def test_two_evaluations_meet_the_same_masks_and_leave_the_generator_alone():
    model, ids = text_model(dropout=0.5).train(), sentences()
    state = torch.get_rng_state()
    first = evaluate.mean_loss(model, masked_words, ids)
    assert torch.equal(torch.get_rng_state(), state)
    torch.rand(3)
    assert evaluate.mean_loss(model, masked_words, ids) == first
    assert evaluate.mean_loss(model, masked_words, ids, seed=1) != first
    assert model.training  # the mode it came in


def test_nothing_to_measure_is_an_error_and_not_a_nan():
    model, ids = text_model(), sentences()
    with pytest.raises(ValueError, match="data is empty"):
        evaluate.mean_loss(model, masked_words, ids[:0])
    nothing = torch.full_like(ids, IGNORE)
    with pytest.raises(ValueError, match="no target"):
        evaluate.mean_loss(model, lambda model, ids: objectives.mlm(model, ids, torch.full_like(ids, IGNORE)), ids)
    with pytest.raises(ValueError, match="x is empty"):
        evaluate.accuracy(model, ids[:0], ids[:0, 0])
    with pytest.raises(ValueError, match=r"labels \(50, 3\) should have the shape of inputs"):
        evaluate.masked_accuracy(model, ids, nothing[:, :3])
    with pytest.raises(ValueError, match="no masked position"):
        evaluate.masked_accuracy(model, ids, nothing)


def test_a_uniform_guess_among_v_words_has_perplexity_v():
    assert evaluate.perplexity(math.log(V)) == pytest.approx(V)
    assert evaluate.perplexity(0.0) == 1.0
    assert evaluate.perplexity(1000.0) == math.inf


def test_masked_accuracy_counts_masked_positions_only():
    model, ids = text_model(), sentences()
    inputs, labels = mask_tokens(ids, vocab_size=V, rate=0.3, generator=torch.Generator().manual_seed(0))
    guess = model(inputs) @ model.word.weight.T + model.bias
    chosen = labels != IGNORE
    by_hand = (guess.argmax(-1) == labels)[chosen].float().mean()
    assert evaluate.masked_accuracy(model, inputs, labels, batch_size=9) == pytest.approx(float(by_hand))


def test_accuracy_by_group_splits_the_same_guesses():
    model, ids = text_model(), sentences()
    inputs, labels = mask_tokens(ids, vocab_size=V, rate=0.3, generator=torch.Generator().manual_seed(0))
    groups = np.where(ids % 2 == 0, "even", "odd")
    groups[0, 0] = "alone"
    by = evaluate.masked_accuracy_by(model, inputs, labels, groups, batch_size=9)
    asked = groups[(labels != IGNORE).numpy()]
    shares = {name: (asked == name).mean() for name in by}
    whole = evaluate.masked_accuracy(model, inputs, labels)
    assert set(by) == set(asked) and sum(by[g] * shares[g] for g in by) == pytest.approx(whole)
    with pytest.raises(ValueError, match=r"groups has the shape \(50, 7\)"):
        evaluate.masked_accuracy_by(model, inputs, labels, groups[:, :7])


def test_the_likeliest_words_come_first_one_row_for_each_blank():
    model, ids = text_model(), sentences(3)
    ids[0, 1] = ids[2, 0] = ids[2, 1] = 4
    words, p = evaluate.top_k(model, ids, k=V)
    assert words.shape == p.shape == (3, V)
    torch.testing.assert_close(p.sum(1), torch.ones(3))
    assert (p.diff(dim=1) <= 0).all()
    by_hand = model.logits(model(ids)[2, 1]).softmax(-1)
    torch.testing.assert_close(p[2], by_hand[words[2]].detach())
    with pytest.raises(ValueError, match="no .MASK."):
        evaluate.top_k(model, sentences(2))


def test_pseudo_likelihood_masks_each_word_alone_and_asks_for_it():
    model, ids = text_model(), sentences(4)
    ids[:, 0] = 2
    total, words = torch.zeros(4, dtype=torch.float64), 0
    for n, row in enumerate(ids):
        for i in range(1, L):
            if row[i] > 4:
                blank = row.clone()
                blank[i] = 4
                total[n] += model.logits(model(blank[None])[0, i]).log_softmax(-1)[row[i]].item()
                words += 1
    torch.testing.assert_close(evaluate.pseudo_log_likelihood(model, ids, batch_size=5), total, atol=1e-5, rtol=0)
    assert evaluate.pseudo_perplexity(model, ids) == pytest.approx(math.exp(-total.sum() / words), rel=1e-5)
    with pytest.raises(ValueError, match="no ordinary word"):
        evaluate.pseudo_perplexity(model, torch.zeros_like(ids))


def test_a_blind_guess_among_the_ordinary_words_has_their_number_as_pseudo_perplexity():
    every = torch.arange(5, V).repeat(2, 1)
    blind = Unigram(every, V, smoothing=0.0)
    assert evaluate.pseudo_perplexity(blind, every) == pytest.approx(V - 5)


def test_accuracy_counts_every_example_once():
    x = torch.eye(3).repeat(5, 1)
    y = torch.tensor([0, 1, 0] * 5)
    assert evaluate.accuracy(nn.Identity(), x, y, batch_size=4) == pytest.approx(2 / 3)


def test_features_are_one_row_per_example_without_dropout_and_without_padding():
    model, ids = text_model(dropout=0.5), sentences()
    found = evaluate.features(model, ids, batch_size=7)
    assert found.shape == (50, 16) and not found.requires_grad
    short = ids[:, :5].clone()
    padded = torch.cat([short, torch.zeros(50, 3, dtype=torch.long)], 1)
    torch.testing.assert_close(evaluate.features(model, padded), evaluate.features(model, short))
    assert evaluate.features(ConvEncoder(1), torch.rand(5, 1, 8, 8)).shape == (5, 64)


def test_few_labels_takes_the_same_number_of_each_class():
    y = torch.tensor([0] * 30 + [1] * 20 + [2] * 5)
    rows = evaluate.few_labels(y, 5, torch.Generator().manual_seed(0))
    assert y[rows].bincount().tolist() == [5, 5, 5]
    assert len(rows.unique()) == 15
    assert not rows.equal(evaluate.few_labels(y, 5, torch.Generator().manual_seed(1)))
    with pytest.raises(ValueError, match="class 2 has only 5"):
        evaluate.few_labels(y, 6)


def blobs(n, seed):
    generator = torch.Generator().manual_seed(seed)
    y = torch.arange(n) % 3
    return torch.randn(n, 5, generator=generator) + 1.5 * torch.eye(5)[y], y


def test_a_probe_reads_what_is_linear_and_not_what_is_absent():
    (x, y), (tx, ty) = blobs(300, 0), blobs(300, 1)
    assert evaluate.linear_probe(x, y, tx, ty) > 0.7
    assert abs(evaluate.linear_probe(torch.randn_like(x), y, torch.randn_like(tx), ty) - 1 / 3) < 0.1


def test_a_probe_does_not_care_about_the_units_of_the_features():
    (x, y), (tx, ty) = blobs(300, 0), blobs(300, 1)
    scale, shift = torch.tensor([1e-3, 1, 1e3, 1, 10]), torch.tensor([5.0, 0, -100, 1, 0])
    assert evaluate.linear_probe(x, y, tx, ty) == evaluate.linear_probe(x * scale + shift, y, tx * scale + shift, ty)


def test_a_probe_is_standardized_without_a_look_at_the_test_split():
    """So each test example gets the same answer alone as in company."""
    (x, y), (tx, ty) = blobs(60, 0), blobs(20, 1)
    alone = [evaluate.linear_probe(x, y, tx[i : i + 1], ty[i : i + 1]) for i in range(20)]
    assert sum(alone) / 20 == pytest.approx(evaluate.linear_probe(x, y, tx, ty))
