import numpy as np
import pytest

from tests.animate.heads import mesh
from vcam.animate.follow import OneEuro, PoseFollower, ease
from vcam.animate.pose import HeadPose, estimate_pose, rotation_of

STEP_NS = 33_333_333


def test_one_euro_calms_noise_at_rest() -> None:
    rng = np.random.default_rng(0)
    smooth = OneEuro(2.0, 1.0)
    given = rng.normal(0, 0.01, 200)
    got = [float(smooth(np.array([value]), i * STEP_NS)[0]) for i, value in enumerate(given)]
    assert np.std(got[50:]) < 0.5 * np.std(given[50:])


def test_one_euro_keeps_up_with_motion() -> None:
    smooth = OneEuro(2.0, 6.0)
    lag = [i * 0.1 - float(smooth(np.array([i * 0.1]), i * STEP_NS)[0]) for i in range(60)]
    assert max(lag[30:]) < 0.1  # less than one frame behind


def test_time_that_stands_still_or_jumps_starts_anew() -> None:
    smooth = OneEuro(1.0, 0.0)
    smooth(np.array([0.0]), 0)
    assert smooth(np.array([5.0]), 0) == [0.0]
    assert smooth(np.array([5.0]), 2_000_000_000) == [5.0]
    assert smooth(np.array([1.0]), 0) == [1.0]


def test_smoothing_does_not_depend_on_the_size_of_the_face() -> None:
    def path(scale: float) -> list[float]:
        follow, rng, found = PoseFollower(), np.random.default_rng(1), []
        for i in range(40):
            given = mesh(unit=100 * scale, x=640 * scale, y=330 * scale)
            given[:, 0] += float(rng.normal(0, 2)) * scale
            pose = estimate_pose(given)
            assert pose is not None
            found.append(follow(pose, i * STEP_NS).origin[0] / scale)
        return found

    assert path(0.3) == pytest.approx(path(1.0), abs=0.01)


def test_the_angle_goes_round_without_a_spin() -> None:
    follow = PoseFollower()
    for i, degrees in enumerate([176, 178, 180, 182, 184, 186]):
        pose = HeadPose(np.zeros(2), 100.0, rotation_of(np.radians(degrees), 0, 0))
        roll = np.degrees(follow(pose, i * STEP_NS).roll) % 360
        assert 175 < roll < 187


def test_easing_comes_closer_and_does_not_overshoot() -> None:
    now, target = np.array([0.0]), np.array([1.0])
    assert ease(now, target, 0.1, 0.1) == pytest.approx([1 - np.exp(-1)])
    assert ease(now, target, -5, 0.1) == [0.0]
    assert ease(ease(now, target, 0.05, 0.1), target, 0.05, 0.1) == pytest.approx(ease(now, target, 0.1, 0.1))
