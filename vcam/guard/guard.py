"""Fail-closed release: decides for every frame whether it may go out live, with patches, or only covered.

How the pipeline wires it, in `mask` mode:

    faces = tracker.track(frame, guard.wants(frame))     # the detectors that must look at this very frame
    ...
    shown = guard.release(frame, composite, faces, sightings, looked, placements)

and around the stages: `except Exception: log.exception(...); shown = guard.retreat(frame)`. `reset` after
anything that the guard cannot see by itself: another camera, pack or mode. Whatever is passed in, what comes
back is a frame that may be shown.

The order of retreat in `mask` mode:

1. live: every head is hidden by opaque art. A head is what the mesh says now, what either detector claims
   now, however unsurely, and what was there in the last seconds and has not been seen to go.
2. held: art alone does not hide every head, but it is certain where the heads are; the veil (see
   `veil.py`) is laid over what is bare. A head that was just lost is hidden where it can have moved since.
3. covered: the whole picture is veiled (or the standby card shown) when a head has been lost for longer, when
   a stage failed or belongs to another frame, when the art is not where it is said to be, before the first
   full look, and with no face in sight unless `no_face` says otherwise. Live again only after every head has
   been known for a moment.
"""

import logging
from collections.abc import Sequence

import cv2
import numpy as np

from vcam.config import NoFace
from vcam.guard.cells import Cells, Mask, opaque_cells
from vcam.guard.heads import HOLD_NS, Head, Memory
from vcam.guard.outlines import face_outline, sighting_core
from vcam.guard.veil import MILK_BGR, Veil
from vcam.guard.watch import Watch
from vcam.types import BGR, Detectors, Face, Frame, Mode, Placement, Release, Sighting

SETTLE_NS = 250_000_000
"""How long every head must have been known before a retreat ends."""
_OPAQUE = 250
_PATCH_SHARE = 0.5
"""With more than this share of the picture to be patched, the whole of it is covered."""
_REMEMBERED_MARGIN = 0.25
"""Margin around the landmarks that the tracker carries on for a face it does not see."""
_CAMERA_SHARE = 0.1
"""In `avatar` mode, the share of cells that may by chance equal the camera's."""

log = logging.getLogger(__name__)


class Guard:
    """Releases the frames of one source.

    `card` ((H, W, 3) uint8 BGR, any size) stands for a covered picture in `avatar` mode and with
    `no_face = cover`; without one a plain light one does. After every call `last` tells what was let out,
    and `hidden` whether every face is hidden in it (always, but for live frames of `beside` and `off`).
    """

    def __init__(
        self, mode: Mode = Mode.MASK, no_face: NoFace = NoFace.BLUR, card: BGR | None = None
    ) -> None:
        self._mode = mode
        self._no_face = no_face
        self._card = card
        self._memory = Memory()
        self._watch = Watch()
        self._veil = Veil()
        self.last = Release.COVERED
        self.hidden = True
        self._grid: Cells | None = None
        self.reset()

    @property
    def mode(self) -> Mode:
        """The stop of the privacy dial; another one starts afresh."""
        return self._mode

    @mode.setter
    def mode(self, mode: Mode) -> None:
        if mode is not self._mode:
            self._mode = mode
            self.reset()

    def reset(self) -> None:
        """Back to the state at start-up: nothing is known, and nothing goes out before a full look."""
        self._memory.forget()
        self._watch.forget()
        self._veil.forget()
        self._before: Frame | None = None
        self._wanted = Detectors.BOTH
        self._cut = True
        self._watched: Frame | None = None
        self._retreated = False
        self._failed = False
        self._known_since_ns: int | None = None

    def wants(self, frame: Frame) -> Detectors:
        """The detectors that must look at this very frame. Ask before tracking, once a frame."""
        if self._watched is frame:
            return self._wanted
        if self._broken_off(frame):
            self.reset()
        self._watched = frame
        if self._mode is not Mode.MASK:
            self._wanted = Detectors.NONE
            return self._wanted
        self._cut = self._watch.cut(frame)
        if self._cut:
            self._memory.forget()
            self._veil.forget()
            self._watch.distrust()
        self._wanted = self._watch.due(frame, self._memory.heads)
        return self._wanted

    def release(
        self,
        frame: Frame,
        composite: Frame,
        faces: Sequence[Face] = (),
        sightings: Sequence[Sighting] = (),
        looked: Detectors = Detectors.NEAR,
        placements: Sequence[Placement] = (),
    ) -> Frame:
        """What may be shown of this frame: `composite`, a patched copy of it, or a cover.

        `composite` is `frame` with `placements` drawn in. `sightings` are all claims of the detectors about
        this frame, the unsure ones (score 0.3 and up) included; `looked` tells which detectors were asked.
        Never raises for what a stage delivered wrongly: that is covered.
        """
        try:
            self.wants(frame)
            if not self._belongs(frame, composite, faces):
                log.debug("frame %s: a result of another frame", frame.seq)
                return self.retreat(frame)
            self._before = frame
            if self._mode is Mode.AVATAR:
                return self._release_avatar(frame, composite)
            if self._mode is not Mode.MASK:
                return self._let(Release.LIVE, composite, hidden=False)
            return self._release_mask(frame, composite, faces, sightings, looked, placements)
        except Exception:  # the last line of defence: whatever went wrong here, no face goes out
            if not self._failed:  # once, not with every frame
                log.exception("frame %s: the guard failed and covers the picture", frame.seq)
            self._failed = True
            return self.retreat(frame)

    def retreat(self, frame: Frame) -> Frame:
        """Cover this frame, because a stage failed or was late. Ends as any retreat ends."""
        self._before = frame
        self._retreated = True
        self._known_since_ns = None
        self._watch.distrust()
        return self._cover(frame)

    def _broken_off(self, frame: Frame) -> bool:
        before = self._before
        return before is not None and (
            before.size != frame.size
            or frame.captured_ns < before.captured_ns
            or frame.seq < before.seq
            or frame.captured_ns - before.captured_ns > 1_000_000_000
        )

    @staticmethod
    def _belongs(frame: Frame, composite: Frame, faces: Sequence[Face]) -> bool:
        same = (composite.seq, composite.captured_ns, composite.size) == (
            frame.seq,
            frame.captured_ns,
            frame.size,
        )
        return same and all(face.seen_ns <= frame.captured_ns for face in faces)

    def _has_looked(self, looked: Detectors) -> bool:
        return self._wanted in looked

    def _release_avatar(self, frame: Frame, composite: Frame) -> Frame:
        """No camera pixel at all: a composite that equals the camera in more than chance places is none."""
        cells = self._cells(frame)
        some = cells.some()
        seen, shown = (cells.sample(picture.pixels, some) for picture in (frame, composite))
        same = float((seen == shown).all(axis=1).mean())
        if same > _CAMERA_SHARE:
            log.debug("frame %s: the avatar's picture holds camera pixels", frame.seq)
            return self.retreat(frame)
        return self._let(Release.LIVE, composite, hidden=True)

    def _release_mask(
        self,
        frame: Frame,
        composite: Frame,
        faces: Sequence[Face],
        sightings: Sequence[Sighting],
        looked: Detectors,
        placements: Sequence[Placement],
    ) -> Frame:
        now_ns = frame.captured_ns
        if not self._has_looked(looked):
            log.debug("frame %s: a detector that should have looked has not", frame.seq)
            return self.retreat(frame)
        if Detectors.FAR in looked:
            self._watch.looked(frame)
        self._memory.update(faces, sightings, frame.size, now_ns, looked)
        persons = [head for head in self._memory.heads if head.person or head.track_id is not None]
        if not self._settled(persons, now_ns):
            return self._cover(frame)
        cells = self._cells(frame)
        needed = self._needed(frame, cells, faces)
        art = cells.draw(placements)
        opaque = opaque_cells(art, _OPAQUE)
        if not cells.shows(composite.pixels, art, needed & opaque):
            log.debug("frame %s: the picture does not show the art it should", frame.seq)
            return self.retreat(frame)
        bare = needed & ~opaque
        bare_count = cv2.countNonZero(bare)
        if bare_count > _PATCH_SHARE * bare.size:
            return self._cover(frame)
        release = Release.HELD if bare_count else Release.LIVE
        if not bare_count and not self._veil.lingers(frame):
            return self._let(release, composite, hidden=True)
        pixels = composite.pixels.copy()
        self._veil.paint(pixels, frame, cells, bare, placements)
        return self._let(release, Frame(frame.seq, now_ns, pixels), hidden=True)

    def _settled(self, persons: Sequence[Head], now_ns: int) -> bool:
        """Whether it is known where everybody is, and after a retreat has been known for a moment."""
        if not persons:
            if self._no_face is NoFace.SHOW:
                return not self._retreated or self._known_for(now_ns)
            self._retreated = True
            self._known_since_ns = None
            return False
        longest_ns = max((head.lost_ns(now_ns) for head in persons if head.person), default=0)
        if longest_ns > HOLD_NS:
            self._retreated = True
        if longest_ns > 0:
            self._known_since_ns = None
            return not self._retreated
        return not self._retreated or self._known_for(now_ns)

    def _known_for(self, now_ns: int) -> bool:
        """Counts from the first call after a retreat; True, and the retreat over, once it is long enough."""
        if self._known_since_ns is None:
            self._known_since_ns = now_ns
        if now_ns - self._known_since_ns < SETTLE_NS:
            return False
        self._retreated = False
        return True

    def _needed(self, frame: Frame, cells: Cells, faces: Sequence[Face]) -> Mask:
        """The cells that no camera pixel may show."""
        now_ns = frame.captured_ns
        arrived = None if self._cut else self._watch.arrivals(frame, self._memory.heads)
        mask = np.zeros(cells.shape, np.uint8) if arrived is None else cells.spread(arrived)
        for head in self._memory.heads:
            cells.fill(mask, head.reach(now_ns))
            if (behind := head.behind(now_ns)) is not None:
                cells.fill(mask, behind)
        for face in faces:
            if face.seen_ns < now_ns:  # where the tracker believes it to have gone
                cells.fill(mask, face_outline(face.landmarks, _REMEMBERED_MARGIN))
        for claim, _ in self._memory.doubts:
            cells.fill_ellipse(mask, *sighting_core(claim))
        return mask

    def _cells(self, frame: Frame) -> Cells:
        if self._grid is None or self._grid.size != frame.size:
            self._grid = Cells(frame.size)
        return self._grid

    def _let(self, release: Release, frame: Frame, *, hidden: bool) -> Frame:
        self.last, self.hidden = release, hidden
        return frame

    def _cover(self, frame: Frame) -> Frame:
        if self._mode is Mode.AVATAR or self._no_face is NoFace.COVER:
            pixels = self._standby(frame)
        else:
            pixels = self._veil.whole(frame)
        return self._let(Release.COVERED, Frame(frame.seq, frame.captured_ns, pixels), hidden=True)

    def _standby(self, frame: Frame) -> BGR:
        if self._card is None:
            return np.full_like(frame.pixels, np.asarray(MILK_BGR, np.uint8))
        return np.ascontiguousarray(
            cv2.resize(self._card, frame.size, interpolation=cv2.INTER_AREA), np.uint8
        )
