"""A face shown by a puppet that is drawn for every frame."""

import math

import numpy as np

from vcam.animate.look import Spot, Target
from vcam.animate.pose import HeadPose
from vcam.animate.puppet.portrait import Portrait
from vcam.animate.puppet.reader import SignalReader
from vcam.animate.puppet.rig import Rig
from vcam.animate.puppet.signals import REST, Signals
from vcam.animate.puppet.style import Style
from vcam.types import BGR, Face, Label, Placement, Size, Sprite

_MOOD_S = 0.18
_LARGEST_PX = 640.0
"""Larger heads are drawn at this radius and enlarged: a face that is read wrongly must not cost memory."""
_HOUR_NS = 3_600_000_000_000


class Puppet:
    """The look of one face. Without a `reader` only the expression moves it, not the face itself."""

    def __init__(self, style: Style, reader: SignalReader | None) -> None:
        self._portrait = Portrait(style)
        self._reader = reader
        self._rig = Rig()
        self._signals: Signals = REST
        self._weights: dict[Label, float] = {}
        self._now_ns: int | None = None

    def update(
        self,
        face: Face | None,
        pose: HeadPose | None,
        label: Label,
        now_ns: int,
        pixels: BGR | None = None,
    ) -> None:
        """Pull the strings as the face does; a face that is lost or only remembered eases to rest."""
        elapsed_s = math.inf if self._now_ns is None else max(now_ns - self._now_ns, 0) / 1e9
        self._now_ns = now_ns
        read = None
        if face is not None and pose is not None and face.seen_ns == now_ns:
            found = self._reader.read(face.landmarks, pixels) if self._reader is not None else REST
            if found is not None:
                read = found._replace(roll=pose.roll, pitch=pose.pitch, yaw=pose.yaw)
        self._signals = self._rig.update(read, now_ns)
        stay = math.exp(-elapsed_s / _MOOD_S)
        self._weights = {
            known: target + (self._weights.get(known, 0.0) - target) * stay
            for known, target in ((known, float(known is label)) for known in Label)
        }

    def over(self, target: Target, picture: Size) -> list[Placement]:
        """The puppet, its head just large enough to hide the person's."""
        figure, head = self._portrait.figure, target.head
        radius_px = max(head.rx / figure.half_width, head.ry / figure.half_height)
        return self._drawn((head.x, head.y), radius_px, head.angle, picture, 1.0, target.track_id)

    def at(self, spot: Spot, picture: Size) -> list[Placement]:
        """The puppet with all that it wears; like a picture, it fills the spot while it is upright."""
        room = self._portrait.room
        radius_px = spot.side_px / max(2 * room.side, room.up + room.down)
        left, up, right, down = room.turned(spot.roll)
        middle = spot.x + (left - right) / 2 * radius_px, spot.y + (up - down) / 2 * radius_px
        return self._drawn(middle, radius_px, spot.roll, picture, spot.opacity, spot.track_id)

    def _drawn(
        self,
        middle: tuple[float, float],
        radius_px: float,
        roll: float,
        picture: Size,
        opacity: float,
        track_id: int,
    ) -> list[Placement]:
        """What is seen of it, drawn to the fraction of a pixel, so that it is only moved by whole pixels."""
        (x, y), scale = middle, max(radius_px / _LARGEST_PX, 1.0)
        time_s = ((self._now_ns or 0) % _HOUR_NS) / 1e9
        signals = self._signals._replace(roll=roll)
        if scale == 1.0:
            drawing = self._portrait.draw(signals, self._weights, radius_px, time_s, middle, picture)
        else:
            drawing = self._portrait.draw(signals, self._weights, _LARGEST_PX, time_s)
        if drawing is None:
            return []
        left, top = x - scale * drawing.x, y - scale * drawing.y
        if scale == 1.0:
            left, top = round(left), round(top)
        affine = np.array([[scale, 0.0, left], [0.0, scale, top]], np.float64)
        return [Placement(Sprite("puppet", drawing.pixels), affine, opacity, track_id)]
