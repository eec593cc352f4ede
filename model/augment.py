"""Random changes to a training tile: what a webcam and an imperfect alignment do to a face.

The shapes are FER2013's, so `TILE_PX` is 48 and one unit of a shift is one pixel of a tile.
"""

import math

import cv2
import numpy as np
from cv2.typing import MatLike

from model.dataset import TILE_PX, Bytes

CROP_SPAN_PX = 40.0
"""Side of the square that a training crop sees in the tile before scale and shift are drawn."""


def augmented_crop(tile: Bytes, size_px: int, rng: np.random.Generator) -> Bytes:
    """One random view of `tile` (48x48 uint8) as (size_px, size_px) uint8."""
    image: MatLike = _resample(tile, rng) if rng.random() < 0.2 else tile
    image = _warp(np.asarray(image, dtype=np.uint8), size_px, rng)
    draw = rng.random(4)
    if draw[0] < 0.1:
        image = cv2.GaussianBlur(image, (0, 0), rng.uniform(0.3, 1.0))
    elif draw[0] < 0.2:
        soft = cv2.GaussianBlur(image, (0, 0), 1.0)
        amount = rng.uniform(0.2, 1.0)
        image = cv2.addWeighted(image, 1 + amount, soft, -amount, 0)
    image = cv2.LUT(image, _tone_curve(rng))
    if draw[1] < 0.1:
        noise = rng.normal(0, rng.uniform(2, 10), image.shape)
        image = np.clip(image + noise, 0, 255).astype(np.uint8)
    if draw[2] < 0.1:
        _, code = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(30, 90))])
        image = np.asarray(cv2.imdecode(code, cv2.IMREAD_GRAYSCALE))
    if draw[3] < 0.25:
        image = _erase(np.asarray(image, dtype=np.uint8), rng)
    return np.asarray(image, dtype=np.uint8)


def _resample(tile: Bytes, rng: np.random.Generator) -> Bytes:
    """Lose detail as a small or far face does: shrink by area, enlarge again."""
    side = int(rng.integers(20, 44))
    small = cv2.resize(tile, (side, side), interpolation=cv2.INTER_AREA)
    method = cv2.INTER_LINEAR if rng.random() < 0.5 else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(small, (TILE_PX, TILE_PX), interpolation=method), dtype=np.uint8)


def _warp(tile: Bytes, size_px: int, rng: np.random.Generator) -> Bytes:
    """Mirror, turn (15 degrees), scale (0.84 to 1.2), stretch (7 %) and shift (3 px) about the middle."""
    angle = math.radians(rng.uniform(-15, 15))
    scale = math.exp(rng.uniform(-0.18, 0.18)) * size_px / CROP_SPAN_PX
    stretch = math.exp(rng.uniform(-0.07, 0.07))
    mirror = -1.0 if rng.random() < 0.5 else 1.0
    shift = rng.uniform(-3, 3, 2)
    cos, sin = math.cos(angle) * scale, math.sin(angle) * scale
    linear = np.array([[cos * stretch * mirror, -sin], [sin * stretch * mirror, cos]])
    centre = np.full(2, (TILE_PX - 1) / 2)
    offset = (size_px - 1) / 2 - linear @ (centre + shift)
    matrix = np.hstack([linear, offset[:, None]])
    return np.asarray(
        cv2.warpAffine(
            tile, matrix, (size_px, size_px), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
        ),
        dtype=np.uint8,
    )


def _tone_curve(rng: np.random.Generator) -> Bytes:
    """Gamma, contrast and brightness as one table of 256 entries."""
    level = np.linspace(0, 1, 256) ** math.exp(rng.uniform(-0.4, 0.4))
    level = (level - 0.5) * rng.uniform(0.7, 1.3) + 0.5 + rng.uniform(-0.1, 0.1)
    return (np.clip(level, 0, 1) * 255).astype(np.uint8)


def _erase(image: Bytes, rng: np.random.Generator) -> Bytes:
    """Cover a rectangle of 3 to 20 % of the crop with one gray level, as a hand or a strand of hair does."""
    side = image.shape[0]
    area = rng.uniform(0.03, 0.2) * side * side
    ratio = math.exp(rng.uniform(-0.9, 0.9))
    height = min(side, max(1, round(math.sqrt(area * ratio))))
    width = min(side, max(1, round(math.sqrt(area / ratio))))
    top, left = int(rng.integers(0, side - height + 1)), int(rng.integers(0, side - width + 1))
    covered = image.copy()
    covered[top : top + height, left : left + width] = rng.integers(0, 256)
    return covered
