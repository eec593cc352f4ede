"""What can go wrong with the picture, made to go wrong.

Faults come in bursts over a clip, counted in its frames, so that the way in and the way out are tested too.
"""

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from vcam.app.judge import Outline
from vcam.types import BGR, BGRA, Frame

BURST_FRAMES = 12
PERIOD_FRAMES = 36
VISITOR_SHARE = 0.22
"""Height of a visitor's face as a share of the picture's: somebody who stands behind the chair."""


@dataclass(frozen=True, slots=True, eq=False)
class Scene:
    """A frame as the camera gives it, and what is known of its content because it was put there.

    `changed`: the picture is not the clip's own. `known`: outlines of faces that were put in. `occluder`,
    (H, W) bool: pixels of what was put before the clip's own faces, which are where they were.
    """

    frame: Frame
    changed: bool = False
    known: Sequence[Outline] = ()
    occluder: NDArray[np.bool_] | None = None


class Portrait(NamedTuple):
    """A face to paste: (h, w, 4) uint8 premultiplied BGRA, and its hull in pixels of that picture."""

    pixels: BGRA
    hull: Outline


def in_burst(index: int) -> bool:
    """Whether the frame of this number is in a burst: the last third of every period."""
    return index % PERIOD_FRAMES >= PERIOD_FRAMES - BURST_FRAMES


PictureFault = Callable[[Iterable[Frame], Portrait], Iterator[Scene]]
"""Turns the frames of a clip into scenes; the portrait is there to be pasted in."""


def untouched(frames: Iterable[Frame], _: Portrait | None = None) -> Iterator[Scene]:
    """No fault."""
    return (Scene(frame) for frame in frames)


def stalls(frames: Iterable[Frame], _: Portrait | None = None) -> Iterator[Scene]:
    """The camera says nothing for 500 ms in every period, and life goes on meanwhile."""
    missing_until_ns = -1
    for index, frame in enumerate(frames):
        if index % PERIOD_FRAMES == PERIOD_FRAMES - BURST_FRAMES:
            missing_until_ns = frame.captured_ns + 500_000_000
        if frame.captured_ns >= missing_until_ns:
            yield Scene(frame)


def slow(frames: Iterable[Frame], _: Portrait | None = None) -> Iterator[Scene]:
    """The camera drops to 5 frames a second."""
    due_ns = -1
    for frame in frames:
        if frame.captured_ns >= due_ns:
            due_ns = frame.captured_ns + 200_000_000
            yield Scene(frame)


def black(frames: Iterable[Frame], _: Portrait | None = None) -> Iterator[Scene]:
    """The picture goes black in bursts."""
    return _altered(frames, lambda pixels: np.zeros_like(pixels))


def overexposed(frames: Iterable[Frame], _: Portrait | None = None) -> Iterator[Scene]:
    """The exposure jumps to three times as much in bursts."""
    return _altered(frames, lambda pixels: cv2.convertScaleAbs(pixels, alpha=3.0, beta=30))


def mirrored(frames: Iterable[Frame], _: Portrait | None = None) -> Iterator[Scene]:
    """The camera's mirror setting flips in bursts."""
    return _altered(frames, lambda pixels: np.ascontiguousarray(pixels[:, ::-1]))


def _altered(frames: Iterable[Frame], change: Callable[[BGR], object]) -> Iterator[Scene]:
    for index, frame in enumerate(frames):
        if in_burst(index):
            pixels = np.asarray(change(frame.pixels), np.uint8)
            yield Scene(Frame(frame.seq, frame.captured_ns, pixels), changed=True)
        else:
            yield Scene(frame)


def enters_at_the_edge(frames: Iterable[Frame], portrait: Portrait) -> Iterator[Scene]:
    """A stranger's face crosses the whole picture from edge to edge in twelve frames, once a period."""
    return _visited(frames, portrait, lambda step: (step / (BURST_FRAMES - 1) * 1.2 - 0.1, 0.35))


def second_face(frames: Iterable[Frame], portrait: Portrait) -> Iterator[Scene]:
    """A stranger's face appears out of nothing and is gone again, once a period."""
    return _visited(frames, portrait, lambda _: (0.8, 0.3))


def _visited(
    frames: Iterable[Frame], portrait: Portrait, path: Callable[[int], tuple[float, float]]
) -> Iterator[Scene]:
    """Paste the portrait, its face where `path` says, in shares of width and height."""
    for index, frame in enumerate(frames):
        if not in_burst(index):
            yield Scene(frame)
            continue
        x, y = path(index % PERIOD_FRAMES - (PERIOD_FRAMES - BURST_FRAMES))
        width, height = frame.size
        scale = VISITOR_SHARE * height / float(np.ptp(portrait.hull[:, 1]))
        middle = portrait.hull.mean(axis=0) * scale
        shift = np.array([x * width, y * height]) - middle
        affine = np.array([[scale, 0, shift[0]], [0, scale, shift[1]]])
        layer = cv2.warpAffine(portrait.pixels, affine, frame.size).astype(np.float32)
        mixed = layer[..., :3] + frame.pixels * (1 - layer[..., 3:] / 255)
        outline = np.asarray(portrait.hull * scale + shift, np.float32)
        known = [outline] if _visible_share(outline, frame) >= 0.5 else []
        pixels = np.rint(mixed).astype(np.uint8)
        yield Scene(Frame(frame.seq, frame.captured_ns, pixels), changed=True, known=known)


def _visible_share(outline: Outline, frame: Frame) -> float:
    low, high = outline.min(axis=0), outline.max(axis=0)
    inside = np.minimum(high, frame.size) - np.maximum(low, 0)
    return float(np.prod(np.maximum(inside, 0)) / max(float(np.prod(high - low)), 1e-6))


def hand_over_face(frames: Iterable[Frame], _: Portrait | None = None) -> Iterator[Scene]:
    """A hand, five fingers on a palm, passes slowly over the middle of the picture's upper half and back."""
    for index, frame in enumerate(frames):
        step = index % PERIOD_FRAMES
        width, height = frame.size
        reach = math.sin(math.pi * step / PERIOD_FRAMES)  # from below the picture up to the forehead
        shape = _hand(width, height, 1.15 - 0.8 * reach)
        skin = np.array([118, 152, 206], np.float32)
        shade = np.linspace(1.1, 0.8, height, dtype=np.float32)[:, np.newaxis, np.newaxis]
        pixels = frame.pixels.copy()
        pixels[shape] = np.clip(np.broadcast_to(skin * shade, pixels.shape)[shape], 0, 255)
        yield Scene(Frame(frame.seq, frame.captured_ns, pixels), changed=True, occluder=shape)


def _hand(width: int, height: int, y: float) -> NDArray[np.bool_]:
    mask = np.zeros((height, width), np.uint8)
    palm = round(0.11 * height)
    middle = round(0.5 * width), round(y * height)
    cv2.ellipse(mask, middle, (palm, round(1.2 * palm)), 0, 0, 360, 255, cv2.FILLED)
    for finger in range(-2, 3):
        angle = math.radians(-90 + 16 * finger)
        tip = (
            round(middle[0] + 2.4 * palm * math.cos(angle)),
            round(middle[1] + 2.4 * palm * math.sin(angle)),
        )
        cv2.line(mask, middle, tip, 255, max(palm // 2, 1))
    cv2.line(mask, middle, (middle[0], 2 * height), 255, 2 * palm)
    return mask > 0


PICTURE_FAULTS: Mapping[str, PictureFault] = MappingProxyType(
    {
        "stall of 500 ms": stalls,
        "5 frames a second": slow,
        "black frames": black,
        "overexposed frames": overexposed,
        "mirror flips": mirrored,
        "hand over the face": hand_over_face,
        "face enters at the edge": enters_at_the_edge,
        "second face": second_face,
    }
)
"""Every fault of the picture, by the name that the report shows."""
