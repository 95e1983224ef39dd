"""Chapter 04: how far does a small BERT get on the course's language, and what has it learned about agreement?

Three seeds of a BertForMaskedLM trained with 15% and with 30% of the words hidden, and of a causal Transformer of equal
size. All are scored on the same masked words (15%, 80/10/10), beside the exact optimum. Then: does the verb follow the
subject when subject or distractor change their number; where does the verb's place look; how many of the causal
model's own sentences are grammatical; what transformers' Trainer makes of gradient accumulation.
About 8 minutes on one CPU core.
"""

import contextlib
import io
import tempfile

import torch
from torch.utils.data import TensorDataset

from helpers import bert, evaluate, objectives, studies
from helpers.encoder import TextModel
from helpers.grammar import CLS, MASK, PAD, floor, language
from helpers.masking import IGNORE, mask_tokens
from helpers.train import Config, fit, seed_everything

LANGUAGE = language()
V, L = len(LANGUAGE.vocab), LANGUAGE.max_length
SIZE = dict(hidden_size=64, num_attention_heads=4, intermediate_size=256, max_position_embeddings=L)
STEPS = {"masked 15%": 3000, "masked 30%": 3000, "causal": 1000}


def draw(seed):
    return torch.Generator().manual_seed(seed)


def build(kind, seed):
    """The two networks of the chapter, of equal width and depth and nearly equal size."""
    seed_everything(seed)
    if kind == "causal":
        return TextModel(V, L, causal=True)
    return bert.model(V, **SIZE, initializer_range=0.1)


def hide(rate):
    return lambda model, ids: objectives.mlm(model, *mask_tokens(ids, vocab_size=V, rate=rate))


@torch.no_grad()
def log_probabilities(kind, model, inputs, ids):
    """What the model believes about each place: (B, L, V). A causal model reads the true words before the place."""
    if kind != "causal":
        return bert.logits(model, bert.hidden_states(model, inputs)).log_softmax(-1)
    scores = model.logits(model(ids[:, :-1])).log_softmax(-1)  # the output at i - 1 answers for i
    return torch.cat([torch.full_like(scores[:, :1], -torch.inf), scores], 1)


def score(kind, model, ids, inputs, labels, exact, classes):
    """Loss, divergence from the optimum and accuracy on the masked words, overall and by word class."""
    asked = labels != IGNORE
    log_q, p, y = log_probabilities(kind, model, inputs, ids)[asked].double(), exact[asked], labels[asked]
    loss = -log_q.gather(1, y[:, None])[:, 0]
    right = (log_q.argmax(-1) == y).double()
    where = classes[asked.numpy()]
    found = {
        "loss": loss.mean().item(),
        "accuracy": right.mean().item(),
        "classes": {name: {"loss": loss[where == name].mean().item(), "accuracy": right[where == name].mean().item()}
                    for name in dict.fromkeys(where.tolist())},
    }  # fmt: skip
    if kind != "causal":  # the exact answer to what the causal model sees is another one
        found["kl"] = (torch.xlogy(p, p) - p * log_q).sum(-1).mean().item()
    return found


def misled(n):
    """Sentences whose nouns show their number only by themselves: "the SUBJECT near the DISTRACTOR VERB ... ."

    The two numbers differ, both determiners are "the", and no later word repeats the subject's number.
    Returns (ids (n, L), Parse)."""
    ids, states = LANGUAGE.sample(50 * n, draw(7))
    parse = LANGUAGE.parse(states)
    the = LANGUAGE.ids["the"]
    plain = (ids[:, 1] == the) & (ids.gather(1, (parse.distractor - 1).clamp_min(0)[:, None])[:, 0] == the)
    pronouns = torch.tensor([LANGUAGE.ids[word] for word in "he she it they".split()])
    alone = ~torch.isin(ids, pronouns).any(1)
    bare = parse.subject == 2  # no adjective
    differ = (parse.distractor >= 0) & (parse.subject_number != parse.distractor_number)
    rows = (plain & alone & bare & differ).nonzero()[:n, 0]
    return ids[rows], type(parse)(*(part[rows] for part in parse))


def prefers(kind, model, ids, verb):
    """Which of the verb's two forms the model would write: (n,) bool, True for the one with the sentence's number."""
    rows = torch.arange(len(ids))
    hidden = ids.clone()
    hidden[rows, verb] = MASK
    scores = log_probabilities(kind, model, hidden, ids)[rows, verb]  # (n, V)
    other = LANGUAGE.flip_number(ids, verb)[rows, verb]
    return scores[rows, ids[rows, verb]] > scores[rows, other]


def agreement(kind, model, ids, parse):
    """Change one word and see whether the verb follows: shares of sentences, in [0, 1]."""
    before = prefers(kind, model, ids, parse.verb)
    after = {name: prefers(kind, model, LANGUAGE.flip_number(ids, getattr(parse, name)), parse.verb)
             for name in ("subject", "distractor")}  # fmt: skip
    return {"right": before.double().mean().item()} | {
        f"{name} swapped": (before != now).double().mean().item() for name, now in after.items()
    }


def looks(model, ids, parse):
    """Where the masked verb's place looks, per layer and head: mean attention to subject and distractor."""
    rows = torch.arange(len(ids))
    hidden = ids.clone()
    hidden[rows, parse.verb] = MASK
    found = {"subject": [], "distractor": []}
    for layer in range(2):
        weights = bert.attention(model, hidden, layer)[rows, :, parse.verb]  # (n, H, L)
        for name in found:
            place = getattr(parse, name)[:, None, None].expand(-1, weights.shape[1], 1)
            found[name].append(weights.gather(2, place)[..., 0].mean(0).tolist())
    return found


@torch.no_grad()
def generate(model, n, generator, temperature=1.0):
    """Write n sentences, word by word: (n, L) int64."""
    ids = torch.full((n, 1), CLS)
    for _ in range(L - 1):
        scores = model.logits(model(ids)[:, -1]) / temperature
        scores[:, [0, *range(CLS, MASK + 1)]] = -torch.inf  # the end is the dot; [PAD] follows it
        word = torch.multinomial(scores.softmax(-1), 1, generator=generator)
        done = (ids[:, -1:] == LANGUAGE.ids["."]) | (ids[:, -1:] == PAD)
        ids = torch.cat([ids, word.masked_fill(done, PAD)], 1)
    return ids


def one(kind, seed, steps, train, test, misleading):
    ids, inputs, labels, exact, classes = test
    model, questions = build(kind, seed), TensorDataset(inputs, labels)

    def held_out(model):
        if kind == "causal":
            return score(kind, model, *test)["loss"]
        return evaluate.mean_loss(model, lambda model, batch: objectives.mlm(model, *batch), questions)

    first = held_out(model)
    objective = objectives.causal if kind == "causal" else hide(int(kind[-3:-1]) / 100)
    every = max(1, steps // 30)
    config = Config(steps=steps, batch_size=32, lr=3e-3, seed=seed, log_every=every, evaluate_every=every)
    records = fit(model, objective, train, config, evaluate=held_out, progress=False)
    found = {
        "seed": seed,
        "parameters": sum(p.numel() for p in model.parameters()),
        "curve": [[0, first]] + [[r["step"], r["validation"]] for r in records if "validation" in r],
        **score(kind, model, *test),
        "agreement": agreement(kind, model, *misleading),
    }
    if kind == "causal":
        for t in (1.0, 0.7):
            written = generate(model, 2000, draw(seed), t)
            found[f"grammatical at temperature {t}"] = LANGUAGE.is_grammatical(written).double().mean().item()
    else:
        found["attention"] = looks(model, *misleading)
    return found


def trainer(rows):
    """One update by transformers' Trainer on the same 32 rows in N micro-batches: its loss, its gradient's norm."""
    from transformers import Trainer, TrainingArguments

    inputs, labels = mask_tokens(rows, vocab_size=V, generator=draw(5))
    data = [{"input_ids": x, "attention_mask": (x != PAD).long(), "labels": y}
            for x, y in zip(inputs, labels, strict=True)]  # fmt: skip
    loss_sum, count = objectives.mlm(build("masked", 0), inputs, labels)
    found = {"exact": (loss_sum / count).item(), "micro-batches": {}}
    for n in (1, 4, 8):
        with tempfile.TemporaryDirectory() as folder, contextlib.redirect_stdout(io.StringIO()):
            settings = TrainingArguments(
                folder, max_steps=1, per_device_train_batch_size=32 // n, gradient_accumulation_steps=n,
                learning_rate=1e-9, use_cpu=True, report_to="none", save_strategy="no", logging_steps=1,
                disable_tqdm=True,
            )  # fmt: skip
            run = Trainer(build("masked", 0), settings, train_dataset=data)
            run.train()
            found["micro-batches"][str(n)] = {k: run.state.log_history[0][k] for k in ("loss", "grad_norm")}
    return found


def run(quick=False, seeds=(0, 1, 2), kinds=tuple(STEPS)):
    """{"floor", "unigram", kind: [one dict per seed], "trainer"}; losses in nats per masked word."""
    train, _ = LANGUAGE.sample(1000 if quick else 100_000, draw(0))
    ids, states = LANGUAGE.sample(200 if quick else 4000, draw(1))
    inputs, labels = mask_tokens(ids, vocab_size=V, generator=draw(2))
    exact, classes = LANGUAGE.posterior(inputs), LANGUAGE.word_class(states)
    nats, error = floor(exact, labels)
    asked = labels != IGNORE
    right = (exact[asked].argmax(-1) == labels[asked]).double()
    where = classes[asked.numpy()]
    surprise = -exact[asked].gather(1, labels[asked][:, None])[:, 0].log()
    results = {
        "floor": nats,
        "floor_error": error,
        "accuracy": right.mean().item(),
        "unigram": -LANGUAGE.unigram()[labels[asked]].log().mean().item(),
        "classes": {name: {"floor": surprise[where == name].mean().item(),
                           "accuracy": right[where == name].mean().item(),
                           "targets": int((where == name).sum())} for name in dict.fromkeys(where.tolist())},
        "trainer": trainer(ids[:32]),
    }  # fmt: skip
    misleading = misled(20 if quick else 1000)
    results["misleading sentences"] = len(misleading[0])
    for kind in kinds:
        steps = 3 if quick else STEPS[kind]
        test = (ids, inputs, labels, exact, classes)
        results[kind] = [one(kind, seed, steps, train, test, misleading) for seed in (seeds[:1] if quick else seeds)]
    return results


if __name__ == "__main__":
    studies.main("bert_grammar", run)
