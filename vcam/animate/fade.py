"""Which picture shows an expression, and the short cross-fade when it changes."""

from typing import NamedTuple

from vcam.animate.art.art import Art
from vcam.animate.pack import Pack
from vcam.types import Label

FADE_NS = 150_000_000


class Layer(NamedTuple):
    """A picture to draw: how strongly, and since when it shows."""

    art: Art
    opacity: float
    since_ns: int


class Fade:
    """The pictures of one face: usually one, two while one follows another.

    The new picture fades in over the old one, and only then the old one fades out, so that together they are
    never more transparent than the thinner of the two. A change that comes during a fade waits for its end.
    """

    def __init__(self) -> None:
        self._shown: Layer | None = None
        self._leaving: Layer | None = None
        self._wanted: tuple[Pack, Label] | None = None
        self._pick = -1

    def layers(self, pack: Pack, label: Label, now_ns: int) -> list[Layer]:
        """What to draw at `now_ns` for that expression, in order. Raises PackError for art that fails."""
        if self._leaving is not None and not 0 <= now_ns - self._since_ns < FADE_NS:
            self._leaving = None
        if self._wanted != (pack, label) and self._leaving is None:
            self._wanted = (pack, label)
            self._pick += 1
            art = pack.art(label, self._pick)
            if self._shown is None or art is not self._shown.art:
                self._leaving, self._shown = self._shown, Layer(art, 1.0, now_ns)
        if self._shown is None:
            return []
        if self._leaving is None:
            return [self._shown]
        done = (now_ns - self._since_ns) / FADE_NS
        fading = self._leaving._replace(opacity=min(1.0, 2 - 2 * done))
        return [fading, self._shown._replace(opacity=min(1.0, 2 * done))]

    @property
    def _since_ns(self) -> int:
        return self._shown.since_ns if self._shown is not None else 0
