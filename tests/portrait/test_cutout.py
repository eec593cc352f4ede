import math

import cv2
import numpy as np
import pytest

from vcam.app import build
from vcam.config import Settings
from vcam.portrait.cutout import OVAL, SIDE_PX, Cutout, cut_head, upright_map
from vcam.portrait.segment import Segmenter
from vcam.types import Face, Frame


def _eyes(points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    return points[[33, 133]].mean(axis=0), points[[362, 263]].mean(axis=0)


def test_the_face_is_in_and_the_surroundings_are_out(head: Cutout) -> None:
    inside = np.zeros((SIDE_PX, SIDE_PX), np.uint8)
    cv2.fillPoly(inside, [np.round(head.landmarks[list(OVAL)]).astype(np.int32)], 1)
    inside = cv2.erode(inside, np.ones((9, 9), np.uint8))
    assert head.alpha[inside > 0].min() > 0.95
    assert head.alpha[:, :20].max() < 0.05
    assert head.alpha[-40:].max() < 0.05, "neither neck nor collar"
    chin = head.landmarks[152]
    assert head.alpha[int(chin[1]) + 30, int(chin[0])] < 0.05
    forehead = head.landmarks[10]
    assert head.alpha[int(forehead[1]) - 40, int(forehead[0])] > 0.9, "with the hair"


@pytest.mark.parametrize("degrees", [-30, 20, 90])
def test_heads_come_upright_and_of_one_size(degrees: float, frame: Frame, segmenter: Segmenter) -> None:
    turn = cv2.getRotationMatrix2D((640, 360), degrees, 0.6)
    pixels = cv2.warpAffine(frame.pixels, turn, (1280, 720), borderMode=cv2.BORDER_REPLICATE)
    turned = Frame(0, 0, np.ascontiguousarray(pixels, np.uint8))
    [face, *_] = build.tracker(Settings()).look(turned) or pytest.skip("not found at this angle")
    cut = cut_head(turned, face, segmenter)
    right, left = _eyes(cut.landmarks)
    assert abs(math.degrees(math.atan2(left[1] - right[1], left[0] - right[0]))) < 3
    height = np.ptp(cut.landmarks[list(OVAL), 1])
    assert height == pytest.approx(0.46 * SIDE_PX, rel=0.02)


def test_what_lies_beyond_the_picture_is_clear(frame: Frame, face: Face, segmenter: Segmenter) -> None:
    middle = round(face.box.center[0])
    half = Frame(0, 0, np.ascontiguousarray(frame.pixels[:, :middle]))
    cut = cut_head(half, face, segmenter)
    right, left = (cut.landmarks[corner].astype(int) for corner in (33, 263))
    assert cut.alpha[right[1], right[0]] > 0.9
    assert cut.alpha[left[1], left[0]] == 0


def test_landmarks_without_extent_are_refused() -> None:
    with pytest.raises(ValueError, match="extent"):
        upright_map(np.zeros((468, 3), np.float32))
