"""What a Transformer has to beat: counts, word vectors and an LSTM, all asked the same question.

Each is called as a TextModel is, ids (B, L) -> one vector per position, logits(vectors) -> scores over the vocabulary,
so that `objectives.mlm`, `evaluate.mean_loss` and `evaluate.masked_accuracy` take them as they are. The first three
learn when they are built, from `data`: (N, L) int64 ids, a tensor or packed rows; an LSTM is trained by `fit`.
"""

import torch
import torch.nn.functional as F
from torch import nn

from helpers.masking import IGNORE, check_ids, mask_tokens

LARGEST = 16_384  # words; the bigrams' table has one number for each pair of them


def batches(data):
    """The rows of a tensor or of packed rows, some at a time, so that a large text need not fit in memory."""
    if len(data) == 0:
        raise ValueError("data is empty: there is nothing to count")
    for rows in torch.arange(len(data)).split(4096):
        yield data[rows]


class Unigram(nn.Module):
    """The same guess everywhere: how often each ordinary word is written.

    vocab_size: V. special_ids are never guessed. smoothing: added to each count, so that an unseen word costs
    much but not everything. No model that reads its input should be worse.
    """

    def __init__(self, data, vocab_size, *, special_ids=range(5), smoothing=0.5):
        super().__init__()
        counts = torch.full((vocab_size,), smoothing, dtype=torch.float64)
        for ids in batches(data):
            check_ids(ids, vocab_size)
            counts += torch.bincount(ids.flatten(), minlength=vocab_size)
        counts[list(special_ids)] = 0
        self.register_buffer("log_probability", (counts / counts.sum()).log().float())  # (V,)

    def forward(self, ids):
        """(B, L) -> (B, L, 0): it looks at nothing."""
        return torch.zeros(*ids.shape, 0, device=ids.device)

    def logits(self, hidden):
        """(..., 0) -> (..., V) log probabilities."""
        return self.log_probability.expand(*hidden.shape[:-1], -1)


class Bigram(nn.Module):
    """A word from its two neighbors, by counts of pairs: P(x | left, right) ~ P(x | left) P(right | x).

    Exact for a text in which each word depends on the one before it only. P(x | left) is drawn towards the unigram with
    the weight of `prior` observations (MacKay & Peto 1995), and a neighbor that is itself hidden says nothing.
    The neighbors are taken as they are shown: a swapped one misleads. ValueError for more than 16,384 words.
    """

    def __init__(self, data, vocab_size, *, special_ids=range(5), mask_id=4, prior=100.0):
        super().__init__()
        if vocab_size > LARGEST:
            raise ValueError(f"vocab_size={vocab_size}: a table of all pairs is sensible up to {LARGEST} words")
        unigram = Unigram(data, vocab_size, special_ids=special_ids)
        single = unigram.log_probability.double().exp()  # (V,)
        pairs = torch.zeros(vocab_size * vocab_size)
        for ids in batches(data):
            pairs += torch.bincount((ids[:, :-1] * vocab_size + ids[:, 1:]).flatten(), minlength=len(pairs))
        pairs = pairs.view(vocab_size, vocab_size)  # (left, right)
        # From the left only ordinary words are guessed; on the right also "[SEP]" or "[PAD]" may follow.
        words = pairs.clone()
        words[:, list(special_ids)] = 0
        after = (words + prior * single) / (words.sum(1, keepdim=True) + prior)
        any_right = pairs.sum(0) / pairs.sum()  # how often each token follows anything
        before = (pairs + prior * any_right) / (pairs.sum(1, keepdim=True) + prior)
        before[:, mask_id] = 1.0
        self.register_buffer("left", after.log().float())  # (V, V): log P(x | left)
        self.register_buffer("right", before.clamp_min(1e-30).log().T.float().contiguous())  # (V, V): log P(right | x)
        self.mask_id = mask_id

    def forward(self, ids):
        """(B, L) -> (B, L, 2): the words before and after; beyond the ends, [MASK]: unknown."""
        padded = F.pad(ids, (1, 1), value=self.mask_id)
        return torch.stack([padded[:, :-2], padded[:, 2:]], -1)

    def logits(self, hidden):
        """(..., 2) -> (..., V): up to a constant, log probabilities."""
        return self.left[hidden[..., 0]] + self.right[hidden[..., 1]]


class Word2Vec(nn.Module):
    """A word from the mean of its neighbors' vectors: CBOW with negative sampling (Mikolov et al. 2013), by gensim.

    dim: width of the vectors. window: neighbors on each side. Negative sampling trains a score of log P(x | context) -
    log P_noise(x) + constant (Levy & Goldberg 2014), so the log of the noise distribution is added back here.
    The order of the neighbors is lost: the model is a bag of words. It is also far too sure of itself where neighbors
    are hidden, so the scores get one common factor, chosen on rows of `data` masked as in BERT.
    """

    def __init__(self, data, vocab_size, *, dim=64, window=2, epochs=5, seed=0, special_ids=range(5), mask_id=4):
        from gensim.models import Word2Vec as Gensim

        super().__init__()
        special = set(special_ids)
        sentences = [[str(i) for i in row if i not in special] for ids in batches(data) for row in ids.tolist()]
        trained = Gensim(
            sentences, vector_size=dim, window=window, epochs=epochs, seed=seed + 1, workers=1, min_count=1, sample=0,
            shrink_windows=False, alpha=0.05,
        )  # fmt: skip
        words = torch.tensor([int(word) for word in trained.wv.index_to_key])
        context, output, counts = torch.zeros(vocab_size, dim), torch.zeros(vocab_size, dim), torch.zeros(vocab_size)
        context[words], output[words] = torch.tensor(trained.wv.vectors), torch.tensor(trained.syn1neg)
        counts[words] = torch.tensor([float(trained.wv.get_vecattr(str(int(w)), "count")) for w in words])
        noise = (counts + 0.5).pow(trained.ns_exponent)  # a word not in data is rare, not impossible
        noise[list(special)] = 0
        known = torch.zeros(vocab_size)
        known[words] = 1
        self.window = window
        for name, table in {"vectors": context, "output": output, "noise": noise.log(), "known": known}.items():
            self.register_buffer(name, table)
        some = data[torch.arange(min(len(data), 256))]
        generator = torch.Generator().manual_seed(seed)
        inputs, labels = mask_tokens(
            some, vocab_size=vocab_size, mask_id=mask_id, special_ids=special_ids, generator=generator
        )
        hidden, labels = self(inputs)[labels != IGNORE], labels[labels != IGNORE]
        losses = {f: F.cross_entropy(self.logits(hidden * f), labels) for f in (1.0, 0.8, 0.65, 0.5, 0.4, 0.3, 0.2)}
        self.output *= min(losses, key=losses.get)

    def forward(self, ids):
        """(B, L) -> (B, L, D): the mean of the ordinary words around each position, itself left out."""
        around = torch.ones(1, 1, 2 * self.window + 1, device=ids.device)
        around[..., self.window] = 0
        total = F.conv1d(self.vectors[ids].transpose(1, 2).flatten(0, 1)[:, None], around, padding=self.window)
        total = total.view(len(ids), -1, ids.shape[1]).transpose(1, 2)  # (B, L, D)
        count = F.conv1d(self.known[ids][:, None], around, padding=self.window).transpose(1, 2)  # (B, L, 1)
        return total / count.clamp(min=1)

    def logits(self, hidden):
        """(..., D) -> (..., V)."""
        return hidden @ self.output.T + self.noise


class LSTM(nn.Module):
    """Read word by word, from both sides (or, causal, from the left), and join what the two readers know.

    The bidirectional reader is ELMo's idea (Peters et al. 2018, arXiv 1802.05365); trained with `objectives.mlm` it
    meets the Transformer's own question. dim: D, even. Tied embedding, as in TextModel. A hidden state walks along the
    sentence, so position i waits for i - 1: nothing here runs in parallel over the positions.
    """

    def __init__(self, vocab_size, dim=64, depth=1, *, causal=False, init=0.1, pad_id=0):
        super().__init__()
        if dim % 2:
            raise ValueError(f"dim={dim} should be even: each direction gets half of it")
        self.pad_id = pad_id
        self.word = nn.Embedding(vocab_size, dim)
        self.bias = nn.Parameter(torch.zeros(vocab_size))
        self.reader = nn.LSTM(
            dim, dim if causal else dim // 2, depth, batch_first=True, bidirectional=not causal
        )  # fmt: skip
        nn.init.normal_(self.word.weight, std=init)

    def forward(self, ids):
        """(B, L) int64 -> (B, L, D)."""
        return self.reader(self.word(ids))[0]

    def logits(self, hidden):
        """(..., D) -> (..., V)."""
        return F.linear(hidden, self.word.weight, self.bias)
