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
        self._network.input()[:] = 0.5
        self._typical: NDArray[np.float32] = self._network.run()[0].reshape(LANDMARK_COUNT, 3)

    def locate(self, pixels: BGR, roi: Roi) -> tuple[Points, float]:
        """Landmarks in pixels of the frame, (468, 3) float32, and the probability that a face is there.

        `pixels`: (H, W, 3) uint8 BGR. The region may reach past the frame.
        """
        extent = self._network.input_px
        sampling = roi.matrix(extent)
        # cv2 counts from the first pixel's middle.
        sampling[:, 2] += sampling[:, 0] / 2 + sampling[:, 1] / 2 - 0.5
        part, sampling = _part(pixels, sampling, extent)
        crop = cv2.warpAffine(
            part,
            sampling,
            (extent, extent),
            flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
            borderMode=cv2.BORDER_REPLICATE,
        )
        self._fill(cv2.cvtColor(crop, cv2.COLOR_RGBA2RGB))
        values, logit = self._network.run()
        presence = 1 / (1 + math.exp(-max(min(float(logit.item()), 50.0), -50.0)))
        return _place(values.reshape(LANDMARK_COUNT, 3), roi, extent), presence

    def typical(self, roi: Roi) -> Points:
        """Landmarks, (468, 3) float32, of a typical face that fills the region as a face should.

        It is what the network answers to a blank picture: its mean face, where nothing says otherwise.
        """
        return _place(self._typical, roi, self._network.input_px)

    def _fill(self, rgb: MatLike) -> None:
        """Put a picture of the input's size into the input, 0 to 1.

        In two steps: numpy multiplies whole numbers into fractions at a third of the speed.
        """
        entry = self._network.input()[0]
        np.copyto(entry, rgb, casting="unsafe")
        entry *= np.float32(1 / 255)


def _part(pixels: BGR, sampling: NDArray[np.float64], input_px: int) -> tuple[MatLike, NDArray[np.float64]]:
    """The part of the picture that `sampling` reads, (h, w, 4) RGBA, and how to read it there.

    Turned reading of a whole frame misses the processor's caches at every row; from a copy in one stretch it
    takes a third of the time on a large face. A part that is shrunk to less than half is halved first, which
    also averages what would be skipped. With four channels OpenCV's reading takes half the time that it takes
    with three.
    """
    far = float(input_px - 1)
    sides = []
    for (along, across, offset), limit in zip(sampling.tolist(), pixels.shape[1::-1], strict=True):
        low = offset + min(along * far, 0.0) + min(across * far, 0.0)
        high = offset + max(along * far, 0.0) + max(across * far, 0.0)
        start = max(min(math.floor(low) - 1, limit - 2), 0)
        sides.append((start, min(max(math.ceil(high) + 2, start + 2), limit)))
    (x0, x1), (y0, y1) = sides
    part: MatLike = pixels[y0:y1, x0:x1]
    placed = sampling.copy()
    placed[:, 2] -= x0, y0
    if math.hypot(*sampling[:, 0]) > 2:
        width, height = (x1 - x0) // 2, (y1 - y0) // 2
        part = cv2.resize(part[: 2 * height, : 2 * width], (width, height), interpolation=cv2.INTER_AREA)
        placed /= 2
        placed[:, 2] -= 0.25
    return cv2.cvtColor(part, cv2.COLOR_BGR2RGBA), placed


def _place(located: NDArray[np.float32], roi: Roi, input_px: int) -> Points:
    """Landmarks in pixels of the frame from those in pixels of the input."""
    (a, b, x), (c, d, y) = roi.matrix(input_px).tolist()
    turn = np.array(((a, c, 0.0), (b, d, 0.0), (0.0, 0.0, roi.side / input_px)), np.float32)
    placed: Points = located @ turn + np.array((x, y, 0.0), np.float32)
    return placed


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
