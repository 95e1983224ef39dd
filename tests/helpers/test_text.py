"""Real text: what a learner can rely on, and what is said when something is missing, empty, damaged or too small."""

import importlib.util
import json
import os
import subprocess
import sys
import time
from itertools import chain

import datasets
import numpy as np
import pytest
import torch

from helpers import cache, text, wikipedia
from helpers.grammar import SPECIALS, language
from helpers.masking import IGNORE, mask_tokens, word_index

WORDS = "the king reads a letter because he likes stories and the unbelievable storyteller walked home".split()


@pytest.fixture(scope="module", autouse=True)
def cache_folder(tmp_path_factory):
    """A cache of this file's own: the tests neither use nor fill the reader's."""
    with pytest.MonkeyPatch.context() as patch:
        folder = tmp_path_factory.mktemp("cache")
        patch.setenv("FITB_CACHE", str(folder))
        yield folder


def stories(n=300, seed=0):
    generator = np.random.default_rng(seed)
    return [" ".join(generator.choice(WORDS, 8)) + "." for _ in range(n)]


@pytest.fixture(scope="module")
def tokenizer():
    return text.train_tokenizer(stories(), vocab_size=80)


@pytest.fixture(scope="module")
def wiki():
    return text.corpus("package")


# Corpora


def test_the_packaged_corpus_is_clean_english_of_some_length(wiki):
    sentences = wiki.train + wiki.test
    assert len(sentences) > 15_000 and sum(len(s.split()) for s in sentences) > 350_000
    assert all(len(s.split()) >= 4 and s.rstrip("\"”')]")[-1] in ".!?" for s in sentences)
    assert not any(mark in s for s in sentences for mark in ("[[", "{{", "''", "<ref", "|", " ,", "()"))
    assert "CC BY-SA" in wiki.attribution and "Wikipedia" in wiki.attribution


def test_no_article_stands_on_both_sides_and_another_seed_splits_otherwise(wiki):
    sides = {side: {title for title, article in wikipedia.articles().items() if set(article) <= set(sentences)}
             for side, sentences in (("train", wiki.train), ("test", wiki.test))}
    assert len(sides["train"]) + len(sides["test"]) == len(wikipedia.articles()) and not sides["train"] & sides["test"]
    assert 5 <= len(sides["test"]) <= 15
    assert text.corpus("package").test == wiki.test != text.corpus("package", seed=1).test


def test_an_initial_or_a_title_does_not_end_a_sentence():
    paragraph = "He met Gen. George B. McClellan there. St. Paul was near the U.S. Army. It was a very long day."
    assert wikipedia.sentences(paragraph) == [
        "He met Gen. George B. McClellan there.", "St. Paul was near the U.S. Army.", "It was a very long day."
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("broken", "cleaned"),
    [
        ("Huxley (; 26 July 1894) was a writer.", "Huxley (26 July 1894) was a writer."),
        ("Achilles ( ) was a hero of Troy.", "Achilles was a hero of Troy."),
        ("The coastline stretches for , and then it ends.", None),
        ("gyres|alt=Map showing 5 circles.", None),
        ("Statue of Asia at Palazzo Ferreria", None),
    ],
)
def test_what_markup_leaves_behind_is_cleaned_or_left_out(broken, cleaned):
    assert wikipedia.clean(broken) == cleaned


def test_generated_sentences_are_those_of_the_grammar():
    corpus, grammar = text.corpus("generated"), language()
    assert grammar.is_grammatical(torch.stack([grammar.encode(s) for s in corpus.test])).all()
    assert text.corpus("generated").train == corpus.train != text.corpus("generated", seed=1).train


def test_auto_takes_the_package_and_says_so_in_one_line(wiki, capsys):
    assert text.corpus() == wiki
    assert capsys.readouterr().out == f"{wiki!r}\n"


def without_gensim(name):
    return None if name == "gensim" else FIND_SPEC(name)


FIND_SPEC = importlib.util.find_spec


def test_without_gensim_auto_generates_and_package_says_how_to_get_it(monkeypatch, capsys):
    monkeypatch.setattr(importlib.util, "find_spec", without_gensim)
    assert text.corpus().source == "grammar"
    assert "pip install gensim==4.4.0" in capsys.readouterr().out
    with pytest.raises(FileNotFoundError, match="pip install gensim==4.4.0.*source=\"generated\""):
        text.corpus("package")


def test_another_file_in_the_excerpts_place_is_refused(monkeypatch):
    monkeypatch.setattr(wikipedia, "SHA256", "0" * 64)
    with pytest.raises(ValueError, match="is not the excerpt of gensim 4.4.0.*reinstall"):
        text.corpus("package")


def save(folder, **splits):
    for name, rows in splits.items():
        datasets.Dataset.from_dict({"text": rows}).to_parquet(folder / f"{name}.parquet")
    return str(folder)


def test_a_folder_in_the_hubs_format_keeps_its_own_split(tmp_path):
    train = ["= Title =", "One 3 @-@ 4 sentence here . Another sentence of five words .", "", "too short"]
    corpus = text.corpus("hub", name=save(tmp_path, train=train, test=["A test of the test ."]))
    assert corpus.train == ["One 3-4 sentence here .", "Another sentence of five words ."]
    assert corpus.test == ["A test of the test ."] and corpus.source == str(tmp_path)


@pytest.mark.parametrize("only", ["train", "test"])
def test_a_folder_with_one_part_is_split_by_rows(only, tmp_path):
    rows = [f"Row {i} says one thing. Row {i} says another thing." for i in range(40)]
    corpus = text.corpus("hub", name=save(tmp_path, **{only: rows}))
    sides = [{s.split()[1] for s in side} for side in (corpus.train, corpus.test)]
    assert len(sides[0]) == 36 and len(sides[1]) == 4 and not sides[0] & sides[1]


def test_a_folder_of_plain_text_files_will_do(tmp_path):
    (tmp_path / "train.txt").write_text("A line of plain text.\nAnother line of text.\n")
    (tmp_path / "test.txt").write_text("The last line of text.\n")
    corpus = text.corpus("hub", name=str(tmp_path))
    assert len(corpus.train) == 2 and corpus.test == ["The last line of text."]


@pytest.mark.parametrize(
    ("how", "error", "message"),
    [
        ({"source": "web"}, ValueError, "source='web' is unknown: choose"),
        ({"source": "package", "name": "x"}, ValueError, 'give source="hub" too'),
        ({"name": "x"}, ValueError, "name='x'.* source='auto': give source=\"hub\" too"),
        ({"source": "hub", "config": "small"}, ValueError, "config='small' .*give its name too"),
        ({"source": "hub", "name": "no/folder/here"}, FileNotFoundError, 'no/folder/here.*source="package"'),
    ],
)
def test_a_source_that_cannot_be_had_is_named_with_a_way_out(how, error, message):
    with pytest.raises(error, match=message):
        text.corpus(**how)


def test_a_hub_name_offline_is_an_error_that_says_what_to_do():
    code = "from helpers import text; text.corpus('hub', name='nobody/nothing')"
    done = subprocess.run([sys.executable, "-c", code], env={**os.environ, "HF_HUB_OFFLINE": "1"}, capture_output=True,
                          text=True)
    assert "FileNotFoundError: source='hub', name='nobody/nothing' can't be had" in done.stderr
    assert "check the name" in done.stderr and "offline, give a local folder" in done.stderr


def test_a_column_that_is_missing_or_holds_no_text_is_named(tmp_path):
    datasets.Dataset.from_dict({"body": ["Four words are enough."], "n": [1]}).to_parquet(tmp_path / "train.parquet")
    with pytest.raises(ValueError, match=r"no column='text' .*choose from \['body', 'n'\]"):
        text.corpus("hub", name=str(tmp_path))
    with pytest.raises(ValueError, match="column='n' holds int64, not text"):
        text.corpus("hub", name=str(tmp_path), column="n")


# Tokenizer


def test_the_five_special_tokens_come_first(tokenizer):
    assert tokenizer.convert_ids_to_tokens(range(5)) == list(SPECIALS)
    assert [tokenizer.pad_token_id, tokenizer.cls_token_id, tokenizer.mask_token_id] == [0, 2, 4]


def test_a_text_becomes_cls_pieces_sep_and_back(tokenizer):
    ids = tokenizer("The King reads stories.")["input_ids"]
    assert ids[0] == 2 and ids[-1] == 3
    assert tokenizer.decode(ids, skip_special_tokens=True) == "the king reads stories."
    assert tokenizer("the [MASK] reads")["input_ids"][2] == 4


def test_rare_words_fall_into_pieces_and_unknown_letters_are_unk(tokenizer):
    pieces = tokenizer.tokenize("storyreads")
    assert len(pieces) > 1 and all(piece.startswith("##") for piece in pieces[1:])
    assert tokenizer.tokenize("Ω") == ["[UNK]"]


def test_accents_and_capitals_are_dropped(tokenizer):
    assert tokenizer.tokenize("STÓRIES") == tokenizer.tokenize("stories")


def test_the_same_texts_give_the_same_tokenizer_in_every_process(tokenizer):
    code = ("import json, sys; from helpers import text;"
            "print(text.train_tokenizer(json.load(sys.stdin), vocab_size=80).backend_tokenizer.to_str())")
    done = subprocess.run([sys.executable, "-c", code], input=json.dumps(stories()), capture_output=True, text=True,
                          check=True)
    assert done.stdout.rstrip("\n") == tokenizer.backend_tokenizer.to_str()


def test_a_tokenizer_can_be_saved_and_loaded(tokenizer, tmp_path):
    from transformers import AutoTokenizer

    tokenizer.save_pretrained(tmp_path)
    again = AutoTokenizer.from_pretrained(tmp_path)
    assert again("the king walked.")["input_ids"] == tokenizer("the king walked.")["input_ids"]
    assert text.masking_ids(again) == text.masking_ids(tokenizer)


def test_masking_ids_are_what_mask_tokens_needs(tokenizer):
    rows = text.pack(tokenizer, stories(), length=16)
    groups = word_index(rows[:], text.is_subword(tokenizer))
    inputs, labels = mask_tokens(rows[:], **text.masking_ids(tokenizer), groups=groups)
    assert (inputs[:, 0] == 2).all() and (inputs[:, -1] == 3).all() and (labels != IGNORE).any()


def test_placeholders_of_a_vocabulary_are_never_drawn():
    from transformers import BertTokenizer

    pieces = ["[PAD]", "[unused0]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "[unused1]", "the", "##s"]
    known = text.masking_ids(BertTokenizer(vocab={piece: i for i, piece in enumerate(pieces)}))
    assert known == {"vocab_size": 9, "mask_id": 5, "special_ids": (0, 1, 2, 3, 4, 5, 6)}


def test_one_strange_character_does_not_make_a_text_binary(tokenizer):
    assert len(text.pack(tokenizer, [*stories(), "the caf\ufffd of the king."]))


# Rows on disk


def test_rows_hold_the_whole_stream_between_cls_and_sep(tokenizer):
    rows = text.pack(tokenizer, stories(), length=32)
    stream = list(chain(*tokenizer(stories(), add_special_tokens=False)["input_ids"]))
    assert len(rows) == len(stream) // 30
    assert (rows[:][:, 0] == 2).all() and (rows[:][:, -1] == 3).all()
    assert rows[:][:, 1:-1].flatten().tolist() == stream[: len(rows) * 30]


def test_rows_are_kept_as_uint16_and_handed_out_as_int64(tokenizer):
    rows = text.pack(tokenizer, stories(), length=32)
    batch = rows[torch.tensor([5, 0, 5])]
    assert rows.array.dtype == np.uint16 and isinstance(rows.array, np.memmap)
    assert batch.dtype == torch.int64 and batch.shape == (3, 32) and torch.equal(batch[0], rows[5])


def test_packing_again_finds_the_rows_and_other_texts_get_others(tokenizer, monkeypatch):
    first = text.pack(tokenizer, stories(), length=24)
    assert not torch.equal(text.pack(tokenizer, stories(seed=1), length=24)[:3], first[:3])
    monkeypatch.setattr(text, "_rows", None)  # so it must come from the cache
    assert torch.equal(text.pack(tokenizer, stories(), length=24)[:], first[:])


def test_a_batch_costs_well_under_a_millisecond(tokenizer):
    rows = text.pack(tokenizer, stories(3000), length=128)
    draws = [torch.randint(len(rows), (64,)) for _ in range(50)]
    times = []
    for draw in draws:
        start = time.thread_time()
        rows[draw]
        times.append(time.thread_time() - start)
    assert np.median(times) < 1e-3


def test_rows_can_be_trained_on(tokenizer):
    from helpers import objectives
    from helpers.encoder import TextModel
    from helpers.train import Config, fit

    def masked_words(model, ids):
        return objectives.mlm(model, *mask_tokens(ids, **text.masking_ids(tokenizer)))

    rows = text.pack(tokenizer, stories(), length=32)
    records = fit(TextModel(len(tokenizer), 32, dim=16), masked_words, rows, Config(steps=2, batch_size=8))
    assert np.isfinite(records[-1]["loss"])
    with pytest.raises(ValueError, match="batch_size=1000 is more than the"):
        fit(TextModel(len(tokenizer), 32, dim=16), masked_words, rows, Config(steps=2, batch_size=1000))


def test_a_damaged_file_in_the_cache_is_made_anew(tokenizer, cache_folder):
    rows = text.pack(tokenizer, stories(), length=20)[:]
    [file] = [path for path in cache_folder.glob("rows-*.npy") if text.PackedRows(path).array.shape[1] == 20]
    damaged = bytearray(file.read_bytes())
    damaged[200] ^= 1
    file.write_bytes(damaged)
    assert not cache.intact(file)
    assert torch.equal(text.pack(tokenizer, stories(), length=20)[:], rows) and cache.intact(file)


@pytest.mark.parametrize("cut", [0, 10, 100, -1])
def test_a_half_written_file_is_refused(tokenizer, tmp_path, cut):
    file = tmp_path / "rows.npy"
    text.pack(tokenizer, stories(), path=file)
    assert len(text.PackedRows(file))
    file.write_bytes(file.read_bytes()[:cut])
    with pytest.raises(ValueError, match="rows.npy' is no whole file of packed rows: delete it"):
        text.PackedRows(file)


def test_a_write_that_fails_leaves_nothing_behind(tmp_path, monkeypatch):
    def full(*_):
        raise OSError("No space left on device")

    monkeypatch.setattr(os, "replace", full)
    with pytest.raises(OSError, match="No space left"):
        cache.write(tmp_path / "rows.npy", b"abc")
    assert list(tmp_path.iterdir()) == []


def test_where_nothing_can_be_written_all_works_from_memory(tokenizer, tmp_path, monkeypatch):
    (tmp_path / "file").write_text("not a folder")
    monkeypatch.setenv("FITB_CACHE", str(tmp_path / "file"))
    assert len(text.pack(tokenizer, stories(), length=40)) > 10
    assert cache.remember("x", lambda: b"made") == b"made"
    with pytest.raises(OSError):
        text.pack(tokenizer, stories(), path=tmp_path / "file" / "rows.npy")


# Input that makes no sense


@pytest.mark.parametrize(
    ("texts", "error", "message"),
    [
        ([], ValueError, "texts hold no word"),
        (["", "  \n"], ValueError, "texts hold no word"),
        ("one string", TypeError, r"got one str: put it in a list, \[text\]"),
        ([b"bytes"], TypeError, r"texts\[0\] is a bytes.*read the file as text"),
        (["fine", "\x7fELF\x02\x01\x00\x00"], ValueError, r"texts\[1\] is binary"),
        (["\ufffd\ufffdE\ufffd"], ValueError, "is binary.*decode it with its own encoding"),
    ],
)
def test_texts_that_are_none_are_refused_by_all(tokenizer, texts, error, message):
    for use in (text.train_tokenizer, lambda texts: text.pack(tokenizer, texts)):
        with pytest.raises(error, match=message):
            use(texts)


@pytest.mark.parametrize("size", [0, 5, 65_537, 20])
def test_a_vocabulary_too_small_or_too_large_is_refused(size):
    with pytest.raises(ValueError, match=f"vocab_size={size}"):
        text.train_tokenizer(stories(), vocab_size=size)


def test_less_text_than_a_row_is_refused_and_so_is_a_row_without_room(tokenizer):
    with pytest.raises(ValueError, match=r"less than one row of 62 \(length=64"):
        text.pack(tokenizer, ["the king."])
    with pytest.raises(ValueError, match="length=2 leaves no room"):
        text.pack(tokenizer, stories(), length=2)


def test_a_tokenizer_without_mask_is_refused(tokenizer):
    from transformers import PreTrainedTokenizerFast

    plain = PreTrainedTokenizerFast(tokenizer_object=tokenizer.backend_tokenizer, unk_token="[UNK]")
    for use in (lambda: text.pack(plain, stories()), lambda: text.masking_ids(plain)):
        with pytest.raises(ValueError, match="tokenizer has no mask token.*use train_tokenizer"):
            use()


def test_a_vocabulary_that_uint16_cannot_count_is_refused():
    from transformers import BertTokenizer

    pieces = [*SPECIALS, *(f"word{i}" for i in range(65_532))]
    large = BertTokenizer(vocab={piece: i for i, piece in enumerate(pieces)})
    with pytest.raises(ValueError, match="65,537 pieces.*uint16.*smaller vocab_size"):
        text.pack(large, stories())
    with pytest.raises(ValueError, match="knows WordPiece"):
        text.is_subword(large)
