import math
from dataclasses import replace

import cv2
import numpy as np
import pytest

from tests.drawing import draw
from vcam.animate.art.picture import reach_of
from vcam.types import Placement, Sprite

IDENTITY = np.array([[1.0, 0, 0], [0, 1, 0]])


def disc(side: int = 64, bgr: tuple[int, int, int] = (0, 200, 250), radius: float = 0.45) -> Sprite:
    """A premultiplied disc with a smooth edge of two pixels."""
    y, x = np.mgrid[:side, :side] - (side - 1) / 2
    alpha = np.clip((radius * side - np.hypot(x, y)) / 2 + 0.5, 0, 1)[..., np.newaxis]
    return Sprite("disc", np.rint(np.concatenate([alpha * bgr, alpha * 255], axis=2)).astype(np.uint8))


def place(sprite: Sprite, x: float = 0, y: float = 0, scale: float = 1, turn: float = 0, opacity: float = 1):
    c, s = scale * math.cos(turn), scale * math.sin(turn)
    return Placement(sprite, np.array([[c, -s, x], [s, c, y]]), opacity, 1)


def noise(width: int, height: int) -> np.ndarray:
    return np.random.default_rng(0).integers(0, 256, (height, width, 3), np.uint8)


@pytest.fixture
def warped_px(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many pixels each warp makes, from now on."""
    areas: list[int] = []
    real = cv2.warpAffine

    def spy(source: np.ndarray, matrix: np.ndarray, size: tuple[int, int], **kwargs: int) -> np.ndarray:
        areas.append(size[0] * size[1])
        return real(source, matrix, size, **kwargs)

    monkeypatch.setattr(cv2, "warpAffine", spy)
    return areas


@pytest.mark.parametrize("opacity", [1.0, 0.6, 0.0])
def test_blending_is_the_over_operator(opacity: float) -> None:
    sprite, below = disc(), noise(64, 64)
    pixels = below.copy()
    draw(pixels, Placement(sprite, IDENTITY, opacity, 1))
    layer = sprite.pixels.astype(float) * opacity
    expected = layer[..., :3] + below * (1 - layer[..., 3:] / 255)
    assert np.abs(pixels - expected).max() <= 1.6


def test_no_halo_where_art_and_picture_have_the_same_colour() -> None:
    sprite = disc(bgr=(90, 120, 200))
    pixels = np.full((120, 120, 3), (90, 120, 200), np.uint8)
    draw(pixels, place(sprite, 31.4, 22.7, 0.9, 0.4))
    assert np.abs(pixels.astype(int) - (90, 120, 200)).max() <= 2


def test_an_opaque_square_gets_soft_edges_and_lies_where_the_affine_says() -> None:
    square = Sprite("square", np.full((20, 20, 4), 255, np.uint8))
    pixels = np.zeros((40, 40, 3), np.uint8)
    draw(pixels, place(square, 10.5, 10.25))
    assert pixels.sum() / 3 / 255 == pytest.approx(400, rel=0.01)
    y, x = np.mgrid[:40, :40]
    grey = pixels[..., 0] / pixels[..., 0].sum()
    assert (grey * x).sum() == pytest.approx(10.5 + 9.5, abs=0.02)
    assert (grey * y).sum() == pytest.approx(10.25 + 9.5, abs=0.02)
    assert set(np.unique(pixels)) - {0, 255}


@pytest.mark.parametrize("x", [-70.3, -30.6, 20.2, 75.5, 140.0])
@pytest.mark.parametrize("y", [-66.1, -21.7, 15.4, 61.9, 99.0])
def test_clipping_equals_a_larger_picture_cropped(x: float, y: float) -> None:
    sprite, pad = disc(), 100
    below = noise(120 + 2 * pad, 90 + 2 * pad)
    whole, cut = below.copy(), below[pad:-pad, pad:-pad].copy()
    draw(whole, place(sprite, x + pad, y + pad, 1.1, 0.3))
    draw(cut, place(sprite, x, y, 1.1, 0.3))
    assert np.abs(whole[pad:-pad, pad:-pad].astype(int) - cut).max() <= 1


def test_only_the_visible_part_of_a_huge_sprite_is_warped(warped_px: list[int]) -> None:
    draw(noise(100, 80), place(disc(), 60, 40, 200))
    assert 0 < sum(warped_px) <= 100 * 80


@pytest.mark.parametrize("seed", range(12))
def test_what_lies_outside_of_the_reach_is_left_out_and_not_missed(seed: int) -> None:
    rng = np.random.default_rng(seed)
    plain = disc(300)
    round_one = replace(plain, reach=reach_of(plain.pixels))
    linear = rng.normal(0, 0.5, (2, 2)) + np.eye(2) * rng.uniform(0.3, 1.5)
    affine = np.column_stack([linear, rng.uniform(-200, 500, 2)])
    whole, less = noise(640, 360), noise(640, 360)
    draw(whole, Placement(plain, affine, 1.0, 1))
    draw(less, Placement(round_one, affine, 1.0, 1))
    assert np.abs(whole.astype(int) - less).max() <= 1


def test_the_corners_of_a_turned_round_sprite_cost_nothing(warped_px: list[int]) -> None:
    sprite = disc(300)
    draw(noise(640, 480), place(replace(sprite, reach=reach_of(sprite.pixels)), 200, 50, 1.0, 0.3))
    assert 0.25 * math.pi * 270**2 < sum(warped_px) < 1.2 * 270**2


@pytest.mark.parametrize("turn", [0.0, 0.4])
def test_the_bands_of_a_tall_sprite_meet_without_a_seam(turn: float) -> None:
    tall = Sprite("tall", np.full((400, 30, 4), 255, np.uint8))
    pixels = np.zeros((500, 300, 3), np.uint8)
    draw(pixels, place(tall, 200, 40, 1.0, turn))
    solid = cv2.erode(pixels[..., 0], np.ones((3, 3), np.uint8))
    filled = cv2.morphologyEx(solid, cv2.MORPH_CLOSE, np.ones((1, 9), np.uint8))
    assert solid.sum() > 0.85 * 255 * 400 * 30
    assert np.array_equal(solid == 255, filled == 255)


@pytest.mark.parametrize(
    "affine",
    [
        np.full((2, 3), np.nan),
        np.zeros((2, 3)),
        np.array([[1.0, 0, 500], [0, 1, 0]]),
        np.full((2, 3), np.inf),
    ],
)
def test_impossible_and_invisible_placements_draw_nothing(affine: np.ndarray) -> None:
    pixels = noise(40, 30)
    before = pixels.copy()
    placement = Placement(disc(), affine, 1.0, 1)
    draw(pixels, placement)
    assert np.array_equal(pixels, before)


@pytest.mark.parametrize("at", [(0, 0), (-30, 12), (280, 170), (-64, 0), (400, 3), (10, -63)])
def test_a_whole_pixel_move_is_the_same_with_and_without_warping(at: tuple[int, int]) -> None:
    below = noise(320, 180)
    moved, warped = below.copy(), below.copy()
    draw(moved, place(disc(), *at))
    draw(warped, place(disc(), at[0] + 1e-9, at[1]))
    assert np.abs(moved.astype(int) - warped).max() <= 1
