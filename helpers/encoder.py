"""Encoders: one Transformer for words, patches and frames, and one small convolutional network for images.

An encoder knows nothing of how it is trained. The Transformer (Vaswani et al. 2017, arXiv 1706.03762) is written
pre-norm (Xiong et al. 2020, arXiv 2002.04745): each block adds to a residual stream that nothing normalizes on its
way, so it trains without a delicate warmup. The only difference between BERT's encoder and GPT's is `causal`.

Shape letters: B examples, L positions, D width of the stream, H heads, V words in the vocabulary.
"""

import torch
import torch.nn.functional as F
from torch import nn


def visible(length, keep=None, causal=False, device=None):
    """Which position may look where: bool, True at [..., i, j] if position i sees position j.

    length: L. keep: (B, L) bool, False at padding, or None. Returns (B or 1, 1, L, L), or None if all see all.
    A position always sees itself, so that no row of the softmax is empty (an empty row would be nan).
    """
    if keep is None and not causal:
        return None
    mask = torch.ones(1, 1, length, length, dtype=torch.bool, device=device if keep is None else keep.device)
    if causal:
        mask = mask.tril()
    if keep is not None:
        mask = mask & keep[:, None, None, :] | torch.eye(length, dtype=torch.bool, device=keep.device)
    return mask  # (B or 1, 1, L, L)


class Attention(nn.Module):
    """Multi-head self-attention (Vaswani et al. 2017, section 3.2)."""

    def __init__(self, dim, heads):
        super().__init__()
        self.heads = heads
        self.qkv, self.out = nn.Linear(dim, 3 * dim), nn.Linear(dim, dim)

    def split(self, x):
        """x (B, L, D) -> queries, keys, values, each (B, H, L, D/H)."""
        return self.qkv(x).unflatten(-1, (3, self.heads, -1)).permute(2, 0, 3, 1, 4)

    def forward(self, x, mask=None):
        """x (B, L, D), mask as from `visible` -> (B, L, D)."""
        q, k, v = self.split(x)
        mixed = F.scaled_dot_product_attention(q, k, v, attn_mask=mask)  # (B, H, L, D/H)
        return self.out(mixed.transpose(1, 2).flatten(2))

    def weights(self, x, mask=None):
        """The attention weights themselves, (B, H, L, L), which the fused kernel never stores. Rows sum to one."""
        q, k, _ = self.split(x)
        scores = q @ k.transpose(-2, -1) * q.shape[-1] ** -0.5
        return (scores if mask is None else scores.masked_fill(~mask, float("-inf"))).softmax(-1)


class Block(nn.Module):
    """One pre-norm layer: x + attention(norm(x)), then x + mlp(norm(x))."""

    def __init__(self, dim, heads, dropout=0.0):
        super().__init__()
        self.norm1, self.attention = nn.LayerNorm(dim), Attention(dim, heads)
        self.norm2 = nn.LayerNorm(dim)
        self.mlp = nn.Sequential(nn.Linear(dim, 4 * dim), nn.GELU(), nn.Linear(4 * dim, dim))
        self.dropout = nn.Dropout(dropout)

    def forward(self, x, mask=None):
        x = x + self.dropout(self.attention(self.norm1(x), mask))
        return x + self.dropout(self.mlp(self.norm2(x)))


class Encoder(nn.Module):
    """A stack of Transformer blocks over a sequence of vectors: (B, L, D) -> (B, L, D).

    dim: D. depth: number of blocks. heads: H, a divisor of dim. causal: position i sees positions 0..i only.
    dropout: on what each block adds to the stream. Weights start at standard deviation 1/sqrt(fan-in), so that
    the start does not depend on the width: the .02 of BERT-base leaves a narrow model almost linear for long.
    Raises ValueError if heads does not divide dim.
    """

    def __init__(self, dim, depth, heads, *, causal=False, dropout=0.0):
        super().__init__()
        if dim % heads:
            raise ValueError(f"heads={heads} does not divide dim={dim}: each head takes dim/heads numbers")
        self.causal = causal
        self.blocks = nn.ModuleList(Block(dim, heads, dropout) for _ in range(depth))
        self.norm = nn.LayerNorm(dim)
        for layer in self.modules():
            if isinstance(layer, nn.Linear):
                nn.init.normal_(layer.weight, std=layer.in_features**-0.5)
                nn.init.zeros_(layer.bias)

    def forward(self, x, keep=None):
        """x (B, L, D) float, keep (B, L) bool (False at padding) or None -> (B, L, D)."""
        mask = visible(x.shape[1], keep, self.causal, x.device)
        for block in self.blocks:
            x = block(x, mask)
        return self.norm(x)

    @torch.no_grad()
    def attention(self, x, keep=None, layer=-1):
        """The weights of one layer for a picture: (B, H, L, L), row i = where position i looks; rows sum to one."""
        mask = visible(x.shape[1], keep, self.causal, x.device)
        layer = range(len(self.blocks))[layer]
        for block in self.blocks[:layer]:
            x = block(x, mask)
        block = self.blocks[layer]
        return block.attention.weights(block.norm1(x), mask)


class TextModel(nn.Module):
    """Words in, one vector per word out; the same table of word vectors reads the words and predicts them.

    vocab_size: V. max_length: the longest sequence it has position vectors for. init: standard deviation of word and
    position vectors; BERT-base has .02, a narrow model needs more. pad_id: the id of padding, which no word looks at.
    Tied embedding: Press & Wolf 2017 (arXiv 1608.05859).
    """

    def __init__(
        self, vocab_size, max_length, dim=64, depth=2, heads=4, *, causal=False, dropout=0.0, init=0.1, pad_id=0
    ):
        super().__init__()
        self.pad_id, self.max_length = pad_id, max_length
        self.word = nn.Embedding(vocab_size, dim)
        self.position = nn.Embedding(max_length, dim)
        self.bias = nn.Parameter(torch.zeros(vocab_size))
        self.encoder = Encoder(dim, depth, heads, causal=causal, dropout=dropout)
        for table in (self.word, self.position):
            nn.init.normal_(table.weight, std=init)

    def embed(self, ids):
        """ids (B, L) int64 -> word + position vectors (B, L, D)."""
        if ids.shape[1] > self.max_length:
            raise ValueError(
                f"ids has {ids.shape[1]} positions, but the model's max_length={self.max_length}: cut the rows or "
                "build the model with a larger max_length"
            )
        return self.word(ids) + self.position.weight[: ids.shape[1]]

    def forward(self, ids):
        """ids (B, L) int64 -> hidden states (B, L, D). Those at padding are meaningless."""
        return self.encoder(self.embed(ids), ids != self.pad_id)

    def logits(self, hidden):
        """hidden (..., D) -> one score per word (..., V)."""
        return F.linear(hidden, self.word.weight, self.bias)

    def attention(self, ids, layer=-1):
        """ids (B, L) -> attention weights of one layer (B, H, L, L), for a picture."""
        return self.encoder.attention(self.embed(ids), ids != self.pad_id, layer)


def pool(hidden, keep=None, how="mean"):
    """One vector per sequence: hidden (B, L, D), keep (B, L) bool or None (all) -> (B, D).

    how: "mean" of the kept positions, "first" position, or "last" kept position (for causal models:
    the only one that has seen all).
    """
    if keep is None:
        keep = torch.ones(hidden.shape[:2], dtype=torch.bool, device=hidden.device)
    if how == "mean":
        return (hidden * keep[..., None]).sum(1) / keep.sum(1, keepdim=True).clamp(min=1)
    if how == "first":
        return hidden[:, 0]
    if how == "last":
        last = (keep * torch.arange(keep.shape[1], device=keep.device)).argmax(1)  # (B,)
        return hidden[torch.arange(len(hidden), device=hidden.device), last]
    raise ValueError(f'pool={how!r} is unknown: choose "mean", "first" or "last"')


class Classifier(nn.Module):
    """A pre-trained body and a new linear head, for fine-tuning: x -> logits (B, classes).

    body: a TextModel (its hidden states are pooled, padding left out) or any module that gives (B, D). dim: D.
    pool: "mean", "first" or "last", see `pool`.
    """

    def __init__(self, body, dim, classes, pool="mean"):
        super().__init__()
        self.body, self.head, self.how = body, nn.Linear(dim, classes), pool

    def forward(self, x):
        hidden = self.body(x)
        if hidden.ndim == 3:
            pad_id = getattr(self.body, "pad_id", None)
            hidden = pool(hidden, None if pad_id is None else x != pad_id, self.how)
        return self.head(hidden)


class ConvEncoder(nn.Module):
    """Four 3x3 convolutions, two of them halving the image, then the mean of each quarter and one linear layer.

    Images (B, C, H, W), 8x8 to 32x32 -> (B, dim). About 110,000 parameters with one channel and dim=64.
    GroupNorm (Wu & He 2018, arXiv 1803.08494), not BatchNorm: an example's features never depend on the rest of its
    batch, so that training and evaluation compute the same function.
    """

    def __init__(self, channels, dim=64):
        super().__init__()
        layers, before = [], channels
        for width, stride in ((32, 1), (64, 2), (64, 1), (64, 2)):
            layers += [nn.Conv2d(before, width, 3, stride, padding=1), nn.GroupNorm(8, width), nn.GELU()]
            before = width
        # Quarters, not one mean over the whole: where a stroke lies says which digit it belongs to.
        self.layers = nn.Sequential(*layers, nn.AdaptiveAvgPool2d(2), nn.Flatten(), nn.Linear(4 * before, dim))

    def forward(self, x):
        """x (B, C, H, W) float -> (B, dim)."""
        return self.layers(x)
