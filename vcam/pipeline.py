"""The flow: one frame in, one frame out that may be shown.

    capture ─▶ track ─▶ classify ─▶ animate ─▶ composite ─▶ guard ─▶ publish

No threads, no clock, no I/O: time comes from the frame, so a recorded clip gives the same output twice.
"""

import logging
from dataclasses import dataclass

from vcam.animate.animator import Animator
from vcam.animate.pack import Pack
from vcam.classify.classifier import Classifier
from vcam.composite.compositor import Compositor
from vcam.guard.guard import Guard
from vcam.track.lookout import Pace
from vcam.track.tracker import Tracker
from vcam.types import Expression, Face, Frame, Mode, Release

_PACE, _MASK_PACE = Pace(near_hz=5.0, far_hz=1.0), Pace(near_hz=6.0, far_hz=1.0)
"""How often the detectors look of themselves; in `mask` mode the guard wants them far more often."""
MAX_FAILURES = 10
"""After so many failed frames in a row the fault is no passing one, and is raised."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a frame: the picture that may be shown, how it was released, and what was seen in it.

    `expressions` are those of `faces`, in the same order; both are empty where a stage failed. `hidden` tells
    whether every face is hidden in the picture.
    """

    frame: Frame
    release: Release
    hidden: bool
    faces: tuple[Face, ...] = ()
    expressions: tuple[Expression, ...] = ()


class Pipeline:
    """The rooms in their order. Whoever makes it closes it; one thread uses it."""

    def __init__(
        self,
        tracker: Tracker,
        classifier: Classifier,
        animator: Animator,
        compositor: Compositor,
        guard: Guard,
    ) -> None:
        self.tracker = tracker
        self.classifier = classifier
        self.animator = animator
        self.compositor = compositor
        self.guard = guard
        self._failures = 0

    def step(self, frame: Frame) -> Outcome:
        """Process one frame. A stage that throws costs a covered picture; only lasting failure is raised."""
        wanted = self.guard.wants(frame)
        try:
            faces = self.tracker.track(frame, wanted)
            expressions = self.classifier.classify(frame, faces)
            placements = self.animator.animate(
                faces, expressions, frame.captured_ns, frame.size, frame.pixels
            )
            composite = self.compositor.composite(frame, placements, self.animator.mode)
        except Exception:
            self._failures += 1
            if self._failures >= MAX_FAILURES:
                raise
            log.exception("frame %s: a stage failed, the picture is covered", frame.seq)
            return Outcome(self.guard.retreat(frame), self.guard.last, self.guard.hidden)
        self._failures = 0
        released = self.guard.release(
            frame, composite, faces, self.tracker.sightings, self.tracker.looked, placements
        )
        return Outcome(released, self.guard.last, self.guard.hidden, faces, expressions)

    def change(self, *, mode: Mode | None = None, pack: Pack | None = None) -> None:
        """Take another mode or pack from the next frame on; a change of mode starts the guard afresh."""
        if pack is not None:
            self.animator.pack = pack
        if mode is not None and mode is not self.animator.mode:
            self.animator.mode = mode
            self.tracker.pace = pace(mode)
            self.guard.mode = mode

    def close(self) -> None:
        """Give back the networks."""
        self.tracker.close()


def pace(mode: Mode) -> Pace:
    """How often the detectors look in this mode where the guard does not want them to."""
    return _MASK_PACE if mode is Mode.MASK else _PACE
