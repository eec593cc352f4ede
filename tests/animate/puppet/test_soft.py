import numpy as np
import pytest

from vcam.animate.puppet.soft import soft_spot


def test_a_spot_is_round_and_strongest_in_its_middle() -> None:
    image = soft_spot((20, 0, 0, 20), 0x4080FF)
    assert (image.width(), image.height()) == (43, 43)
    spot = image.toarray()
    assert sorted(spot[21, 21].tolist()) == [0x40, 0x80, 0xFF, 0xFF]
    assert spot[21, 21, 3] == 255
    assert np.array_equal(spot, spot[::-1, ::-1])
    assert np.concatenate([spot[0], spot[-1], spot[:, 0], spot[:, -1]]).max() == 0
    assert (np.diff(spot[21, 21:, 3].astype(int)) <= 0).all()


def test_its_axes_are_turned_and_squeezed() -> None:
    spot = soft_spot((0, -10, 30, 0), 0xFFFFFF).toarray()
    ys, xs = np.nonzero(spot[..., 3] > 4)
    assert np.ptp(ys) == pytest.approx(59, abs=2)
    assert np.ptp(xs) == pytest.approx(19, abs=2)
