"""The cards: what goes out while there is no live picture, and a picture that machines can read.

Text is drawn with the font inside OpenCV 5, so a card looks the same on every system.
"""

import zlib
from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from vcam.types import BGR, Frame, Size

_TOP, _BOTTOM = (74, 46, 38), (38, 20, 18)
_GLOW = (150, 96, 66)
_INK = (246, 240, 236)
_FAINT = (196, 172, 160)
_SKIN_TOP, _SKIN_BOTTOM = (96, 226, 255), (20, 170, 250)
_FACE_INK = (30, 52, 92)
_BLUSH = (110, 120, 255)

_MARGIN = 0.02
_BITS = 96
_COLUMNS = 48


@lru_cache(maxsize=16)
def standby(size: Size, line: str) -> Frame:
    """The standby card: a sleeping emoji, the name, and one line of text; (H, W, 3) of any size.

    The same size and line give the same Frame object again.
    """
    width, height = size
    card = _backdrop(size)
    unit = min(height, width * 0.75)
    _paste_face(card, (width / 2, height / 2 - 0.12 * unit), 0.40 * unit)
    face = cv2.FontFace("sans")
    _centred(card, "vcam", round(height / 2 + 0.22 * unit), 0.085 * unit, 700, _INK, face)
    _centred(card, line, round(height / 2 + 0.33 * unit), 0.052 * unit, 400, _FAINT, face)
    return Frame(0, 0, card)


def coded(size: Size, seq: int, time_ns: int) -> BGR:
    """A test card that carries `seq` (below 2**32) and `time_ns` (below 2**58, in steps of 1024 ns).

    Two identical rows of black and white blocks, at the top and at the bottom, hold seq (32 bits), time (48
    bits) and a CRC (16 bits), most significant bit first; between them colour bars and the number in
    digits. Readable after scaling down to 160 pixels of width, JPEG and YUV. Raises ValueError for a number
    out of range or a size below 96x54.
    """
    if not (0 <= seq < 2**32 and 0 <= time_ns < 2**58):
        raise ValueError(f"seq {seq} or time_ns {time_ns} is out of range")
    if size.width < 96 or size.height < 54:
        raise ValueError(f"a test card needs 96x54 pixels, not {size}")
    card = _bars(size).copy()
    strip = _strip(seq, time_ns >> 10)
    for x0, y0, x1, y1 in _strips(size):
        card[y0:y1, x0:x1] = cv2.resize(strip, (x1 - x0, y1 - y0), interpolation=cv2.INTER_NEAREST)
    text = 0.12 * size.height
    _centred(card, f"{seq:06d}", round(0.56 * size.height), text, 700, _INK, cv2.FontFace("sans"))
    return card


def decode(pixels: BGR) -> tuple[int, int] | None:
    """`seq` and `time_ns` of a test card as it arrived; None where it is torn, damaged or no test card.

    `time_ns` is the coded time rounded down to 1024 ns.
    """
    size = Size(pixels.shape[1], pixels.shape[0])
    grey = np.asarray(cv2.cvtColor(pixels, cv2.COLOR_BGR2GRAY), np.uint8)
    read = [_read_strip(grey[y0:y1, x0:x1]) for x0, y0, x1, y1 in _strips(size)]
    return read[0] if read[0] == read[1] else None


def _strip(seq: int, ticks: int) -> BGR:
    payload = seq.to_bytes(4, "big") + ticks.to_bytes(6, "big")
    payload += (zlib.crc32(payload) & 0xFFFF).to_bytes(2, "big")
    bits = np.unpackbits(np.frombuffer(payload, np.uint8)).reshape(-1, _COLUMNS)
    return np.repeat(bits[..., None] * np.uint8(255), 3, axis=2)


def _read_strip(grey: NDArray[np.integer]) -> tuple[int, int] | None:
    height, width = grey.shape
    rows = _BITS // _COLUMNS
    ys = ((np.arange(rows) + 0.5) * height / rows).astype(int)
    xs = ((np.arange(_COLUMNS) + 0.5) * width / _COLUMNS).astype(int)
    payload = np.packbits(grey[np.ix_(ys, xs)].ravel() > 127).tobytes()
    if payload[10:] != (zlib.crc32(payload[:10]) & 0xFFFF).to_bytes(2, "big"):
        return None
    return int.from_bytes(payload[:4], "big"), int.from_bytes(payload[4:10], "big") << 10


def _strips(size: Size) -> tuple[tuple[int, int, int, int], tuple[int, int, int, int]]:
    """Where the two rows of blocks lie: (x0, y0, x1, y1) of the upper and the lower one."""
    x0, x1 = round(_MARGIN * size.width), round((1 - _MARGIN) * size.width)
    edge, thick = round(_MARGIN * size.height), round(0.14 * size.height)
    return (x0, edge, x1, edge + thick), (x0, size.height - edge - thick, x1, size.height - edge)


@lru_cache(maxsize=4)
def _bars(size: Size) -> BGR:
    colours = [
        (192, 192, 192),
        (0, 192, 192),
        (192, 192, 0),
        (0, 192, 0),
        (192, 0, 192),
        (0, 0, 192),
        (192, 0, 0),
    ]
    row = np.array([colours], np.uint8)
    bars = cv2.resize(row, size, interpolation=cv2.INTER_NEAREST)
    bars[: round(0.2 * size.height)] = bars[-round(0.2 * size.height) :] = 24
    bars[round(0.42 * size.height) : round(0.6 * size.height)] = 24
    return np.ascontiguousarray(bars, np.uint8)


def _backdrop(size: Size) -> BGR:
    # Computed small and enlarged: nothing in it is sharp.
    width, height = max(size.width // 8, 2), max(size.height // 8, 2)
    shape = size.width / size.height
    x = np.linspace(-shape, shape, width, dtype=np.float32)
    y = np.linspace(-0.76, 1.24, height, dtype=np.float32)[:, None]
    down = np.linspace(0, 1, height, dtype=np.float32)[:, None, None]
    glow = 0.75 * np.exp(-2.6 * (x * x + y * y))[..., None]
    small = np.array(_TOP, np.float32) * (1 - down) + np.array(_BOTTOM, np.float32) * down
    small = small + glow * (np.array(_GLOW, np.float32) - small)
    picture = np.asarray(cv2.resize(small, size, interpolation=cv2.INTER_LINEAR), np.float32)
    # A breath of noise, the same every time, keeps the soft gradient from showing bands.
    noise = np.random.default_rng(0).random((size.height, size.width, 1), np.float32)
    return (picture + noise).astype(np.uint8)


def _paste_face(card: BGR, center: tuple[float, float], diameter: float) -> None:
    side = max(round(diameter), 8)
    emoji = cv2.resize(_face(), (side, side), interpolation=cv2.INTER_AREA).astype(np.float32)
    x0, y0 = round(center[0] - side / 2), round(center[1] - side / 2)
    inner = card[y0 : y0 + side, x0 : x0 + side]
    alpha = emoji[..., 3:] / 255
    inner[:] = np.clip(emoji[..., :3] * alpha + inner * (1 - alpha) + 0.5, 0, 255).astype(np.uint8)


@lru_cache(maxsize=1)
def _face() -> NDArray[np.uint8]:
    """The sleeping emoji, (640, 640, 4) uint8 BGRA, to be scaled down."""
    side = 640
    down = np.linspace(0, 1, side, dtype=np.float32)[:, None]
    skin = np.array(_SKIN_TOP, np.float32) * (1 - down) + np.array(_SKIN_BOTTOM, np.float32) * down
    face = np.zeros((side, side, 4), np.uint8)
    face[..., :3] = skin.astype(np.uint8)[:, None]
    cheek = cv2.ellipse(np.zeros((128, 160), np.uint8), (80, 64), (58, 40), 0, 0, 360, 255, -1)
    blush = np.asarray(cv2.GaussianBlur(cheek, (0, 0), 13)).astype(np.float32)[..., None] * (0.55 / 255)
    for x in (156, 484):
        skin_there = face[318:446, x - 80 : x + 80, :3]
        skin_there[:] = (skin_there + blush * (np.array(_BLUSH, np.float32) - skin_there)).astype(np.uint8)
    for x in (206, 434):
        cv2.ellipse(face, (x, 282), (58, 39), 0, 12, 168, (*_FACE_INK, 255), 25, cv2.LINE_AA)
    cv2.ellipse(face, (side // 2, 400), (74, 52), 0, 20, 160, (*_FACE_INK, 255), 25, cv2.LINE_AA)
    alpha = np.zeros((side, side), np.uint8)
    cv2.circle(alpha, (side // 2, side // 2), 312, 255, -1, cv2.LINE_AA)
    face[..., 3] = alpha
    return face


def _centred(
    card: BGR,
    text: str,
    baseline: int,
    text_px: float,
    weight: int,
    colour: tuple[int, int, int],
    face: cv2.FontFace,
) -> None:
    width = card.shape[1]
    pixels = max(round(text_px), 6)
    box = cv2.getTextSize((width, card.shape[0]), text, (0, 0), face, pixels, weight)
    if box[2] > 0.92 * width:
        pixels = max(int(pixels * 0.92 * width / box[2]), 6)
        box = cv2.getTextSize((width, card.shape[0]), text, (0, 0), face, pixels, weight)
    cv2.putText(card, text, ((width - box[2]) // 2 - box[0], baseline), colour, face, pixels, weight)
