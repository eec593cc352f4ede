"""The preview sink: the picture as JPEG for whoever watches; nothing is encoded while nobody does."""

import threading
from collections.abc import Generator
from contextlib import contextmanager
from typing import NamedTuple

import cv2
import numpy as np

from vcam.types import BGR, Frame, Size

JPEG_QUALITY = 85


class Picture(NamedTuple):
    """A JPEG file's bytes, and the number of the frame it shows."""

    seq: int
    jpeg: bytes


class Preview:
    """Keeps a copy of the newest frame while someone watches, and encodes it once for all of them.

    `send` is called by the output's thread, everything else may be called from any other.
    """

    def __init__(self, size: Size, rate_hz: float, *, label: str = "preview") -> None:
        self._size = size
        self._rate_hz = rate_hz
        self._label = label
        self._changed = threading.Condition()
        self._encoding = threading.Lock()
        self._newest: tuple[int, BGR] | None = None
        self._encoded: Picture | None = None
        self._watchers = 0
        self._open = False

    @property
    def label(self) -> str:
        """The name given."""
        return self._label

    @property
    def size(self) -> Size:
        """The size given."""
        return self._size

    @property
    def rate_hz(self) -> float:
        """The rate given."""
        return self._rate_hz

    def watched(self) -> bool:
        """Whether a page shows the picture at this moment."""
        return self._watchers > 0

    def open(self) -> None:
        """Begin to take frames."""
        self._open = True

    def send(self, frame: Frame) -> None:
        """Remember the frame if anybody watches. Raises ValueError for a frame of another size."""
        if frame.size != self._size:
            raise ValueError(f"{frame.size} was sent to a preview of {self._size}")
        if not self._watchers:
            return
        copy = frame.pixels.copy()
        with self._changed:
            self._newest = frame.seq, copy
            self._changed.notify_all()

    def close(self) -> None:
        """Take no more frames; who waits for one is told at once."""
        with self._changed:
            self._open = False
            self._newest = self._encoded = None
            self._changed.notify_all()

    @contextmanager
    def watching(self) -> Generator[None]:
        """While inside, frames are kept for `picture`."""
        with self._changed:
            self._watchers += 1
        try:
            yield
        finally:
            with self._changed:
                self._watchers -= 1
                if not self._watchers:
                    self._newest = self._encoded = None

    def picture(self, after_seq: int, timeout_s: float) -> Picture | None:
        """The newest picture whose frame is not `after_seq`; None where none came in `timeout_s` seconds.

        Waits, so it is no call for an event loop. Only inside `watching` does anything come.
        """
        with self._changed:
            self._changed.wait_for(
                lambda: not self._open or (self._newest and self._newest[0] != after_seq), timeout_s
            )
            newest = self._newest
        if newest is None or newest[0] == after_seq:
            return None
        with self._encoding:
            if self._encoded is None or self._encoded.seq != newest[0]:
                self._encoded = Picture(newest[0], _jpeg(newest[1]))
            return self._encoded


def _jpeg(pixels: BGR) -> bytes:
    ok, encoded = cv2.imencode(".jpg", pixels, (cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY))
    if not ok:
        raise RuntimeError("OpenCV could not encode a JPEG")
    return np.asarray(encoded).tobytes()
