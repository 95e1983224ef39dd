"""What `fit` promises: the exact gradient, the same run again, an honest stop, and errors that help."""

import json
import math
import re
import time

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from accelerate import Accelerator
from torch import nn
from torch.optim.optimizer import register_optimizer_step_pre_hook
from torch.utils.data import TensorDataset
from training_script import L, V, masked_words, sentences

from helpers import bert, evaluate, objectives, train
from helpers.encoder import TextModel
from helpers.measure import PeakMemory
from helpers.optimize import Average
from helpers.train import Config, fit, learning_rate

pytestmark = pytest.mark.usefixtures("plain_environment")


def text_model(seed=0, **settings):
    torch.manual_seed(seed)
    return TextModel(V, L, **{"dim": 16, "depth": 1, "heads": 2, "causal": True} | settings).double()


def regression(model, batch):
    x, y = batch
    return F.mse_loss(model(x), y, reduction="sum"), y.numel()


def line():
    x = torch.linspace(-1, 1, 32)[:, None]
    return TensorDataset(x, 2 * x - 1)


def weights(*modules):
    return torch.cat([p.detach().flatten() for module in modules for p in module.parameters()])


def run(model, objective=objectives.causal, data=None, *, evaluate=None, **settings):
    settings = {"steps": 6, "batch_size": 8, "lr": 1e-2, "log_every": 2} | settings
    data = sentences() if data is None else data
    return fit(model, objective, data, Config(**settings), evaluate=evaluate, progress=False)


# ---- the gradient


@pytest.mark.parametrize("parts", [1, 2, 4, 16])
def test_the_gradient_is_that_of_the_whole_sum_over_the_whole_count(parts):
    model, ids, seen = text_model(), sentences(), []
    loss, count = objectives.causal(model, ids[train.shuffled_rows(len(ids), 0)(0, 16)])
    expected = torch.autograd.grad(loss / count, list(model.parameters()))

    def spy(optimizer, args, kwargs):
        seen.extend(p.grad.clone() for p in model.parameters())

    hook = register_optimizer_step_pre_hook(spy)
    try:
        run(model, data=ids, steps=1, batch_size=16 // parts, accumulate=parts, clip=None)
    finally:
        hook.remove()
    torch.testing.assert_close(seen, list(expected), rtol=0, atol=1e-14)


@pytest.mark.parametrize("parts", [2, 4, 8])
def test_small_batches_accumulated_train_like_one_large_batch(parts):
    large, small = text_model(), text_model()
    a = run(large, batch_size=16)
    b = run(small, batch_size=16 // parts, accumulate=parts)
    # Not to the last digit: the gradient of a key's bias is zero but for rounding, which AdamW divides by its size.
    torch.testing.assert_close(weights(small), weights(large), rtol=0, atol=1e-10)
    for x, y in zip(a, b, strict=True):
        assert x["loss"] == pytest.approx(y["loss"], abs=1e-10)
        assert x["grad_norm"] == pytest.approx(y["grad_norm"], abs=1e-10)


def test_the_mean_of_the_means_would_have_been_another_gradient():
    """The rows differ in length, so the test above could fail."""
    model, ids = text_model(), sentences()[:16]
    parts = [objectives.causal(model, part) for part in ids.split(4)]
    whole, count = objectives.causal(model, ids)
    assert abs(sum(loss / n for loss, n in parts) / 4 - whole / count) > 1e-3


def test_fit_equals_the_loop_you_would_write_by_hand():
    model, hand, ids = text_model(), text_model(), sentences()
    config = Config(steps=12, batch_size=8, lr=1e-2, clip=0.5, weight_decay=0.1, warmup=0.25, betas=(0.8, 0.95))
    fit(model, objectives.causal, ids, config, progress=False)

    matrices = [p for p in hand.parameters() if p.ndim > 1]
    vectors = [p for p in hand.parameters() if p.ndim == 1]
    groups = [{"params": matrices}, {"params": vectors, "weight_decay": 0}]
    optimizer = torch.optim.AdamW(groups, betas=(0.8, 0.95), weight_decay=0.1)
    rows = train.shuffled_rows(len(ids), config.seed)
    for step in range(12):
        rate = 1e-2 * (step + 1) / 3 if step < 3 else 1e-2 * (1 + math.cos(math.pi * (step - 3) / 9)) / 2
        for group in optimizer.param_groups:
            group["lr"] = rate
        loss, count = objectives.causal(hand, ids[rows(8 * step, 8)])
        optimizer.zero_grad()
        (loss / count).backward()
        nn.utils.clip_grad_norm_(hand.parameters(), 0.5)
        optimizer.step()
    torch.testing.assert_close(weights(model), weights(hand), rtol=0, atol=1e-10)


def test_matrices_decay_and_biases_and_norms_do_not():
    model = nn.Sequential(nn.Linear(3, 3), nn.LayerNorm(3))
    nn.init.ones_(model[0].bias)
    before = {name: p.detach().clone() for name, p in model.named_parameters()}

    def nothing_to_learn(model, x):
        return 0.0 * sum(p.sum() for p in model.parameters()), len(x)

    run(model, nothing_to_learn, torch.zeros(8, 3), steps=4, lr=0.1, weight_decay=0.5, warmup=0, schedule="constant")
    for name, p in model.named_parameters():
        factor = (1 - 0.1 * 0.5) ** 4 if p.ndim > 1 else 1
        torch.testing.assert_close(p.detach(), before[name] * factor)


def test_a_gradient_left_over_from_before_is_not_used():
    clean, dirty = text_model(), text_model()
    objectives.causal(dirty, sentences())[0].backward()
    run(clean), run(dirty)
    assert torch.equal(weights(clean), weights(dirty))
    assert all(p.grad is None for p in dirty.parameters())


@pytest.mark.parametrize("schedule, middle, last", [("cosine", 0.5, 0.0), ("linear", 0.5, 0.0), ("constant", 1, 1)])
def test_the_rate_rises_to_lr_and_then_follows_its_schedule(schedule, middle, last):
    config = Config(steps=1000, lr=2.0, warmup=0.2, schedule=schedule)
    rates = [learning_rate(step, config) / 2.0 for step in range(1, 1001)]
    assert rates[:200] == pytest.approx([(i + 1) / 200 for i in range(200)])
    assert max(rates) == 1.0
    assert rates[600] == pytest.approx(middle, abs=0.01)
    assert rates[-1] == pytest.approx(last, abs=0.01)
    assert learning_rate(1, Config(steps=10, lr=1.0, warmup=0)) == 1
    assert learning_rate(10, Config(steps=10, lr=1.0, warmup=1)) == 1


def test_batches_without_targets_change_no_weight_and_give_no_nan():
    model = text_model()
    before = weights(model)
    only_first_word = torch.cat([torch.full((8, 1), 7), torch.zeros(8, L - 1, dtype=torch.long)], 1)
    records = run(model, data=only_first_word, weight_decay=0)
    assert [r["loss"] for r in records] == [0.0] * len(records)
    assert torch.equal(weights(model), before)


# ---- the order of the data, and chance


def test_an_epoch_visits_every_row_once_and_the_next_one_in_another_order():
    rows = train.shuffled_rows(10, seed=0)
    first, second = rows(0, 10), rows(10, 10)
    assert first.sort().values.tolist() == second.sort().values.tolist() == list(range(10))
    assert first.tolist() != second.tolist()
    assert torch.cat([rows(0, 7), rows(7, 7), rows(14, 6)]).equal(torch.cat([first, second]))  # a batch may span two
    assert rows(0, 10).equal(train.shuffled_rows(10, seed=0)(0, 10))
    assert not rows(0, 10).equal(train.shuffled_rows(10, seed=1)(0, 10))


def test_a_run_repeats_itself_whatever_was_drawn_before_and_leaves_the_generator_alone():
    models = [text_model(dropout=0.2) for _ in range(3)]
    for n, model in enumerate(models):
        torch.manual_seed(n)
        state = torch.get_rng_state()
        run(model, masked_words, seed=n // 2)
        assert torch.equal(torch.get_rng_state(), state)
    assert torch.equal(weights(models[0]), weights(models[1]))
    assert not torch.equal(weights(models[0]), weights(models[2]))


def test_evaluating_does_not_change_the_training():
    plain, evaluated = text_model(dropout=0.2), text_model(dropout=0.2)

    def noisy(model):
        return float(torch.rand(())) + evaluate.mean_loss(model, masked_words, sentences())

    run(plain, masked_words)
    run(evaluated, masked_words, evaluate=noisy, evaluate_every=1)
    assert torch.equal(weights(plain), weights(evaluated))


# ---- what is recorded


def test_the_recorded_loss_is_the_mean_over_the_targets_since_the_last_record():
    model, ids = text_model(), sentences()
    losses = []

    def spy(model, ids):
        losses.append(objectives.causal(model, ids))
        return losses[-1]

    records = run(model, spy, ids, steps=7, log_every=3)
    assert [r["step"] for r in records] == [1, 3, 6, 7]
    for record, (low, high) in zip(records, [(0, 1), (1, 3), (3, 6), (6, 7)], strict=True):
        total, count = map(sum, zip(*losses[low:high], strict=True))
        assert record["loss"] == pytest.approx(float(total.detach()) / count, abs=1e-12)
        assert record["lr"] == learning_rate(record["step"], Config(steps=7, lr=1e-2))


def test_the_loss_stays_on_the_device_between_two_records(monkeypatch):
    """Reading a number makes Python wait for the GPU."""
    reads = []
    for name in ("item", "__bool__", "__float__", "__int__", "__index__"):
        method = getattr(torch.Tensor, name)
        monkeypatch.setattr(torch.Tensor, name, lambda self, method=method: reads.append(0) or method(self))

    def reads_in(steps):
        reads.clear()
        assert len(run(nn.Linear(1, 1), regression, line(), steps=steps, log_every=30)) == 3
        return len(reads)

    assert reads_in(58) == reads_in(31) > 0


def test_metrics_go_to_a_file_line_by_line_and_to_tensorboard(tmp_path):
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    path = tmp_path / "new" / "metrics.jsonl"
    records = run(text_model(), metrics=path, trackers="tensorboard", project_dir=str(tmp_path / "runs"))
    assert [json.loads(text) for text in path.read_text().splitlines()] == records
    events = EventAccumulator(str(tmp_path / "runs" / "fill-in-the-blank")).Reload()
    for name in ("loss", "lr", "grad_norm"):
        written = [(event.step, event.value) for event in events.Scalars(name)]
        assert written == [(r["step"], pytest.approx(r[name], rel=1e-6)) for r in records]
    assert all(event.value > 0 for event in events.Scalars("tokens_per_second"))


def test_evaluation_runs_without_dropout_and_without_gradients():
    model, seen = text_model(dropout=0.5), []

    def judge(model):
        seen.append((model.training, torch.is_grad_enabled()))
        return {"validation": torch.tensor(1.5), "accuracy": 0.25}

    records = run(model, evaluate=judge, evaluate_every=3)
    assert seen == [(False, False)] * 2
    assert [r["step"] for r in records if "validation" in r] == [3, 6]
    assert (records[-1]["validation"], records[-1]["accuracy"]) == (1.5, 0.25)
    assert not model.training


def test_training_takes_place_in_training_mode_also_after_an_evaluation():
    modes = []

    def spy(model, ids):
        modes.append(model.training)
        return objectives.causal(model, ids)

    run(text_model().eval(), spy, evaluate=lambda model: 0.0, evaluate_every=1)
    assert all(modes)


def test_the_bar_is_shown_to_people_and_not_to_stored_notebooks(capsys, monkeypatch):
    settings = Config(steps=2, batch_size=8)
    fit(text_model(), objectives.causal, sentences(), settings)
    assert "2/2" in capsys.readouterr().err
    for name, value in [("COURSE_STATIC", "1"), ("NBGRADER_EXECUTION", "autograde")]:
        with monkeypatch.context() as patch:
            patch.setenv(name, value)
            fit(text_model(), objectives.causal, sentences(), settings)
            assert capsys.readouterr().err == ""


def test_the_bar_tells_the_speed_in_the_units_of_the_data_and_the_share_of_the_machine_used(capsys):
    fit(text_model(), objectives.causal, sentences(), Config(steps=2, batch_size=8, flops=1e3))
    assert re.search(r"loss \d\.\d+, [\d,]+ tokens/s, MFU \d+%", capsys.readouterr().err)
    fit(nn.Linear(1, 1), regression, line(), Config(steps=2, batch_size=8))
    shown = capsys.readouterr().err
    assert "examples/s" in shown and "MFU" not in shown


def test_evaluating_counts_neither_as_training_time_nor_as_speed(tmp_path, monkeypatch):
    sent = []
    monkeypatch.setattr(Accelerator, "log", lambda self, values, step: sent.append(values))

    def slow(model):
        time.sleep(0.5)
        return 0.0

    records = run(text_model(), steps=4, evaluate=slow, evaluate_every=1)
    assert min(values["tokens_per_second"] for values in sent) > 8 * L / 0.4
    assert "tokens_per_second" not in records[-1]  # records repeat themselves, speeds do not


def test_quick_mode_takes_three_steps(monkeypatch):
    monkeypatch.setenv("COURSE_QUICK", "1")
    assert train.quick()
    assert run(text_model(), steps=500)[-1]["step"] == 3


# ---- early stopping and averaging


def test_early_stopping_returns_the_best_weights_and_not_the_last():
    values, copies = iter([3.0, 2.0, 2.5, 2.0, 1.0]), []
    model = text_model()

    def judge(model):
        copies.append(weights(model))
        return next(values)

    records = run(model, steps=50, evaluate=judge, evaluate_every=2, patience=2)
    assert records[-1]["step"] == 8  # 2.5 and 2.0 are no new lowest
    assert torch.equal(weights(model), copies[1])


def test_the_average_is_what_is_evaluated_and_returned():
    model, seen, during = text_model(), [], []

    def spy(model, ids):
        during.append(weights(model))
        return objectives.causal(model, ids)

    run(model, spy, steps=9, ema=0.5, evaluate=lambda model: seen.append(weights(model)) or 0.0, evaluate_every=3)
    raw = text_model()
    run(raw, steps=9)
    average = during[0]
    trail = during[1:] + [weights(raw)]  # the weights after each update
    for step, after in enumerate(trail, 1):
        decay = min(0.5, step / (step + 9))
        average = decay * average + (1 - decay) * after
        if step % 3 == 0:
            torch.testing.assert_close(seen[step // 3 - 1], average, rtol=0, atol=1e-12)
    torch.testing.assert_close(weights(model), average, rtol=0, atol=1e-12)


def test_exchanging_twice_gives_the_weights_back():
    model = nn.Linear(2, 2)
    average = Average(list(model.parameters()), 0.9)
    with torch.no_grad():
        model.weight.add_(1)
    before = weights(model)
    with average.swapped_in():
        assert not torch.equal(weights(model), before)
    assert torch.equal(weights(model), before)


# ---- an objective with a state of its own


class WithHead(nn.Module):
    def __init__(self):
        super().__init__()
        torch.manual_seed(1)
        self.head = nn.Linear(1, 1)
        self.register_buffer("calls", torch.zeros(()))

    def forward(self, model, batch):
        self.calls += 1
        return regression(lambda x: self.head(model(x)), batch)


def test_an_objective_may_have_parameters_and_buffers():
    model, objective = nn.Linear(1, 1), WithHead()
    before = weights(objective)
    run(model, objective, line())
    assert not torch.equal(weights(objective), before)
    assert objective.calls == 6
    assert not objective.training


def test_frozen_parameters_stay_as_they_are():
    model, objective = nn.Linear(1, 1).requires_grad_(False), WithHead()
    before = weights(model)
    run(model, objective, line(), weight_decay=0.5)
    assert torch.equal(weights(model), before)


# ---- activation checkpointing


@pytest.mark.parametrize("kind", [text_model, lambda **settings: bert_model().double()], ids=["ours", "transformers"])
def test_recomputing_blocks_gives_the_same_weights_bit_for_bit_for_less_memory(kind):
    runs = {}
    for recompute in (False, True):
        model = kind(dropout=0.2, depth=4)
        with PeakMemory() as memory:
            records = run(model, masked_words, recompute=recompute, batch_size=40, steps=3)
        runs[recompute] = weights(model), records, memory.bytes
    assert torch.equal(runs[True][0], runs[False][0])
    assert runs[True][1] == runs[False][1]
    assert runs[True][2] < 0.75 * runs[False][2]


def bert_model():
    torch.manual_seed(0)
    return bert.model(V, hidden_size=16, intermediate_size=64, num_hidden_layers=4, hidden_dropout_prob=0.2)


def test_recomputing_needs_blocks_and_leaves_the_model_as_it_was():
    model = text_model()
    run(model, steps=1, recompute=True)
    assert all("forward" not in vars(module) for module in model.modules())
    with pytest.raises(ValueError, match="recompute=True, but Linear has no nn.ModuleList"):
        run(nn.Linear(1, 1), regression, line(), recompute=True)


# ---- precision


def test_two_precisions_in_one_process():
    seen = []

    def spy(model, batch):
        seen.append(model(batch[0]).dtype)
        return regression(model, batch)

    for precision in ("bf16", None, "bf16", "fp32"):
        run(nn.Linear(1, 1), spy, line(), steps=1, precision=precision)
    if not torch.cuda.is_available():
        assert seen == [torch.bfloat16, torch.float32, torch.bfloat16, torch.float32]


@pytest.mark.skipif(torch.cuda.is_available(), reason="needs a machine without a GPU")
def test_fp16_without_a_gpu_is_refused():
    with pytest.raises(ValueError, match='precision="fp16" needs a GPU'):
        run(text_model(), precision="fp16")


# ---- when the loss stops being finite


def breaks_at(step, how):
    calls = []

    def objective(model, batch):
        calls.append(0)
        loss, count = regression(model, batch)
        return (how(loss, model) if len(calls) == step else loss), count

    return objective


@pytest.mark.parametrize(
    "how",
    [
        lambda loss, model: loss * float("nan"),
        lambda loss, model: loss / 0,
        lambda loss, model: loss + (0 * model.bias).sqrt().sum(),
    ],
    ids=["nan", "infinite", "finite, but its gradient is not"],
)
def test_a_loss_that_is_not_finite_is_raised_with_its_step_and_never_saved(how, tmp_path):
    path, metrics = tmp_path / "run.pt", tmp_path / "run.jsonl"
    with pytest.raises(FloatingPointError, match="not finite at step 6 .noticed at step 8.*lower lr .now 0.01.*log.0."):
        settings = {"checkpoint": path, "checkpoint_every": 4, "metrics": metrics}
        run(nn.Linear(1, 1), breaks_at(6, how), line(), steps=20, log_every=8, **settings)
    saved = torch.load(path, weights_only=True)
    assert saved["state"]["step"] == 4
    assert all(value.isfinite().all() for value in saved["parts"]["task"].values())
    assert "NaN" not in metrics.read_text()


# ---- wrong input


@pytest.mark.parametrize(
    "wrong",
    [
        {"steps": 0}, {"steps": 2.5}, {"steps": "10"}, {"batch_size": 0}, {"batch_size": -1}, {"batch_size": True},
        {"lr": -1e-3}, {"lr": 0}, {"lr": float("nan")}, {"lr": float("inf")}, {"lr": "3e-3"}, {"warmup": 1.5},
        {"warmup": -0.1},
        {"schedule": "exponential"}, {"weight_decay": -1}, {"betas": (0.9, 1.0)}, {"betas": 0.9}, {"clip": 0},
        {"accumulate": 0}, {"precision": "int8"}, {"ema": 1.0}, {"seed": -1}, {"seed": None}, {"log_every": 0},
        {"evaluate_every": 0}, {"patience": 0}, {"checkpoint_every": 0}, {"compile": "yes"},
    ],
    ids=str,
)  # fmt: skip
def test_a_wrong_setting_is_named_with_its_value_and_the_right_kind(wrong):
    [(name, value)] = wrong.items()
    with pytest.raises(ValueError, match="should be") as error:
        Config(**{"steps": 10} | wrong)
    assert f"{name}={value!r}" in str(error.value)


def test_settings_may_be_numpy_numbers(tmp_path):
    path = tmp_path / "run.pt"
    run(text_model(), steps=np.int64(2), lr=np.float64(1e-2), betas=(np.float64(0.8), np.float32(0.5)), checkpoint=path)
    settings = torch.load(path, weights_only=True)["settings"]
    assert settings["lr"] == 0.01 and settings["betas"] == (0.8, 0.5)


class OneAtATime:
    """A data set as torch's DataLoader wants it: a row for a number, nothing for a tensor of numbers."""

    def __len__(self):
        return 20

    def __getitem__(self, i):
        return torch.zeros(L)[int(i)]


def never(model, batch):
    raise AssertionError("work was done before the input was checked")


@pytest.mark.parametrize(
    "data, error, message",
    [
        (torch.zeros(0, L), ValueError, "data is empty"),
        (torch.zeros(4, L), ValueError, "batch_size=8 is more than the 4 rows"),
        ([[1, 2]] * 20, TypeError, "data is a list"),
        (iter([1]), TypeError, "data is a list_iterator"),
        (OneAtATime(), TypeError, "data is a OneAtATime that takes no tensor of row numbers"),
    ],
    ids=["empty", "less than a batch", "list", "iterator", "one row at a time"],
)
def test_wrong_data_is_refused_before_any_work(data, error, message):
    with pytest.raises(error, match=message):
        run(text_model(), never, data)


def test_other_misunderstandings_are_named_too():
    model, data = text_model(), sentences()
    with pytest.raises(ValueError, match="nothing to train"):
        run(text_model().requires_grad_(False), never)
    with pytest.raises(ValueError, match="evaluate=None"):
        run(model, never, patience=3, evaluate_every=2)
    with pytest.raises(ValueError, match="evaluate_every=None"):
        run(model, never, patience=3, evaluate=lambda model: 0.0)
    with pytest.raises(ValueError, match="trackers='abacus' is not installed"):
        run(model, never, trackers="abacus")
    with pytest.raises(TypeError, match=r"objective returned a Tensor.*\(loss_sum, count\)"):
        run(model, lambda model, ids: objectives.causal(model, ids)[0])
    with pytest.raises(ValueError, match="detached"):
        run(model, lambda model, ids: (objectives.causal(model, ids)[0].detach(), len(ids)), data)
    with pytest.raises(TypeError, match="loss is float: it should be a tensor with one number"):
        run(model, lambda model, ids: (1.0, 8))
    with pytest.raises(TypeError, match=r"loss is torch.Size\(\[8\]\)"):
        run(model, lambda model, ids: (model(ids).sum((1, 2)), 8))
    with pytest.raises(TypeError, match="evaluate returned .'validation': None.: it should return a number"):
        run(model, evaluate=lambda model: None)
    with pytest.raises(ValueError, match="needs .validation."):
        run(model, evaluate=lambda model: {"accuracy": 1.0})


# ---- checkpoints


class Interrupted(Exception):
    pass


def resumable(path, model, objective, *, until=None):
    """A run with all that changes as it goes: dropout, masks, an average, a best so far, a buffer, records, a file."""
    calls = []

    def judge(model):
        return evaluate.mean_loss(model, masked_words, sentences())

    class Objective(nn.Module):
        def __init__(self):
            super().__init__()
            self.inner = objective

        def forward(self, model, ids):
            calls.append(0)
            if len(calls) == until:
                raise Interrupted
            return self.inner(model, ids)

    settings = {"steps": 24, "lr": 3e-2, "ema": 0.9, "evaluate_every": 5, "patience": 4, "checkpoint_every": 4}
    return run(model, Objective(), evaluate=judge, checkpoint=path, metrics=f"{path}.jsonl", **settings)


class CountedMask(nn.Module):
    def __init__(self):
        super().__init__()
        torch.manual_seed(2)
        self.scale = nn.Parameter(torch.ones((), dtype=torch.float64))
        self.register_buffer("calls", torch.zeros((), dtype=torch.long))

    def forward(self, model, ids):
        self.calls += 1
        loss, count = masked_words(model, ids)
        return loss * self.scale.square(), count


@pytest.mark.parametrize("stop", [1, 4, 5, 6, 14, 22])
def test_an_interrupted_run_ends_bit_for_bit_where_an_uninterrupted_one_does(stop, tmp_path):
    whole, whole_objective = text_model(dropout=0.2), CountedMask()
    records = resumable(tmp_path / "a", whole, whole_objective)

    with pytest.raises(Interrupted):
        resumable(tmp_path / "b", text_model(dropout=0.2), CountedMask(), until=stop)
    torch.rand(3)  # chance elsewhere must not matter
    resumed, resumed_objective = text_model(seed=5, dropout=0.2), CountedMask()
    if stop <= 4:
        resumed = text_model(dropout=0.2)  # nothing had been saved: the run starts anew
    assert resumable(tmp_path / "b", resumed, resumed_objective) == records
    assert torch.equal(weights(resumed, resumed_objective), weights(whole, whole_objective))
    assert resumed_objective.calls == whole_objective.calls
    assert (tmp_path / "b.jsonl").read_text() == (tmp_path / "a.jsonl").read_text()


@pytest.mark.parametrize("settings", [{}, {"ema": 0.9}, {"accumulate": 3, "precision": "bf16"}], ids=str)
def test_the_last_bit_also_survives_without_early_stopping(settings, tmp_path):
    def go(path, model, **more):
        return run(model, more.pop("objective", masked_words), checkpoint=path, checkpoint_every=2, steps=9, **settings)

    calls = []

    def stops(model, ids):
        calls.append(0)
        if len(calls) == 6 * settings.get("accumulate", 1):
            raise KeyboardInterrupt
        return masked_words(model, ids)

    whole, resumed = text_model().float(), text_model(seed=3).float()
    records = go(tmp_path / "a", whole)
    with pytest.raises(KeyboardInterrupt):
        go(tmp_path / "b", text_model().float(), objective=stops)
    assert go(tmp_path / "b", resumed) == records
    assert torch.equal(weights(whole), weights(resumed))


def test_a_finished_run_is_not_run_again(tmp_path):
    first, again = text_model(), text_model(seed=1)
    records = run(first, checkpoint=tmp_path / "run.pt", ema=0.9)
    assert run(again, never, checkpoint=tmp_path / "run.pt", ema=0.9) == records
    assert torch.equal(weights(first), weights(again))


def test_an_early_stopped_run_is_not_run_on(tmp_path):
    values = iter([1.0, 2.0, 3.0])
    first, again = text_model(), text_model(seed=1)
    settings = {"steps": 50, "evaluate_every": 1, "patience": 2, "checkpoint": tmp_path / "run.pt"}
    records = run(first, evaluate=lambda model: next(values), **settings)
    assert run(again, never, evaluate=never, **settings) == records
    assert torch.equal(weights(first), weights(again))


@pytest.mark.parametrize(
    "change, message",
    [
        ({"lr": 2e-2}, "lr was 0.01, is 0.02"),
        ({"steps": 7}, "steps was 6, is 7"),
        ({"seed": 1}, "seed was 0, is 1"),
        ({"data": sentences(41)}, "rows of data was 40, is 41"),
        ({"model": text_model(dim=24)}, r"another model: model.word.weight was \(20, 16\)"),
        ({"model": text_model(depth=2)}, "blocks.1.* was absent"),
        ({"model": text_model().float()}, "was .* torch.float64, is .* torch.float32"),
    ],
    ids=["lr", "steps", "seed", "data", "width", "depth", "dtype"],
)
def test_a_checkpoint_of_another_run_is_refused_and_the_difference_named(change, message, tmp_path):
    path = tmp_path / "run.pt"
    run(text_model(), checkpoint=path)
    model = change.pop("model", None) or text_model(seed=1)
    before, saved = weights(model), path.read_bytes()
    with pytest.raises(ValueError, match=message + ".*delete the file"):
        run(model, never, checkpoint=path, **change)
    assert torch.equal(weights(model), before)
    assert path.read_bytes() == saved


def test_a_checkpoint_of_another_number_of_processes_is_refused(tmp_path):
    """The rows that come next would be others."""
    path = tmp_path / "run.pt"
    run(text_model(), checkpoint=path)
    saved = torch.load(path, weights_only=True)
    saved["settings"]["processes"] = 2
    torch.save(saved, path)
    with pytest.raises(ValueError, match="processes was 2, is 1"):
        run(text_model(), never, checkpoint=path)


@pytest.mark.parametrize("content", [b"", b"no checkpoint", None], ids=["empty", "text", "cut in half"])
def test_a_damaged_checkpoint_is_refused(content, tmp_path):
    path = tmp_path / "run.pt"
    run(text_model(), checkpoint=path)
    path.write_bytes(path.read_bytes()[:5000] if content is None else content)
    with pytest.raises(ValueError, match="is no checkpoint of fit.*delete the file"):
        run(text_model(), never, checkpoint=path)


def test_a_full_disk_leaves_the_old_checkpoint_whole_and_nothing_beside_it(tmp_path, monkeypatch):
    path, save, calls = tmp_path / "run.pt", torch.save, []

    def fills_up(what, where):
        calls.append(0)
        if len(calls) == 2:
            with open(where, "wb") as file:
                file.write(b"half")
            raise OSError("No space left on device")
        save(what, where)

    monkeypatch.setattr(torch, "save", fills_up)
    with pytest.raises(OSError, match="No space left"):
        run(text_model(), checkpoint=path, checkpoint_every=2)
    assert torch.load(path, weights_only=True)["state"]["step"] == 2
    assert [file.name for file in tmp_path.iterdir()] == ["run.pt"]
