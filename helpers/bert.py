"""BERT as `transformers` has it (Devlin et al. 2019, arXiv 1810.04805), spoken to as the course's own TextModel.

Both give one vector per token, then scores over the vocabulary. The step between is kept open, because `objectives.mlm`
projects only the masked positions: transformers' own forward projects all of them and throws 85% of the result away.

Shape letters: B examples, L positions, D width, H heads, V words in the vocabulary.
"""

import torch

# BERT-base is the paper's. The tiny one starts with larger weights than BERT-base's .02, which leaves a narrow network
# almost linear for long, and without dropout, which a model too small for its text does not need.
PRESETS = {
    "tiny": dict(
        hidden_size=128, num_hidden_layers=2, num_attention_heads=2, intermediate_size=512, max_position_embeddings=128,
        hidden_dropout_prob=0.0, attention_probs_dropout_prob=0.0, initializer_range=0.09,
    ),
    "bert-base": dict(
        hidden_size=768, num_hidden_layers=12, num_attention_heads=12, intermediate_size=3072,
        max_position_embeddings=512,
    ),
}  # fmt: skip


def model(vocab_size, preset="tiny", **overrides):
    """A new transformers.BertForMaskedLM with random weights (seed torch before), in training mode.

    vocab_size: V. preset: "tiny" (2 layers of width 128, at most 128 positions: 0.4 million parameters and 128 per
    word) or "bert-base" (12 layers of width 768, at most 512 positions: 86 million and 768 per word).
    overrides: BertConfig's own names, e.g. num_hidden_layers=4, hidden_size=64, hidden_dropout_prob=0.1.
    pad_token_id=None says that rows are packed and hold no padding, so that no position needs hiding.
    Raises ValueError for an unknown preset, an unknown setting, and a width that the heads do not divide.
    """
    from transformers import BertConfig, BertForMaskedLM

    if preset not in PRESETS:
        raise ValueError(f"preset={preset!r} is unknown: choose from {', '.join(map(repr, PRESETS))}")
    known = set(BertConfig().to_dict())
    for name in overrides:
        if name not in known:  # BertConfig itself would keep it and never look at it again
            raise ValueError(f"{name}={overrides[name]!r}: BertConfig has no such setting; see its documentation")
    settings = {"vocab_size": vocab_size} | PRESETS[preset] | overrides
    if settings["hidden_size"] % settings["num_attention_heads"]:
        raise ValueError(
            f"num_attention_heads={settings['num_attention_heads']} does not divide hidden_size="
            f"{settings['hidden_size']}: each head takes an equal part of the width"
        )
    return BertForMaskedLM(BertConfig(**settings))


def body(model):
    """The part of `model` that turns ids into vectors: transformers' BertModel, or a TextModel itself."""
    return getattr(model, "bert", model)


def pad_id(model):
    """The id of padding, or None: from a TextModel's `pad_id` or a transformers model's config."""
    return model.config.pad_token_id if hasattr(model, "bert") else getattr(model, "pad_id", None)


def hidden_states(model, ids):
    """What the model makes of each token in its context: ids (B, L) int64 -> (B, L, D).

    model: a transformers model with a BERT body (BertForMaskedLM, ...), or anything called as a TextModel is.
    Padding is hidden from attention. Raises ValueError for rows longer than the model has positions.
    """
    if not hasattr(model, "bert"):
        return model(ids)
    longest = model.config.max_position_embeddings
    if ids.shape[1] > longest:
        raise ValueError(
            f"ids has {ids.shape[1]} positions, but the model has max_position_embeddings={longest}: cut or pack the "
            "rows to that length, or build the model with more"
        )
    pad = pad_id(model)
    return model.bert(ids, attention_mask=None if pad is None else ids != pad).last_hidden_state


def logits(model, hidden):
    """One score per word of the vocabulary, by the model's own head: hidden (..., D) -> (..., V)."""
    return model.cls(hidden) if hasattr(model, "cls") else model.logits(hidden)


@torch.no_grad()
def attention(model, ids, layer=-1):
    """The attention weights of one layer for a picture: ids (B, L) -> (B, H, L, L), row i = where position i looks.

    Rows sum to one, as in evaluation: without dropout. The fused kernel never stores these weights, so BERT computes
    them here the plain way.
    """
    if not hasattr(model, "bert"):
        return model.attention(ids, layer)
    pad, fused, training = pad_id(model), model.config._attn_implementation, model.training
    model.set_attn_implementation("eager")
    model.eval()
    try:
        mask = None if pad is None else ids != pad
        return model.bert(ids, attention_mask=mask, output_attentions=True).attentions[layer]
    finally:
        model.set_attn_implementation(fused)
        model.train(training)
