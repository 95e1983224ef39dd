"""What chapter 01 says about its two studies holds for every seed, and the scripts still measure it."""

import pytest

from helpers import studies

GRAMMAR, DIGITS = (studies.load(name)["results"] for name in ("few_labels_grammar", "few_labels_digits"))


def test_three_seeds_everywhere():
    for results in (GRAMMAR, DIGITS):
        assert all(len(seeds) == 3 for table in results["accuracy"].values() for seeds in table.values())


def test_pre_training_helps_with_every_number_of_labels_in_every_seed():
    tuned, scratch = GRAMMAR["accuracy"]["pre-trained, fine-tuned"], GRAMMAR["accuracy"]["from scratch"]
    assert all(a > b for labels in tuned for a, b in zip(tuned[labels], scratch[labels], strict=True))
    assert min(tuned["200"]) > 0.95 and max(scratch["200"]) < 0.6 < min(scratch["1000"])


def test_word_counts_are_a_coin():
    assert all(abs(value - 0.5) < 0.04 for seeds in GRAMMAR["accuracy"]["word counts"].values() for value in seeds)


def test_more_unlabeled_sentences_overfit_less():
    gaps = [[seed["new"] - seed["train"] for seed in seeds] for seeds in GRAMMAR["pre-training"].values()]
    assert min(gaps[0]) > 1 and max(gaps[1]) < 0.2 and max(gaps[2]) < 0.05


def test_contrastive_features_beat_pixels_and_chance_features_and_rotation_loses_to_both():
    table = {name: by_labels["10"] for name, by_labels in DIGITS["accuracy"].items()}
    assert min(table["contrastive"]) > 0.15 + max(table["raw pixels"] + table["untrained"])
    assert max(table["rotation"]) < min(table["untrained"])


def test_without_negatives_all_images_fall_on_one_point():
    assert all(seed["similarity"] > 0.999 for seed in DIGITS["collapse"]["no negatives"])
    assert all(abs(seed["similarity"]) < 0.05 for seed in DIGITS["collapse"]["contrastive"])
    assert max(DIGITS["accuracy"]["no negatives"]["10"]) < min(DIGITS["accuracy"]["untrained"]["10"])


@pytest.mark.slow
@pytest.mark.parametrize("name, steps", [("few_labels_grammar", (1000, 200)), ("few_labels_digits", (150, 20))])
def test_the_study_repeats(name, steps, script, one_thread):
    table, _ = script(f"studies/{name}.py").one_seed(0, *steps)
    before = studies.load(name)["results"]["accuracy"]
    for method, by_labels in table.items():
        for labels, value in by_labels.items():
            assert value == pytest.approx(before[method][labels][0], abs=0.08), (method, labels)
