"""A picture with its place on the face, ready to be drawn at any size and time."""

from dataclasses import dataclass
from typing import NamedTuple

from vcam.animate.art.picture import MARGIN_PX, Picture, SpriteCache, reach_of, size_bucket
from vcam.types import Box, Sprite

ANCHORS = {
    "center": (0.5, 0.5),
    "top": (0.5, 0.0),
    "bottom": (0.5, 1.0),
    "left": (0.0, 0.5),
    "right": (1.0, 0.5),
}
"""Names for the commonest anchors."""


class Placing(NamedTuple):
    """How a picture sits on a face.

    `anchor`: the point of the picture's visible part, in fractions of it from its top left, that is put on
    the middle of the face. `scale`: multiplies its size; 1 just covers the face. `offset`: moves it, in
    heights of the face, to the right and down. `turns`: whether it rolls with the head.
    """

    anchor: tuple[float, float] = ANCHORS["center"]
    scale: float = 1.0
    offset: tuple[float, float] = (0.0, 0.0)
    turns: bool = True


@dataclass(frozen=True, slots=True, eq=False)
class Art:
    """One picture of a pack, still or animated, with its placing."""

    name: str
    picture: Picture
    placing: Placing
    cache: SpriteCache

    @property
    def aspect(self) -> float:
        """Width over height of the visible part."""
        return self.picture.aspect

    def sprite(self, height_px: float, time_ns: int = 0) -> Sprite:
        """The picture with its visible part at least `height_px` high, where it has that many pixels.

        It is drawn once for a range of heights and kept; the affine map scales the rest. `time_ns` counts
        from when the picture began to show: animations start there, and loop.
        """
        bucket = self.cache.height_px = size_bucket(height_px)
        frame = self.picture.frame_at(time_ns, bucket)
        key = (self.picture, bucket, frame)
        return self.cache.get(key, lambda: self._drawn(frame, bucket))

    def _drawn(self, frame: int, bucket: int) -> Sprite:
        pixels = self.picture.draw(frame, bucket)
        return Sprite(self.name, pixels, reach_of(pixels))

    def prepare(self) -> None:
        """Draw the picture's start at the height that any picture of the pack was asked for last."""
        if self.cache.height_px:
            self.sprite(self.cache.height_px)

    @staticmethod
    def content_box(sprite: Sprite) -> Box:
        """Where the visible part lies in one of this art's sprites, in pixels of the sprite."""
        height, width = sprite.pixels.shape[:2]
        return Box(MARGIN_PX, MARGIN_PX, width - MARGIN_PX, height - MARGIN_PX)
