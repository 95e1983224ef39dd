"""Training: ONE loop, `fit`, for every method of the course, on a laptop, one GPU or many.

The loop knows nothing of the method: an objective turns a batch into a summed loss and a count of targets (see
objectives.py), and everything else would be the same for any of them. `accelerate` chooses the device, the precision
and the processes, so that `accelerate launch script.py` scales a script that calls `fit` unchanged.
"""

import contextlib
import math
import os
from dataclasses import replace

import torch
from torch import nn

from helpers import bert, checkpoint
from helpers.chance import key, seed_device, seed_everything, shuffled_rows
from helpers.config import Config
from helpers.optimize import Average, adamw, learning_rate
from helpers.recompute import recomputed
from helpers.records import Log, Window

__all__ = ["Config", "fit", "learning_rate", "quick", "seed_everything"]


def fit(model, objective, data, config, *, evaluate=None, progress=True):
    """Train `model` (and the objective, if it is a module) with AdamW. Leaves them on their device, in eval mode.

    model: nn.Module. objective: `objective(model, batch) -> (loss_sum, count)`. config: Config.
    data: anything with a length that takes a (batch_size,) LongTensor of row numbers: a tensor, a TensorDataset.
        Each epoch is a new shuffle; epochs follow each other without a gap, and no row is dropped.
    evaluate: `evaluate(model) -> number, or dict with the key "validation"`; lower is better. Called in eval mode
        without gradients; on the averaged weights if `ema` is set.
    progress: show a bar (never when COURSE_STATIC=1 or under nbgrader).

    The gradient of an update is that of the *sum* of its losses over the *sum* of its counts, over all accumulated
    batches and processes: N small batches equal one large one. All that is random at step s follows from (seed, s,
    process), so a run repeats itself whatever was drawn before, and torch's generator is handed back untouched.

    Returns the records: at step 1, every `log_every` steps, at each evaluation, each checkpoint and the end, a dict
    with "step", "loss" (nats per target since the last record), "lr", "grad_norm" (before clipping) and, where
    evaluated, "validation". Raises ValueError or TypeError for wrong input before work starts, FloatingPointError
    when loss or gradient stop being finite. COURSE_QUICK=1 cuts the run to 3 steps.
    """
    config = replace(config, steps=min(config.steps, 3)) if quick() else config
    task = Task(model, objective)
    parameters = [p for p in task.parameters() if p.requires_grad]
    check(parameters, data, config, evaluate)
    accelerator = accelerator_for(config)
    device, main = accelerator.device, accelerator.is_main_process
    if config.compile:
        bert.body(model).compile()  # objectives call a transformers model's body, never its forward
    optimizer = adamw(parameters, config, device)
    prepared, scaling_optimizer = accelerator.prepare(task, optimizer)
    if accelerator.scaler:  # fp16 alone needs accelerate's optimizer, which looks for packages at every step (.5 ms)
        optimizer = scaling_optimizer
    average = Average(parameters, config.ema)
    rows = shuffled_rows(len(data), config.seed)

    # What changes as the run goes on; with the parts' own states, all that a checkpoint needs.
    state = {"step": 0, "records": [], "waited": 0, "lowest": math.inf, "best": None}
    parts = {"task": task, "optimizer": optimizer, "average": average, "scaler": accelerator.scaler}
    others = {"rows of data": len(data), "processes": accelerator.num_processes}  # on both depends which rows come next
    if config.checkpoint and os.path.exists(config.checkpoint):
        state = checkpoint.load(config.checkpoint, config, others, parts, device)

    with contextlib.ExitStack() as stack:
        stack.enter_context(torch.random.fork_rng(devices=[device] if device.type == "cuda" else []))
        log = stack.enter_context(Log(config, accelerator, state["records"], data, progress=progress))
        stack.callback(task.eval)
        stack.callback(optimizer.zero_grad)
        if config.recompute:
            stack.enter_context(recomputed(model))
        task.train()
        window = Window(accelerator, state["step"])
        while not finished(state, config):
            state["step"] = step = state["step"] + 1
            seed_device(key(config.seed, step, accelerator.process_index), device)
            for group in optimizer.param_groups:
                group["lr"] = learning_rate(step, config)
            window.add(*update(prepared, optimizer, accelerator, parameters, data, rows, step, config))
            average.update(step)
            log.bar.update()

            evaluating = evaluate and due(config.evaluate_every, step, config)
            saving = config.checkpoint and due(config.checkpoint_every, step, config)
            if not (step == 1 or due(config.log_every, step, config) or evaluating or saving):
                continue  # nothing is read from the device: it runs ahead of Python
            record = {"step": step, "lr": learning_rate(step, config)} | window.read(step, config)
            if evaluating:
                record |= judge(evaluate, task, average, accelerator, state, config)
            log(record, window.steps / window.seconds)
            if main and (saving or config.checkpoint and finished(state, config)):
                checkpoint.save(config.checkpoint, config, others, parts, state)
            window.clear()  # its clock starts anew: evaluating and saving are no training

    average.swap()
    if state["best"]:
        task.load_state_dict(state["best"])
    return state["records"]


class Task(nn.Module):
    """Model and objective as one module: whatever has parameters is trained, saved and synchronized."""

    def __init__(self, model, objective):
        super().__init__()
        self.model, self.objective = model, objective

    def forward(self, batch):
        result = self.objective(self.model, batch)
        if not isinstance(result, tuple) or len(result) != 2:
            raise TypeError(f"objective returned a {type(result).__name__}: it should return (loss_sum, count)")
        if not isinstance(result[0], torch.Tensor) or result[0].ndim:
            kind = getattr(result[0], "shape", type(result[0]).__name__)
            raise TypeError(f"objective's loss is {kind}: it should be a tensor with one number, the sum over targets")
        if torch.is_grad_enabled() and not result[0].requires_grad:
            raise ValueError("objective's loss does not depend on any trainable parameter: is it detached somewhere?")
        return result


def update(task, optimizer, accelerator, parameters, data, rows, step, config):
    """One update of the weights. Returns the loss summed, its count and the gradient's norm: tensors, not yet read."""
    from accelerate.utils import send_to_device

    optimizer.zero_grad()
    loss, count = 0.0, torch.zeros((), dtype=torch.long, device=accelerator.device)
    for i in range(config.accumulate):
        place = ((step - 1) * config.accumulate + i) * accelerator.num_processes + accelerator.process_index
        batch = data[rows(place * config.batch_size, config.batch_size)]
        last = i == config.accumulate - 1
        with contextlib.nullcontext() if last else accelerator.no_sync(task):  # processes talk once per update
            loss_sum, targets = task(send_to_device(batch, accelerator.device, non_blocking=True))
            accelerator.backward(loss_sum / config.batch_size)  # any constant that keeps fp16 in range; undone below
        loss, count = loss + loss_sum.detach(), count + targets
    # DDP has averaged the gradients over the processes; their sum over all targets is what we want.
    gradients = [p.grad for p in parameters if p.grad is not None]
    total = accelerator.reduce(count, "sum").clamp(min=1).to(gradients[0].dtype)
    torch._foreach_mul_(gradients, config.batch_size * accelerator.num_processes / total)
    norm = accelerator.clip_grad_norm_(parameters, config.clip or math.inf)
    optimizer.step()
    return loss, count, norm


def due(every, step, config):
    return step == config.steps or every is not None and step % every == 0


def finished(state, config):
    return state["step"] == config.steps or state["waited"] >= (config.patience or math.inf)


def judge(evaluate, task, average, accelerator, state, config):
    """Evaluate, and note in `state` whether it was the best so far. Returns the results, as plain numbers.

    Each process evaluates; what counts is the mean, so that all of them stop at the same step or none does.
    """
    task.eval()
    with average.swapped_in(), torch.no_grad():
        result = evaluate(task.model)
        result = result if isinstance(result, dict) else {"validation": result}
        if "validation" not in result:
            raise ValueError(f'evaluate returned {list(result)}: a dict needs "validation", the number to lower')
        try:
            result = {name: float(value) for name, value in result.items()}
        except (TypeError, ValueError):
            raise TypeError(f"evaluate returned {result}: it should return a number, or a dict of numbers") from None
        if accelerator.num_processes > 1:
            means = accelerator.reduce(torch.tensor(list(result.values()), device=accelerator.device), "mean").tolist()
            result = dict(zip(result, means, strict=True))
        state["waited"] += 1
        if result["validation"] < state["lowest"]:
            state["waited"], state["lowest"] = 0, result["validation"]
            if config.patience:
                state["best"] = {name: value.clone() for name, value in task.state_dict().items()}
    task.train()
    return result


def accelerator_for(config):
    """The accelerator for this machine: device, precision, processes, trackers. ValueError where it can't have them."""
    from accelerate import Accelerator, DistributedDataParallelKwargs
    from accelerate.state import AcceleratorState
    from accelerate.tracking import get_available_trackers

    precision, device = config.precision, processes().device
    if precision == "fp16" and device.type == "cpu":
        raise ValueError('precision="fp16" needs a GPU: on a CPU choose None or "bf16"')
    if precision is None and device.type == "cuda" and torch.cuda.is_bf16_supported(including_emulation=False):
        precision = "bf16"
    trackers = [config.trackers] if isinstance(config.trackers, str) else config.trackers or []
    available = [str(name) for name in get_available_trackers()]
    for name in trackers:
        if name not in available:
            raise ValueError(f"trackers={name!r} is not installed here: pip install {name}, or choose from {available}")
    AcceleratorState._reset_state()  # accelerate keeps a process's first precision, and a notebook fits many times
    return Accelerator(
        mixed_precision=precision if precision in ("bf16", "fp16") else "no",
        log_with=trackers or None,
        project_dir=config.project_dir if trackers else None,
        kwargs_handlers=[DistributedDataParallelKwargs(find_unused_parameters=True)],  # an encoder's unused vocabulary
    )


def processes():
    """accelerate's view of the processes of this run: device, is_main_process, ... Started here, if it has not been."""
    from accelerate.state import PartialState
    from accelerate.utils import parse_flag_from_env

    # Not told that there is no GPU, accelerate lets the processes of `torchrun` each train a model of its own.
    return PartialState(cpu=parse_flag_from_env("ACCELERATE_USE_CPU") or not torch.accelerator.is_available())


def check(parameters, data, config, evaluate):
    """Raise before any work is done."""
    kind = f"data is a {type(data).__name__}"
    if not hasattr(data, "__len__") or not hasattr(data, "__getitem__"):
        raise TypeError(f"{kind}: it should have a length and take row numbers, as a tensor or a TensorDataset does")
    if len(data) == 0:
        raise ValueError("data is empty: there is nothing to train on; look at the step that made it")
    if config.batch_size > len(data):
        raise ValueError(f"batch_size={config.batch_size} is more than the {len(data)} rows of data: take less")
    try:
        data[torch.zeros(2, dtype=torch.long)]
    except (TypeError, KeyError, ValueError, IndexError, RuntimeError) as error:
        raise TypeError(f"{kind} that takes no tensor of row numbers ({error}): try a TensorDataset") from None
    if not parameters:
        raise ValueError("model has no parameter with requires_grad=True: there is nothing to train; unfreeze a part")
    if evaluate is None and (config.evaluate_every or config.patience):
        raise ValueError("evaluate=None, but config has evaluate_every or patience: give fit the function to call")
    if evaluate is not None and config.patience and not config.evaluate_every:
        raise ValueError("evaluate_every=None, but patience counts evaluations: say how often to evaluate")


def quick():
    """True where COURSE_QUICK=1 asks for a few steps only, to see that everything runs."""
    return os.environ.get("COURSE_QUICK") == "1"


if __name__ == "__main__":
    from helpers.pretrain import main

    try:
        main()
    except (ValueError, FileNotFoundError, FloatingPointError) as error:  # wrong input: the message says what to do
        raise SystemExit(f"error: {error}") from None
