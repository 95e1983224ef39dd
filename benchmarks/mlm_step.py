"""One training step of a tiny BertForMaskedLM: `fit` with the sparse head against Trainer as tutorials use it.

    OMP_NUM_THREADS=1 python benchmarks/mlm_step.py

Peer: transformers' Trainer with its defaults, rows in `datasets`, DataCollatorForLanguageModeling, the dense head.
Limit: forward, backward and step on one fixed batch with the sparse head; nothing is drawn, read, clipped or logged.
Two bare loops on that batch with the dense head tell how much of the difference is the head, and how little the loop.
Nothing is timed before the same weights have the same loss and gradient on the same batch under both heads.
"""

import os

os.environ["OMP_NUM_THREADS"] = "1"  # before torch is imported

import copy
import json
import subprocess
import sys
import tempfile
import threading
import time

import datasets
import numpy as np
import torch
from timing import HEADER, machine, ratio, row
from transformers import DataCollatorForLanguageModeling, Trainer, TrainerCallback, TrainingArguments

from helpers import bert, measure, objectives, text
from helpers.masking import IGNORE, mask_exactly
from helpers.train import Config, fit

ROWS, LENGTH, K = 64, 64, 9  # 9 of 62 tokens: 14.5% are masked
CHUNK, WARMUP, ROUNDS = 4, 3, 20
LR = 1e-3


class Baton:
    """A loop that another library owns, run a chunk of steps at a time: it runs only while it holds the baton."""

    def __init__(self, start):
        self.go, self.done, self.steps = threading.Semaphore(0), threading.Semaphore(0), 0
        self.thread = threading.Thread(target=lambda: (self.go.acquire(), start(), self.done.release()), daemon=True)
        self.thread.start()

    def step(self):
        """Called by the loop at each of its steps."""
        self.steps += 1
        if self.steps % CHUNK == 0:
            self.done.release()
            self.go.acquire()

    def chunk(self):
        self.go.release()
        self.done.acquire()


class Setting:
    """The text, and the same model for every method. Dropout as BERT has it."""

    def __init__(self):
        torch.set_num_threads(1)
        corpus = text.corpus("package")
        self.tokenizer = text.train_tokenizer(corpus.train, 4096)
        self.rows = text.pack(self.tokenizer, corpus.train, LENGTH)
        self.ids = text.masking_ids(self.tokenizer)
        self.collate = DataCollatorForLanguageModeling(self.tokenizer)
        self.steps = CHUNK * (WARMUP + ROUNDS) + 1  # one more, so that no loop ends inside a round

    def model(self):
        torch.manual_seed(0)
        dropout = dict(hidden_dropout_prob=0.1, attention_probs_dropout_prob=0.1)
        return bert.model(self.ids["vocab_size"], pad_token_id=None, **dropout)

    def fit(self, steps, each=lambda: None):
        """Ours."""

        def masked_words(model, batch):
            each()
            return objectives.mlm_at(model, *mask_exactly(batch, K, **self.ids))

        fit(self.model(), masked_words, self.rows, Config(steps=steps, batch_size=ROWS, lr=LR), progress=False)

    def trainer(self, steps, each=lambda: None):
        """The peer's."""

        class Each(TrainerCallback):
            def on_step_end(self, *_, **__):
                each()

        stored = datasets.Dataset.from_list([{"input_ids": ids} for ids in self.rows[:].tolist()])
        with tempfile.TemporaryDirectory() as folder:
            settings = TrainingArguments(
                folder, max_steps=steps, per_device_train_batch_size=ROWS, learning_rate=LR, use_cpu=True,
                save_strategy="no", disable_tqdm=True, logging_strategy="no",
            )  # fmt: skip
            Trainer(self.model(), settings, self.collate, stored, callbacks=[Each()]).train()

    def fixed(self, dense, clip=None):
        """A bare loop on one batch: a function that takes one step."""
        model, (inputs, positions, targets) = self.model(), mask_exactly(self.rows[:ROWS], K, **self.ids)
        optimizer = torch.optim.AdamW(model.parameters(), lr=LR, fused=True)
        labels = torch.full_like(inputs, IGNORE).scatter(1, positions, targets)

        def step():
            if dense:
                loss = model(inputs, labels=labels).loss
            else:
                loss = objectives.mlm_at(model, inputs, positions, targets)[0] / targets.numel()
            loss.backward()
            if clip:
                torch.nn.utils.clip_grad_norm_(model.parameters(), clip)
            optimizer.step()
            optimizer.zero_grad()

        return step


def same_loss(setting):
    """Both heads have the same loss and gradient, on a batch of each method's own masking: or raise."""
    model = setting.model().double().eval()
    batch = setting.collate([{"input_ids": ids} for ids in setting.rows[:ROWS].tolist()])
    inputs, positions, targets = mask_exactly(setting.rows[:ROWS], K, **setting.ids)
    labels = torch.full_like(inputs, IGNORE).scatter(1, positions, targets)
    for objective, arguments, (x, y) in [
        (objectives.mlm, (batch["input_ids"], batch["labels"]), (batch["input_ids"], batch["labels"])),
        (objectives.mlm_at, (inputs, positions, targets), (inputs, labels)),
    ]:
        found = []
        for head in ("dense", "sparse"):
            copied = copy.deepcopy(model)
            total, count = objective(copied, *arguments) if head == "sparse" else (copied(x, labels=y).loss, 1)
            (total / count).backward()
            found.append(((total / count).item(), [p.grad for p in copied.parameters()]))
        (a, first), (b, second) = found
        furthest = max((p - q).abs().max().item() for p, q in zip(first, second, strict=True))
        print(f"gate: {objective.__name__}: loss {a:.6f}, difference {abs(a - b):.1e}, of gradients {furthest:.1e}")
        assert abs(a - b) < 1e-12 and furthest < 1e-12


def timed(setting):
    """{method: (rounds,) seconds of CPU time per step}, in turns."""
    ours = Baton(lambda: setting.fit(setting.steps, ours.step))
    ours.chunk()  # builds its accelerator before Trainer builds its own: they share a state
    peer = Baton(lambda: setting.trainer(setting.steps, peer.step))
    chunks = {"ours": ours.chunk, "peer": peer.chunk}
    for name, step in {
        "limit": setting.fixed(dense=False),
        "dense limit": setting.fixed(dense=True),
        "dense limit, clipped": setting.fixed(dense=True, clip=1.0),
    }.items():
        chunks[name] = lambda step=step: [step() for _ in range(CHUNK)]
    times, order = {name: [] for name in chunks}, np.random.default_rng(0)
    for _ in range(WARMUP - 1 + ROUNDS):
        for name in order.permutation(list(chunks)):
            start = time.process_time()  # only one thread runs at a time, whoever has the baton
            chunks[name]()
            times[name].append((time.process_time() - start) / CHUNK)
    return {name: np.array(seconds[-ROUNDS:]) for name, seconds in times.items()}


def peak_rss(method):
    """Growth of this process's resident memory while training, in MB (Linux)."""

    def status(key):
        with open("/proc/self/status") as file:
            return next(int(line.split()[1]) for line in file if line.startswith(key)) / 1024

    setting = Setting()
    getattr(setting, method)(2)  # imports, caches
    before = status("VmRSS")
    with open("/proc/self/clear_refs", "w") as file:
        file.write("5")  # the peak starts anew
    getattr(setting, method)(20)
    return status("VmHWM") - before


def main():
    setting = Setting()
    model = setting.model()
    print(f"{ROWS} x {LENGTH} tokens, {model.num_parameters():,} parameters, {setting.ids['vocab_size']:,} pieces")
    print(machine("torch", "transformers", "accelerate", "datasets"))
    same_loss(setting)
    memory = {}
    for name in ("fit", "trainer"):
        with measure.PeakMemory() as used:
            getattr(setting, name)(3)
        command = [sys.executable, __file__, "--rss", name]
        rss = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()[-1])
        memory[name] = used.bytes / 2**20, rss
    times = timed(setting)
    print(HEADER)
    print(row("one step of a tiny BERT", times))
    for name, seconds in times.items():
        middle, low, high = ratio(seconds, times["ours"])
        speed = ROWS * LENGTH / np.median(seconds)
        print(f"{name}: {speed:,.0f} tokens/s; time {middle:.2f} ({low:.2f}-{high:.2f}) of ours")
    limit = ratio(times["limit"], times["ours"])[0]
    print(f"ours reaches {limit:.2f} of the limit's tokens/s")
    flops, rate = measure.flops_per_token(model, LENGTH, K / LENGTH), measure.matmul_rate()
    used = measure.mfu(ROWS * LENGTH / np.median(times["ours"]), flops, rate)
    print(f"MFU of ours: {used:.0%} of the {rate / 1e9:.0f} GFLOP/s of a 1024 x 1024 matrix product just now")
    for name, (tensors, rss) in memory.items():
        print(f"peak memory, {name}: {tensors:.0f} MB of tensors, resident memory grew by {rss:.0f} MB")


if __name__ == "__main__":
    if sys.argv[1:2] == ["--rss"]:
        print(json.dumps(peak_rss(sys.argv[2])))
    else:
        main()
