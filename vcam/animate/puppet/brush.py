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

from vcam.animate.puppet.paper import Paper
from vcam.animate.puppet.soft import soft_spot
from vcam.types import BGRA

Colour = int
Point = tuple[float, float]
Bounds = tuple[int, int, int, int]
"""Left, top, and the first pixel to the right and below."""


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

    `x`, `y`: the head's middle, in pixels of the layer (a pixel's centre has whole numbers).
    """

    pixels: BGRA
    x: float
    y: float


class Brush:
    """Paints into a fresh transparent picture of `size_px` (width, height).

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
        width, height = size_px
        self._paper = paper or Paper()
        self._pixels = self._paper.sheet(width, height)
        info = skia.ImageInfo.Make(width, height, skia.kBGRA_8888_ColorType, skia.kPremul_AlphaType)
        self._surface = skia.Surface.MakeRasterDirect(info, self._pixels, self._pixels.strides[0])
        self._canvas = self._surface.getCanvas()
        self._canvas.translate(middle[0] + 0.5, middle[1] + 0.5)
        self._canvas.scale(radius_px, radius_px)
        self._canvas.rotate(math.degrees(roll))
        self._place = middle, radius_px, roll
        # None is everything; as it begins, nothing, and the first cut needs no clean paper.
        self._painted: Bounds | None = width, height, 0, 0
        self._paint = skia.Paint(AntiAlias=True)

    @property
    def pixels(self) -> BGRA:
        """What was painted so far."""
        if self._painted is not None:
            if self._painted[2] == 0:
                self._pixels.fill(0)
            self._painted = 0, 0, *self._pixels.shape[1::-1]
        return self._pixels

    def cut(self, layer: Layer, outline: skia.Path) -> None:
        """Fill an outline with a layer that is moved by whole pixels, neither turned nor enlarged.

        Only the outline is turned, and its edge is soft. Filling with one of Skia's own shaders costs thirty
        times as much as copying.
        """
        if self._painted is None or self._painted[2] > 0:
            self._cut_over(layer, outline)
            return
        (x, y), _, _ = self._place
        left, top = round(x - layer.x), round(y - layer.y)
        height, width = self._pixels.shape[:2]
        x0, y0 = max(left, 0), max(top, 0)
        x1, y1 = min(left + layer.pixels.shape[1], width), min(top + layer.pixels.shape[0], height)
        if x0 < x1 and y0 < y1:
            self._pixels[y0:y1, x0:x1] = layer.pixels[y0 - top : y1 - top, x0 - left : x1 - left]
        around = skia.Path(outline)
        around.toggleInverseFillType()
        self._canvas.drawPath(around, skia.Paint(AntiAlias=True, BlendMode=skia.BlendMode.kClear))
        self._painted = None

    def _cut_over(self, layer: Layer, outline: skia.Path) -> None:
        """The same where something is painted already."""
        x0, y0, x1, y1 = self._pixels_of(outline.getBounds())
        if x0 >= x1 or y0 >= y1:
            return
        (x, y), radius_px, roll = self._place
        head = Brush((x1 - x0, y1 - y0), (x - x0, y - y0), radius_px, roll, self._paper)
        head.cut(layer, outline)
        # Where both are, mix them; elsewhere the head is only copied.
        left, top, right, bottom = self._painted or (x0, y0, x1, y1)
        left, top = max(left, x0), max(top, y0)
        over = head.pixels[top - y0 : max(bottom - y0, 0), left - x0 : max(right - x0, 0)]
        if over.size:
            below = self._pixels[top : top + over.shape[0], left : left + over.shape[1]]
            through = self._paper.sheet(over.shape[1], over.shape[0])
            cv2.merge([cv2.bitwise_not(cv2.extractChannel(over, 3))] * 4, through)
            cv2.add(cv2.multiply(below, through, through, scale=1 / 255), over, dst=over)
        self._pixels[y0:y1, x0:x1] = head.pixels
        self._painted = None

    def _paints(self, bounds: skia.Rect, more: float = 0.0) -> None:
        """Remember, up to the first cut, where something will be painted; the first time, clean the paper."""
        if self._painted is None:
            return
        left, top, right, bottom = self._painted
        if right == 0:
            self._pixels.fill(0)
        x0, y0, x1, y1 = self._pixels_of(bounds, more)
        self._painted = min(left, x0), min(top, y0), max(right, x1, 1), max(bottom, y1, 1)

    def _pixels_of(self, bounds: skia.Rect, more: float = 0.0) -> Bounds:
        """The pixels that a rectangle and its surroundings may touch."""
        box = self._canvas.getTotalMatrix().mapRect(bounds.makeOutset(more, more))
        height, width = self._pixels.shape[:2]
        return (
            max(math.floor(box.left()) - 1, 0),
            max(math.floor(box.top()) - 1, 0),
            min(math.ceil(box.right()) + 1, width),
            min(math.ceil(box.bottom()) + 1, height),
        )

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

    def fill(self, path: skia.Path, colour: Colour, alpha: float = 1.0, *, soft: bool = True) -> None:
        """Fill with one colour; an edge that something else will hide need not be soft."""
        self._paints(path.getBounds())
        paint = self._plain(colour, alpha, skia.Paint.kFill_Style)
        paint.setAntiAlias(soft)
        self._canvas.drawPath(path, paint)

    def stroke(self, path: skia.Path, colour: Colour, width: float, alpha: float = 1.0) -> None:
        """Draw the outline with round ends."""
        self._paints(path.getBounds(), width)
        paint = self._plain(colour, alpha, skia.Paint.kStroke_Style)
        paint.setAntiAlias(True)
        paint.setStrokeWidth(width)
        paint.setStrokeCap(skia.Paint.kRound_Cap)
        paint.setStrokeJoin(skia.Paint.kRound_Join)
        self._canvas.drawPath(path, paint)

    def shade(
        self, path: skia.Path, colours: Sequence[Colour], middle: Point = (-0.35, -0.45), radius: float = 1.6
    ) -> None:
        """Fill with colours from a light spot outwards, evenly spaced."""
        self._paints(path.getBounds())
        shader = skia.GradientShader.MakeRadial(middle, radius, [_argb(colour, 1.0) for colour in colours])
        self._canvas.drawPath(path, skia.Paint(AntiAlias=True, Shader=shader))

    def fade(self, path: skia.Path, top: Colour, bottom: Colour, y0: float, y1: float) -> None:
        """Fill from one colour at `y0` to another at `y1`."""
        self._paints(path.getBounds())
        shader = skia.GradientShader.MakeLinear([(0.0, y0), (0.0, y1)], [_argb(top, 1.0), _argb(bottom, 1.0)])
        self._canvas.drawPath(path, skia.Paint(AntiAlias=True, Shader=shader))

    def glow(
        self, x: float, y: float, rx: float, ry: float, colour: Colour, alpha: float, *, tint: bool = False
    ) -> None:
        """A soft spot that fades to nothing at its rim; a `tint` only colours what is already drawn.

        It lies on whole pixels and has rounded axes: on a thing without an edge nobody sees the difference.
        Nothing cuts it off, `within` does not count.
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
        self._paints(skia.Rect.MakeLTRB(x - rx, y - ry, x + rx, y + ry))
        over, bare = soft_spot((a, b, c, d), colour, round(min(max(alpha, 0.0), 1.0) * 255))
        at = matrix.mapXY(x, y)
        left, top = round(at.x() - 0.5) - over.shape[1] // 2, round(at.y() - 0.5) - over.shape[0] // 2
        x0, y0 = max(left, 0), max(top, 0)
        below = self._pixels[y0 : max(top + over.shape[0], 0), x0 : max(left + over.shape[1], 0)]
        if below.size == 0:
            return
        part = np.s_[y0 - top : y0 - top + below.shape[0], x0 - left : x0 - left + below.shape[1]]
        over, bare = over[part], bare[part]
        if tint:
            alpha_below = cv2.extractChannel(below, 3)
            over = np.asarray(cv2.multiply(over, cv2.merge([alpha_below] * 4), scale=1 / 255), np.uint8)
        cv2.add(cv2.multiply(below, bare, scale=1 / 255), over, dst=below)
        if tint:
            cv2.insertChannel(alpha_below, below, 3)

    def _plain(self, colour: Colour, alpha: float, style: skia.Paint.Style) -> skia.Paint:
        self._paint.setColor(_argb(colour, alpha))
        self._paint.setStyle(style)
        return self._paint


def _argb(colour: Colour, alpha: float) -> int:
    return round(min(max(alpha, 0.0), 1.0) * 255) << 24 | colour
