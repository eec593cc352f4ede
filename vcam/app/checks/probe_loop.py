"""Sends a test card to a virtual camera and reads it back as any camera is read: see `LoopState`."""

import contextlib
import threading
import time
from collections.abc import Callable

from vcam.app.checks.loop import card, difference
from vcam.app.checks.state import LoopState
from vcam.errors import CameraError, SinkError
from vcam.types import Frame, FrameSink, FrameSource

PATIENCE_S = 6.0
"""How long the card may take: some drivers need seconds to open."""
SETTLE_FRAMES = 5
"""The first pictures may be the driver's own."""


def probe(sink: FrameSink, make_source: Callable[[str], FrameSource]) -> LoopState | None:
    """What came back; None where the sink cannot be opened, which other checks explain.

    `make_source` makes the source that reads the camera of this name.
    """
    frame = Frame(0, 0, card(sink.size))
    try:
        sink.open()
    except SinkError:
        return None
    over = threading.Event()
    feeder = threading.Thread(target=_feed, args=(sink, frame, over), name="test card")
    try:
        sink.send(frame)  # some drivers can be read only after a first picture
        feeder.start()
        return _read(sink.label, make_source(sink.label), frame)
    except (SinkError, CameraError) as error:
        return LoopState(sink.label, error=str(error), hint=error.hint)
    finally:
        over.set()
        if feeder.ident is not None:
            feeder.join()
        sink.close()


def _feed(sink: FrameSink, frame: Frame, over: threading.Event) -> None:
    with contextlib.suppress(SinkError):
        while not over.wait(1 / sink.rate_hz):
            sink.send(frame)


def _read(device: str, source: FrameSource, sent: Frame) -> LoopState:
    deadline_s = time.monotonic() + PATIENCE_S
    count = 0
    with contextlib.closing(source.frames()) as frames:
        for frame in frames:
            count += frame is not None
            if frame is not None and count >= SETTLE_FRAMES:
                return LoopState(device, difference(sent.pixels, frame.pixels))
            if time.monotonic() > deadline_s:
                break
    return LoopState(device, error="no picture comes back", hint="Load its driver again, then look again.")
