"""Checkpoints: everything a run needs to go on as if it had never stopped, in one file.

Tensors and plain Python only, so that `torch.load(weights_only=True)` reads it and no code hides in it. Written to a
temporary file and then renamed: a reader sees the old checkpoint or the new one, never half of one. No random state
is kept, because `fit` derives every draw and the order of the data from the seed and the step.
"""

import os
from dataclasses import asdict

import torch

# These change where and when things are written, not what is computed.
FREE = (
    "checkpoint", "checkpoint_every", "metrics", "trackers", "project_dir", "log_every", "compile", "recompute", "flops"
)  # fmt: skip


def fingerprint(config, others):
    return {name: value for name, value in asdict(config).items() if name not in FREE} | others


def save(path, config, others, parts, state):
    """Write the run to `path`, atomically.

    others: what must be the same again besides the settings, {name: number}. parts: {name: something with a
    state_dict, or None}. state: plain data.
    """
    saved = {
        "settings": fingerprint(config, others),
        "parts": {name: part.state_dict() for name, part in parts.items() if part is not None},
        "state": state,
    }
    path = os.path.abspath(path)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    try:
        torch.save(saved, path + ".partial")
        os.replace(path + ".partial", path)
    except BaseException:  # a full disk, an interrupt: the old file stays, the half-written one goes
        if os.path.exists(path + ".partial"):
            os.remove(path + ".partial")
        raise


def load(path, config, others, parts, device):
    """Restore the parts in place, return the saved state. ValueError naming what differs if it is of another run."""
    file, advice = f"checkpoint={str(path)!r}", "delete the file to start anew, or name another"
    try:
        saved = torch.load(path, map_location=device, weights_only=True)
        settings, tensors, state = saved["settings"], saved["parts"]["task"], saved["state"]
    except Exception as error:
        raise ValueError(f"{file} is no checkpoint of fit ({type(error).__name__}): {advice}") from error
    expected = parts["task"].state_dict()
    for name in expected | tensors:
        was, now = shape(tensors.get(name)), shape(expected.get(name))
        if was != now:
            raise ValueError(f"{file} is of another model: {name} was {was}, is {now}; {advice}")
    for name, now in fingerprint(config, others).items():
        if settings.get(name) != now:
            raise ValueError(f"{file} is of another run: {name} was {settings.get(name)!r}, is {now!r}; {advice}")
    for name, part in parts.items():
        if part is not None:
            part.load_state_dict(saved["parts"][name])
    return state


def shape(tensor):
    return "absent" if tensor is None else f"{tuple(tensor.shape)} {tensor.dtype}"
