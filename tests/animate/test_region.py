import math

import cv2
import numpy as np
import pytest

from tests.animate.heads import mesh
from vcam.animate.pose import estimate_pose
from vcam.animate.region import Ellipse, enclosing_ellipse, head_ellipse, identifying_region


def test_the_region_adds_the_hairline_to_the_mesh() -> None:
    points = mesh()
    region = identifying_region(points)
    assert region.shape == (477, 2)
    assert np.array_equal(region[:468], points[:, :2].astype(float))
    assert region[:, 1].min() < points[:, 1].min() - 20


@pytest.mark.parametrize("angle", [0.0, 0.7, -2.0])
def test_the_enclosing_ellipse_holds_every_point_and_touches_one(angle: float) -> None:
    points = np.random.default_rng(2).normal(0, 40, (60, 2)) * (1, 2) + (300, 200)
    ellipse = enclosing_ellipse(points, angle)
    assert ellipse.angle == angle
    assert ellipse.reach(points) == pytest.approx(1.0)


def test_reach_is_the_growth_that_is_needed() -> None:
    ellipse = Ellipse(10, 20, 4, 2, 0.0)
    assert ellipse.reach(np.array([[18.0, 20.0]])) == pytest.approx(2.0)
    assert ellipse.reach(np.array([[10.0, 21.0]])) == pytest.approx(0.5)
    assert ellipse.scaled(3).reach(np.array([[10.0, 26.0]])) == pytest.approx(1.0)


def test_the_affine_maps_one_ellipse_onto_the_other() -> None:
    ellipse = Ellipse(100, 50, 30, 12, 0.5)
    affine = ellipse.affine(8, 9, 5, 4)
    for turn in np.linspace(0, 6, 9):
        rim = affine @ (8 + 5 * math.cos(turn), 9 + 4 * math.sin(turn), 1)
        assert ellipse.reach(rim[np.newaxis]) == pytest.approx(1.0)
    assert affine @ (8, 9, 1) == pytest.approx([100, 50])


def test_bounds_and_the_upright_ellipse_hold_a_turned_one() -> None:
    ellipse = Ellipse(100, 80, 60, 20, 0.9)
    drawn = np.zeros((200, 200), np.uint8)
    cv2.ellipse(drawn, (100, 80), (60, 20), math.degrees(0.9), 0, 360, 255, -1)
    x, y, w, h = cv2.boundingRect(drawn)
    assert ellipse.bounds == pytest.approx((x, y, x + w, y + h), abs=2)
    ys, xs = np.nonzero(drawn)
    upright = ellipse.upright()
    assert upright.angle == 0
    assert upright.reach(np.column_stack([xs, ys]).astype(float)) <= 1.02


@pytest.mark.parametrize("yaw", [-60, 0, 60])
def test_the_head_ellipse_is_close_around_the_region(yaw: float) -> None:
    points = mesh(yaw=yaw, roll=20)
    pose = estimate_pose(points)
    assert pose is not None
    reach = head_ellipse(pose, pose.roll).reach(identifying_region(points))
    assert 0.85 < reach < 1.03


def test_a_turned_head_is_narrower() -> None:
    front, side = estimate_pose(mesh()), estimate_pose(mesh(yaw=60))
    assert front is not None
    assert side is not None
    assert head_ellipse(side, 0).rx < 0.9 * head_ellipse(front, 0).rx
    assert head_ellipse(side, 0).ry == pytest.approx(head_ellipse(front, 0).ry, rel=0.01)
