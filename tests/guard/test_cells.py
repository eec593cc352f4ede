import cv2
import numpy as np
import pytest

from tests.drawing import draw
from tests.studio import disc, mask, room
from vcam.guard.cells import Cells, drawn, opaque_cells
from vcam.types import Placement, Size, Sprite

SIZES = [Size(1280, 720), Size(640, 480), Size(176, 144), Size(99, 301), Size(1283, 717)]


@pytest.mark.parametrize("size", SIZES)
def test_every_pixel_has_a_cell(size: Size) -> None:
    cells = Cells(size)
    rows, columns = cells.shape
    assert (rows - 1) * cells.step_px < size.height <= rows * cells.step_px
    assert (columns - 1) * cells.step_px < size.width <= columns * cells.step_px
    everywhere = np.arange(rows * columns)
    assert cells.sample(room(size), everywhere).shape == (rows * columns, 3)


@pytest.mark.parametrize("size", SIZES)
def test_a_sample_is_the_pixel_in_the_middle(size: Size) -> None:
    cells = Cells(size)
    pixels = room(size)
    y, x = (cell * cells.step_px + cells.step_px // 2 for cell in (3, 5))
    assert np.array_equal(cells.sample(pixels, np.array([3 * cells.shape[1] + 5]))[0], pixels[y, x])


def test_a_filled_outline_holds_the_cells_inside() -> None:
    cells = Cells(Size(640, 360))
    inside = np.zeros(cells.shape, np.uint8)
    cells.fill(inside, np.array([[100, 100], [300, 100], [300, 200], [100, 200]], np.float32))
    ys, xs = np.nonzero(inside)
    assert (xs.min(), xs.max(), ys.min(), ys.max()) == (20, 60, 20, 40)


@pytest.mark.parametrize("size", SIZES)
def test_blocks_are_spread_to_all_their_cells_and_round_off_their_steps(size: Size) -> None:
    cells = Cells(size)
    blocks = (np.random.default_rng(1).random((9, 16)) < 0.3).astype(np.uint8) * 255
    spread = cells.spread(blocks)
    whole = cv2.resize(blocks, cells.shape[::-1], interpolation=cv2.INTER_NEAREST)
    assert spread.shape == cells.shape
    assert set(np.unique(spread)) == {0, 255}
    assert not (whole & ~spread).any()
    steps = np.tril(np.full((9, 9), 255, np.uint8))
    sides = cells.spread(steps)[: cells.shape[0] // 2]
    grown = np.abs(np.diff((sides > 0).sum(axis=1)))
    assert grown.max() < cells.shape[1] / 9


@pytest.mark.parametrize("mad", [np.nan, np.inf])
def test_an_outline_that_is_not_finite_may_be_anywhere(mad: float) -> None:
    cells = Cells(Size(640, 360))
    inside = np.zeros(cells.shape, np.uint8)
    cells.fill(inside, np.array([[100, 100], [mad, 100], [300, 200]], np.float32))
    assert inside.all()


def test_a_huge_outline_fills_everything() -> None:
    cells = Cells(Size(640, 360))
    inside = np.zeros(cells.shape, np.uint8)
    cells.fill(inside, np.array([[-1e9, -1e9], [1e9, -1e9], [1e9, 1e9], [-1e9, 1e9]], np.float32))
    assert inside.all()


@pytest.mark.parametrize("opacity", [1.0, 0.6])
def test_it_draws_what_the_compositor_draws(opacity: float) -> None:
    size = Size(640, 360)
    placements = [mask((200, 150)), mask((240, 170), disc(hole_px=20), opacity), mask((630, 350))]
    black = np.zeros((size.height, size.width, 3), np.uint8)
    for placement in placements:
        draw(black, placement)
    cells = Cells(size)
    art = cells.draw(placements)
    everywhere = np.arange(cells.shape[0] * cells.shape[1])
    off = np.abs(art[..., :3].reshape(-1, 3).astype(int) - cells.sample(black, everywhere)).max(axis=1)
    assert (off > 4).mean() < 0.01  # edges of the discs


def test_art_outside_the_picture_or_not_finite_hides_nothing() -> None:
    cells = Cells(Size(640, 360))
    nowhere = np.array([[np.nan, 0, 0], [0, 1, 0]])
    placements = [mask((-500, 150)), Placement(disc(), nowhere, 1.0, 1)]
    assert not cells.draw(placements).any()


def test_only_the_art_itself_counts_as_drawn() -> None:
    art = np.full((100, 4), (40, 220, 250, 255), np.uint8)
    camera = np.full((100, 3), 90, np.uint8)
    assert drawn(art, art[:, :3])
    assert not drawn(art, camera)
    assert not drawn(art, (0.5 * art[:, :3] + 0.5 * camera).astype(np.uint8))


def test_every_fourth_cell_is_asked() -> None:
    cells = Cells(Size(640, 360))
    where = np.zeros(cells.shape, np.uint8)
    where[:3, :3] = 255
    assert cells.some(where).tolist() == [0, 2, 2 * cells.shape[1], 2 * cells.shape[1] + 2]
    assert len(cells.some()) == 36 * 64


def test_a_picture_shows_its_art_and_nothing_shows_none() -> None:
    size = Size(640, 360)
    cells, picture = Cells(size), room(size)
    art = cells.draw([mask((200, 150))])
    where = opaque_cells(art, 250)
    assert not cells.shows(picture, art, where)
    assert cells.shows(picture, art, np.zeros_like(where))
    draw(picture, mask((200, 150)))
    assert cells.shows(picture, art, where)


def test_cells_are_opaque_from_an_alpha_on() -> None:
    art = np.zeros((1, 3, 4), np.uint8)
    art[0, :, 3] = 249, 250, 255
    assert opaque_cells(art, 250).tolist() == [[0, 255, 255]]


def test_a_filled_ellipse_holds_the_cells_inside() -> None:
    cells = Cells(Size(640, 360))
    inside = np.zeros(cells.shape, np.uint8)
    cells.fill_ellipse(inside, 202, 152, 100, 50)
    ys, xs = np.nonzero(inside)
    assert (xs.min(), xs.max(), ys.min(), ys.max()) == (20, 60, 20, 40)
    assert np.count_nonzero(inside) == pytest.approx(np.pi * 20 * 10, rel=0.1)


@pytest.mark.parametrize("mad", [np.nan, np.inf, 1e12])
def test_an_ellipse_out_of_all_proportion_may_be_anywhere(mad: float) -> None:
    cells = Cells(Size(640, 360))
    inside = np.zeros(cells.shape, np.uint8)
    cells.fill_ellipse(inside, mad, 150, 100, 50)
    assert inside.all()


def test_a_sprite_of_one_pixel_can_be_drawn() -> None:
    dot = Sprite("dot", np.full((1, 1, 4), 255, np.uint8))
    art = Cells(Size(160, 90)).draw([Placement(dot, np.array([[4.0, 0, 20], [0, 4.0, 20]]), 1.0, 1)])
    assert art[..., 3].max() == 255
