import numpy as np
import pytest

from vcam.types import Box, Face, Frame, Mode, Placement, Size, Sprite


def test_frame_pixels_become_read_only_without_a_copy() -> None:
    pixels = np.zeros((4, 6, 3), np.uint8)
    frame = Frame(0, 0, pixels)
    assert np.shares_memory(frame.pixels, pixels)
    with pytest.raises(ValueError, match="read-only"):
        frame.pixels[0, 0, 0] = 1
    assert frame.size == Size(6, 4)


@pytest.mark.parametrize(
    "pixels",
    [
        np.zeros((4, 6), np.uint8),
        np.zeros((4, 6, 4), np.uint8),
        np.zeros((0, 6, 3), np.uint8),
        np.zeros((4, 6, 3), np.float32),
        np.zeros((4, 12, 3), np.uint8)[:, ::2],
    ],
)
def test_frame_refuses_other_arrays(pixels: np.ndarray) -> None:
    with pytest.raises(ValueError, match="pixels"):
        Frame(0, 0, pixels)


def test_face_refuses_other_landmark_counts() -> None:
    with pytest.raises(ValueError, match="landmarks"):
        Face(0, Box(0, 0, 1, 1), np.zeros((478, 3), np.float32), 1.0, 0)


def test_sprite_and_placement_check_their_arrays() -> None:
    sprite = Sprite("disc", np.zeros((2, 2, 4), np.uint8))
    with pytest.raises(ValueError, match="sprite"):
        Sprite("disc", np.zeros((2, 2, 3), np.uint8))
    with pytest.raises(ValueError, match="affine"):
        Placement(sprite, np.eye(3), 1.0, 0)
    with pytest.raises(ValueError, match="opacity"):
        Placement(sprite, np.eye(3)[:2].copy(), 1.5, 0)


def test_box_iou() -> None:
    assert Box(0, 0, 2, 2).iou(Box(0, 0, 2, 2)) == 1.0
    assert Box(0, 0, 2, 2).iou(Box(1, 0, 3, 2)) == pytest.approx(1 / 3)
    assert Box(0, 0, 1, 1).iou(Box(1, 1, 2, 2)) == 0.0
    assert Box(3, 3, 1, 1).area == 0.0


def test_dial_goes_from_avatar_to_off() -> None:
    assert [mode.privacy for mode in (Mode.AVATAR, Mode.MASK, Mode.BESIDE, Mode.OFF)] == [3, 2, 1, 0]
