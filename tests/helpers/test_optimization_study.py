"""What chapter 05 says about its study holds for every seed, and the script still measures it."""

import pytest

from helpers import studies

STUDY = studies.load("optimization")["results"]


def best(table):
    return min(table, key=lambda rate: sum(table[rate]))


def ends(name):
    return [curve[-1][2] for curve in STUDY["regularization"][name]["curves"]]


def lowest(name):
    return [min(row[2] for row in curve) for curve in STUDY["regularization"][name]["curves"]]


def test_warmup_matters_at_a_high_rate_only():
    cold, warm = STUDY["rates"]["warmup 0.0"], STUDY["rates"]["warmup 0.1"]
    assert min(cold["0.1"]) > max(warm["0.1"])
    assert all(abs(sum(cold[rate]) - sum(warm[rate])) / 3 < 0.03 for rate in ("0.0003", "0.001", "0.003", "0.01"))


def test_with_a_fixed_number_of_sentences_small_batches_win_and_want_no_higher_rate():
    sizes = STUDY["batches"]
    scores = [sizes[size][best(sizes[size])] for size in ("8", "32", "128", "512")]
    assert all(max(a) < min(b) for a, b in zip(scores, scores[1:], strict=False))
    rates = [float(best(sizes[size])) for size in ("8", "32", "128", "512")]
    assert rates == sorted(rates)


def test_few_sentences_overfit_and_more_sentences_help_most():
    assert min(ends("none")) > max(lowest("none")) + 1
    assert all(curve[-1][1] < STUDY["floor"] - 0.5 for curve in STUDY["regularization"]["none"]["curves"])
    remedies = [name for name in STUDY["regularization"] if name != "10x the sentences"]
    assert all(max(lowest("dropout 0.3")) < min(lowest(name)) for name in remedies if name != "dropout 0.3")
    assert max(ends("10x the sentences")) < min(min(lowest(name)) for name in remedies) - 0.2
    assert all(STUDY["regularization"][name]["ensemble"] < min(ends(name)) for name in remedies)


def test_an_average_of_the_weights_ends_below_a_decayed_rate():
    last = {name: [curve[-1][2] for curve in curves] for name, curves in STUDY["average"].items()}
    assert max(last["constant, averaged"]) < min(last["cosine"]) and max(last["cosine"]) < min(last["constant"])


def test_each_sick_curve_shows_its_cause():
    sick, floor, unigram = STUDY["sick"], STUDY["floor"], STUDY["unigram"]
    assert sick["A"][0][1] > 2 * unigram and sick["A"][-1][2] > 2 * floor  # much too large a rate
    assert sick["B"][-1][1] < floor < sick["B"][-1][2] - 1  # learned by heart
    assert sick["C"][-1][2] < 0.1 * floor  # sees its targets
    losses = [row[2] for row in sick["D"]]
    assert losses == sorted(losses, reverse=True) and losses[-1] > floor + 0.5  # too small a rate
    assert sick["healthy"][-1][2] < floor + 0.05


def test_the_best_of_a_search_is_near_the_floor_and_tested_once():
    for found in STUDY["search"]:
        assert len(found["trials"]) == 16
        assert found["best"]["validation"] == min(trial["validation"] for trial in found["trials"])
        assert found["best"]["test"] - found["best"]["validation"] == pytest.approx(0.034, abs=0.006)


@pytest.mark.slow
def test_the_study_repeats(script, one_thread):
    study = script("studies/optimization.py")
    many, held_out = study.sentences(20_000, 0), study.sentences(500, 1)
    for size in (8, 128):
        _, curve = study.train(0, 6400 // size, data=many, held_out=held_out, lr=1e-2, batch_size=size)
        assert curve[-1][2] == pytest.approx(STUDY["batches"][str(size)]["0.01"][0], abs=0.05)
    _, curve = study.train(0, 400, data=study.sentences(200, 5), held_out=held_out, looks=20)
    assert curve[-1][2] == pytest.approx(ends("none")[0], abs=0.3)
