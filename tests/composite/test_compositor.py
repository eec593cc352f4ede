import numpy as np
import pytest

from vcam.composite.blend import lay
from vcam.composite.compositor import Compositor
from vcam.types import Frame, Mode, Placement, Size, Sprite

WHITE = Sprite("white", np.full((10, 10, 4), 255, np.uint8))
PLACEMENT = Placement(WHITE, np.array([[1.0, 0, 5], [0, 1, 5]]), 1.0, 1)


def frame(value: int, seq: int = 3) -> Frame:
    return Frame(seq, 77, np.full((48, 64, 3), value, np.uint8))


def test_draws_in_order_on_a_copy() -> None:
    red = np.zeros((10, 10, 4), np.uint8)
    red[..., 2:] = 255
    before = frame(10)
    after = Compositor().composite(
        before, [PLACEMENT, Placement(Sprite("red", red), PLACEMENT.affine, 1.0, 2)], Mode.MASK
    )
    assert (after.seq, after.captured_ns) == (3, 77)
    assert after.pixels[10, 10].tolist() == [0, 0, 255]
    assert after.pixels[0, 0].tolist() == [10, 10, 10]
    assert (before.pixels == 10).all()


def test_avatar_holds_no_camera_pixel() -> None:
    compositor = Compositor()
    dark = compositor.composite(frame(0), [PLACEMENT], Mode.AVATAR)
    light = compositor.composite(frame(255), [PLACEMENT], Mode.AVATAR)
    assert np.array_equal(dark.pixels, light.pixels)
    assert dark.pixels[10, 10].tolist() == [255, 255, 255]


def test_drawing_does_not_stain_the_backdrop() -> None:
    compositor = Compositor()
    compositor.composite(frame(0), [PLACEMENT], Mode.AVATAR)
    assert (compositor.composite(frame(0), [], Mode.AVATAR).pixels[5:15, 5:15] != 255).any()


def test_the_backdrop_follows_the_picture_size() -> None:
    compositor = Compositor()
    compositor.composite(frame(0), [], Mode.AVATAR)
    larger = Frame(0, 0, np.zeros((90, 160, 3), np.uint8))
    assert compositor.composite(larger, [], Mode.AVATAR).size == larger.size


def test_off_lets_the_frame_through() -> None:
    given = frame(9)
    assert Compositor().composite(given, [PLACEMENT], Mode.OFF) is given


def test_a_still_sprite_is_sampled_once_and_a_moving_one_each_time(monkeypatch: pytest.MonkeyPatch) -> None:
    sampled: list[Placement] = []

    def counting(placement: Placement, size: Size) -> object:
        sampled.append(placement)
        return lay(placement, size)

    monkeypatch.setattr("vcam.composite.compositor.lay", counting)
    sprite = Sprite("disc", np.full((40, 40, 4), 255, np.uint8))
    frame = Frame(0, 0, np.zeros((100, 120, 3), np.uint8))
    compositor = Compositor()

    def show(x: float, opacity: float = 1.0) -> np.ndarray:
        placement = Placement(sprite, np.array([[1.0, 0.1, x], [-0.1, 1.0, 30.0]]), opacity, 1)
        return compositor.composite(frame, [placement], Mode.MASK).pixels

    first = show(30.0)
    assert np.array_equal(show(30.1), first)
    assert len(sampled) == 1
    show(30.15)
    show(30.25)
    assert len(sampled) == 2, "small steps do not add up unseen"
    show(30.25, opacity=0.5)
    show(35.0)
    assert len(sampled) == 4
