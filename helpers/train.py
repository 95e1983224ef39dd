"""Training: ONE loop, `fit`, for every method of the course, on a laptop, one GPU or many.

The loop knows nothing of the method: an objective turns a batch into a summed loss and a count of targets (see
objectives.py), and everything else here would be the same for any of them. `accelerate` chooses the device, the
precision and the processes, so that `accelerate launch script.py` scales a script that calls `fit` unchanged.
"""

import contextlib
import functools
import json
import math
import os
import random
import time
from dataclasses import asdict, dataclass, replace

import numpy as np
import torch
from torch import nn

from helpers import checkpoint


@dataclass(kw_only=True)
class Config:
    """What `fit` needs to know, all of it by keyword. Wrong values raise a ValueError here, before any work is done."""

    steps: int  # updates of the weights
    batch_size: int = 32  # examples in a batch, per process; an update sees batch_size * accumulate * processes
    accumulate: int = 1  # batches per update: saves memory, not time, and equals one large batch
    lr: float = 3e-3  # the highest learning rate
    warmup: float = 0.1  # share of the steps on which the rate rises from 0 to lr
    schedule: str = "cosine"  # then "cosine" or "linear" decay towards 0, or "constant"
    weight_decay: float = 0.01  # decoupled (AdamW), on matrices only: never on biases and norms
    betas: tuple = (0.9, 0.999)  # AdamW's memory of the gradient and of its square
    clip: float | None = 1.0  # longest gradient (L2 norm over all parameters); None: any
    precision: str | None = None  # "fp32", "bf16", "fp16" (GPU only); None: bf16 on a GPU that has it, else fp32
    compile: bool = False  # torch.compile the model: pays on GPUs, rarely on CPUs
    ema: float | None = None  # e.g. .999: evaluate and return a moving average of the weights
    seed: int = 0  # of the order of the data and of every random draw
    log_every: int = 25  # steps between two records; the only moments at which the loss is read from the device
    evaluate_every: int | None = None  # steps between two calls of evaluate; None: at the end only
    patience: int | None = None  # stop after so many evaluations without a new lowest; return the best weights
    checkpoint: str | None = None  # a file: resumed from if it exists, written at the end
    checkpoint_every: int | None = None  # ... and every so many steps
    metrics: str | None = None  # a JSONL file, written anew: one record per line
    trackers: str | list | None = None  # "tensorboard", "wandb", "mlflow"... (accelerate's names)
    project_dir: str = "runs"  # where trackers write

    def __post_init__(self):
        def whole(x):
            return isinstance(x, int) and not isinstance(x, bool) and x >= 1

        def within(x, low, high):  # open at both ends; False for nan
            return isinstance(x, (int, float)) and low < x < high

        def share(x):
            return isinstance(x, (int, float)) and 0 <= x <= 1

        counts = ["steps", "batch_size", "accumulate", "log_every"]
        optional = ["evaluate_every", "patience", "checkpoint_every"]
        rules = {name: (whole(getattr(self, name)), "a whole number, at least 1") for name in counts}
        rules |= {
            name: (getattr(self, name) is None or whole(getattr(self, name)), "None or a whole number, at least 1")
            for name in optional
        }
        rules |= {
            "lr": (within(self.lr, 0, math.inf), "a positive number; 3e-3 suits tiny models, 1e-4 large ones"),
            "warmup": (share(self.warmup), "a share of the steps, between 0 and 1; try 0.1"),
            "schedule": (self.schedule in ("cosine", "linear", "constant"), '"cosine", "linear" or "constant"'),
            "weight_decay": (self.weight_decay == 0 or within(self.weight_decay, 0, math.inf), "0 or more; try 0.01"),
            "betas": (len(self.betas) == 2 and all(share(b) and b < 1 for b in self.betas), "two numbers in [0, 1)"),
            "clip": (self.clip is None or within(self.clip, 0, math.inf), "None or a positive number; try 1.0"),
            "precision": (self.precision in (None, "fp32", "bf16", "fp16"), 'None, "fp32", "bf16" or "fp16"'),
            "ema": (self.ema is None or within(self.ema, 0, 1), "None or a number between 0 and 1; try 0.999"),
            "seed": (whole(self.seed + 1), "a whole number, 0 or more"),
        }
        for name, (good, wanted) in rules.items():
            if not good:
                raise ValueError(f"{name}={getattr(self, name)!r}: it should be {wanted}")


class Task(nn.Module):
    """Model and objective as one module: what has parameters is trained, saved and synchronized, wherever it lives."""

    def __init__(self, model, objective):
        super().__init__()
        self.model, self.objective = model, objective

    def forward(self, batch):
        return self.objective(self.model, batch)


def fit(model, objective, data, config, *, evaluate=None, progress=True):
    """Train `model` (and an objective that is a module) with AdamW. Leaves it on its device, in eval mode.

    model: nn.Module. objective: `objective(model, batch) -> (loss_sum, count)`. config: Config.
    data: anything with a length that takes a (batch_size,) LongTensor of row numbers: a tensor, a TensorDataset.
        Each epoch is a new shuffle, epochs follow each other without a gap, and no row is dropped.
    evaluate: `evaluate(model) -> number or dict with the key "validation"`, lower is better; called in eval mode
        without gradients, on the averaged weights if `ema` is set.
    progress: show a bar (never when COURSE_STATIC=1 or under nbgrader).

    The gradient is that of the *sum* of the losses of an update divided by the *sum* of its counts, over all
    accumulated batches and processes. Every random draw of step s comes from (seed, s, process): torch's global
    generator is seeded at each step, and restored at the end, so a run repeats itself, whatever ran before.

    Returns records, one at step 1, at every `log_every` steps, at each evaluation and at the end: {"step", "loss" (mean
    per target since the last record), "lr", "grad_norm" (before clipping) and, where evaluated, "validation"...}.
    Raises ValueError or TypeError for wrong input, before work is done, and FloatingPointError if loss or gradient
    stop being finite. COURSE_QUICK=1 cuts the run to 3 steps.
    """
    from accelerate import Accelerator, DistributedDataParallelKwargs
    from accelerate.state import AcceleratorState, PartialState
    from accelerate.utils import send_to_device
    from tqdm.auto import tqdm

    task = Task(model, objective)
    parameters = [p for p in task.parameters() if p.requires_grad]
    check_data(data, config)
    if not parameters:
        raise ValueError("model has no parameter with requires_grad=True: there is nothing to train; unfreeze a part of it")
    if evaluate is None and (config.evaluate_every or config.patience):
        raise ValueError("config asks for evaluations (evaluate_every or patience): give fit(..., evaluate=function)")
    if quick():
        config = replace(config, steps=min(config.steps, 3))
    device = PartialState().device
    precision = choose_precision(config.precision, device)
    AcceleratorState._reset_state()  # accelerate keeps the first precision of a process; a notebook fits many times
    accelerator = Accelerator(
        mixed_precision=precision,
        log_with=check_trackers(config.trackers),
        project_dir=config.project_dir if config.trackers else None,
        kwargs_handlers=[DistributedDataParallelKwargs(find_unused_parameters=True)],
    )
    if config.compile:
        model.compile()
    groups = [
        {"params": [p for p in parameters if p.ndim > 1], "weight_decay": config.weight_decay},
        {"params": [p for p in parameters if p.ndim <= 1], "weight_decay": 0.0},
    ]
    optimizer = torch.optim.AdamW(groups, lr=config.lr, betas=config.betas, fused=device.type in ("cpu", "cuda"))
    prepared, optimizer = accelerator.prepare(task, optimizer)
    average = [p.detach().clone() for p in parameters] if config.ema else None

    rank, processes, main = accelerator.process_index, accelerator.num_processes, accelerator.is_main_process
    rows = shuffled_rows(len(data), config.seed)
    # What changes as the run goes on, apart from weights and optimizer. The tensors stay on the device until read.
    state = {
        "step": 0, "records": [], "best": None, "lowest": math.inf, "waited": 0,
        "loss": torch.zeros((), device=device), "count": torch.zeros((), dtype=torch.long, device=device),
    }  # fmt: skip
    parts = {"task": task, "optimizer": optimizer, "scaler": accelerator.scaler}
    if config.checkpoint and os.path.exists(config.checkpoint):
        state = checkpoint.load(config.checkpoint, config, len(data), parts, average, state)
    first_bad = torch.zeros((), dtype=torch.long, device=device)  # the step whose loss was not finite; 0: none so far

    with contextlib.ExitStack() as stack:
        stack.callback(model.eval)
        stack.enter_context(torch.random.fork_rng(devices=[device] if device.type == "cuda" else []))
        log = Log(config, accelerator, state["records"], stack)
        bar = tqdm(total=config.steps, initial=state["step"], disable=not (progress and main) or silent())
        stack.callback(bar.close)
        task.train()
        read_at = time.perf_counter()
        while state["step"] < config.steps and not (config.patience and state["waited"] >= config.patience):
            state["step"] = step = state["step"] + 1
            torch.manual_seed(number(config.seed, step, rank))
            rate = learning_rate(step, config)
            for group in optimizer.param_groups:
                group["lr"] = rate

            loss, count = 0.0, torch.zeros_like(state["count"])
            for micro in range(config.accumulate):
                start = (((step - 1) * config.accumulate + micro) * processes + rank) * config.batch_size
                batch = send_to_device(data[rows(start, config.batch_size)], device, non_blocking=True)
                last = micro == config.accumulate - 1
                with contextlib.nullcontext() if last else accelerator.no_sync(prepared):
                    loss_sum, targets = prepared(batch)
                    accelerator.backward(loss_sum / config.batch_size)  # a constant that keeps fp16 in range; undone below
                loss, count = loss + loss_sum.detach(), count + targets
            everywhere = accelerator.reduce(count, "sum")  # (): a batch without targets (0) gives a gradient of 0
            gradients = [p.grad for p in parameters if p.grad is not None]
            scale = config.batch_size * processes / everywhere.clamp(min=1).to(gradients[0].dtype)
            torch._foreach_mul_(gradients, scale)  # processes: DDP averages gradients, and we want their sum
            norm = accelerator.clip_grad_norm_(parameters, config.clip or math.inf)
            optimizer.step()
            optimizer.zero_grad()
            if average:
                decay = min(config.ema, step / (step + 9))  # early on, the start must be forgotten fast
                torch._foreach_lerp_(average, [p.detach() for p in parameters], 1 - decay)

            state["loss"], state["count"] = state["loss"] + loss, state["count"] + count
            finite = torch.isfinite(loss) if precision == "fp16" else torch.isfinite(loss) & torch.isfinite(norm)
            first_bad = torch.where(finite | (first_bad > 0), first_bad, step)  # no .item(): the device runs ahead
            bar.update()

            last = step == config.steps
            evaluating = evaluate is not None and (last or config.evaluate_every and step % config.evaluate_every == 0)
            saving = config.checkpoint and (last or config.checkpoint_every and step % config.checkpoint_every == 0)
            if last or evaluating or saving or step == 1 or step % config.log_every == 0:
                check_finite(accelerator.gather(first_bad[None]).max().item(), step, config)
            if last or evaluating or step == 1 or step % config.log_every == 0:
                loss, count = (accelerator.reduce(state[key], "sum").item() for key in ("loss", "count"))
                record = {"step": step, "loss": loss / max(count, 1), "lr": rate, "grad_norm": norm.item()}
                if evaluating:
                    record |= run_evaluation(evaluate, model, parameters, average)
                    task.train()
                    note_best(record["validation"], state, task, parameters, average, config)
                state["loss"], state["count"] = torch.zeros_like(state["loss"]), torch.zeros_like(state["count"])
                log(record)
                now = time.perf_counter()
                bar.set_postfix_str(f"loss {record['loss']:.3f}, {count / (now - read_at):,.0f} targets/s")
                read_at = now
            stopped = config.patience and state["waited"] >= config.patience
            if main and config.checkpoint and (saving or stopped):
                checkpoint.save(config.checkpoint, config, len(data), parts, average, state)

    if average:
        exchange(parameters, average)
    if state["best"]:
        task.load_state_dict(state["best"])
    return state["records"]


def learning_rate(step, config):
    """The rate of step 1, 2, ... config.steps: a straight rise to config.lr, then the schedule's decay towards 0."""
    rise = round(config.warmup * config.steps)
    if step <= rise:
        return config.lr * step / rise
    done = (step - 1 - rise) / (config.steps - rise)  # in [0, 1)
    shape = {"cosine": 0.5 * (1 + math.cos(math.pi * done)), "linear": 1 - done, "constant": 1.0}
    return config.lr * shape[config.schedule]


def shuffled_rows(n, seed):
    """rows(start, count): places start, start + 1, ... of an endless row of shuffled epochs over n examples.

    The order is a function of the seed and the place alone: to resume, `fit` needs to know the step and nothing else.
    """

    @functools.lru_cache(maxsize=2)
    def order(epoch):
        return torch.randperm(n, generator=torch.Generator().manual_seed(number(seed, epoch)))

    def rows(start, count):
        pieces = []
        while count > 0:
            epoch, place = divmod(start, n)
            pieces.append(order(epoch)[place : place + count])
            start, count = start + len(pieces[-1]), count - len(pieces[-1])
        return torch.cat(pieces)

    return rows


def number(*key):
    """A seed made of several whole numbers. Python hashes whole numbers alike in every process."""
    return hash(key) % 2**63


def check_data(data, config):
    if not hasattr(data, "__len__") or not hasattr(data, "__getitem__"):
        raise TypeError(f"data is a {type(data).__name__}: give something with a length that takes row numbers, such as a tensor or a TensorDataset")
    if len(data) == 0:
        raise ValueError("data is empty: there is nothing to train on; look at the step that made it")
    if config.batch_size > len(data):
        raise ValueError(f"batch_size={config.batch_size} is more than the {len(data)} examples of data: choose a smaller batch")
    try:
        data[torch.zeros(1, dtype=torch.long)]
    except TypeError as error:
        raise TypeError(f"data is a {type(data).__name__} that does not take a tensor of row numbers ({error}): give a tensor or a TensorDataset") from None


def choose_precision(asked, device):
    """Config.precision -> accelerate's name for it."""
    if asked == "fp16" and device.type == "cpu":
        raise ValueError('precision="fp16" needs a GPU: on a CPU choose None or "bf16"')
    if asked is None:
        fast = device.type == "cuda" and torch.cuda.is_bf16_supported(including_emulation=False)
        return "bf16" if fast else "no"
    return "no" if asked == "fp32" else asked


def check_trackers(names):
    from accelerate.tracking import get_available_trackers

    names = [names] if isinstance(names, str) else list(names or [])
    here = [str(name) for name in get_available_trackers()]
    for name in names:
        if isinstance(name, str) and name not in here:
            raise ValueError(f"trackers={name!r} is not installed or unknown: pip install {name}, or choose from {here}")
    return names or None


def check_finite(step, now, config):
    if step:
        kept = "; the checkpoint of an earlier step is intact" if config.checkpoint else ""
        raise FloatingPointError(
            f"loss or gradient was first not finite at step {step} (noticed at step {now}){kept}. Try a lower lr (now {config.lr}), "
            f"a longer warmup (now {config.warmup}) or clip=1.0 (now {config.clip}), and look in the objective for log(0), "
            "a division by zero and overflow"
        )


@contextlib.contextmanager
def averaged(parameters, average):
    """Inside, the model holds the averaged weights."""
    if average:
        exchange(parameters, average)
    yield
    if average:
        exchange(parameters, average)


@torch.no_grad()
def exchange(parameters, average):
    for p, a in zip(parameters, average, strict=True):
        p.data, a.data = a.data, p.data


def run_evaluation(evaluate, model, parameters, average):
    model.eval()
    with torch.no_grad(), averaged(parameters, average):
        result = evaluate(model)
    result = dict(result) if isinstance(result, dict) else {"validation": float(result)}
    if "validation" not in result:
        raise ValueError(f'evaluate returned a dict with {list(result)}: one key should be "validation", the number to lower')
    return {key: float(value) for key, value in result.items()}


def note_best(value, state, task, parameters, average, config):
    """Keep the weights of the lowest evaluation so far, if early stopping is on."""
    if value < state["lowest"]:
        state["lowest"], state["waited"] = value, 0
        if config.patience:
            with averaged(parameters, average):
                state["best"] = {key: value.detach().clone() for key, value in task.state_dict().items()}
    else:
        state["waited"] += 1


class Log:
    """Records go to the list that `fit` returns, a JSONL file and the trackers."""

    def __init__(self, config, accelerator, records, stack):
        self.records, self.accelerator, self.file = records, accelerator, None
        if config.metrics and accelerator.is_main_process:
            os.makedirs(os.path.dirname(os.path.abspath(config.metrics)), exist_ok=True)
            self.file = stack.enter_context(open(config.metrics, "w", encoding="utf-8"))
            self.file.writelines(json.dumps(record) + "\n" for record in records)
        if config.trackers:
            plain = {k: v if isinstance(v, (int, float, str)) else str(v) for k, v in asdict(config).items()}
            accelerator.init_trackers("fill-in-the-blank", config=plain)
            for tracker in accelerator.trackers:
                stack.callback(tracker.finish)

    def __call__(self, record):
        self.records.append(record)
        self.accelerator.log({k: v for k, v in record.items() if k != "step"}, step=record["step"])
        if self.file:
            self.file.write(json.dumps(record) + "\n")
            self.file.flush()


def quick():
    """True where COURSE_QUICK=1 asks for a few steps only, to see that everything runs."""
    return os.environ.get("COURSE_QUICK") == "1"


def silent():
    """True where a progress bar would end up in a stored notebook."""
    return os.environ.get("COURSE_STATIC") == "1" or bool(os.environ.get("NBGRADER_EXECUTION"))


def seed_everything(seed):
    """Seed Python's, NumPy's and torch's global generators: same seed, same machine, same numbers."""
    random.seed(seed)
    np.random.seed(seed)  # noqa: NPY002  libraries of the course still draw from the global one
    torch.manual_seed(seed)
