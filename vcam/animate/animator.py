"""Faces and expressions in, placements out: the emoji's place in every mode."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from vcam.animate.avatar import Stage
from vcam.animate.beside import Perch, badge_box, choose
from vcam.animate.handover import Handover
from vcam.animate.look import Look, Spot, Target
from vcam.animate.mask import MaskFit
from vcam.animate.pack import Pack
from vcam.animate.pictures import Bodies, Pictures
from vcam.animate.puppet.puppet import Puppet
from vcam.animate.puppet.reader import SignalReader
from vcam.animate.puppet.style import Style
from vcam.animate.region import head_ellipse
from vcam.types import BGR, Box, Expression, Face, Label, Mode, Placement, Size

APPEAR_NS = 150_000_000
_NOBODY = -1
"""The track of the emoji that stands at rest while there is no face."""


@dataclass(slots=True, eq=False)
class _Track:
    """What is remembered of one face."""

    look: Handover
    fit: MaskFit = field(default_factory=MaskFit)
    target: Target | None = None
    perch: Perch | None = None
    perched_ns: int = 0
    placed: bool = False


class Animator:
    """Places one emoji for every face, frame by frame.

    `pack` and `mode` may be changed between frames: the next frame shows the new mode, and begins to fade
    over to the new pack. `signals` reads what a puppet shall do in a face; without it puppets move with the
    expression only. All time comes from `captured_ns`, so the same frames give the same placements.
    """

    def __init__(self, pack: Pack, mode: Mode, signals: SignalReader | None = None) -> None:
        self.mode = mode
        self._pack = pack
        self._signals = signals
        self._bodies = Bodies()
        self._tracks: dict[int, _Track] = {}
        self._stage = Stage()

    @property
    def pack(self) -> Pack:
        """The pack that is shown, at the end of a change at the latest."""
        return self._pack

    @pack.setter
    def pack(self, pack: Pack) -> None:
        if pack is self._pack:
            return
        self._pack = pack
        self._bodies = Bodies()
        for track in self._tracks.values():
            track.look.wanted = pack

    def animate(
        self,
        faces: Sequence[Face],
        expressions: Sequence[Expression],
        captured_ns: int,
        size: Size,
        pixels: BGR | None = None,
    ) -> tuple[Placement, ...]:
        """What to draw into a frame of `size` at `captured_ns`, in drawing order.

        `expressions` are those of `faces`, in the same order (else ValueError). What was remembered of tracks
        that are not among `faces` is dropped. In `mask` mode every face is hidden by opaque pixels, those
        too that the tracker only remembers; small faces are drawn first. `pixels`, the frame's own, let a
        puppet see more than the mesh tells.
        """
        if self.mode is Mode.OFF:
            self._tracks.clear()
            return ()
        self._present([face.track_id for face in faces])
        for face, expression in zip(faces, expressions, strict=True):
            track = self._tracks[face.track_id]
            track.target = track.fit.update(face, captured_ns)
            track.look.update(face, track.fit.pose, expression.label, captured_ns, pixels)
        match self.mode:
            case Mode.MASK:
                return self._mask(size)
            case Mode.BESIDE:
                return self._beside(captured_ns, size)
            case _:
                return self._avatar(captured_ns, size)

    def _present(self, track_ids: Sequence[int]) -> None:
        """Keep the tracks that are there, begin new ones; the avatar alone outlives its face."""
        before = self._tracks
        self._tracks = {
            track_id: before.get(track_id) or self._begin(before.get(_NOBODY)) for track_id in track_ids
        }
        if self.mode is Mode.AVATAR and not track_ids:
            last = next(iter(before.values()), None)
            self._tracks = {_NOBODY: last if last is not None else self._begin(None)}

    def _begin(self, resting: _Track | None) -> _Track:
        if resting is not None:
            return _Track(resting.look)
        return _Track(Handover(self._pack, self._look))

    def _look(self, pack: Pack) -> Look:
        if isinstance(pack.puppet, Style):
            return Puppet(pack.puppet, self._signals)
        return Pictures(pack, self._bodies)

    def _mask(self, size: Size) -> tuple[Placement, ...]:
        hidden = [(track.target, track.look) for track in self._tracks.values() if track.target is not None]
        hidden.sort(key=lambda pair: pair[0].front[1])
        return tuple(placement for target, look in hidden for placement in look.over(target, size))

    def _beside(self, now_ns: int, size: Size) -> tuple[Placement, ...]:
        tracks = [track for track in self._tracks.values() if track.target is not None]
        heads = [_bounds(track) for track in tracks]
        taken = list(heads)
        placements: list[Placement] = []
        for track, head in zip(tracks, heads, strict=True):
            perch = choose(head, taken, size, track.perch)
            if track.perch != perch and (
                perch is None or track.perch is None or track.perch.side != perch.side
            ):
                # The first badge needs no soft beginning, and a still picture has no time for one.
                track.perched_ns = now_ns if track.placed else now_ns - APPEAR_NS
            track.perch, track.placed = perch, True
            if perch is None or track.target is None:
                continue
            box = badge_box(head, perch, size)
            taken.append(box)
            pose = track.target.pose
            opacity = min(1.0, max((now_ns - track.perched_ns) / APPEAR_NS, 0.0))
            spot = Spot(track.target.track_id, *box.center, box.width, pose.roll, pose.yaw, opacity)
            placements.extend(track.look.at(spot, size))
        return tuple(placements)

    def _avatar(self, now_ns: int, size: Size) -> tuple[Placement, ...]:
        if _NOBODY in self._tracks:
            self._tracks[_NOBODY].look.update(None, None, Label.NEUTRAL, now_ns)
        poses = {
            track_id: track.target.pose if track.target is not None and track_id != _NOBODY else None
            for track_id, track in self._tracks.items()
        }
        spots = self._stage.stand(poses, size, now_ns)
        return tuple(
            placement for spot in spots for placement in self._tracks[spot.track_id].look.at(spot, size)
        )


def _bounds(track: _Track) -> Box:
    """The upright box around the head, as its smoothed pose alone says: calmer than its mask."""
    pose = track.target.pose if track.target is not None else None
    return head_ellipse(pose, pose.roll).bounds if pose is not None else Box(0, 0, 0, 0)
