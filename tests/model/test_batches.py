"""Targets and batches; skipped where the training extra is not installed."""

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="the training extra is not installed")

from model.batches import Batches, Targets  # noqa: E402
from model.dataset import Tiles  # noqa: E402
from model.recipe import Recipe  # noqa: E402
from tests.model.made_up import made_up  # noqa: E402

PLAN = Recipe(epochs=2, seed=0, batch=16)


def test_batches_are_the_same_for_the_same_seed_and_differ_between_epochs() -> None:
    tiles = made_up(40)
    targets = Targets.of(tiles)
    first, again = Batches(tiles, targets, PLAN, 0), Batches(tiles, targets, PLAN, 0)
    other = Batches(tiles, targets, PLAN, 1)
    assert len(first) == 2
    for number in range(2):
        pairs = zip(first[number], again[number], strict=True)
        assert all(torch.equal(a, b) for a, b in pairs)
        assert not torch.equal(first[number][0], other[number][0])


def test_targets_are_distributions_and_teachers_take_their_share() -> None:
    tiles = made_up(4)
    votes = tiles.votes.copy()
    votes[0] = 0
    labels = Targets.of(Tiles(tiles.pixels, tiles.emotion, votes))
    assert labels.ferplus_weight.tolist() == [0, 1, 1, 1]
    opinions = np.full((4, 15), 1 / 8, np.float32)
    opinions[:, 8:] = 1 / 7
    blended = labels.blended(opinions, 0.6)
    for part in (labels.ferplus, labels.fer2013, blended.ferplus, blended.fer2013):
        assert np.allclose(part.sum(axis=1), 1, atol=1e-5)
    assert np.allclose(blended.ferplus[0], 1 / 8)
    assert blended.ferplus[1, 0] == pytest.approx(0.4 + 0.6 / 8)
