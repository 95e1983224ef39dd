"""The measuring code is measured too: against torch's own counter, and against sums done by hand."""

import time

import pytest
import torch
from torch import nn
from torch.nn.attention import SDPBackend, sdpa_kernel
from torch.utils.flop_counter import FlopCounterMode

from helpers import bert, measure, objectives
from helpers.encoder import TextModel
from helpers.masking import IGNORE

V, L = 60, 16


def models():
    return [bert.model(V, hidden_size=32, intermediate_size=64), TextModel(V, L, dim=32, depth=3, heads=2)]


@pytest.mark.parametrize("which", [0, 1], ids=["bert", "text model"])
def test_the_flops_per_token_are_those_that_torch_counts(which):
    model, ids = models()[which], torch.randint(5, V, (4, L))
    labels = torch.where(torch.arange(L) % 4 == 0, ids, IGNORE)  # a quarter is predicted
    with FlopCounterMode(display=False) as counted, sdpa_kernel(SDPBackend.MATH):
        objectives.mlm(model, ids, labels)[0].backward()
    assert measure.flops_per_token(model, L, share=0.25) == pytest.approx(counted.get_total_flops() / ids.numel())


def test_bert_base_costs_half_a_billion_flops_a_token_and_a_dense_head_a_fifth_more():
    with torch.device("meta"):
        model = bert.model(30_522, "bert-base")
    useful, dense = (measure.flops_per_token(model, 128, share) for share in (0.15, 1.0))
    assert useful == pytest.approx(545e6, rel=0.01)
    assert dense / useful == pytest.approx(1.22, abs=0.01)


def test_mfu_is_the_share_of_the_peak():
    assert measure.mfu(tokens_per_second=100, flops_per_token=2e6, peak=1e9) == pytest.approx(0.2)
    assert measure.peak_rate("cpu") > 1e8


def test_functions_are_timed_in_turns_and_compared_round_by_round():
    calls = []

    def work(name, n):
        calls.append(name)
        end = time.process_time() + n * 1e-3
        while time.process_time() < end:
            pass

    found = measure.interleaved({"a": lambda: work("a", 1), "b": lambda: work("b", 4)}, rounds=5, calls=2, warmup=1)
    assert all(sorted(calls[i : i + 4]) == ["a", "a", "b", "b"] for i in range(0, 24, 4)) and len(calls) == 24
    assert [len(times) for times in found.values()] == [5, 5]
    assert min(found["a"]) >= 1e-3 and min(found["b"]) >= 4e-3


def test_peak_memory_counts_what_is_alive_at_one_time():
    with measure.PeakMemory() as memory:
        a = torch.zeros(1000)  # 4000 bytes
        view = a[:10]
        del a  # the view keeps it alive
        torch.zeros(500)  # 2000 bytes, freed at once
        torch.zeros(250)
        view.add_(1)
    assert (memory.bytes, memory.now) == (6000, 4000)


def test_memory_from_before_is_not_counted():
    x = torch.zeros(1000)
    with measure.PeakMemory() as memory:
        x.mul_(2)
        x.view(10, 100).t()
    assert memory.bytes == 0


def test_going_back_needs_what_every_layer_made_going_forward():
    model, x = nn.Sequential(*[nn.Linear(10, 10), nn.Tanh()] * 8), torch.zeros(100, 10)  # 4000 bytes a layer
    with measure.PeakMemory() as kept:
        model(x).sum().backward()
    with torch.no_grad(), measure.PeakMemory() as dropped:
        model(x).sum()
    assert kept.bytes > 8 * 4000 and dropped.bytes < 3 * 4000
