import itertools

import cv2
import numpy as np
import pytest

from tests.drawing import coverage, draw
from tests.studio import STEP_NS, mask, room
from vcam.guard.cells import Cells
from vcam.guard.veil import FADE_NS, GRID_CELLS, RENEW_NS, Veil
from vcam.types import Frame, Size

SIZE = Size(640, 360)


def _frame(pixels: np.ndarray, captured_ns: int = 0) -> Frame:
    return Frame(0, captured_ns, pixels)


def test_nothing_finer_than_the_grid_is_left() -> None:
    """Pictures with the same averages get the same veil: what differs between them is gone."""
    coarse = room(Size(GRID_CELLS, 7)) // 2 + 64
    flat = cv2.resize(coarse, SIZE, interpolation=cv2.INTER_NEAREST)
    ripple = np.indices((SIZE.height, SIZE.width)).sum(axis=0) // 4 % 2 * 40 - 20
    rippled = (flat.astype(int) + ripple[..., np.newaxis]).astype(np.uint8)
    assert np.abs(rippled.astype(int) - flat).min() == 20
    veils = [Veil().whole(_frame(pixels)).astype(int) for pixels in (flat, rippled)]
    assert np.abs(veils[0] - veils[1]).max() <= 2


def test_it_is_far_from_the_colours_of_a_face() -> None:
    for skin in ((60, 80, 120), (110, 140, 200), (150, 180, 235), (20, 25, 40)):
        veil = Veil().whole(_frame(np.full((90, 160, 3), skin, np.uint8)))
        assert np.abs(veil.astype(int) - skin).max(axis=2).min() > 40


def test_it_stands_still_for_half_a_second() -> None:
    veil = Veil()
    first = veil.whole(_frame(room(SIZE)))
    dark = room(SIZE) // 4
    assert np.array_equal(veil.whole(_frame(dark, RENEW_NS - STEP_NS)), first)
    assert not np.array_equal(veil.whole(_frame(dark, RENEW_NS)), first)


@pytest.mark.parametrize("reason", ["forget", "size", "time"])
def test_another_scene_gets_its_own(reason: str) -> None:
    veil = Veil()
    veil.whole(_frame(np.full((90, 160, 3), 255, np.uint8), STEP_NS))
    if reason == "forget":
        veil.forget()
    size = Size(200, 100) if reason == "size" else Size(160, 90)
    black = np.zeros((size.height, size.width, 3), np.uint8)
    shown = veil.whole(_frame(black, 0 if reason == "time" else 2 * STEP_NS))
    assert shown.shape == black.shape
    assert np.array_equal(shown, Veil().whole(_frame(black)))


@pytest.mark.parametrize("size", [SIZE, Size(1283, 717), Size(176, 144), Size(90, 160), Size(1, 1)])
def test_patches_hide_their_cells_completely(size: Size) -> None:
    cells = Cells(size)
    rng = np.random.default_rng(3)
    where = (rng.random(cells.shape) < 0.02).astype(np.uint8) * 255
    where[-1, -1] = where[0, 0] = 255
    frame = _frame(room(size))
    pixels = frame.pixels.copy()
    veil = Veil()
    veil.paint(pixels, frame, cells, where)
    step = cells.step_px
    inside = np.repeat(np.repeat(where > 0, step, axis=0), step, axis=1)[: size.height, : size.width]
    assert np.abs(pixels[inside].astype(int) - veil.whole(frame)[inside]).max() <= 2


def test_far_from_a_patch_nothing_changes() -> None:
    cells = Cells(SIZE)
    where = np.zeros(cells.shape, np.uint8)
    frame = _frame(room(SIZE))
    pixels = frame.pixels.copy()
    Veil().paint(pixels, frame, cells, where)
    assert np.array_equal(pixels, frame.pixels)
    where[20:30, 20:30] = 255
    Veil().paint(pixels, frame, cells, where)
    margin = 5 * cells.step_px
    assert np.array_equal(pixels[30 * cells.step_px + margin :], frame.pixels[30 * cells.step_px + margin :])
    assert not np.array_equal(pixels, frame.pixels)


def test_art_lies_on_the_veil() -> None:
    cells = Cells(SIZE)
    where = np.zeros(cells.shape, np.uint8)
    where[20:40, 20:30] = 255
    frame = _frame(room(SIZE))
    placement = mask((30 * cells.step_px, 30 * cells.step_px))
    pixels = frame.pixels.copy()
    draw(pixels, placement)
    veil = Veil()
    expected = frame.pixels.copy()
    veil.paint(expected, frame, cells, where)
    draw(expected, placement)
    veil.paint(pixels, frame, cells, where, [placement])
    assert np.abs(pixels.astype(int) - expected).max() <= 2


def test_the_border_ends_softly() -> None:
    """Nothing of the rectangle shows in which the veil is painted."""
    cells = Cells(SIZE)
    where = np.zeros(cells.shape, np.uint8)
    where[20:40, 20:40] = 255
    frame = _frame(np.zeros((SIZE.height, SIZE.width, 3), np.uint8))
    pixels = frame.pixels.copy()
    Veil().paint(pixels, frame, cells, where)
    shade = pixels[..., 1].astype(int)
    assert shade.max() > 100
    assert max(np.abs(np.diff(shade, axis=0)).max(), np.abs(np.diff(shade, axis=1)).max()) <= 30


@pytest.mark.parametrize("all_of_it", [False, True])
def test_what_is_veiled_no_more_fades_away_behind_the_art(all_of_it: bool) -> None:
    cells = Cells(SIZE)
    nowhere = np.zeros(cells.shape, np.uint8)
    somewhere = nowhere.copy()
    somewhere[20:40, 20:30] = 255
    pixels = room(SIZE)
    placement = mask((300, 180))
    live = pixels.copy()
    draw(live, placement)
    veil = Veil()
    if all_of_it:
        veil.whole(_frame(pixels))
    else:
        veil.paint(live.copy(), _frame(pixels), cells, somewhere, [placement])
    apart = []
    for captured_ns in range(STEP_NS, FADE_NS + STEP_NS, STEP_NS):
        frame = _frame(pixels, captured_ns)
        if not veil.lingers(frame):
            break
        shown = live.copy()
        veil.paint(shown, frame, cells, nowhere, [placement])
        apart.append(np.abs(shown.astype(int) - live))
    assert FADE_NS - STEP_NS <= captured_ns <= FADE_NS + STEP_NS
    assert all(np.all(later <= sooner + 2) for sooner, later in itertools.pairwise(apart))
    assert apart[0].max() > 60
    assert apart[-1].max() < 60
    opaque = coverage([placement], SIZE) == 255
    assert max(one[opaque].max() for one in apart) <= 2


def test_what_lingers_never_uncovers_and_ends_with_the_scene() -> None:
    cells = Cells(SIZE)
    where = np.zeros(cells.shape, np.uint8)
    where[20:40, 20:30] = 255
    frame, later = _frame(room(SIZE)), _frame(room(SIZE), STEP_NS)
    veil = Veil()
    veil.whole(frame)
    shown = later.pixels.copy()
    veil.paint(shown, later, cells, where)
    step = cells.step_px
    inside = slice(20 * step, 40 * step), slice(20 * step, 30 * step)
    assert np.abs(shown[inside].astype(int) - veil.whole(later)[inside]).max() <= 2
    veil.forget()
    assert not veil.lingers(later)
