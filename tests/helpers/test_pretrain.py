"""`python -m helpers.train` does with words on a line what the chapters do with functions."""

import json
import os
import runpy
import sys

import pytest
import torch

from helpers import bert
from helpers.pretrain import arguments, main

SMALL = "--source generated --vocab-size 120 --length 140 --steps 6 --batch-size 8 --log-every 2".split()


@pytest.fixture(autouse=True)
def environment(plain_environment, monkeypatch, tmp_path_factory):
    monkeypatch.setenv("COURSE_STATIC", "1")
    monkeypatch.setenv("FITB_CACHE", str(tmp_path_factory.getbasetemp() / "cache"))


def test_it_trains_says_what_it_reached_and_saves_what_transformers_loads(tmp_path, capsys):
    from transformers import AutoModelForMaskedLM, AutoTokenizer

    folder, metrics = tmp_path / "bert", tmp_path / "metrics.jsonl"
    main([*SMALL, "--output", str(folder), "--metrics", str(metrics), "--evaluate-every", "3"])
    said = capsys.readouterr().out
    assert "rows of 140 tokens from" in said and "held-out loss, unigram" in said and "held-out loss, model" in said
    records = [json.loads(line) for line in metrics.read_text().splitlines()]
    assert [r["step"] for r in records if "validation" in r] == [3, 6]
    model, tokenizer = AutoModelForMaskedLM.from_pretrained(folder), AutoTokenizer.from_pretrained(folder)
    batch = tokenizer(["the king reads .", "the dogs near the king sleep ."], padding=True, return_tensors="pt")
    expected = model(**batch).logits  # what is saved knows its padding
    torch.testing.assert_close(bert.logits(model, bert.hidden_states(model, batch["input_ids"])), expected)
    assert sorted(os.listdir(tmp_path)) == ["bert", "metrics.jsonl"]  # nothing half-written beside them
    with pytest.raises(SystemExit, match="exists already"):
        main([*SMALL, "--output", str(folder)])


def test_every_setting_of_fit_is_an_option_with_its_comment_as_help(capsys):
    preset, own, config = arguments(["--preset", "bert-base", "--betas", "0.9", "0.98", "--compile", "--clip", "0.5"])
    assert (preset, own["source"], own["length"], config.batch_size) == ("bert-base", "hub", 128, 256)
    assert (config.betas, config.compile, config.clip, config.recompute) == ((0.9, 0.98), True, 0.5, False)
    with pytest.raises(SystemExit):
        arguments(["--help"])
    assert "the highest learning rate" in capsys.readouterr().out
    with pytest.raises(SystemExit):
        arguments(["--lr", "-1"])
    assert "lr=-1.0: it should be a positive number" in capsys.readouterr().err


@pytest.mark.filterwarnings("ignore:.*found in sys.modules")
def test_wrong_input_ends_in_one_line_that_helps(monkeypatch):
    monkeypatch.setattr(sys, "argv", ["helpers.train", *SMALL, "--length", "2"])
    with pytest.raises(SystemExit, match="^error: length=2 leaves no room"):
        runpy.run_module("helpers.train", run_name="__main__")
