"""All of a pack on one picture."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFont

from vcam.animate.art.picture import MARGIN_PX
from vcam.animate.look import Spot
from vcam.animate.pack import Pack
from vcam.types import BGRA, Label, Size

if TYPE_CHECKING:
    from vcam.animate.puppet.style import Style

_COLUMNS = 4
_PAD_PX = 14
_CAPTION_PX = 20
_BACKGROUND = (246, 247, 249)
_INK = (52, 58, 70)
_PALE = (150, 156, 168)
_SHOWN_NS = 500_000_000
"""How far into an animation the sheet looks: its first frame is often empty."""


def contact_sheet(pack: Pack, tile_px: int = 160) -> Image.Image:
    """Every picture of a pack with its expression below; stand-ins for missing expressions are faint.

    RGB, four tiles of `tile_px` in a row. A puppet is shown at rest, with what every expression adds to it.
    """
    tiles = list(_tiles(pack, tile_px) if pack.puppet is None else _moods(pack.puppet, tile_px))
    rows = -(-len(tiles) // _COLUMNS)
    cell_w, cell_h = tile_px + 2 * _PAD_PX, tile_px + 2 * _PAD_PX + _CAPTION_PX
    sheet = Image.new("RGB", (_COLUMNS * cell_w, rows * cell_h), _BACKGROUND)
    draw = ImageDraw.Draw(sheet)
    font = ImageFont.load_default(14)
    for number, (pixels, caption, faint) in enumerate(tiles):
        x, y = number % _COLUMNS * cell_w, number // _COLUMNS * cell_h
        sheet.paste(_over_background(pixels, 0.35 if faint else 1.0), (x + _PAD_PX, y + _PAD_PX))
        place = x + cell_w // 2, y + _PAD_PX + tile_px + _CAPTION_PX // 2 + 4
        draw.text(place, caption, fill=_PALE if faint else _INK, font=font, anchor="mm")
    return sheet


def _tiles(pack: Pack, tile_px: int) -> Iterator[tuple[BGRA, str, bool]]:
    for label in Label:
        arts = pack.arts.get(label)
        for art in arts or [pack.art(label)]:
            height_px = tile_px / max(1.0, art.aspect)
            sprite = art.sprite(height_px, _SHOWN_NS).pixels
            visible = sprite[MARGIN_PX:-MARGIN_PX, MARGIN_PX:-MARGIN_PX]
            yield _fitted(visible, tile_px), label.value, not arts


def _moods(style: "Style", tile_px: int) -> Iterator[tuple[BGRA, str, bool]]:
    from vcam.animate.puppet.puppet import Puppet

    for label in Label:
        puppet = Puppet(style, None)
        puppet.update(None, None, label, _SHOWN_NS)
        [placement] = puppet.at(
            Spot(0, 2 * tile_px, 2 * tile_px, 2 * tile_px), Size(4 * tile_px, 4 * tile_px)
        )
        yield _fitted(placement.sprite.pixels, tile_px), label.value, False


def _fitted(sprite: BGRA, tile_px: int) -> BGRA:
    """The sprite in the middle of a square of transparent pixels, made smaller or larger to fill it."""
    height, width = sprite.shape[:2]
    scale = tile_px / max(height, width)
    size = max(1, round(width * scale)), max(1, round(height * scale))
    how = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    tile = np.zeros((tile_px, tile_px, 4), np.uint8)
    x, y = (tile_px - size[0]) // 2, (tile_px - size[1]) // 2
    tile[y : y + size[1], x : x + size[0]] = cv2.resize(sprite, size, interpolation=how)
    return tile


def _over_background(pixels: BGRA, strength: float) -> Image.Image:
    colour = pixels[..., 2::-1].astype(np.float32) * strength
    cover = pixels[..., 3:].astype(np.float32) * (strength / 255)
    shown = colour + (1 - cover) * np.array(_BACKGROUND, np.float32)
    return Image.fromarray(np.clip(shown + 0.5, 0, 255).astype(np.uint8))
