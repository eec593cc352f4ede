"""The label follows a clear change at once and ignores flicker."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vcam.classify.smoothing import Smoother, Smoothing

STEP_NS = 100_000_000


def chances(best: int, share: float = 0.9, classes: int = 8) -> np.ndarray:
    p = np.full(classes, (1 - share) / (classes - 1), np.float32)
    p[best] = share
    return p


def feed(smoother: Smoother, sequence: list[np.ndarray], start_ns: int = 0) -> list[int]:
    labels = []
    for i, p in enumerate(sequence):
        smoother.update(p, start_ns + i * STEP_NS)
        labels.append(smoother.label)
    return labels


def test_the_first_sure_look_sets_the_label() -> None:
    smoother = Smoother(Smoothing(), 8)
    smoother.update(chances(2), 0)
    assert smoother.label == 2
    assert smoother.certain


@pytest.mark.parametrize("share", [0.7, 0.8, 0.9, 1.0])
def test_a_clear_change_shows_within_300_ms(share: float) -> None:
    smoother = Smoother(Smoothing(), 8)
    feed(smoother, [chances(0, share)] * 20)
    # The face changes right after a reading: the first that sees it comes 100 ms later.
    labels = feed(smoother, [chances(1, share)] * 3, start_ns=20 * STEP_NS)
    assert 1 in labels[:2]
    assert labels[-1] == 1


def test_one_odd_reading_changes_nothing() -> None:
    smoother = Smoother(Smoothing(), 8)
    labels = feed(smoother, [chances(0)] * 10 + [chances(3)] + [chances(0)] * 10)
    assert set(labels) == {0}


def test_it_is_calm_while_nothing_new_is_said() -> None:
    smoother = Smoother(Smoothing(), 8)
    feed(smoother, [chances(0)])
    assert not smoother.calm
    feed(smoother, [chances(0)], STEP_NS)
    assert smoother.calm
    feed(smoother, [chances(0, 0.75)], 2 * STEP_NS)
    assert not smoother.calm
    feed(smoother, [chances(0, 0.75)] * 3, 3 * STEP_NS)
    assert smoother.calm
    smoother.miss()
    assert not smoother.calm


def test_it_is_turning_and_not_calm_while_another_class_is_about_to_take_over() -> None:
    smoother = Smoother(Smoothing(hold_s=10), 8)
    feed(smoother, [chances(0)] * 3)
    feed(smoother, [chances(1)] * 10, 3 * STEP_NS)
    assert smoother.label == 0
    assert smoother.turning
    assert not smoother.calm


def test_two_classes_in_a_tie_do_not_alternate() -> None:
    smoother = Smoother(Smoothing(), 8)
    rng = np.random.default_rng(0)
    mixed = [chances(0, 0.45) / 2 + chances(1, 0.45 + rng.normal(0, 0.1)) / 2 for _ in range(100)]
    labels = feed(smoother, [(p / p.sum()).astype(np.float32) for p in mixed])
    assert sum(a != b for a, b in itertools.pairwise(labels)) <= 1


def test_a_guess_is_not_certain_and_keeps_the_label() -> None:
    smoother = Smoother(Smoothing(), 8)
    feed(smoother, [chances(1)] * 10)
    feed(smoother, [chances(5, 0.2)] * 20, start_ns=10 * STEP_NS)
    assert smoother.label == 1
    assert not smoother.certain


def test_a_miss_keeps_label_and_probabilities() -> None:
    smoother = Smoother(Smoothing(), 8)
    feed(smoother, [chances(4)] * 3)
    before = smoother.probabilities.copy()
    smoother.miss()
    assert (smoother.label, smoother.certain) == (4, False)
    assert np.array_equal(before, smoother.probabilities)


def test_time_must_not_go_backwards() -> None:
    smoother = Smoother(Smoothing(), 8)
    smoother.update(chances(0), 5)
    with pytest.raises(ValueError, match="backwards"):
        smoother.update(chances(0), 4)


@pytest.mark.parametrize("wrong", [{"margin": 0.9}, {"time_constant_s": 0.0}, {"floor": 1.5}, {"hold_s": -1}])
def test_impossible_settings_are_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match=r"must"):
        Smoothing(**wrong)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 7), st.floats(0.2, 1.0)), min_size=1, max_size=60))
def test_probabilities_stay_probabilities_and_changes_keep_their_distance(readings: list) -> None:
    smoother = Smoother(Smoothing(), 8)
    changes = []
    for i, (best, share) in enumerate(readings):
        before = smoother.label
        smoother.update(chances(best, share), i * STEP_NS)
        assert smoother.probabilities.sum() == pytest.approx(1, abs=1e-4)
        if smoother.label != before and i:
            changes.append(i)
    assert all(b - a >= 2 for a, b in itertools.pairwise(changes))
