"""How the weights move: AdamW's two groups, the learning rate from step to step, a moving average of the weights."""

import contextlib
import math

import torch


def learning_rate(step, config):
    """The rate of step 1, 2, ... config.steps: a straight rise to config.lr, then the schedule's decay towards 0."""
    rise = round(config.warmup * config.steps)
    if step <= rise:
        return config.lr * step / rise
    done = (step - 1 - rise) / (config.steps - rise)  # in [0, 1)
    shape = {"cosine": 0.5 * (1 + math.cos(math.pi * done)), "linear": 1 - done, "constant": 1.0}
    return config.lr * shape[config.schedule]


def adamw(parameters, config, device):
    """AdamW (Loshchilov & Hutter 2019, arXiv 1711.05101). Biases and the gains of norms (p.ndim <= 1) never decay."""
    groups = [
        {"params": [p for p in parameters if p.ndim > 1], "weight_decay": config.weight_decay},
        {"params": [p for p in parameters if p.ndim <= 1], "weight_decay": 0.0},
    ]
    return torch.optim.AdamW(groups, lr=config.lr, betas=config.betas, fused=device.type in ("cpu", "cuda"))


class Average:
    """An exponential moving average of the weights, or nothing if decay is None."""

    def __init__(self, parameters, decay):
        self.parameters, self.decay = parameters, decay
        self.values = [p.detach().clone() for p in parameters] if decay else []

    @torch.no_grad()
    def update(self, step):
        if self.decay:
            decay = min(self.decay, step / (step + 9))  # early on, forget the random start faster
            torch._foreach_lerp_(self.values, self.parameters, 1 - decay)

    def swap(self):
        """Exchange the model's weights and their average."""
        for p, value in zip(self.parameters, self.values):  # noqa: B905  without decay there are no values
            p.data, value.data = value.data, p.data

    @contextlib.contextmanager
    def swapped_in(self):
        self.swap()
        try:
            yield
        finally:
            self.swap()

    def state_dict(self):
        return {"values": self.values}

    def load_state_dict(self, saved):
        for value, old in zip(self.values, saved["values"], strict=True):
            value.copy_(old)
