"""What a run reports: losses gathered on the device, read now and then, and sent to a list, a bar, a file, trackers."""

import json
import os
import time
from dataclasses import asdict

import torch

from helpers.measure import peak_rate
from helpers.widgets import unattended


class Window:
    """Sums since the last reading. Reading waits for the device; adding does not, so that the device never waits.

    A loss that is not finite is noted on the device at its own step, and raised at the next reading.
    """

    def __init__(self, accelerator, step):
        self.accelerator = accelerator
        self.first_bad = torch.zeros((), dtype=torch.long, device=accelerator.device)  # 0: none
        self.step = step
        self.clear()

    def clear(self):
        self.loss, self.count, self.steps, self.began = 0.0, 0, 0, time.perf_counter()

    def add(self, loss, count, norm):
        """loss, count, norm: (), what `update` returns."""
        self.step, self.steps = self.step + 1, self.steps + 1
        self.loss, self.count, self.norm = self.loss + loss, self.count + count, norm
        finite = torch.isfinite(loss)
        if self.accelerator.scaler is None:  # with fp16 an infinite gradient is normal: the scaler skips that update
            finite = finite & torch.isfinite(norm)
        self.first_bad = torch.where(finite | (self.first_bad > 0), self.first_bad, self.step)

    def read(self, step, config):
        """{"loss", "grad_norm"} since the last `clear`; leaves the time it took in `seconds`. Or FloatingPointError."""
        bad = self.accelerator.gather(self.first_bad[None]).max().item()
        if bad:
            raise FloatingPointError(
                f"loss or gradient was first not finite at step {bad} (noticed at step {step}): the weights are "
                f"spoiled, checkpoints are not. Try a lower lr (now {config.lr}), more warmup (now {config.warmup}) "
                f"or clip=1.0 (now {config.clip}); look in the objective for log(0), division by zero and overflow"
            )
        loss, count = (self.accelerator.reduce(x, "sum").item() for x in (self.loss, self.count))
        found = {"loss": loss / max(count, 1), "grad_norm": self.norm.item()}
        self.seconds = time.perf_counter() - self.began
        return found


class Log:
    """Sends each record on, with the speed. A context manager: leaving it closes bar, file and trackers.

    The speed is no part of the records: it differs from run to run, and they do not.
    """

    def __init__(self, config, accelerator, records, data, *, progress):
        from tqdm.auto import tqdm

        row, self.unit = row_size(data)
        self.per_step = row * config.batch_size * config.accumulate * accelerator.num_processes
        self.used = None  # MFU of one unit per second
        if config.flops:
            dtype = {"bf16": torch.bfloat16, "fp16": torch.float16}.get(accelerator.mixed_precision, torch.float32)
            peak = peak_rate(accelerator.device, dtype) * accelerator.num_processes
            self.used = config.flops / peak
        self.accelerator, self.records, self.file = accelerator, records, None
        shown = progress and accelerator.is_main_process and not unattended()
        self.bar = tqdm(total=config.steps, initial=records[-1]["step"] if records else 0, disable=not shown)
        if config.metrics and accelerator.is_main_process:
            os.makedirs(os.path.dirname(os.path.abspath(config.metrics)), exist_ok=True)
            self.file = open(config.metrics, "w", encoding="utf-8")  # noqa: SIM115  closed in __exit__
            self.file.writelines(json.dumps(record) + "\n" for record in records)
        if config.trackers:
            plain = {k: v if isinstance(v, (int, float, str)) else str(v) for k, v in asdict(config).items()}
            accelerator.init_trackers("fill-in-the-blank", config=plain)

    def __call__(self, record, steps_per_second):
        self.records.append(record)
        speed = steps_per_second * self.per_step
        shown, sent = f"loss {record['loss']:.3f}, {speed:,.0f} {self.unit}/s", {f"{self.unit}_per_second": speed}
        if self.used:
            shown, sent = f"{shown}, MFU {speed * self.used:.0%}", sent | {"mfu": speed * self.used}
        self.bar.set_postfix_str(shown)
        self.accelerator.log({k: v for k, v in (record | sent).items() if k != "step"}, step=record["step"])
        if self.file:
            self.file.write(json.dumps(record) + "\n")
            self.file.flush()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.bar.close()
        if self.file:
            self.file.close()
        for tracker in self.accelerator.trackers:
            tracker.finish()


def row_size(data):
    """What one row counts for: (L, "tokens") for rows of L whole numbers, padding included; (1, "examples") else."""
    some = data[torch.zeros(2, dtype=torch.long)]
    some = some[0] if isinstance(some, (tuple, list)) else some
    if isinstance(some, torch.Tensor) and some.ndim == 2 and not some.is_floating_point():
        return some.shape[1], "tokens"
    return 1, "examples"
