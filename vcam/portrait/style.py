"""Turns a cut-out head into an emoji: sticker, cartoon, pixel art or line drawing."""

from collections.abc import Callable, Mapping
from enum import StrEnum

import cv2
import numpy as np
from numpy.typing import NDArray

from vcam.portrait.cutout import SIDE_PX, Cutout

Picture = NDArray[np.uint8]
"""(h, w, 4) uint8 BGRA, colour not premultiplied: what a PNG file holds."""
_Alpha = NDArray[np.float32]
_Pixels = NDArray[np.uint8]

_RIM_PX = 15
_SHADOW_PX = 9
_INK_BGR = (46, 32, 30)
_PAPER_BGR = (244, 250, 253)
_PIXELS_A_SIDE = 44
_PIXEL_COLOURS = 14
_CARTOON_COLOURS = 10


class Style(StrEnum):
    """The ways a head can be drawn."""

    STICKER = "sticker"
    CARTOON = "cartoon"
    PIXEL = "pixel"
    LINE = "line"


def stylise(cutout: Cutout, style: Style) -> Picture:
    """The head in this style, SIDE_PX a side, on a transparent ground; the same each time."""
    return _STYLES[style](cutout)


def _sticker(cutout: Cutout) -> Picture:
    """The photograph, a little livelier, with a white rim and a soft shadow."""
    pixels = _livelier(cutout.pixels, saturation=1.15, contrast=1.08)
    rim = _grown(cutout.alpha, _RIM_PX)
    shadow = cv2.GaussianBlur(rim, (0, 0), _SHADOW_PX)
    shadow = 0.35 * np.roll(shadow, _SHADOW_PX, axis=0)
    white = np.full_like(pixels, 255)
    return _stacked((np.zeros_like(pixels), shadow), (white, rim), (pixels, cutout.alpha))


def _cartoon(cutout: Cutout) -> Picture:
    """Flat colours and dark contours."""
    smooth = cutout.pixels
    for _ in range(4):
        smooth = np.asarray(cv2.bilateralFilter(smooth, 9, 28, 7), np.uint8)
    flat = _flattened(_livelier(smooth, saturation=1.45, contrast=1.1), cutout.alpha, _CARTOON_COLOURS)
    flat = np.asarray(cv2.medianBlur(flat, 5), np.uint8)
    ink = _lines(smooth, sigma_px=1.5, sharpness=12.0, threshold=0.8)
    drawn = _mixed(flat, np.full_like(flat, _INK_BGR), ink * 0.85)
    outline = _grown(cutout.alpha, 5)
    return _stacked((np.full_like(drawn, _INK_BGR), outline), (drawn, cutout.alpha))


def _pixel(cutout: Cutout) -> Picture:
    """A few dozen large square pixels of a few colours, with a dark outline."""
    small_size = (_PIXELS_A_SIDE, _PIXELS_A_SIDE)
    weighted = cutout.pixels.astype(np.float32) * cutout.alpha[..., np.newaxis]
    alpha = cv2.resize(cutout.alpha, small_size, interpolation=cv2.INTER_AREA)
    colour = cv2.resize(weighted, small_size, interpolation=cv2.INTER_AREA)
    colour = colour / np.maximum(alpha, 1e-3)[..., np.newaxis]
    solid = (alpha > 0.5).astype(np.float32)
    lively = _livelier(np.clip(colour, 0, 255).astype(np.uint8), saturation=1.35, contrast=1.25)
    flat = _flattened(lively, solid, _PIXEL_COLOURS)
    cross = cv2.getStructuringElement(cv2.MORPH_CROSS, (3, 3))
    outline = np.asarray(cv2.dilate(solid, cross), np.float32)
    picture = _stacked((np.full_like(flat, _INK_BGR), outline), (flat, solid))
    return np.asarray(cv2.resize(picture, (SIDE_PX, SIDE_PX), interpolation=cv2.INTER_NEAREST), np.uint8)


def _line(cutout: Cutout) -> Picture:
    """Ink on paper: contours by a difference of Gaussians, shades as a light tone."""
    smooth = np.asarray(cv2.bilateralFilter(cutout.pixels, 9, 40, 9), np.uint8)
    ink = _lines(smooth, sigma_px=1.9, sharpness=18.0, threshold=0.82)
    grey = cv2.cvtColor(smooth, cv2.COLOR_BGR2GRAY).astype(np.float32)
    inside = grey[cutout.alpha > 0.5]
    dark = float(np.percentile(inside, 30)) if inside.size else 0.0
    tone = cv2.GaussianBlur((grey < dark).astype(np.float32), (0, 0), 2.0)
    paper = np.full_like(cutout.pixels, _PAPER_BGR)
    drawn = _mixed(paper, np.full_like(paper, _INK_BGR), np.maximum(ink, 0.3 * tone))
    outline = _grown(cutout.alpha, 5)
    return _stacked((np.full_like(drawn, _INK_BGR), outline), (drawn, cutout.alpha))


_STYLES: Mapping[Style, Callable[[Cutout], Picture]] = {
    Style.STICKER: _sticker,
    Style.CARTOON: _cartoon,
    Style.PIXEL: _pixel,
    Style.LINE: _line,
}


def _lines(pixels: _Pixels, *, sigma_px: float, sharpness: float, threshold: float) -> _Alpha:
    """(H, W) float32, 1 on dark lines: the extended difference of Gaussians.

    Winnemöller et al., "XDoG: An eXtended difference-of-Gaussians compendium", 2012: with p the sharpness,
    D = (1 + p) G(sigma) - p G(1.6 sigma) on lightness; dark where D falls below the threshold.
    """
    light = cv2.cvtColor(pixels, cv2.COLOR_BGR2GRAY).astype(np.float32) / 255
    # Lines should not depend on how dark the place is, or shades would fill up with ink.
    light = light / np.maximum(cv2.GaussianBlur(light, (0, 0), 18), 0.05)
    near, far = (cv2.GaussianBlur(light, (0, 0), sigma) for sigma in (sigma_px, 1.6 * sigma_px))
    difference = (1 + sharpness) * near - sharpness * far
    return np.clip((threshold - difference) * 4, 0, 1).astype(np.float32)


def _flattened(pixels: _Pixels, alpha: _Alpha, colours: int) -> _Pixels:
    """The pixels with so many colours, those of the head's own pixels (k-means in CIE Lab, fixed seed)."""
    lab = cv2.cvtColor(pixels, cv2.COLOR_BGR2LAB).reshape(-1, 3).astype(np.float32)
    inside = lab[alpha.reshape(-1) > 0.5]
    if len(inside) < colours:
        return pixels
    sample = inside[:: max(len(inside) // 4000, 1)]
    cv2.setRNGSeed(7)
    criteria = (cv2.TERM_CRITERIA_EPS + cv2.TERM_CRITERIA_MAX_ITER, 30, 0.5)
    _, _, centres = cv2.kmeans(sample, colours, np.empty(0, np.int32), criteria, 3, cv2.KMEANS_PP_CENTERS)
    nearest = np.argmin(((lab[:, np.newaxis] - centres[np.newaxis]) ** 2).sum(axis=2), axis=1)
    flat = np.clip(centres[nearest], 0, 255).astype(np.uint8).reshape(pixels.shape)
    return np.asarray(cv2.cvtColor(flat, cv2.COLOR_LAB2BGR), np.uint8)


def _livelier(pixels: _Pixels, *, saturation: float, contrast: float) -> _Pixels:
    lab = cv2.cvtColor(pixels, cv2.COLOR_BGR2LAB).astype(np.float32)
    lab[..., 0] = (lab[..., 0] - 128) * contrast + 132
    lab[..., 1:] = (lab[..., 1:] - 128) * saturation + 128
    return np.asarray(cv2.cvtColor(np.clip(lab, 0, 255).astype(np.uint8), cv2.COLOR_LAB2BGR), np.uint8)


def _grown(alpha: _Alpha, radius_px: int) -> _Alpha:
    """A calm contour around the head: single hairs do not show in it."""
    brush = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * radius_px + 1, 2 * radius_px + 1))
    solid = cv2.dilate((alpha > 0.5).astype(np.float32), brush)
    smooth = cv2.GaussianBlur(solid, (0, 0), 4.0)
    return np.asarray(np.clip((smooth - 0.5) * 6 + 0.5, 0, 1), np.float32)


def _mixed(below: _Pixels, above: _Pixels, amount: _Alpha) -> _Pixels:
    share = amount[..., np.newaxis]
    return np.round(below * (1 - share) + above * share).astype(np.uint8)


def _stacked(*layers: tuple[_Pixels, _Alpha]) -> Picture:
    """Layers over each other, the first lowest: 'over', Porter and Duff, 1984; straight alpha at the end."""
    height, width = layers[0][1].shape
    colour = np.zeros((height, width, 3), np.float32)
    alpha = np.zeros((height, width, 1), np.float32)
    for pixels, cover in layers:
        share = cover[..., np.newaxis]
        colour = pixels * share + colour * (1 - share)
        alpha = share + alpha * (1 - share)
    straight = colour / np.maximum(alpha, 1e-4)
    return np.round(np.dstack([np.clip(straight, 0, 255), alpha * 255])).astype(np.uint8)
