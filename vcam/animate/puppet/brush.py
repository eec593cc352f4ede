"""A small painter over Skia that draws in units of the head: the origin is its middle, the radius is 1.

x goes to the right and y down. Colours are 0xRRGGBB.
"""

import math
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import cv2
import numpy as np
import skia

from vcam.animate.puppet.turn import Spot
from vcam.types import BGRA

Colour = int
Point = tuple[float, float]


_HERE = Spot(0.0, 0.0, 1.0, 1.0)


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
    path.moveTo(*points[0])
    for point in points[1:]:
        path.lineTo(*point)
    path.close()
    return path


@dataclass(frozen=True, slots=True, eq=False)
class Layer:
    """A picture that was painted once: `pixels` (h, w, 4) uint8 BGRA premultiplied, and what it shows.

    Pixel (0, 0) has its centre at (`x0`, `y0`) in head units, and there are `scale` pixels to a unit.
    """

    pixels: BGRA
    x0: float
    y0: float
    scale: float


class Brush:
    """Paints into a fresh transparent picture of `size_px` (width, height).

    `middle`: where the head's middle is, in pixels (a pixel's centre has whole numbers); `radius_px`: its
    radius. `roll`: everything is turned clockwise by so many radians. `pixels`: (height, width, 4) uint8
    BGRA, premultiplied.
    """

    def __init__(self, size_px: tuple[int, int], middle: Point, radius_px: float, roll: float = 0.0) -> None:
        width, height = size_px
        self.pixels: BGRA = np.zeros((height, width, 4), np.uint8)
        info = skia.ImageInfo.Make(width, height, skia.kBGRA_8888_ColorType, skia.kPremul_AlphaType)
        self._surface = skia.Surface.MakeRasterDirect(info, self.pixels, self.pixels.strides[0])
        self._canvas = self._surface.getCanvas()
        self._canvas.translate(middle[0] + 0.5, middle[1] + 0.5)
        self._canvas.scale(radius_px, radius_px)
        self._canvas.rotate(math.degrees(roll))
        c, s = radius_px * math.cos(roll), radius_px * math.sin(roll)
        self._affine = np.array([[c, -s, middle[0]], [s, c, middle[1]]])
        self._empty = True
        self._paint = skia.Paint(AntiAlias=True)

    def layer(self, x0: float, y0: float, x1: float, y1: float) -> Layer:
        """What was painted so far between these edges; the brush must not be turned."""
        (scale, _, middle_x), (_, _, middle_y) = self._affine.tolist()
        left, top = max(math.floor(middle_x + x0 * scale), 0), max(math.floor(middle_y + y0 * scale), 0)
        right, bottom = math.ceil(middle_x + x1 * scale) + 1, math.ceil(middle_y + y1 * scale) + 1
        cut = self.pixels[top:bottom, left:right].copy()
        return Layer(cut, (left - middle_x) / scale, (top - middle_y) / scale, scale)

    def paste(self, layer: Layer, opacity: float = 1.0, at: Spot = _HERE) -> None:
        """Put a layer over what is painted, moved and squeezed, resampled to this brush's size and turn."""
        height, width = layer.pixels.shape[:2]
        kx, ky = at.sx / layer.scale, at.sy / layer.scale
        placed = np.array([[kx, 0, at.x + at.sx * layer.x0], [0, ky, at.y + at.sy * layer.y0], [0, 0, 1]])
        (a, b, tx), (c, d, ty) = (self._affine @ placed).tolist()
        if self._empty:
            whole = np.array([[a, b, tx], [c, d, ty]])
            cv2.warpAffine(layer.pixels, whole, self.pixels.shape[1::-1], self.pixels, flags=cv2.INTER_LINEAR)
            self._empty = False
            return
        xs = [a * x + b * y + tx for x in (0, width) for y in (0, height)]
        ys = [c * x + d * y + ty for x in (0, width) for y in (0, height)]
        left, top = max(math.floor(min(xs)), 0), max(math.floor(min(ys)), 0)
        below = self.pixels[top : math.ceil(max(ys)) + 1, left : math.ceil(max(xs)) + 1]
        moved = np.array([[a, b, tx - left], [c, d, ty - top]])
        over = cv2.warpAffine(layer.pixels, moved, below.shape[1::-1], flags=cv2.INTER_LINEAR)
        if opacity < 1.0:
            over = cv2.convertScaleAbs(over, alpha=opacity)
        bare = cv2.merge([cv2.bitwise_not(cv2.extractChannel(over, 3))] * 4)
        cv2.add(cv2.multiply(below, bare, scale=1 / 255), over, dst=below)

    @property
    def empty(self) -> bool:
        """Whether nothing was painted yet."""
        return self._empty

    def paste_within(self, layer: Layer, outline: skia.Path) -> None:
        """Fill an outline of an empty picture with a smooth layer that reaches beyond it.

        About half of the time of `paste`: where nothing changes abruptly the nearest pixel is as good as a
        mixed one, and the soft edge is the outline's.
        """
        whole = self._affine @ np.array(
            [[1 / layer.scale, 0, layer.x0], [0, 1 / layer.scale, layer.y0], [0, 0, 1]]
        )
        size = self.pixels.shape[1::-1]
        cv2.warpAffine(layer.pixels, whole, size, self.pixels, flags=cv2.INTER_NEAREST)
        self._empty = False
        around = skia.Path(outline)
        around.toggleInverseFillType()
        clear = skia.Paint(AntiAlias=True)
        clear.setBlendMode(skia.BlendMode.kClear)
        self._canvas.drawPath(around, clear)

    @contextmanager
    def at(self, x: float, y: float, sx: float = 1.0, sy: float = 1.0, turn: float = 0.0) -> Iterator[None]:
        """Draw around another origin, squeezed, then turned clockwise by radians."""
        self._canvas.save()
        self._canvas.translate(x, y)
        self._canvas.scale(sx, sy)
        if turn:
            self._canvas.rotate(math.degrees(turn))
        yield
        self._canvas.restore()

    @contextmanager
    def within(self, path: skia.Path) -> Iterator[None]:
        """Draw only inside a path."""
        self._canvas.save()
        self._canvas.clipPath(path, doAntiAlias=True)
        yield
        self._canvas.restore()

    def fill(self, path: skia.Path, colour: Colour, alpha: float = 1.0) -> None:
        """Fill with one colour."""
        self._empty = False
        self._canvas.drawPath(path, self._plain(colour, alpha, skia.Paint.kFill_Style))

    def stroke(self, path: skia.Path, colour: Colour, width: float, alpha: float = 1.0) -> None:
        """Draw the outline with round ends."""
        self._empty = False
        paint = self._plain(colour, alpha, skia.Paint.kStroke_Style)
        paint.setStrokeWidth(width)
        paint.setStrokeCap(skia.Paint.kRound_Cap)
        paint.setStrokeJoin(skia.Paint.kRound_Join)
        self._canvas.drawPath(path, paint)

    def shade(
        self, path: skia.Path, colours: Sequence[Colour], middle: Point = (-0.35, -0.45), radius: float = 1.6
    ) -> None:
        """Fill with colours from a light spot outwards, evenly spaced."""
        self._empty = False
        shader = skia.GradientShader.MakeRadial(middle, radius, [_argb(colour, 1.0) for colour in colours])
        self._canvas.drawPath(path, skia.Paint(AntiAlias=True, Shader=shader))

    def fade(self, path: skia.Path, top: Colour, bottom: Colour, y0: float, y1: float) -> None:
        """Fill from one colour at `y0` to another at `y1`."""
        self._empty = False
        shader = skia.GradientShader.MakeLinear([(0.0, y0), (0.0, y1)], [_argb(top, 1.0), _argb(bottom, 1.0)])
        self._canvas.drawPath(path, skia.Paint(AntiAlias=True, Shader=shader))

    def glow(
        self, x: float, y: float, rx: float, ry: float, colour: Colour, alpha: float, *, tint: bool = False
    ) -> None:
        """A soft spot that fades to nothing at its rim; a `tint` only colours what is already drawn."""
        if alpha <= 0.01:
            return
        self._empty = False
        colours = [_argb(colour, alpha), _argb(colour, alpha * 0.6), _argb(colour, 0.0)]
        with self.at(x, y, rx, ry):
            shader = skia.GradientShader.MakeRadial((0.0, 0.0), 1.0, colours, [0.0, 0.45, 1.0])
            paint = skia.Paint(AntiAlias=True, Shader=shader)
            if tint:
                paint.setBlendMode(skia.BlendMode.kSrcATop)
            self._canvas.drawCircle(0.0, 0.0, 1.0, paint)

    def _plain(self, colour: Colour, alpha: float, style: skia.Paint.Style) -> skia.Paint:
        self._paint.setColor(_argb(colour, alpha))
        self._paint.setStyle(style)
        return self._paint


def _argb(colour: Colour, alpha: float) -> int:
    return round(min(max(alpha, 0.0), 1.0) * 255) << 24 | colour
