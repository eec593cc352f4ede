import numpy as np
import pytest

from vcam.animate.puppet.soft import soft_spot


def test_a_spot_is_premultiplied_round_and_strongest_in_its_middle() -> None:
    over, bare = soft_spot((20, 0, 0, 20), 0x4080FF, 128)
    height, width = over.shape[:2]
    assert height == width
    assert height % 2 == 1
    assert over[height // 2, width // 2].tolist() == pytest.approx([128, 64, 32, 128], abs=1)
    assert (over[..., :3].max(axis=2) <= over[..., 3]).all()
    assert np.array_equal(bare[..., 0], 255 - over[..., 3])
    assert np.array_equal(over, over[::-1, ::-1])
    assert np.concatenate([over[0], over[-1], over[:, 0], over[:, -1]]).max() == 0


def test_its_axes_are_turned_and_squeezed() -> None:
    over, _ = soft_spot((0, -10, 30, 0), 0xFFFFFF, 255)
    ys, xs = np.nonzero(over[..., 3] > 4)
    assert np.ptp(ys) == pytest.approx(59, abs=2)
    assert np.ptp(xs) == pytest.approx(19, abs=2)
