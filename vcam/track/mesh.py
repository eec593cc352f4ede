"""The face mesh: 468 landmarks and a presence score from a square region, by MediaPipe's `face_landmark`.

Kartynnik et al., "Real-time Facial Surface Geometry from Monocular Video on Mobile GPUs", 2019.
"""

import math
from pathlib import Path
from typing import NamedTuple

import cv2
import numpy as np
from cv2.typing import MatLike
from numpy.typing import NDArray

from vcam.track.detector import Detection
from vcam.track.network import Network
from vcam.types import BGR, LANDMARK_COUNT, Points

RIGHT_EYE, LEFT_EYE = 33, 263
"""The outer corners of the person's eyes in the mesh topology."""
_MARGIN = 1.5


class Roi(NamedTuple):
    """A square region of a frame: centre and side in pixels, and its roll in radians (clockwise positive)."""

    x: float
    y: float
    side: float
    roll: float

    def matrix(self, input_px: int) -> NDArray[np.float64]:
        """(2, 3) float64: from an input of `input_px` pixels a side to the frame.

        Coordinates are continuous: the first pixel reaches from 0 to 1.
        """
        scale = self.side / input_px
        cosine, sine = math.cos(self.roll) * scale, math.sin(self.roll) * scale
        half = input_px / 2
        return np.array(
            [
                [cosine, -sine, self.x - half * cosine + half * sine],
                [sine, cosine, self.y - half * sine - half * cosine],
            ]
        )


class FaceMesh:
    """The mesh network.

    `model`: file or content. Raises ModelError where it cannot be loaded.
    """

    def __init__(self, model: Path | bytes) -> None:
        self._network = Network(model, output_sizes=(LANDMARK_COUNT * 3, 1))
        extent = self._network.input_px
        blank = np.full((1, extent, extent, 3), 0.5, np.float32)
        self._typical: NDArray[np.float32] = self._network.run(blank)[0].reshape(LANDMARK_COUNT, 3)

    def locate(self, pixels: BGR, roi: Roi) -> tuple[Points, float]:
        """Landmarks in pixels of the frame, (468, 3) float32, and the probability that a face is there.

        `pixels`: (H, W, 3) uint8 BGR. The region may reach past the frame.
        """
        extent = self._network.input_px
        matrix = roi.matrix(extent)
        sampling = matrix.copy()
        sampling[:, 2] += (
            matrix[:, 0] / 2 + matrix[:, 1] / 2 - 0.5
        )  # cv2 counts from the first pixel's middle
        part, x0, y0 = _reached(pixels, sampling, extent)
        sampling[:, 2] -= x0, y0
        crop = cv2.warpAffine(
            part,
            sampling,
            (extent, extent),
            flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
            borderMode=cv2.BORDER_REPLICATE,
        )
        image = np.multiply(cv2.cvtColor(crop, cv2.COLOR_RGBA2RGB), np.float32(1 / 255))
        values, logit = self._network.run(image[None])
        presence = 1 / (1 + math.exp(-max(min(float(logit.item()), 50.0), -50.0)))
        return _place(values.reshape(LANDMARK_COUNT, 3), roi, extent), presence

    def typical(self, roi: Roi) -> Points:
        """Landmarks, (468, 3) float32, of a typical face that fills the region as a face should.

        It is what the network answers to a blank picture: its mean face, where nothing says otherwise.
        """
        return _place(self._typical, roi, self._network.input_px)


def _reached(pixels: BGR, sampling: NDArray[np.float64], input_px: int) -> tuple[MatLike, int, int]:
    """A copy of the part of the picture that `sampling` reads, (h, w, 4) RGBA, and its place: x, y.

    Turned reading of a whole frame misses the processor's caches at every row; a copy in one stretch costs
    little and makes the reading three times as fast on a large face. With four channels OpenCV takes half
    the time that it takes with three.
    """
    far = float(input_px - 1)
    height, width = pixels.shape[:2]
    starts, stops = [], []
    for (along, across, offset), limit in zip(sampling.tolist(), (width, height), strict=True):
        low = offset + min(along * far, 0.0) + min(across * far, 0.0)
        high = offset + max(along * far, 0.0) + max(across * far, 0.0)
        starts.append(min(max(math.floor(low) - 1, 0), limit - 1))
        stops.append(min(max(math.ceil(high) + 2, starts[-1] + 1), limit))
    part = cv2.cvtColor(pixels[starts[1] : stops[1], starts[0] : stops[0]], cv2.COLOR_BGR2RGBA)
    return part, starts[0], starts[1]


def _place(located: NDArray[np.float32], roi: Roi, input_px: int) -> Points:
    matrix = roi.matrix(input_px)
    points = np.empty((LANDMARK_COUNT, 3), np.float32)
    points[:, :2] = located[:, :2] @ matrix[:, :2].T + matrix[:, 2]
    points[:, 2] = located[:, 2] * (roi.side / input_px)
    return points


def roi_of_landmarks(points: Points) -> Roi:
    """The region to look at for a face whose landmarks, (468, 3) float32, were there.

    The landmarks' bounding square along the eye line, half as large again.
    """
    across, up = points[LEFT_EYE, :2] - points[RIGHT_EYE, :2]
    roll = math.atan2(float(up), float(across))
    cosine, sine = math.cos(roll), math.sin(roll)
    turn = np.array([[cosine, -sine], [sine, cosine]], np.float32)
    upright = turn.T @ points[:, :2].T
    low, high = upright.min(axis=1), upright.max(axis=1)
    x, y = turn @ ((low + high) / 2)
    return Roi(float(x), float(y), _MARGIN * float((high - low).max()), roll)


def roi_of_detection(detection: Detection) -> Roi:
    """The region to look at for a detected face: its box, half as large again.

    The roll is that of the line from the eyes' middle to the mouth: unlike the eye line, it stays long when
    the head turns to the side.
    """
    eyes = (detection.keypoints[0] + detection.keypoints[1]) / 2
    x, y = detection.keypoints[3] - eyes
    box = detection.box
    return Roi(*box.center, _MARGIN * max(box.width, box.height), math.atan2(-float(x), float(y)))
