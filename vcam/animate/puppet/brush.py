"""A small painter over Skia that draws in units of the head: the origin is its middle, the radius is 1.

x goes to the right and y down. Colours are 0xRRGGBB.
"""

import math
from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from functools import lru_cache

import skia

from vcam.animate.puppet.paper import Paper
from vcam.animate.puppet.soft import soft_spot
from vcam.types import BGRA

Colour = int
Point = tuple[float, float]


@lru_cache(maxsize=1024)
def mix(one: Colour, other: Colour, share: float) -> Colour:
    """A colour between two: `share` 0 is the first, 1 the other."""
    share = min(max(share, 0.0), 1.0)
    mixed = 0
    for shift in (16, 8, 0):
        a, b = one >> shift & 255, other >> shift & 255
        mixed |= round(a + (b - a) * share) << shift
    return mixed


def lighter(colour: Colour, share: float) -> Colour:
    """The colour mixed with white."""
    return mix(colour, 0xFFFFFF, share)


def darker(colour: Colour, share: float) -> Colour:
    """The colour mixed with a warm black."""
    return mix(colour, 0x1E0E06, share)


def oval(x: float, y: float, rx: float, ry: float) -> skia.Path:
    """An ellipse by its middle and half axes."""
    return skia.Path.Oval(skia.Rect.MakeLTRB(x - rx, y - ry, x + rx, y + ry))


def rounded(x0: float, y0: float, x1: float, y1: float, radius: float) -> skia.Path:
    """A rectangle with round corners."""
    path = skia.Path()
    path.addRoundRect(skia.Rect.MakeLTRB(x0, y0, x1, y1), radius, radius)
    return path


def curve(start: Point, *cubics: tuple[Point, Point, Point], closed: bool = False) -> skia.Path:
    """Cubic Bézier segments, each by its two control points and its end."""
    path = skia.Path()
    path.moveTo(*start)
    for first, second, end in cubics:
        path.cubicTo(*first, *second, *end)
    if closed:
        path.close()
    return path


def bow(start: Point, middle: Point, end: Point) -> skia.Path:
    """A quadratic curve that goes through `middle` half-way."""
    path = skia.Path()
    path.moveTo(*start)
    control = [2 * m - (s + e) / 2 for s, m, e in zip(start, middle, end, strict=True)]
    path.quadTo(control[0], control[1], *end)
    return path


def polygon(points: Sequence[Point]) -> skia.Path:
    """A closed polygon."""
    path = skia.Path()
    path.addPoly([skia.Point(*point) for point in points], True)
    return path


def everywhere() -> skia.Path:
    """More than any picture shows."""
    return polygon([(-9.0, -9.0), (9.0, -9.0), (9.0, 9.0), (-9.0, 9.0)])


@dataclass(frozen=True, slots=True, eq=False)
class Layer:
    """An opaque picture that was made once: `pixels` (h, w, 4) uint8 BGRA, and where in it the middle is.

    `x`, `y`: the head's middle, in pixels of the layer (a pixel's centre has whole numbers). `image`: the
    same pixels for Skia.
    """

    pixels: BGRA
    x: float
    y: float
    image: skia.Image = field(init=False)

    def __post_init__(self) -> None:
        height, width = self.pixels.shape[:2]
        info = skia.ImageInfo.Make(width, height, skia.kBGRA_8888_ColorType, skia.kOpaque_AlphaType)
        pixmap = skia.Pixmap(info, self.pixels, self.pixels.strides[0])
        object.__setattr__(self, "image", skia.Image.MakeFromRaster(pixmap))


class Brush:
    """Paints into a clean transparent picture of `size_px` (width, height).

    `middle`: where the head's middle is, in pixels (a pixel's centre has whole numbers); `radius_px`: its
    radius. `roll`: everything is turned clockwise by so many radians. `pixels`: (height, width, 4) uint8
    BGRA, premultiplied, on `paper`.
    """

    def __init__(
        self,
        size_px: tuple[int, int],
        middle: Point,
        radius_px: float,
        roll: float = 0.0,
        paper: Paper | None = None,
    ) -> None:
        self._page = (paper or Paper()).page(*size_px)
        self._page.pixels.fill(0)
        self._middle = middle
        self._canvas = self._page.canvas
        self._canvas.resetMatrix()
        self._canvas.translate(middle[0] + 0.5, middle[1] + 0.5)
        self._canvas.scale(radius_px, radius_px)
        self._canvas.rotate(math.degrees(roll))
        self._restored = _Restored(self._canvas)
        self._atop = False

    @property
    def pixels(self) -> BGRA:
        """What was painted so far."""
        return self._page.pixels.view()

    def cover(self, outline: skia.Path, layer: Layer) -> None:
        """Fill an outline with a layer that is moved by whole pixels, neither turned nor enlarged.

        Only the outline is, and its edge is soft; beyond the layer the layer's rim goes on. Skia copies where
        nothing but such a move lies between the two pictures, so the outline is brought into pixels first;
        with any other shader it takes far longer.
        """
        x, y = self._middle
        moved = skia.Matrix.Translate(round(x - layer.x), round(y - layer.y))
        shader = layer.image.makeShader(skia.TileMode.kClamp, skia.TileMode.kClamp, _NEAREST, moved)
        in_pixels = skia.Path()
        outline.transform(self._canvas.getTotalMatrix(), in_pixels)
        self._canvas.save()
        self._canvas.resetMatrix()
        self._canvas.drawPath(in_pixels, skia.Paint(AntiAlias=True, Shader=shader))
        self._canvas.restore()

    def atop(self) -> AbstractContextManager[None]:
        """Draw on what is there already, and nowhere else."""
        return _Atop(self)

    def at(
        self, x: float, y: float, sx: float = 1.0, sy: float = 1.0, turn: float = 0.0
    ) -> AbstractContextManager[None]:
        """Draw around another origin, squeezed, then turned clockwise by radians."""
        self._canvas.save()
        self._canvas.translate(x, y)
        self._canvas.scale(sx, sy)
        if turn:
            self._canvas.rotate(math.degrees(turn))
        return self._restored

    def within(self, path: skia.Path, *, soft: bool = True) -> AbstractContextManager[None]:
        """Draw only inside a path; an edge that something else will hide need not be soft."""
        self._canvas.save()
        self._canvas.clipPath(path, doAntiAlias=soft)
        return self._restored

    def fill(self, path: skia.Path, colour: Colour, alpha: float = 1.0, *, soft: bool = True) -> None:
        """Fill with one colour; an edge that something else will hide need not be soft."""
        self._canvas.drawPath(path, _ink(_argb(colour, alpha), 0.0, soft, self._atop))

    def stroke(self, path: skia.Path, colour: Colour, width: float, alpha: float = 1.0) -> None:
        """Draw the outline with round ends."""
        self._canvas.drawPath(path, _ink(_argb(colour, alpha), width, True, self._atop))

    def shade(
        self, path: skia.Path, colours: Sequence[Colour], middle: Point = (-0.35, -0.45), radius: float = 1.6
    ) -> None:
        """Fill with colours from a light spot outwards, evenly spaced."""
        shader = skia.GradientShader.MakeRadial(middle, radius, [_argb(colour, 1.0) for colour in colours])
        self._canvas.drawPath(path, skia.Paint(AntiAlias=True, Shader=shader))

    def fade(self, path: skia.Path, top: Colour, bottom: Colour, y0: float, y1: float) -> None:
        """Fill from one colour at `y0` to another at `y1`."""
        shader = skia.GradientShader.MakeLinear([(0.0, y0), (0.0, y1)], [_argb(top, 1.0), _argb(bottom, 1.0)])
        self._canvas.drawPath(path, skia.Paint(AntiAlias=True, Shader=shader))

    def glow(self, x: float, y: float, rx: float, ry: float, colour: Colour, alpha: float) -> None:
        """A soft spot that fades to nothing at its rim.

        It lies on whole pixels and has rounded axes: on a thing without an edge nobody sees the difference.
        """
        matrix = self._canvas.getTotalMatrix()
        axes = (
            matrix.getScaleX() * rx,
            matrix.getSkewX() * ry,
            matrix.getSkewY() * rx,
            matrix.getScaleY() * ry,
        )
        step = max(round(max(map(abs, axes)) / 32), 1)
        a, b, c, d = (round(axis / step) * step for axis in axes)
        if a * d == b * c:
            return
        spot = soft_spot((a, b, c, d), colour)
        at = matrix.mapXY(x, y)
        left, top = round(at.x() - 0.5) - spot.width() // 2, round(at.y() - 0.5) - spot.height() // 2
        self._canvas.save()
        self._canvas.resetMatrix()
        self._canvas.drawImage(spot, left, top, _NEAREST, _ink(_argb(0, alpha), 0.0, False, self._atop))
        self._canvas.restore()


class _Restored:
    """Takes back, at the end of a `with`, what was changed since the canvas was saved."""

    def __init__(self, canvas: skia.Canvas) -> None:
        self._canvas = canvas

    def __enter__(self) -> None:
        """Everything is done already."""

    def __exit__(self, *_: object) -> None:
        self._canvas.restore()


class _Atop:
    """Makes a brush keep to what is there, until the end of a `with`."""

    def __init__(self, brush: Brush) -> None:
        self._brush = brush

    def __enter__(self) -> None:
        self._before, self._brush._atop = self._brush._atop, True

    def __exit__(self, *_: object) -> None:
        self._brush._atop = self._before


_NEAREST = skia.SamplingOptions()


@lru_cache(maxsize=256)
def _ink(argb: int, width: float, soft: bool, atop: bool) -> skia.Paint:
    """A paint that nobody changes; `width` 0 fills."""
    blend = skia.BlendMode.kSrcATop if atop else skia.BlendMode.kSrcOver
    paint = skia.Paint(AntiAlias=soft, Color=argb, BlendMode=blend)
    if width:
        paint.setStyle(skia.Paint.kStroke_Style)
        paint.setStrokeWidth(width)
        paint.setStrokeCap(skia.Paint.kRound_Cap)
        paint.setStrokeJoin(skia.Paint.kRound_Join)
    return paint


def _argb(colour: Colour, alpha: float) -> int:
    if alpha == 1.0:
        return 0xFF000000 | colour
    return round(min(max(alpha, 0.0), 1.0) * 255) << 24 | colour
