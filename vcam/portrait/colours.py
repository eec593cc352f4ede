"""Proposes a puppet's colours from a photograph: skin, hair, eyes, and whether there are glasses."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from vcam.portrait.cutout import OVAL, SIDE_PX, Cutout

_CHEEKS_AND_FOREHEAD = (50, 280, 151, 108, 337, 205, 425)
_IRISES = ((33, 133, 159, 145), (263, 362, 386, 374))
"""Corners and lids of both eyes; the iris lies in the middle of them."""
_BRIDGE = (6, 168, 197)
_PATCH_PX = 12
_GLASSES_EDGE = 45.0
"""Sobel magnitude, in grey levels, from which an edge across the bridge of the nose counts as a frame."""


@dataclass(frozen=True, slots=True)
class Colours:
    """Colours as #rrggbb; `hair` is None where none is seen above the face."""

    skin: str
    hair: str | None
    eyes: str
    glasses: bool


def propose(cutout: Cutout) -> Colours:
    """Colours that a puppet of this head could have."""
    skin = _median([_patch(cutout, index) for index in _CHEEKS_AND_FOREHEAD])
    eyes = _median([_iris(cutout, points) for points in _IRISES])
    return Colours(_hex(skin), _hair(cutout), _hex(eyes), _has_glasses(cutout))


def _patch(cutout: Cutout, index: int, reach_px: int = _PATCH_PX) -> NDArray[np.uint8]:
    x, y = (int(value) for value in np.clip(cutout.landmarks[index], reach_px, SIDE_PX - reach_px - 1))
    return cutout.pixels[y - reach_px : y + reach_px, x - reach_px : x + reach_px].reshape(-1, 3)


def _iris(cutout: Cutout, points: tuple[int, ...]) -> NDArray[np.uint8]:
    """Pixels of an iris: the eye's middle without its darkest (pupil) and brightest (glint, white) ones."""
    x, y = np.clip(cutout.landmarks[list(points)].mean(axis=0), 6, SIDE_PX - 7).astype(int)
    middle = cutout.pixels[y - 5 : y + 6, x - 5 : x + 6].reshape(-1, 3)
    order = np.argsort(middle.sum(axis=1))
    return middle[order[len(order) // 4 : len(order) * 3 // 4]]


def _hair(cutout: Cutout) -> str | None:
    """Colour of what belongs to the head above and beside the outline of the face."""
    outside = (cutout.alpha > 0.9).astype(np.uint8)
    outline = np.round(cutout.landmarks[list(OVAL)]).astype(np.int32)
    grown = cv2.convexHull(outline)
    cv2.fillPoly(outside, [grown], 0)
    outside[int(cutout.landmarks[list(OVAL), 1].mean()) :] = 0
    pixels = cutout.pixels[outside > 0]
    return _hex(_median([pixels])) if len(pixels) > 0.01 * SIDE_PX**2 else None


def _has_glasses(cutout: Cutout) -> bool:
    """Whether something crosses the bridge of the nose, where bare skin has no edges along the eye line."""
    grey = cv2.GaussianBlur(cv2.cvtColor(cutout.pixels, cv2.COLOR_BGR2GRAY), (0, 0), 1.5)
    edges = np.abs(cv2.Sobel(grey, cv2.CV_32F, 0, 1, ksize=3))

    def strongest(index: int, reach_px: int) -> float:
        x, y = (int(value) for value in np.clip(cutout.landmarks[index], reach_px, SIDE_PX - reach_px - 1))
        return float(edges[y - reach_px : y + reach_px, x - 3 : x + 4].max())

    return max(strongest(index, 14) for index in _BRIDGE) > _GLASSES_EDGE


def _median(parts: list[NDArray[np.uint8]]) -> NDArray[np.float64]:
    return np.median(np.concatenate(parts), axis=0)


def _hex(bgr: NDArray[np.float64]) -> str:
    blue, green, red = (round(float(value)) for value in bgr)
    return f"#{red:02x}{green:02x}{blue:02x}"
