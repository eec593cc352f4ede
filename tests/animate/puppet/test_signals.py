import numpy as np

from vcam.animate.puppet.signals import REST, Signals


def test_a_face_at_rest_moves_nothing() -> None:
    assert not np.any(REST)


def test_the_mean_of_both_corners() -> None:
    assert Signals(smile_left=1.0, smile_right=0.5).smile == 0.75
    assert Signals(frown_left=0.2).frown == 0.1
