import math

import numpy as np
import pytest

from tests.animate.heads import MESH, mesh
from vcam.animate.pose import estimate_pose, rotation_of


@pytest.mark.parametrize("roll", [-170, -40, 0, 25, 95])
@pytest.mark.parametrize("pitch", [-40, 0, 30])
@pytest.mark.parametrize("yaw", [-80, -30, 0, 60])
def test_finds_the_pose_a_mesh_was_made_with(roll: float, pitch: float, yaw: float) -> None:
    pose = estimate_pose(mesh(roll, pitch, yaw, unit=73, x=200, y=150))
    assert pose is not None
    assert np.degrees([pose.roll, pose.pitch, pose.yaw]) == pytest.approx([roll, pitch, yaw], abs=0.5)
    assert pose.unit_px == pytest.approx(73, rel=0.01)
    assert pose.origin == pytest.approx([200, 150], abs=1)
    assert pose.project(MESH.astype(float)) == pytest.approx(
        mesh(roll, pitch, yaw, 73, 200, 150)[:, :2], abs=1.5
    )


def test_a_talking_jaw_does_not_move_the_head() -> None:
    talking = mesh()
    lower = MESH[:, 1] > 0.75
    talking[lower, 1] += 30
    still, moved = estimate_pose(mesh()), estimate_pose(talking)
    assert still is not None
    assert moved is not None
    assert moved.origin == pytest.approx(still.origin, abs=0.5)
    assert moved.unit_px == pytest.approx(still.unit_px, rel=0.005)


def test_nose_left_is_positive_yaw_and_nose_down_positive_pitch() -> None:
    pose = estimate_pose(mesh(yaw=30))
    assert pose is not None
    assert mesh(yaw=30)[1, 0] < mesh()[1, 0]
    assert pose.yaw > 0
    assert mesh(pitch=30)[1, 1] > mesh()[1, 1]
    assert mesh(roll=30)[10, 0] > mesh()[10, 0]


@pytest.mark.parametrize("broken", [np.nan, np.inf, 1e9])
def test_a_mesh_that_is_not_finite_or_immense_is_no_face(broken: float) -> None:
    points = mesh()
    points[33] = broken
    assert estimate_pose(points) is None


def test_a_collapsed_mesh_is_no_face() -> None:
    assert estimate_pose(np.full((468, 3), 7, np.float32)) is None
    assert estimate_pose(np.zeros((468, 3), np.float32)) is None


def test_rotations_are_proper() -> None:
    rotation = rotation_of(0.3, -0.5, 1.1)
    assert rotation @ rotation.T == pytest.approx(np.eye(3), abs=1e-12)
    assert np.linalg.det(rotation) == pytest.approx(1)
    assert math.atan2(-rotation[0, 1], rotation[1, 1]) == pytest.approx(0.3)
