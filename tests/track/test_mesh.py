import math

import cv2
import numpy as np
import pytest

from vcam.track.detector import Detection, Detector
from vcam.track.mesh import LEFT_EYE, RIGHT_EYE, FaceMesh, Roi, roi_of_detection, roi_of_landmarks
from vcam.types import Box


@pytest.fixture
def mesh(models) -> FaceMesh:
    return FaceMesh(models["face_landmark"])


@pytest.fixture
def roi(models, portrait) -> Roi:
    detector = Detector(models["face_detection_short_range"], input_px=128)
    return roi_of_detection(detector.detect(portrait, 0.5)[0])


def test_the_matrix_maps_the_input_onto_the_region():
    roi = Roi(100, 50, 40, math.radians(90))
    place = roi.matrix(20) @ np.array([[10, 10, 1], [20, 10, 1], [10, 20, 1]], float).T
    np.testing.assert_allclose(place.T, [(100, 50), (100, 70), (80, 50)], atol=1e-9)


def test_locates_the_face(mesh, roi, portrait):
    points, presence = mesh.locate(portrait, roi)
    assert presence > 0.95
    assert points.dtype == np.float32
    eyes = points[LEFT_EYE] - points[RIGHT_EYE]
    assert 0.2 * roi.side < eyes[0] < 0.5 * roi.side
    assert abs(eyes[1]) < 0.15 * eyes[0]
    again, _ = mesh.locate(portrait, roi_of_landmarks(points))
    assert np.linalg.norm(again - points, axis=1).mean() < 0.06 * eyes[0]


@pytest.mark.parametrize("degrees", [-60, -20, 20, 60])
def test_landmarks_turn_with_the_picture(mesh, roi, portrait, degrees):
    straight, _ = mesh.locate(portrait, roi)
    straight, _ = mesh.locate(portrait, roi_of_landmarks(straight))
    turn = cv2.getRotationMatrix2D((roi.x, roi.y), -degrees, 1.0)  # positive is clockwise here
    height, width = portrait.shape[:2]
    turned = cv2.warpAffine(portrait, turn, (width, height))
    tilted = roi._replace(roll=roi.roll + math.radians(degrees))
    points, presence = mesh.locate(turned, tilted)
    points, presence = mesh.locate(turned, roi_of_landmarks(points))
    expected = straight[:, :2] @ turn[:, :2].T + turn[:, 2]
    apart = np.linalg.norm(points[:, :2] - expected, axis=1).mean()
    assert presence > 0.95
    assert apart < 0.04 * np.linalg.norm(straight[LEFT_EYE, :2] - straight[RIGHT_EYE, :2])


def test_denies_a_face_where_there_is_none(mesh, portrait):
    _, presence = mesh.locate(portrait, Roi(60, 60, 100, 0))
    assert presence < 0.2


def test_a_region_may_reach_past_the_picture(mesh, portrait):
    points, _ = mesh.locate(portrait, Roi(0, 0, 4000, 0.3))
    assert np.isfinite(points).all()


def test_the_typical_face_fills_its_region_as_a_face_does(mesh, roi, portrait):
    typical = mesh.typical(roi)
    real, _ = mesh.locate(portrait, roi)
    for axis in (0, 1):
        assert np.ptp(typical[:, axis]) == pytest.approx(np.ptp(real[:, axis]), rel=0.25)
    np.testing.assert_allclose(typical[:, :2].mean(axis=0), real[:, :2].mean(axis=0), atol=0.12 * roi.side)
    assert typical[LEFT_EYE, 0] > typical[RIGHT_EYE, 0]


def test_a_detections_roll_comes_from_eyes_and_mouth():
    keypoints = np.array([(40, 40), (60, 40), (55, 50), (50, 60), (0, 0), (0, 0)], np.float32)
    upright = roi_of_detection(Detection(Box(30, 20, 70, 80), keypoints, 1.0))
    assert (upright.x, upright.y, upright.side) == (50, 50, 90)
    assert upright.roll == pytest.approx(0)
    sideways = np.stack((100 - keypoints[:, 1], keypoints[:, 0]), axis=1)  # a quarter turn, clockwise
    assert roi_of_detection(Detection(Box(0, 0, 9, 9), sideways, 1.0)).roll == pytest.approx(math.pi / 2)
