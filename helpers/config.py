"""What a training run needs to know, checked before any work is done."""

import math
import numbers
from dataclasses import dataclass, fields


@dataclass(kw_only=True)
class Config:
    """The settings of `fit`, all by keyword. A wrong value raises a ValueError that names it and says what to give."""

    steps: int  # updates of the weights
    batch_size: int = 32  # examples in a batch, per process; an update sees batch_size * accumulate * processes
    accumulate: int = 1  # batches per update: saves memory, not time, and equals one large batch
    lr: float = 3e-3  # the highest learning rate
    warmup: float = 0.1  # share of the steps on which the rate rises from 0 to lr
    schedule: str = "cosine"  # then "cosine" or "linear" decay towards 0, or "constant"
    weight_decay: float = 0.01  # decoupled (AdamW), on matrices only: never on biases and norms
    betas: tuple = (0.9, 0.999)  # how long AdamW remembers the gradient and its square
    clip: float | None = 1.0  # longest gradient (L2 norm over all parameters); None: any
    precision: str | None = None  # "fp32", "bf16", "fp16" (GPU only); None: bf16 on a GPU that has it, else fp32
    compile: bool = False  # torch.compile the model: pays on GPUs, rarely on CPUs
    recompute: bool = False  # activation checkpointing: a third more time, for much less memory
    ema: float | None = None  # e.g. .999: evaluate and return a moving average of the weights
    seed: int = 0  # of the order of the data and of every random draw
    log_every: int = 25  # steps between two records: the loss stays on the device until then
    evaluate_every: int | None = None  # steps between two calls of evaluate; None: at the end only
    patience: int | None = None  # stop after so many evaluations without a new lowest; return the best weights
    checkpoint: str | None = None  # a file: resumed from if it exists, written at the end
    checkpoint_every: int | None = None  # ... and every so many steps
    metrics: str | None = None  # a JSONL file, written anew: one record per line
    trackers: str | list | None = None  # "tensorboard", "wandb", "mlflow"...: accelerate's names
    project_dir: str = "runs"  # where trackers write
    flops: float | None = None  # of one token (measure.flops_per_token) or example: the bar then shows the MFU

    def __post_init__(self):
        for field in fields(self):
            value = getattr(self, field.name)
            # A NumPy number would make a checkpoint that torch.load(weights_only=True) refuses.
            value = tuple(map(plain, value)) if isinstance(value, tuple) else plain(value)
            setattr(self, field.name, value)
            good, wanted = RULES.get(field.name, (lambda value: True, ""))
            if not (value is None and field.default is None or good(value)):
                raise ValueError(f"{field.name}={value!r}: it should be {wanted}")


def plain(value):
    """A number as Python's own int or float; anything else as it is."""
    if not isinstance(value, numbers.Real) or isinstance(value, bool):
        return value
    return int(value) if isinstance(value, numbers.Integral) else float(value)


def number(value, low=-math.inf, high=math.inf):
    """True if value is a number, low <= value <= high (false for nan)."""
    return isinstance(value, (int, float)) and not isinstance(value, bool) and low <= value <= high


def count(value):
    return isinstance(value, int) and number(value, 1)


def positive(value):
    return number(value, 0) and 0 < value < math.inf


COUNTS = ("steps", "batch_size", "accumulate", "log_every", "evaluate_every", "patience", "checkpoint_every")
RULES = {name: (count, "a whole number, at least 1") for name in COUNTS} | {
    "lr": (positive, "a positive number; 3e-3 suits tiny models, 1e-4 large ones"),
    "warmup": (lambda value: number(value, 0, 1), "a share of the steps, in [0, 1]; try 0.1"),
    "schedule": (lambda value: value in ("cosine", "linear", "constant"), '"cosine", "linear" or "constant"'),
    "weight_decay": (lambda value: number(value, 0) and value < math.inf, "0 or more; try 0.01"),
    "betas": (
        lambda value: isinstance(value, tuple) and len(value) == 2 and all(number(b, 0) and b < 1 for b in value),
        "a tuple of two numbers in [0, 1); try (0.9, 0.999)",
    ),
    "clip": (lambda value: value is None or positive(value), "a positive number or None; try 1.0"),
    "precision": (lambda value: value in ("fp32", "bf16", "fp16"), '"fp32", "bf16", "fp16" or None'),
    "compile": (lambda value: isinstance(value, bool), "True or False"),
    "recompute": (lambda value: isinstance(value, bool), "True or False"),
    "flops": (positive, "a positive number: measure.flops_per_token(model, length)"),
    "ema": (lambda value: positive(value) and value < 1, "a number between 0 and 1, or None; try 0.999"),
    "seed": (lambda value: isinstance(value, int) and number(value, 0), "a whole number, 0 or more"),
}
