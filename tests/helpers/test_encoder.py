"""What an encoder may see, and what it must not depend on."""

import math

import pytest
import torch

from helpers import objectives
from helpers.encoder import Classifier, ConvEncoder, Encoder, TextModel, pool

V, L = 30, 12


def text_model(causal=False, **kw):
    torch.manual_seed(0)
    return TextModel(V, L, dim=16, depth=2, heads=4, causal=causal, **kw).double().eval()


def sentences(n=6, length=L, seed=0):
    return torch.randint(1, V, (n, length), generator=torch.Generator().manual_seed(seed))


@pytest.mark.parametrize("i", [0, 3, L - 2])
def test_a_causal_model_never_sees_the_future(i):
    model, ids = text_model(causal=True), sentences()
    changed = ids.clone()
    changed[:, i + 1 :] = sentences(seed=1)[:, i + 1 :]
    before, after = model(ids), model(changed)
    torch.testing.assert_close(after[:, : i + 1], before[:, : i + 1], rtol=0, atol=1e-12)
    assert (after[:, i + 1 :] - before[:, i + 1 :]).abs().amax(-1).min() > 1e-3


def test_a_bidirectional_model_sees_both_sides():
    model, ids = text_model(), sentences(1)
    for changed in (0, L - 1):
        other = ids.clone()
        other[0, changed] = ids[0, changed] % (V - 1) + 1
        assert (model(other) - model(ids)).abs().amax(-1).min() > 1e-6


@pytest.mark.parametrize("causal", [False, True])
def test_padding_changes_nothing(causal):
    model, ids = text_model(causal), sentences(length=7)
    padded = torch.cat([ids, torch.zeros(len(ids), 5, dtype=torch.long)], 1)
    torch.testing.assert_close(model(padded)[:, :7], model(ids), rtol=0, atol=1e-12)


@pytest.mark.parametrize("causal", [False, True])
def test_a_row_of_nothing_but_padding_is_finite(causal):
    model, nothing = text_model(causal), torch.zeros(2, 5, dtype=torch.long)
    assert model(nothing).isfinite().all()
    assert model.attention(nothing).isfinite().all()


def test_examples_of_a_batch_do_not_see_each_other():
    model, ids = text_model(), sentences()
    torch.testing.assert_close(model(ids)[2:3], model(ids[2:3]), rtol=0, atol=1e-12)


@pytest.mark.parametrize("causal", [False, True])
def test_attention_weights_are_the_ones_the_model_uses(causal):
    torch.manual_seed(0)
    encoder = Encoder(16, 2, 4, causal=causal).double().eval()
    x, keep = torch.randn(3, L, 16).double(), torch.arange(L) < torch.tensor([[L], [8], [3]])
    used = []
    attend = encoder.blocks[1].attention
    attend.register_forward_hook(lambda module, args, out: used.append((args[0], out)))
    encoder(x, keep)
    weights = encoder.attention(x, keep, layer=1)  # (B, H, L, L)
    inputs, out = used[0]
    by_hand = attend.out((weights @ attend.split(inputs)[2]).transpose(1, 2).flatten(2))
    torch.testing.assert_close(by_hand, out, rtol=0, atol=1e-12)
    torch.testing.assert_close(encoder.attention(x, keep), weights)  # the last layer unless asked


def test_attention_weights_are_shares_and_leave_out_padding_and_the_future():
    model = text_model(causal=True)
    ids = sentences(1)
    ids[0, 9:] = 0
    weights = model.attention(ids)[0]  # (H, L, L)
    torch.testing.assert_close(weights.sum(-1), torch.ones(4, L).double())
    assert weights.triu(1).abs().max() == 0
    assert weights[:, :9, 9:].abs().max() == 0


def test_the_table_that_reads_the_words_also_predicts_them():
    model = text_model()
    hidden = torch.randn(5, 16).double()
    torch.testing.assert_close(model.logits(hidden), hidden @ model.word.weight.T + model.bias)
    names = [name for name, p in model.named_parameters() if V in p.shape]
    assert sorted(names) == ["bias", "word.weight"]


@pytest.mark.parametrize("dim, init", [(16, 0.1), (64, 0.1), (256, 0.05), (768, 0.02)])
def test_an_untrained_model_starts_near_chance(dim, init):
    torch.manual_seed(0)
    model = TextModel(V, L, dim=dim, causal=True, init=init)
    loss, count = objectives.causal(model, sentences(200))
    assert abs(float(loss.detach()) / count - math.log(V)) < 0.7


def test_wrong_sizes_are_named():
    with pytest.raises(ValueError, match="heads=3.*dim=16"):
        Encoder(16, 1, 3)
    with pytest.raises(ValueError, match=f"13 positions.*max_length={L}"):
        text_model()(torch.ones(1, 13, dtype=torch.long))


def test_pooling_leaves_padding_out():
    hidden, keep = torch.randn(2, 4, 3), torch.tensor([[True, True, False, False], [False] * 4])
    torch.testing.assert_close(pool(hidden, keep)[0], hidden[0, :2].mean(0))
    assert (pool(hidden, keep)[1] == 0).all()  # an empty sentence says nothing, and is no nan
    torch.testing.assert_close(pool(hidden, keep, "last")[0], hidden[0, 1])
    torch.testing.assert_close(pool(hidden, keep, "first"), hidden[:, 0])
    torch.testing.assert_close(pool(hidden), hidden.mean(1))
    with pytest.raises(ValueError, match="pool='max'"):
        pool(hidden, keep, "max")


def test_a_classifier_of_sentences_does_not_read_padding():
    model = Classifier(text_model(), 16, 3).double().eval()
    ids = sentences(length=7)
    padded = torch.cat([ids, torch.zeros(len(ids), 5, dtype=torch.long)], 1)
    assert model(ids).shape == (6, 3)
    torch.testing.assert_close(model(padded), model(ids))


@pytest.mark.parametrize("size", [8, 16, 28, 32])
def test_the_convolutional_encoder_takes_any_size_and_treats_each_image_alone(size):
    model, x = ConvEncoder(3), torch.rand(4, 3, size, size)
    assert model(x).shape == (4, 64)
    torch.testing.assert_close(model(x)[1:2], model(x[1:2]))
    assert Classifier(model, 64, 10)(x).shape == (4, 10)


def test_the_convolutional_encoder_is_small():
    assert 90_000 < sum(p.numel() for p in ConvEncoder(1).parameters()) < 115_000
