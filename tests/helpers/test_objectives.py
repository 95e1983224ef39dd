"""What each objective computes, against the plainest way to write it."""

import math

import pytest
import torch
import torch.nn.functional as F

from helpers import objectives
from helpers.encoder import TextModel
from helpers.masking import IGNORE, mask_exactly

V, L = 20, 9


def model_and_ids(causal=False):
    torch.manual_seed(0)
    model = TextModel(V, L, dim=16, depth=1, heads=2, causal=causal).double()
    ids = torch.randint(5, V, (8, L))
    ids[0, 4:] = ids[3, 7:] = 0
    return model, ids


def gradient(model, loss):
    model.zero_grad()
    loss.backward()
    return torch.cat([p.grad.flatten() for p in model.parameters()])


def test_masked_loss_and_gradient_equal_those_of_projecting_every_position():
    model, ids = model_and_ids()
    labels = torch.where((torch.rand(ids.shape) < 0.3) & (ids > 0), ids, IGNORE)
    inputs = torch.where(labels == IGNORE, ids, 4)
    loss, count = objectives.mlm(model, inputs, labels)
    dense = F.cross_entropy(model.logits(model(inputs)).flatten(0, 1), labels.flatten(), reduction="sum")
    assert count == (labels != IGNORE).sum()
    torch.testing.assert_close(loss, dense, rtol=0, atol=1e-12)
    torch.testing.assert_close(gradient(model, loss), gradient(model, dense), rtol=0, atol=1e-12)


def test_masked_positions_given_by_place_have_the_loss_and_gradient_of_masked_positions_given_by_label():
    model, ids = model_and_ids()
    ids[1, 2:] = 0  # one ordinary word: this row runs out
    inputs, positions, targets = mask_exactly(ids, 3, vocab_size=V, generator=torch.Generator().manual_seed(0))
    labels = torch.full_like(ids, IGNORE).scatter(1, positions, targets)
    loss, count = objectives.mlm_at(model, inputs, positions, targets)
    expected, n = objectives.mlm(model, inputs, labels)
    assert int(count) == n < 8 * 3
    torch.testing.assert_close(loss, expected, rtol=0, atol=1e-12)
    torch.testing.assert_close(gradient(model, loss), gradient(model, expected), rtol=0, atol=1e-12)


def test_the_causal_loss_predicts_each_word_from_the_words_before_it_and_never_padding():
    model, ids = model_and_ids(causal=True)
    loss, count = objectives.causal(model, ids)
    by_hand, n = 0.0, 0
    for row in ids:
        for i in range(1, L):
            if row[i] != 0:
                by_hand = by_hand - model.logits(model(row[None, :i])[0, -1]).log_softmax(-1)[row[i]]
                n += 1
    assert count == n
    torch.testing.assert_close(loss, by_hand, rtol=0, atol=1e-10)
    torch.testing.assert_close(gradient(model, loss), gradient(model, by_hand), rtol=0, atol=1e-10)


def test_a_batch_without_targets_has_loss_zero_and_gradient_zero_not_nan():
    model, ids = model_and_ids()
    loss, count = objectives.mlm(model, ids, torch.full_like(ids, IGNORE))
    assert (float(loss.detach()), count) == (0.0, 0)
    assert (gradient(model, loss) == 0).all()


def test_classification_sums_what_cross_entropy_averages():
    model = torch.nn.Linear(4, 3)
    x, y = torch.randn(7, 4), torch.randint(3, (7,))
    loss, count = objectives.classify(model, (x, y))
    torch.testing.assert_close(loss / count, F.cross_entropy(model(x), y))


def double_loop(a, b, temperature):
    """Chen et al. 2020, equation 1, term by term."""
    z = torch.cat([a, b])
    n, total = len(a), 0.0
    similarity = [[F.cosine_similarity(x, y, dim=0) / temperature for y in z] for x in z]
    for i in range(2 * n):
        partner = i + n if i < n else i - n
        others = sum(similarity[i][k].exp() for k in range(2 * n) if k != i)
        total = total - (similarity[i][partner].exp() / others).log()
    return total


@pytest.mark.parametrize("temperature", [0.1, 0.5, 2.0])
def test_nt_xent_equals_the_double_loop(temperature):
    torch.manual_seed(0)
    a, b = torch.randn(2, 5, 3, dtype=torch.float64)
    loss, count = objectives.nt_xent(a, b, temperature)
    assert count == 10
    torch.testing.assert_close(loss, double_loop(a, b, temperature), rtol=0, atol=1e-12)


def test_nt_xent_has_the_gradient_of_its_value():
    torch.manual_seed(0)
    a, b = (torch.randn(4, 3, dtype=torch.float64, requires_grad=True) for _ in range(2))
    assert torch.autograd.gradcheck(lambda a, b: objectives.nt_xent(a, b)[0], (a, b))


def test_nt_xent_ignores_length_and_order_and_which_view_comes_first():
    torch.manual_seed(0)
    a, b = torch.randn(2, 6, 4, dtype=torch.float64)
    loss = objectives.nt_xent(a, b)[0]
    order = torch.randperm(6)
    for same in [(a * 7, b * torch.rand(6, 1)), (a[order], b[order]), (b, a)]:
        torch.testing.assert_close(objectives.nt_xent(*same)[0], loss)


def test_when_all_views_collapse_to_one_point_nt_xent_is_at_chance():
    z = torch.ones(8, 4, dtype=torch.float64)
    loss, count = objectives.nt_xent(z, z)
    assert float(loss) / count == pytest.approx(math.log(2 * 8 - 1))


def test_nt_xent_refuses_what_has_no_meaning():
    z = torch.randn(4, 3)
    with pytest.raises(ValueError, match="no negative"):
        objectives.nt_xent(z[:1], z[:1])
    for temperature in (0, -0.5):
        with pytest.raises(ValueError, match=f"temperature={temperature}"):
            objectives.nt_xent(z, z, temperature)
    with pytest.raises(ValueError, match=r"\(4, 3\).*\(3, 3\)"):
        objectives.nt_xent(z, z[:3])
