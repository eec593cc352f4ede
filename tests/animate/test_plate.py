import numpy as np

from tests.drawing import coverage
from vcam.animate.plate import PLAIN_BGR, plate
from vcam.animate.region import Ellipse
from vcam.types import Size


def test_everything_in_the_ellipse_is_opaque_and_little_beyond_it() -> None:
    ellipse = Ellipse(300.3, 200.7, 90, 130, 0.4)
    seen = coverage([plate(ellipse, PLAIN_BGR, 1)], Size(640, 480))
    y, x = np.mgrid[:480, :640]
    points = np.column_stack([x.ravel(), y.ravel()]).astype(float)
    inside = np.array([ellipse.reach(point[np.newaxis]) for point in points[seen.ravel() > 0]])
    assert (seen.ravel()[seen.ravel() > 0][inside <= 1] == 255).all()
    assert inside.max() < 1.06
    assert (seen == 255).sum() > np.pi * 90 * 130


def test_the_disc_is_made_once_for_a_colour() -> None:
    ellipse = Ellipse(0, 0, 10, 10, 0)
    assert plate(ellipse, (1, 2, 3), 1).sprite is plate(ellipse.scaled(2), (1, 2, 3), 2).sprite
