"""Checkpoints: everything a run needs to go on as if it had never stopped, in one file.

Tensors and plain Python only, so that `torch.load(weights_only=True)` reads it and no code hides in it. Written to a
temporary file and then renamed: a reader sees the old checkpoint or the new one, never half of one. No random state
is kept, because `fit` derives every draw and the order of the data from the seed and the step.
"""

import os
from dataclasses import asdict

import torch

# These change where and when things are written, not what is computed.
FREE = ("checkpoint", "checkpoint_every", "metrics", "trackers", "project_dir", "log_every", "compile")


def fingerprint(config, examples):
    return {key: value for key, value in asdict(config).items() if key not in FREE} | {"examples in data": examples}


def save(path, config, examples, parts, average, state):
    """Write the run to `path`, atomically. parts: what has a state_dict (or None). Needs room for a second copy."""
    saved = {
        "config": fingerprint(config, examples),
        "parts": {name: part.state_dict() for name, part in parts.items() if part is not None},
        "average": average,
        "state": state,
    }
    path = os.path.abspath(path)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    partial = path + ".partial"
    try:
        torch.save(saved, partial)
        os.replace(partial, path)
    except BaseException:
        if os.path.exists(partial):
            os.remove(partial)
        raise


def load(path, config, examples, parts, average, state):
    """Restore parts and average in place, return the saved state. ValueError if the file is of another run."""
    advice = "delete it to start anew, or give another checkpoint="
    device = state["loss"].device
    try:
        saved = torch.load(path, map_location=device, weights_only=True)
        theirs, weights = saved["config"], saved["parts"]["task"]
    except Exception as error:
        raise ValueError(f"checkpoint={str(path)!r} is not a checkpoint that fit wrote ({type(error).__name__}): {advice}") from error
    ours = fingerprint(config, examples)
    for key in ours:
        if theirs.get(key) != ours[key]:
            raise ValueError(f"checkpoint={str(path)!r} is of another run: {key} was {theirs.get(key)!r} and is {ours[key]!r}; {advice}")
    expected = parts["task"].state_dict()
    for key in expected | weights:
        a, b = (shape(tensors.get(key)) for tensors in (weights, expected))
        if a != b:
            raise ValueError(f"checkpoint={str(path)!r} is of another model: {key} was {a} and is {b}; {advice}")
    for name, part in parts.items():
        if part is not None:
            part.load_state_dict(saved["parts"][name])
    for mine, theirs in zip(average or [], saved["average"] or [], strict=True):
        mine.copy_(theirs)
    return saved["state"]


def shape(tensor):
    return "absent" if tensor is None else f"{tuple(tensor.shape)} {tensor.dtype}"
