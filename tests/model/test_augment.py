"""Random views of a tile."""

import numpy as np
import pytest

from model.augment import augmented_crop


@pytest.fixture
def tile() -> np.ndarray:
    tile = np.full((48, 48), 90, np.uint8)
    tile[18:21, 12:18] = tile[18:21, 30:36] = 10
    tile[36:39, 17:31] = 220
    return tile


@pytest.mark.parametrize("size", [32, 40, 44])
def test_views_have_the_asked_size_and_differ(tile: np.ndarray, size: int) -> None:
    rng = np.random.default_rng(0)
    views = [augmented_crop(tile, size, rng) for _ in range(40)]
    assert all(view.shape == (size, size) and view.dtype == np.uint8 for view in views)
    assert len({view.tobytes() for view in views}) == 40


def test_a_seed_gives_the_same_view_again_and_the_tile_stays_as_it_is(tile: np.ndarray) -> None:
    before = tile.copy()
    first = augmented_crop(tile, 40, np.random.default_rng(7))
    assert np.array_equal(first, augmented_crop(tile, 40, np.random.default_rng(7)))
    assert np.array_equal(tile, before)


def test_the_mean_view_keeps_the_face_in_its_place(tile: np.ndarray) -> None:
    rng = np.random.default_rng(0)
    mean = np.mean([augmented_crop(tile, 40, rng) for _ in range(400)], axis=0)
    eyes, mouth, cheek = mean[13:18].mean(), mean[31:36, 14:26].mean(), mean[22:27, 14:26].mean()
    assert eyes < cheek - 3
    assert mouth > cheek + 8
    assert np.abs(mean - mean[:, ::-1]).mean() < 6
