"""Outlines that surely hold a head: around a face mesh, and in a detector's box.

An outline is a convex polygon, (n, 2) float32 in pixels of the frame.
"""

import math
from functools import cache

import cv2
import numpy as np
from numpy.typing import NDArray

from vcam.types import Box, Points, Sighting

Outline = NDArray[np.float32]
Ellipse = tuple[float, float, float, float]
"""(x, y) of the middle and half the width and height, in pixels of the frame."""

HULL_MARGIN = 0.06
"""How far beyond the mesh's hull a mask must reach, as a share of the distance from its middle."""
_WELL_PLACED = 0.6
"""From this score on a BlazeFace box ends at the chin within a few percent."""
_MIDDLE = 0.47
"""How far down a BlazeFace box the middle of the mesh's hull lies."""
_WHOLE, _ALONE = (0.78, 0.84), (0.6, 0.65)
"""Half axes of a claim's ellipse, in widths and heights of its box: see `sighting_outline`."""
_CENTRED = 0.2
"""Head sizes within which a poorly placed claim counts as centred on a head."""

_SIDES = 24
_TURN = 2 * math.pi / _SIDES
_ANGLES = np.arange(_SIDES) * _TURN
_CIRCLE = np.stack([np.cos(_ANGLES), np.sin(_ANGLES)], axis=1).astype(np.float32)
_OUTWARDS = np.concatenate([_CIRCLE.T, np.zeros((1, _SIDES), np.float32)])
"""(3, 24): which way each side of a polygon looks; depth does not matter."""


@cache
def _corners(margin: float) -> NDArray[np.float32]:
    """(24, 48): turns the distances of 24 sides from the origin into the (x, y) of the corners between them.

    With a turn of d from one side to the next, their corner lies (next - this * cos d) / sin d along this
    side. The middle, from which `margin` enlarges, is that of the sides to the left, right, top and bottom.
    """
    this = np.eye(_SIDES)
    along = (np.roll(this, -1, axis=0) - this * math.cos(_TURN)) / math.sin(_TURN)
    sideways = np.stack([-_CIRCLE[:, 1], _CIRCLE[:, 0]], axis=1)
    corners = np.einsum("ij,ik->ikj", this, _CIRCLE) + np.einsum("ij,ik->ikj", along, sideways)
    right, below, left, above = this[:: _SIDES // 4]
    middle = np.stack([right - left, below - above]) / 2
    enlarged = middle + (corners - middle) * (1 + margin)
    return np.ascontiguousarray(enlarged.reshape(2 * _SIDES, _SIDES).T, np.float32)


def face_outline(landmarks: Points, margin: float = HULL_MARGIN) -> Outline:
    """A polygon of 24 sides that all touch the hull of a face mesh, enlarged around its middle by `margin`.

    It is never smaller than the hull, 1 % wider where the hull is round, and costs a fourth of it.
    """
    reach = cv2.reduce(landmarks @ _OUTWARDS, 0, cv2.REDUCE_MAX)
    return np.asarray(reach @ _corners(margin), np.float32).reshape(_SIDES, 2)


def sighting_outline(box: Box, *, alone: bool = False) -> Outline:
    """An ellipse that holds the hull of the face a BlazeFace box stands for, forehead and chin included.

    Measured on 2,600 boxes of both ranges against the official landmarker's hulls: the hull lies within
    -0.15 to 1.2 of the box in width and -0.25 to 1.2 in height in 98 of 100. A claim that stands `alone`
    (the full range looks at the same frame and sees nothing there) is hardly ever a face, 12 of 3,012:
    its ellipse is smaller, and leaves out more than 3 % of one hull in 100.
    """
    x, y, across, along = _ellipse(box, *(_ALONE if alone else _WHOLE))
    return np.asarray(_CIRCLE * (across, along) + (x, y), np.float32)


def sighting_core(claim: Sighting) -> Ellipse:
    """The part of a claim's box that its face fills: down to the chin where the box is well placed."""
    return _ellipse(claim.box, 0.41, 0.53 if claim.score >= _WELL_PLACED else 0.46)


def _ellipse(box: Box, across: float, along: float) -> Ellipse:
    x0, y0, x1, y1 = box
    width, height = x1 - x0, y1 - y0
    return x0 + width * 0.5, y0 + height * _MIDDLE, width * across, height * along


def scaled(outline: Outline, factor: float) -> Outline:
    """The outline, `factor` times as large around its middle."""
    middle = (outline.min(axis=0) + outline.max(axis=0)) / 2
    return np.asarray(middle + (outline - middle) * np.float32(factor), np.float32)


def bounds(outline: Outline) -> Box:
    """The upright rectangle around an outline."""
    xs, ys = zip(*outline.tolist(), strict=True)  # faster than numpy for so few
    return Box(min(xs), min(ys), max(xs), max(ys))


def explains(head: Box, claim: Box) -> bool:
    """Whether a head with these bounds is what the detector's box stands for."""
    size, side = size_of(head), (claim.width + claim.height) / 2
    return _apart_px(head, claim) <= 0.25 * max(size, side) and 0.5 * side <= size <= 2.2 * side


def centred(head: Box, claim: Sighting) -> bool:
    """Whether a poorly placed claim lies so well on a head that it tells nothing about where that ends."""
    return claim.score < _WELL_PLACED and _apart_px(head, claim.box) <= _CENTRED * size_of(head)


def size_of(box: Box) -> float:
    """The longer side of a box."""
    return max(box.width, box.height)


def _apart_px(head: Box, claim: Box) -> float:
    return math.dist(head.center, (claim.x0 + claim.width * 0.5, claim.y0 + claim.height * _MIDDLE))
