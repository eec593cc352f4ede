import numpy as np
import pytest

from vcam.track.smoothing import OneEuro

STEP_S = 1 / 30
FACE_PX = 100.0


def points_at(x: float) -> np.ndarray:
    return np.full((5, 3), x, np.float32)


def test_the_first_points_pass_unchanged():
    points = points_at(7)
    assert OneEuro().smooth(points, FACE_PX, 0.0) is points


def test_a_trembling_face_comes_to_rest():
    smoother = OneEuro()
    rng = np.random.default_rng(1)
    noisy = [points_at(50) + rng.normal(0, 0.1, (5, 3)).astype(np.float32) for _ in range(200)]
    smooth = [smoother.smooth(points, FACE_PX, STEP_S) for points in noisy]
    assert np.std(smooth[50:]) < 0.6 * np.std(noisy[50:])


@pytest.mark.parametrize("speed", [0.5, 2.0, 8.0])
def test_a_moving_face_hardly_trails(speed):
    smoother = OneEuro()
    for frame in range(60):
        true = points_at(speed * FACE_PX * frame * STEP_S)
        shown = smoother.smooth(true, FACE_PX, STEP_S)
    assert np.abs(true - shown).max() < 0.012 * FACE_PX


def test_a_leap_is_followed_at_once():
    smoother = OneEuro()
    for _ in range(10):
        smoother.smooth(points_at(0), FACE_PX, STEP_S)
    assert smoother.smooth(points_at(200), FACE_PX, STEP_S).min() > 190


def test_it_does_not_depend_on_the_faces_size():
    shown = []
    for scale in (1, 4):
        smoother = OneEuro()
        for frame in range(20):
            last = smoother.smooth(points_at(scale * frame**1.5), scale * FACE_PX, STEP_S)
        shown.append(last / scale)
    np.testing.assert_allclose(shown[0], shown[1], rtol=1e-4)


def test_time_that_stands_still_starts_afresh():
    smoother = OneEuro()
    smoother.smooth(points_at(0), FACE_PX, 0.0)
    assert smoother.smooth(points_at(9), FACE_PX, 0.0).max() == 9
