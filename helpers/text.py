"""From text to rows of numbers: a corpus, a WordPiece tokenizer trained on it, and packed rows on disk.

    sentences = corpus()
    tokenizer = train_tokenizer(sentences.train)
    rows = pack(tokenizer, sentences.train)  # rows[torch.tensor([3, 1])]: (2, 64) int64
    inputs, labels = mask_tokens(rows[...], **masking_ids(tokenizer))
"""

import io
import itertools
import re
from collections import Counter
from pathlib import Path

import numpy as np
import torch

from helpers import cache
from helpers.corpora import Corpus, corpus
from helpers.grammar import CLS, SEP, SPECIALS

__all__ = ["Corpus", "PackedRows", "corpus", "is_subword", "masking_ids", "pack", "train_tokenizer"]


def train_tokenizer(texts, vocab_size=4000):
    """Train WordPiece (Schuster & Nakajima 2012) on texts: split words into the pieces that pay, "walk" + "##ing".

    Lower case, without accents, like bert-base-uncased. texts: a list of strings. vocab_size: at most so many pieces,
    SPECIALS = ids 0-4 and the alphabet included; fewer if the texts have no more.
    Returns a transformers tokenizer: tokenizer(text)["input_ids"] is [CLS] ... [SEP].
    Raises ValueError for texts without a word, binary text, a vocab_size too small for the alphabet or over 65,536.
    """
    from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers
    from transformers import PreTrainedTokenizerFast

    texts = check_texts(texts)
    if not len(SPECIALS) < vocab_size <= 2**16:
        raise ValueError(f"vocab_size={vocab_size} should lie in {len(SPECIALS) + 1}..65536 (rows are kept as uint16)")
    normalizer, splitter = normalizers.BertNormalizer(lowercase=True), pre_tokenizers.BertPreTokenizer()
    # The trainer numbers its letters in an order that differs from run to run, and ties with them. So it is told all
    # letters in a fixed order; the words, merges and ids that follow are then the same everywhere.
    letters = _letters(normalizer, texts, limit=100)
    first = [*SPECIALS, *letters, *("##" + letter for letter in letters)]
    if len(first) > vocab_size:
        raise ValueError(f"vocab_size={vocab_size} is too small: {len(first)} go to special tokens and single letters")
    trainer = trainers.WordPieceTrainer(vocab_size=vocab_size, min_frequency=2, special_tokens=first,
                                        initial_alphabet=letters, limit_alphabet=len(letters), show_progress=False)
    trained = Tokenizer(models.WordPiece(unk_token="[UNK]"))
    trained.normalizer, trained.pre_tokenizer = normalizer, splitter
    trained.train_from_iterator(texts, trainer)

    pieces = Tokenizer(models.WordPiece(trained.get_vocab(), unk_token="[UNK]"))
    pieces.normalizer, pieces.pre_tokenizer = normalizer, splitter
    pieces.post_processor = processors.BertProcessing(("[SEP]", SEP), ("[CLS]", CLS))
    pieces.decoder = decoders.WordPiece(prefix="##")
    roles = ("pad_token", "unk_token", "cls_token", "sep_token", "mask_token")
    return PreTrainedTokenizerFast(tokenizer_object=pieces, **dict(zip(roles, SPECIALS, strict=True)))


def _letters(normalizer, texts, limit):
    """The most frequent characters but white space, sorted; words with a rarer one become [UNK]."""
    counts = Counter()
    for text in texts[:: 1 + len(texts) // 100_000]:  # letters show themselves soon, and counting in Python is slow
        counts.update(normalizer.normalize_str(text))
    often = sorted((letter for letter in counts if not letter.isspace()), key=lambda letter: (-counts[letter], letter))
    return sorted(often[:limit])


def masking_ids(tokenizer):
    """What `mask_tokens` has to know of a tokenizer: its vocab_size, mask_id and special_ids, as keyword arguments.

    Placeholders such as BERT's "[unused7]" count as special: they are no words, so none is ever drawn.
    """
    _check_tokenizer(tokenizer)
    unused = (i for piece, i in tokenizer.get_vocab().items() if piece.startswith("[unused"))
    special = sorted({*tokenizer.all_special_ids, *unused})
    return {"vocab_size": len(tokenizer), "mask_id": tokenizer.mask_token_id, "special_ids": tuple(special)}


def is_subword(tokenizer):
    """(V,) bool: whether a piece continues a word ("##ing"); for `helpers.masking.word_index`.

    Raises ValueError for a tokenizer that marks no piece with ##: it is no WordPiece, so words can't be told apart.
    """
    inside = [i for piece, i in tokenizer.get_vocab().items() if piece.startswith("##")]
    if not inside:
        raise ValueError('tokenizer has no piece that begins with "##": is_subword knows WordPiece (BERT) only')
    continues = torch.zeros(len(tokenizer), dtype=torch.bool)
    continues[inside] = True
    return continues


def pack(tokenizer, texts, length=64, path=None):
    """Tokenize once: join the texts to one stream and cut it into full rows [CLS] ... [SEP], kept on disk as uint16.

    No padding, so no position is wasted; a row may begin inside a sentence, and the last, unfilled row is dropped.
    path: where to write; None: the cache, where the same texts and tokenizer find their rows again.
    Returns PackedRows. Raises ValueError for a tokenizer without [MASK], [CLS] or [SEP] or with more than 65,536
    pieces, for texts without a word or with less than one row of them, and for length < 3.
    """
    _check_tokenizer(tokenizer)
    if length < 3:
        raise ValueError(f"length={length} leaves no room between [CLS] and [SEP]: give at least 3, e.g. 64")
    texts = check_texts(texts)
    if path is not None:
        cache.write(path, _npy(_rows(tokenizer, texts, length)))
        return PackedRows(path)
    recipe = cache.digest(Path(__file__).read_bytes(), tokenizer.backend_tokenizer.to_str(), str(length), *texts)
    file = cache.folder() / f"rows-{recipe}.npy"
    if not cache.intact(file):
        rows = _rows(tokenizer, texts, length)
        try:
            cache.write(file, _npy(rows))
        except OSError:
            return PackedRows(rows)  # a read-only machine: keep them in memory
    return PackedRows(file)


class PackedRows:
    """Rows of token ids in a file that `pack` wrote: read where they lie, a batch at a time.

    len(rows): how many. rows[index], with a LongTensor (B,), an int or a slice: int64 ids, (B, L) or (L,).
    source: the file, checked against its hash here; or an array (N, L) uint16.
    """

    def __init__(self, source):
        if not isinstance(source, np.ndarray):
            if not cache.intact(source):
                raise ValueError(f"{str(source)!r} is no whole file of packed rows: delete it and pack the texts again")
            source = np.load(source, mmap_mode="r")
        self.array = source

    def __len__(self):
        return len(self.array)

    def __getitem__(self, index):
        index = index.numpy() if isinstance(index, torch.Tensor) else index
        return torch.from_numpy(self.array[index].astype(np.int64))

    def __repr__(self):
        return f"PackedRows({len(self)} rows of {self.array.shape[1]})"


def check_texts(texts):
    """texts as a list, or TypeError (not a list of strings), ValueError (no word in them, binary text)."""
    if isinstance(texts, (str, bytes)):
        raise TypeError(f"texts should be a list of strings, got one {type(texts).__name__}: put it in a list, [text]")
    texts = list(texts)
    for i, text in enumerate(texts):
        if not isinstance(text, str):
            raise TypeError(f"texts[{i}] is a {type(text).__name__}, not a string: read the file as text, not as bytes")
        strange = STRANGE.findall(text)
        if "\0" in strange or 10 * len(strange) > len(text):
            raise ValueError(f"texts[{i}] is binary, not text (it holds control characters), it begins with "
                             f"{text[:20]!r}: give another file, or decode it with its own encoding")
    if not any(map(str.strip, texts)):
        raise ValueError("texts hold no word: they are empty; look at the step that read them")
    return texts


STRANGE = re.compile("[\0-\b\x0e-\x1a\x1c-\x1f\ufffd]")  # \ufffd: what decoding with errors="replace" leaves


def _check_tokenizer(tokenizer):
    for role in ("mask", "cls", "sep", "pad"):
        if getattr(tokenizer, f"{role}_token_id", None) is None:
            raise ValueError(f"tokenizer has no {role} token, but masked language modeling needs one: use "
                             "train_tokenizer, or a tokenizer of the BERT family")
    if len(tokenizer) > 2**16:
        raise ValueError(f"tokenizer has {len(tokenizer):,} pieces, but rows are kept as uint16, which counts to "
                         "65,535: train one with a smaller vocab_size")


def _rows(tokenizer, texts, length):
    stream = []
    for start in range(0, len(texts), 10_000):  # bounds the memory that Python's lists take
        batch = texts[start : start + 10_000]
        ids = tokenizer(batch, add_special_tokens=False, return_attention_mask=False)["input_ids"]
        stream.append(np.fromiter(itertools.chain.from_iterable(ids), dtype=np.uint16))
    stream, inner = np.concatenate(stream), length - 2
    n = len(stream) // inner
    if n == 0:
        raise ValueError(f"texts hold {len(stream)} pieces, less than one row of {inner} (length={length} with [CLS] "
                         "and [SEP]): give more text or a smaller length")
    rows = np.empty((n, length), dtype=np.uint16)
    rows[:, 0], rows[:, -1] = tokenizer.cls_token_id, tokenizer.sep_token_id
    rows[:, 1:-1] = stream[: n * inner].reshape(n, inner)
    return rows


def _npy(array):
    file = io.BytesIO()
    np.save(file, array)
    return file.getvalue()
