"""A synthetic scene for the guard's tests: a noisy room, a face in it, a disc as its mask, all by formula."""

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from tests.drawing import draw
from vcam.guard.guard import Guard
from vcam.types import LANDMARK_COUNT, Box, Detectors, Face, Frame, Placement, Points, Sighting, Size, Sprite

SIZE = Size(640, 360)
STEP_NS = 33_000_000
HALF_PX = (40.0, 52.0)
"""Half width and half height of the synthetic face's mesh."""

Place = tuple[float, float]


def room(size: Size = SIZE, seed: int = 0) -> NDArray[np.uint8]:
    """A picture that is different everywhere, so that the smallest bare spot can be seen."""
    return np.random.default_rng(seed).integers(40, 216, (size.height, size.width, 3), np.uint8)


def landmarks(place: Place, scale: float = 1.0) -> Points:
    """(468, 3) float32: a spiral that fills the oval of the face."""
    turn = np.arange(LANDMARK_COUNT) * 2.4
    reach = np.sqrt((np.arange(LANDMARK_COUNT) + 1) / LANDMARK_COUNT)
    x, y = HALF_PX[0] * scale * reach * np.cos(turn), HALF_PX[1] * scale * reach * np.sin(turn)
    points = np.stack([place[0] + x, place[1] + y, np.zeros_like(x)], axis=1)
    return np.ascontiguousarray(points, np.float32)


def outline(place: Place, scale: float = 1.0) -> NDArray[np.float32]:
    """The hull of the synthetic face, (n, 2) float32."""
    flat = np.ascontiguousarray(landmarks(place, scale)[:, :2])
    return np.asarray(cv2.convexHull(flat).reshape(-1, 2), np.float32)


def holds(outer: NDArray[np.float32], inner: NDArray[np.generic]) -> bool:
    """Whether all points of `inner`, (n, 2), lie in the polygon `outer`, (m, 2)."""
    polygon = outer.reshape(-1, 1, 2)
    return all(cv2.pointPolygonTest(polygon, (float(x), float(y)), False) >= 0 for x, y in inner)


def face(place: Place, seen_ns: int, track_id: int = 1, score: float = 1.0) -> Face:
    """The face as the tracker would report it."""
    x, y = place
    box = Box(x - HALF_PX[0], y - HALF_PX[1], x + HALF_PX[0], y + HALF_PX[1])
    return Face(track_id, box, landmarks(place), score, seen_ns)


def sighting(place: Place, score: float = 0.9, *, full_range: bool = False) -> Sighting:
    """The face as a detector would claim it."""
    x, y = place
    return Sighting(Box(x - 40, y - 38, x + 40, y + 42), score, full_range)


def disc(alpha: int = 255, hole_px: int = 0) -> Sprite:
    """An art of 128 pixels a side: a disc of one colour, with a hole in its middle."""
    pixels = np.zeros((128, 128, 4), np.uint8)
    colour = (40 * alpha // 255, 220 * alpha // 255, 250 * alpha // 255, alpha)
    cv2.circle(pixels, (64, 64), 62, colour, cv2.FILLED)
    if hole_px:
        cv2.circle(pixels, (64, 64), hole_px, (0, 0, 0, 0), cv2.FILLED)
    return Sprite("disc", pixels)


def mask(place: Place, sprite: Sprite | None = None, opacity: float = 1.0, track_id: int = 1) -> Placement:
    """The art, large enough for the face at `place`."""
    scale = 1.25 * HALF_PX[1] / 62
    affine = np.array([[scale, 0, place[0] - 64 * scale], [0, scale, place[1] - 64 * scale]])
    return Placement(sprite or disc(), affine, opacity, track_id)


class Show:
    """Feeds a guard with frames that follow each other; `out` came out last, `wanted` are the detectors."""

    def __init__(self, guard: Guard, size: Size = SIZE) -> None:
        self.guard = guard
        self.pixels = room(size)
        self.now_ns = 0
        self.seq = 0
        self.frame = Frame(0, 0, self.pixels)
        self.out = self.frame
        self.wanted = Detectors.NONE

    def step(
        self,
        faces: Sequence[Face] = (),
        sightings: Sequence[Sighting] = (),
        placements: Sequence[Placement] = (),
        *,
        looked: Detectors | None = None,
        composite: Frame | None = None,
        after_ns: int = STEP_NS,
    ) -> Frame:
        """One frame through the guard; by default the near detector looks, and who else is wanted."""
        frame = self.next_frame(after_ns)
        self.wanted = self.guard.wants(frame)
        if composite is None:
            pixels = frame.pixels.copy()
            for placement in placements:
                draw(pixels, placement)
            composite = Frame(frame.seq, frame.captured_ns, pixels)
        looked = self.wanted | Detectors.NEAR if looked is None else looked
        self.out = self.guard.release(frame, composite, faces, sightings, looked, placements)
        return self.out

    def next_frame(self, after_ns: int = STEP_NS) -> Frame:
        """The next frame of the camera: the same room, a little later."""
        self.now_ns += after_ns
        self.seq += 1
        self.frame = Frame(self.seq, self.now_ns, self.pixels)
        return self.frame

    def seen(self, place: Place, **changes: object) -> Frame:
        """One frame in which everything works for a face at `place`; keywords replace arguments of `step`."""
        arguments: dict[str, object] = {
            "faces": [face(place, self.now_ns + STEP_NS)],
            "sightings": [sighting(place)],
            "placements": [mask(place)],
        }
        return self.step(**(arguments | changes))  # type: ignore[arg-type]
