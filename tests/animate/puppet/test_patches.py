import cv2
import numpy as np
import pytest

from tests.animate.heads import mesh
from vcam.animate.pose import estimate_pose
from vcam.animate.puppet.patches import HEIGHT, WIDTH, Patches, cut, even


def painted(points: np.ndarray, unit: float) -> np.ndarray:
    """A grey picture with a dark disc on the pupils and lips, and a lighter one outside the right eye."""
    picture = np.full((720, 1280, 3), 150, np.uint8)
    for landmarks, grey, radius in (((159, 145), 20, 0.05), ((386, 374), 20, 0.05), ((13, 14), 60, 0.08)):
        x, y = points[list(landmarks), :2].mean(axis=0)
        cv2.circle(picture, (round(float(x)), round(float(y))), round(radius * unit), (grey,) * 3, -1)
    x, y = points[33, :2]
    cv2.circle(picture, (round(float(x)), round(float(y))), round(0.03 * unit), (240,) * 3, -1)
    return picture


def patches(**where: float) -> Patches:
    points = mesh(**where)
    pose = estimate_pose(points)
    assert pose is not None
    return cut(painted(points, where.get("unit", 100)), points, pose)


def darkest(patch: np.ndarray) -> tuple[float, float]:
    y, x = np.nonzero(patch <= int(patch.min()) + 10)
    return float(x.mean()), float(y.mean())


def test_sizes() -> None:
    assert patches().shape == (3, HEIGHT, WIDTH)
    assert patches().dtype == np.uint8


def test_the_left_eye_is_mirrored() -> None:
    right, left, _ = patches()
    assert darkest(right) == pytest.approx(darkest(left), abs=0.7)
    assert right[:, : WIDTH // 2].max() > 200, "the outer corner is on the left of the patch"
    assert left.max() < 200


def test_the_mouth_is_in_the_middle_of_its_patch() -> None:
    x, y = darkest(patches()[2])
    assert x == pytest.approx((WIDTH - 1) / 2, abs=0.7)
    assert 3 < y < HEIGHT - 3


@pytest.mark.parametrize(
    "where",
    [
        {"roll": 40},
        {"roll": -30, "unit": 230},
        {"unit": 40, "x": 200.3, "y": 150.8},
        {"yaw": 25, "pitch": 12},
    ],
)
def test_a_part_stays_where_it_is_however_the_head_is_held(where: dict[str, float]) -> None:
    still, turned = patches(), patches(**where)
    for before, after in zip(still, turned, strict=True):
        assert darkest(after) == pytest.approx(darkest(before), abs=1.0)


def test_light_and_contrast_are_evened_out() -> None:
    patch = np.random.default_rng(0).integers(60, 120, (3, 20, 24)).astype(np.uint8)
    assert even(patch).shape == (3, 480)
    assert even(patch) == pytest.approx(even(patch * 2), abs=0.3)
    assert even(patch) == pytest.approx(even(patch + 90), abs=1e-4)
    assert float(np.square(even(patch)).mean()) == pytest.approx(1.0, abs=0.5)
    assert np.abs(even(np.full((1, 24, 32), 77, np.uint8))).max() == 0.0
