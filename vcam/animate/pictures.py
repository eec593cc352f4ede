"""A face shown by the pictures of a pack."""

import logging
import math
from dataclasses import replace

import numpy as np

from vcam.animate.art.art import Art, Placing
from vcam.animate.fade import Fade, Layer
from vcam.animate.look import Spot, Target, foreshortening
from vcam.animate.pack import Pack
from vcam.animate.plate import PLAIN_BGR, plate
from vcam.animate.pose import HeadPose
from vcam.animate.region import Ellipse
from vcam.animate.solid import Solid, measure
from vcam.types import BGR, Affine, Box, Face, Label, Placement, Size

log = logging.getLogger(__name__)

_MEASURED_PX = 128
_STILL_NS = 4_000_000_000


class Bodies:
    """What part of each picture hides a face; measured once, for every face that shows it."""

    def __init__(self) -> None:
        self._solids: dict[Art, Solid] = {}

    def __call__(self, art: Art) -> Solid:
        """The body of a picture. A moving picture's is that of its start, and is not relied on to hide."""
        if art not in self._solids:
            sprite = art.sprite(_MEASURED_PX)
            solid = measure(sprite, art.content_box(sprite))
            times = range(0, _STILL_NS, 20_000_000)
            moves = len({art.picture.frame_at(time_ns, _MEASURED_PX) for time_ns in times}) > 1
            self._solids[art] = replace(solid, hides=solid.hides and not moves)
        return self._solids[art]


class Pictures:
    """The look of one face. A picture that fails is logged once, and a plain disc stands in for it."""

    def __init__(self, pack: Pack, bodies: Bodies) -> None:
        self.pack = pack
        self._bodies = bodies
        self._fade = Fade()
        self._layers: list[Layer] = []
        self._now_ns = 0
        self._broken: set[tuple[Pack, Label]] = set()

    def update(
        self,
        face: Face | None,  # noqa: ARG002
        pose: HeadPose | None,  # noqa: ARG002
        label: Label,
        now_ns: int,
        pixels: BGR | None = None,  # noqa: ARG002
    ) -> None:
        """Choose the pictures for the expression at `now_ns`."""
        self._now_ns = now_ns
        if (self.pack, label) in self._broken:
            return
        try:
            self._layers = self._fade.layers(self.pack, label, now_ns)
            for layer in self._layers:
                self._bodies(layer.art)
        except Exception:
            log.exception("pack %s: the picture for %s cannot be drawn", self.pack.name, label)
            self._broken.add((self.pack, label))
            self._layers = []

    def over(self, target: Target, picture: Size) -> list[Placement]:  # noqa: ARG002
        """The pictures over the head, with a plate behind them wherever they could let something through."""
        hiding = [layer for layer in self._layers if self._hides(layer.art)]
        opaque = any(layer.opacity == 1.0 for layer in hiding)
        placements = []
        if not opaque:
            colour = self._bodies(self._layers[-1].art).bgr if self._layers else PLAIN_BGR
            placements.append(plate(target.head, colour, target.track_id))
        return placements + [self._over(layer, target) for layer in self._layers]

    def at(self, spot: Spot, picture: Size) -> list[Placement]:  # noqa: ARG002
        """The pictures, each as large as fits into the square while it is upright."""
        if not self._layers:
            ellipse = Ellipse(spot.x, spot.y, spot.side_px / 2, spot.side_px / 2, 0.0)
            return [plate(ellipse, PLAIN_BGR, spot.track_id, spot.opacity)]
        return [self._at(layer, spot) for layer in self._layers]

    def _hides(self, art: Art) -> bool:
        return self._bodies(art).hides and art.placing._replace(turns=True) == Placing()

    def _over(self, layer: Layer, target: Target) -> Placement:
        art, head, solid = layer.art, target.head, self._bodies(layer.art)
        placing = art.placing
        angle = head.angle if placing.turns else 0.0
        if not placing.turns:
            head = head.upright()
        # In heights of the picture's visible part, so that no sprite is needed yet.
        body_rx, body_ry = solid.rx * art.aspect, solid.ry
        front_rx, front_ry = target.front
        natural = max(front_rx / body_rx, front_ry / body_ry)
        wide = max(natural * foreshortening(target.pose.yaw), head.rx / body_rx) * placing.scale
        high = max(natural * foreshortening(target.pose.pitch), head.ry / body_ry) * placing.scale
        sprite = art.sprite(max(wide, high), self._now_ns - layer.since_ns)
        box = art.content_box(sprite)
        centred = placing.anchor == Placing().anchor
        anchor = (solid.x, solid.y) if centred else placing.anchor
        c, s = math.cos(head.angle), math.sin(head.angle)
        dx, dy = placing.offset[0] * 2 * front_ry, placing.offset[1] * 2 * front_ry
        middle = head.x + c * dx - s * dy, head.y + s * dx + c * dy
        affine = _affine(box, anchor, middle, (wide / box.height, high / box.height), angle)
        return Placement(sprite, affine, layer.opacity, target.track_id)

    def _at(self, layer: Layer, spot: Spot) -> Placement:
        art = layer.art
        roll = spot.roll if art.placing.turns else 0.0
        high = spot.side_px / max(1.0, art.aspect)
        sprite = art.sprite(high, self._now_ns - layer.since_ns)
        box = art.content_box(sprite)
        scale = high / box.height
        squeezed = (scale * foreshortening(spot.yaw), scale)
        affine = _affine(box, (0.5, 0.5), (spot.x, spot.y), squeezed, roll)
        return Placement(sprite, affine, layer.opacity * spot.opacity, spot.track_id)


def _affine(
    box: Box,
    anchor: tuple[float, float],
    middle: tuple[float, float],
    scale: tuple[float, float],
    angle: float,
) -> Affine:
    """(2, 3): scales along the picture's axes, turns, and puts the anchor (shares of the box) on `middle`."""
    c, s = math.cos(angle), math.sin(angle)
    kx, ky = scale
    # Pixel centres have whole numbers, so the box's edges lie half a pixel before them.
    px, py = box.x0 + anchor[0] * box.width - 0.5, box.y0 + anchor[1] * box.height - 0.5
    a, b, d, e = c * kx, -s * ky, s * kx, c * ky
    return np.array([[a, b, middle[0] - a * px - b * py], [d, e, middle[1] - d * px - e * py]])
