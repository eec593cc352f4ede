import itertools

import numpy as np
import pytest

from tests.animate.heads import mesh
from vcam.animate.avatar import Stage
from vcam.animate.pose import HeadPose, estimate_pose
from vcam.types import Size

HD = Size(1280, 720)
STEP_NS = 33_333_333


def pose(**where: float) -> HeadPose:
    found = estimate_pose(mesh(**where))
    assert found is not None
    return found


def settle(stage: Stage, poses: dict[int, HeadPose | None], start_ns: int = 0, frames: int = 150) -> list:
    for i in range(frames):
        spots = stage.stand(poses, HD, start_ns + i * STEP_NS)
    return spots


def test_a_person_in_the_middle_has_the_emoji_in_the_middle() -> None:
    (spot,) = settle(Stage(), {1: pose(x=640, y=324)})
    assert (spot.x, spot.y) == pytest.approx((640, 360), abs=2)
    assert 0.5 * 720 < spot.side_px < 720


@pytest.mark.parametrize("x", [-300, 100, 640, 1200, 2000])
@pytest.mark.parametrize("unit", [10, 100, 400])
def test_it_follows_and_never_leaves_the_picture(x: float, unit: float) -> None:
    (spot,) = settle(Stage(), {1: pose(x=x, y=0.5 * x, unit=unit, roll=20)})
    assert spot.side_px / 2 <= spot.x <= 1280 - spot.side_px / 2
    assert spot.side_px / 2 <= spot.y <= 720 - spot.side_px / 2
    assert np.sign(round(spot.x - 640)) == np.sign(x - 640)
    assert spot.roll == pytest.approx(0.65 * np.radians(20), abs=0.01)


def test_it_moves_gently() -> None:
    stage = Stage()
    settle(stage, {1: pose(x=300)})
    before = stage.stand({1: pose(x=300)}, HD, 200 * STEP_NS)[0].x
    steps = [stage.stand({1: pose(x=900)}, HD, (201 + i) * STEP_NS)[0].x for i in range(30)]
    assert 0 < steps[0] - before < 0.5 * (steps[-1] - before)
    assert steps == sorted(steps)


def test_without_a_face_it_eases_to_the_middle_and_stays() -> None:
    stage = Stage()
    settle(stage, {1: pose(x=200, roll=30)})
    first = stage.stand({-1: None}, HD, 150 * STEP_NS)[0]
    assert first.x < 600
    assert abs(first.roll) > 0.2
    last = settle(stage, {-1: None}, 151 * STEP_NS)[0]
    assert (last.x, last.y, last.roll) == pytest.approx((640, 360, 0), abs=1)


def test_several_stand_side_by_side_in_the_order_of_the_people() -> None:
    spots = settle(Stage(), {7: pose(x=900, unit=60), 3: pose(x=200, unit=60), 5: pose(x=600, unit=60)})
    assert [spot.track_id for spot in spots] == [3, 5, 7]
    for left, right in itertools.pairwise(spots):
        assert left.x + left.side_px / 2 <= right.x - right.side_px / 2 + 1
