import pytest
import torch
from scipy.stats import binom

from helpers.masking import IGNORE, causal_labels, mask_exactly, mask_tokens, span_index, word_index

V, MASK = 30, 4


def batch(rows=400, length=64, seed=0):
    """Rows of [CLS] ordinary words [SEP] [PAD] [PAD]."""
    generator = torch.Generator().manual_seed(seed)
    ids = torch.randint(5, V, (rows, length), generator=generator)
    ids[:, 0], ids[:, -3], ids[:, -2:] = 2, 3, 0
    return ids


def masked(ids, seed=0, **how):
    return mask_tokens(ids, vocab_size=V, generator=torch.Generator().manual_seed(seed), **how)


def plausible(count, n, p):
    """Whether a count lies within the central 1 - 1e-6 of the binomial distribution."""
    low, high = binom.ppf([5e-7, 1 - 5e-7], n, p)
    return low <= int(count) <= high


@pytest.mark.parametrize(
    ("rate", "mask", "swap"), [(0.15, 0.8, 0.1), (0.4, 0.5, 0.5), (0.3, 1.0, 0.0), (0.2, 0.0, 0.0)]
)
def test_tokens_are_chosen_masked_swapped_and_kept_as_often_as_stated(rate, mask, swap):
    ids = batch()
    inputs, labels = masked(ids, rate=rate, mask=mask, swap=swap)
    ordinary, chosen = int((ids > MASK).sum()), labels != IGNORE
    same = swap / (V - 5)  # a random word may be the word itself
    assert plausible(chosen.sum(), ordinary, rate)
    assert plausible((inputs[chosen] == MASK).sum(), int(chosen.sum()), mask)
    assert plausible(((inputs != ids) & (inputs != MASK) & chosen).sum(), int(chosen.sum()), swap - same)
    assert plausible((inputs[chosen] == ids[chosen]).sum(), int(chosen.sum()), 1 - mask - swap + same)


def test_every_position_and_every_word_is_chosen_equally_often():
    ids = batch(rows=4000)
    _, labels = masked(ids)
    ordinary, chosen = ids > MASK, labels != IGNORE
    for i in range(1, 61):
        assert plausible(chosen[:, i].sum(), int(ordinary[:, i].sum()), 0.15)
    for word in range(5, V):
        assert plausible(chosen[ids == word].sum(), int((ids == word).sum()), 0.15)


def test_random_words_are_uniform_over_ordinary_words():
    ids = batch()
    inputs, _ = masked(ids, rate=1.0, mask=0.0, swap=1.0)
    counts = torch.bincount(inputs[ids > MASK], minlength=V)
    assert (counts[:5] == 0).all()
    assert all(plausible(count, int(counts.sum()), 1 / (V - 5)) for count in counts[5:])


def test_a_special_token_is_never_masked_even_at_rate_one():
    ids = batch()
    inputs, labels = masked(ids, rate=1.0, mask=1.0, swap=0.0)
    special = ids <= MASK
    assert torch.equal(inputs[special], ids[special]) and (labels[special] == IGNORE).all()
    assert (inputs[~special] == MASK).all() and torch.equal(labels[~special], ids[~special])


def test_special_ids_can_be_named():
    ids = batch()
    inputs, labels = mask_tokens(ids, vocab_size=V, mask_id=29, special_ids=[0, 2, 3, 7], rate=1.0, mask=0.5, swap=0.5)
    assert (labels[ids == 7] == IGNORE).all() and not (inputs[(ids != 7) & (ids > MASK) & (ids != 29)] == 7).any()
    assert (labels[ids == 29] == IGNORE).all()  # a [MASK] that is already there has no word to ask for


def test_what_is_not_chosen_is_unchanged_and_has_no_label():
    ids = batch()
    before = ids.clone()
    inputs, labels = masked(ids)
    chosen = labels != IGNORE
    assert torch.equal(inputs[~chosen], ids[~chosen]) and torch.equal(labels[chosen], ids[chosen])
    assert torch.equal(ids, before) and inputs.data_ptr() != ids.data_ptr() != labels.data_ptr()


def test_the_same_generator_gives_the_same_masks_and_the_next_draw_others():
    ids = batch()
    generator = torch.Generator().manual_seed(7)
    first, second = (mask_tokens(ids, vocab_size=V, generator=generator)[1] for _ in range(2))
    assert torch.equal(first, masked(ids, seed=7)[1]) and not torch.equal(first, second)


def test_a_batch_that_draws_nothing_is_drawn_again():
    for seed in range(100):
        _, labels = masked(torch.tensor([[2, 8, 9, 3]]), seed=seed, rate=0.05)
        assert (labels != IGNORE).any()


def test_any_shape_and_any_signed_integer_type():
    for ids in (batch()[0], batch().reshape(4, 100, 64), batch().int()):
        inputs, labels = masked(ids)
        assert inputs.shape == labels.shape == ids.shape and inputs.dtype == labels.dtype == ids.dtype


@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a GPU")
def test_a_cpu_generator_gives_the_same_masks_on_a_gpu():
    for here, there in zip(masked(batch()), masked(batch().cuda()), strict=True):
        assert there.is_cuda and torch.equal(here, there.cpu())


class Tokenizer:
    """What transformers' collator asks of one."""

    mask_token, mask_token_id, is_fast = "[MASK]", MASK, True

    def __len__(self):
        return V

    def convert_tokens_to_ids(self, token):
        return MASK


def test_the_distribution_is_that_of_the_transformers_collator():
    from transformers import DataCollatorForLanguageModeling

    ids = batch(rows=1000)
    torch.manual_seed(0)
    collator = DataCollatorForLanguageModeling(Tokenizer(), mlm_probability=0.15)
    theirs = collator.torch_mask_tokens(ids.clone(), (ids <= MASK).long())

    def shares(inputs, labels):
        chosen = labels != IGNORE
        fates = [inputs == MASK, (inputs != ids) & (inputs > MASK), inputs == ids]
        return torch.stack([chosen.sum() / (ids > MASK).sum()] + [fate[chosen].double().mean() for fate in fates])

    # theirs also draws special tokens as random words, ours never: 10% * 5/30 of the chosen
    allowed = torch.tensor([0.006, 0.015, 0.02 + 0.1 / 6, 0.015])
    assert ((shares(*masked(ids)) - shares(*theirs)).abs() < allowed).all()


# Whole words and spans

IS_SUBWORD = torch.arange(V) >= 20  # of the 25 ordinary pieces, the last 10 continue a word


def words_of(ids):
    return word_index(ids, IS_SUBWORD)


def test_a_piece_that_continues_belongs_to_the_word_before_it():
    ids = torch.tensor([[2, 7, 20, 21, 8, 9, 25, 3]])
    assert words_of(ids).tolist() == [[0, 1, 1, 1, 2, 3, 3, 4]]


def test_a_row_may_begin_inside_a_word():
    assert words_of(torch.tensor([[20, 21, 7], [2, 20, 7]])).tolist() == [[0, 0, 1], [0, 0, 1]]
    _, labels = masked(torch.tensor([[2, 20, 7]]), rate=1.0, groups=torch.tensor([[0, 0, 1]]))
    assert labels.tolist() == [[IGNORE, 20, 7]]  # the rest of a word is masked, though [CLS] stands before it


@pytest.mark.parametrize("group", [words_of, lambda ids: span_index(words_of(ids))])
def test_the_pieces_of_a_group_share_one_fate(group):
    ids = batch(rows=1000)
    groups, ordinary = group(ids), ids > MASK
    inputs, labels = masked(ids, groups=groups, swap=0.0)
    rows = torch.arange(len(ids))[:, None] * ids.shape[1]
    size, chosen, hidden = (
        torch.bincount((rows + groups)[ordinary & what], minlength=ids.numel())
        for what in (ordinary, labels != IGNORE, inputs == MASK)
    )
    assert torch.equal(chosen, size * (chosen > 0)) and torch.equal(hidden, size * (hidden > 0))
    assert plausible((chosen > 0).sum(), int((size > 0).sum()), 0.15)
    assert plausible((hidden > 0).sum(), int((chosen > 0).sum()), 0.8)  # 80/10/10 holds for words, too


def test_each_piece_of_a_replaced_word_is_replaced_by_a_word_of_its_own():
    ids = torch.full((2000, 3), 7)
    inputs, _ = masked(ids, groups=torch.zeros_like(ids), rate=1.0, mask=0.0, swap=1.0)
    same = int((inputs[:, 0] == inputs[:, 1]).sum())
    assert plausible(same, len(ids), 1 / 25)


def test_the_length_of_a_span_is_geometric_and_its_mean_is_as_asked():
    words = torch.arange(400).expand(500, 400)
    lengths = torch.cat([row.bincount()[:-1] for row in span_index(words, mean=4.0)])  # the last one is cut off
    for length in range(1, 6):
        # counted in rows of 400, long spans are cut off a little more often than short ones
        assert abs((lengths == length).double().mean() - 0.25 * 0.75 ** (length - 1)) < 0.01
    assert abs(lengths.double().mean() - 4.0) < 0.06


def test_spans_hold_whole_words_and_spans_of_one_word_are_words():
    words = words_of(batch())
    spans = span_index(words, generator=torch.Generator().manual_seed(0))
    assert ((words.diff() == 0) <= (spans.diff() == 0)).all()
    assert torch.equal(span_index(words, mean=1.0), words)


@pytest.mark.filterwarnings("ignore:Random token replacement")  # theirs always shows [MASK]; ours keeps 80/10/10
def test_whole_words_are_chosen_as_often_as_by_the_transformers_collator():
    from transformers import DataCollatorForLanguageModeling

    ids = batch(rows=1000)
    ids[:, 1] = 7  # theirs counts a piece after [CLS] as a word
    words, special = words_of(ids), ids <= MASK
    touching = torch.arange(64) + words  # pieces of a word touch, between words is a gap
    collator = DataCollatorForLanguageModeling(Tokenizer(), whole_word_mask=True)
    torch.manual_seed(0)
    _, theirs = collator.torch_mask_tokens(ids.clone(), special.long(), torch.stack([touching, touching + 1], 2))
    _, ours = masked(ids, groups=words)
    first = ~special & (words.diff(dim=1, prepend=words[:, :1] - 1) != 0)
    for labels in (theirs, ours):
        chosen = labels != IGNORE
        assert plausible((chosen & first).sum(), int(first.sum()), 0.15)
        assert torch.equal(chosen[:, 1:][(words.diff() == 0)], chosen[:, :-1][words.diff() == 0])


# Exactly k


def exactly(ids, k, seed=0, **how):
    return mask_exactly(ids, k, vocab_size=V, generator=torch.Generator().manual_seed(seed), **how)


def test_every_row_has_exactly_k_targets_on_different_ordinary_tokens():
    ids = batch()
    inputs, positions, targets = exactly(ids, 9)
    assert positions.shape == targets.shape == (400, 9) and torch.equal(ids.gather(1, positions), targets)
    assert (targets > MASK).all() and all(len(set(row)) == 9 for row in positions.tolist())
    untouched = torch.ones_like(ids).scatter(1, positions, 0).bool()
    assert torch.equal(inputs[untouched], ids[untouched])


def test_exactly_k_masks_swaps_and_keeps_as_often_as_stated_and_every_position_equally():
    ids = batch(rows=4000)
    inputs, positions, targets = exactly(ids, 9)
    shown, n = inputs.gather(1, positions), targets.numel()
    assert plausible((shown == MASK).sum(), n, 0.8)
    assert plausible(((shown != MASK) & (shown != targets)).sum(), n, 0.1 * 24 / 25)
    assert (shown > 3).all()  # a random word is never a special one
    counts = torch.bincount(positions.flatten(), minlength=64)
    assert all(plausible(count, 4000, 9 / 60) for count in counts[1:61]) and counts[61:].sum() == counts[0] == 0


def test_a_row_with_too_few_words_has_them_all_chosen_and_the_rest_ignored():
    inputs, _, targets = exactly(torch.tensor([[2, 7, 8, 3, 0, 0], [2, 9, 9, 9, 9, 3]]), 3, mask=1.0, swap=0.0)
    assert sorted(targets[0].tolist()) == [IGNORE, 7, 8] and targets[1].tolist() == [9, 9, 9]
    assert inputs[0].tolist() == [2, 4, 4, 3, 0, 0]


def test_exactly_k_leaves_its_input_alone_and_repeats_itself():
    ids = batch()
    before, first, second = ids.clone(), exactly(ids, 5), exactly(ids, 5)
    assert torch.equal(ids, before) and all(map(torch.equal, first, second))


# From left to right


def test_a_language_model_asks_every_token_for_the_next():
    inputs, labels = causal_labels(torch.tensor([[2, 7, 8, 3, 0]]))
    assert inputs.tolist() == [[2, 7, 8, 3]] and labels.tolist() == [[7, 8, 3, IGNORE]]


def test_next_word_prediction_is_filling_in_with_causal_labels():
    from helpers import objectives
    from helpers.encoder import TextModel

    torch.manual_seed(0)
    model = TextModel(V, 64, dim=16, depth=1, heads=2, causal=True)
    loss, count = objectives.mlm(model, *causal_labels(batch(rows=4)))
    same, as_many = objectives.causal(model, batch(rows=4))
    assert count == as_many and torch.allclose(loss, same)


# Input that makes no sense


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"rate": 1.2}, "rate.*1.2"),
        ({"rate": -0.1}, "rate"),
        ({"rate": 0}, "rate=0 chooses no token"),
        ({"mask": 1.1}, "mask"),
        ({"swap": -1}, "swap"),
        ({"mask": 0.8, "swap": 0.3}, r"mask \+ swap must be at most 1"),
        ({"mask_id": 30}, r"special_ids and mask_id must lie in 0..29, got 30"),
        ({"special_ids": [-1]}, "got -1"),
    ],
)
def test_wrong_arguments_are_named(wrong, message):
    with pytest.raises(ValueError, match=message):
        masked(batch(), **wrong)


def test_wrong_ids_are_named():
    with pytest.raises(ValueError, match=r"0..29 .*got 0..30"):
        masked(batch() + (batch() == 29))
    with pytest.raises(ValueError, match="-100 belongs in the labels"):
        masked(batch().masked_fill(batch() == 0, IGNORE))
    with pytest.raises(TypeError, match="torch.float32"):
        masked(batch().float())
    with pytest.raises(TypeError, match="torch.bool"):
        masked(batch() > 3)
    with pytest.raises(TypeError, match="signed integers, got torch.uint8"):  # -100 would be the word 156
        masked(batch().byte())
    with pytest.raises(ValueError, match="no ordinary token"):
        masked(torch.tensor([[2, 3, 0, 0]]))
    with pytest.raises(ValueError, match="no ordinary token"):
        masked(torch.empty(0, 5, dtype=torch.long))


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda ids: masked(ids, groups=ids[:, 1:]), r"groups \(400, 63\) should have the shape of ids, \(400, 64\)"),
        (lambda ids: span_index(ids, mean=0.5), "mean=0.5"),
        (lambda ids: exactly(ids, 0), "k=0 should lie in 1..L"),
        (lambda ids: exactly(ids, 65), r"k=65 .* got the shape \(400, 64\)"),
        (lambda ids: exactly(ids[0], 2), r"k=2 .* got the shape \(64,\)"),
        (lambda ids: exactly(ids[:, -2:], 1), "no ordinary token"),
        (lambda ids: exactly(ids + 9, 1), "0..29"),
        (lambda ids: exactly(ids, 1, mask=0.8, swap=0.3), r"mask \+ swap must be at most 1"),
    ],
)
def test_what_the_variants_refuse(call, message):
    with pytest.raises(ValueError, match=message):
        call(batch())
