"""transformers' BERT under the course's objective: the same loss and gradient, for a fraction of the work."""

import pytest
import torch
import torch.nn.functional as F
from torch import nn

from helpers import bert, evaluate, objectives
from helpers.masking import IGNORE, mask_tokens
from helpers.train import Config, fit

V, L = 40, 12
SMALL = dict(hidden_size=16, intermediate_size=32, max_position_embeddings=L)


def small(**settings):
    torch.manual_seed(0)
    return bert.model(V, **SMALL | settings)


def batch(n=6):
    generator = torch.Generator().manual_seed(0)
    ids = torch.randint(5, V, (n, L), generator=generator)
    ids[0, 7:] = ids[3, 4:] = 0
    return mask_tokens(ids, vocab_size=V, rate=0.3, generator=generator)


def test_the_sparse_head_has_the_loss_and_the_gradient_of_the_dense_head():
    model, (inputs, labels) = small().double(), batch()
    loss, count = objectives.mlm(model, inputs, labels)
    sparse = torch.autograd.grad(loss / count, list(model.parameters()))
    dense = model(inputs, attention_mask=(inputs != 0).long(), labels=labels).loss  # the mean, as transformers has it
    torch.testing.assert_close(loss / count, dense, rtol=0, atol=1e-12)
    torch.testing.assert_close(sparse, torch.autograd.grad(dense, list(model.parameters())), rtol=0, atol=1e-12)


def test_only_masked_positions_reach_the_head():
    model, (inputs, labels) = small(), batch()
    sizes = []
    model.cls.register_forward_hook(lambda module, args, output: sizes.append(output.shape))
    objectives.mlm(model, inputs, labels)
    assert sizes == [(int((labels != IGNORE).sum()), V)]


def test_what_stands_in_padding_changes_no_other_word():
    model, (inputs, _) = small().eval(), batch()
    longer = F.pad(inputs[:, :9], (0, 3))
    torch.testing.assert_close(bert.hidden_states(model, longer)[:, :9], bert.hidden_states(model, inputs[:, :9]))


def test_packed_rows_need_no_padding_and_get_no_mask():
    padded, packed = small(), small(pad_token_id=None)
    packed.load_state_dict(padded.state_dict())
    inputs = batch()[0][4:]  # rows without padding
    torch.testing.assert_close(bert.hidden_states(packed, inputs), bert.hidden_states(padded, inputs))


def test_attention_for_a_picture_comes_from_the_same_model_and_leaves_it_as_it_was():
    model, (inputs, _) = small(attention_probs_dropout_prob=0.5).eval(), batch()
    before = bert.hidden_states(model, inputs)
    model.train()
    weights = bert.attention(model, inputs, layer=0)
    assert all(part.training for part in model.modules())
    model.eval()
    assert weights.shape == (6, 2, L, L)
    torch.testing.assert_close(weights.sum(-1), torch.ones(6, 2, L))
    assert (weights[0, :, :, 7:] == 0).all()  # padding
    assert torch.equal(bert.hidden_states(model, inputs), before)


def test_a_body_that_looks_left_only_is_a_causal_model_of_the_same_size():
    model, (inputs, _) = small(is_decoder=True, use_cache=False).eval(), batch()
    changed = inputs.clone()
    changed[:, 5] = 9
    before, after = bert.hidden_states(model, inputs), bert.hidden_states(model, changed)
    torch.testing.assert_close(before[:, :5], after[:, :5])
    assert model.num_parameters() == small().num_parameters()
    loss, count = objectives.causal(model, changed)
    assert loss.isfinite() and count == (changed[:, 1:] != 0).sum()


def test_misunderstandings_are_named():
    with pytest.raises(ValueError, match="preset='huge' is unknown.*'tiny', 'bert-base'"):
        bert.model(V, "huge")
    with pytest.raises(ValueError, match="layers=3: BertConfig has no such setting"):
        bert.model(V, layers=3)
    with pytest.raises(ValueError, match="num_attention_heads=3 does not divide hidden_size=128"):
        bert.model(V, num_attention_heads=3)
    with pytest.raises(ValueError, match=f"13 positions.*max_position_embeddings={L}"):
        bert.hidden_states(small(), torch.full((2, L + 1), 7))


def test_fit_trains_it_evaluation_reads_it_and_compiling_reaches_its_body(monkeypatch):
    compiled = []
    monkeypatch.setattr(nn.Module, "compile", lambda self: compiled.append(type(self).__name__))
    model, (inputs, labels) = small(), batch(32)
    data = torch.utils.data.TensorDataset(inputs, labels)

    def masked(model, batch):
        return objectives.mlm(model, *batch)

    before = evaluate.mean_loss(model, masked, data)
    fit(model, masked, data, Config(steps=40, batch_size=16, lr=1e-2, compile=True), progress=False)
    assert compiled == ["BertModel"]
    assert evaluate.mean_loss(model, masked, data) < 0.7 * before
    assert evaluate.features(model, inputs).shape == (32, 16)
