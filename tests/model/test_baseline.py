"""The network to compare with; skipped where the training extra is not installed."""

import os

import numpy as np
import pytest

pytest.importorskip("tensorflow", reason="the training extra is not installed")
os.environ["KERAS_BACKEND"] = "tensorflow"

from model import baseline
from model.dataset import Tiles

pytestmark = pytest.mark.filterwarnings("default")


@pytest.mark.parametrize("filters", [(4,), (4, 6), (2, 2, 4, 4)])
def test_layers_come_in_pairs_with_a_pooling_each(filters: tuple[int, ...]) -> None:
    layers = baseline.build(filters).layers
    kinds = [layer.__class__.__name__ for layer in layers]
    assert [layer.filters for layer in layers if hasattr(layer, "filters")] == list(np.repeat(filters, 2))
    assert kinds.count("MaxPooling2D") == len(filters)
    assert kinds.count("Dense") == 1


def test_it_learns_what_is_easy() -> None:
    pixels = np.full((64, 48, 48), 20, np.uint8)
    pixels[::2, 30:40] = 250
    emotion = np.where(np.arange(64) % 2 == 0, 3, 6).astype(np.int64)
    tiles = Tiles(pixels, emotion, np.zeros((64, 10), np.float32))
    model = baseline.build((16,))
    baseline.train(model, tiles, 10, seed=0)
    steps = int(model.optimizer.iterations)
    baseline.train(model, tiles, 25, seed=0, done=10)
    assert int(model.optimizer.iterations) == 2.5 * steps, "the second call goes on"
    assert baseline.accuracy(model, tiles) > 0.9


@pytest.mark.parametrize("filters", [(), (4, 0)])
def test_impossible_sizes_are_refused(filters: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="at least one"):
        baseline.build(filters)
