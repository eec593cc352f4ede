import math

import cv2
import numpy as np
import pytest

from tests.animate.heads import face, mesh
from vcam.animate.mask import MaskFit
from vcam.animate.region import MARGIN, identifying_region
from vcam.types import Box, Face

STEP_NS = 33_333_333


def grown_hull(points: np.ndarray, margin: float) -> np.ndarray:
    hull = cv2.convexHull(identifying_region(points).astype(np.float32)).reshape(-1, 2)
    middle = (hull.min(axis=0) + hull.max(axis=0)) / 2
    return (middle + (hull - middle) * margin).astype(float)


def test_a_moving_talking_turning_face_stays_inside() -> None:
    fit, rng = MaskFit(), np.random.default_rng(0)
    for i in range(120):
        points = mesh(
            20 * math.sin(i / 9), 30 * math.sin(i / 7), 75 * math.sin(i / 11), 100, 640 + 25 * (i % 9)
        )
        points[150:180, 1] += 40 * abs(math.sin(i / 3))
        points += rng.normal(0, 1, points.shape).astype(np.float32)
        target = fit.update(face(landmarks=points, seen_ns=i * STEP_NS), i * STEP_NS)
        assert target is not None
        assert target.head.reach(grown_hull(points, MARGIN - 1e-3)) <= 1.0


def test_a_still_face_has_a_still_mask() -> None:
    fit, rng = MaskFit(), np.random.default_rng(0)
    heads = []
    for i in range(90):
        points = mesh() + rng.normal(0, 0.3, (468, 3)).astype(np.float32)
        target = fit.update(face(landmarks=points, seen_ns=i * STEP_NS), i * STEP_NS)
        assert target is not None
        heads.append((target.head.x, target.head.y, target.head.rx, target.head.ry))
    assert np.std(np.array(heads[30:]), axis=0).max() < 0.1  # pixels, for a face of 260


def test_talking_does_not_make_the_mask_pump() -> None:
    def height(jaw_px: float) -> float:
        points = mesh()
        points[152, 1] += jaw_px
        target = MaskFit().update(face(landmarks=points), 0)
        assert target is not None
        return target.head.ry

    assert height(3) == pytest.approx(height(0), rel=0.01)


def test_growth_is_instant_and_shrinking_slow() -> None:
    fit = MaskFit()
    normal = fit.update(face(), 0)
    wide = mesh()
    wide[152, 1] += 60
    grown = fit.update(face(landmarks=wide, seen_ns=STEP_NS), STEP_NS)
    after = fit.update(face(seen_ns=2 * STEP_NS), 2 * STEP_NS)
    assert normal
    assert grown
    assert after
    assert grown.head.reach(grown_hull(wide, 1.0)) <= 1.0
    assert normal.head.ry < after.head.ry < grown.head.ry


def test_a_remembered_face_gets_a_larger_mask() -> None:
    fit = MaskFit()
    seen = fit.update(face(seen_ns=0), 0)
    lost = fit.update(face(seen_ns=0), 200_000_000)
    assert seen
    assert lost
    assert lost.head.reach(grown_hull(mesh(), 1.3)) <= 1.0
    assert lost.head.ry > 1.1 * seen.head.ry


def broken(value: float, box: Box) -> Face:
    return Face(1, box, np.full((468, 3), value, np.float32), 1.0, 0)


@pytest.mark.parametrize("value", [np.nan, np.inf, 300.0])
def test_a_broken_mesh_falls_back_on_the_box(value: float) -> None:
    target = MaskFit().update(broken(value, Box(100, 100, 300, 400)), 0)
    assert target is not None
    corners = np.array([[100, 100], [300, 100], [100, 400], [300, 400]], float)
    assert target.head.reach(corners) <= 1.0
    assert np.isfinite((target.head.x, target.head.y, target.head.rx, target.head.ry)).all()


def test_a_broken_mesh_and_box_keep_the_last_place() -> None:
    fit = MaskFit()
    before = fit.update(face(), 0)
    after = fit.update(broken(np.nan, Box(np.nan, 0, 1, 1)), STEP_NS)
    assert before
    assert after
    assert (after.head.x, after.head.y) == (before.head.x, before.head.y)
    assert after.head.ry >= before.head.ry


def test_nothing_is_made_up_for_a_face_without_any_place() -> None:
    assert MaskFit().update(broken(np.nan, Box(0, 0, 0, 0)), 0) is None
