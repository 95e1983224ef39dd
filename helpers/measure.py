"""What training costs: time, arithmetic, memory, and how much of the machine is put to use.

A figure of speed means little alone. So two ways are timed in turns, on the same load (`interleaved`), and the work
done is compared with what the device can do (`mfu`, Chowdhery et al. 2022, arXiv 2204.02311, appendix B).
"""

import random
import re
import time
import weakref

import torch
from torch import nn
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves

from helpers import bert

# Dense bf16 (T4, V100: fp16) matrix arithmetic by NVIDIA's data sheets (SXM), FLOP/s: the usual denominator of an MFU.
DATA_SHEET = {"H200": 989e12, "H100": 989e12, "A100": 312e12, "L4": 121e12, "T4": 65e12, "V100": 125e12}


def flops_per_token(model, length, share=0.15):
    """Floating-point operations that one token costs, forward and backward, in rows of `length` tokens.

    model: a BertForMaskedLM or a TextModel. share: the part of the positions that reaches the head: .15 with
    `objectives.mlm`, 1 if every position is projected or predicted. What counts is the *useful* work, so leave .15 also
    where a wasteful head projects all positions: waste should lower the MFU, not raise it.

    6 for each weight of each matrix a token passes (a multiplication and an addition, once forward, twice backward),
    and 12 * layers * length * width for attention (Kaplan et al. 2020, arXiv 2001.08361, section 2.1). Embeddings,
    norms and activations are left out: about 1%. Causal attention is counted whole, by convention.
    """
    if hasattr(model, "bert"):
        depth, dim = model.config.num_hidden_layers, model.config.hidden_size
        head = matrices(model.cls)
    else:
        depth, dim = len(model.encoder.blocks), model.word.embedding_dim
        head = model.word.weight.numel()
    return 6 * matrices(bert.body(model)) + 12 * depth * length * dim + 6 * head * share


def matrices(module):
    """The number of weights in a module's linear layers."""
    return sum(layer.weight.numel() for layer in module.modules() if isinstance(layer, nn.Linear))


def matmul_rate(device="cpu", dtype=torch.float32, size=None):
    """FLOP/s of a square matrix product, the best of several: what this device reaches at most, here and now."""
    device = torch.device(device)
    a = torch.randn(2, *[size or (1024 if device.type == "cpu" else 8192)] * 2, device=device, dtype=dtype)
    times = interleaved({"matmul": lambda: a[0] @ a[1]}, rounds=6, warmup=2)["matmul"]
    return 2 * a.shape[-1] ** 3 / min(times)


def peak_rate(device="cpu", dtype=torch.float32):
    """FLOP/s to hold a model against: the data sheet's for GPUs in bf16 and fp16, else the measured `matmul_rate`."""
    if torch.device(device).type == "cuda" and dtype in (torch.bfloat16, torch.float16):
        name = torch.cuda.get_device_name(device)
        for known, rate in DATA_SHEET.items():
            if re.search(rf"\b{known}\b", name):  # an L40 is no L4
                return rate
    return matmul_rate(device, dtype)


def mfu(tokens_per_second, flops_per_token, peak):
    """Model FLOPs utilization: useful arithmetic per second as a share of what the device can do, about 0 to 1."""
    return tokens_per_second * flops_per_token / peak


def interleaved(functions, *, rounds=15, calls=1, warmup=3):
    """Time several functions in turns: {name: function of nothing} -> {name: seconds per call of each round}.

    Interleaved, because a machine's speed drifts: what all meet alike cancels in the ratios of each round. A round
    calls every function `calls` times, in a new order; the first `warmup` rounds are dropped. CPU time of this
    process where there is no GPU, which other programs hardly change; on a GPU wall time, waiting for the device.
    """
    gpu = torch.accelerator.is_available()
    clock = time.perf_counter if gpu else time.process_time
    found = {name: [] for name in functions}
    for _ in range(warmup + rounds):
        for name in random.sample(list(functions), len(functions)):
            if gpu:
                torch.accelerator.synchronize()
            begin = clock()
            for _ in range(calls):
                functions[name]()
            if gpu:
                torch.accelerator.synchronize()
            found[name].append((clock() - begin) / calls)
    return {name: seconds[warmup:] for name, seconds in found.items()}


class PeakMemory(TorchDispatchMode):
    """The most bytes that tensors made inside it took at one time: activations, gradients, optimizer state.

        with PeakMemory() as memory:
            loss(model, batch).backward()
        memory.bytes

    Counted tensor by tensor as they are made and freed, so the figure is the same on every machine and every run.
    Tensors from before (weights, the batch) and the scratch space inside a kernel are not counted.
    """

    def __init__(self):
        super().__init__()
        self.bytes, self.now, self.alive = 0, 0, weakref.WeakKeyDictionary()

    def __torch_dispatch__(self, function, types, args=(), kwargs=None):
        known = {t.untyped_storage()._cdata for t in tree_leaves((args, kwargs)) if isinstance(t, torch.Tensor)}
        out = function(*args, **(kwargs or {}))
        for tensor in tree_leaves(out):
            if isinstance(tensor, torch.Tensor):
                storage = tensor.untyped_storage()
                if storage._cdata not in known and storage not in self.alive:  # a view makes no new storage
                    self.alive[storage] = True
                    self.now += storage.nbytes()
                    weakref.finalize(storage, self.free, storage.nbytes())
        self.bytes = max(self.bytes, self.now)
        return out

    def free(self, size):
        self.now -= size
