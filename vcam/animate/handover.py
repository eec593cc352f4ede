"""The soft change from one pack to another while the camera runs."""

from collections.abc import Callable
from dataclasses import replace

from vcam.animate.look import Look, Spot, Target
from vcam.animate.pack import Pack
from vcam.animate.pose import HeadPose
from vcam.types import BGR, Face, Label, Placement, Size

HANDOVER_NS = 250_000_000


class Handover:
    """The look of one face, in whatever pack is wanted: `make` makes it.

    As with two pictures of a pack, the new look fades in over the old one, and only then the old one fades
    out: at every moment one of them is there in full, and hides the head. A change that comes during another
    one waits for its end.
    """

    def __init__(self, pack: Pack, make: Callable[[Pack], Look]) -> None:
        self.wanted = pack
        self._make = make
        self._pack = pack
        self._look = make(pack)
        self._leaving: Look | None = None
        self._since_ns = 0
        self._now_ns = 0

    def update(
        self,
        face: Face | None,
        pose: HeadPose | None,
        label: Label,
        now_ns: int,
        pixels: BGR | None = None,
    ) -> None:
        """Begin or end a change, and let the looks that are shown take in what the face shows."""
        if self._leaving is not None and not 0 <= now_ns - self._since_ns < HANDOVER_NS:
            self._leaving = None
        if self.wanted is not self._pack and self._leaving is None:
            self._leaving, self._look = self._look, self._make(self.wanted)
            self._pack = self.wanted
            # From the last frame on, so that something has changed already in this one.
            self._since_ns = self._now_ns if 0 <= now_ns - self._now_ns < HANDOVER_NS else now_ns
        self._now_ns = now_ns
        for look in (self._leaving, self._look):
            if look is not None:
                look.update(face, pose, label, now_ns, pixels)

    def over(self, target: Target, picture: Size) -> list[Placement]:
        """Placements that hide what is in the picture of a head."""
        return self._shown(lambda look: look.over(target, picture))

    def at(self, spot: Spot, picture: Size) -> list[Placement]:
        """Placements that fill a free place."""
        return self._shown(lambda look: look.at(spot, picture))

    def _shown(self, place: Callable[[Look], list[Placement]]) -> list[Placement]:
        if self._leaving is None:
            return place(self._look)
        done = (self._now_ns - self._since_ns) / HANDOVER_NS
        old, new = min(1.0, 2 - 2 * done), min(1.0, 2 * done)
        return _faint(place(self._leaving), old) + _faint(place(self._look), new)


def _faint(placements: list[Placement], opacity: float) -> list[Placement]:
    if opacity == 1.0:
        return placements
    return [replace(placement, opacity=placement.opacity * opacity) for placement in placements]
