import numpy as np

from vcam.composite.compositor import Compositor
from vcam.types import Frame, Mode, Placement, Sprite

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
